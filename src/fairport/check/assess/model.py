"""What an assessment is made of: criteria, evidence, judgements, levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from fairport.check.report import RULE_SET, tool_version
from fairport.contract.constants import CONTRACT_VERSION

Standing = Literal["pass", "fail", "not-assessed"]
STANDINGS: Final[tuple[Standing, ...]] = ("pass", "fail", "not-assessed")
AREAS: Final = {"F": "Findable", "A": "Accessible", "I": "Interoperable", "R": "Reusable"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing in the repository that speaks for or against a criterion.

    Attributes:
        text: what it is, in a few words.
        path: file relative to the repository; empty for the repository itself.
        line: line from 1.
        column: column from 1.
        rule: rule whose finding it is; None for evidence in favour.
    """

    text: str
    path: str = ""
    line: int | None = None
    column: int | None = None
    rule: str | None = None

    @property
    def place(self) -> str:
        """File and line, as editors read them."""
        return f"{self.path}:{self.line}" if self.path and self.line else self.path

    def to_data(self) -> dict[str, Any]:
        """Return plain data as in ``schemas/assessment.schema.json``."""
        data: dict[str, Any] = {"text": self.text, "path": self.path}
        data |= {key: getattr(self, key) for key in ("line", "column", "rule") if getattr(self, key)}
        return data


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something that a repository may fulfil.

    Attributes:
        id: identifier in its catalogue.
        title: what is asked, in our words.
        facts: names of the facts (:mod:`fairport.check.assess.facts`) that must all be there.
        serves: identifiers that a rule names in its mapping to serve this criterion; ``id`` when empty.
        priority: essential, important or useful (RDA).
        points: most points (F-UJI).
        elsewhere: why a repository cannot prove it alone; then the facts are only told.
        declared: facts that are told beside ``elsewhere``.
    """

    id: str
    title: str
    facts: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    priority: Literal["essential", "important", "useful"] | None = None
    points: float = 0.0
    elsewhere: str | None = None
    declared: tuple[str, ...] = ()

    @property
    def area(self) -> str:
        """F, A, I or R."""
        return self.id.removeprefix("FsF-")[0]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one criterion.

    Attributes:
        criterion: what was asked.
        status: pass, fail, or not assessed.
        evidence: for a pass what proves it, for a fail what speaks against it, else what was declared.
        rules: rules that looked and found no error.
        reason: why it fails or was not assessed.
        remarks: warnings of rules that serve it; they do not decide.
    """

    criterion: Criterion
    status: Standing
    evidence: tuple[Evidence, ...] = ()
    rules: tuple[str, ...] = ()
    reason: str | None = None
    remarks: int = 0

    def to_data(self) -> dict[str, Any]:
        """Return plain data as in ``schemas/assessment.schema.json``."""
        criterion = self.criterion
        data: dict[str, Any] = {"id": criterion.id, "title": criterion.title, "status": self.status}
        if criterion.priority is not None:
            data["priority"] = criterion.priority
        if criterion.points:
            data["points"] = criterion.points
        data["evidence"] = [item.to_data() for item in self.evidence]
        data["rules"] = list(self.rules)
        if self.reason is not None:
            data["reason"] = self.reason
        data["remarks"] = self.remarks
        return data


@dataclass(frozen=True, slots=True)
class Level:
    """Maturity of one area, 0 to 5, by the indicators of the RDA model.

    Attributes:
        area: F, A, I or R.
        proven: level when everything that was not assessed is taken as missing.
        possible: level when it is taken as fulfilled.
        counts: indicators of the area by status.
    """

    area: str
    proven: int
    possible: int
    counts: Counter[Standing]

    def to_data(self) -> dict[str, Any]:
        """Return plain data as in ``schemas/assessment.schema.json``."""
        return {"proven": self.proven, "possible": self.possible, **counts_data(self.counts)}


@dataclass(frozen=True, slots=True)
class Metric:
    """An F-UJI metric with its scored tests.

    Attributes:
        id: identifier in version 0.8.
        title: what is asked, in our words.
        aliases: identifiers of version 0.5 for the same.
        tests: judgements of the scored tests.
    """

    id: str
    title: str
    aliases: tuple[str, ...]
    tests: tuple[Judgement, ...]

    def points(self, *statuses: Standing) -> float:
        """Return the points of the tests with one of the statuses; of all when none is given."""
        return sum(item.criterion.points for item in self.tests if not statuses or item.status in statuses)

    @property
    def status(self) -> Standing:
        """Pass when every point is proven, fail when a test fails, else not assessed."""
        found = {item.status for item in self.tests}
        return "fail" if "fail" in found else "not-assessed" if "not-assessed" in found else "pass"

    def to_data(self) -> dict[str, Any]:
        """Return plain data as in ``schemas/assessment.schema.json``."""
        return {
            "id": self.id,
            "title": self.title,
            "aliases": list(self.aliases),
            "status": self.status,
            "points": self.points(),
            "earned": self.points("pass"),
            "open": self.points("not-assessed"),
            "tests": [item.to_data() for item in self.tests],
        }


