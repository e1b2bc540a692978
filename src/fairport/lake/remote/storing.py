"""Uploads that may be cut off and repeated at any point: first the bytes, then the registration, in bulk.

A file counts as stored when the lake knows its DID with our checksums and has a replica that is available.
Bytes travel under a temporary name and are renamed last (Rucio's upload client does that); only then is the
replica registered, as available. What an interruption leaves is therefore at most a file on the storage
that nobody knows, and the next call replaces it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from fairport.lake.remote.reading import LIMIT, metadata
from fairport.lake.remote.session import Session

_ROUNDS: Final = 3
_AVAILABLE: Final = "AVAILABLE"


def choose_storage(session: Session, expression: str, key: str) -> str:
    """Return the storage element that an expression gives for ``key``; always the same one for the same key.

    Raises:
        InvalidRSEExpression: none matches.
    """
    names = session.call(lambda: sorted(item["rse"] for item in session.client.list_rses(expression)))
    if not names:
        from rucio.common.exception import InvalidRSEExpression

        raise InvalidRSEExpression(f"{expression} matches no storage element")
    ranked = sorted(names, key=lambda name: hashlib.sha256(f"{key}\0{name}".encode()).digest())
    return str(ranked[0])


def ensure_dataset(session: Session, scope: str, name: str) -> dict[str, Any]:
    """Create a dataset unless it is there, and return its type and openness."""
    from rucio.common.exception import DataIdentifierAlreadyExists, DataIdentifierNotFound

    client = session.client
    for _ in range(2):
        try:
            found = session.call(lambda: client.get_did(scope, name))
        except DataIdentifierNotFound:
            try:
                session.call(lambda: client.add_dataset(scope=scope, name=name))
            except DataIdentifierAlreadyExists:
                continue
        else:
            return {"type": found["type"], "open": found.get("open"), "length": found.get("length")}
    return {"type": "DATASET", "open": True, "length": 0}


def store(session: Session, files: list[dict[str, Any]], rse: str, timeout: int) -> list[dict[str, Any]]:
    """Bring files to a storage element and register them.

    Args:
        session: the session.
        files: at most 1,000 of ``path, scope, name, bytes, adler32, md5``.
        rse: name of the storage element.
        timeout: seconds that one transfer may take.

    Returns:
        For each file ``did`` and ``state``: ``present``, ``stored``, ``conflict`` (the DID has other
        content) or ``failed`` with its ``reason``.
    """
    results: dict[str, dict[str, Any]] = {}
    waiting, reasons = files, dict[str, str]()
    for attempt in range(_ROUNDS):
        states = _states(session, waiting)
        todo = []
        for file in waiting:
            state = states[_did(file)]
            if state in ("present", "conflict"):
                done = "stored" if state == "present" and attempt else state
                results[_did(file)] = {"did": _did(file), "state": done}
            else:
                todo.append((file, state))
        if not todo:
            break
        reasons = _transfer(session, todo, rse, timeout)
        waiting = [file for file, _ in todo]
    else:
        states = _states(session, waiting)
    for file in waiting:
        did = _did(file)
        if did not in results:
            fine = states[did] == "present"
            state = "stored" if fine else "conflict" if states[did] == "conflict" else "failed"
            results[did] = {"did": did, "state": state, "reason": reasons.get(did, "no reason was given")}
    return [results[_did(file)] for file in files]


def attach(session: Session, scope: str, name: str, files: list[list[str]]) -> None:
    """Attach files to a dataset; those that are attached already stay."""
    for start in range(0, len(files), LIMIT):
        dids = [{"scope": item[0], "name": item[1]} for item in files[start : start + LIMIT]]
        attachment = {"scope": scope, "name": name, "dids": dids}
        session.call(
            lambda attachment=attachment: session.client.add_files_to_datasets(  # type: ignore[misc]
                [attachment], ignore_duplicate=True
            )
        )


def ensure_rule(
    session: Session, scope: str, name: str, rse: str, lifetime: int | None, prolong: bool = False
) -> bool:
    """See to it that a rule keeps a dataset at ``rse``.

    Args:
        session: the session.
        scope: of the dataset.
        name: of the dataset.
        rse: expression.
        lifetime: seconds, or ``None`` for ever.
        prolong: whether a rule that ends more than a day earlier is prolonged; none is ever shortened.

    Returns:
        Whether a rule was made or prolonged now.
    """
    from rucio.common.exception import DuplicateRule

    client = session.client
    rules = session.call(lambda: list(client.list_did_rules(scope, name)))
    own = [rule for rule in rules if rule["rse_expression"] == rse and rule["account"] == client.account]
    if own:
        late = _ends_early(own, lifetime) if prolong else None
        if late is not None:
            session.call(lambda: client.update_replication_rule(late, {"lifetime": lifetime}))
        return late is not None
    try:
        session.call(
            lambda: client.add_replication_rule(
                [{"scope": scope, "name": name}],
                copies=1,
                rse_expression=rse,
                lifetime=lifetime,
                grouping="DATASET",
            )
        )
    except DuplicateRule:
        return False
    return True


def _ends_early(rules: list[dict[str, Any]], lifetime: int | None) -> str | None:
    """Return the id of the rule to prolong, or ``None`` when one of them lasts long enough."""
    ends = [rule["expires_at"] for rule in rules]
    if any(end is None for end in ends):
        return None
    last = max(range(len(rules)), key=lambda number: ends[number])
    wanted = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=lifetime or 0) - timedelta(days=1)
    return str(rules[last]["id"]) if lifetime is None or ends[last] < wanted else None


def close_dataset(session: Session, scope: str, name: str) -> bool:
    """Close a dataset for good; returns whether it was open."""
    if not session.call(lambda: session.client.get_did(scope, name)).get("open"):
        return False
    session.call(lambda: session.client.set_status(scope=scope, name=name, open=False))
    return True


def annotate(session: Session, scope: str, name: str, values: dict[str, str]) -> dict[str, Any]:
    """Set metadata of a DID, key by key; not every lake takes every key.

    Returns:
        ``taken`` and ``refused``: the keys.
    """
    from rucio.common.exception import RucioException

    taken, refused = [], []
    for key, value in values.items():
        try:
            session.call(lambda key=key, value=value: session.client.set_metadata(scope, name, key, value))  # type: ignore[misc]
        except RucioException:
            refused.append(key)
        else:
            taken.append(key)
    return {"taken": taken, "refused": refused}


def _did(file: dict[str, Any]) -> str:
    return f"{file['scope']}:{file['name']}"


def _states(session: Session, files: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return for each file: ``new``, ``conflict``, ``present`` or ``registered`` (known, but no replica)."""
    known = {
        f"{item['scope']}:{item['name']}": item
        for item in metadata(session, [[file["scope"], file["name"]] for file in files])
    }
    states = {}
    registered = []
    for file in files:
        item = known.get(_did(file))
        if item is None:
            states[_did(file)] = "new"
        elif not _agrees(item, file):
            states[_did(file)] = "conflict"
        else:
            states[_did(file)] = "registered"
            registered.append({"scope": file["scope"], "name": file["name"]})
    if registered:
        found = session.call(lambda: list(session.client.list_replicas(registered, all_states=True)))
        for item in found:
            if _AVAILABLE in item.get("states", {}).values():
                states[f"{item['scope']}:{item['name']}"] = "present"
    return states


