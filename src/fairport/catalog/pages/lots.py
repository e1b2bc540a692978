"""Lots: pages of the catalogue as a whole that are made together, and kept while what they show is the same.

A list of many thousand results is cut into pages; after a change of one result only its page is made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fairport.catalog.model import ShownAnalysis, ShownResult
from fairport.catalog.pages.frame import Frame


@dataclass(frozen=True, slots=True)
class Lot:
    """Pages that are made together.

    Attributes:
        name: by which they are kept, unique in the catalogue.
        make: puts the pages and what lies beside them into a frame.
        results: results that they show.
        analyses: analyses that they show.
        facts: whatever else decides their bytes beside configuration and code, as plain data.
        unlisted: those of them that no site map names.
    """

    name: str
    make: Callable[[Frame], object]
    results: tuple[ShownResult, ...] = ()
    analyses: tuple[ShownAnalysis, ...] = ()
    facts: Any = None
    unlisted: tuple[str, ...] = ()


__all__ = ["Lot"]
