"""What lists say about a result: a few facts kept between builds, so that no record is read twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from fairport.physics.curves import FunctionCurve
from fairport.results.loaded import LoadedResult
from fairport.results.style import styles_of, year_of


@dataclass(frozen=True, slots=True)
class Card:
    """The facts of one result.

    Attributes:
        result: identifier within its analysis.
        kind: key of :data:`fairport.catalog.model.KINDS`.
        form: kind of the record (``limit``, ``region``, ...).
        role: of its statistics, ``None`` when the record has none.
        cl: confidence level as the record gives it: a number, a word, or ``None``.
        level: confidence level as a number, where it is one.
        label: short label, as figures print it.
        low: lowest value of the first axis at which a function says something, canonical unit.
        high: highest such value.
        year: year of the source, where its identifier tells it.
        table: media type of its table, ``None`` without one.
        size: bytes of its table.
        sha256: hexadecimal digest of its table.
    """

    result: str
    title: str
    version: str
    status: str
    kind: str
    form: str
    plane: str
    plane_title: str
    origin: str
    licence: str
    family: str
    label: str
    role: str | None = None
    cl: float | str | None = None
    level: float | None = None
    low: float | None = None
    high: float | None = None
    year: str | None = None
    table: str | None = None
    size: int = 0
    sha256: str = ""
    cite: tuple[str, ...] = ()


def card_of(loaded: LoadedResult, kind: str, family: str) -> Card:
    """Return the card of a result.

    Raises:
        FairportError: its numbers make no curve.
    """
    record = loaded.record
    statistics = record.statistics
    function = isinstance(loaded.curve, FunctionCurve)
    if loaded.curve is not None:
        loaded.bands  # noqa: B018 - a table that makes no curve is a problem of this result alone
    low, high = loaded.valid_range if function else (None, None)
    return Card(
        result=record.id,
        title=record.title,
        version=record.version,
        status=record.status,
        kind=kind,
        form=record.kind,
        plane=loaded.plane.id,
        plane_title=loaded.plane.title,
        origin=record.provenance.origin,
        licence=record.licence,
        family=family,
        label=styles_of([loaded])[0].text,
        role=statistics.role if statistics else None,
        cl=statistics.cl if statistics else None,
        level=statistics.level if statistics else None,
        low=low,
        high=high,
        year=year_of(loaded),
        table=record.data.media_type if record.data else None,
        cite=tuple(record.provenance.cite),
    )


def with_table(card: Card, loaded: LoadedResult, folder: Path) -> Card:
    """Return the card with size and digest of the table, which lies in ``folder``."""
    table = loaded.record.data
    if table is None:
        return card
    return replace(card, size=(folder / table.path).stat().st_size, sha256=table.sha256)
