"""Which rules run, and how severe their findings are under a profile."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from fairport.check.rule import FAMILIES, Category, Rule
from fairport.contract.constants import PROFILES
from fairport.contract.errors import UsageError
from fairport.contract.finding import Severity


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


def _split(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        yield from (part for part in re.split(r"[,\s]+", name) if part)


def require_profile(profile: str) -> str:
    """Return ``profile``.

    Raises:
        UsageError: there is no such profile.
    """
    if profile not in PROFILES:
        raise UsageError(f'there is no profile "{profile}"', mend=f"use one of: {', '.join(PROFILES)}")
    return profile
