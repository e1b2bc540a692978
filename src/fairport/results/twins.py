"""The same figure recorded twice: by its file, by what it cites, or by its curve."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from fairport.contract.constants import RESULT_FILE
from fairport.contract.errors import FairportError
from fairport.physics.curves import FunctionCurve, Polyline
from fairport.physics.polygons import Region
from fairport.physics.sameness import Lines, Sameness, likely, nearest, sameness, silhouette
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.resolve import results_below
from fairport.results.store import load_result

MAX_KNOWN: Final = 2000
_VERSION: Final = re.compile(r"v\d+\Z")


@dataclass(frozen=True, slots=True)
class Twin:
    """A result that holds the same figure as another.

    Attributes:
        other: the one that was known before.
        how: how near their curves run; ``None`` where they were not compared.
        file: whether both were imported from the same file.
        cited: identifier that both cite, ``False`` where they cite different ones, ``None`` where one cites
            nothing.
    """

    other: LoadedResult
    how: Sameness | None
    file: bool
    cited: str | Literal[False] | None

    @property
    def words(self) -> str:
        """What is the same, in one sentence without its end."""
        if self.file:
            return f"the same file as {self.other.id}"
        near = f"the same curve as {self.other.id}"
        if self.how is not None and self.how.part:
            near = f"a stretch of the curve of {self.other.id}, or the other way round"
        return f"{near}, {self._distance}{self._source}"

    @property
    def nearness(self) -> str:
        """How near the two are, without their names."""
        if self.file:
            return f"imported from the same file{self._source}"
        stretch = "one is a stretch of the other, " if self.how is not None and self.how.part else ""
        return f"{stretch}{self._distance}{self._source}"

    @property
    def _distance(self) -> str:
        percent = self.how.percent if self.how is not None else 0.0
        return "number by number" if percent < 1e-6 else f"within {percent:.2g} %"

    @property
    def _source(self) -> str:
        if self.cited is False:
            return "; they cite different sources"
        return f"; both cite {self.cited}" if self.cited else ""


def twins(result: LoadedResult, known: Iterable[LoadedResult]) -> list[Twin]:
    """Return those results that hold the same figure as ``result``, nearest first.

    Results of other planes, of other channels, and those that one was derived from are left out; so are
    observed limits beside expected ones, unless the files are the same.
    """
    found = []
    lines, outline = lines_of(result), _silhouette(result)
    for other in known:
        if other is result or other.plane.id != result.plane.id or _related(result, other):
            continue
        same_file = bool(_file(result)) and _file(result) == _file(other)
        how = None
        if lines and _role(result) == _role(other) and likely([outline, _silhouette(other)]):
            scales = {"x_scale": result.plane.axes[0].scale, "y_scale": result.plane.axes[-1].scale}
            how = sameness(lines, lines_of(other), **scales)
        if (how is not None and (how.same or how.part)) or (same_file and (how is None or how.same)):
            found.append(Twin(other, how, same_file, _shared(result, other)))
    return sorted(found, key=lambda twin: (not twin.file, twin.how.deviation if twin.how else 0.0))


def pairs(results: Sequence[LoadedResult]) -> list[tuple[LoadedResult, Twin]]:
    """Return every pair of results that hold the same figure, the later one first.

    Only curves that run near each other over most of their range are compared closely, so that thousands take
    seconds.
    """
    candidates: set[tuple[int, int]] = set()
    for members in _grouped(results, lambda result: result.plane.id).values():
        outlines = [_silhouette(results[i]) for i in members]
        candidates |= {(members[one], members[other]) for one, other in likely(outlines)}
    for members in _grouped(results, _file).values():
        candidates |= {(one, other) for one in members for other in members if other < one}
    earlier: dict[int, list[int]] = {}
    for one, other in sorted(candidates):
        earlier.setdefault(one, []).append(other)
    found = []
    for one, others in sorted(earlier.items()):
        found += [(results[one], twin) for twin in twins(results[one], [results[i] for i in others])]
    return found


def nearest_pairs(results: Sequence[LoadedResult], count: int) -> list[tuple[LoadedResult, Twin]]:
    """Return those pairs that :func:`pairs` finds first in one plane, at little cost.

    Args:
        results: results of one plane.
        count: how many pairs of curves that run on each other are compared closely; all of those that were
            imported from one file are.
    """
    candidates = dict.fromkeys(nearest([_silhouette(result) for result in results], count))
    for members in _grouped(results, _file).values():
        candidates |= dict.fromkeys((b, a) for a, b in itertools.pairwise(members))
    found = ((results[one], twins(results[one], [results[other]])) for one, other in sorted(candidates))
    return [(result, twin) for result, same in found for twin in same]


def _grouped(
    results: Sequence[LoadedResult], key: Callable[[LoadedResult], str | None]
) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, result in enumerate(results):
        name = key(result)
        if name is not None:
            found.setdefault(name, []).append(index)
    return found


def _silhouette(result: LoadedResult) -> dict[int, float]:
    axes = result.plane.axes
    lines = lines_of(result)
    if len(axes) != 2 or not lines:
        return {}
    spans = [max(axis.range[1] - axis.range[0], 1e-300) for axis in axes]
    return silhouette(lines, x_scale=axes[0].scale, y_scale=axes[1].scale, spans=(spans[0], spans[1]))


def known_below(folder: Path, *, planes: Planes | None = None) -> list[LoadedResult]:
    """Load the results of a repository or catalogue, those that cannot be read left out."""
    return _loaded(results_below(folder), planes)


def known_beside(output: Path, count: int, *, planes: Planes | None = None) -> list[LoadedResult]:
    """Load the results that stand where an import writes, its own place left out.

    Args:
        output: folder of the import.
        count: number of files: one goes into ``output`` itself, several below it.
        planes: where planes are looked up.
    """
    folder = output.resolve().parent if count == 1 else output.resolve()
    records = [path for path in sorted(folder.glob(f"*/{RESULT_FILE}")) if path.is_file()]
    return _loaded(
        [path for path in records if count > 1 or path.parent != output.resolve()][:MAX_KNOWN], planes
    )


def _loaded(records: Iterable[Path], planes: Planes | None) -> list[LoadedResult]:
    found = []
    for path in records:
        try:
            loaded = load_result(path, planes=planes)
            _ = loaded.curve
        except FairportError:
            continue
        found.append(loaded)
    return found


def lines_of(result: LoadedResult) -> Lines:
    """Return the pieces of the curve of a result in canonical units; none for scalars and likelihoods."""
    curve = result.curve
    if isinstance(curve, (FunctionCurve, Polyline)):
        return curve.segments
    if isinstance(curve, Region):
        return curve.rings
    return ()


def _related(one: LoadedResult, other: LoadedResult) -> bool:
    """Tell whether one was made from the other, or says itself that it contains it."""
    for a, b in ((one, other), (other, one)):
        names = {entry.result.partition("@")[0] for entry in a.record.derived_from}
        names |= {name.partition("@")[0] for name in a.record.data_overlap.results}
        if names & {b.id, b.record.id}:
            return True
    return one.record.model.channel != other.record.model.channel


def _file(result: LoadedResult) -> str | None:
    source = result.record.provenance.source
    return getattr(source, "sha256", None) if source else None


def _role(result: LoadedResult) -> str:
    return result.record.statistics.role if result.record.statistics else ""


def _shared(one: LoadedResult, other: LoadedResult) -> str | Literal[False] | None:
    """Return an identifier that both cite, arXiv versions left aside; see :class:`Twin`."""
    sets: list[dict[str, str]] = []
    for result in (one, other):
        source = result.record.provenance.source
        names = [source.doi, source.arxiv, source.texkey] if source else []
        sets.append({_VERSION.sub("", str(name)).lower(): str(name) for name in names if name})
    shared = sorted(set(sets[0]) & set(sets[1]))
    if shared:
        return sets[0][shared[0]]
    return False if sets[0] and sets[1] else None
