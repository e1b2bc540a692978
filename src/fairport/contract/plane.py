"""A parameter plane."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fairport.contract.structure import structure


@dataclass(frozen=True, slots=True)
class Labels:
    """The label of an axis in three notations."""

    plain: str
    unicode: str
    latex: str


@dataclass(frozen=True, slots=True)
class PlaneAxis:
    """An axis of a plane; ranges and bounds are in the canonical unit."""

    name: str
    quantity: str
    labels: Labels
    unit: str
    allowed_units: tuple[str, ...]
    scale: str
    range: tuple[float, ...]
    unit_label: str | None = None
    bounds: tuple[float | None, ...] | None = None
    plausible: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Requirements:
    """Dotted keys that a result must state (or say not-stated)."""

    model: tuple[str, ...] = ()
    astro: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A member of a family of planes."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class PublishedCurve:
    """A published table that is fetched on demand and checked by its digest; columns count from 1."""

    name: str
    title: str
    url: str
    sha256: str
    columns: dict[str, int] = field(hash=False)
    cite: tuple[str, ...]
    licence: str
    shades: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceCurve:
    """A reference curve of the plane: a record of the catalogue, a line that is computed (with settings), or
    a published table.
    """

    result: str | None = None
    line: str | None = None
    settings: dict[str, str] = field(default_factory=dict, hash=False)
    published: PublishedCurve | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Translation:
    """A plane into which results may be translated."""

    to: str
    method: str


@dataclass(frozen=True, slots=True)
class Plane:
    """A plane or, with ``channels``, a family of planes."""

    schema_version: str
    id: str
    title: str
    description: str
    axes: tuple[PlaneAxis, ...]
    orientation: str
    requires: Requirements
    agree: tuple[str, ...]
    channels: tuple[Channel, ...] = ()
    search: str | None = None
    reference: tuple[ReferenceCurve, ...] = ()
    translations: tuple[Translation, ...] = ()

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Plane:
        """Build from data that met the schema."""
        return structure(cls, data)
