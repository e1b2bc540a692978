"""Build the site of a catalogue from what was harvested."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import Final

from fairport.catalog.browser.benchmarks import sources_of
from fairport.catalog.browser.searchdata import search_files
from fairport.catalog.cards import Card
from fairport.catalog.drawings.figures import FigureStudio, PendingFigure
from fairport.catalog.harvest.upkeep import reading
from fairport.catalog.harvested import Harvest, Harvested, assemble, family, load_harvest
from fairport.catalog.machines.dossiers import site_of
from fairport.catalog.machines.parquet import has_parquet
from fairport.catalog.model import ShownPlane, ShownResult, SiteModel
from fairport.catalog.pages.coming import add_coming
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.planes import Since
from fairport.catalog.registry import SITE_DIR, Catalogue, load_catalogue
from fairport.catalog.relations import NOBODY, Kinship, Relations
from fairport.catalog.site.citable import changes_by_plane
from fairport.catalog.site.compiling import (
    AnalysisJob,
    Outcome,
    RecordJob,
    Setting,
    Workshop,
)
from fairport.catalog.site.keys import Keys
from fairport.catalog.site.knownreleases import known_releases
from fairport.catalog.site.narrative import docs_context, narrative_pages, put_docs
from fairport.catalog.site.output import SiteWriter
from fairport.catalog.site.overall import Overall
from fairport.catalog.site.parcels import Parcel, Parcels, Stored
from fairport.catalog.site.planejob import PlaneJob, readable
from fairport.catalog.site.release import Release
from fairport.catalog.site.releasepages import ReleasePages
from fairport.contract.errors import FairportError
from fairport.contract.progress import Progress, SilentProgress

_MANY: Final = 500
"""Results from which on the page of a plane or an analysis is better made in another process."""


_NICE: Final = 3
"""By how much those who make pages step back for lists and figures for download, which take longest of
all that a rebuild makes one after the other."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made.

    Attributes:
        root: folder of the site.
        results: number of results shown.
        planes: number of planes with results.
        failures: number of entries of which nothing or only an older version is shown.
        written: files that changed.
        unchanged: files that were as they should be.
        removed: files of earlier builds that are gone.
        warnings: what could not be made, although the site is there.
    """

    root: Path
    results: int
    planes: int
    failures: int
    written: int
    unchanged: int
    removed: int
    warnings: tuple[str, ...] = ()

    @property
    def index(self) -> Path:
        """The front page."""
        return self.root / "index.html"


def build(
    root: Path,
    *,
    output: Path | None = None,
    clean: bool = False,
    docs: bool = True,
    jobs: int = 2,
    today: date | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Build the site of the catalogue in ``root``.

    The same harvest always gives the same bytes; files that need no change are not touched, and files that
    no page needs any more are removed. A record that cannot be shown becomes a card with its reason.

    Args:
        root: catalogue folder.
        output: folder of the site; by default ``site`` in the catalogue.
        clean: whether everything is built anew, without the cache of figures and narrative pages.
        docs: whether the narrative pages are part of the site.
        jobs: processes that draw figures.
        today: date (UTC) by which embargoes are measured; by default today.
        progress: receiver of progress.

    Raises:
        ConfigurationError: no catalogue, nothing was harvested yet, or a harvest is running.
        DocumentError: ``catalog.yaml`` is not valid.
        UsageError: the output folder holds something that no build made.
    """
    catalogue = load_catalogue(root)
    with reading(catalogue):
        return _build_site(
            catalogue,
            SiteWriter(output if output is not None else catalogue.root / SITE_DIR),
            clean=clean,
            docs=docs,
            jobs=jobs,
            today=today or datetime.now(UTC).date(),
            progress=progress or SilentProgress(),
        )


