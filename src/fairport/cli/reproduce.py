"""``fairport reproduce``: rerun results and say whether they still hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairport.cli.options import format_option, path_argument
from fairport.cli.output import Output, current
from fairport.cli.run import CONTAINERS, ENGINES, engine_option_option, engine_options

if TYPE_CHECKING:
    from fairport.flows.reproduction import Reproduction


@click.command()
@path_argument
@click.option("--result", "results", multiple=True, help="Identifier of a result; by default all.")
@click.option(
    "--engine", type=click.Choice(ENGINES), default="local", show_default=True, help="Where it is rerun."
)
@click.option(
    "--container", type=click.Choice(CONTAINERS), default="auto", show_default=True, help="Container engine."
)
@engine_option_option
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=1e-6,
    show_default=True,
    help="Largest relative difference that counts as the same, for columns that state none.",
)
@click.option("--current", is_flag=True, help="Rerun the code as it stands, not the recorded commit.")
@click.option("--record", is_flag=True, help="Write results/<id>/reproduction.json for catalogues.")
@format_option("text", "json")
def command(
    path: Path,
    results: tuple[str, ...],
    engine: str,
    container: str,
    engine_option: tuple[str, ...],
    tolerance: float,
    current: bool,
    record: bool,
    fmt: str,
) -> int:
    """Rerun the results of the analysis in PATH and compare, column by column.

    Each result is rerun in a clean checkout of its recorded commit with its recorded inputs. Two verdicts:
    whether it reruns (same bytes, within tolerance, differs, could not run), and whether it agrees with the
    numbers that its paper states. Where the code here is no longer the recorded one it is run too, and the
    difference is told. The exit code is 0 only if nothing differs and everything ran.

    \b
    Examples:
      fairport reproduce
      fairport reproduce my-analysis --result si --format json
      fairport reproduce --current
    """
    from fairport.flows.reproduce import Settings, reproduce

    output = _output()
    with output.progress() as progress:
        verdicts = reproduce(
            path,
            results,
            settings=Settings(engine, container, tolerance, current, engine_options(engine_option)),
            record=record,
            progress=progress,
        )
    if fmt == "json":
        output.json({"schema_version": "1.0", "results": [item.to_data() for item in verdicts]})
    else:
        for item in verdicts:
            _print(output, item)
    return 0 if all(item.holds for item in verdicts) else 1


def _output() -> Output:
    return current()


def _print(output: Output, item: Reproduction) -> None:
    from fairport.flows.reproduction import WORDS

    colours = {"same-bytes": "green", "within-tolerance": "green"}
    output.print(item.result)
    verdict = output.style(WORDS[item.reruns], fg=colours.get(item.reruns, "red"))
    what = f"commit {item.commit[:12]}" if item.commit else "the code as it stands"
    output.print_styled(
        f"  reruns                 {verdict}  (tolerance {_tolerances(item)}, {what}, {item.engine})"
    )
    if item.reason:
        output.print(f"    because {item.reason}")
    _print_columns(output, item)
    _print_current(output, item)
    _print_agreement(output, item)
    for note in item.notes:
        output.note(f"note: {item.result}: {note}")


def _print_current(output: Output, item: Reproduction) -> None:
    from fairport.flows.reproduction import WORDS

    if item.current is None:
        return
    good = item.current.reruns in {"same-bytes", "within-tolerance"}
    verdict = output.style(WORDS[item.current.reruns], fg="green" if good else "red")
    shown = _tolerances(item.current)
    output.print_styled(f"  the code as it stands  {verdict}  (tolerance {shown}, {item.current.engine})")
    if item.current.reason:
        output.print(f"    because {item.current.reason}")
    _print_columns(output, item.current)


def _tolerances(item: Reproduction) -> str:
    tolerances = {column.tolerance for column in item.columns} or {item.tolerance}
    return " to ".join(f"{value:g}" for value in sorted({min(tolerances), max(tolerances)}))


def _print_columns(output: Output, item: Reproduction) -> None:
    for column in item.columns:
        if column.worst:
            mark = "" if column.within else "  beyond tolerance"
            output.print(
                f"    {column.column}: largest relative difference {column.worst:.3g} in row {column.row}: "
                f"{_number(column.recorded)} -> {_number(column.rerun)}{mark}"
            )
    for text in item.changed:
        output.print(f"    changed  {text}")
    if item.fields:
        output.print(f"    fields of the record that came out otherwise: {', '.join(item.fields)}")


def _print_agreement(output: Output, item: Reproduction) -> None:
    colours = {"agrees": "green", "differs": "red"}
    verdict = output.style(item.agrees.replace("-", " "), fg=colours.get(item.agrees, "yellow"))
    whose = "" if item.agreement_of == "rerun" else "  (numbers of the record: there is no rerun)"
    output.print_styled(f"  agrees with the paper  {verdict}{whose}")
    for number in item.agreement:
        at = ", ".join(f"{name}={value:g}" for name, value in number.at.items())
        value = "nothing" if number.value is None else f"{number.value:.4g}"
        output.print(
            f"    at {at}: {value} {number.unit}, published {number.published:g} "
            f"(tolerance {number.tolerance:g}; {number.citation}): {number.verdict}"
        )


def _number(value: float | None) -> str:
    return "empty" if value is None else repr(value)
