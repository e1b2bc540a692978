"""What ``fairport check`` says about a harvested repository, in the size that a page needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fairport.catalog.state import CheckSummary, FairLevel, FairSummary, FindingNote
from fairport.contract.documents import Finding
from fairport.contract.errors import FairportError

if TYPE_CHECKING:
    from fairport.check.assess.model import Assessment
    from fairport.check.inspection import Inspection

MAX_FINDINGS: Final = 100
_MAX_TEXT: Final = 500
_ORDER: Final = {"error": 0, "warning": 1, "note": 2}

Checker = Callable[[Path, str], tuple[CheckSummary | None, str | None]]
"""Takes a repository and a profile; returns the summary, or ``None`` and the reason why there is none."""


def check_repository(
    tree: Path, profile: str, today: date | None = None, *, git: bool = True
) -> tuple[CheckSummary | None, str | None]:
    """Check the repository in ``tree`` against ``profile``; a failure of the check itself is a reason.

    Args:
        tree: its folder.
        profile: the profile.
        today: the day by which waivers and embargoes are measured.
        git: whether git is asked about the folder.
    """
    from fairport.check.inspection import Inspection

    try:
        inspection = Inspection(tree, today, git=git)
        target = inspection.check(profile)
    except FairportError as error:
        return None, str(error)
    except Exception as error:  # noqa: BLE001 - a defect of a rule must not hide the results
        return None, f"an error inside Fairport: {type(error).__name__}"
    return replace(summarise(target.findings, profile), fair=_fair(inspection)), None


def _mend(finding: Finding) -> str | None:
    """Return what mends a finding, in words."""
    automatic = "`fairport check --fix` mends it" if finding.fix is not None else None
    words = (finding.help[:300].rstrip(".") if finding.help else None, automatic)
    return "; ".join(word for word in words if word) or None


def _fair(inspection: Inspection) -> FairSummary | None:
    """Return the FAIR assessment in counts, ``None`` where it cannot be made."""
    from fairport.check.assess.judge import assess_inspected

    try:
        return fair_summary(assess_inspected(inspection))
    except Exception:  # noqa: BLE001 - an assessment is an extra: a defect in it must not hide the check
        return None


def fair_summary(found: Assessment) -> FairSummary:
    """Return an assessment in counts."""
    from fairport.check.assess.model import STANDINGS

    software = Counter(item.status for item in found.fair4rs)
    return FairSummary(
        tuple(found.counts[name] for name in STANDINGS),
        tuple(FairLevel(level.area, level.proven, level.possible) for level in found.levels),
        tuple(
            float(sum(metric.points(*names) for metric in found.fuji))
            for names in (("pass",), ("not-assessed",), ())
        ),
        tuple(software[name] for name in STANDINGS),
        found.badge.allowed,
        found.badge.reason[:_MAX_TEXT] if found.badge.reason else None,
    )


def summarise(findings: Iterable[Finding], profile: str) -> CheckSummary:
    """Count findings by severity and keep the first of those that failed, errors first."""
    findings = list(findings)
    failed = [finding for finding in findings if finding.status == "fail"]
    counts = Counter(finding.severity for finding in failed)
    failed.sort(key=lambda finding: (_ORDER[finding.severity], finding.path, finding.line or 0, finding.rule))
    return CheckSummary(
        profile,
        error=counts["error"],
        warning=counts["warning"],
        note=counts["note"],
        waived=sum(finding.status == "waived" for finding in findings),
        findings=tuple(
            FindingNote(
                finding.rule,
                finding.severity,
                finding.path[:_MAX_TEXT],
                finding.message[:_MAX_TEXT],
                finding.line,
                _mend(finding),
            )
            for finding in failed[:MAX_FINDINGS]
        ),
    )
