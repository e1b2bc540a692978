"""Makes isolated tool environments before somebody needs them; called by `make services` with their names."""

from __future__ import annotations

import sys

from fairport.contract.errors import FairportError
from fairport.interop.toolenvs import ensure


class Lines:
    """Progress as plain lines."""

    def step(self, text: str) -> None:
        """Write the name of a stage."""
        print(f"services: {text}", flush=True)

    def note(self, text: str) -> None:
        """Write a remark."""
        print(f"  {text}", flush=True)


def main() -> int:
    """Make the environments that are named; the exit code is 1 when one cannot be made."""
    try:
        for name in sys.argv[1:]:
            ensure(name, Lines())
    except FairportError as error:
        print(f"services: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
