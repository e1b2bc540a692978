"""`fairport update`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairport.cli.options import format_option, path_argument
from fairport.cli.output import current

if TYPE_CHECKING:
    from fairport.flows.update import CheckedUpdate
    from fairport.scaffold.update.model import AnswerChange, FileChange, UpdateReport

_COLOURS = {
    "new": "green",
    "clean": "green",
    "merged": "green",
    "moved": "green",
    "deleted": "yellow",
    "conflict": "red",
    "user-owned": "cyan",
    "absent": "cyan",
}
_MARKS = {"new": "+", "given": "=", "renamed": ">", "migrated": ">", "removed": "-"}


@click.command("update")
@path_argument
@click.option("--to", metavar="VERSION", help="Version of the template; by default the newest.")
@click.option("--dry-run", is_flag=True, help="Show what would happen; write nothing.")
@click.option("--diff", is_flag=True, help="Show the changes of each file, too.")
@click.option(
    "--data", "pairs", multiple=True, metavar="NAME=VALUE", help="A new answer; may be given many times."
)
@click.option("--accept", multiple=True, metavar="NAME", help="This answer may be lost.")
@click.option(
    "--include", multiple=True, metavar="PATH", help="Update this path too, although it is yours (src/, ...)."
)
@format_option("text", "json")
def command(
    path: Path,
    to: str | None,
    dry_run: bool,
    diff: bool,
    pairs: tuple[str, ...],
    accept: tuple[str, ...],
    include: tuple[str, ...],
    fmt: str,
) -> int:
    """Bring a repository to a later version of its template.

    What the template changed since is merged into your files; nothing of yours is lost. It says what becomes
    of each file, stops when an answer could not be carried over, leaves conflicts in the files with both
    versions between markers, and checks the result. Works offline; needs git, and your changes committed.

    \b
    Examples:
      fairport update --dry-run --diff
      fairport update
      fairport update my-analysis --to 0.2.0 --data licence_code=MIT

    Exit codes: 0 updated or up to date, 1 conflicts or findings, 2 stopped or wrong call, nothing written.
    """
    from fairport.cli.new import parse_pairs
    from fairport.flows.update import update_and_check

    out = current()
    with out.progress() as progress:
        done = update_and_check(
            path,
            to=to,
            data=parse_pairs(pairs),
            accept=accept,
            include=include,
            dry_run=dry_run,
            progress=progress,
        )
    if fmt == "json":
        out.json(done.data())
    else:
        _show(done, diff=diff)
    return done.exit_code


def _show(done: CheckedUpdate, *, diff: bool) -> None:
    report = done.update
    out = current()
    if report.recovered:
        out.print("An interrupted update was taken back first.")
    if report.outcome == "up-to-date":
        out.print(f"Up to date: template {report.after}.")
    elif report.before:
        again = " again, with other answers" if report.before == report.after else ""
        verb = "Would update" if report.outcome == "dry-run" else "Template"
        out.print_styled(out.style(f"{verb} {report.before} -> {report.after}{again}", bold=True))
    for note in report.notes:
        out.print(f"Note: {note}.")
    _show_answers(report.answers)
    if report.problems:
        _show_problems(report)
        return
    for line in report.migrations:
        out.print(f"  > {line}")
    _show_files(report.files, diff=diff)
    _show_end(done)


def _show_answers(answers: tuple[AnswerChange, ...]) -> None:
    out = current()
    if answers:
        out.print("\nAnswers")
    width = max((len(item.name) for item in answers), default=0)
    for item in answers:
        values = {
            "new": _value(item.after),
            "removed": f"was {_value(item.before)}, not needed any more",
        }
        text = values.get(item.how, f"{_value(item.before)} -> {_value(item.after)}")
        if item.how == "renamed" and item.before == item.after:
            text = _value(item.after)
        why = f"  ({item.why})" if item.why else ""
        out.print(f"  {_MARKS[item.how]} {item.name:<{width}}  {item.how:<8}  {text}{why}")
    if any(item.how == "new" for item in answers):
        out.note("New questions got their defaults; change one with --data NAME=VALUE.")


def _show_problems(report: UpdateReport) -> None:
    out = current()
    count = len(report.problems)
    title = (
        f"\nStopped: {count} answer{'' if count == 1 else 's'} would be lost or changed; nothing was written"
    )
    out.print_styled(out.style(title, fg="red", bold=True))
    for item in report.problems:
        out.print(f"  {item.name}: {_value(item.value)}")
        out.print(f"    {item.text}")
        out.print(f"    mend: fairport update {item.mend}")


def _show_files(files: tuple[FileChange, ...], *, diff: bool) -> None:
    from fairport.scaffold.update.merging import unified

    out = current()
    if files:
        out.print("\nFiles")
    owned = [item for item in files if item.state == "user-owned"]
    shown = [item for item in files if item.state != "user-owned"]
    for item in shown:
        state = out.style(f"{item.state:<10}", fg=_COLOURS[item.state])
        place = f"{item.path}:{item.line}" if item.line is not None else item.path
        note = f"  ({item.note})" if item.note else ""
        out.print_styled(f"  {state} {out.style(f'{place}{note}')}")
        if diff and item.written:
            text = unified(item.path, item.before, item.after)
            out.print("".join(f"      {line}\n" for line in text.splitlines()).rstrip("\n"))
    if owned:
        out.print(
            f"  Yours, so not touched although the template changed {'it' if len(owned) == 1 else 'them'}:"
        )
    for item in owned:
        out.print(f"    {item.path}  ({item.note})" if out.verbose else f"    {item.path}")
    if owned:
        out.note("    (--include PATH merges the template's changes into one of these, too)")


def _show_end(done: CheckedUpdate) -> None:
    report = done.update
    out = current()
    written = sum(change.written for change in report.files)
    count = len(report.conflicts)
    if report.outcome == "up-to-date":
        return
    verb = "would change" if report.outcome == "dry-run" else "changed"
    conflicts = f", {count} conflict{'' if count == 1 else 's'} for you to solve" if count else ""
    out.print(f"\n{written} file{'' if written == 1 else 's'} {verb}{conflicts}.")
    if done.check is not None:
        from fairport.check.reporters import text_report

        out.print("\nCheck of the result")
        out.print_styled(text_report.render(done.check, out.style).rstrip("\n"))
        out.note("Next: look at it with git diff, then git add and git commit.")


def _value(value: Any) -> str:
    text = '""' if value == "" else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
