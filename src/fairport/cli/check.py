"""``fairport check``."""

from __future__ import annotations

from pathlib import Path

import click

from fairport.cli.output import current

_FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown")


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--format", "fmt", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file."
)
@click.option(
    "--profile",
    type=click.Choice(["draft", "release", "archive"]),
    help="How complete it must be; by default the record's maturity.",
)
@click.option("--select", multiple=True, metavar="RULES", help="Only these rules or families (META,WF007).")
@click.option("--ignore", multiple=True, metavar="RULES", help="Not these rules or families.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note"]),
    default="error",
    show_default=True,
    help="Least severity that gives exit code 1.",
)
def command(
    paths: tuple[Path, ...],
    fmt: str,
    output: Path | None,
    profile: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
) -> int:
    """Check analysis repositories against the rules of the contract.

    PATH is the folder of an analysis, by default the current one. Nothing of it is executed. In a draft,
    what is merely missing is a note; --profile release shows what a release needs.

    \b
    Examples:
      fairport check
      fairport check --profile release my-analysis
      fairport check --select META,WF007 --format json --output report.json

    Exit codes: 0 nothing as severe as --fail-on, 1 findings, 2 wrong call, 3 a rule failed itself.
    """
    from fairport.check.engine import Options, check_paths

    options = Options(profile=profile, select=select, ignore=ignore, fail_on=fail_on)  # type: ignore[arg-type]
    report = check_paths(paths or (Path(),), options)
    write(report, fmt, output)
    return report.exit_code()


def write(report: object, fmt: str, output: Path | None) -> None:
    """Write a report to ``output``, or to stdout (text in colour on a terminal)."""
    from fairport.check.report import Report
    from fairport.check.reporters import render, text_report

    if not isinstance(report, Report):
        raise TypeError("not a report")
    out = current()
    if output is not None:
        from fairport.contract.files import write_atomic

        write_atomic(output, render(report, fmt))
        out.note(f"{fmt} report written to {output}")
    elif fmt == "text":
        click.echo(text_report.render(report, out.style, verbose=out.verbose), nl=False)
    else:
        click.echo(render(report, fmt), nl=False)
