"""Pages of records: a catalogue of 100 built from nothing in one process."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness import Case

from catalog import analysis
from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.registry import add_entry, init_catalogue
from fairport.catalog.site.build import build

RECORDS = 100


def cases(folder: Path) -> list[Case]:
    """Return the build, whose budget leaves 30 ms for each record with all its files."""
    catalogue = folder / "catalogue"
    init_catalogue(catalogue, title="Synthetic catalogue")
    analysis(folder / "a0", 0, RECORDS)
    add_entry(catalogue, str(folder / "a0"))
    harvest(catalogue)

    def anew() -> None:
        shutil.rmtree(catalogue / "site", ignore_errors=True)
        build(catalogue, clean=True, docs=False, jobs=1)

    return [Case(f"{RECORDS} records, no narrative pages", anew, 5, budget=0.03 * RECORDS)]
