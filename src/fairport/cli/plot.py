"""``fairport plot``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairport.cli.output import current

if TYPE_CHECKING:
    from fairport.contract.documents import Plane
    from fairport.results.figure.references import Reference
    from fairport.results.loaded import LoadedResult


@click.command("plot")
@click.argument("plane", metavar="PLANE")
@click.argument("results", nargs=-1, required=True, metavar="RESULT...")
@click.option("--title", help="Title above the figure.")
@click.option(
    "--reference/--no-reference",
    default=True,
    help="Draw the reference curves of the plane.  [default: reference]",
)
@click.option(
    "--list/--no-list",
    "listed",
    default=True,
    help="Write what the figure shows (.md) and its sources (.bib) beside it.  [default: list]",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Figure to write; .csv writes its curves. May be given several times.",
)
def command(
    plane: str,
    results: tuple[str, ...],
    title: str | None,
    reference: bool,
    listed: bool,
    outputs: tuple[Path, ...],
) -> None:
    """Draw results of one plane into a file (.svg, .png or .pdf), with a list of what it shows and BibTeX.

    \b
    Examples:
      fairport plot dd.si results/si/result.yaml -o si.pdf
      fairport plot dd.si catalogue::lz-2024/si catalogue::xenonnt-2025/si -o both.png -o both.csv
    """
    from fairport.contract.errors import UsageError
    from fairport.results.figure.references import References, references_of
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
    written = _write(chosen, inputs, guides.curves, title, outputs, listed)
    out = current()
    for result in [*inputs, *(curve.result for curve in guides.curves)]:
        out.detail(f"{result.id}: {result.record.title}")
    for sentence in guides.missing:
        out.detail(f"reference: {sentence}")
    out.print(f"wrote {', '.join(map(str, written))}")


def _write(
    plane: Plane,
    inputs: Sequence[LoadedResult],
    guides: Sequence[Reference],
    title: str | None,
    outputs: Sequence[Path],
    listed: bool,
) -> list[Path]:
    """Write every file and return their paths; nothing is drawn when only curves are wanted."""
    from fairport.contract.files import write_atomic
    from fairport.results.figure.figurelist import contents, curves_csv, sources
    from fairport.results.figure.figures import draw_plane, save

    pictures = [path for path in outputs if path.suffix.lower() != ".csv"]
    if pictures:
        figure = draw_plane(plane, inputs, title=title, references=guides)
        for path in pictures:
            save(figure, path)
    for path in outputs:
        if path not in pictures:
            write_atomic(path, curves_csv(plane, inputs, guides))
    if not listed:
        return list(outputs)
    first = outputs[0]
    beside = {".md": contents(plane, inputs, guides), ".bib": sources(inputs, guides)}
    for suffix, text in beside.items():
        write_atomic(first.with_suffix(suffix), text)
    return [*outputs, *(first.with_suffix(suffix) for suffix in beside)]
