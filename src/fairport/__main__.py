"""``python -m fairport`` does what the program ``fairport`` does."""

import sys

from fairport.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
