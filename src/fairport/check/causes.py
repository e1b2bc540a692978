"""Which findings follow from others, so that a reader mends the root first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from fairport.check.issue import Issue
from fairport.check.rule import Rule
from fairport.contract.finding import Finding
from fairport.contract.loading import Pointer

STRUCTURAL: Final = frozenset(
    {"META001", "META003", "DATA001", "WF001", "WF003", "RES001", "META020", "META021", "META022", "LINK003"}
)
"""Rules about the structure of a file; what other rules find at the same value follows from theirs."""


@dataclass(slots=True)
class Draft:
    """A finding in the making: the issue with its rule."""

    rule: Rule
    issue: Issue
    finding: Finding


def attribute_causes(drafts: Sequence[Draft]) -> list[Finding]:
    """Return the findings, those that follow from another with its fingerprint in ``caused_by``."""
    roots = _Roots(drafts)
    return [roots.attribute(draft) for draft in drafts]


class _Roots:
    """Findings from which others may follow, by what leads to them."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self._by_rule: dict[tuple[str, str], str] = {}
        self._exact: dict[tuple[str, Pointer], str] = {}
        self._above: dict[tuple[str, Pointer], str] = {}
        for draft in drafts:
            path, pointer, mark = draft.issue.path, draft.issue.pointer, draft.finding.fingerprint
            self._by_rule.setdefault((draft.rule.id, path), mark)
            if draft.rule.id in STRUCTURAL and pointer is not None:
                self._exact.setdefault((path, pointer), mark)
                for length in range(1, len(pointer)):
                    self._above.setdefault((path, pointer[:length]), mark)

    def attribute(self, draft: Draft) -> Finding:
        """Return the finding of ``draft`` with its cause."""
        causes = (self._declared(draft), self._ordered(draft), self._same_value(draft))
        cause = next((mark for mark in causes if mark and mark != draft.finding.fingerprint), None)
        return draft.finding if cause is None else replace(draft.finding, caused_by=cause)

    def _declared(self, draft: Draft) -> str | None:
        """The issue names the rule and file of its cause."""
        return self._by_rule.get(draft.issue.cause) if draft.issue.cause else None

    def _ordered(self, draft: Draft) -> str | None:
        """The rule says that it follows from another in the same file."""
        marks = (self._by_rule.get((rule, draft.issue.path)) for rule in draft.rule.after)
        return next((mark for mark in marks if mark), None)

    def _same_value(self, draft: Draft) -> str | None:
        """The structure of the same value, of what holds it or of what it holds, is at fault."""
        pointer, path = draft.issue.pointer, draft.issue.path
        if draft.rule.id in STRUCTURAL or pointer is None:
            return None
        for length in range(len(pointer), 0, -1):
            if mark := self._exact.get((path, pointer[:length])):
                return mark
        if not pointer:
            return self._exact.get((path, ()))
        if len(pointer) > 1 and not _is_mapping(draft, pointer[:-1]):
            return self._above.get((path, pointer)) or self._above.get((path, pointer[:-1]))
        return self._above.get((path, pointer))


def _is_mapping(draft: Draft, pointer: Pointer) -> bool:
    """Tell whether a key can be missing at ``pointer`` of the issue's document at all."""
    data: Any = draft.issue.document.data if draft.issue.document is not None else {}
    for part in pointer:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return True
    return isinstance(data, dict)
