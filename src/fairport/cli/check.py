"""``fairport check``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairport.cli.output import current

if TYPE_CHECKING:
    from fairport.check.options import Options
    from fairport.check.report import Report, Target

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
@click.option(
    "--select",
    multiple=True,
    metavar="RULES",
    help="Only these rules, families or files (META,WF007,results/**).",
)
@click.option("--ignore", multiple=True, metavar="RULES", help="Not these rules, families or files.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note"]),
    default="error",
    show_default=True,
    help="Least severity that gives exit code 1.",
)
@click.option("--fix", is_flag=True, help="Correct what can be corrected without a doubt.")
@click.option("--unsafe-fixes", is_flag=True, help="Correct also what needs a look afterwards.")
@click.option("--diff", is_flag=True, help="Show the corrections instead of making them.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Accept the findings of this baseline (any JSON report) as they are; only new ones count.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write what is found now to a baseline and exit with 0.",
)
@click.option(
    "--rules",
    "rule_set",
    metavar="VERSION",
    help="Rule set to use whatever the record pins; latest takes the newest rules.",
)
@click.option("--online", is_flag=True, help="Ask also whether addresses on the network answer (LINK002).")
@click.option("--no-cache", is_flag=True, help="Check again what did not change since the last time.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes that share several repositories.")
def command(
    paths: tuple[Path, ...],
    fmt: str,
    output: Path | None,
    profile: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    baseline: Path | None,
    write_baseline: Path | None,
    rule_set: str | None,
    online: bool,
    no_cache: bool,
    jobs: int | None,
) -> int:
    """Check analysis repositories against the rules of the contract.

    PATH is the folder of an analysis, by default the current one. Nothing of it is executed. In a draft,
    what is merely missing is a note; --profile release shows what a release needs.

    \b
    Examples:
      fairport check
      fairport check --profile release my-analysis
      fairport check --select META,WF007 --format json --output report.json
      fairport check --diff; fairport check --fix

    Exit codes: 0 nothing as severe as --fail-on, 1 findings, 2 wrong call, 3 a rule failed itself.
    """
    from fairport.check.options import Options
    from fairport.check.session import check_paths

    options = Options(
        profile=profile,
        select=select,
        ignore=ignore,
        fail_on=fail_on,  # type: ignore[arg-type]
        baseline=_fingerprints(baseline),
        rules=rule_set,
        online=online,
        jobs=jobs,
        cache=not (no_cache or fix or unsafe_fixes or diff),
    )
    folders = paths or (Path(),)
    report = _asking(folders, options) if online else check_paths(folders, options)
    if diff:
        _show_diff(report, folders, unsafe_fixes)
    elif fix or unsafe_fixes:
        report = _correct(report, folders, options, unsafe_fixes)
    if write_baseline is not None:
        return _accept(report, write_baseline)
    write(report, fmt, output)
    _tell_of_baseline(report, options)
    return report.exit_code()


def _asking(folders: tuple[Path, ...], options: Options) -> Report:
    """Check with questions to the network, which take a while: say how far they are."""
    from fairport.check.online import told_to
    from fairport.check.session import check_paths

    with current().progress() as progress, told_to(progress):
        return check_paths(folders, options)


def _accept(report: Report, path: Path) -> int:
    """Write the report as a baseline; a rule that failed itself is never accepted."""
    from fairport.check.reporters import render
    from fairport.contract.files import write_atomic

    if any(target.internal for target in report.targets):
        write(report, "text", None)
        return report.exit_code()
    write_atomic(path, render(report, "json"))
    count = sum(report.counts[name] for name in ("error", "warning", "note"))
    current().note(
        f"{count} finding{'s' if count != 1 else ''} accepted in {path}: use it with --baseline {path}"
    )
    return 0


def _accepted_names(target: Target) -> Iterator[str]:
    """Yield how a baseline may name each finding of a repository: alone, or with the path before it."""
    for finding in target.findings:
        yield finding.fingerprint
        yield f"{target.path}\0{finding.fingerprint}"


def _tell_of_baseline(report: Report, options: Options) -> None:
    """Say how many findings of a baseline are gone, so that it is made anew some day."""
    gone = len(options.baseline - {item for target in report.targets for item in _accepted_names(target)})
    if gone:
        text = f"{gone} of the {len(options.baseline)} accepted findings of the baseline are gone"
        current().note(f"{text}: write it anew with --write-baseline")


def _fingerprints(path: Path | None) -> frozenset[str]:
    """Return the fingerprints of the findings of a JSON report; with the path of their repository before them
    when it tells of several, so that none is accepted in another one.
    """
    if path is None:
        return frozenset()
    from fairport.contract.documents import load_valid

    data = load_valid("report", path).data
    many = len(data["targets"]) > 1
    return frozenset(
        (f"{target['path']}\0" if many else "") + finding["fingerprint"]
        for target in data["targets"]
        for finding in target["findings"]
        if finding["status"] in {"fail", "waived"}
    )


def _show_diff(report: Report, folders: tuple[Path, ...], unsafe: bool) -> None:
    from fairport.check.fixes import plan

    for folder, target in zip(folders, report.targets, strict=True):
        for change in plan(folder, target.findings, unsafe=unsafe):
            current().print(change.diff())


def _correct(report: Report, folders: tuple[Path, ...], options: Options, unsafe: bool) -> Report:
    """Correct until nothing more can be corrected; return the report of what is left."""
    from fairport.check.fixes import MAX_ROUNDS, apply, plan
    from fairport.check.session import check_paths

    total = 0
    for _ in range(MAX_ROUNDS):
        count = sum(
            apply(folder, plan(folder, target.findings, unsafe=unsafe))
            for folder, target in zip(folders, report.targets, strict=True)
        )
        if not count:
            break
        total += count
        report = check_paths(folders, options)
    current().note(f"{total} finding{'s' if total != 1 else ''} corrected")
    return report


def write(report: Report, fmt: str, output: Path | None) -> None:
    """Write a report to ``output``, or to stdout (text in colour on a terminal)."""
    from fairport.check.reporters import render, text_report

    out = current()
    if fmt == "github" and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(render(report, "markdown"))
    if output is not None:
        from fairport.contract.files import write_atomic

        write_atomic(output, render(report, fmt))
        out.note(f"{fmt} report written to {output}")
    elif fmt == "text":
        text = text_report.render(report, out.style, verbose=out.verbose, width=_columns())
        click.echo(text, nl=False)
    else:
        click.echo(render(report, fmt), nl=False)


def _columns() -> int:
    """Return the columns of the terminal, or what reads well where there is none."""
    import shutil
    import sys

    return shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
