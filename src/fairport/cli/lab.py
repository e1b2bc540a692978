"""``fairport data lab``: a real Rucio on loopback."""

from __future__ import annotations

from pathlib import Path

import click

from fairport.cli.options import add_global_options, format_option
from fairport.cli.output import current

_directory = click.option(
    "--dir", "folder", type=click.Path(path_type=Path), help="Folder of the lab; below the cache by default."
)
_database = click.option(
    "--database",
    type=click.Choice(["sqlite", "postgresql"]),
    default="sqlite",
    show_default=True,
    help="Its database.",
)


@click.group()
def lab() -> None:
    """Run a real Rucio lake on this machine: to try, to teach, to test.

    \b
    Examples:
      fairport data lab start
      fairport data lab selftest
      fairport data lab stop --purge
    """


@lab.command()
@_directory
@_database
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; a free one by default."
)
@format_option("text", "json")
def start(folder: Path | None, database: str, port: int, fmt: str) -> None:
    """Start the lab, made on first use with two storage elements and a sample dataset.

    \b
    Example:
      fairport data lab start
    """
    from fairport.lake.lab.layout import default_folder
    from fairport.lake.lab.sample import add_sample
    from fairport.lake.lab.server import lab_status, start_lab

    output, place = current(), (folder or default_folder()).absolute()
    with output.progress() as progress:
        made = start_lab(place, progress, database=database, port=port)
        sample = add_sample(made, progress)
    state = lab_status(place)
    if fmt == "json":
        output.json({"schema_version": "1.0", **state, "sample": sample})
        return
    output.print(f"The lab runs at {state['url']} ({state['database']}); sample data: {sample}")
    output.print("In data/manifest.yaml:")
    output.print(
        f'  lake: {{rucio_host: "{state["url"]}", auth_host: "{state["url"]}", auth_type: userpass}}'
    )
    if folder is not None:
        output.print(f"Its credentials:  export RUCIO_CONFIG={state['client_config']}")
    output.print(f"Storage elements: {', '.join(state['storages'])}; scope: {state['scope']}")


@lab.command()
@_directory
@click.option("--purge", is_flag=True, help="Remove the lab with all its data.")
def stop(folder: Path | None, purge: bool) -> None:
    """Stop the lab; its data stay unless --purge.

    \b
    Example:
      fairport data lab stop --purge
    """
    from fairport.lake.lab.layout import default_folder
    from fairport.lake.lab.server import stop_lab

    was = stop_lab((folder or default_folder()).absolute(), purge=purge)
    current().print("The lab is stopped" if was else "There was no lab running")


@lab.command()
@_directory
@format_option("text", "json")
def status(folder: Path | None, fmt: str) -> None:
    """Show whether the lab runs, and where.

    \b
    Example:
      fairport data lab status
    """
    from fairport.lake.lab.layout import default_folder
    from fairport.lake.lab.server import lab_status

    output, state = current(), lab_status((folder or default_folder()).absolute())
    if fmt == "json":
        output.json({"schema_version": "1.0", **state})
        return
    for key, value in state.items():
        output.print(f"{key:<14} {', '.join(value) if isinstance(value, list) else value}")


@lab.command()
@_database
@format_option("text", "json")
def selftest(database: str, fmt: str) -> int:
    """Lock, push, pull, verify and inject against a throw-away lake; exit code 0 only if all held.

    \b
    Example:
      fairport data lab selftest
    """
    from dataclasses import asdict

    from fairport.lake.lab.sample import selftest as run

    output = current()
    with output.progress() as progress:
        steps = run(progress, database=database)
    held = bool(steps) and all(step.held for step in steps)
    if fmt == "json":
        output.json({"schema_version": "1.0", "held": held, "steps": [asdict(step) for step in steps]})
    else:
        for step in steps:
            output.print(f"{'ok  ' if step.held else 'FAIL'} {step.name:<14} {step.detail}")
        output.print("All held" if held else "Not all held")
    return 0 if held else 1


for _command in lab.commands.values():
    add_global_options(_command)
