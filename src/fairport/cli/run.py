"""``fairport run``: run the workflow of an analysis and install its results."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from fairport.cli.options import format_option, path_argument
from fairport.cli.output import Output, current

if TYPE_CHECKING:
    from fairport.flows.run import RunOutcome

ENGINES: Final = ("local", "reana", "slurm")
CONTAINERS: Final = ("auto", "none", "docker", "podman", "singularity")


def engine_option_option(function: Any) -> Any:
    """Add the repeatable option ``--engine-option K=V``, passed as ``engine_option``."""
    return click.option(
        "--engine-option",
        "engine_option",
        multiple=True,
        metavar="NAME=VALUE",
        help="Setting of the engine, for example partition=long; may be repeated.",
    )(function)


def engine_options(texts: tuple[str, ...]) -> dict[str, str]:
    """Return the settings as a mapping.

    Raises:
        UsageError: a text is not NAME=VALUE.
    """
    from fairport.contract.errors import UsageError

    options = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(
                f'--engine-option "{text[:40]}" is not NAME=VALUE', mend="for example partition=long"
            )
        options[name] = value
    return options


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
@engine_option_option
@click.option("--detach", is_flag=True, help="Return as soon as the engine has taken the run.")
@format_option("text", "json")
def command(
    path: Path,
    engine: str,
    inputs: Path | None,
    container: str,
    renew: bool,
    engine_option: tuple[str, ...],
    detach: bool,
    fmt: str,
) -> int:
    """Run the workflow of the analysis in PATH and install its results.

    The outputs replace outputs/ when the whole workflow has succeeded; result records are completed with
    commit, inputs, environment and run, and installed under results/. A result that comes out as it was
    is left untouched.

    \b
    Examples:
      fairport run
      fairport run my-analysis --container none
      fairport run --inputs workflow/quick.yaml --format json
      fairport run --engine slurm --engine-option partition=long --detach
    """
    from fairport.engines.protocol import WorkflowFailedError
    from fairport.flows.detach import report_detached
    from fairport.flows.run import run_analysis

    output = current()
    options = engine_options(engine_option)
    if detach:
        from fairport.flows.detach import detach_run

        words = [f"--engine-option={name}={value}" for name, value in options.items()]
        words += [f"--inputs={inputs.absolute()}"] if inputs else []
        words += ["--renew"] if renew else []
        run = detach_run(path, [f"--engine={engine}", f"--container={container}", *words])
        if fmt == "json":
            output.json(run.load().to_data())
        else:
            output.print(f"run {run.id} goes on by itself")
            output.print("next: fairport runs status, logs, fetch (waits for its end) or cancel")
        return 0
    try:
        with output.progress() as progress:
            outcome = run_analysis(
                path,
                engine=engine,
                inputs=inputs,
                container=container,
                renew=renew,
                progress=progress,
                options=options,
                submitted=report_detached(),
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
