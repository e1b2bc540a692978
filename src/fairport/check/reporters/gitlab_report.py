"""The report as GitLab Code Quality JSON."""

from __future__ import annotations

import hashlib
import json

from fairport.check.report import Report, Target
from fairport.check.reporters.places import from_here
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.finding import Finding

_SEVERITIES = {"error": "critical", "warning": "minor", "note": "info"}


def render(report: Report) -> str:
    """Return a list of issues; fingerprints are unique over all repositories."""
    many = len(report.targets) > 1
    issues = [_issue(finding, target, many) for target in report.targets for finding in target.failed()]
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"


def _issue(finding: Finding, target: Target, many: bool) -> dict[str, object]:
    fingerprint = finding.fingerprint
    if many:
        fingerprint = hashlib.sha256(f"{target.path}\0{fingerprint}".encode()).hexdigest()[:32]
    return {
        "description": finding.message + (f" ({finding.help})" if finding.help else ""),
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": from_here(target, finding.path or ANALYSIS_FILE),
            "lines": {"begin": finding.line or 1},
        },
    }