def _agrees(item: dict[str, Any], file: dict[str, Any]) -> bool:
    if item.get("did_type") not in (None, "FILE") or item["bytes"] != file["bytes"]:
        return False
    pairs = [(item.get(kind), file[kind]) for kind in ("adler32", "md5")]
    return all(theirs == ours for theirs, ours in pairs if theirs)


def _transfer(
    session: Session, todo: list[tuple[dict[str, Any], str]], rse: str, timeout: int
) -> dict[str, str]:
    """Upload files and register those that arrived; returns the reasons of those that did not."""
    reasons: dict[str, str] = {}
    arrived = []
    for file, state in todo:
        upload = partial(_upload, session, file, rse, timeout, known=state == "registered")
        reason = session.call(upload)  # Rucio's client asks the lake too, and then the lake may go away
        if reason is None:
            arrived.append((file, state))
        else:
            reasons[_did(file)] = reason
    new = [_replica(file) for file, state in arrived if state == "new"]
    if new:
        _register(session, rse, new, reasons)
    again = [_replica(file) for file, state in arrived if state == "registered"]
    for replica in again:
        _revive(session, rse, replica, reasons)
    return reasons


def _upload(session: Session, file: dict[str, Any], rse: str, timeout: int, *, known: bool) -> str | None:
    """Bring one file to the storage; returns why not, or ``None``."""
    from rucio.common.exception import RucioException

    item = {"path": file["path"], "rse": rse, "did_scope": file["scope"], "did_name": file["name"]}
    traces: list[dict[str, Any]] = []
    client = session.uploader
    try:
        if _left_over(session, file, rse):
            if known:
                _remove(session, file, rse)
            else:  # bytes of an interrupted upload: Rucio's client removes them in this mode
                client.upload([{**item, "register_after_upload": True, "transfer_timeout": timeout}])
                return None
        client.upload([{**item, "no_register": True, "transfer_timeout": timeout}], traces_copy_out=traces)
    except RucioException as error:
        told = next((str(trace["stateReason"]) for trace in traces if trace.get("stateReason")), "")
        if told == "File already exists":
            return None if _matches(session, file, rse) else "another upload of this file is under way"
        return told or f"{type(error).__name__}: {error}"
    return None


