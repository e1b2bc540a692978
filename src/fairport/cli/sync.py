"""`fairport sync`."""

from __future__ import annotations

from pathlib import Path

import click

from fairport.cli.options import path_argument
from fairport.cli.output import current


@click.command("sync")
@path_argument
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a file differs from the record.")
def command(path: Path, check: bool) -> int:
    """Make the derived metadata files from fairport.yaml.

    CITATION.cff, codemeta.json, .zenodo.json and ro-crate-metadata.json belong wholly to fairport.yaml:
    change that file and run this command. What was added to them by hand is lost.

    In reana.yaml of a CWL workflow, files, parameters and workflow are brought in step with fairport.yaml and
    the workflow's inputs; the rest of it is yours. The comment "# fairport: hand-written" keeps it as it is.

    \b
    Examples:
      fairport sync
      fairport sync --check
    """
    from fairport.scaffold.sync import sync

    output = current()
    report = sync(path, check=check)
    verb = "differs from what fairport.yaml says" if check else "written"
    for name in report.drifted:
        output.print(f"{name}: {verb}")
    if not report.drifted:
        output.note("The derived metadata files are up to date.")
    elif check:
        output.note("Run fairport sync.")
    return 1 if check and report.drifted else 0
