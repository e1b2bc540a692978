"""Runs in the environment of hepdata-validator: says for each data file whether its schema takes it."""

import json
import sys

from hepdata_validator.data_file_validator import DataFileValidator

found = {}
for name in sys.argv[1:]:
    validator = DataFileValidator()
    try:
        valid = validator.validate(file_path=name)
        told = [
            str(getattr(item, "message", item))
            for items in validator.get_messages().values()
            for item in items
        ]
        found[name] = None if valid else "; ".join(told)[:200] or "invalid"
    except Exception as error:  # noqa: BLE001 - whatever it says is its answer
        found[name] = f"{type(error).__name__}: {error}"[:200]
print(json.dumps(found))
