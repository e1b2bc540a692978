"""Collections: tables of published curves, read as results; nothing of the repository is executed.

A collection has no ``fairport.yaml``. The rules of its registry entry say for each curve what the source
does not: plane, units, experiment, citation, licence. What nobody states stays ``not-stated``.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, Final

from fairport.catalog.addresses import web_address
from fairport.catalog.freeze import MAX_RESULTS, dated, keep_good, record_digest, verify_frozen
from fairport.catalog.git import SourceError, error_words
from fairport.catalog.prose import plain
from fairport.catalog.registry import Catalogue
from fairport.catalog.sources import MAX_FILES
from fairport.catalog.state import ResultState
from fairport.contract.constants import ANALYSIS_FILE, CONTRACT_VERSION, RESULT_FILE, RESULTS_DIR
from fairport.contract.digests import canonical_digest
from fairport.contract.documents import Analysis, RegistryEntry, load_analysis
from fairport.contract.errors import DocumentError, FairportError
from fairport.contract.files import inside, write_atomic
from fairport.contract.loading import load_yaml
from fairport.contract.registry import CollectionMapping, MappingRule
from fairport.contract.saving import dump_yaml
from fairport.contract.schemas import validate
from fairport.contract.structure import unstructure
from fairport.interop.formats import text as text_format
from fairport.interop.formats import tomlmeta
from fairport.results.deriving import write
from fairport.results.importoptions import ImportOptions
from fairport.results.imports import NO_LICENCE, import_file, read_metadata
from fairport.results.planes import Planes

AUTO: Final = "auto"
UNKNOWN: Final = "experiment not stated"
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PART: Final = re.compile(r"\{(\d{1,2})\}")
_OPTION: Final = re.compile(r"--([a-z][a-z-]+)")
_RULE: Final = {"column": "columns", "column-unit": "units", "unit": "units"}
_SEARCHES: Final = {
    "dd": "direct",
    "id": "indirect",
    "collider": "collider",
    "alp": "axion",
    "dp": "axion",
    "cosmo": "cosmology",
}
_OPTIONS: Final = (
    "shape",
    "excluded",
    "kind",
    "origin",
    "role",
    "cl",
    "sentinel",
    "licence",
    "title",
    "delimiter",
    "object",
    "sort",
    "accept_implausible",
    "skip",
)
"""Properties of a rule that are those of an import by the same name."""


def pinned(entry: RegistryEntry) -> str:
    """Return the commit by which a collection is pinned.

    Raises:
        SourceError: it is not: the curves of others must not change without anybody looking.
    """
    ref = entry.publish.ref if entry.publish is not None else None
    if ref is None or not _COMMIT.fullmatch(ref):
        raise SourceError(
            "a collection is pinned by its commit, this one is not",
            mend="set `publish: {mode: ref, ref: <40 hex digits>}` in the entry",
        )
    return ref


def rules_of(catalogue: Catalogue, entry: RegistryEntry) -> CollectionMapping:
    """Return the mapping of an entry with the rules of its file.

    Raises:
        DocumentError: the file cannot be read, or its rules are not valid.
    """
    mapping = entry.mapping
    if mapping is None:
        raise DocumentError("a collection needs a `mapping`", where=f"{entry.id}.yaml")
    if mapping.file is None:
        return mapping
    path = inside(catalogue.root, mapping.file)
    if path is None or not path.is_file():
        raise DocumentError("the file of the mapping does not exist in the catalogue", where=mapping.file)
    data = load_yaml(path, name=mapping.file).data
    rules = data.get("rules") if isinstance(data, dict) else None
    if not isinstance(rules, list):
        raise DocumentError("the file of the mapping has no list `rules`", where=mapping.file)
    whole: dict[str, Any] = unstructure(entry)
    whole["mapping"] = {**whole["mapping"], "rules": rules}
    for problem in validate("registry-entry", whole):
        if problem.severity == "error":
            where = "/".join(map(str, problem.pointer[1:]))
            raise DocumentError(f"{where}: {problem.message}", where=mapping.file)
    further = RegistryEntry.from_data(whole).mapping
    return replace(mapping, rules=(*mapping.rules, *(further.rules if further else ())))


def mapping_digest(catalogue: Catalogue, entry: RegistryEntry) -> str:
    """Return the digest of the file of the mapping: what is frozen depends on it."""
    path = inside(catalogue.root, entry.mapping.file) if entry.mapping and entry.mapping.file else None
    try:
        return canonical_digest(path.read_text("utf-8", "replace")) if path is not None else ""
    except OSError:
        return "missing"


def freeze_collection(
    tree: Path,
    destination: Path,
    entry: RegistryEntry,
    mapping: CollectionMapping,
    *,
    planes: Planes,
    commit: str | None,
    now: str,
    previous: dict[str, ResultState],
    previous_folder: Path | None,
) -> tuple[Analysis, tuple[ResultState, ...]]:
    """Read every curve of a collection into ``destination/results/<id>/``.

    Args:
        tree: the repository.
        destination: folder of the new version.
        entry: its registry entry.
        mapping: its mapping with all rules.
        planes: the planes of the catalogue and of the package.
        commit: commit of the tree.
        now: time of the harvest.
        previous: states of the version shown so far, by result id.
        previous_folder: folder of that version.

    Returns:
        The record that stands for the collection, and one state for each curve, good or not. A pattern that
        no file matches is a failed state of its own.

    Raises:
        DocumentError: the metadata file cannot be read, with line and column.
    """
    metadata = _metadata(tree, mapping)
    states: list[ResultState] = []
    taken: set[str] = set()
    for path, rule in _curves(tree, mapping):
        state = _freeze_curve(tree, path, rule, mapping, metadata, destination, planes)
        if state.id in taken:
            state = ResultState(path, "failed", reason=f'the id "{state.id}" belongs to two curves')
        elif state.id is not None and state.state == "ok":
            taken.add(state.id)
            state = dated(state, previous.get(state.id), now, commit)
        states.append(state)
    states += _unmatched(tree, mapping)
    if previous_folder is not None:
        states = keep_good(states, destination, previous, previous_folder, taken)
    write_atomic(destination / ANALYSIS_FILE, dump_yaml(_stand_in(entry, mapping, states)))
    return load_analysis(destination / ANALYSIS_FILE, name="entry"), tuple(states)


def _metadata(tree: Path, mapping: CollectionMapping) -> tomlmeta.Metadata | None:
    if mapping.metadata is None:
        return None
    path = inside(tree, mapping.metadata)
    if path is None or not path.is_file():
        raise SourceError("the metadata file of the collection is missing", where=mapping.metadata)
    try:
        return read_metadata(path, repair=mapping.repair)
    except DocumentError as error:
        where = str(error.where).replace(f"{tree}/", "")
        mend = error.mend and error.mend.replace(
            "call again with --repair", "set `repair: true` in the mapping"
        )
        raise DocumentError(error.what, where=where, why=error.why, mend=mend) from None


def _curves(tree: Path, mapping: CollectionMapping) -> Iterator[tuple[str, MappingRule]]:
    """Yield the files that some rule with a plane matches, with what all matching rules say together."""
    found = 0
    for path in _files(tree):
        rules = [rule for rule in mapping.rules if _matches(rule.pattern, path)]
        if not rules:
            continue
        rule = _merged(rules)
        if rule.exclude_files:
            continue
        found += 1
        if found > MAX_RESULTS:
            raise SourceError(f"the rules match more than {MAX_RESULTS:,} files")
        yield path, rule


def _files(tree: Path) -> list[str]:
    """Return the regular files below ``tree``; links and hidden folders are left out."""
    found: list[str] = []
    for folder, names, files in os.walk(tree):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                found.append(path.relative_to(tree).as_posix())
        if len(found) > MAX_FILES:
            raise SourceError(f"the repository holds more than {MAX_FILES:,} files")
    return found


def _matches(pattern: str, path: str) -> bool:
    """Tell whether a glob matches a file; one without a slash is matched with the name alone."""
    shown = path if "/" in pattern else PurePosixPath(path).name
    return _glob(pattern).fullmatch(shown) is not None


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    """Return a glob as an expression: ``*`` and ``?`` stay within a folder, ``**/`` is any folders."""
    words = {"**/": "(?:[^/]+/)*+", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", re.sub(r"\*{3,}", "**", pattern))
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts if part), re.DOTALL)


def _merged(rules: Sequence[MappingRule]) -> MappingRule:
    """Return one rule: for each property the first that states it; mappings are joined key by key."""
    values: dict[str, Any] = {}
    for item in fields(MappingRule):
        stated = [getattr(rule, item.name) for rule in rules]
        if item.name in {"columns", "scale", "set"}:
            values[item.name] = {key: value for rule in reversed(stated) for key, value in rule.items()}
        else:
            blank = () if item.name in {"units", "cite"} else None
            values[item.name] = next((value for value in stated if value not in (None, ())), blank)
    return MappingRule(**values)


def _unmatched(tree: Path, mapping: CollectionMapping) -> Iterator[ResultState]:
    """Yield a failed state for each rule that matches nothing: a typing error, or a file that is gone."""
    files = _files(tree)
    for rule in mapping.rules:
        if not any(_matches(rule.pattern, path) for path in files):
            yield ResultState(
                rule.pattern,
                "failed",
                title=rule.title,
                reason="no file of the collection matches this pattern",
                mend="correct the pattern in the entry, or take the rule out",
            )


def _freeze_curve(
    tree: Path,
    path: str,
    rule: MappingRule,
    mapping: CollectionMapping,
    metadata: tomlmeta.Metadata | None,
    destination: Path,
    planes: Planes,
) -> ResultState:
    scratch = destination / ".result"
    shutil.rmtree(scratch, ignore_errors=True)
    experiment = _named(rule.experiment, path) or UNKNOWN
    state = ResultState(
        path,
        "failed",
        plane=rule.plane,
        experiment=experiment[:200],
        collaboration=_named(rule.collaboration, path),
    )
    try:
        if rule.plane is None:
            raise DocumentError("no rule of the mapping says the plane of this file", where=path)
        found = import_file(tree / path, _options(rule, mapping), metadata=metadata, planes=planes)
        record = found.derived.record
        if record["licence"] == NO_LICENCE:  # neither rule nor file states one
            record["licence"] = mapping.licence
        state = replace(
            state,
            id=record["id"],
            title=record["title"],
            kind=record["kind"],
            status=record["status"],
            version=record["version"],
            status_reason=record.get("status_reason"),
            former_ids=tuple(record.get("former_ids", ())),
        )
        write(found.derived, scratch)
        verify_frozen(scratch, path, planes)
        target = destination / RESULTS_DIR / record["id"]
        if target.exists():
            return state
        digest = record_digest(scratch / RESULT_FILE, scratch / found.derived.table)
        target.parent.mkdir(exist_ok=True)
        scratch.rename(target)
        return replace(state, state="ok", digest=digest)
    except FairportError as error:
        reason, mend = error_words(error)
        return replace(state, reason=reason.replace(f"{tree}/", ""), mend=mend and _in_rules(mend))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _in_rules(mend: str) -> str:
    """Return advice for a command as advice for the rules of an entry."""
    return _OPTION.sub(lambda match: f"`{_RULE.get(match[1], match[1]).replace('-', '_')}` in the rule", mend)


def _options(rule: MappingRule, mapping: CollectionMapping) -> ImportOptions:
    """Return what rule and mapping state as options of an import."""
    stated = {name: value for name in _OPTIONS if (value := getattr(rule, name)) is not None}
    source = None if mapping.importer == AUTO else mapping.importer.replace("csv-toml", tomlmeta.FORMAT)
    return ImportOptions(
        plane=rule.plane or "",
        units=dict(zip(("x", "y"), rule.units, strict=False)),
        columns={name: str(value) for name, value in rule.columns.items()},
        cite=rule.cite,
        id=rule.id,
        fields={"status": "published", **rule.set},
        source=text_format.FORMAT if source == tomlmeta.FORMAT else source,
        scale=rule.scale,
        **stated,
    )


def _named(template: str | None, path: str) -> str | None:
    """Fill ``{1}``, ``{2}``, ... with the parts of the file's name between underscores."""
    if template is None:
        return None
    parts = PurePosixPath(path).name.split(".")[0].split("_")

    def part(match: re.Match[str]) -> str:
        number = int(match[1])
        return parts[number - 1] if 0 < number <= len(parts) else ""

    return plain(_PART.sub(part, template)).strip() or None


