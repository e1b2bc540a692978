"""Findings of the check as a table: rule, severity, what is wrong, where, and how it is mended."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from fairport.catalog.pages.frame import Frame
from fairport.catalog.parts import Cell, Row, TableView, columns
from fairport.catalog.prose import plain
from fairport.catalog.site.rendering import day
from fairport.catalog.state import CheckSummary, FindingNote
from fairport.contract.constants import rule_url


def findings_table(frame: Frame, findings: Sequence[FindingNote], root: str) -> TableView:
    """Return findings as a table; each rule links to its page, which explains it and tells its fix.

    Args:
        frame: the build.
        findings: what the check found.
        root: relative way to the root of the site.
    """
    mended = any(finding.mend for finding in findings)
    heads = ("Rule", "Severity", "Finding", "Where", *(("Mend",) if mended else ()))
    return TableView(
        columns(*heads), tuple(_row(frame, finding, root, mended=mended) for finding in findings)
    )


def _row(frame: Frame, finding: FindingNote, root: str, *, mended: bool) -> Row:
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    cells = (
        Cell(finding.rule, href=rule_page(frame, finding.rule, root)),
        Cell(finding.severity),
        Cell(plain(finding.message)),
        Cell(plain(place)),
    )
    return Row((*cells, Cell(plain(finding.mend or ""))) if mended else cells)


def who_checked(check: CheckSummary) -> str:
    """Return who checked a bundle, as a sentence with a space before it; empty where the catalogue did, and
    nothing else was said.
    """
    own = check.own
    if own is None:
        return ""
    here, why = " Checked by this catalogue", plain(own.reason or "")
    if own.verdict == "refused":
        return f"{here}; the report that the bundle carries was not used: {why}."
    by = f"by its own continuous integration with Fairport {plain(own.version or '')} on {day(own.at)}"
    if own.verdict == "disputed":
        return f"{here}, which does not agree with the report made {by}: {why}."
    also = "; this catalogue checked the same files and found the same" if own.verdict == "confirmed" else ""
    return f" Checked {by}{also}."


def rule_page(frame: Frame, rule: str, root: str) -> str:
    """Return the page of a rule: that of the site where narrative pages are part of it."""
    return f"{root}docs/reference/rules/{quote(rule.lower())}.html" if frame.docs else rule_url(rule)


__all__ = ["findings_table", "rule_page", "who_checked"]
