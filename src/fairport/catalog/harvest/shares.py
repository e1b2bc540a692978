"""The many results of one large entry: several processes freeze a part of them each, in folders of their own.

What comes of it is the same, byte for byte, as when one process takes one result after the other.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Protocol

from fairport.catalog.state import ResultState
from fairport.catalog.workers import Crew
from fairport.contract.constants import RESULTS_DIR

WORTH: Final = 400
"""Results from which processes of their own are worth their start."""

_TURNS: Final = 4
"""Parts that each process takes, so that none waits long for the last."""


class Share(Protocol):
    """Results of one repository that wait to be frozen; can be pickled."""

    @property
    def destination(self) -> Path:
        """Folder that gets ``results/<id>/``."""

    def __len__(self) -> int:
        """Return how many there are."""

    def part(self, start: int, stop: int, destination: Path) -> Share:
        """Return some of them, by their places in the order, for another folder."""

    def freeze(self) -> list[ResultState]:
        """Freeze them and return a state for each, in their order."""


def freeze_share(share: Share, helpers: Crew[Any, Any] | None) -> list[ResultState]:
    """Freeze results, with the help of other processes where there are many.

    Args:
        share: the results.
        helpers: processes that call ``freeze`` of a part and return its states; ``None`` for no help.

    Returns:
        One state for each, in their order. Of two with the same identifier the first stays.

    Raises:
        FairportError: the machine fails.
    """
    if helpers is None or len(share) < WORTH:
        return share.freeze()
    size = -(-len(share) // (helpers.processes * _TURNS))
    parts = [
        share.part(start, start + size, share.destination / f".part-{start}")
        for start in range(0, len(share), size)
    ]
    pool = ThreadPoolExecutor(helpers.processes)
    try:
        states = [state for found in pool.map(helpers.do, parts) for state in found]
    finally:
        pool.shutdown(cancel_futures=True)
    (share.destination / RESULTS_DIR).mkdir(exist_ok=True)
    for part in parts:
        _gather(part.destination, share.destination)
    return states


def _gather(part: Path, destination: Path) -> None:
    """Move what was frozen in a part to where it belongs, unless something of that name is there."""
    for folder in sorted((part / RESULTS_DIR).iterdir()) if (part / RESULTS_DIR).is_dir() else []:
        target = destination / RESULTS_DIR / folder.name
        if not target.exists():
            folder.rename(target)
    shutil.rmtree(part, ignore_errors=True)  # there is none where nothing was good


__all__ = ["WORTH", "Share", "freeze_share"]
