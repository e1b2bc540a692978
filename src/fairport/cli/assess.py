"""``fairport assess``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairport.cli.options import format_option, path_argument
from fairport.cli.output import clean, current

if TYPE_CHECKING:
    from fairport.check.assess.model import Assessment


@click.command("assess")
@path_argument
@format_option("text", "json", "markdown")
@click.option(
    "--profile",
    type=click.Choice(["draft", "release", "archive"]),
    help="Profile under which a badge is judged; by default the record's maturity.",
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file."
)
@click.option(
    "--badge",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.svg",
    help="Write a badge; refused for drafts and examples.",
)
def command(path: Path, fmt: str, profile: str | None, output: Path | None, badge: Path | None) -> int:
    """Say how FAIR an analysis is: RDA indicators, F-UJI metrics, FAIR4RS principles.

    PATH is the folder of an analysis, by default the current one. A criterion passes only on evidence that
    stands in the repository, told with file and line; what a repository cannot prove alone is "not assessed",
    with the reason. Nothing is executed and no network is used.

    \b
    Examples:
      fairport assess
      fairport assess --format markdown my-analysis
      fairport assess --profile release --badge fair.svg

    Exit codes: 0 assessed, 1 the badge is refused, 2 wrong call.
    """
    from fairport.check.assess import assess

    assessment = assess(path, profile)
    out = current()
    report = _rendered(assessment, fmt, to_file=output is not None)
    if output is None:
        click.echo(report, nl=False)
    else:
        from fairport.contract.files import write_atomic

        write_atomic(output, report)
        out.note(f"{fmt} report written to {output}")
    if badge is None:
        return 0
    return _write_badge(assessment, badge)


def _rendered(assessment: Assessment, fmt: str, *, to_file: bool) -> str:
    from fairport.check.assess import markdown_report, text_report
    from fairport.contract.saving import dump_json

    if fmt == "json":
        return dump_json(assessment.to_data())
    if fmt == "markdown":
        return markdown_report.render(assessment)
    out = current()
    style = (lambda text, **_: clean(text)) if to_file else out.style
    return text_report.render(assessment, style, verbose=out.verbose)


def _write_badge(assessment: Assessment, path: Path) -> int:
    """Write the badge, or say why there is none; a badge of an earlier state is pointed at."""
    out = current()
    if not assessment.badge.allowed:
        out.note(f"No badge: {assessment.badge.reason}")
        if path.exists():
            out.note(f"{path} is of an earlier state; remove it")
        return 1
    from fairport.check.assess.badge import badge_svg
    from fairport.contract.files import write_atomic

    write_atomic(path, badge_svg(assessment))
    out.note(f"badge written to {path}")
    return 0
