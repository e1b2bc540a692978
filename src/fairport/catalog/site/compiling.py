"""Making the pages of results, analyses and planes, in processes of their own when there are many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from fairport.catalog.browser.frontend import bundle
from fairport.catalog.cards import card_of, with_table
from fairport.catalog.drawings.drawing import MAX_COMPACT, Drawing, draw, thumbnail
from fairport.catalog.harvest.git import defect_words, error_words
from fairport.catalog.model import (
    ResultSource,
    ShownAnalysis,
    ShownPlane,
    ShownResult,
    SiteModel,
)
from fairport.catalog.pages.analyses import add_analysis
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.planes import add_plane, merged_numbers
from fairport.catalog.pages.results import add_result
from fairport.catalog.registry import Catalogue
from fairport.catalog.relations import Kinship
from fairport.catalog.site.exports import csv_rows, json_piece
from fairport.catalog.site.output import FileWriter
from fairport.catalog.site.parcels import Parcel, Parcels
from fairport.catalog.site.pictures import Pictures, pack
from fairport.catalog.site.planejob import PlaneJob, readable
from fairport.catalog.state import ResultState
from fairport.catalog.workers import Crew
from fairport.contract.errors import FairportError
from fairport.contract.machine import machine_error
from fairport.contract.progress import Progress
from fairport.results.bibtex import source_entries

ALONE: Final = 48
"""Records up to which another process would cost more than it spares."""

_SHARE: Final = 10
"""Results on the page of an analysis or a plane that cost as much as a record."""

CHUNK: Final = 40
"""Results that one process makes at a time."""

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
        parcels: file with the texts of results.
    """

    catalogue: Catalogue
    time: str
    colours: dict[str, int]
    docs: bool
    site: Path
    parcels: Path

    def model(self, *analyses: ShownAnalysis, planes: tuple[ShownPlane, ...] = ()) -> SiteModel:
        """Return a catalogue of these analyses and planes."""
        results = tuple(result for analysis in analyses for result in analysis.results)
        return SiteModel(self.catalogue, self.time, analyses, results, planes, (), colours=self.colours)


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
class LookJob:
    """Parcels of earlier builds, by name and key, whose many files are to be looked for."""

    wanted: tuple[tuple[str, str], ...]


Job = RecordJob | AnalysisJob | PlaneJob | LookJob


@dataclass(frozen=True)
class Outcome:
    """What was made, and what could not be.

    Attributes:
        parcels: with what was written.
        problems: (entry, problem) pairs.
        pages: further files of the only parcel that are to come into their places at the end, by path: they
            lead to what somebody else still makes.
        whole: names of the parcels of earlier builds whose files are all there.
    """

    parcels: tuple[Parcel, ...] = ()
    problems: tuple[tuple[str, str], ...] = field(default=())
    pages: Mapping[str, bytes | str] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()


