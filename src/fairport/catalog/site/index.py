"""``catalog.json``: the whole catalogue for machines, valid against ``schemas/index.schema.json``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, overload

from fairport.catalog.addresses import safe_link
from fairport.catalog.harvest.differences import FormerIds
from fairport.catalog.licences import may_redistribute
from fairport.catalog.machines.dossier import COAR, CRATE_FILE
from fairport.catalog.machines.dossiers import table_name
from fairport.catalog.model import ShownAnalysis, ShownPlane, ShownResult, SiteModel
from fairport.catalog.prose import clean
from fairport.catalog.state import CheckSummary
from fairport.contract.constants import CONTRACT_VERSION

PART: Final = 20_000
"""Results whose rows are held at once."""


class _Rows(Sequence[dict[str, Any]]):
    """The rows of very many results, each made whenever it is asked for."""

    def __init__(self, results: Sequence[ShownResult], former: FormerIds) -> None:
        self._results, self._former = results, former

    def __len__(self) -> int:
        return len(self._results)

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...

    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(place, slice):
            return [_result(result, self._former) for result in self._results[place]]
        return _result(self._results[place], self._former)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (_result(result, self._former) for result in self._results)


def parts_of(index: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield an index in parts with at most :data:`PART` results each, whose lists are lists; everything else
    stands in the first.
    """
    rows, rest = index["results"], dict(index)
    for start in range(0, max(1, len(rows)), PART):
        yield {**rest, "results": list(rows[start : start + PART])}
        rest |= {"planes": [], "analyses": [], "entries": []}


def index_data(model: SiteModel) -> dict[str, Any]:
    """Return the index as plain data; addresses are relative to it. Above :data:`PART` results it makes the
    row of each whenever that is asked for, so that they are never held together.
    """
    former = FormerIds(model.catalogue)
    rows = _Rows(model.results, former)
    return _present(
        {
            "schema_version": CONTRACT_VERSION,
            "title": clean(model.config.title),
            "url": model.config.url,
            "licence": model.config.licence,
            "generated": model.time,
            "planes": [_plane(plane) for plane in model.planes],
            "analyses": [_analysis(analysis) for analysis in model.analyses],
            "results": rows if len(rows) > PART else list(rows),
            "entries": _entries(model),
        }
    )


def _plane(shown: ShownPlane) -> dict[str, Any]:
    folder = shown.url.removesuffix("index.html")
    figures = (
        [f"{folder}{shown.plane.id}.{suffix}" for suffix in ("svg", "png", "pdf")] if shown.drawn else []
    )
    return {
        "id": shown.plane.id,
        "title": clean(shown.plane.title),
        "url": shown.url,
        "figures": figures,
        "results": [result.id for result in shown.results],
    }


def _findings(check: CheckSummary) -> dict[str, Any]:
    """Return how many findings there are, and whose they are where not this catalogue checked."""
    counts = {"error": check.error, "warning": check.warning, "note": check.note}
    own = check.own is not None and check.own.verdict == "taken"
    return {**counts, "checked_by": "own-ci"} if own else counts


def _analysis(analysis: ShownAnalysis) -> dict[str, Any]:
    record, check = analysis.record, analysis.state.check
    return _present(
        {
            "id": analysis.id,
            "title": clean(record.title),
            "description": clean(record.description),
            "version": record.version,
            "status": record.status,
            "maturity": record.maturity,
            "search": record.search,
            "experiment": clean(record.experiment.name),
            "collaboration": clean(record.experiment.collaboration or "") or None,
            "licences": {"code": record.licences.code, "data": record.licences.data},
            "authors": [
                _present({"name": clean(person.display_name), "orcid": safe_link(person.orcid)})
                for person in record.authors
            ],
            "keywords": [clean(word) for word in record.keywords],
            "official": analysis.official,
            "access": record.access.level,
            "embargo_until": record.access.embargo_until,
            "repository": analysis.address,
            "commit": analysis.state.commit,
            "doi": safe_link(record.identifiers.doi),
            "findings": _findings(check) if check else None,
            "url": analysis.url,
            "crate": analysis.url.removesuffix("index.html") + CRATE_FILE,
            "results": [result.id for result in analysis.results],
        }
    )


def _result(result: ShownResult, former: FormerIds) -> dict[str, Any]:
    card = result.card
    folder = result.url.removesuffix("index.html")
    is_open = may_redistribute(card.licence)
    access = "open access" if is_open else "metadata only access"
    return _present(
        {
            "id": result.id,
            "former_ids": list(former.of(result.state, result.analysis_id)) or None,
            "analysis": result.analysis_id,
            "title": clean(card.title),
            "version": card.version,
            "status": card.status,
            "kind": card.form,
            "plane": card.plane,
            "experiment": None if result.kind == "example" else clean(card.family),
            "origin": card.origin,
            "role": card.role,
            "cl": card.cl,
            "example": result.kind == "example",
            "year": card.year,
            "low": _finite(card.low),
            "high": _finite(card.high),
            "licence": card.licence,
            "access": COAR[access],
            "citation": list(card.cite),
            "harvested": result.state.harvested,
            "digest": result.digest,
            "url": result.url,
            "record": folder + "result.json" if is_open else None,
            "table": folder + table_name(card) if is_open and card.table else None,
            "crate": folder + CRATE_FILE,
            "bibtex": folder + "cite.bib",
        }
    )


def _entries(model: SiteModel) -> list[dict[str, Any]]:
    entries = {entry.id: entry for entry in model.catalogue.entries}
    found = []
    for state in model.states:
        entry = entries.get(state.id)
        found.append(
            _present(
                {
                    "id": state.id,
                    "type": entry.type if entry else "analysis",
                    "status": entry.status if entry else "community",
                    "state": state.state,
                    "reason": clean(state.reason) if state.reason else None,
                    "harvested": state.harvested,
                    "commit": state.commit,
                }
            )
        )
    return found


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _present(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}
