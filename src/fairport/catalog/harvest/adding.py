"""Register what is no repository with ``fairport.yaml``: collections pinned by commit, bundles by digest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fairport.catalog.addresses import is_address, refusal, repository_name
from fairport.catalog.harvest import git
from fairport.catalog.harvest.bundles import bundle_snapshot, keep_fetched
from fairport.catalog.harvest.collections import AUTO
from fairport.catalog.harvest.git import SourceError
from fairport.catalog.harvest.mapping import rules_of
from fairport.catalog.licences import NONE
from fairport.catalog.registry import PLANES_DIR, Catalogue, load_catalogue, shown_path, slugify, write_entry
from fairport.contract.constants import ANALYSIS_FILE, CONTRACT_VERSION
from fairport.contract.documents import RegistryEntry, load_analysis
from fairport.contract.errors import FairportError, UsageError
from fairport.contract.files import inside, write_atomic
from fairport.contract.schemas import validate
from fairport.results.planes import Planes

MAPPINGS_DIR: Final = "mappings"
"""Folder of a catalogue for the rules of its collections."""

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SHORT: Final = re.compile(r"[0-9a-f]{7,39}")
_ARCHIVES: Final = (".zip", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar")


@dataclass(frozen=True, slots=True)
class Added:
    """A new entry.

    Attributes:
        path: its file.
        notes: what was decided for the caller, and what to do next, in words.
    """

    path: Path
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How the curves of a collection are read.

    Attributes:
        importer: a format of ``fairport results import``, ``csv+toml`` or ``auto``.
        licence: SPDX expression of the curves where nothing else states one; ``None``: nobody states one.
        rule: properties of the one rule, as in a registry entry; empty when ``rules`` has them.
        rules: YAML file with a list ``rules``.
        metadata: TOML file of the tables, inside the repository.
    """

    importer: str = AUTO
    licence: str | None = None
    rule: Mapping[str, Any] = field(default_factory=dict)
    rules: Path | None = None
    metadata: str | None = None


def split_pin(source: str) -> tuple[str, str | None]:
    """Return address and ref of ``ADDRESS@REF``; the ``@`` of a user in front of a host is none."""
    address, at, ref = source.rpartition("@")
    if not at or not ref or ":" in ref:
        return source, None
    path = address.partition("://")[2].partition("/")[2] if "://" in address else address.partition(":")[2]
    return (address, ref) if path else (source, None)


def add_collection(
    root: Path,
    source: str,
    reading: Reading,
    *,
    entry_id: str | None = None,
    title: str | None = None,
    description: str | None = None,
    subdirectory: str | None = None,
) -> Added:
    """Register a collection of published curves.

    Args:
        root: catalogue folder.
        source: folder on this machine, or ``URL@REF``; a branch, a tag and the default branch are pinned to
            the commit that they have now.
        reading: how its curves are read.
        entry_id: id of the entry; by default made from the name of the repository.
        title: its title.
        description: what it is about.
        subdirectory: folder inside the repository.

    Raises:
        UsageError: the source, the rules, or the id cannot be used.
        SourceError: the repository cannot be reached to find the commit.
    """
    catalogue = load_catalogue(root)
    place, name, notes = _collection_place(catalogue, source)
    identifier = entry_id or slugify(name)
    mapping, rules_file = _mapping(catalogue, identifier, reading)
    repository = place["repository"] | ({"subdirectory": subdirectory} if subdirectory else {})
    data = {"schema_version": CONTRACT_VERSION, "id": identifier, "type": "collection"}
    data |= {key: value for key, value in (("title", title), ("description", description)) if value}
    data |= place | {"repository": repository, "status": "community", "mapping": mapping}
    entry = _valid(data)
    if rules_file is not None:
        path, content = rules_file
        if path.exists() and path.read_bytes() != content:
            raise UsageError("there are other rules of this name", where=path, mend="take them away first")
        path.parent.mkdir(exist_ok=True)
        write_atomic(path, content)
        notes.append(f"the rules are kept in {mapping['file']}")
    rules_of(catalogue, entry)
    if mapping["licence"] == NONE:
        notes.append("no licence stated: its curves are drawn and cited, not offered for download")
    return Added(write_entry(catalogue, data), tuple(notes))


def add_bundle(root: Path, source: str, *, entry_id: str | None = None, sha256: str | None = None) -> Added:
    """Register a bundle: a folder or an archive on this machine, or the https address of an archive.

    One that is fetched is pinned by its digest: the given one, else that of what is there now.

    Args:
        root: catalogue folder.
        source: folder, archive or address.
        entry_id: id of the entry; by default that of the record in the bundle.
        sha256: its digest, where the experiment publishes one.

    Raises:
        UsageError: there is no such bundle, or the id is taken.
        SourceError: it cannot be fetched or unpacked, has another digest, or holds no record.
    """
    catalogue = load_catalogue(root)
    notes: list[str] = []
    if is_address(source):
        if source.endswith(".git"):
            raise UsageError(
                "a bundle is an archive, this is the address of a git repository",
                where=git.shown(source),
                mend="register it without --bundle",
            )
        repository = {"url": source}
        digest, _ = keep_fetched(catalogue, source, _digest(sha256))
        repository["sha256"] = digest
        if sha256 is None:
            notes.append(f"pinned to what is there now: sha256 {digest}")
    else:
        if not Path(source).exists():
            raise UsageError(
                "there is no such bundle",
                where=source,
                mend="give a folder, an archive (.zip, .tar.gz, .tar.xz) or an https address",
            )
        repository = {"path": shown_path(Path(source), catalogue.root)}
        repository |= {"sha256": _digest(sha256) or ""} if sha256 else {}
    data: dict[str, Any] = {"schema_version": CONTRACT_VERSION, "id": entry_id or "bundle", "type": "bundle"}
    data |= {"repository": repository, "status": "community"}
    recorded = _recorded_id(catalogue, _valid(data))
    data["id"] = entry_id or recorded
    if data["id"] != recorded:
        raise UsageError(
            f'the record in the bundle calls itself "{recorded}"', mend=f"leave --id out, or use {recorded}"
        )
    return Added(write_entry(catalogue, data), tuple(notes))