def _stand_in(
    entry: RegistryEntry, mapping: CollectionMapping, states: Sequence[ResultState]
) -> dict[str, Any]:
    """Return the record that stands for a collection on its page and in exports."""
    title = entry.title or entry.id
    address = web_address(entry.repository.url)
    experiments = sorted({state.experiment for state in states if state.experiment} - {UNKNOWN})
    count = sum(state.state in {"ok", "kept"} for state in states)
    about = (
        f"A collection of {count} published curves of {len(experiments) or 'several'} experiments, "
        "each with its own source, citation and licence."
    )
    description = f"{entry.description}\n\n{about}" if entry.description else about
    searches = {_SEARCHES.get((state.plane or "").split(".")[0], "other") for state in states if state.plane}
    record: dict[str, Any] = {
        "schema_version": CONTRACT_VERSION,
        "id": entry.id,
        "title": title,
        "description": description[:5000],
        "version": "1",
        "status": "published",
        "maturity": "draft",
        "licences": {"code": mapping.licence, "data": mapping.licence},
        "authors": [{"organisation": entry.contact or title}],
        "experiment": {"name": title},
        "search": searches.pop() if len(searches) == 1 else "other",
        "workflow": {"type": "serial", "file": "none"},
        "data": "none",
        "results": "results/*/result.yaml",
        "access": {"level": "open access"},
    }
    if address is not None:
        record["repository"] = {"url": address}
    return record


__all__ = ["freeze_collection", "mapping_digest", "pinned", "rules_of"]
