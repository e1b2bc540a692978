"""``fairport run``: run the workflow of an analysis and install its results."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from fairport.cli.options import format_option, path_argument
from fairport.cli.output import Output, current

if TYPE_CHECKING:
    from fairport.flows.run import RunOutcome

ENGINES: Final = ("local", "reana", "slurm")
CONTAINERS: Final = ("auto", "none", "docker", "podman", "singularity")


@click.command()
@path_argument
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="local",
    show_default=True,
    help="Where the workflow runs.",
)
@click.option(
    "--inputs",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File of workflow inputs instead of the one that the analysis names.",
)
@click.option(
    "--container",
    type=click.Choice(CONTAINERS),
    default="auto",
    show_default=True,
    help="Container engine; auto takes one that works and has the images, else none.",
)
@click.option(
    "--renew",
    is_flag=True,
    help="Write result records anew even when nothing but commit, environment or time differs.",
)
@format_option("text", "json")
def command(path: Path, engine: str, inputs: Path | None, container: str, renew: bool, fmt: str) -> int:
    """Run the workflow of the analysis in PATH and install its results.

    The outputs replace outputs/ when the whole workflow has succeeded; result records are completed with
    commit, inputs, environment and run, and installed under results/. A result that comes out as it was
    is left untouched.

    \b
    Examples:
      fairport run
      fairport run my-analysis --container none
      fairport run --inputs workflow/quick.yaml --format json
    """
    from fairport.engines.protocol import WorkflowFailedError
    from fairport.flows.run import run_analysis

    output = current()
    try:
        with output.progress() as progress:
            outcome = run_analysis(
                path, engine=engine, inputs=inputs, container=container, renew=renew, progress=progress
            )
    except WorkflowFailedError as error:
        if fmt == "json" and error.record is not None:
            output.json(error.record.to_data())
        raise
    for note in outcome.notes:
        output.note(f"note: {note}")
    if fmt == "json":
        output.json(outcome.record.to_data())
    else:
        _report(output, path, outcome)
    return 0


def _report(output: Output, path: Path, outcome: RunOutcome) -> None:
    record = outcome.record
    for result in record.results:
        output.print(f"{result.path}  {'written' if result.changed else 'unchanged'}")
    if not record.results:
        output.print("no result: the workflow wrote no <id>.result.json")
    files = "file" if len(record.outputs) == 1 else "files"
    output.print(f"outputs/ holds {len(record.outputs)} {files} · run {record.id}")
    where = "" if path == Path() else f" {shlex.quote(str(path))}"
    output.print(f"next: fairport check{where}")
