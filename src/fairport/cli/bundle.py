"""`fairport bundle`."""

from __future__ import annotations

from pathlib import Path

import click

from fairport.cli.options import format_option, path_argument
from fairport.cli.output import current


@click.command("bundle")
@path_argument
@click.option(
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("dist"),
    show_default=True,
    metavar="DIR",
    help="Where the files go.",
)
@click.option(
    "--report/--no-report",
    "with_report",
    default=True,
    show_default=True,
    help="Whether the report of check and assessment over the very files of the bundle goes in.",
)
@format_option("text", "json")
def command(path: Path, folder: Path, with_report: bool, fmt: str) -> None:
    """Build the record of an analysis for a release.

    Writes what is committed as a zipped RO-Crate, its metadata beside it, and checksums: the files of a
    release, or of an upload to Zenodo. Numbers that the record withholds today (an embargo, restricted
    access) stay out; then only the metadata go in. The report of check and assessment goes in as
    fairport-report.json, bound to these files: a catalogue may then take it over and need not check again.

    \b
    Examples:
      fairport bundle
      fairport bundle --output dist --format json
    """
    from datetime import UTC, datetime

    from fairport.flows.bundle import bundle

    output = current()
    report = bundle(path, folder, today=datetime.now(UTC).date(), with_report=with_report)
    if fmt == "json":
        output.json(
            {
                "commit": report.commit,
                "files": [str(file) for file in report.files],
                "members": report.members,
                "withheld": report.withheld,
                "report": report.reported,
            }
        )
        return
    for file in report.files:
        output.print(f"{file}")
    if with_report and not report.reported:
        output.note("There is no report of the check in it: a catalogue checks the files itself.")
    if report.withheld is not None:
        output.note(f"The numbers stayed out ({report.withheld}): the bundle holds the metadata alone.")
