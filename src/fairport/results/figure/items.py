"""One result as a figure shows it: its pieces, bands, markers and look, free of any drawing library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fairport.physics.arrays import FloatArray
from fairport.results.loaded import LoadedResult
from fairport.results.style import Style

Piece = tuple[FloatArray, FloatArray]
"""Points (x, y) of shape (k,) each, in canonical units."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A single point with optional uncertainties, in canonical units."""

    x: float
    y: float
    minus: float | None = None
    plus: float | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A filled band between two curves over the same x, shape (k,) each; ``level`` is 68 or 95."""

    level: int
    x: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Item:
    """One result in a figure.

    Attributes:
        index: its place among the results that were given.
        style: how it looks.
        pieces: unbroken stretches inside the range of validity.
        faded: stretches outside of it, drawn faintly.
        closed: whether the pieces are rings.
        excluded: side that is excluded.
        bands: filled bands of the expected limit.
        companions: further curves by name (``p50``, ``unconstrained``).
        expectations: published numbers to compare with.
        point: a single measured value.
        marked: whether its assumptions differ from those of the others.
        shades: curves below which the area is tinted, once for each.
        stretches: what is excluded below a ceiling, as (x, limit, ceiling) of shape (k,) each; ``None``
            without a ceiling in the figure.
    """

    index: int
    result: LoadedResult
    style: Style
    pieces: tuple[Piece, ...] = ()
    faded: tuple[Piece, ...] = ()
    closed: bool = False
    excluded: str = "none"
    bands: tuple[Band, ...] = ()
    companions: Mapping[str, tuple[Piece, ...]] = field(default_factory=dict)
    expectations: tuple[Marker, ...] = ()
    point: Marker | None = None
    marked: bool = False
    shades: tuple[Piece, ...] = ()
    stretches: tuple[tuple[FloatArray, FloatArray, FloatArray], ...] | None = None

    @property
    def text(self) -> str:
        """Label as it is printed, with its asterisk."""
        return self.style.text + ("*" if self.marked else "")

    @property
    def texts(self) -> tuple[str, ...]:
        """The label and, for where that is too long, one that leaves the class to the look of the line.

        An example is called one in both.
        """
        kept = " (example)" if self.style.suffix.startswith("example") else ""
        short = f"{self.style.label}{kept}{'*' if self.marked else ''}"
        return (self.text,) if short == self.text else (self.text, short)