@dataclass(frozen=True, slots=True)
class BadgeState:
    """Whether the repository may carry a badge.

    Attributes:
        allowed: whether it may.
        reason: why not; None when it may.
    """

    allowed: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The outcome for one repository.

    Attributes:
        path: as it was given.
        id: identifier of the analysis when it could be read.
        profile: profile under which a badge is judged.
        rda: the 41 indicators in the order of the model.
        levels: level of each area, F, A, I, R.
        fuji: the 17 metrics of version 0.8.
        fair4rs: the 17 principles for software.
        badge: whether a badge may be given.
    """

    path: str
    id: str | None
    profile: str
    rda: tuple[Judgement, ...]
    levels: tuple[Level, ...]
    fuji: tuple[Metric, ...]
    fair4rs: tuple[Judgement, ...]
    badge: BadgeState

    @property
    def counts(self) -> Counter[Standing]:
        """RDA indicators by status."""
        return Counter(item.status for item in self.rda)

    @property
    def places(self) -> int:
        """How many different places of the repository prove something."""
        judged = [*self.rda, *self.fair4rs, *(test for metric in self.fuji for test in metric.tests)]
        return len(
            {
                (e.path, e.line, e.column, e.text)
                for item in judged
                if item.status == "pass"
                for e in item.evidence
            }
        )

    def points(self, *statuses: Standing) -> float:
        """Return F-UJI points by status of the tests; all 26 when none is given."""
        return sum(metric.points(*statuses) for metric in self.fuji)

    def to_data(self) -> dict[str, Any]:
        """Return plain data as in ``schemas/assessment.schema.json``; the same tree gives the same data."""
        data: dict[str, Any] = {
            "schema_version": CONTRACT_VERSION,
            "tool": {"name": "fairport", "version": tool_version(), "rules": RULE_SET},
            "path": self.path,
        }
        if self.id is not None:
            data["id"] = self.id
        badge: dict[str, Any] = {"allowed": self.badge.allowed, "evidence": self.places}
        if self.badge.reason is not None:
            badge["reason"] = self.badge.reason
        return data | {
            "profile": self.profile,
            "rda": {
                "summary": counts_data(self.counts),
                "levels": {level.area: level.to_data() for level in self.levels},
                "indicators": [item.to_data() for item in self.rda],
            },
            "fuji": {
                "version": "0.8",
                "points": self.points(),
                "earned": self.points("pass"),
                "open": self.points("not-assessed"),
                "metrics": [item.to_data() for item in self.fuji],
            },
            "fair4rs": {
                "summary": counts_data(Counter(item.status for item in self.fair4rs)),
                "principles": [
                    {**item.to_data(), "metrics": list(item.criterion.serves)} for item in self.fair4rs
                ],
            },
            "badge": badge,
        }


def counts_data(counts: Counter[Standing]) -> dict[str, int]:
    """Return counts with keys as JSON names them."""
    return {name.replace("-", "_"): counts[name] for name in STANDINGS}


def level_of(judgements: Iterable[Judgement], *counted: Standing) -> int:
    """Return the maturity level, 0 to 5, when the given statuses count as fulfilled.

    Source: RDA FAIR Data Maturity Model (doi:10.15497/rda00050), evaluation by pass or fail: 0 while an
    essential indicator is missing, 1 with all essential ones, 2 with half of the important ones as well,
    3 with all of them, 4 with half of the useful ones as well, 5 with everything. An area without
    indicators of one priority fulfils that step, but nothing at all is never more than 0.
    """
    share = {}
    listed = list(judgements)
    if not any(item.status in counted for item in listed):
        return 0
    for priority in ("essential", "important", "useful"):
        members = [item for item in listed if item.criterion.priority == priority]
        met = sum(item.status in counted for item in members)
        share[priority] = met / len(members) if members else 1.0
    if share["essential"] < 1:
        return 0
    if share["important"] < 1:
        return 2 if share["important"] >= 0.5 else 1
    return 5 if share["useful"] == 1 else 4 if share["useful"] >= 0.5 else 3
