"""``fairport catalog``: begin, fill, harvest, build and look at a catalogue."""

from __future__ import annotations

from pathlib import Path

import click

from fairport.cli.options import FOLDER, catalogue_option, format_option
from fairport.cli.output import counted, current


@click.command()
@click.argument("directory", metavar="DIR", type=FOLDER)
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
@catalogue_option
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
@catalogue_option
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
@catalogue_option
@click.option(
    "--output",
    "-o",
    type=FOLDER,
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
        failed = f", {counted(report.failures, 'repository')} not read" if report.failures else ""
        out.print(f"{counted(report.results, 'result')} in {counted(report.planes, 'plane')}{failed}")
        out.print(f"{report.written} files written, {report.unchanged} unchanged, {report.removed} removed")
        out.print(str(report.index))
    return 0


@click.command()
@click.argument("repository", metavar="REPO")
@click.option(
    "--output", "-o", type=FOLDER, default=None, help="Folder of the site; by default a temporary one."
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
@catalogue_option
@click.option(
    "--site", type=FOLDER, default=None, help="Folder of the site; by default `site` in the catalogue."
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
