"""Collections: tables of published curves, read as results; nothing of the repository is executed.

A collection has no ``fairport.yaml``. The rules of its registry entry say for each curve what the source
does not: plane, units, experiment, citation, licence. What nobody states stays ``not-stated``.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from fairport.catalog.addresses import web_address
from fairport.catalog.harvest.comments import state_source
from fairport.catalog.harvest.freeze import dated, keep_good, record_digest, verify_frozen
from fairport.catalog.harvest.git import SourceError, error_words
from fairport.catalog.harvest.mapping import CurveFile, curves_of, each_column, named
from fairport.catalog.harvest.shares import freeze_share
from fairport.catalog.state import ResultState
from fairport.catalog.workers import Crew
from fairport.contract.constants import (
    ANALYSIS_FILE,
    CONTRACT_VERSION,
    MAX_TABLE_BYTES,
    RESULT_FILE,
    RESULTS_DIR,
)
from fairport.contract.documents import Analysis, RegistryEntry, load_analysis
from fairport.contract.errors import DocumentError, FairportError
from fairport.contract.files import inside, read_bytes, write_atomic
from fairport.contract.registry import CollectionMapping, MappingRule
from fairport.contract.saving import dump_yaml
from fairport.interop.formats import text as text_format
from fairport.interop.formats import tomlmeta
from fairport.results.deriving import texts
from fairport.results.importing.imports import NO_LICENCE, import_file, read_metadata
from fairport.results.importing.options import ImportOptions
from fairport.results.importing.reading import read
from fairport.results.planes import Planes
from fairport.results.style import UNSTATED

AUTO: Final = "auto"
UNKNOWN: Final = UNSTATED
_OPTION: Final = re.compile(r"--([a-z][a-z-]+)")
_COLUMNS: Final = re.compile(r"--column \S+=\S+(?: --column \S+=\S+)*")
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


@dataclass(frozen=True, slots=True)
class Curves:
    """Curves of a collection that wait to be frozen (:class:`fairport.catalog.harvest.shares.Share`).

    Attributes:
        tree: the repository.
        curves: where they stand in it.
        destination: folder that gets ``results/<id>/``.
        mapping: the mapping of the collection with all rules.
        metadata: its metadata file.
        planes: where planes are looked up.
    """

    tree: Path
    curves: Sequence[CurveFile]
    destination: Path
    mapping: CollectionMapping
    metadata: tomlmeta.Metadata | None
    planes: Planes

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.curves)

    def part(self, start: int, stop: int, destination: Path) -> Curves:
        """Return some of them, by their places in the order, for another folder."""
        return replace(self, curves=self.curves[start:stop], destination=destination)

    def freeze(self) -> list[ResultState]:
        """Freeze them and return a state for each, in their order."""
        return [
            _freeze_curve(self.tree, curve, self.mapping, self.metadata, self.destination, self.planes)
            for curve in self.curves
        ]


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
    helpers: Crew[Any, Any] | None = None,
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
        helpers: processes that help where there are many.

    Returns:
        The record that stands for the collection, and one state for each curve, good or not. A pattern that
        no file matches is a failed state of its own.

    Raises:
        DocumentError: the metadata file cannot be read, with line and column.
    """
    metadata = _metadata(tree, mapping)
    states: list[ResultState] = []
    taken: set[str] = set()
    before = _by_path(previous)
    files, idle = curves_of(tree, mapping)
    curves = [one for file in files for one in _columns(tree, file, mapping, planes)]
    found = freeze_share(Curves(tree, curves, destination, mapping, metadata, planes), helpers)
    for curve, state in zip(curves, found, strict=True):
        if state.id in taken:
            state = ResultState(curve.place, "failed", reason=f'the id "{state.id}" belongs to two curves')
        elif state.id is not None and state.state == "ok":
            taken.add(state.id)
            state = _renamed(state, before.get(curve.place), entry.id)
            state = dated(state, previous.get(state.id or "") or before.get(curve.place), now, commit)
        states.append(state)
    states += map(_idle, idle)
    states = [_unclaimed(state, entry.id, taken) for state in states]
    if previous_folder is not None:
        states = keep_good(states, destination, previous, previous_folder, taken, planes)
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


def _by_path(previous: Mapping[str, ResultState]) -> dict[str, ResultState]:
    return {state.path: state for state in previous.values()}


