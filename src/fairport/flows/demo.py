"""The demonstration: three small analyses from published numbers, published as one catalogue."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

from fairport.contract.constants import RESULTS_DIR
from fairport.contract.errors import FairportError, UsageError
from fairport.contract.files import write_atomic
from fairport.contract.progress import Progress, SilentProgress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fairport.engines.protocol import Engine
    from fairport.results.agreement import Agreement

MARKER: Final = ".fairport-demo"
_MARKER_TEXT: Final = "Made by `fairport demo`, which replaces this folder when it is run again.\n"


@dataclass(frozen=True, slots=True)
class DemoAnalysis:
    """One analysis of the demonstration: its folder and the answers that make it differ from the others."""

    slug: str
    answers: Mapping[str, str]


ANALYSES: Final = (
    DemoAnalysis(
        "darkside50-recast",
        {"example": "darkside-50", "forge": "gitlab", "licence_code": "MIT"},
    ),
    DemoAnalysis(
        "xenon1t-recast",
        {"example": "xenon1t", "forge": "github", "licence_code": "BSD-3-Clause"},
    ),
    DemoAnalysis(
        "argon-future-projection",
        {"example": "argon-future", "forge": "none", "licence_code": "Apache-2.0", "licence_data": "CC0-1.0"},
    ),
)
_AUTHOR: Final = {"author_given_names": "Fairport", "author_family_names": "Demonstration"}


@dataclass(frozen=True, slots=True)
class DemoOutcome:
    """What one analysis gave.

    Attributes:
        slug: its identifier.
        path: its repository.
        seconds: wall time of its run.
        findings: number of findings by severity.
        agreement: its numbers beside the published ones.
    """

    slug: str
    path: Path
    seconds: float
    findings: Mapping[str, int]
    agreement: tuple[Agreement, ...]


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the demonstration made.

    Attributes:
        directory: folder that holds everything.
        site: front page of the catalogue.
        outcomes: the analyses.
        seconds: wall time of everything.
    """

    directory: Path
    site: Path
    outcomes: tuple[DemoOutcome, ...]
    seconds: float


def run_demo(directory: Path, *, progress: Progress | None = None) -> DemoReport:
    """Scaffold, run, check and publish the demonstration analyses under ``directory``, and nothing elsewhere.

    Args:
        directory: a new or empty folder, or one that an earlier demonstration made (it is replaced).
        progress: receiver of progress.

    Raises:
        UsageError: the folder holds something else.
        FairportError: a step failed; the message says which.
    """
    from fairport.engines.local import LocalEngine

    started = monotonic()
    progress = progress or SilentProgress()
    directory = directory.resolve()
    _prepare(directory)
    with LocalEngine() as engine:
        engine.start()
        outcomes = tuple(_analysis(directory, item, engine, progress) for item in ANALYSES)
    site = _publish(directory, outcomes, progress)
    return DemoReport(directory, site, outcomes, monotonic() - started)


def _prepare(directory: Path) -> None:
    if directory.exists() and not directory.is_dir():
        raise UsageError("this is a file", where=directory, mend="name a folder with --dir")
    if directory.is_dir() and any(directory.iterdir()):
        if not (directory / MARKER).is_file():
            raise UsageError(
                "the folder is not empty and was not made by an earlier demonstration",
                where=directory,
                mend="name another folder with --dir",
            )
        shutil.rmtree(directory)
    try:
        write_atomic(directory / MARKER, _MARKER_TEXT)
    except OSError as error:
        raise UsageError("the folder cannot be made", where=directory, why=error.strerror) from None


def _analysis(directory: Path, item: DemoAnalysis, engine: Engine, progress: Progress) -> DemoOutcome:
    from fairport.check import check
    from fairport.flows.run import run_analysis
    from fairport.results.agreement import agreements
    from fairport.results.store import load_result
    from fairport.scaffold.new import new

    path = directory / "analyses" / item.slug
    progress.step(f"{item.slug}: scaffold")
    new(path, kind="direct", data={"slug": item.slug, **_AUTHOR, **item.answers})
    started = monotonic()
    run_analysis(path, engine=engine, container="none", progress=progress)
    seconds = monotonic() - started
    progress.step(f"{item.slug}: check")
    report = check(path)
    if report.exit_code() != 0:
        first = next(finding for finding in report.findings if finding.status == "fail")
        raise FairportError(
            f"the check of {item.slug} failed: {first.message}",
            where=f"{path / first.path}:{first.line or 1}",
            mend=f"fairport check {path}",
        )
    loaded = [load_result(folder) for folder in sorted((path / RESULTS_DIR).iterdir()) if folder.is_dir()]
    verdicts = tuple(verdict for result in loaded for verdict in agreements(result))
    counts = {severity: report.counts[severity] for severity in ("error", "warning", "note")}
    return DemoOutcome(item.slug, path, seconds, counts, verdicts)


def _publish(directory: Path, outcomes: tuple[DemoOutcome, ...], progress: Progress) -> Path:
    from fairport.catalog.harvest.harvesting import harvest
    from fairport.catalog.registry import add_entry, init_catalogue
    from fairport.catalog.site.build import build

    catalogue, site = directory / "catalogue", directory / "site"
    init_catalogue(
        catalogue,
        title="Fairport demonstration",
        description=(
            "Three small analyses that the demonstration of Fairport scaffolded, ran, checked and published. "
            "Every curve is an example made from published numbers, not a result of the experiment that it "
            "is named after."
        ),
        show=("collaboration", "recast", "projection", "example"),
    )
    for outcome in outcomes:
        add_entry(catalogue, str(outcome.path))
    progress.step("catalogue: harvest")
    report = harvest(catalogue, progress=progress)
    failed = [state for state in report.states if state.state != "ok"]
    if failed:
        raise FairportError(f"{failed[0].id} was not harvested", where=catalogue, why=failed[0].reason)
    progress.step("catalogue: build")
    build(catalogue, output=site, progress=progress)
    return site / "index.html"
