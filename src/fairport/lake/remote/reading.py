"""Questions to the lake that change nothing; everything in bulk, at most 1,000 DIDs a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from fairport.lake.remote.session import Session

LIMIT: Final = 1000
"""DIDs that Rucio takes in one request."""


def ping(session: Session, patience: float | None = None) -> dict[str, Any]:
    """Log in and return the version of the server and the account."""
    if patience is not None:
        session.patience, before = patience, session.patience
        try:
            client = session.client
        finally:
            session.patience = before
    else:
        client = session.client
    version = session.call(client.ping, patience=patience)["version"]
    return {"version": version, "account": client.account}


def describe(session: Session, scope: str, name: str) -> dict[str, Any]:
    """Return type, openness, size and length of a DID."""
    found = session.call(lambda: session.client.get_did(scope, name, dynamic_depth=None))
    kept = ("scope", "name", "type", "open", "bytes", "length", "adler32", "md5")
    return {key: found.get(key) for key in kept}


def members(session: Session, scope: str, name: str) -> Iterator[dict[str, Any]]:
    """Yield the files of a dataset, container or file: scope, name, bytes, adler32, guid.

    They are passed on as they come, so a lake that goes away in the middle is for the caller to repeat.
    """
    for file in session.call(lambda: session.client.list_files(scope, name)):
        yield {key: file.get(key) for key in ("scope", "name", "bytes", "adler32", "guid")}


def metadata(session: Session, dids: list[list[str]]) -> list[dict[str, Any]]:
    """Return bytes, adler32, md5 and guid of files; one that the lake does not know is left out."""
    asked = [{"scope": scope, "name": name} for scope, name in dids]
    found = session.call(lambda: list(session.client.get_metadata_bulk(asked)))
    kept = ("scope", "name", "bytes", "adler32", "md5", "guid", "did_type")
    return [{key: item.get(key) for key in kept} for item in found]


def replicas(session: Session, dids: list[list[str]]) -> list[dict[str, Any]]:
    """Return where files can be read: for each its checksums and its addresses, best first."""
    asked = [{"scope": scope, "name": name} for scope, name in dids]
    return [_whereabouts(item) for item in session.call(lambda: list(session.client.list_replicas(asked)))]


def dataset_replicas(session: Session, scope: str, name: str) -> Iterator[dict[str, Any]]:
    """Yield the same as :func:`replicas` for every file of a dataset or container, as it comes."""
    asked = [{"scope": scope, "name": name}]
    yield from map(_whereabouts, session.call(lambda: session.client.list_replicas(asked)))


def _whereabouts(item: dict[str, Any]) -> dict[str, Any]:
    sources = sorted(item.get("pfns", {}).items(), key=lambda pair: pair[1]["priority"])
    return {
        "did": f"{item['scope']}:{item['name']}",
        "bytes": item.get("bytes"),
        "adler32": item.get("adler32"),
        "md5": item.get("md5"),
        "sources": [
            {"rse": source["rse"], "domain": source["domain"], "pfn": pfn}
            for pfn, source in sources
            if not source.get("client_extract")
        ],
    }


OPERATIONS: Final[dict[str, Callable[..., Any]]] = {
    "ping": ping,
    "describe": describe,
    "members": members,
    "metadata": metadata,
    "replicas": replicas,
    "dataset_replicas": dataset_replicas,
}
