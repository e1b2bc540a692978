"""``fairport catalog``: begin, fill, harvest, build and look at a catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairport.cli.options import format_option
from fairport.cli.output import current

if TYPE_CHECKING:
    from collections.abc import Callable

    from fairport.catalog.harvest.complaints import Complaint
    from fairport.catalog.registry import Catalogue
    from fairport.catalog.state import EntryState

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FIRST_LINES = 10
"""Results that a first publication names; there may be thousands."""


def _catalog_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--catalog",
        "catalog",
        type=_FOLDER,
        default=None,
        help="Folder of the catalogue; by default this one or ./catalog.",
    )(function)


@click.command()
@click.argument("directory", metavar="DIR", type=_FOLDER)
@click.option("--title", default="Dark-matter results", show_default=True, help="Name of the catalogue.")
@click.option("--description", default=None, help="One or two sentences.")
@click.option("--url", default=None, help="Where it will be published.")
@click.option(
    "--front-plane", default="dd.si", show_default=True, help="Plane of the figure on the front page."
)
def init(directory: Path, title: str, description: str | None, url: str | None, front_plane: str) -> int:
    """Begin a catalogue in DIR.

    \b
    Example:
      fairport catalog init results-of-my-field --title "Results of my field"
    """
    from fairport.catalog.registry import CATALOGUE_FILE, init_catalogue

    root = init_catalogue(directory, title=title, description=description, url=url, front_plane=front_plane)
    output = current()
    output.print(f"{root / CATALOGUE_FILE}")
    output.note(f"next: fairport catalog add REPOSITORY --catalog {directory}")
    return 0


@click.command()
@click.argument("entry", metavar="ENTRY")
@_catalog_option
def remove(entry: str, catalog: Path | None) -> int:
    """Take ENTRY (its id) out of the registry; its numbers go with the next harvest and build.

    Every address that was harvested stays, with the reason, and the id is not given to anything else: see
    `tombstones/ENTRY.json`, where the reason can be rewritten; delete that file if nothing was published yet.
    A published result is better withdrawn: set `status: withdrawn` and a `reason` in its entry.

    \b
    Example:
      fairport catalog remove darkside50-recast
    """
    from fairport.catalog.registry import find_catalogue, remove_entry

    current().print(f"removed {remove_entry(find_catalogue(catalog), entry)}")
    return 0


@click.command()
@_catalog_option
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="Repositories looked at side by side.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if any repository could not be read.")
@format_option("text", "json")
def harvest(catalog: Path | None, jobs: int, strict: bool, fmt: str) -> int:
    """Look at every registered repository and freeze what it publishes.

    Nothing of a repository is executed. One that cannot be read keeps its last good version and gets a card
    with the reason; the others are not affected.

    \b
    Examples:
      fairport catalog harvest
      fairport catalog harvest --catalog results-of-my-field --jobs 16
    """
    from fairport.catalog.harvest.harvesting import describe
    from fairport.catalog.harvest.harvesting import harvest as run
    from fairport.catalog.registry import find_catalogue
    from fairport.contract.structure import unstructure

    output = current()
    with output.progress() as progress:
        report = run(find_catalogue(catalog), jobs=jobs, progress=progress)
    if fmt == "json":
        output.json({"time": report.time, "entries": [unstructure(state) for state in report.states]})
    else:
        for state in report.failed:
            output.print(describe(state) + (f" -> {state.mend}" if state.mend else ""))
        read = len(report.states) - len(report.failed)
        output.print(f"{read} of {len(report.states)} repositories read, {len(report.unchanged)} unchanged")
    return 1 if strict and report.failed else 0


@click.command()
@_catalog_option
@click.option(
    "--output",
    "-o",
    type=_FOLDER,
    default=None,
    help="Folder of the site; by default `site` in the catalogue.",
)
@click.option("--clean", is_flag=True, help="Draw and build everything anew.")
@click.option("--docs/--no-docs", default=True, show_default=True, help="With the narrative pages.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Processes that make pages and figures.",
)
@format_option("text", "json")
def build(catalog: Path | None, output: Path | None, clean: bool, docs: bool, jobs: int, fmt: str) -> int:
    """Build the site from what was harvested; only what changed is written.

    \b
    Examples:
      fairport catalog build
      fairport catalog build --output public
    """
    from dataclasses import asdict

    from fairport.catalog.registry import find_catalogue
    from fairport.catalog.site.build import build as run
    from fairport.catalog.workers import collect_rarely

    out = current()
    collect_rarely()
    with out.progress() as progress:
        report = run(
            find_catalogue(catalog), output=output, clean=clean, docs=docs, jobs=jobs, progress=progress
        )
    if fmt == "json":
        out.json({**asdict(report), "root": str(report.root)})
    else:
        failed = f", {_counted(report.failures, 'repository')} not read" if report.failures else ""
        out.print(f"{_counted(report.results, 'result')} in {_counted(report.planes, 'plane')}{failed}")
        out.print(f"{report.written} files written, {report.unchanged} unchanged, {report.removed} removed")
        out.print(str(report.index))
    return 0


@click.command()
@click.argument("repository", metavar="REPO")
@click.option(
    "--output", "-o", type=_FOLDER, default=None, help="Folder of the site; by default a temporary one."
)
@click.option("--open", "open_", is_flag=True, help="Open the page in a browser.")
def preview(repository: str, output: Path | None, open_: bool) -> int:
    """Show the very pages that REPO would get in a catalogue, and what holds it back.

    The exit code is 0 when the analysis would be shown, 1 when it would get a card with the reason.

    \b
    Examples:
      fairport catalog preview .
      fairport catalog preview https://github.com/KM3NeT/Analysis-galactic-sources-CTA-KM3NeT
    """
    from fairport.catalog.harvest.harvesting import describe
    from fairport.catalog.site.preview import preview as run

    out = current()
    with out.progress() as progress:
        shown = run(repository, output, progress=progress)
    out.print(describe(shown.state))
    for line in shown.obstacles:
        out.print(f"  - {line}")
    if not shown.obstacles:
        out.print("  nothing holds it back")
    out.print(str(shown.page))
    if open_:
        click.launch(shown.page.as_uri())
    return 0 if shown.state.state == "ok" else 1


@click.command()
@_catalog_option
@click.option("--same-figures", is_flag=True, help="Also compare all curves: is a figure there twice?")
@click.option("--nudge", is_flag=True, help="Write one ready issue for each repository.")
@click.option(
    "--output", "-o", type=_FOLDER, default=None, help="With --nudge: folder of the issues, ENTRY.md each."
)
@format_option("text", "json")
def status(catalog: Path | None, same_figures: bool, nudge: bool, output: Path | None, fmt: str) -> int:
    """Show the state of every entry at the last harvest.

    \b
    Examples:
      fairport catalog status --catalog results-of-my-field --same-figures
      fairport catalog status --nudge --output issues
    """
    if nudge:
        return _nudge(catalog, output, fmt)
    from fairport.catalog.registry import find_catalogue, load_catalogue
    from fairport.catalog.state import read_harvest_time
    from fairport.contract.structure import unstructure

    out = current()
    loaded = load_catalogue(find_catalogue(catalog))
    states = _states(loaded)
    same = _same_figures(loaded.harvest_root) if same_figures else []
    if fmt == "json":
        found = {
            "time": read_harvest_time(loaded.harvest_root),
            "entries": [
                unstructure(state) if state else {"id": name, "state": "new"} for name, state in states
            ],
        }
        if same_figures:
            found["same_figures"] = [{"result": one, "words": words} for one, words in same]
        out.json(found)
        return 0
    width = max((len(name) for name, _ in states), default=0)
    for name, state in states:
        for line in _status_lines(name.ljust(width), state):
            out.print(line)
    for one, words in same:
        out.print(f"{one} holds {words}")
    if same_figures and not same:
        out.print("no figure is there twice")
    return 0


def _counted(number: int, thing: str) -> str:
    """Return ``1 result``, ``2 results``, ``2 repositories``."""
    more = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number} {thing if number == 1 else more}"


def _nudge(catalog: Path | None, folder: Path | None, fmt: str) -> int:
    """Print or write one issue for each repository; nothing is filed anywhere."""
    from dataclasses import asdict

    from fairport.catalog.harvest.nudge import nudges
    from fairport.catalog.registry import find_catalogue, load_catalogue
    from fairport.contract.files import write_atomic

    out = current()
    found = nudges(load_catalogue(find_catalogue(catalog)))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for item in found:
            write_atomic(folder / f"{item.entry}.md", f"# {item.title}\n\n{item.body}")
    if fmt == "json":
        out.json({"issues": [asdict(item) for item in found]})
        return 0
    for item in found:
        if folder is not None:
            out.print(str(folder / f"{item.entry}.md"))
        else:
            where = f" ({item.repository})" if item.repository else ""
            out.print(f"=== {item.entry}{where}\n# {item.title}\n\n{item.body}")
    if not found:
        out.print("no repository needs a nudge")
    return 0


def _same_figures(folder: Path) -> list[tuple[str, str]]:
    """Return each harvested result that holds a figure which is there already, and what is said of it."""
    from fairport.results.twins import known_below, pairs

    found = pairs(known_below(folder))
    return [(one.id, twin.words) for one, twin in found if one.id != twin.other.id]  # not two versions of one


def _states(catalogue: Catalogue) -> list[tuple[str, EntryState | None]]:
    from fairport.catalog.state import read_state

    names = sorted({entry.id for entry in catalogue.entries} | {entry.id for entry in catalogue.broken})
    return [(name, read_state(catalogue.harvest_root / name)) for name in names]


def _status_lines(name: str, state: EntryState | None) -> list[str]:
    from fairport.catalog.harvest.complaints import complaints

    if state is None:
        return [f"{name}  new        not harvested yet"]
    shown = sum(result.state in {"ok", "kept"} for result in state.results)
    facts = [f"{shown} result{'' if shown == 1 else 's'}"] if state.version else []
    facts += [f"{state.check.error} errors"] if state.check and state.check.error else []
    facts += [f"harvested {state.harvested[:10]}"] if state.harvested else []
    facts += [state.withheld] if state.withheld else []
    lines = [f"{name}  {state.state:<9}  {', '.join(facts)}".rstrip()]
    lines += [f"    {state.reason}"] if state.reason else []
    lines += [f"    mend: {state.mend}"] if state.mend and state.reason else []
    lines += [line for item in complaints(state.results) for line in _complaint_lines(item)]
    lines += [f"    release {note.tag}: {note.problem}" for note in state.releases if note.problem]
    return lines


def _complaint_lines(complaint: Complaint) -> list[str]:
    """Return one thing that is to be mended, with the records of which it is true."""
    first, *others = complaint.paths
    more = f" and {len(others)} more" if others else ""
    lines = [f"    {first}{more}: {complaint.reason}"]
    return lines + ([f"      mend: {complaint.mend}"] if complaint.mend else [])


@click.command()
@_catalog_option
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    default=None,
    help="Site or catalog.json to compare with; by default the site built last.",
)
@click.option("--release", "release_", metavar="VERSION", default=None, help="Compare with a release.")
@format_option("text", "json")
def diff(catalog: Path | None, against: Path | None, release_: str | None, fmt: str) -> int:
    """Say what the next publication changes: the last harvest beside what is published.

    The exit code is 0 when no result changes, 1 when some do.

    \b
    Examples:
      fairport catalog diff
      fairport catalog diff --release 2026.11 --format json
    """
    from dataclasses import asdict
    from datetime import UTC, datetime

    from fairport.catalog.harvest.differences import (
        compare,
        counts,
        gone_reasons,
        items_of_harvest,
        published,
    )
    from fairport.catalog.harvested import load_states
    from fairport.catalog.registry import find_catalogue, load_catalogue

    loaded = load_catalogue(find_catalogue(catalog))
    if release_ is not None:
        before = _release_of(loaded, release_)
    else:
        before = published(loaded, against)
    gone = gone_reasons(loaded.root, load_states(loaded))
    changes = compare(before, items_of_harvest(loaded, datetime.now(UTC).date()), gone)
    out = current()
    if fmt == "json":
        out.json({"changes": [asdict(change) for change in changes]})
    else:
        first = bool(changes) and not before
        shown = changes[:_FIRST_LINES] if first else changes
        for change in shown:
            out.print(change.line)
        if left := len(changes) - len(shown):
            out.print(f"           and {left:,} more; --format json lists all")
        told = f"{len(changes):,} result{'' if len(changes) == 1 else 's'}"
        out.print(f"first publication: {told}" if first else counts(changes))
    return 1 if changes else 0


def _release_of(catalogue: Catalogue, version: str) -> dict[str, Any]:
    from fairport.catalog.site.release import releases
    from fairport.contract.errors import UsageError

    found = {release.version: release for release in releases(catalogue)}
    if version not in found:
        known = ", ".join(found) or "none"
        raise UsageError(f'there is no release "{version[:60]}"', why=f"releases: {known}")
    return found[version].items


@click.command()
@click.argument("version", metavar="VERSION")
@_catalog_option
@click.option("--note", default=None, help="What a reader should know of this release.")
@click.option("--docs/--no-docs", default=True, show_default=True, help="With the narrative pages.")
@click.option(
    "--output",
    "-o",
    type=_FOLDER,
    default=None,
    help="Folder of the site; by default `site` in the catalogue.",
)
@format_option("text", "json")
def release(
    version: str, catalog: Path | None, note: str | None, docs: bool, output: Path | None, fmt: str
) -> int:
    """Freeze the catalogue as VERSION, with the digest of every result, under /v/VERSION/ for good.

    The site is built, what it publishes is kept in `releases/` of the catalogue (commit that folder), and
    the pages of the release are added. A release never changes and cannot be made twice.

    \b
    Example:
      fairport catalog release 2026.11 --note "With the new results of summer."
    """
    from fairport.catalog.harvest.differences import compare, counts
    from fairport.catalog.harvest.upkeep import lock
    from fairport.catalog.registry import find_catalogue, load_catalogue
    from fairport.catalog.site.build import build as run
    from fairport.catalog.site.release import free_path, freeze_release, releases

    root = find_catalogue(catalog)
    free_path(root, version)
    out = current()
    loaded = load_catalogue(root)
    with lock(loaded, "publication"), out.progress() as progress:
        before = releases(loaded)
        site = run(root, output=output, docs=docs, progress=progress).root
        progress.step(f"Freezing release {version}")
        made = freeze_release(loaded, site, version, note=note)
        run(root, output=output, docs=docs, progress=progress)
    changes = compare(before[0].items if before else {}, made.items)
    page = site / "v" / version / "index.html"
    if fmt == "json":
        facts = {"version": made.version, "time": made.time, "results": len(made.results)}
        out.json({**facts, "changes": len(changes), "page": str(page)})
    else:
        held = f"{_counted(len(made.results), 'result')} in {_counted(len(made.planes), 'plane')}"
        out.print(f"release {version}: {held}")
        if before:
            out.print(f"since {before[0].version}: {counts(changes)}")
        out.print(str(page))
    return 0


@click.command()
@_catalog_option
@click.option(
    "--site", type=_FOLDER, default=None, help="Folder of the site; by default `site` in the catalogue."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free port."
)
def serve(catalog: Path | None, site: Path | None, port: int) -> int:
    """Serve a built site on this machine only, until Ctrl+C.

    \b
    Example:
      fairport catalog serve --port 8080
    """
    from fairport.catalog.registry import SITE_DIR, find_catalogue
    from fairport.catalog.site.serve import make_server

    root = site if site is not None else find_catalogue(catalog) / SITE_DIR
    server = make_server(root.resolve(), port)
    current().print(f"http://127.0.0.1:{server.server_port}/")
    current().note("Ctrl+C stops it")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        current().note("stopped")
    finally:
        server.server_close()
    return 0
