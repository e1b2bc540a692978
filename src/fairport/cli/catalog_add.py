"""``fairport catalog add``: register repositories, collections of published curves, and bundles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairport.cli.options import catalogue_option
from fairport.cli.output import current

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fairport.catalog.harvest.adding import Added, Reading

_ANALYSIS = ("status", "publish", "history")
_COLLECTION = (
    *("plane", "units", "pattern", "experiment", "origin", "kind", "cl", "cite", "licence", "importer"),
    *("rules", "metadata", "title", "description", "subdirectory"),
)
_BUNDLE = ("sha256",)


@click.command()
@click.argument("sources", metavar="DIR-or-URL...", nargs=-1, required=True)
@catalogue_option
@click.option("--id", "entry_id", default=None, help="Id of the entry; by default that of the record.")
@click.option(
    "--status",
    type=click.Choice(["community", "official"]),
    default=None,
    help="Official needs the sign-off of the collaboration in the record.  [default: community]",
)
@click.option("--publish", metavar="REF", default=None, help="latest-release, or a branch, tag or commit.")
@click.option(
    "--history", is_flag=True, default=None, help="Earlier releases become versions of the results."
)
@click.option("--collection", is_flag=True, help="A table of published curves: URL@COMMIT, or a folder.")
@click.option("--plane", default=None, help="Plane of the curves.")
@click.option("--units", default=None, metavar="X,Y", help="Units of the columns, such as GeV,cm2.")
@click.option("--pattern", default=None, metavar="GLOB", help="Which files are curves, such as 'data/*.csv'.")
@click.option("--experiment", default=None, help="Experiment; {1} is the first part of the file's name.")
@click.option(
    "--origin",
    type=click.Choice(["collaboration", "digitised", "recast", "projection", "simulation"]),
    default=None,
    help="Where the numbers come from.",
)
@click.option(
    "--kind",
    type=click.Choice(["limit", "projection", "region", "line", "profile"]),
    default=None,
    help="Kind of the records.",
)
@click.option("--cl", type=float, default=None, help="Confidence level, where it is one for all.")
@click.option("--cite", multiple=True, metavar="ID", help="DOI, arXiv identifier or address; repeatable.")
@click.option("--licence", default=None, metavar="SPDX", help="Licence where no file states one.")
@click.option("--importer", default=None, help="Format, as `result import --from` takes it.  [default: auto]")
@click.option(
    "--rules",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="YAML file with a list `rules`, for curves of several planes.",
)
@click.option("--metadata", default=None, metavar="PATH", help="TOML file of the tables, in the repository.")
@click.option("--title", default=None, help="Title of the collection.")
@click.option("--description", default=None, help="What the collection is about.")
@click.option("--subdirectory", default=None, metavar="PATH", help="Folder inside the repository.")
@click.option("--bundle", is_flag=True, help="Records that an experiment published: archive or folder.")
@click.option("--sha256", default=None, metavar="HEX", help="Digest of the archive; else that of today.")
def add(
    sources: tuple[str, ...],
    catalog: Path | None,
    entry_id: str | None,
    collection: bool,
    bundle: bool,
    **options: Any,
) -> int:
    """Register repositories: folders on this machine or git URLs (https, ssh, file).

    With --collection, a table of published curves that its community keeps; with --bundle, the archives that
    experiments publish with `fairport bundle`. Nothing is harvested yet.

    \b
    Examples:
      fairport catalog add ../darkside50-recast
      fairport catalog add https://github.com/KM3NeT/Analysis-galactic-sources-CTA-KM3NeT
      fairport catalog add URL --publish latest-release --history
      fairport catalog add --collection URL@COMMIT --plane dd.si --units GeV,cm2 --pattern 'SI/*.txt'
      fairport catalog add --bundle https://example.org/toy-search-1.2.0.crate.zip
    """
    from fairport.catalog.registry import find_catalogue
    from fairport.contract.errors import FairportError, UsageError

    stated = {name: value for name, value in options.items() if value not in (None, ())}
    _check(stated, collection, bundle)
    if entry_id is not None and len(sources) > 1:
        raise UsageError("one --id cannot stand for several sources", mend="register them one by one")
    root, out = find_catalogue(catalog), current()
    failures: list[FairportError] = []
    for source in sources:
        try:
            added = _add(root, source, entry_id, stated, collection=collection, bundle=bundle)
        except FairportError as error:
            if len(sources) == 1:
                raise
            failures.append(error)
            out.note(f"{source}: {error}")
            continue
        out.print(str(added.path))
        for note in added.notes:
            out.note(note)
    if failures:
        out.note(f"{len(sources) - len(failures)} of {len(sources)} registered")
        return max(error.exit_code for error in failures)
    return 0


def _check(stated: dict[str, Any], collection: bool, bundle: bool) -> None:
    """Raise a usage error when an option does not go with what is registered."""
    from fairport.contract.errors import UsageError

    if collection and bundle:
        raise UsageError("a source is a collection or a bundle, not both", mend="leave one of them out")
    wrong = _foreign(stated, _COLLECTION) if not collection else []
    wrong += _foreign(stated, _BUNDLE) if not bundle else []
    wrong += _foreign(stated, _ANALYSIS) if collection or bundle else []
    if wrong:
        kind = "collection" if collection else "bundle" if bundle else "repository"
        owner = "--collection" if wrong[0] in _COLLECTION else "--bundle"
        raise UsageError(
            f"--{wrong[0]} says nothing about a {kind}",
            mend="leave it out" if wrong[0] in _ANALYSIS else f"add {owner}, or leave it out",
        )


def _foreign(stated: dict[str, Any], names: Iterable[str]) -> list[str]:
    return [name for name in names if name in stated]


def _add(
    root: Path, source: str, entry_id: str | None, stated: dict[str, Any], *, collection: bool, bundle: bool
) -> Added:
    from fairport.catalog.harvest.adding import Added, add_bundle, add_collection
    from fairport.catalog.registry import add_entry

    if bundle:
        return add_bundle(root, source, entry_id=entry_id, sha256=stated.get("sha256"))
    if collection:
        about = {name: stated.get(name) for name in ("title", "description", "subdirectory")}
        return add_collection(root, source, _reading(stated), entry_id=entry_id, **about)
    path = add_entry(
        root,
        source,
        entry_id=entry_id,
        status=stated.get("status", "community"),
        publish=stated.get("publish"),
        history=stated.get("history", False),
    )
    return Added(path)


def _reading(stated: dict[str, Any]) -> Reading:
    """Return how a collection is read from the options of the call."""
    from fairport.catalog.harvest.adding import Reading
    from fairport.catalog.harvest.collections import AUTO

    names = ("plane", "pattern", "experiment", "origin", "kind", "cl")
    rule = {name: stated[name] for name in names if name in stated}
    rule |= {"cite": list(stated["cite"])} if "cite" in stated else {}
    rule |= {"units": [unit.strip() for unit in stated["units"].split(",")]} if "units" in stated else {}
    return Reading(
        stated.get("importer", AUTO),
        stated.get("licence"),
        rule,
        stated.get("rules"),
        stated.get("metadata"),
    )


__all__ = ["add"]
