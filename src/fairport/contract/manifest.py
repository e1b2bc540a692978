"""The data manifest and its lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fairport.contract.structure import structure, unstructure


@dataclass(frozen=True, slots=True)
class Lake:
    """A Rucio data lake; never holds secrets."""

    rucio_host: str
    auth_host: str
    name: str | None = None
    vo: str | None = None
    auth_type: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where bytes can be had without Rucio."""

    url: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """Data that the analysis needs or makes."""

    id: str
    role: str
    licence: str
    access: str
    did: str | None = None
    sources: tuple[Source, ...] = ()
    type: str = "file"
    title: str | None = None
    description: str | None = None
    media_type: str | None = None
    destination: str | None = None
    filter: str | None = None
    max_bytes: int | None = None
    citation: str | None = None
    retention: str | None = None


@dataclass(frozen=True, slots=True)
class InjectionSource:
    """Where new files appear."""

    directory: str | None = None
    listing: str | None = None


@dataclass(frozen=True, slots=True)
class Injection:
    """Periodic injection of new files into the lake."""

    id: str
    source: InjectionSource
    did: str
    rse: str
    glob: str | None = None
    schedule: str | None = None
    lifetime_days: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """``data/manifest.yaml``."""

    schema_version: str
    datasets: tuple[Dataset, ...]
    lake: Lake | None = None
    injection: tuple[Injection, ...] = ()

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Manifest:
        """Build from data that met the schema."""
        return structure(cls, data)


@dataclass(frozen=True, slots=True)
class LockedFile:
    """One file with what proves its bytes (sizes in bytes)."""

    path: str
    bytes: int
    did: str | None = None
    url: str | None = None
    adler32: str | None = None
    md5: str | None = None
    sha256: str | None = None
    guid: str | None = None


@dataclass(frozen=True, slots=True)
class LockedDataset:
    """One data set as it was resolved."""

    id: str
    length: int
    bytes: int
    digest: str
    files: tuple[LockedFile, ...]
    did: str | None = None
    type: str | None = None
    open: bool | None = None


@dataclass(frozen=True, slots=True)
class LockedLake:
    """The lake that answered."""

    name: str | None = None
    rucio_host: str | None = None
    vo: str | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """``data/manifest.lock.json``."""

    schema_version: str
    manifest_digest: str
    resolved_at: str
    datasets: tuple[LockedDataset, ...]
    lake: LockedLake | None = None
    server_version: str | None = None

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Lock:
        """Build from data that met the schema."""
        return structure(cls, data)

    def to_data(self) -> dict[str, Any]:
        """Return plain data for canonical JSON."""
        data: dict[str, Any] = unstructure(self)
        return data
