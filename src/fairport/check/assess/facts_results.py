"""Results of the analysis, examples left out: tables, units, provenance."""

from __future__ import annotations

from typing import Final

from fairport.check.assess.facts import fact
from fairport.check.assess.model import Evidence
from fairport.check.assess.view import Found, Missing, View, said
from fairport.check.parsed import folder_of
from fairport.check.results import ResultRecord, axis_pointer
from fairport.contract.errors import DocumentError

_CRATE: Final = "run-crate.json"


@fact
def own_tables(view: View) -> Found:
    """Tables of numbers that can be read, in an open format, their columns described."""
    tables = view.own_tables
    if isinstance(tables, Missing):
        return tables
    return tuple(
        view.at(table.result.file, ("data", "path"), f"{table.path}, {len(table.columns)} columns described")
        for table in tables
    )


@fact
def own_units(view: View) -> Found:
    """Axes with quantity and unit, in a plane of the catalogue."""
    results = view.own_results
    if isinstance(results, Missing):
        return results
    evidence: list[Evidence] = []
    for result in results:
        if isinstance(result.plane, Exception):
            return Missing(f"the plane {result.record.plane} cannot be had", assessed=False)
        evidence += [
            view.at(
                result.file, axis_pointer(index, "unit"), f"{axis.quantity} in {axis.unit or 'no dimension'}"
            )
            for index, axis in enumerate(result.record.axes)
            if axis.quantity and axis.unit is not None
        ]
    return tuple(evidence) or Missing("no axis has quantity and unit")


@fact
def provenance(view: View) -> Found:
    """Where every own result comes from: commit, workflow and run, or the publication."""
    results = view.own_results
    if isinstance(results, Missing):
        return results
    evidence: list[Evidence] = []
    for result in results:
        found = tuple(_origin(view, result))
        if not found:
            return Missing(f"{result.file.path} does not say where its numbers come from")
        evidence += found
    return tuple(evidence)


def _origin(view: View, result: ResultRecord) -> tuple[Evidence, ...]:
    told = result.record.provenance
    if told.code is not None and told.code.commit and told.workflow is not None:
        return (
            view.at(result.file, ("provenance", "code", "commit"), said(("commit",), told.code.commit[:12])),
            view.at(
                result.file, ("provenance", "workflow", "digest"), said(("workflow",), told.workflow.file)
            ),
        )
    source = told.source
    if source is not None and (source.doi or source.arxiv or source.inspire or source.hepdata):
        return (view.at(result.file, ("provenance", "source"), "published source"),)
    if result.record.derived_from:
        return (view.at(result.file, ("derived_from",), "derived from another result"),)
    return ()


@fact
def inputs(view: View) -> Found:
    """What the results were made from, by digest or DID."""
    results = view.own_results
    if isinstance(results, Missing):
        return results
    evidence = [
        view.at(
            result.file, ("provenance", "inputs"), f"{len(result.record.provenance.inputs)} inputs by digest"
        )
        for result in results
        if result.record.provenance.inputs
    ]
    evidence += [
        view.at(result.file, ("derived_from",), "derived from another result")
        for result in results
        if result.record.derived_from
    ]
    return tuple(evidence) or Missing("no result names its inputs")


@fact
def run_crates(view: View) -> Found:
    """Crates of runs beside own results, with at least one action and its tool."""
    results = view.own_results
    if isinstance(results, Missing):
        return results
    evidence = []
    for result in results:
        path = folder_of(result.file.path) + _CRATE
        if path not in view.documents.repository:
            continue
        document = view.documents.parsed(path)
        if isinstance(document, DocumentError):
            return Missing(f"{path} cannot be read", assessed=False)
        graph = document.data.get("@graph") if isinstance(document.data, dict) else None
        for index, item in enumerate(graph if isinstance(graph, list) else ()):
            if isinstance(item, dict) and item.get("@type") == "CreateAction" and item.get("instrument"):
                where = document.locate(("@graph", index))
                evidence.append(Evidence("run crate (CreateAction)", path, where.line, where.column))
                break
    return tuple(evidence) or Missing("no crate of a run lies beside the results")
