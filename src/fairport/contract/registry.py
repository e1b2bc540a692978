"""Registry entries and the configuration of a catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fairport.contract.structure import structure


@dataclass(frozen=True, slots=True)
class EntryRepository:
    """Where the source of an entry is: a URL or a local path."""

    url: str | None = None
    path: str | None = None
    subdirectory: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Publish:
    """What is harvested."""

    mode: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class MappingRule:
    """What is known of the files of a collection that match a glob; ``None`` and empty state nothing.

    Attributes:
        pattern: glob relative to the repository.
        each: globs of columns of which each is a curve of its own.
        set: dotted fields of the record to values.
    """

    pattern: str
    plane: str | None = None
    units: tuple[str, ...] = ()
    exclude_files: bool | None = None
    experiment: str | None = None
    collaboration: str | None = None
    title: str | None = None
    id: str | None = None
    licence: str | None = None
    cite: tuple[str, ...] = ()
    origin: str | None = None
    kind: str | None = None
    role: str | None = None
    cl: float | None = None
    shape: str | None = None
    excluded: str | None = None
    sentinel: float | None = None
    sort: bool | None = None
    accept_implausible: bool | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    each: tuple[str, ...] = ()
    delimiter: str | None = None
    skip: int | None = None
    scale: dict[str, float] = field(default_factory=dict)
    object: str | None = None
    set: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CollectionMapping:
    """How a collection is read.

    Attributes:
        importer: name of a reader, ``csv+toml``, or ``auto``.
        licence: of the curves where nothing else states one.
        rules: first that states something wins.
        metadata: metadata file of the tables inside the repository.
        repair: whether that file may be read with the repair that is offered.
        file: YAML file with further rules, relative to the folder of the catalogue.
    """

    importer: str
    licence: str
    rules: tuple[MappingRule, ...] = ()
    metadata: str | None = None
    repair: bool = False
    file: str | None = None


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """One source of results of a catalogue."""

    schema_version: str
    id: str
    type: str
    repository: EntryRepository
    status: str
    title: str | None = None
    description: str | None = None
    publish: Publish | None = None
    history: str = "none"
    contact: str | None = None
    mapping: CollectionMapping | None = None
    reason: str | None = None
    former_ids: tuple[str, ...] = ()
    since: str | None = None

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> RegistryEntry:
        """Build from data that met the schema."""
        return structure(cls, data)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes a catalogue."""

    name: str
    ror: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class BundlePolicy:
    """How far a catalogue takes over what bundles report of themselves.

    Attributes:
        check: ``sample`` (a report that fits is taken over) or ``always`` (every bundle is checked here).
        sample: share of the bundles with a report that are checked here all the same, at each harvest.
    """

    check: str = "sample"
    sample: float = 0.05


@dataclass(frozen=True, slots=True)
class CatalogueConfiguration:
    """``catalog.yaml``."""

    schema_version: str
    title: str
    description: str | None = None
    url: str | None = None
    licence: str = "CC-BY-4.0"
    publisher: Publisher | None = None
    contact: str | None = None
    front_plane: str | None = None
    show: tuple[str, ...] = ("collaboration",)
    private: bool = False
    bundles: BundlePolicy = BundlePolicy()

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> CatalogueConfiguration:
        """Build from data that met the schema."""
        return structure(cls, data)