def _renamed(state: ResultState, before: ResultState | None, entry: str) -> ResultState:
    """Return a state with the identifiers that its file had before, which redirect to it."""
    if before is None or before.id is None:
        return state
    former = (
        *state.former_ids,
        *before.former_ids,
        *([] if before.id == state.id else [f"{entry}/{before.id}"]),
    )
    return replace(state, former_ids=tuple(dict.fromkeys(former)))


def _unclaimed(state: ResultState, entry: str, taken: set[str]) -> ResultState:
    """Take back former identifiers that belong to another curve now."""
    former = tuple(name for name in state.former_ids if name not in {f"{entry}/{item}" for item in taken})
    return replace(state, former_ids=former) if former != state.former_ids else state


def _idle(rule: MappingRule) -> ResultState:
    """Return the failed state of a rule that matches nothing: a typing error, or a file that is gone."""
    return ResultState(
        rule.pattern,
        "failed",
        title=rule.title,
        reason="no file of the collection matches this pattern",
        mend="correct the pattern in the entry, or take the rule out",
    )


def _freeze_curve(
    tree: Path,
    curve: CurveFile,
    mapping: CollectionMapping,
    metadata: tomlmeta.Metadata | None,
    destination: Path,
    planes: Planes,
) -> ResultState:
    scratch = destination / ".result"
    shutil.rmtree(scratch, ignore_errors=True)
    path, rule = curve.path, curve.rule
    experiment = named(rule.experiment, path, curve.column) or UNKNOWN
    state = ResultState(
        curve.place,
        "failed",
        plane=rule.plane,
        experiment=experiment[:200],
        collaboration=named(rule.collaboration, path, curve.column),
    )
    try:
        if rule.plane is None:
            raise DocumentError("no rule of the mapping says the plane of this file", where=path)
        found = import_file(tree / path, _options(curve, mapping), metadata=metadata, planes=planes)
        record = found.derived.record
        state_source(record, tree / path)
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
        scratch.mkdir(parents=True)
        for name, text in texts(
            found.derived
        ).items():  # nothing waits for the disk: the version counts whole
            (scratch / name).write_text(text, "utf-8", newline="")
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
    mend = _COLUMNS.sub(lambda match: f"`columns: {{{_pairs(match[0])}}}` in the rule", mend)
    return _OPTION.sub(lambda match: f"`{_RULE.get(match[1], match[1]).replace('-', '_')}` in the rule", mend)


def _columns(tree: Path, curve: CurveFile, mapping: CollectionMapping, planes: Planes) -> list[CurveFile]:
    """Return the curves of a file of which each column is one; a file that cannot be read stays as it is."""
    if not curve.rule.each or curve.rule.plane is None:
        return [curve]
    path = tree / curve.path
    try:
        table = read(path, read_bytes(path, limit=MAX_TABLE_BYTES), _options(curve, mapping))
        return each_column(curve, planes.get(curve.rule.plane), [column.name for column in table.columns])
    except FairportError:
        return [curve]


def _pairs(options: str) -> str:
    return ", ".join(word.replace("=", ": ") for word in options.split() if "=" in word)


def _options(curve: CurveFile, mapping: CollectionMapping) -> ImportOptions:
    """Return what rule and mapping state as options of an import."""
    rule = curve.rule
    stated = {name: value for name in _OPTIONS if (value := getattr(rule, name)) is not None}
    source = None if mapping.importer == AUTO else mapping.importer.replace("csv-toml", tomlmeta.FORMAT)
    return ImportOptions(
        plane=rule.plane or "",
        units=dict(zip(("x", "y"), rule.units, strict=False)),
        columns={name: str(value) for name, value in rule.columns.items()},
        cite=rule.cite,
        id=curve.id,
        fields={"status": "published", **rule.set},
        source=text_format.FORMAT if source == tomlmeta.FORMAT else source,
        scale=rule.scale,
        **stated,
    )


def _stand_in(
    entry: RegistryEntry, mapping: CollectionMapping, states: Sequence[ResultState]
) -> dict[str, Any]:
    """Return the record that stands for a collection on its page and in exports."""
    title = entry.title or entry.id
    address = web_address(entry.repository.url)
    shown = [state for state in states if state.state in {"ok", "kept"}]
    experiments = {state.experiment for state in shown if state.experiment} - {UNKNOWN}
    curves = "1 published curve" if len(shown) == 1 else f"{len(shown)} published curves"
    makers = "1 experiment" if len(experiments) == 1 else f"{len(experiments) or 'several'} experiments"
    about = f"A collection of {curves} of {makers}, each with its own source, citation and licence."
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


__all__ = ["AUTO", "UNKNOWN", "freeze_collection"]
