"""``fairport result``: show a result in words, make reference lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairport.cli.options import format_option
from fairport.cli.output import current

if TYPE_CHECKING:
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
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True)
def line(name: str, plane: str, settings: tuple[str, ...], output: Path) -> None:
    """Make a reference line as a result: thermal, relic, ksvz, dfsz or axion-band.

    \b
    Examples:
      fairport result line thermal --plane id.ann.bb -o thermal
      fairport result line relic --plane collider.mmed-mdm --set gq=0.25 --set gdm=1 -o relic
      fairport result line axion-band --plane alp.g_agg -o band
    """
    from fairport.results.deriving import slug, write
    from fairport.results.lines import line as make
    from fairport.results.translate import parse_settings

    derived = make(name, plane, parse_settings(settings))
    derived.record["id"] = slug(output.resolve().name)
    record = write(derived, output)
    out = current()
    out.print(derived.record["title"])
    out.print(f"  {derived.record['description']}")
    out.print(f"wrote {record}")


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