def _build_site(
    catalogue: Catalogue,
    writer: SiteWriter,
    *,
    clean: bool,
    docs: bool,
    jobs: int,
    today: date,
    progress: Progress,
) -> BuildReport:
    """Build a site; the arguments are those of :func:`build`."""
    cache = catalogue.cache_root
    if clean:
        for name in ("figures", "docs", "parcels", "releases"):
            shutil.rmtree(cache / name, ignore_errors=True)
    place = cache / "parcels" / f"{_name_of(writer.root)}.db"
    parcels = Parcels(place, writer.root, thorough=writer.interrupted)
    work = _Build(catalogue, writer, parcels, progress, place=place, docs=docs, jobs=jobs)
    warnings: list[str] = []
    try:
        with ThreadPoolExecutor(max_workers=1) as pool, FigureStudio(cache / "figures", jobs=jobs) as studio:
            work.load(today)
            warnings += work.begin_releases()
            model = work.results(studio)
            narrative = pool.submit(narrative_pages, cache / "docs", docs_context(model)) if docs else None
            figures = [work.order_figure(studio, model, shown) for shown in model.planes if shown.drawn]
            planes, analyses = work.order_planes(model), work.order_analyses(model)
            warnings += work.end_releases()
            whole = work.overall(model)
            whole.begin()
            for path, text in search_files(model, narrative.result() if narrative else None).items():
                writer.put(path, text)
            whole.describe_results()
            work.take(model, analyses)
            whole.describe_analyses()
            work.take(model, planes)
            work.close()
            whole.end()
            progress.step("Figures and narrative pages")
            warnings += [
                f"{entry}: {problem}" for entry in sorted(model.problems) for problem in model.problems[entry]
            ]
            warnings += work.put_figures(figures)
            put_docs(writer, narrative, site_of(model.config))
            studio.prune()
        writer.settle()
        parcels.keep([*work.settled, *whole.settled])
        writer.finish()
        parcels.forget(work.used | whole.used)
    finally:
        work.close()
        parcels.close()
        writer.close()
    for warning in warnings:
        progress.note(warning)
    if not has_parquet():
        progress.note("Parquet files are left out: pip install 'fairport[parquet]'")
    return BuildReport(
        writer.root,
        len(model.results),
        len(model.planes),
        len(model.failures),
        writer.written,
        writer.unchanged,
        writer.removed,
        tuple(warnings),
    )


