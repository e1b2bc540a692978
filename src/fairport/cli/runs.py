"""``fairport runs``: what has run, how it went, what it said."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from fairport.cli.options import format_option
from fairport.cli.output import Output, current
from fairport.cli.run import engine_option_option, engine_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from fairport.contract.run import RunRecord
    from fairport.engines.records import RunFolder

_MARKS: Final = {
    "finished": ("✓", "green"),
    "failed": ("✗", "red"),
    "interrupted": ("✗", "red"),
    "cancelled": ("-", "yellow"),
}


def _analysis_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--path",
        type=click.Path(path_type=Path),
        default=Path(),
        help="The analysis; by default the current folder.",
    )(function)


def _run_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("run", required=False)(function)


@click.command(name="list")
@_analysis_option
@format_option("text", "json")
def list_(path: Path, fmt: str) -> int:
    """List the runs of an analysis, the newest first.

    \b
    Examples:
      fairport runs list
      fairport runs list --format json
    """
    from fairport.contract.errors import FairportError
    from fairport.engines.records import list_runs, settled, state
    from fairport.flows.run import find_root

    output = current()
    entries: list[dict[str, Any]] = []
    for folder in list_runs(find_root(path)):
        try:
            record = folder.load()
        except FairportError as error:
            entries.append({"id": folder.id, "state": "unreadable", "error": error.what})
            continue
        entries.append(_entry(settled(folder, record), state(folder, record)))
    if fmt == "json":
        output.json({"schema_version": "1.0", "runs": entries})
        return 0
    for entry in entries:
        _print_entry(output, entry)
    if not entries:
        output.print("no run yet; start one with: fairport run")
    return 0


@click.command()
@_run_argument
@_analysis_option
@format_option("text", "json")
def status(run: str | None, path: Path, fmt: str) -> int:
    """Show one run: state, steps, results. RUN is an identifier or its beginning; by default the newest.

    \b
    Examples:
      fairport runs status
      fairport runs status 20261122T140000Z-1a2b3c --format json
    """
    from fairport.engines.records import settled, state

    output = current()
    folder = _find(path, run)
    record = folder.load()
    shown = settled(folder, record)
    if fmt == "json":
        output.json(shown.to_data())
        return 0
    found = state(folder, record)
    if found == "interrupted" and record.engine != "local":
        found = _elsewhere(folder, record)
    _print_entry(output, _entry(shown, found))
    if found not in {"interrupted", record.status}:
        output.print("  nobody follows it here: fairport runs fetch takes it up")
    output.print(f"  engine       {shown.engine_version or shown.engine}, {shown.environment.interpreter}")
    commit = shown.code.commit or "none"
    output.print(f"  commit       {commit}{'' if shown.code.clean or commit == 'none' else ' with changes'}")
    for step in shown.steps:
        mark, colour = _MARKS.get(step.status, ("…", "yellow"))
        seconds = _seconds(step.started, step.ended)
        code = f"  exit code {step.exit_code}" if step.exit_code else ""
        output.print_styled(f"  {output.style(mark, fg=colour)} {output.style(step.id)}{seconds}{code}")
    for result in shown.results:
        output.print(f"  {result.path}  {'written' if result.changed else 'unchanged'}")
    if shown.error:
        output.print(f"  {shown.error.message}")
        for line in shown.error.log_tail:
            output.print(f"    {line}")
    return 0


@click.command()
@_run_argument
@click.option("--step", help="One step only.")
@_analysis_option
@format_option("text", "json")
def logs(run: str | None, step: str | None, path: Path, fmt: str) -> int:
    """Show what the steps of a run wrote. RUN is an identifier or its beginning; by default the newest.

    \b
    Examples:
      fairport runs logs
      fairport runs logs --step limit
    """
    from fairport.engines.registry import make_engine

    output = current()
    folder = _find(path, run)
    record = folder.load()
    attached = make_engine(record.engine).attach(folder)
    if fmt == "json":
        names = [step] if step else [item.id for item in record.steps if item.log]
        texts = {name: attached.logs(name) for name in names}
        output.json({"schema_version": "1.0", "id": record.id, "logs": texts})
    else:
        output.print(attached.logs(step).rstrip("\n"))
    return 0


@click.command()
@_run_argument
@_analysis_option
@engine_option_option
@click.option("--renew", is_flag=True, help="Write result records anew, as for fairport run.")
@format_option("text", "json")
def fetch(run: str | None, path: Path, engine_option: tuple[str, ...], renew: bool, fmt: str) -> int:
    """Wait for a run to end and install its results.

    RUN is an identifier or its beginning; by default the newest.

    A run on a cluster or a server whose driver is gone (a closed laptop, a reboot) is taken up again; on a
    cluster also one that failed: only what has not succeeded runs again.

    \b
    Examples:
      fairport runs fetch
      fairport runs fetch 1a2b3c --format json
    """
    from fairport.flows.detach import fetch_run

    output = current()
    with output.progress() as progress:
        outcome = fetch_run(path, run, renew=renew, options=engine_options(engine_option), progress=progress)
    for note in outcome.notes:
        output.note(f"note: {note}")
    if fmt == "json":
        output.json(outcome.record.to_data())
        return 0
    for result in outcome.record.results:
        output.print(f"{result.path}  {'written' if result.changed else 'unchanged'}")
    output.print(f"run {outcome.record.id} finished")
    return 0


@click.command()
@_run_argument
@_analysis_option
@engine_option_option
@format_option("text", "json")
def cancel(run: str | None, path: Path, engine_option: tuple[str, ...], fmt: str) -> int:
    """Stop a run and all that it started. RUN is an identifier or its beginning; by default the newest.

    \b
    Examples:
      fairport runs cancel
      fairport runs cancel 1a2b3c
    """
    from fairport.flows.detach import cancel_run

    output = current()
    record = cancel_run(path, run, options=engine_options(engine_option)).load()
    if fmt == "json":
        output.json(record.to_data())
    else:
        output.print(f"run {record.id} is {record.status}")
    return 0


def _elsewhere(folder: RunFolder, record: RunRecord) -> str:
    """Ask the engine for the state of a run that goes on without its driver."""
    from fairport.contract.errors import FairportError
    from fairport.engines.registry import make_engine

    try:
        return make_engine(record.engine).attach(folder).status()
    except (FairportError, OSError):
        return "interrupted"


def _find(path: Path, run: str | None) -> RunFolder:
    from fairport.engines.records import find_run
    from fairport.flows.run import find_root

    return find_run(find_root(path), run)


def _entry(record: RunRecord, state: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": record.id,
        "state": state,
        "engine": record.engine,
        "created": record.created,
        "ended": record.ended,
        "steps": len(record.steps),
        "results": [result.id for result in record.results],
        "error": record.error.message if record.error else None,
    }
    return {key: value for key, value in entry.items() if value is not None}


def _print_entry(output: Output, entry: dict[str, Any]) -> None:
    mark, colour = _MARKS.get(entry["state"], ("…", "yellow"))
    seconds = _seconds(entry.get("created"), entry.get("ended"))
    results = f"  {', '.join(entry['results'])}" if entry.get("results") else ""
    line = f"{entry['id']}  {entry['state']}  {entry.get('engine', '')}{seconds}{results}"
    output.print_styled(f"{output.style(mark, fg=colour)} {output.style(line)}")


def _seconds(start: str | None, end: str | None) -> str:
    if not start or not end:
        return ""
    elapsed = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    return f"  {elapsed.total_seconds():.1f} s"
