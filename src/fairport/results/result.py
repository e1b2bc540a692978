"""One result in Python: :class:`Result`, with its numbers as astropy quantities."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fairport.contract.errors import UsageError
from fairport.physics.curves import FunctionCurve, Polyline, Scalar
from fairport.physics.polygons import Region
from fairport.results.loaded import LoadedResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fairport.contract.documents import Plane


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """One result: a limit, region, likelihood profile or reference line with all it states.

    Attributes:
        loaded: the result as the rest of Fairport knows it.
    """

    loaded: LoadedResult

    def __repr__(self) -> str:
        record = self.loaded.record
        return f"<fairport.Result {self.id}: {record.title} ({record.kind} in {record.plane})>"

    @property
    def id(self) -> str:
        """Global identifier ``<analysis>/<result>``."""
        return self.loaded.id

    @property
    def title(self) -> str:
        """Title."""
        return self.loaded.record.title

    @property
    def plane(self) -> Plane:
        """The plane in which it lives."""
        return self.loaded.plane

    @property
    def record(self) -> Mapping[str, Any]:
        """The record as plain data."""
        return self.loaded.data

    @property
    def cl(self) -> float | None:
        """Confidence level in (0, 1), ``None`` where it is not stated."""
        statistics = self.loaded.record.statistics
        return statistics.level if statistics else None

    @cached_property
    def range(self) -> Any:
        """Lowest and highest x at which it holds, a Quantity of shape (2,)."""
        from fairport.results.quantities import quantity

        return quantity(self.loaded.valid_range, self.loaded.x_axis.unit)

    @property
    def value(self) -> Any:
        """The number of a result that is a single number, a Quantity in the canonical unit of the plane.

        Raises:
            UsageError: it is more than one number.
        """
        from fairport.results.quantities import quantity

        curve = self.loaded.curve
        values = self.loaded.record.values
        if isinstance(curve, Scalar):
            return quantity(curve.value, self.loaded.x_axis.unit)
        if curve is None and len(values) == 1:
            return quantity(values[0].value, values[0].unit)
        raise UsageError(f'"{self.id}" is not a single number', mend="look at .table(), or ask .at()")

    def at(self, x: Any, *, band: str | None = None) -> Any:
        """Return the value at x.

        Args:
            x: ``"40 GeV"``, a Quantity of any shape, or a list of either; any unit that converts.
            band: a companion (``p50``, ``unconstrained``, ...) instead of the value.

        Returns:
            A Quantity in the canonical unit of the plane and of the shape of ``x``: for a function the
            interpolated value, NaN where it says nothing; for a contour and a single x all crossings of its
            edge in rising order, shape (k,).

        Raises:
            UsageError: no unit, or the result holds nothing that can be read at one x.
            OutsideRange: outside the range, where the record forbids to ask.
        """
        from fairport.results.quantities import in_unit, quantity

        axis, y_axis = self.loaded.x_axis, self.loaded.y_axis
        values = in_unit(x, axis.unit, axis.name)
        curve = self.loaded.curve
        unit = y_axis.unit if y_axis is not None else axis.unit
        if isinstance(curve, (Polyline, Region)) and band is None:
            if values.shape:
                raise UsageError("a contour has several values at one x", mend="ask for one x at a time")
            return quantity(self.loaded.reading(float(values)).crossings, unit)
        if not isinstance(curve, FunctionCurve):
            raise UsageError(f'"{self.id}" is no function of {axis.name}', mend="look at .table()")
        if band is None:
            return quantity(self.loaded.at(values), unit)
        bands = self.loaded.bands
        if band not in bands:
            known = ", ".join(bands) or "none"
            raise UsageError(f'"{self.id}" has no band "{band}"', mend=f"its bands are: {known}")
        low, high = self.loaded.valid_range
        inside = (values >= low) & (values <= high)
        read = bands[band].at(np.clip(values, *bands[band].domain))
        return quantity(np.where(inside, read, np.nan), unit)

    def table(self) -> Any:
        """Return the numbers as an ``astropy.table.QTable`` in the units of the record; the record itself
        stands in ``meta["fairport"]``.
        """
        from fairport.results.quantities import table_of

        return table_of(self.loaded)

    def plot(
        self, *others: Result, title: str | None = None, save: str | os.PathLike[str] | None = None
    ) -> Any:
        """Draw the result, and others of its plane beside it.

        Args:
            others: further results of the same plane.
            title: title of the figure.
            save: file to write, ``.svg``, ``.png`` or ``.pdf``.

        Returns:
            A ``matplotlib.figure.Figure``, which notebooks show.
        """
        from fairport.results.figure import figures

        figure: Any = figures.draw_plane(
            self.loaded.plane, [self.loaded, *(other.loaded for other in others)], title=title
        )
        if save is not None:
            figures.save(figure, Path(save))
        figure._repr_png_ = lambda: _png(figure)  # what notebooks ask for; needs no pyplot and no magic
        return figure

    def bibtex(self) -> str:
        """Return BibTeX of what is to be cited."""
        from fairport.results.bibtex import bibliography

        return bibliography([self.loaded], records=True)

    def words(self) -> str:
        """Return in words what it says, at which level and under which assumptions."""
        from fairport.results.words import describe

        return " ".join(describe(self.loaded))

    def export(self, to: str, folder: str | os.PathLike[str]) -> tuple[str, ...]:
        """Write the result in a foreign format; see :func:`fairport.results.exports.export`.

        Returns:
            What the format cannot hold, in sentences.
        """
        from fairport.results.exports import export

        return export(self.loaded, to, Path(folder)).losses


def _png(figure: Any) -> bytes:
    import io

    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return out.getvalue()
