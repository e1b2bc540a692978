"""``fairport catalog diff`` and ``release``: what the next publication changes, and versions that stay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairport.cli.options import FOLDER, catalogue_option, format_option
from fairport.cli.output import counted, current

if TYPE_CHECKING:
    from fairport.catalog.registry import Catalogue

_FIRST_LINES = 10
"""Results that a first publication names; there may be thousands."""


@click.command()
@catalogue_option
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
@catalogue_option
@click.option("--note", default=None, help="What a reader should know of this release.")
@click.option("--docs/--no-docs", default=True, show_default=True, help="With the narrative pages.")
@click.option(
    "--output",
    "-o",
    type=FOLDER,
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
        held = f"{counted(len(made.results), 'result')} in {counted(len(made.planes), 'plane')}"
        out.print(f"release {version}: {held}")
        if before:
            out.print(f"since {before[0].version}: {counts(changes)}")
        out.print(str(page))
    return 0
