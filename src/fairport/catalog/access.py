"""Whether the numbers of an analysis may be shown, and since when: metadata always, numbers by the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fairport.contract.documents import Analysis


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why numbers are withheld; ``until`` is the first day (UTC) on which they may be shown."""

    reason: str
    until: str | None = None


def withheld(analysis: Analysis, today: date) -> Withheld | None:
    """Return why the numbers of ``analysis`` are withheld on ``today`` (UTC); ``None`` when they are public.

    A date that cannot be read withholds: a mistake never publishes.
    """
    access = analysis.access
    until = access.embargo_until
    if until is not None and not _reached(until, today):
        return Withheld(f"embargoed until {until}", until)
    if access.level == "embargoed access" and until is None:
        return Withheld("embargoed without a date")
    if access.level in {"restricted access", "metadata only access"}:
        return Withheld(access.level)
    return None


def _reached(until: str, today: date) -> bool:
    try:
        return date.fromisoformat(until) <= today
    except ValueError:
        return False