def _protocol(session: Session, rse: str, operation: str) -> Any:
    from rucio.rse import rsemanager

    settings = session.call(lambda: rsemanager.get_rse_info(rse, vo=session.client.vo))
    token = session.client.auth_token if session.client.auth_token.count(".") == 2 else None
    protocol = rsemanager.create_protocol(settings, operation, auth_token=token)
    protocol.connect()
    return protocol


def _pfn(protocol: Any, file: dict[str, Any]) -> str:
    found = protocol.lfns2pfns({"scope": file["scope"], "name": file["name"]})
    return str(next(iter(found.values())))


def _left_over(session: Session, file: dict[str, Any], rse: str) -> bool:
    """Tell whether the storage has something under the final name of a file."""
    protocol = _protocol(session, rse, "read")
    try:
        return bool(protocol.exists(_pfn(protocol, file)))
    finally:
        protocol.close()


def _matches(session: Session, file: dict[str, Any], rse: str) -> bool:
    protocol = _protocol(session, rse, "read")
    try:
        found = protocol.stat(_pfn(protocol, file))
    finally:
        protocol.close()
    same = int(found.get("filesize", -1)) == file["bytes"]
    return bool(same and found.get("adler32", file["adler32"]) == file["adler32"])


def _remove(session: Session, file: dict[str, Any], rse: str) -> None:
    protocol = _protocol(session, rse, "delete")
    try:
        protocol.delete(_pfn(protocol, file))
    finally:
        protocol.close()


def _replica(file: dict[str, Any]) -> dict[str, Any]:
    kept = {key: file[key] for key in ("scope", "name", "bytes", "adler32", "md5")}
    guid = hashlib.md5(f"{file['scope']}:{file['name']}:{file['md5']}".encode(), usedforsecurity=False)
    return {**kept, "state": "A", "meta": {"guid": guid.hexdigest()}}


def _register(session: Session, rse: str, replicas: list[dict[str, Any]], reasons: dict[str, str]) -> None:
    """Register replicas in bulk; one by one when the lake refuses the whole (another process was first)."""
    from rucio.common.exception import RucioException

    try:
        session.call(lambda: session.client.add_replicas(rse, replicas))
    except RucioException:
        for replica in replicas:
            try:
                session.call(lambda replica=replica: session.client.add_replicas(rse, [replica]))  # type: ignore[misc]
            except RucioException as error:
                reasons[_did(replica)] = f"{type(error).__name__}: {error}"


def _revive(session: Session, rse: str, replica: dict[str, Any], reasons: dict[str, str]) -> None:
    """Make the replica of a known DID available after its bytes came again."""
    from rucio.common.exception import RucioException

    state = {"scope": replica["scope"], "name": replica["name"], "state": "A"}
    try:
        session.call(lambda: session.client.add_replicas(rse, [replica]))
        session.call(lambda: session.client.update_replicas_states(rse, files=[state]))
    except RucioException as error:
        reasons[_did(replica)] = f"{type(error).__name__}: {error}"


OPERATIONS: Final[dict[str, Callable[..., Any]]] = {
    "choose_storage": choose_storage,
    "ensure_dataset": ensure_dataset,
    "store": store,
    "attach": attach,
    "ensure_rule": ensure_rule,
    "close_dataset": close_dataset,
    "annotate": annotate,
}
