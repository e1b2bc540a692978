"""Downloads with Rucio's own client: fail-over between replicas, its checksum test, then ours."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from fairport.lake.hashing import sums_of
from fairport.lake.remote.follower import Follower
from fairport.lake.remote.session import Session

_SMALL: Final = 1 << 20
_LARGE: Final = 64_000_000
"""Bytes from which the md5 is left to ``verify``."""

_SLOWEST: Final = 500_000
"""Bytes a second below which a transfer is given up."""


def fetch(
    session: Session, files: list[dict[str, Any]], folder: str, threads: int, kinds: list[str]
) -> list[dict[str, Any]]:
    """Download files into ``folder`` and hash each once it is there.

    Large files are hashed while they come, so Rucio's client need not read them a second time. One that
    turns out wrong is fetched again with the test of Rucio's client, which then asks the other replicas.

    Args:
        session: the session.
        files: ``did``, ``bytes``, ``adler32``, ``md5`` and ``sources`` (``rse``, ``domain``, ``pfn``).
        folder: an empty folder of this call.
        threads: downloads side by side.
        kinds: checksums to compute of each file.

    Returns:
        For each file: ``did``, and either ``path`` with ``bytes`` and the checksums, or ``reason``.
    """
    if not all(_is_followed(file) for file in files):
        return _download(session, files, Path(folder), threads, kinds, followed=False)
    results = _download(session, files, Path(folder), threads, kinds, followed=True)
    known = {file["did"]: file for file in files}
    wrong = [known[item["did"]] for item in results if "path" in item and not _is_right(item, known)]
    if not wrong:
        return results
    for item in results:
        if "path" in item and not _is_right(item, known):
            Path(item["path"]).unlink()
    again = _download(session, wrong, Path(folder), threads, kinds, followed=False)
    replaced = {item["did"]: item for item in again}
    return [replaced.get(item["did"], item) for item in results]


def _is_followed(file: dict[str, Any]) -> bool:
    return bool(file["bytes"] and file["bytes"] >= _LARGE and file["adler32"])


def _is_right(item: dict[str, Any], known: dict[str, dict[str, Any]]) -> bool:
    file = known[item["did"]]
    return (item["bytes"], item["adler32"]) == (file["bytes"], file["adler32"])


def _download(
    session: Session,
    files: list[dict[str, Any]],
    base: Path,
    threads: int,
    kinds: list[str],
    *,
    followed: bool,
) -> list[dict[str, Any]]:
    """Download files and hash them; ``followed`` leaves the test of the checksums to the caller."""
    followers: dict[str, Follower] = {}
    for file in files:
        scope, _, name = file["did"].partition(":")
        target = base / scope / name.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if followed:
            followers[file["did"]] = Follower(target.with_name(f"{target.name}.part"), file["bytes"])
    largest = max((file["bytes"] or 0 for file in files), default=0)
    options = {"base_dir": str(base), "transfer_timeout": int(largest / _SLOWEST) + 120}
    options |= {"ignore_checksum": True} if followed else {}
    traces: list[dict[str, Any]] = []
    with tempfile.NamedTemporaryFile("w", suffix=".meta4", encoding="utf-8", dir=base) as metalink:
        metalink.write(_metalink(files))
        metalink.flush()
        done = session.downloader.download_from_metalink_file(
            options,
            metalink.name,
            num_threads=threads,
            traces_copy_out=traces,
            deactivate_file_download_exceptions=True,
        )
    reasons = {
        f"{trace.get('scope')}:{trace.get('filename')}": str(trace.get("stateReason")) for trace in traces
    }
    states = {f"{item['scope']}:{item['name']}": item for item in done}
    if largest < _SMALL:  # threads would cost more than they spare
        return [_result(file, states.get(file["did"]), reasons, kinds) for file in files]
    with ThreadPoolExecutor(max(1, min(threads, len(files)))) as pool:
        work = lambda file: _result(file, states.get(file["did"]), reasons, kinds, followers.get(file["did"]))  # noqa: E731
        return list(pool.map(work, files))


def _result(
    file: dict[str, Any],
    item: dict[str, Any] | None,
    reasons: dict[str, str],
    kinds: list[str],
    follower: Follower | None = None,
) -> dict[str, Any]:
    did = file["did"]
    state = str(item["clientState"]) if item else "FAILED"
    if item is None or state.rpartition(".")[2] not in ("DONE", "ALREADY_DONE"):
        if follower is not None:
            follower.stop()
        return {"did": did, "reason": reasons.get(did) or state}
    path = Path(item["dest_file_paths"][0])
    # md5 takes longer than the transfer of a large file: its size and adler32 are the proof here, and
    # `verify` reads the md5 too
    needed = [kind for kind in kinds if kind != "md5" or not file["adler32"] or path.stat().st_size < _LARGE]
    sums = follower.sums(path, file["adler32"]) if follower is not None else None
    sums = sums or sums_of(path, needed)
    return {
        "did": did,
        "path": str(path),
        "bytes": sums.bytes,
        **{kind: getattr(sums, kind) for kind in kinds},
    }


def _metalink(files: list[dict[str, Any]]) -> str:
    """Return a metalink (RFC 5854) with the extensions that Rucio's client reads."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">']
    for file in files:
        did = escape(file["did"])
        parts.append(f" <file name={quoteattr(file['did'].partition(':')[2])}>\n  <identity>{did}</identity>")
        kinds = [kind for kind in ("adler32", "md5") if file.get(kind)]
        parts += [f'  <hash type="{kind}">{escape(file[kind])}</hash>' for kind in kinds]
        parts.append(f"  <size>{file['bytes']}</size>")
        for number, source in enumerate(file["sources"], start=1):
            attributes = f"location={quoteattr(source['rse'])} domain={quoteattr(source['domain'])}"
            attributes += f' priority="{number}" client_extract="false"'
            parts.append(f"  <url {attributes}>{escape(source['pfn'])}</url>")
        parts.append(" </file>")
    return "\n".join([*parts, "</metalink>", ""])


OPERATIONS: Final[dict[str, Callable[..., Any]]] = {"fetch": fetch}
