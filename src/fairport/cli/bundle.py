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
@format_option("text", "json")
def command(path: Path, folder: Path, fmt: str) -> None:
    """Build the record of an analysis for a release.

    Writes what is committed as a zipped RO-Crate, its metadata beside it, and checksums: the files of a
    release, or of an upload to Zenodo. Numbers that the record withholds today (an embargo, restricted
    access) stay out; then only the metadata go in.

    \b
    Examples:
      fairport bundle
      fairport bundle --output dist --format json
    """
    from datetime import UTC, datetime

    from fairport.flows.bundle import bundle

    output = current()
    report = bundle(path, folder, today=datetime.now(UTC).date())
    if fmt == "json":
        output.json(
            {
                "commit": report.commit,
                "files": [str(file) for file in report.files],
                "members": report.members,
                "withheld": report.withheld,
            }
        )
        return
    for file in report.files:
        output.print(f"{file}")
    if report.withheld is not None:
        output.note(f"The numbers stayed out ({report.withheld}): the bundle holds the metadata alone.")
