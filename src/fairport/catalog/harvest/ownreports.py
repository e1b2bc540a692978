"""The report that a bundle carries of itself: taken over where it fits, and checked against now and then.

It decides what a page says of findings and FAIR, and nothing else: which records are valid, what is
withheld, whose licence holds, who signed and which files are read follows from the records themselves.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairport.catalog.harvest.examination import (
    MAX_FINDINGS,
    Checker,
    check_repository,
    fair_summary,
    summarise,
)
from fairport.catalog.harvest.sources import Snapshot
from fairport.catalog.state import CheckSummary, EntryState, OwnReport
from fairport.contract.errors import FairportError
from fairport.contract.files import read_text

if TYPE_CHECKING:
    from fairport.check.bundlereport import BundleReport

Outcome = tuple[CheckSummary | None, str | None]
"""A summary, or ``None`` and why there is none."""


def believed(state: EntryState | None) -> bool:
    """Tell whether what is shown of a bundle is what it says of itself."""
    own = state.check.own if state is not None and state.check is not None else None
    return own is not None and own.verdict in {"taken", "confirmed"}


def disputed(state: EntryState | None) -> OwnReport | None:
    """Return the report of a bundle with which the catalogue does not agree, if it is such a one."""
    own = state.check.own if state is not None and state.check is not None else None
    return own if own is not None and own.verdict == "disputed" else None


def set_aside(snapshot: Snapshot) -> tuple[Snapshot, str | None]:
    """Take the report out of the files of an unpacked bundle: it is no part of what is checked.

    Returns:
        The snapshot without it, and its text; ``None`` where there is none.
    """
    from fairport.check.bundlereport import REPORT_FILE

    if snapshot.ref is None or snapshot.ref == "folder":
        return snapshot, None
    path = snapshot.tree / REPORT_FILE
    if not path.is_file():
        return snapshot, None
    try:
        text = read_text(path)
    except FairportError:
        text = ""
    path.unlink()
    files = snapshot.files
    kept = {name: digest for name, digest in files.items() if name != REPORT_FILE} if files else None
    return replace(snapshot, files=kept), text


def check_bundle(
    snapshot: Snapshot, text: str, profile: str, today: date, checker: Checker, *, recheck: bool
) -> Outcome:
    """Return what is said of a bundle: by its own report if that fits, else by the catalogue.

    Args:
        snapshot: its files without the report.
        text: the report.
        profile: profile of the check.
        today: the day (UTC).
        checker: by which it is checked here when the report does not fit.
        recheck: whether it is checked here all the same.
    """
    from fairport.check.bundlereport import Unfit, read_report

    try:
        if snapshot.files is None:
            raise Unfit("some files of the archive were not read")
        report = read_report(text, snapshot.files, profile=profile, today=today)
    except Unfit as error:
        check, problem = checker(snapshot.tree, profile)
        own = OwnReport("refused", reason=str(error))
        return replace(check, own=own) if check is not None else None, problem
    told = _summary(report)
    return _compared(snapshot.tree, told, report.at) if recheck else (told, None)


def _summary(report: BundleReport) -> CheckSummary:
    from fairport.contract.finding import Finding

    first = sorted(report.failed, key=_place)[:MAX_FINDINGS]
    notes = summarise((Finding.from_data(item) for item in first), report.profile)
    counts = report.counts
    return replace(
        notes,
        error=counts["error"],
        warning=counts["warning"],
        note=counts["note"],
        waived=counts["waived"],
        fair=fair_summary(report.assessment),
        own=OwnReport("taken", report.version, report.at.isoformat()),
    )


def _place(finding: dict[str, Any]) -> tuple[int, str, int, str]:
    """Return by what findings are sorted; see :func:`fairport.catalog.harvest.examination.summarise`."""
    severities = ("error", "warning", "note")
    line = finding.get("line") or 0
    return severities.index(finding["severity"]), finding["path"], line, finding["rule"]


def _compared(tree: Path, told: CheckSummary, at: date) -> Outcome:
    """Return what the report says if the catalogue, on that day, finds the same; else what it finds."""
    found, problem = check_repository(tree, told.profile, at, git=False)
    if found is None or told.own is None:
        return found, problem
    if found == replace(told, own=None):
        return replace(told, own=replace(told.own, verdict="confirmed")), None
    said, seen = _counted(told), _counted(found)
    differ = f"{seen}, not {said}" if said != seen else "other findings, or another assessment"
    reason = f"checked again, the very same files give {differ}"
    return replace(found, own=replace(told.own, verdict="disputed", reason=reason)), None


def _counted(check: CheckSummary) -> str:
    names = ("error", "warning", "note")
    counts = [
        f"{count} {name}{'' if count == 1 else 's'}" for name in names for count in [getattr(check, name)]
    ]
    return f"{', '.join(counts)} and {check.waived} waived"


__all__ = ["believed", "check_bundle", "disputed", "set_aside"]
