"""`fairport adopt`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairport.cli.options import format_option
from fairport.cli.output import current
from fairport.contract.errors import UsageError

if TYPE_CHECKING:
    from fairport.scaffold.adopt.adopting import AdoptReport

_HEADINGS = (
    ("rejected", "Not used"),
    ("problem", "Wrong or loose in the repository"),
    ("kept", "Kept as it is"),
    ("question", "Only you know"),
)
_SHOWN = 3
"""Materials of each kind that are shown."""


@click.command("adopt")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@click.option("--undo", is_flag=True, help="Remove what adopt wrote, as far as nobody changed it.")
@format_option("text", "json")
def command(path: Path, dry_run: bool, undo: bool, fmt: str) -> int:
    """Bring an existing repository in.

    Reads what is there (git, licence, metadata, README, workflow, data identifiers, tables) and writes
    fairport.yaml and the missing files beside it. Nothing that exists is changed, nothing is executed. It
    says of each value where it comes from and how sure it is, and lists what only you know.

    \b
    Examples:
      fairport adopt . --dry-run
      fairport adopt my-analysis
      fairport adopt my-analysis --undo
    """
    if undo and dry_run:
        raise UsageError("--undo and --dry-run do not go together", mend="leave one of them out")
    if undo:
        return _undo(path, fmt)
    from fairport.scaffold.adopt.adopting import adopt

    with current().progress() as progress:
        report = adopt(path, dry_run=dry_run, progress=progress)
    if fmt == "json":
        current().json(report.data())
    else:
        _show(report)
    return 0


def _undo(path: Path, fmt: str) -> int:
    from fairport.scaffold.adopt.adopting import undo

    out = current()
    undone = undo(path)
    if fmt == "json":
        out.json({"removed": list(undone.removed), "kept": list(undone.kept)})
        return 0
    out.print(f"Removed {_files(len(undone.removed))} that adopt had written.")
    for name in undone.kept:
        out.print(f"  kept: {name} (changed since)")
    return 0


def _show(report: AdoptReport) -> None:
    out = current()
    if report.recovered:
        out.note("An interrupted adoption was undone first.")
    if report.already:
        out.print("Nothing to do: there is a fairport.yaml already. Next: fairport check")
        return
    width = max((len(item.field) for item in report.fields), default=0)
    for item in report.fields:
        out.print(f" {item.field:<{width}}  {_short(item.value):<60}  {item.confidence:<9}  {item.source}")
        if item.note and item.confidence != "needs-you":
            out.print(f" {'':<{width}}  note: {item.note}")
        for other in item.also[:2]:
            out.print(
                f" {'':<{width}}  also: {_short(other.value, 54):<54}  {other.confidence:<9}  {other.source}"
            )
    _show_materials(report)
    for kind, heading in _HEADINGS:
        notices = [item for item in report.notices if item.kind == kind]
        if notices:
            out.print(f"\n{heading} ({len(notices)}):")
        for notice in notices:
            source = f"  [{notice.source}]" if notice.source else ""
            out.print(f" {notice.subject}: {notice.text}{source}")
    verb = "Would write" if report.dry_run else "Wrote"
    out.print(f"\n{verb} {_files(len(report.files))}, changed none:")
    for name in report.files:
        out.print(f"  {name}")
    if not report.dry_run:
        out.note(f"Undo: fairport adopt {report.path} --undo      Next: fairport check {report.path}")


def _show_materials(report: AdoptReport) -> None:
    """Show how many workflows, images, packages, data, papers and tables there are, and the first of each."""
    from fairport.scaffold.adopt.model import MATERIALS

    out = current()
    if report.materials:
        out.print("\nIn the files (--format json lists all):")
    for name, kinds in MATERIALS.items():
        found = [item for item in report.materials if item.kind in kinds]
        for number, item in enumerate(found[:_SHOWN]):
            label = f"{len(found):>4} {name}" if number == 0 else ""
            source = item.source if item.source != item.value else ""
            out.print(f" {label:<18}  {_short(item.value):<60}  {source}".rstrip())


def _short(value: Any, width: int = 60) -> str:
    """Return a value on one line, cut at ``width`` characters."""
    if isinstance(value, list):
        text = ", ".join(_short(item) for item in value[:3]) + (
            f" and {len(value) - 3} more" if len(value) > 3 else ""
        )
    elif isinstance(value, dict):
        if "relation" in value:
            return _short(value.get("identifier"), width)
        if "type" in value and "file" in value:
            return _short(f"{value['type']}: {value['file']}", width)
        named = [str(value[key]) for key in ("given_names", "family_names", "organisation") if key in value]
        text = " ".join(named) if named else str(value.get("name") or " ".join(map(str, value.values())))
    else:
        text = str(value)
    return text if len(text) <= width else f"{text[: width - 3]}..."


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