class Workshop:
    """Makes pages in processes when there are many, which stay for the next jobs until it is closed."""

    def __init__(self, setting: Setting, *, processes: int, progress: Progress, nice: int = 0) -> None:
        """Begin with nobody; at most ``processes`` work side by side and step back by ``nice``."""
        self._setting, self._processes, self._progress, self._nice = setting, processes, progress, nice
        self._crew: Crew[Job, Outcome] | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._bench: _Bench | None = None

    def records(self, jobs: Sequence[RecordJob]) -> Iterator[Outcome]:
        """Begin to make the pages and downloads of results; see :meth:`analyses`."""
        chunks = [RecordJob(job.analysis, chunk) for job in jobs for chunk in _chunked(job.records, CHUNK)]
        return self._begin(chunks, sum(len(job.records) for job in jobs))

    def analyses(self, jobs: Sequence[AnalysisJob]) -> Iterator[Outcome]:
        """Begin to make the pages of analyses.

        Returns:
            What was made as it comes, in the order of the jobs. Processes work while nobody asks for it.
        """
        return self._begin(jobs, sum(1 + len(job.analysis.results) // _SHARE for job in jobs))

    def planes(self, jobs: Sequence[PlaneJob]) -> Iterator[Outcome]:
        """Begin to make the pages of planes; see :meth:`analyses`."""
        return self._begin(jobs, sum(1 + len(job.shown.results) // _SHARE for job in jobs))

    def look(self, wanted: Iterable[tuple[str, str]]) -> Iterator[Outcome]:
        """Begin to look for the files of parcels, by name and key, where a process is there for it; see
        :meth:`analyses`.
        """
        jobs = [LookJob((pair,)) for pair in wanted] if self._threads is not None else []
        return self._begin(jobs, ALONE + 1)

    def prepare(self, processes: int) -> None:
        """Start processes that will be needed: it takes a while until one can work."""
        if self._processes > 1:
            self._hire(min(self._processes, processes))

    def close(self) -> None:
        """End the processes; what nobody asked for is lost."""
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        if self._crew is not None:
            self._crew.dismiss()
        if self._bench is not None:
            self._bench.close()
        self._threads = self._crew = self._bench = None

    def _begin(self, jobs: Sequence[Job], records: int) -> Iterator[Outcome]:
        if records <= ALONE or self._processes < 2:
            return (self._alone(job) for job in jobs)
        crew, threads = self._hire(min(self._processes, len(jobs)))
        return self._told(threads.map(crew.do, jobs), len(jobs))

    def _hire(self, processes: int) -> tuple[Crew[Job, Outcome], ThreadPoolExecutor]:
        """Return those who do jobs; the first are started at once, others when there is work for them."""
        if self._crew is None or self._threads is None:
            self._crew = Crew(self._processes, _bench, self._setting, _work, nice=self._nice)
            self._crew.hire(processes)
            self._threads = ThreadPoolExecutor(self._processes)
        return self._crew, self._threads

    def _alone(self, job: Job) -> Outcome:
        if self._bench is None:
            self._bench = _bench(self._setting)
        return _work(self._bench, job)

    def _told(self, outcomes: Iterable[Outcome], count: int) -> Iterator[Outcome]:
        for number, outcome in enumerate(outcomes, 1):
            if number % 25 == 0:
                self._progress.note(f"{number} of {count} groups of pages")
            yield outcome


@dataclass(frozen=True)
class _Bench:
    """What a process has at hand."""

    setting: Setting
    writer: FileWriter
    interactive: bool
    parcels: Parcels

    def close(self) -> None:
        """Close what is open."""
        self.writer.close()
        self.parcels.close()

    def frame(self, model: SiteModel) -> Frame:
        """Return the frame of one page and its files."""
        return Frame(model, self.setting.docs, interactive=self.interactive)


def _bench(setting: Setting) -> _Bench:
    parcels = Parcels(setting.parcels, setting.site, writable=False)
    return _Bench(setting, FileWriter(setting.site), bundle() is not None, parcels)


def _work(bench: _Bench, job: Job) -> Outcome:
    if isinstance(job, LookJob):
        return Outcome(whole=frozenset(name for name, key in job.wanted if bench.parcels.find(name, key)))
    if isinstance(job, PlaneJob):
        return _plane(bench, job)
    return _records(bench, job) if isinstance(job, RecordJob) else _analysis(bench, job)


def _records(bench: _Bench, job: RecordJob) -> Outcome:
    parcels, problems = [], []
    for key, family, state, source, kinship in job.records:
        try:
            made, noted = _record(bench, job.analysis, key, family, state, source, kinship)
        except FairportError as error:
            reason = error_words(error)[0].replace(f"{job.analysis.folder}/", "")
            problems.append((job.analysis.id, f"{state.path}: {reason}"))
        except Exception as error:
            if machine_error(error) is not None:
                raise  # nothing is wrong with the record
            # A defect met in one record must not end the build.
            problems.append((job.analysis.id, f"{state.path}: {defect_words(error)}"))
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
    frame = bench.frame(model)
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
    model = bench.setting.model(job.analysis, planes=job.planes)
    if job.problems:
        model.problems[job.analysis.id] = list(job.problems)
    frame = bench.frame(model)
    add_analysis(frame, job.analysis)
    fresh = [problem for problem in model.problems.get(job.analysis.id, []) if problem not in job.problems]
    parcel = Parcel(
        f"a/{job.analysis.id}",
        "" if fresh else job.key,
        bench.writer.write_all(frame.files),
        dcat=frame.descriptions.get(job.analysis.url, ""),
    )
    return Outcome((parcel,), tuple((job.analysis.id, problem) for problem in fresh))


def _plane(bench: _Bench, job: PlaneJob) -> Outcome:
    model = bench.setting.model(planes=(job.shown, *job.others))
    try:
        return _plane_of(bench, job, model)
    except (FairportError, OSError) as error:
        if machine_error(error) is not None:
            raise
        shown, *others = (readable(model, each) for each in model.planes)
        if not model.problems:
            raise
        whole = replace(model, planes=(shown, *others))
        return _plane_of(bench, replace(job, shown=shown, others=tuple(others)), whole)


def _plane_of(bench: _Bench, job: PlaneJob, model: SiteModel) -> Outcome:
    frame = bench.frame(model)
    files = [
        bench.writer.write(path, (text.encode() for text in texts))
        for path, texts in merged_numbers(job.shown, bench.parcels)
    ]
    drawing = add_plane(frame, job.shown, [(file.path, file.size, file.sha256) for file in files], job.since)
    pictures = Pictures(thumbnail(model, job.shown), _front(model, job.shown, drawing) if job.front else None)
    pages = {path: text for path, text in frame.files.items() if path.endswith(".html")}
    files += bench.writer.write_all({path: frame.files[path] for path in frame.files if path not in pages})
    problems = [(entry, problem) for entry in sorted(model.problems) for problem in model.problems[entry]]
    key = "" if problems else job.key
    parcel = Parcel(f"p/{job.shown.plane.id}", key, tuple(files), json=pack(pictures))
    return Outcome((parcel,), tuple(problems), pages)


def _front(model: SiteModel, shown: ShownPlane, drawing: Drawing | None) -> Drawing | None:
    """Return the figure of the front page: that of the plane, unless it is too heavy to be met first."""
    return drawing if len(shown.drawn) <= MAX_COMPACT else draw(model, shown, most=MAX_COMPACT)


def _chunked(items: Iterable[R], size: int) -> Iterator[tuple[R, ...]]:
    source = iter(items)
    while chunk := tuple(islice(source, size)):
        yield chunk