class _Build:
    """One build: what is still good is taken over, the rest is made."""

    def __init__(
        self,
        catalogue: Catalogue,
        writer: SiteWriter,
        parcels: Parcels,
        progress: Progress,
        *,
        place: Path,
        docs: bool,
        jobs: int,
    ) -> None:
        """Begin; ``place`` is the file of the parcels."""
        self._place = place
        self._catalogue, self._writer, self._parcels = catalogue, writer, parcels
        self._progress, self._docs, self._jobs = progress, docs, jobs
        self._harvest: Harvest
        self._keys: Keys
        self._workshop: Workshop | None = None
        self._relations = Relations(())
        self._releases: list[Release] = []
        self._release_pages: ReleasePages
        self._known_releases: list[tuple[str, str]] = []
        self._looked: Iterator[Outcome] = iter(())
        self.used: set[str] = set()
        self.settled: list[Parcel] = []

    def load(self, today: date) -> None:
        """Read what was harvested and released; no result is read."""
        catalogue = self._catalogue
        self._harvest = harvest = load_harvest(catalogue, today)
        self._keys = Keys(catalogue, harvest.colours, docs=self._docs)
        self._releases = known_releases(catalogue)
        self._relations = Relations(harvest.analyses, self._releases)

    def results(self, studio: FigureStudio) -> SiteModel:
        """Make the pages of every result that changed, and put the catalogue together; ``studio`` will draw
        the figures of their planes.
        """
        harvest, problems = self._harvest, self._harvest.problems
        bare = Catalogue(self._catalogue.root, self._catalogue.config, ())
        root = self._writer.root
        setting = Setting(bare, harvest.time, harvest.colours, self._docs, root, self._place)
        nice = _NICE if self._is_built else 0
        self._workshop = Workshop(setting, processes=self._jobs, progress=self._progress, nice=nice)
        cards: dict[str, Card] = {}
        many = sum(len(item.sources) for item in harvest.analyses) > _MANY
        jobs: list[RecordJob] = []
        for item in harvest.analyses:
            if (job := self._record_job(item, cards)) is not None:
                jobs.append(job)
                if many and len(jobs) == 1:
                    # A plane at least will be made, and perhaps an analysis that is as large.
                    self._workshop.prepare(2 if len(item.sources) > _MANY else 1)
                    studio.prepare()
                    self._looked = self._workshop.look(self._known_releases)
        count = sum(len(job.records) for job in jobs)
        total = count + len(cards)
        self._progress.step(
            f"Pages of {total:,} results" + (f", {count:,} to make" if 0 < count < total else "")
        )
        self._begin_pages(jobs)
        for outcome in self._workshop.records(jobs):
            self._take(outcome, problems)
            for parcel in outcome.parcels:
                if parcel.card is not None:
                    cards[parcel.name.removeprefix("r/")] = parcel.card
        return assemble(self._catalogue, harvest, cards)

    @property
    def _is_built(self) -> bool:
        """Whether there is a site already."""
        return (self._writer.root / "index.html").is_file()

    def _begin_pages(self, jobs: Iterable[RecordJob]) -> None:
        """Begin the pages of new analyses and planes, since pages of results lead to them before they are
        made; in a first build nobody can read these yet.
        """
        if not self._is_built:
            return
        coming = {job.analysis.url: (job.analysis.record.title, "analyses") for job in jobs}
        for plane in {state.plane for job in jobs for _, _, state, _, _ in job.records if state.plane}:
            coming[f"p/{plane}/index.html"] = (plane, "planes")
        frame = Frame(assemble(self._catalogue, self._harvest, {}), self._docs)
        for url, (title, section) in coming.items():
            if not (self._writer.root / url).is_file():
                add_coming(frame, url, title, section)
        for path, text in frame.files.items():
            self._writer.write(path, text)

    def _record_job(self, item: Harvested, cards: dict[str, Card]) -> RecordJob | None:
        """Take over the results of an analysis that did not change, and return those to be made."""
        own = item.analysis.id
        kin = {state.id or "": self._relations.of(f"{own}/{state.id}") for state, _ in item.sources}
        keys = self._record_keys(item, kin)
        there = self._parcels.group(f"r/{own}/")
        whole, left = [], []
        for state, source in item.sources:
            name, key = f"{own}/{state.id}", keys[state.id or ""]
            kept = there.get(f"r/{name}")
            if (
                kept is not None
                and kept.card is not None
                and kept.key == key
                and self._parcels.is_whole(kept)
            ):
                whole.append(kept)
                cards[name] = kept.card
            else:
                left.append((key, family(item, state), state, source, kin[state.id or ""]))
        self._adopt(whole)
        return RecordJob(item.analysis, tuple(left)) if left else None

    def _record_keys(self, item: Harvested, kin: Mapping[str, Kinship]) -> dict[str, str]:
        """Return the keys of the results of an analysis, kept while nothing in it changed."""
        name = f"e/{item.analysis.id}"
        families = {family(item, state) for state, _ in item.sources}
        relatives = {result: kinship for result, kinship in kin.items() if kinship is not NOBODY}
        key = self._keys.entry(item, families, relatives)
        if self._kept(name, key) is not None:
            keys: dict[str, str] = json.loads(next(iter(self._parcels.texts("json", [name]))))
        else:
            keys = {
                state.id or "": self._keys.record(
                    item, state, source.planes, family(item, state), kin[state.id or ""]
                )
                for state, source in item.sources
            }
            self._take(Outcome((Parcel(name, key, (), json=json.dumps(keys)),)), {})
        self._keys.learn({f"{item.analysis.id}/{result}": key for result, key in keys.items()})
        return keys

    def order_analyses(self, model: SiteModel) -> Iterator[Outcome]:
        """Begin to make the page of every analysis that changed."""
        jobs = []
        for analysis in model.analyses:
            key = self._keys.analysis(model, analysis)
            if self._kept(f"a/{analysis.id}", key) is None:
                problems = tuple(model.problems.get(analysis.id, ()))
                jobs.append(AnalysisJob(key, analysis, _by_plane(model, analysis.results), problems))
        return self._workshop.analyses(jobs) if self._workshop is not None else iter(())

    def take(self, model: SiteModel, outcomes: Iterable[Outcome]) -> None:
        """Take over pages of planes or analyses as they come."""
        for outcome in outcomes:
            self._take(outcome, model.problems)

    def close(self) -> None:
        """End what works for this build."""
        if self._workshop is not None:
            self._workshop.close()

    def order_planes(self, model: SiteModel) -> Iterator[Outcome]:
        """Begin to make the page and the merged numbers of every plane that changed."""
        changed = changes_by_plane(model, self._releases)
        newest = self._releases[0].version if self._releases else None
        jobs = []
        for shown in model.planes:
            since = Since(newest, changed.get(shown.plane.id, ())) if newest else None
            sources, front = sources_of(model, shown.plane), shown is model.front
            key = self._keys.plane(shown, sources, since, front=front)
            if self._kept(f"p/{shown.plane.id}", key) is None:
                jobs.append(PlaneJob(key, shown, _by_plane(model, sources), since, front))
        return self._workshop.planes(jobs) if self._workshop is not None else iter(())

    def begin_releases(self) -> list[str]:
        """Make the pages of every release that has none; returns what the store lacks.

        They come first: pages of results lead to them, and a build may be killed.
        """
        self._release_pages = ReleasePages(
            self._catalogue, self._harvest, self._writer, self._keys, self._releases, docs=self._docs
        )
        if self._writer.interrupted:
            return self.end_releases()
        return self._make_releases(self._is_known)

    def end_releases(self) -> list[str]:
        """Take over the pages of the other releases, and make those that are not whole; a release has very
        many files to look for. Returns what the store lacks.
        """
        for outcome in self._looked:
            self._parcels.trust(outcome.whole)
        return self._make_releases(lambda name, key: name in self.used or self._kept(name, key) is not None)

    def _is_known(self, name: str, key: str) -> bool:
        """Tell whether the pages of a release were made before; their files are looked for later."""
        known = self._parcels.is_known(name, key)
        if known:
            self._known_releases.append((name, key))
        return known

    def _make_releases(self, is_there: Callable[[str, str], bool]) -> list[str]:
        warnings: list[str] = []
        for parcel, missing in self._release_pages.made(is_there):
            self._take(Outcome((parcel,)), {})
            warnings += missing
        return warnings

    def overall(self, model: SiteModel) -> Overall:
        """Return what makes the lists, the front page and what describes the catalogue as a whole."""
        return Overall(
            model, self._writer, self._parcels, self._keys, self._releases, self._kept, docs=self._docs
        )

    def order_figure(
        self, studio: FigureStudio, model: SiteModel, shown: ShownPlane
    ) -> tuple[str, str, PendingFigure | None]:
        """Begin to draw the figure of a plane for download, unless it is there already."""
        name, key = f"figure/{shown.plane.id}", self._keys.figure(shown)
        if self._kept(name, key) is not None:
            for digest in self._parcels.texts("csv", [name]):
                studio.keep(digest)
            return name, key, None
        try:
            return name, key, studio.order(model, shown)
        except (FairportError, OSError):
            return name, "", studio.order(model, readable(model, shown))

    def put_figures(self, figures: Iterable[tuple[str, str, PendingFigure | None]]) -> list[str]:
        """Put figures for download in place as they come; returns what could not be drawn."""
        warnings = []
        for name, key, figure in figures:
            if figure is None:
                continue
            try:
                if figure.future is not None:
                    figure.future.result()
            except Exception as error:  # noqa: BLE001 - a figure that fails must not cost the site
                warnings.append(f"the figures of {figure.plane} could not be drawn: {error}")
                continue
            files = tuple(
                self._writer.write(f"p/{figure.plane}/{figure.plane}.{suffix}", path.read_bytes())
                for suffix, path in figure.files.items()
            )
            self._take(Outcome((Parcel(name, key, files, csv=figure.digest),)), {})
        return warnings

    def _kept(self, name: str, key: str) -> Stored | None:
        """Take over a parcel of an earlier build that is still good."""
        parcel = self._parcels.find(name, key)
        if parcel is not None:
            self._adopt([parcel])
        return parcel

    def _adopt(self, parcels: Sequence[Stored]) -> None:
        """Take over parcels whose files are there."""
        paths = list(chain.from_iterable(parcel.paths for parcel in parcels))
        self._writer.keep(paths, b"".join([parcel.digests for parcel in parcels]))
        self.used.update(parcel.name for parcel in parcels)

    def _take(self, outcome: Outcome, problems: dict[str, list[str]]) -> None:
        """Take over what was made; a parcel with pages that wait for their places is good once they are in
        them.
        """
        parcels = list(outcome.parcels)
        if outcome.pages:
            aside = tuple(self._writer.lay_aside(path, text) for path, text in outcome.pages.items())
            whole = replace(parcels[0], files=(*parcels[0].files, *aside))
            self.settled.append(whole)
            parcels = [replace(whole, key="")]
        for parcel in parcels:
            self._writer.adopt(parcel.files)
        self._parcels.keep(parcels)
        self.used.update(parcel.name for parcel in parcels)
        for entry, problem in outcome.problems:
            if problem not in problems.setdefault(entry, []):
                problems[entry].append(problem)


def _by_plane(model: SiteModel, results: Iterable[ShownResult]) -> tuple[ShownPlane, ...]:
    """Return the planes of some results, with these only, in the order of the catalogue."""
    members: dict[str, list[ShownResult]] = {}
    for result in results:
        members.setdefault(result.card.plane, []).append(result)
    return tuple(
        ShownPlane(shown.plane, tuple(members[shown.plane.id]))
        for shown in model.planes
        if shown.plane.id in members
    )


def _name_of(site: Path) -> str:
    """Return a name for the parcels of a site: a catalogue may be built to several places."""
    return hashlib.sha256(str(site).encode()).hexdigest()[:16]
