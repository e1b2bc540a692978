"""A repository brought to a later template, and checked as it then is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairport.check.options import Options
from fairport.check.report import Report
from fairport.check.session import check_paths
from fairport.contract.progress import Progress, SilentProgress
from fairport.scaffold.update.model import UpdateReport
from fairport.scaffold.update.updating import update


@dataclass(frozen=True, slots=True)
class CheckedUpdate:
    """An update with the check of its result.

    Attributes:
        update: what the update did.
        check: findings in the repository afterwards; ``None`` when nothing was written.
    """

    update: UpdateReport
    check: Report | None

    @property
    def exit_code(self) -> int:
        """Return 2 if the update stopped, 3 if a rule failed itself, 1 with conflicts or errors, else 0."""
        if self.update.exit_code == 2 or self.check is None:
            return self.update.exit_code
        return max(self.update.exit_code, self.check.exit_code())

    def data(self) -> dict[str, Any]:
        """Return plain data as in ``schemas/update.schema.json``."""
        return self.update.data() | {"check": self.check.to_data() if self.check is not None else None}


def update_and_check(
    path: Path,
    *,
    to: str | None = None,
    data: Mapping[str, str] | None = None,
    accept: Iterable[str] = (),
    include: Iterable[str] = (),
    dry_run: bool = False,
    progress: Progress | None = None,
) -> CheckedUpdate:
    """Update a repository and check it; the arguments and errors are those of ``update``."""
    progress = progress or SilentProgress()
    report = update(
        path, to=to, data=data, accept=accept, include=include, dry_run=dry_run, progress=progress
    )
    if report.outcome != "updated":
        return CheckedUpdate(report, None)
    progress.step("Checking the result")
    return CheckedUpdate(report, check_paths([path], Options()))
