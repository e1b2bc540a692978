"""What facts look at: the documents of a repository and what the rules found in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from fairport.check.assess.model import Evidence
from fairport.check.assess.starter import untouched
from fairport.check.cleaning import clean
from fairport.check.documents import Documents
from fairport.check.issue import shown
from fairport.check.parsed import AnalysisFile, LockFile, ManifestFile, Parsed
from fairport.check.report import Target
from fairport.check.results import ResultRecord, ResultTable, load_table
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.examples import example_digests, is_example
from fairport.contract.loading import Pointer


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a fact is not there.

    Attributes:
        reason: in words.
        assessed: whether its absence speaks against the repository, rather than leaving the question open.
    """

    reason: str
    assessed: bool = True


Found = tuple[Evidence, ...] | Missing


class View:
    """One repository as the facts see it."""

    def __init__(self, documents: Documents, target: Target) -> None:
        self.documents, self.target = documents, target
        self.facts: dict[str, Found] = {}

    @cached_property
    def record(self) -> AnalysisFile | Missing:
        """The analysis record, or why there is none to look at."""
        if self.documents.record is not None and isinstance(self.documents.record.data, dict):
            return self.documents.record
        if ANALYSIS_FILE not in self.documents.repository:
            return Missing(f"there is no {ANALYSIS_FILE}", assessed=False)
        return Missing(f"{ANALYSIS_FILE} cannot be read", assessed=False)

    @cached_property
    def own_record(self) -> AnalysisFile | Missing:
        """The record, if somebody made it their own."""
        record = self.record
        if isinstance(record, Missing):
            return record
        kept = untouched(record)
        return (
            record
            if kept is None
            else Missing(f"{kept}, so that what it brought along proves nothing", assessed=False)
        )

    @cached_property
    def own_results(self) -> tuple[ResultRecord, ...] | Missing:
        """Valid results that are not examples, or why there are none."""
        if isinstance(self.record, Missing):
            return self.record
        supply = self.documents.supply(ResultRecord)
        refused = {
            item.path for item in self.target.findings if item.rule == "RES018" and item.status != "skipped"
        }
        example_input = self.documents.repository.sha256("data/experiment.json") in example_digests()
        own = tuple(
            item for item in supply.values if not is_example(item.record) and item.file.path not in refused
        )
        if own and not (example_input and not any(item.record.provenance.inputs for item in own)):
            return own
        broken = next((skip for skip in supply.skips if skip.status == "skipped"), None)
        if broken is not None:
            return Missing(broken.reason, assessed=False)
        if supply.values:
            return Missing("the results are the starter's example", assessed=False)
        return Missing("there is no result yet", assessed=False)

    @cached_property
    def own_tables(self) -> tuple[ResultTable, ...] | Missing:
        """Tables of own results that can be read, with at least one row."""
        results = self.own_results
        if isinstance(results, Missing):
            return results
        tables = []
        for result in results:
            if result.table_path is None:
                continue
            table = load_table(result)
            if not isinstance(table, ResultTable):
                return Missing(f"{result.table_path} cannot be read", assessed=False)
            if any(table.columns.values()):
                tables.append(table)
        return tuple(tables) or Missing("no result has a table", assessed=False)

    @cached_property
    def manifest(self) -> ManifestFile | None:
        """The data manifest when it can be read."""
        return next(iter(self.documents.all(ManifestFile)), None)

    @cached_property
    def lock(self) -> LockFile | None:
        """The lock of the manifest when it can be read."""
        return next(iter(self.documents.all(LockFile)), None)

    def at(self, file: Parsed, pointer: Pointer, text: str | None = None) -> Evidence:
        """Return evidence at a value of a file."""
        where = file.document.locate(pointer, key=bool(pointer) and isinstance(pointer[-1], str))
        return Evidence(
            clean(text) if text is not None else said(pointer), clean(file.path), where.line, where.column
        )

    def of(self, path: str, text: str) -> Evidence:
        """Return evidence that is a file as a whole."""
        return Evidence(clean(text), clean(path), 1)


def said(pointer: Pointer, value: object = None) -> str:
    """Return the name of a value, and the value itself when given, short and clean."""
    name = ".".join(str(part) for part in pointer)
    return clean(name) if value is None else f"{clean(name)}: {shown(str(value), 60)}"


def joined(groups: Iterable[Found]) -> Found:
    """Return the evidence of all, or why the first is missing."""
    evidence: list[Evidence] = []
    for group in groups:
        if isinstance(group, Missing):
            return group
        evidence += group
    return tuple(evidence)
