"""The record of an analysis as files for a release: what is committed, less the numbers that are withheld."""

from __future__ import annotations

import io
import json
import posixpath
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from fairport.catalog.access import withheld
from fairport.check.bundlereport import REPORT_FILE, make_report
from fairport.contract.analysis import Analysis
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.documents import load_analysis
from fairport.contract.errors import ConfigurationError, RefusedError, UsageError
from fairport.contract.files import sha256_bytes, write_atomic
from fairport.interop import safegit
from fairport.interop.rocrate import FILE as CRATE_FILE

CHECKSUMS: Final = "SHA256SUMS"
METADATA: Final = (
    ANALYSIS_FILE,
    CRATE_FILE,
    "CITATION.cff",
    "codemeta.json",
    ".zenodo.json",
    "LICENSE*",
    "LICENCE*",
    "LICENSES/*",
)
"""The files that may go out while numbers are withheld: they describe the analysis and hold no result."""

_SECONDS: Final = 120.0
_LIMIT: Final = 2_000_000_000
_STAMP: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What was written.

    Attributes:
        files: the files, checksums last.
        commit: the commit whose content they hold.
        members: number of committed files in the crate.
        withheld: why numbers stayed out, or ``None`` when nothing did.
        reported: whether the crate holds the report of the check.
    """

    files: tuple[Path, ...]
    commit: str
    members: int
    withheld: str | None
    reported: bool = False


def bundle(root: Path, output: Path, *, today: date, with_report: bool = True) -> BundleReport:
    """Write the committed state of an analysis as a zipped RO-Crate, its metadata beside it, and checksums.

    While the record withholds the numbers (embargo, restricted access), only the metadata go in. The same
    commit gives the same bytes, as long as what is withheld stays the same; with a report, on the same day.

    Args:
        root: folder of the analysis repository.
        output: folder to write to; it is made when missing.
        today: the day (UTC) on which the bundle would become public.
        with_report: whether the report of check and assessment over its files goes in, which a catalogue may
            take over (:mod:`fairport.check.bundlereport`).

    Raises:
        UsageError: there is no record, or no commit.
        RefusedError: the record or another tracked file has uncommitted changes.
        ConfigurationError: git is not installed or takes too long.
    """
    commit = _commit(root)
    content = _content(root, commit)
    analysis = _record(root)
    kept_back = withheld(analysis, today)
    if kept_back is not None:
        content = {name: data for name, data in content.items() if _is_metadata(name)}
    if CRATE_FILE in content:
        content[CRATE_FILE] = _crate(content[CRATE_FILE], content)
    name = f"{analysis.id}-{analysis.version}"
    report = _report(content, today) if with_report else None
    texts = {f"{name}.crate.zip": _zip(content | ({REPORT_FILE: report} if report else {}))}
    texts |= {CRATE_FILE: content[CRATE_FILE]} if CRATE_FILE in content else {}
    lines = "".join(f"{sha256_bytes(data)}  {file}\n" for file, data in sorted(texts.items()))
    output.mkdir(parents=True, exist_ok=True)
    for file, data in {**texts, CHECKSUMS: lines.encode()}.items():
        write_atomic(output / file, data)
    files = tuple(output / file for file in (*texts, CHECKSUMS))
    reason = kept_back.reason if kept_back else None
    return BundleReport(files, commit, len(content), reason, reported=report is not None)


def _report(content: Mapping[str, bytes], today: date) -> bytes | None:
    """Return the report of check and assessment over these files, ``None`` where there cannot be one."""
    if REPORT_FILE in content:
        return None
    with tempfile.TemporaryDirectory(prefix="fairport-bundle-") as name:
        tree = Path(name)
        for path, data in content.items():
            target = tree / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return make_report(tree, {path: sha256_bytes(data) for path, data in content.items()}, today)


def _record(root: Path) -> Analysis:
    if not (root / ANALYSIS_FILE).is_file():
        raise UsageError(
            "this is no analysis repository",
            where=root,
            why=f"there is no {ANALYSIS_FILE}",
            mend="fairport new makes one",
        )
    return load_analysis(root / ANALYSIS_FILE)


def _commit(root: Path) -> str:
    """Return the commit of a clean repository whose top folder is ``root``."""
    top = _git(root, "rev-parse", "--show-prefix")
    head = _git(root, "rev-parse", "--verify", "HEAD^{commit}")
    if top is None or head is None:
        raise UsageError(
            "there is nothing to bundle",
            where=root,
            why="a bundle holds what is committed, and there is no commit",
            mend="git init, git add and git commit first",
        )
    if top.strip():
        raise UsageError("this is not the top of the repository", where=root, mend="call it there")
    changed = _git(root, "status", "--porcelain", "--untracked-files=no", "-z")
    if changed is None or changed:
        shown = (changed or b"").split(b"\0")[0][3:].decode("utf-8", "replace") or "files"
        raise RefusedError(
            "there are uncommitted changes",
            where=root,
            why=f"{shown} differs from the last commit, which is what a bundle holds",
            mend="commit them, or put them aside",
        )
    return head.decode().strip()


def _content(root: Path, commit: str) -> dict[str, bytes]:
    """Return the files of a commit by path."""
    data = _git(root, "archive", "--format=tar", commit)
    if data is None:
        raise ConfigurationError("git could not read the commit", where=root, mend="git fsck")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = {item.name: archive.extractfile(item) for item in archive if item.isfile()}
        return {name: stream.read() for name, stream in sorted(members.items()) if stream is not None}


def _git(root: Path, *arguments: str) -> bytes | None:
    line = safegit.command(*arguments, settings=(*safegit.OFFLINE, *safegit.ANY_OWNER))
    try:
        environment = safegit.isolated_environment()
        return safegit.ask(root, line, environment=environment, seconds=_SECONDS, limit=_LIMIT)
    except subprocess.TimeoutExpired:
        raise ConfigurationError("git takes too long", where=root, mend="try again") from None


def _is_metadata(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in METADATA)


def _crate(data: bytes, content: Mapping[str, bytes]) -> bytes:
    """Take entities of files that stay out of the bundle from the crate's description."""
    try:
        document: dict[str, Any] = json.loads(data)
        graph = [entity for entity in document["@graph"] if isinstance(entity, dict)]
    except (ValueError, KeyError, TypeError):
        return data
    folders = {posixpath.dirname(name) + "/" for name in content}
    missing = {
        entity["@id"] for entity in graph if _is_local(entity) and entity["@id"] not in {*content, *folders}
    }
    if not missing:
        return data
    document["@graph"] = [_without(entity, missing) for entity in graph if entity["@id"] not in missing]
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _is_local(entity: Mapping[str, Any]) -> bool:
    name, kinds = str(entity.get("@id", "")), entity.get("@type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    outside = "://" in name or name.startswith(("#", "./")) or name == CRATE_FILE
    return not outside and bool({"File", "Dataset"} & set(kinds))


def _without(value: Any, missing: set[str]) -> Any:
    """Return ``value`` without references to ``missing``."""
    if isinstance(value, dict):
        kept = {key: _without(item, missing) for key, item in value.items() if not _refers(item, missing)}
        return {key: item for key, item in kept.items() if item != [] or value[key] == []}
    if isinstance(value, list):
        return [_without(item, missing) for item in value if not _refers(item, missing)]
    return value


def _refers(value: Any, missing: Iterable[str]) -> bool:
    return isinstance(value, dict) and set(value) == {"@id"} and value["@id"] in missing


def _zip(content: Mapping[str, bytes]) -> bytes:
    """Return a zip archive whose bytes depend on the content alone."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(content.items()):
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return stream.getvalue()
