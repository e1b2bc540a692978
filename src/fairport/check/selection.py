"""Which rules run, and how severe their findings are under a profile."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from fairport.check.globs import Glob
from fairport.check.report import RULE_SET
from fairport.check.rule import FAMILIES, Category, Rule
from fairport.contract.errors import UsageError
from fairport.contract.finding import Severity

LATEST: Final = "latest"
"""Stands for the newest rule set, whatever a record pins."""


def effective_severity(severity: Severity, category: Category, profile: str) -> Severity:
    """Return the severity under ``profile`` of an issue with ``severity`` in the release profile.

    Completeness is a note in a draft, as listed in a release and an error in an archive; correctness is the
    same everywhere.
    """
    if category == "correctness" or profile == "release":
        return severity
    return "note" if profile == "draft" else "error"


def choose(rules: Sequence[Rule], select: Iterable[str], ignore: Iterable[str]) -> list[Rule]:
    """Return the rules that ``select`` names (all when empty) without those that ``ignore`` names.

    Raises:
        UsageError: a name is neither a rule nor a family.
    """
    wanted = _matching(rules, select, "select")
    unwanted = _matching(rules, ignore, "ignore")
    chosen = wanted if wanted is not None else {item.id for item in rules}
    return [item for item in rules if item.id in chosen and item.id not in (unwanted or set())]


def _matching(rules: Sequence[Rule], names: Iterable[str], option: str) -> set[str] | None:
    found: set[str] | None = None
    for name in _split(names):
        if _is_path(name):
            continue  # keeps_path
        upper = name.upper()
        matches = {item.id for item in rules if upper in (item.id, item.family, "ALL")}
        if not matches:
            known = [item.id for item in rules] + list(FAMILIES)
            near = difflib.get_close_matches(upper, known, 1, 0.5)
            raise UsageError(
                f'--{option}: there is no rule or family "{name}"',
                mend=f"did you mean {near[0]}?" if near else "see `fairport rules`",
            )
        found = (found or set()) | matches
    return found


def _is_path(name: str) -> bool:
    """Tell whether a name is a glob of files (``results/**``, ``reana.yaml``) rather than a rule."""
    return any(letter in name for letter in "/*.?")


def keeps_path(select: Iterable[str], ignore: Iterable[str]) -> Callable[[str], bool]:
    """Return the test of the files whose findings count, from the globs among ``select`` and ``ignore``."""
    wanted = [Glob(name, anywhere=True) for name in _split(select) if _is_path(name)]
    unwanted = [Glob(name, anywhere=True) for name in _split(ignore) if _is_path(name)]

    def keeps(path: str) -> bool:
        if wanted and not any(glob.matches(path) for glob in wanted):
            return False
        return not any(glob.matches(path) for glob in unwanted)

    return keeps


def _split(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        yield from (part for part in re.split(r"[,\s]+", name) if part)


def require_rule_set(name: str | None) -> None:
    """Accept ``latest`` and versions of rule sets that this release has.

    Raises:
        UsageError: it is neither.
    """
    if name is None or name == LATEST:
        return
    release = _release(name)
    if release is None or release > (_release(RULE_SET) or release):
        raise UsageError(
            f'--rules: there is no rule set "{name}" here', mend=f"use latest, or a version up to {RULE_SET}"
        )


def pinned(rules: Sequence[Rule], pin: str | None) -> tuple[list[Rule], list[Rule]]:
    """Return the rules of the rule set ``pin``, and those that are newer.

    A rule set holds the rules of all earlier ones. ``latest``, nothing, and what is no version stand for the
    newest.
    """
    release = _release(pin) if pin and pin != LATEST else None
    if release is None:
        return list(rules), []
    newer = [rule for rule in rules if (_release(rule.since) or release) > release]
    return [rule for rule in rules if rule not in newer], newer


def _release(text: str) -> tuple[int, int] | None:
    parts = text.split(".")
    if len(parts) < 2 or not all(part.isdecimal() and len(part) < 6 for part in parts[:2]):
        return None
    return int(parts[0]), int(parts[1])
