"""``fairport result``: show a result in words, import and export, make reference lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairport.cli.options import format_option
from fairport.cli.output import current

if TYPE_CHECKING:
    from fairport.results.importing.options import ImportOptions
    from fairport.results.loaded import LoadedResult


@click.command("show")
@click.argument("result", metavar="RESULT")
@click.option("--at", "place", metavar="mass=100GeV", help="Also say what it says there.")
@format_option("text", "json")
def show(result: str, place: str | None, fmt: str) -> None:
    """Explain one result in words: what it excludes, at which level, under which assumptions.

    \b
    Examples:
      fairport result show results/si
      fairport result show catalogue::lz-2024/si@1 --at mass=100GeV
    """
    from fairport.results.resolve import resolve
    from fairport.results.words import describe

    loaded = resolve(result)
    sentences = describe(loaded)
    reading = _reading(loaded, place) if place is not None else None
    out = current()
    if fmt == "json":
        out.json(
            {
                "id": loaded.id,
                "title": loaded.record.title,
                "plane": loaded.plane.id,
                "kind": loaded.record.kind,
                "digest": loaded.digest,
                "sentences": sentences,
                "description": loaded.record.description,
                "notes": list(loaded.record.validity.notes),
                "reading": reading,
                "licence": loaded.record.licence,
                "cite": list(_cite(loaded)),
            }
        )
        return
    out.print(f"{loaded.record.title}  ({loaded.id}, {loaded.record.kind} in {loaded.plane.id})")
    for sentence in sentences:
        out.print(f"  {sentence}")
    for text in (loaded.record.description, *loaded.record.validity.notes):
        if text:
            out.print(f"  note: {text}")
    if reading is not None:
        for line in _reading_lines(loaded, reading):
            out.print(f"  {line}")
    for identifier in _cite(loaded):
        out.print(f"  cite: {identifier}")


@click.command("line")
@click.argument("name", metavar="NAME")
@click.option("--plane", required=True, metavar="PLANE", help="Plane in which it is drawn.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="An assumption, such as gq=0.25."
)
@click.option(
    "--file", "source", type=click.Path(path_type=Path), help="A copy of a published table, not to fetch it."
)
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True)
def line(name: str, plane: str, settings: tuple[str, ...], source: Path | None, output: Path) -> None:
    """Make a reference line as a result: thermal, relic, ksvz, dfsz, axion-band, or a published table that
    the plane names, such as neutrino-fog, which is fetched once and then drawn by fairport plot.

    \b
    Examples:
      fairport result line thermal --plane id.ann.bb -o thermal
      fairport result line relic --plane collider.mmed-mdm --set gq=0.25 --set gdm=1 -o relic
      fairport result line axion-band --plane alp.g_agg -o band
      fairport result line neutrino-fog --plane dd.si -o fog
    """
    from fairport.contract.errors import UsageError
    from fairport.results.deriving import slug, write
    from fairport.results.lines import line as make
    from fairport.results.planes import Planes
    from fairport.results.published import obtain
    from fairport.results.translation.translate import parse_settings

    target = Planes().get(plane)
    curve = next((r.published for r in target.reference if r.published and r.published.name == name), None)
    if curve is not None and settings:
        raise UsageError(f"{name} is a published table and has no settings")
    if curve is None and source is not None:
        raise UsageError(f"{name} is computed and reads no file")
    derived = obtain(target, curve, source).derived if curve else make(name, plane, parse_settings(settings))
    derived.record["id"] = slug(output.resolve().name)
    record = write(derived, output)
    out = current()
    out.print(derived.record["title"])
    out.print(f"  {derived.record['description']}")
    out.print(f"wrote {record}")


FORMATS = (
    "text, ecsv, votable, hepdata, glike, root, gadf (fermipy, gammapy), pyhf, webplotdigitizer or "
    "limitplotter, plane-table (from a catalogue); else by the file."
)


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--plane", required=True, metavar="PLANE", help="Plane of the results; never taken from a file."
)
@click.option("--from", "source", metavar="FORMAT", help=FORMATS)
@click.option("--column-unit", "units", multiple=True, metavar="AXIS=UNIT", help="Unit of an axis or column.")
@click.option("--column", "columns", multiple=True, metavar="AXIS=COLUMN", help="Column of an axis or band.")
@click.option(
    "--meta", metavar="FILE", type=click.Path(path_type=Path), help="TOML metadata of a collection."
)
@click.option("--repair", is_flag=True, help="Read broken metadata with the repair that was offered.")
@click.option("--sentinel", type=float, help="Value of the last axis that means no data.")
@click.option("--shape", type=click.Choice(["function", "polyline", "polygon"]))
@click.option("--excluded", type=click.Choice(["above", "below", "inside", "outside", "none"]))
@click.option("--kind", type=click.Choice(["limit", "projection", "region", "line", "profile"]))
@click.option(
    "--origin", type=click.Choice(["collaboration", "digitised", "recast", "projection", "simulation"])
)
@click.option("--role", type=click.Choice(["observed", "expected"]))
@click.option("--cl", type=float, help="Confidence level that the source states, such as 0.9.")
@click.option("--licence", metavar="SPDX", help="Licence of the numbers.")
@click.option("--cite", multiple=True, metavar="ID", help="DOI or arXiv identifier with version.")
@click.option("--title", metavar="TEXT", help="Title of the result.")
@click.option("--id", "name", metavar="SLUG", help="Identifier of the result; by default that of the file.")
@click.option("--set", "fields", multiple=True, metavar="FIELD=VALUE", help="Any field of the record.")
@click.option(
    "--object",
    "object",
    metavar="NAME",
    help="Object of a file of several: ROOT path, data set, extension, patch.",
)
@click.option(
    "--background",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Workspace that a patch set of pyhf is for.",
)
@click.option("--contour", type=float, help="Take the contour where the third column has this value.")
@click.option(
    "--scale", multiple=True, metavar="AXIS=NUMBER", help="Multiply an axis, such as a signal strength."
)
@click.option(
    "--constant",
    "constants",
    multiple=True,
    metavar="AXIS=VALUE",
    help="An axis without a column: mass=100GeV.",
)
@click.option("--target", metavar="NAME", help="What a gLike table looks at, such as Draco.")
@click.option("--delimiter", metavar="CHAR", help="Delimiter of a text table; by default any.")
@click.option("--names", metavar="A,B,...", default="", help="Names of the columns of a text table.")
@click.option("--skip", type=click.IntRange(0), default=0, help="Lines to leave out at the start.")
@click.option(
    "--layout",
    type=click.Choice(["columns", "rows", "matrix"]),
    default="columns",
    help="How a text table lies: variables in columns, in rows, or a matrix with its axes at the edges.",
)
@click.option(
    "--drop", multiple=True, metavar="AXIS=VALUE", help="Leave out rows with this value, such as mass=0."
)
@click.option("--sort", is_flag=True, help="Put the points in the order of x.")
@click.option("--accept-implausible", is_flag=True, help="Take values far from anything known in the plane.")
@click.option(
    "--known",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Repository or catalogue to look for the same figure in, beside what is in the folder of -o.",
)
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
def import_(
    files: tuple[Path, ...],
    meta: Path | None,
    dry_run: bool,
    output: Path | None,
    known: tuple[Path, ...],
    **given: Any,
) -> int | None:
    """Read tables of other communities as results; what is assumed is listed and goes into the record.

    \b
    Examples:
      fairport result import lz.txt --plane dd.si --column-unit mass=GeV --column-unit cross_section=cm2 \\
          --cite arXiv:2410.17036v1 --licence CC-BY-4.0 -o results/lz
      fairport result import data/*.csv --meta data/metadata.toml --plane dd.si -o results

    One table goes into DIR itself, several into a folder each below DIR. A selection downloaded from a
    plane of a catalogue holds several.
    """
    from dataclasses import replace

    from fairport.contract.errors import FairportError, UsageError
    from fairport.results.deriving import slug, write
    from fairport.results.importing.imports import import_file, parts, preview, read_metadata
    from fairport.results.planes import PLANES_DIR, Planes
    from fairport.results.twins import known_below, known_beside, twins

    if output is None and not dry_run:
        raise UsageError("nowhere to write to", mend="give -o DIR, or --dry-run to look only")
    options = _import_options(given)
    metadata = read_metadata(meta, repair=options.repair) if meta else None
    out, failed = current(), 0
    planes = Planes(Path(PLANES_DIR))
    beside = [load for folder in known for load in known_below(folder, planes=planes)]
    tables: list[tuple[Path, str, ImportOptions]] = []
    for file in files:
        names = parts(file, options)
        tables += [(file, name, replace(options, object=name)) for name in names]
        tables += [(file, file.stem, options)] if not names else []
    beside += known_beside(output, len(tables), planes=planes) if output is not None else []
    for file, name, wanted in tables:
        try:
            found = import_file(file, wanted, metadata=metadata, planes=planes, progress=out.note)
        except FairportError as error:
            if len(tables) == 1:
                raise
            failed += 1
            out.note(f"refused: {error}")
            continue
        loaded = found.derived.loaded()
        for row in preview(found):
            out.print(row)
        for twin in twins(loaded, beside)[:3]:
            out.print(f"  seen before: {twin.words}; keep one, or name it under data_overlap")
        beside.append(loaded)
        if output is not None and not dry_run:
            folder = output if len(tables) == 1 else output / slug(name)
            out.print(f"  wrote {write(found.derived, folder)}")
    if len(tables) > 1:
        kind = "files" if len(tables) == len(files) else "tables"
        out.print(f"{len(tables) - failed} of {len(tables)} {kind} imported, {failed} refused")
    return 1 if failed else None


@click.command("export")
@click.argument("result", metavar="RESULT")
@click.option(
    "--to",
    "to",
    required=True,
    type=click.Choice(["hepdata", "ecsv", "csv", "votable", "json", "glike"]),
    help="Format to write.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True)
def export(result: str, to: str, output: Path) -> None:
    """Write a result in the format of another community, and say what that format cannot hold.

    \b
    Examples:
      fairport result export results/si --to hepdata -o submission
      fairport result export results/si --to votable -o tables
    """
    from fairport.results.exports import export as write_export
    from fairport.results.resolve import resolve

    done = write_export(resolve(result), to, output)
    out = current()
    for path in done.paths:
        out.print(f"wrote {path}")
    for sentence in done.losses:
        out.print(f"  lost: {sentence}")


def _import_options(given: dict[str, Any]) -> ImportOptions:
    from fairport.results.importing.options import ImportOptions, field_values, numbers, pairs

    given["units"] = pairs(given["units"], "--column-unit")
    given["columns"] = pairs(given["columns"], "--column")
    given["fields"] = field_values(given["fields"])
    given["scale"] = numbers(given["scale"], "--scale")
    given["drop"] = numbers(given["drop"], "--drop", positive=False)
    given["constants"] = pairs(given["constants"], "--constant")
    given["names"] = tuple(part.strip() for part in given["names"].split(",") if part.strip())
    given["id"] = given.pop("name")
    return ImportOptions(**given)


def _reading(loaded: LoadedResult, place: str) -> dict[str, Any]:
    from fairport.cli.compare import parse_place

    x = parse_place(place, [loaded])
    found = loaded.reading(x)
    return {
        "x": x,
        "value": found.value,
        "bands": found.bands,
        "crossings": list(found.crossings),
    }


def _reading_lines(loaded: LoadedResult, reading: dict[str, Any]) -> list[str]:
    x, y = loaded.x_axis, loaded.y_axis
    at = f"At {x.name} = {reading['x']:.6g} {x.unit}"
    unit = y.unit if y is not None else ""
    if reading["crossings"]:
        edges = " and ".join(f"{value:.4g}" for value in reading["crossings"])
        return [f"{at} the edge of the region lies at {edges} {unit}."]
    if reading["value"] is None:
        low, high = loaded.valid_range
        return [f"{at} it says nothing; it holds from {low:g} to {high:g} {x.unit}."]
    lines = [f"{at} the value is {reading['value']:.4g} {unit}."]
    lines += [f"{name}: {value:.4g} {unit}" for name, value in reading["bands"].items()]
    return lines


def _cite(loaded: LoadedResult) -> tuple[str, ...]:
    from fairport.results.deriving import citations

    return citations(loaded)
