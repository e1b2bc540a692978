"""Runs inside the environment of hepdata-validator: prints the errors of a submission folder as JSON."""

import json
import sys

from hepdata_validator.full_submission_validator import FullSubmissionValidator

validator = FullSubmissionValidator()
valid = validator.validate(directory=sys.argv[1])
errors = {
    str(key): [str(getattr(item, "message", item)) for item in value]
    for key, value in validator.get_messages().items()
}
print(json.dumps({"valid": bool(valid), "errors": errors}))
