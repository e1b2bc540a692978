"""Checks of an analysis repository: rules, engine, reports.

Nothing of a checked repository is ever executed or imported, and all its text is treated as hostile.

    from fairport.check import check
    report = check("my-analysis", profile="release")
    for finding in report.findings: ...
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fairport.check.report import Report

__all__ = ["check"]


def check(
    path: str | Path,
    profile: str | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Report:
    """Check one analysis repository.

    Args:
        path: its folder.
        profile: ``draft``, ``release`` or ``archive``; the record's ``maturity`` when None.
        select: rule identifiers or families (``META``, ``META007``); all when empty.
        ignore: rule identifiers or families that are left out.

    Raises:
        UsageError: the path is no folder, or a profile or rule does not exist.
    """
    from fairport.check.options import Options
    from fairport.check.session import check_paths

    return check_paths([path], Options(profile=profile, select=tuple(select), ignore=tuple(ignore)))


class _CallableRoom(ModuleType):
    """The package itself, callable: ``fairport.check(path)`` works whatever was imported before."""

    def __call__(self, *arguments: Any, **named: Any) -> Report:
        return check(*arguments, **named)


sys.modules[__name__].__class__ = _CallableRoom
