"""Making the pages of results and analyses, in processes of their own when there are many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from fairport.catalog.cards import card_of, with_table
from fairport.catalog.harvest.git import error_words
from fairport.catalog.model import (
    ResultSource,
    ShownAnalysis,
    ShownPlane,
    ShownResult,
    SiteModel,
)
from fairport.catalog.pages.analyses import add_analysis
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.results import add_result
from fairport.catalog.registry import Catalogue
from fairport.catalog.relations import Kinship
from fairport.catalog.site.artefacts import TextCache
from fairport.catalog.site.exports import csv_rows, json_piece
from fairport.catalog.site.output import FileWriter
from fairport.catalog.site.parcels import Parcel
from fairport.catalog.state import ResultState
from fairport.catalog.workers import in_processes
from fairport.contract.errors import FairportError
from fairport.contract.progress import Progress
from fairport.results.bibtex import source_entries

ALONE: Final = 48
"""Pages up to which another process would cost more than it spares."""

CHUNK: Final = 40
"""Results that one process makes at a time."""

J = TypeVar("J")
R = TypeVar("R")


@dataclass(frozen=True)
class Setting:
    """What every page of a build depends on.

    Attributes:
        catalogue: folder and configuration, without entries.
        time: when the last harvest began.
        colours: colour slot by family.
        docs: whether narrative pages are part of the site.
        site: folder of the site.
        planes: planes in the order of the catalogue, without results.
    """

    catalogue: Catalogue
    time: str
    colours: dict[str, int]
    docs: bool
    site: Path
    planes: tuple[ShownPlane, ...] = ()

    def model(self, analysis: ShownAnalysis, planes: tuple[ShownPlane, ...] = ()) -> SiteModel:
        """Return a catalogue of one analysis."""
        return SiteModel(
            self.catalogue,
            self.time,
            (analysis,),
            analysis.results,
            planes,
            (),
            colours=self.colours,
            drawings=TextCache(None),
        )


@dataclass(frozen=True)
class RecordJob:
    """Results of one analysis whose pages are to be made: key, family, state, place and relatives of each."""

    analysis: ShownAnalysis
    records: tuple[tuple[str, str, ResultState, ResultSource, Kinship], ...]


@dataclass(frozen=True)
class AnalysisJob:
    """An analysis whose page is to be made; ``planes`` are those of its results, with these only."""

    key: str
    analysis: ShownAnalysis
    planes: tuple[ShownPlane, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What was made, and what could not be: (entry, problem) pairs."""

    parcels: tuple[Parcel, ...] = ()
    problems: tuple[tuple[str, str], ...] = field(default=())


def make_records(
    setting: Setting, jobs: Sequence[RecordJob], *, processes: int, progress: Progress
) -> Iterator[Outcome]:
    """Make the pages and downloads of results; yields what was made as it comes, in the order of the jobs."""
    chunks = [RecordJob(job.analysis, chunk) for job in jobs for chunk in _chunked(job.records, CHUNK)]
    yield from _run(_records, setting, chunks, sum(len(job.records) for job in jobs), processes, progress)


def make_analyses(
    setting: Setting, jobs: Sequence[AnalysisJob], *, processes: int, progress: Progress
) -> Iterator[Outcome]:
    """Make the pages of analyses; yields what was made as it comes, in the order of the jobs."""
    yield from _run(_analysis, setting, jobs, len(jobs), processes, progress)


@dataclass(frozen=True)
class _Bench:
    """What a process has at hand."""

    setting: Setting
    writer: FileWriter


def _bench(setting: Setting) -> _Bench:
    return _Bench(setting, FileWriter(setting.site))


def _run(
    work: Callable[[_Bench, J], Outcome],
    setting: Setting,
    jobs: Sequence[J],
    count: int,
    processes: int,
    progress: Progress,
) -> Iterator[Outcome]:
    if count > ALONE and processes > 1:
        outcomes = in_processes(min(processes, len(jobs)), _bench, setting, work, jobs)
        for number, outcome in enumerate(outcomes, 1):
            if number % 25 == 0:
                progress.note(f"{number} of {len(jobs)} groups of pages")
            yield outcome
        return
    bench = _bench(setting)
    try:
        for job in jobs:
            yield work(bench, job)
    finally:
        bench.writer.close()


def _records(bench: _Bench, job: RecordJob) -> Outcome:
    parcels, problems = [], []
    for key, family, state, source, kinship in job.records:
        try:
            made, noted = _record(bench, job.analysis, key, family, state, source, kinship)
        except FairportError as error:
            reason = error_words(error)[0].replace(f"{job.analysis.folder}/", "")
            problems.append((job.analysis.id, f"{state.path}: {reason}"))
        except Exception as error:  # noqa: BLE001 - a defect met in one record must not end the build
            words = f"an error inside Fairport ({type(error).__name__}: {str(error)[:200]})"
            problems.append((job.analysis.id, f"{state.path}: {words}"))
        else:
            parcels.append(made)
            problems += [(job.analysis.id, problem) for problem in noted]
    return Outcome(tuple(parcels), tuple(problems))


def _record(
    bench: _Bench,
    analysis: ShownAnalysis,
    key: str,
    family: str,
    state: ResultState,
    source: ResultSource,
    kinship: Kinship,
) -> tuple[Parcel, list[str]]:
    loaded, kind = source.load(example=state.example)
    card = with_table(card_of(loaded, kind, family), loaded, source.folder)
    result = ShownResult(card, state, source, shown=True)
    result.__dict__["loaded"] = loaded
    model = bench.setting.model(replace(analysis, results=(result,)))
    frame = Frame(model, bench.setting.docs)
    add_result(frame, model.analyses[0], result, kinship)
    problems = model.problems.get(analysis.id, [])
    parcel = Parcel(
        f"r/{result.id}",
        "" if problems else key,  # a page with a problem is tried again
        bench.writer.write_all(frame.files),
        card,
        csv_rows(result),
        json_piece(result),
        tuple(source_entries(loaded)),
        frame.descriptions.get(result.url, ""),
    )
    return parcel, problems


def _analysis(bench: _Bench, job: AnalysisJob) -> Outcome:
    model = bench.setting.model(job.analysis, job.planes)
    if job.problems:
        model.problems[job.analysis.id] = list(job.problems)
    frame = Frame(model, bench.setting.docs)
    add_analysis(frame, job.analysis)
    fresh = [problem for problem in model.problems.get(job.analysis.id, []) if problem not in job.problems]
    parcel = Parcel(
        f"a/{job.analysis.id}",
        "" if fresh else job.key,
        bench.writer.write_all(frame.files),
        dcat=frame.descriptions.get(job.analysis.url, ""),
    )
    return Outcome((parcel,), tuple((job.analysis.id, problem) for problem in fresh))


def _chunked(items: Iterable[R], size: int) -> Iterator[tuple[R, ...]]:
    source = iter(items)
    while chunk := tuple(islice(source, size)):
        yield chunk
