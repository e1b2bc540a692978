"""The outcome of a check: findings by repository, counts and exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from fairport.contract.constants import CONTRACT_VERSION
from fairport.contract.finding import Finding, Severity, Status

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
RULE_SET: Final = "1.0"
"""Version of the rule set of this release; a record pins one with ``rules``."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one rule in one repository."""

    status: Status
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One checked repository.

    Attributes:
        path: as it was given.
        profile: profile used.
        findings: failed, waived and skipped, by path and line.
        outcomes: outcome of every selected rule.
        id: identifier of the analysis when it could be read.
        seconds: wall time.
        internal: rules that failed themselves, with the error.
        left_out: rules that are newer than the rule set which the record pins.
    """

    path: str
    profile: str
    findings: tuple[Finding, ...]
    outcomes: dict[str, Outcome]
    id: str | None = None
    seconds: float = 0.0
    internal: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()

    def failed(self) -> Iterator[Finding]:
        """Yield the findings that count."""
        return (item for item in self.findings if item.status == "fail")

    def to_data(self) -> dict[str, Any]:
        """Return plain data as in ``schemas/report.schema.json``."""
        data: dict[str, Any] = {"path": self.path, "profile": self.profile, "seconds": round(self.seconds, 4)}
        if self.id is not None:
            data["id"] = self.id
        data["findings"] = [item.to_data() for item in self.findings]
        if self.left_out:
            data["left_out"] = list(self.left_out)
        return data


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one call, over one or more repositories."""

    targets: tuple[Target, ...]
    fail_on: Severity = "error"
    counts: Counter[str] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        for finding in self.findings:
            if finding.status == "fail":
                self.counts[finding.severity] += 1
                self.counts["fixable"] += finding.fix is not None
            elif finding.status == "waived":
                self.counts["waived"] += 1

    @property
    def findings(self) -> Iterator[Finding]:
        """Findings of all repositories."""
        return (finding for target in self.targets for finding in target.findings)

    @property
    def profile(self) -> str:
        """The profile, or ``mixed``."""
        profiles = {target.profile for target in self.targets}
        return profiles.pop() if len(profiles) == 1 else "mixed"

    @property
    def seconds(self) -> float:
        """Wall time of all repositories."""
        return sum(target.seconds for target in self.targets)

    def exit_code(self) -> Literal[0, 1, 3]:
        """Return 3 when a rule failed itself, 1 when a finding is as severe as ``fail_on``, else 0."""
        if any(target.internal for target in self.targets):
            return 3
        counted = SEVERITIES[: SEVERITIES.index(self.fail_on) + 1]
        return 1 if any(self.counts[severity] for severity in counted) else 0

    def to_data(self) -> dict[str, Any]:
        """Return plain data as in ``schemas/report.schema.json``."""
        return {
            "schema_version": CONTRACT_VERSION,
            "tool": {"name": "fairport", "version": tool_version(), "rules": RULE_SET},
            "profile": self.profile,
            "targets": [target.to_data() for target in self.targets],
            "summary": {key: self.counts[key] for key in (*SEVERITIES, "waived", "fixable")},
        }


def tool_version() -> str:
    """Return the version of Fairport."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("fairport")
    except PackageNotFoundError:
        return "0"
