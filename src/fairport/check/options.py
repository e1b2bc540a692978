"""How to check: what the command line and the Python API hand to the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fairport.contract.finding import Severity


@dataclass(frozen=True, slots=True)
class Options:
    """How to check.

    Attributes:
        profile: overrides the maturity of the records.
        select: rules or families that run; all when empty.
        ignore: rules or families that do not run.
        fail_on: least severity that makes the check fail.
        baseline: fingerprints of findings that are accepted as they are; ``path\\0fingerprint`` is one of the
            repository of this path only.
        rules: rule set that is used whatever a record pins: a version such as ``1.0``, or ``latest``.
        online: whether addresses on the network are asked (LINK002).
        today: the date, for tests.
        jobs: how many processes share several repositories; None decides by their number.
        cache: whether the outcome for unchanged files is taken from, and put into, the user's cache.
    """

    profile: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity = "error"
    baseline: frozenset[str] = frozenset()
    rules: str | None = None
    online: bool = False
    today: date | None = None
    jobs: int | None = None
    cache: bool = False
