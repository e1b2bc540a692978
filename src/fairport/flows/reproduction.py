"""What a rerun of a result gives: two verdicts that never stand for each other, as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from math import isinf
from typing import TYPE_CHECKING, Any, Final, Literal

from fairport.contract.constants import CONTRACT_VERSION
from fairport.contract.result import Provenance
from fairport.contract.run import RunRecord
from fairport.flows.column_compare import ColumnDifference

if TYPE_CHECKING:
    from fairport.results.agreement import Agreement

Reruns = Literal["same-bytes", "within-tolerance", "differs", "could-not-run"]

WORDS: Final[dict[str, str]] = {
    "same-bytes": "same bytes",
    "within-tolerance": "within tolerance",
    "differs": "differs",
    "could-not-run": "could not run",
}


@dataclass(frozen=True, slots=True)
class Reproduction:
    """The verdicts on one result.

    Attributes:
        result: identifier within the analysis.
        recorded_sha256: digest of the table that was judged; None for results without a table.
        commit: commit that was rerun; None when the code as it stands was rerun.
        engine: where it was rerun.
        at: when.
        reruns: the first verdict.
        reason: why it could not run, or why the tables cannot be compared.
        columns: what the first verdict rests on.
        tolerance: relative tolerance of columns that state none of their own.
        changed: assumptions of the record that did not hold in the rerun, one text each.
        fields: fields of the record, besides the numbers, that came out otherwise.
        agrees: the second verdict, ``agrees``, ``differs`` or ``not-stated``.
        agreement_of: whose numbers the second verdict is about, ``rerun`` or ``record``.
        agreement: the published numbers one by one.
        run: identifier of the rerun.
        notes: what the reader should know besides.
        current: the same for the code as it stands, where that is no longer the recorded code.
    """

    result: str
    recorded_sha256: str | None
    commit: str | None
    engine: str
    at: str
    reruns: Reruns
    tolerance: float
    reason: str | None = None
    columns: tuple[ColumnDifference, ...] = ()
    changed: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    agrees: str = "not-stated"
    agreement_of: str = "record"
    agreement: tuple[Agreement, ...] = ()
    run: str | None = None
    notes: tuple[str, ...] = ()
    current: Reproduction | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        if self.current is not None and not self.current.holds:
            return False
        return self.reruns in {"same-bytes", "within-tolerance"} and self.agrees != "differs"

    def to_data(self) -> dict[str, Any]:
        """Return the document ``reproduction.json``: plain data without what is not known."""
        agrees = {
            "verdict": self.agrees,
            "of": self.agreement_of,
            "numbers": [_stated(asdict(item)) for item in self.agreement],
        }
        return _stated(
            {
                "schema_version": CONTRACT_VERSION,
                "result": self.result,
                "recorded_sha256": self.recorded_sha256,
                "commit": self.commit,
                "engine": self.engine,
                "at": self.at,
                "reruns": self._rerun(),
                "current": self.current._rerun() if self.current else None,
                "agrees_with_paper": _stated(agrees),
                "notes": list(self.notes),
            }
        )

    def _rerun(self) -> dict[str, Any]:
        rerun = {
            "verdict": self.reruns,
            "tolerance": self.tolerance,
            "reason": self.reason,
            "columns": [_column(item) for item in self.columns],
            "changed": list(self.changed),
            "fields": list(self.fields),
            "run": self.run,
        }
        return _stated(rerun)


def changed_assumptions(recorded: Provenance, rerun: RunRecord) -> tuple[str, ...]:
    """Return which recorded circumstances did not hold in the rerun, one text each with old and new."""
    texts: list[str] = []

    def compare(name: str, old: object, new: object) -> None:
        if old is not None and old != new:
            texts.append(f"{name}: {_short(old)} -> {_short(new)}")

    environment = recorded.environment
    if recorded.code is not None and rerun.code.commit is not None:  # a copy of what stands here has none
        compare("commit", recorded.code.commit, rerun.code.commit)
    if recorded.workflow is not None:
        compare("workflow digest", recorded.workflow.digest, rerun.workflow.digest)
    if environment is not None:
        compare("interpreter", environment.interpreter, rerun.environment.interpreter)
        compare("platform", environment.platform, rerun.environment.platform)
        compare("lock file", environment.lock_digest, rerun.environment.lock_digest)
        for name, version in environment.packages.items():
            compare(name, version, rerun.environment.packages.get(name))
    compare("image", recorded.image, rerun.image)
    if recorded.run is not None:
        compare("engine", recorded.run.engine, rerun.engine)
        compare("engine version", recorded.run.engine_version, rerun.engine_version)
    return (*texts, *_changed_inputs(recorded, rerun), *_changed_parameters(recorded, rerun))


def _changed_inputs(recorded: Provenance, rerun: RunRecord) -> Iterator[str]:
    old = {item.path: item.sha256 for item in recorded.inputs}
    new = {item.path: item.sha256 for item in rerun.inputs}
    for path in sorted(old | new):
        if path not in new:
            yield f"input {path}: no longer read"
        elif path not in old:
            yield f"input {path}: not read before"
        elif old[path] != new[path]:
            yield f"input {path}: other bytes"


def _changed_parameters(recorded: Provenance, rerun: RunRecord) -> Iterator[str]:
    old, new = recorded.parameters, rerun.parameters
    for name in sorted(old | new):
        if old.get(name) != new.get(name):
            yield f"parameter {name}: {_short(old.get(name))} -> {_short(new.get(name))}"


def changed_fields(recorded: Mapping[str, Any], rerun: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields of two records, besides provenance and digests, that differ."""
    left, right = dict(recorded), dict(rerun)
    for data in (left, right):
        data.pop("provenance", None)
        data["data"] = {**(data.get("data") or {}), "sha256": None}
    return tuple(sorted(key for key in left | right if left.get(key) != right.get(key)))


def _column(item: ColumnDifference) -> dict[str, Any]:
    data = asdict(item)
    if isinf(item.worst):
        data["worst"] = "infinite"
    return _stated(data)


def _stated(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None and value not in ([], ())}


def _short(value: object) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
