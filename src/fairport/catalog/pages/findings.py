"""Findings of the check as a table: rule, severity, what is wrong, where, and how it is mended."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from fairport.catalog.pages.frame import Frame
from fairport.catalog.parts import Cell, Row, TableView, columns
from fairport.catalog.prose import plain
from fairport.catalog.state import FindingNote
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


def rule_page(frame: Frame, rule: str, root: str) -> str:
    """Return the page of a rule: that of the site where narrative pages are part of it."""
    return f"{root}docs/reference/rules/{quote(rule.lower())}.html" if frame.docs else rule_url(rule)


__all__ = ["findings_table", "rule_page"]