def looks_like_archive(source: str) -> bool:
    """Tell whether a source has the name of an archive."""
    return source.lower().endswith(_ARCHIVES)


def _collection_place(catalogue: Catalogue, source: str) -> tuple[dict[str, Any], str, list[str]]:
    """Return ``repository`` and ``publish`` of an entry, the name of the repository, and notes."""
    if not is_address(source):
        folder = Path(source)
        if not folder.is_dir():
            raise UsageError(
                "there is no such folder",
                where=source,
                mend="give a folder, or a git URL with its commit: https://example.org/limits.git@<commit>",
            )
        return {"repository": {"path": shown_path(folder, catalogue.root)}}, folder.resolve().name, []
    address, ref = split_pin(source)
    reason = refusal(address)
    if reason:
        raise UsageError(reason, where=git.shown(address), mend="use an https, ssh or file address")
    commit, notes = _pin(address, ref)
    publish = {"mode": "ref", "ref": commit}
    return {"repository": {"url": address}, "publish": publish}, repository_name(address), notes


def _pin(address: str, ref: str | None) -> tuple[str, list[str]]:
    """Return the commit that a ref means now."""
    if ref is not None and _COMMIT.fullmatch(ref):
        return ref, []
    try:
        refs = git.remote_refs(address)
    except SourceError as error:
        mend = "check the address and your access to it; for a full commit after @ nothing is asked now"
        raise SourceError(error.what, where=git.shown(address), why=error.why, mend=mend) from None
    for name in (f"refs/tags/{ref}", f"refs/heads/{ref}") if ref else ("HEAD",):
        if name in refs:
            return refs[name], [f"pinned to {refs[name]}, where {ref or 'the default branch'} is now"]
    short = ref is not None and _SHORT.fullmatch(ref)
    raise UsageError(
        f'the repository has no branch or tag "{(ref or "HEAD")[:80]}"',
        where=git.shown(address),
        mend="give all 40 digits of the commit" if short else "give a tag, a branch or a full commit after @",
    )


def _mapping(
    catalogue: Catalogue, identifier: str, reading: Reading
) -> tuple[dict[str, Any], tuple[Path, bytes] | None]:
    """Return the mapping of an entry, and the file that is to be copied into the catalogue, if any."""
    mapping: dict[str, Any] = {"importer": reading.importer, "licence": reading.licence or NONE}
    mapping |= {"metadata": reading.metadata} if reading.metadata else {}
    if reading.rules is None and "plane" not in reading.rule:
        raise UsageError(
            "nothing says how the curves are read",
            why="files of a collection do not tell their plane",
            mend="--plane dd.si --units GeV,cm2 for tables of one plane, or --rules FILE for several",
        )
    if "plane" in reading.rule:
        Planes(catalogue.root / PLANES_DIR).get(str(reading.rule["plane"]))
    if reading.rule:
        mapping["rules"] = [{"pattern": "**", **reading.rule}]
    if reading.rules is None:
        return mapping, None
    if not reading.rules.is_file():
        raise UsageError("there is no such file of rules", where=reading.rules, mend="give a YAML file")
    path = reading.rules.resolve()
    if path.is_relative_to(catalogue.root):
        return mapping | {"file": path.relative_to(catalogue.root).as_posix()}, None
    target = catalogue.root / MAPPINGS_DIR / f"{identifier}.yaml"
    return mapping | {"file": f"{MAPPINGS_DIR}/{target.name}"}, (target, path.read_bytes())


def _valid(data: dict[str, Any]) -> RegistryEntry:
    """Return an entry made from options.

    Raises:
        UsageError: an option has a value that an entry cannot have.
    """
    for problem in validate("registry-entry", data):
        if problem.severity == "error":
            where = ".".join(str(part) for part in problem.pointer if not isinstance(part, int))
            raise UsageError(f"the entry would not be valid: {where}: {problem.message}"[:500])
    return RegistryEntry.from_data(data)


def _digest(text: str | None) -> str | None:
    """Return a digest as an entry has it, without its prefix."""
    if text is None:
        return None
    digest = text.lower().removeprefix("sha256:")
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise UsageError("this is no sha256 digest", where=text[:80], mend="give its 64 hexadecimal digits")
    return digest


def _recorded_id(catalogue: Catalogue, entry: RegistryEntry) -> str:
    """Return the id of the record in a bundle.

    Raises:
        SourceError: the bundle cannot be read, or holds no valid record.
    """
    with bundle_snapshot(catalogue, entry) as snapshot:
        record = inside(snapshot.tree, ANALYSIS_FILE)
        if record is None or not record.is_file():
            raise SourceError(
                f"the bundle holds no {ANALYSIS_FILE}",
                why="it must lie at the top, or in the only folder there",
                mend="make the bundle with `fairport bundle`",
            )
        try:
            return load_analysis(record, name=ANALYSIS_FILE).id
        except FairportError as error:
            raise SourceError(
                "the record in the bundle is not valid", where=error.where, why=error.what, mend=error.mend
            ) from None


__all__ = ["Added", "Reading", "add_bundle", "add_collection", "looks_like_archive", "split_pin"]
