"""``fairport translate``."""

from __future__ import annotations

from pathlib import Path

import click

from fairport.cli.options import format_option
from fairport.cli.output import current


@click.command("translate")
@click.argument("result", metavar="RESULT")
@click.option("--to", "plane", required=True, metavar="PLANE", help="Target plane, or the result's own.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="An assumption, such as gq=0.25."
)
@click.option("--id", "name", help="Identifier of the new result; by default the name of OUTPUT.")
@click.option("--no-figure", is_flag=True, help="Draw no figure.")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True)
@format_option("text", "json")
def command(
    result: str,
    plane: str,
    settings: tuple[str, ...],
    name: str | None,
    no_figure: bool,
    output: Path,
    fmt: str,
) -> None:
    """Write RESULT into another plane, or under other assumptions, into the folder OUTPUT.

    Only what is exact or holds inside a named model is done; everything assumed is written on the new
    result. A contour stays a region, never an upper limit.

    \b
    Examples:
      fairport translate atlas/v1 --to dd.si -o v1-si
      fairport translate lz/si --to collider.mmed-mdm --set mediator=vector --set gq=0.25 --set gdm=1 -o out
      fairport translate lz/si --to dd.si --set rho0=0.4 -o lz-rho04
      fairport translate planck/p-ann --to id.ann.ee -o cmb-ee
    """
    from fairport.cli.combine import draw
    from fairport.results.deriving import slug, write
    from fairport.results.resolve import resolve
    from fairport.results.translation.translate import parse_settings, translate

    derived = translate(resolve(result), plane, parse_settings(settings))
    derived.record["id"] = slug(name or output.resolve().name)
    record = write(derived, output)
    if not no_figure and derived.record["kind"] != "profile":
        draw(derived, [], output)
    out = current()
    if fmt == "json":
        out.json(
            {
                "record": str(record),
                "plane": derived.record["plane"],
                "kind": derived.record["kind"],
                "derived_from": derived.record["derived_from"],
                "notes": list(derived.notes),
                "licence": derived.terms.licence,
                "redistributable": derived.terms.redistributable,
            }
        )
        return
    out.print(derived.record["title"])
    for note in derived.notes:
        out.print(f"  {note}")
    out.print(f"licence: {derived.terms.licence}: {derived.terms.reason}")
    out.print(f"wrote {record}")
