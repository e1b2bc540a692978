"""The data of the analysis: identifiers, addresses, protocols, sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from fairport.check.assess.facts import fact, find
from fairport.check.assess.facts_identity import is_public
from fairport.check.assess.model import Evidence
from fairport.check.assess.view import Found, Missing, View, said
from fairport.check.identifiers import bare_doi
from fairport.check.parsed import ManifestFile
from fairport.contract.loading import Pointer

_DID: Final = re.compile(r"[A-Za-z_.0-9-]{1,25}:\S{1,250}")
_SCHEMES: Final = ("https://", "http://", "davs://", "root://", "srm://", "s3://")
_NOTHING: Final = Missing("the analysis names no data set and has no result of its own", assessed=False)


def _datasets(view: View) -> Iterator[tuple[ManifestFile, Pointer, dict[str, Any]]]:
    """Yield the data sets of the manifest of a record that is not the starter's."""
    if isinstance(view.own_record, Missing) or view.manifest is None:
        return
    for pointer, item in view.manifest.select("datasets/*"):
        if isinstance(item, dict):
            yield view.manifest, pointer, item


def _sources(item: dict[str, Any]) -> Iterator[tuple[int, str]]:
    sources = item.get("sources")
    for index, source in enumerate(sources if isinstance(sources, list) else ()):
        url = source.get("url") if isinstance(source, dict) else None
        if isinstance(url, str) and url.startswith(_SCHEMES) and is_public(url):
            yield index, url


def _lake(view: View) -> str | None:
    """Return the host of the lake when it is one on the network."""
    host = view.manifest.text("lake/rucio_host") if view.manifest is not None else None
    return host if host is not None and is_public(host) else None


def _none(view: View, otherwise: str) -> Missing:
    """Return why there is no evidence: nothing to look at, or something that lacks it."""
    if isinstance(view.own_record, Missing):
        return view.own_record
    if any(True for _ in _datasets(view)) or not isinstance(view.own_results, Missing):
        return Missing(otherwise)
    return _NOTHING


@fact
def data_ids(view: View) -> Found:
    """Identifiers of data: a DID in a named lake, a DOI, or the sha256 of what an address gives."""
    evidence: list[Evidence] = []
    for manifest, pointer, item in _datasets(view):
        did, citation = item.get("did"), item.get("citation")
        if isinstance(did, str) and _DID.fullmatch(did) and _lake(view):
            evidence.append(view.at(manifest, (*pointer, "did"), said(("did",), did)))
        elif any(_sources(item)):
            evidence.append(view.at(manifest, (*pointer, "sources"), "address and sha256"))
        elif isinstance(citation, str) and bare_doi(citation):
            evidence.append(
                view.at(manifest, (*pointer, "citation"), said(("citation",), bare_doi(citation)))
            )
    evidence += _digests(view)
    return tuple(evidence) or _none(view, "no data set has a DID in a lake, an address with sha256, or a DOI")


def _digests(view: View) -> Iterator[Evidence]:
    if isinstance(view.own_results, Missing):
        return
    for result in view.own_results:
        if result.record.data is not None:
            yield view.at(result.file, ("data", "sha256"), f"{result.record.data.path} by sha256")


@fact
def data_references(view: View) -> Found:
    """The metadata say where the data are: data sets of the manifest, tables of the results."""
    evidence: list[Evidence] = []
    for manifest, pointer, item in _datasets(view):
        if isinstance(item.get("did"), str) and _lake(view):
            evidence.append(view.at(manifest, (*pointer, "did"), said(("did",), item["did"])))
        evidence += [
            view.at(manifest, (*pointer, "sources", index, "url"), said(("source",), url))
            for index, url in _sources(item)
        ]
    if not isinstance(view.own_results, Missing):
        for result in view.own_results:
            if result.table_path is not None and result.table_path in view.documents.repository:
                evidence.append(view.at(result.file, ("data", "path"), said(("table",), result.table_path)))
    return tuple(evidence) or _none(view, "the metadata do not say where the data are")


@fact
def data_protocol(view: View) -> Found:
    """Data come over HTTPS, WebDAV or XRootD: from their source, from a lake, or with the repository."""
    evidence: list[Evidence] = []
    for manifest, pointer, item in _datasets(view):
        if isinstance(item.get("did"), str) and (host := _lake(view)):
            evidence.append(view.at(manifest, (*pointer, "did"), f"from the lake {host}"))
        evidence += [
            view.at(manifest, (*pointer, "sources", index, "url"), said(("source",), url))
            for index, url in _sources(item)
        ]
    where = find(view, "address")
    if not isinstance(view.own_results, Missing) and not isinstance(where, Missing):
        evidence += [
            view.at(result.file, ("data", "path"), f"{result.table_path} with the repository, over https")
            for result in view.own_results
            if result.table_path is not None and result.table_path in view.documents.repository
        ]
    return tuple(evidence) or _none(view, "no data set names a server that is on the network")


@fact
def qualified_data(view: View) -> Found:
    """Data sets with their role in the analysis."""
    evidence = [
        view.at(manifest, (*pointer, "role"), f"{item['id']}: {item['role']}")
        for manifest, pointer, item in _datasets(view)
        if isinstance(item.get("id"), str)
        and item.get("role") in {"input", "output", "calibration", "simulation"}
        and (
            any(_sources(item)) or (isinstance(item.get("did"), str) and _lake(view)) or item.get("citation")
        )
    ]
    return tuple(evidence) or _none(view, "no data set says which part it plays")


@fact
def data_described(view: View) -> Found:
    """Format and size of the data."""
    evidence: list[Evidence] = []
    sizes = {}
    if view.lock is not None:
        sizes = {
            item.get("id"): item.get("bytes")
            for _, item in view.lock.select("datasets/*")
            if isinstance(item, dict)
        }
    for manifest, pointer, item in _datasets(view):
        size = sizes.get(item.get("id"))
        if isinstance(item.get("media_type"), str) and isinstance(size, int) and size > 0:
            evidence.append(
                view.at(manifest, (*pointer, "media_type"), f"{item['media_type']}, {size} bytes")
            )
    if not isinstance(view.own_tables, Missing):
        for table in view.own_tables:
            data = table.result.record.data
            if data is not None:
                evidence.append(
                    view.at(table.result.file, ("data", "media_type"), f"{data.media_type}, {data.rows} rows")
                )
    return tuple(evidence) or _none(view, "format and size are not stated")


@fact
def retention(view: View) -> Found:
    """How long the data are kept."""
    evidence = [
        view.at(manifest, (*pointer, "retention"), "retention")
        for manifest, pointer, item in _datasets(view)
        if isinstance(item.get("retention"), str) and item["retention"].strip()
    ]
    return tuple(evidence) or _none(view, "it is not stated how long data are kept")
