"""Registry entries and the configuration of a catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fairport.contract.structure import structure


@dataclass(frozen=True, slots=True)
class EntryRepository:
    """Where the source of an entry is: a URL or a local path."""

    url: str | None = None
    path: str | None = None
    subdirectory: str | None = None


@dataclass(frozen=True, slots=True)
class Publish:
    """What is harvested."""

    mode: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class MappingRule:
    """Plane and units of the files of a collection that match a glob."""

    pattern: str
    plane: str
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CollectionMapping:
    """How a collection is read."""

    importer: str
    licence: str
    rules: tuple[MappingRule, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """One source of results of a catalogue."""

    schema_version: str
    id: str
    type: str
    repository: EntryRepository
    status: str
    title: str | None = None
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

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> CatalogueConfiguration:
        """Build from data that met the schema."""
        return structure(cls, data)
