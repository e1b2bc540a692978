"""A catalogue in Python: ``fairport.load("catalogue")`` gives a :class:`Catalogue` of results.

cat = fairport.load("https://example.org/catalogue")
cat                      # what there is, plane by plane
cat["lz-2024/si"]        # one Result
cat.plane("dd.si").at("40 GeV")   # a QTable, one row a result
cat.plane("dd.si").plot()
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from fairport.contract.errors import UsageError
from fairport.physics.curves import FunctionCurve
from fairport.results.loaded import LoadedResult
from fairport.results.result import Result

if TYPE_CHECKING:
    import os


@dataclass(frozen=True, slots=True)
class Entry:
    """What a catalogue says of a result before it is loaded.

    Attributes:
        id: ``<analysis>/<result>``.
        title: its title.
        plane: its plane.
        kind: its kind.
        about: further plain fields of the index (role, cl, licence, ...).
        get: loads it.
    """

    id: str
    title: str
    plane: str
    kind: str
    about: Mapping[str, Any]
    get: Callable[[], LoadedResult]


@dataclass(eq=False, repr=False)
class Catalogue:
    """Results that are loaded when they are asked for.

    Attributes:
        place: where it was loaded from.
        title: its title.
        entries: what it holds, by identifier.
    """

    place: str
    title: str
    entries: Mapping[str, Entry]
    _loaded: dict[str, Result] = field(default_factory=dict)

    def __repr__(self) -> str:
        counts = [f"{plane}: {len(self.plane(plane))}" for plane in self.planes]
        return f"<fairport.Catalogue {self.title}: {len(self)} results ({', '.join(counts)})>"

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Result]:
        return (self[name] for name in self.entries)

    def __contains__(self, name: object) -> bool:
        return name in self.entries

    def __getitem__(self, name: str) -> Result:
        """Return a result by ``<analysis>/<result>``, or by the last part where that is enough.

        Raises:
            UsageError: there is none, or several.
        """
        found = [name] if name in self.entries else [i for i in self.entries if i.partition("/")[2] == name]
        if len(found) != 1:
            near = ", ".join(found or list(self.entries)[:8])
            raise UsageError(f'{self.place} has no one result "{name[:80]}"', mend=f"there are {near}")
        if found[0] not in self._loaded:
            self._loaded[found[0]] = Result(self.entries[found[0]].get())
        return self._loaded[found[0]]

    @property
    def ids(self) -> tuple[str, ...]:
        """Identifiers of all results."""
        return tuple(self.entries)

    @property
    def planes(self) -> tuple[str, ...]:
        """Planes with at least one result."""
        return tuple(sorted({entry.plane for entry in self.entries.values()}))

    def plane(self, plane: str) -> Catalogue:
        """Return the results of one plane as a catalogue of their own."""
        return self.select(lambda entry: entry.plane == plane)

    def select(self, wanted: Callable[[Entry], bool]) -> Catalogue:
        """Return the results whose entries are wanted, as a catalogue of their own."""
        kept = {name: entry for name, entry in self.entries.items() if wanted(entry)}
        return Catalogue(self.place, self.title, kept, self._loaded)

    def table(self) -> Any:
        """Return what there is as an ``astropy.table.QTable``, one row a result."""
        from astropy.table import QTable

        rows = list(self.entries.values())
        return QTable(
            {
                "id": [entry.id for entry in rows],
                "title": [entry.title for entry in rows],
                "plane": [entry.plane for entry in rows],
                "kind": [entry.kind for entry in rows],
                "role": [str(entry.about.get("role") or "") for entry in rows],
                "cl": [_level(entry.about.get("cl")) for entry in rows],
                "licence": [str(entry.about.get("licence") or "") for entry in rows],
            }
        )

    def at(self, x: Any) -> Any:
        """Read every function of one plane at one x.

        Args:
            x: ``"40 GeV"`` or a Quantity.

        Returns:
            A ``QTable`` with a row a result (``id``, ``value`` with unit, ``role``, ``cl``), lowest value
            first; results that say nothing there have NaN. For a comparison there is ``fairport compare``.

        Raises:
            UsageError: the results lie in several planes, or none of them is a function.
        """
        from astropy import units
        from astropy.table import QTable

        results = [
            result for result in self._of_one_plane() if isinstance(result.loaded.curve, FunctionCurve)
        ]
        if not results:
            raise UsageError("none of these results is a function", mend="look at .table()")
        values = units.Quantity([_at(result, x) for result in results])
        if values.ndim > 1:
            raise UsageError("a catalogue is read at one x", mend='.at("40 GeV")')
        order = np.argsort(np.where(np.isnan(values.value), np.inf, values.value), kind="stable")
        rows = [results[i] for i in order]
        return QTable(
            {
                "id": [result.id for result in rows],
                "value": values[order],
                "role": [
                    result.loaded.record.statistics.role if result.loaded.record.statistics else ""
                    for result in rows
                ],
                "cl": [_level(result.cl) for result in rows],
            }
        )

    def plot(self, *, title: str | None = None, save: str | os.PathLike[str] | None = None) -> Any:
        """Draw all results of one plane; see :meth:`fairport.Result.plot`."""
        first, *others = self._of_one_plane()
        return first.plot(*others, title=title, save=save)

    def bibtex(self) -> str:
        """Return BibTeX of what is to be cited for all results."""
        from fairport.results.bibtex import bibliography

        return bibliography([result.loaded for result in self], records=True)

    def _of_one_plane(self) -> list[Result]:
        if len(self.planes) != 1:
            raise UsageError(
                f"these results lie in {len(self.planes)} planes",
                mend=f'choose one: .plane("{self.planes[0] if self.planes else "dd.si"}")',
            )
        return list(self)


def _at(result: Result, x: Any) -> Any:
    from fairport.physics.arrays import OutsideRange

    try:
        return result.at(x)
    except OutsideRange:
        from fairport.results.quantities import quantity

        axis = result.loaded.y_axis
        return quantity(np.nan, axis.unit if axis is not None else "")


def _level(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else np.nan
