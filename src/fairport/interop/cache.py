"""Where fairport keeps what it can make again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_root() -> Path:
    """Return the cache folder of fairport for this user; it need not exist yet.

    ``$FAIRPORT_CACHE`` comes first, then ``$XDG_CACHE_HOME/fairport``, then ``~/.cache/fairport``.
    """
    own = os.environ.get("FAIRPORT_CACHE")
    if own:
        return Path(own).expanduser().absolute()
    shared = os.environ.get("XDG_CACHE_HOME")
    base = Path(shared) if shared and Path(shared).is_absolute() else Path("~/.cache").expanduser()
    return base / "fairport"
