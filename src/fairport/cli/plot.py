"""``fairport plot``."""

from __future__ import annotations

from pathlib import Path

import click

from fairport.cli.output import current


@click.command("plot")
@click.argument("plane", metavar="PLANE")
@click.argument("results", nargs=-1, required=True, metavar="RESULT...")
@click.option("--title", help="Title above the figure.")
@click.option(
    "--reference/--no-reference",
    default=True,
    help="Draw the reference curves of the plane.  [default: reference]",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
def command(plane: str, results: tuple[str, ...], title: str | None, reference: bool, output: Path) -> None:
    """Draw results of one plane into a file (.svg, .png or .pdf).

    \b
    Examples:
      fairport plot dd.si results/si/result.yaml -o si.pdf
      fairport plot dd.si catalogue::lz-2024/si catalogue::xenonnt-2025/si -o both.png
    """
    from fairport.contract.errors import UsageError
    from fairport.results.figures import draw_plane, save
    from fairport.results.references import References, references_of
    from fairport.results.resolve import resolve_all

    inputs = resolve_all(results)
    for result in inputs:
        if result.plane.id != plane:
            raise UsageError(
                f'"{result.id}" lives in {result.plane.id}, not in {plane}',
                mend=f"translate it first: fairport translate ... --to {plane}",
            )
    chosen = inputs[0].plane
    guides = references_of(chosen, inputs, published=True) if reference else References()
    save(draw_plane(chosen, inputs, title=title, references=guides.curves), output)
    out = current()
    for result in [*inputs, *(curve.result for curve in guides.curves)]:
        out.detail(f"{result.id}: {result.record.title}")
    for sentence in guides.missing:
        out.detail(f"reference: {sentence}")
    out.print(f"wrote {output}")
