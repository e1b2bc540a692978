"""Runs in the environment of cffconvert: says for each CITATION.cff whether cffconvert takes it."""

import json
import sys
from pathlib import Path

from cffconvert import Citation

found = {}
for name in sys.argv[1:]:
    try:
        Citation(Path(name).read_text("utf-8")).validate()
        found[name] = None
    except Exception as error:  # noqa: BLE001 - whatever it says is its answer
        found[name] = (
            f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"[
                :200
            ]
        )
print(json.dumps(found))
