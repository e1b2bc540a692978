"""What an interpreter is and which distributions it has.

Imported by Fairport, or run as a script by any Python from 3.8 on, so it needs the standard library only:
``python -I interpreter_probe.py '[["numpy"], []]'``.
"""

import importlib.metadata as metadata
import json
import platform
import sys
from typing import Any, Dict, List  # noqa: UP035 - also read by older interpreters


def describe(modules: List[str], names: List[str]) -> Dict[str, Any]:  # noqa: UP006
    """Return ``interpreter`` (implementation and version) and ``packages`` (name to version).

    Args:
        modules: top-level modules; those of the standard library and unknown ones are left out.
        names: names of distributions; those that are not installed are left out.
    """
    standard: Any = getattr(sys, "stdlib_module_names", ())
    found: Dict[str, str] = {}  # noqa: UP006
    unknown = []
    for name in [*names, *(module for module in modules if module not in standard)]:
        try:
            found[metadata.metadata(name)["Name"]] = metadata.version(name)
        except (metadata.PackageNotFoundError, ValueError):
            unknown.append(name)
    wanted = [name for name in unknown if name in modules]
    owners = metadata.packages_distributions() if wanted and sys.version_info >= (3, 10) else {}
    for name in wanted:
        for owner in owners.get(name, ()):
            found[owner] = metadata.version(owner)
    interpreter = f"{platform.python_implementation()} {platform.python_version()}"
    return {"interpreter": interpreter, "packages": found}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(describe(*json.loads(sys.argv[1]))))
