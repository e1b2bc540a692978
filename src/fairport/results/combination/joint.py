"""Numbers of a joint likelihood: tables on one grid, nuisances profiled once, limits, contributions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from fairport.contract.errors import RefusedError
from fairport.physics import counting
from fairport.physics import likelihood as lk
from fairport.physics.arrays import FloatArray, masked
from fairport.physics.grids import Grid
from fairport.results.combination.nuisances import Group
from fairport.results.loaded import LoadedResult

STATISTICS: Final = ("threshold", "cls", "toys")


@dataclass(frozen=True, slots=True)
class Options:
    """How results are combined.

    Attributes:
        cl: confidence level; ``None`` takes that of the records.
        statistic: ``threshold``, ``cls`` or ``toys``.
        threshold: on -2 ln(L/Lmax); ``None`` takes that of the records, else that of the level.
        nuisances: name to width (log10 for J factors, relative otherwise), ``None`` holds it fixed.
        profile: False holds all nuisances fixed.
        toys: number of pseudo-experiments.
        seed: of their generator.
        id: identifier of the result.
    """

    cl: float | None = None
    statistic: str = "threshold"
    threshold: float | None = None
    nuisances: Mapping[str, float | None] = field(default_factory=dict)
    profile: bool = True
    toys: int = 10_000
    seed: int = 1
    id: str | None = None


@dataclass(frozen=True, eq=False)
class Tables:
    """Likelihoods of all inputs on one grid.

    Attributes:
        masses: shape (M,), canonical unit, union of those of the inputs.
        u: shape (S,), log10 of the parameter in the canonical unit.
        t: shape (K, M, S), -2 ln L, from the minimum of each row; NaN where an input says nothing.
        covered: shape (K, M), whether an input says something at a mass.
    """

    masses: FloatArray
    u: FloatArray
    t: FloatArray
    covered: Any


@dataclass(frozen=True, eq=False)
class Combination:
    """A joint likelihood.

    Attributes:
        tables: the inputs on their common grid.
        groups: which inputs share a nuisance.
        total: shape (M, S), joint -2 ln L.
        limits: shape (M,), canonical unit, NaN where there is none.
        singles: shape (K, M), the limit of each input alone by the threshold rule.
        contributions: shape (K, M), what each input adds to -2 ln(L/Lmax) at the joint limit.
        pulls: shape (G, M), shift of each group's nuisance at the joint limit in standard deviations.
        cl: confidence level.
        threshold: threshold that was used.
        notes: what a person must know.
    """

    tables: Tables
    groups: tuple[Group, ...]
    total: FloatArray
    limits: FloatArray
    singles: FloatArray
    contributions: FloatArray
    pulls: FloatArray
    cl: float
    threshold: float
    notes: tuple[str, ...] = ()


def tabulate(inputs: Sequence[LoadedResult], threshold: float, *, fine: bool) -> Tables:
    """Put the tables of all inputs on one grid of masses and parameter.

    Args:
        inputs: results of kind profile.
        threshold: at which the interpolation between masses is exact.
        fine: whether steps of at most 0.01 dex are wanted, for profiling.
    """
    own = [_table_of(result) for result in inputs]
    masses = _union([masses for masses, _, _ in own])
    u = lk.shared_grid([u for _, u, _ in own], lk.WORK_STEP if fine else None)
    t = np.full((len(own), masses.size, u.size), np.nan)
    for k, (m, grid, values) in enumerate(own):
        rows = lk.resample(grid, values, u)
        if m.size == masses.size and np.allclose(m, masses, rtol=1e-9, atol=0.0):
            t[k] = rows
        else:
            t[k] = lk.at_masses(m, u, rows, masses, threshold)
    covered = np.any(np.isfinite(t), axis=2)
    return Tables(masses, u, t, covered)


def _table_of(result: LoadedResult) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return masses (M,), log10 of the parameter (S,) and -2 ln L from each row's minimum (M, S).

    A column at s = 0 counts for the minimum; what lies at s < 0 or outside the declared domain does not.
    """
    x, y, z = _grid_of(result)
    profile = result.record.profile
    low, high = 0.0, np.inf
    if profile is not None and profile.domain is not None:
        low, high = (value * _unit_factor(result) for value in profile.domain)
    allowed = (y >= max(low, 0.0) * (1 - 1e-12)) & (y <= high * (1 + 1e-12))
    y, z = y[allowed], z[:, allowed]
    positive = y > 0.0
    u = np.log10(y[positive])
    lk.check_steps(u)
    u, t = lk.extended_below(u, z[:, positive])
    with np.errstate(invalid="ignore"):
        floor = np.min(np.where(np.isnan(z), np.inf, z), axis=1, initial=np.inf)
        lowest = np.minimum(floor, np.min(np.where(np.isnan(t), np.inf, t), axis=1))
    return x, u, t - np.where(np.isfinite(lowest), lowest, np.nan)[:, None]


def _grid_of(result: LoadedResult) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return masses (M,), parameter (S,), both rising in canonical units, and -2 ln L (M, S)."""
    record = result.record
    free = [axis for axis in record.axes[:-1] if axis.role == "independent"]
    replicated = any(axis.role == "replica" for axis in record.axes)
    if len(free) != 2 or len(result.plane.axes) != 2 or replicated:
        raise RefusedError(
            f'"{result.id}" is no table over two parameters',
            mend="a scan of one parameter is combined with --statistic credible",
        )
    xs, ys = (result.canonical(axis) for axis in result.coordinates)
    zs = masked(result.columns[record.axes[-1].column], record.geometry.sentinel if record.geometry else None)
    zs = zs if _quantity(result) == "-2lnL" else -2.0 * zs
    found = _regular(xs, ys, zs)
    if found is None:
        grid = Grid.from_columns(xs, ys, zs, x_scale="lin", y_scale="lin")
        found = grid.x, grid.y, grid.z
    if not found[0][0] > 0.0:
        raise RefusedError(f'"{result.id}" has a mass of {found[0][0]:g}', mend="remove its rows")
    return found


def _regular(
    xs: FloatArray, ys: FloatArray, zs: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """Read rows in the order of nested loops without sorting; ``None`` when they stand otherwise."""
    for outer, inner, flip in ((xs, ys, False), (ys, xs, True)):
        changes = np.flatnonzero(outer[1:] != outer[:-1])
        size = int(changes[0]) + 1 if changes.size else outer.size
        if size == 0 or outer.size % size:
            continue
        table, block = outer.reshape(-1, size), inner.reshape(-1, size)
        a, b = table[:, 0], block[0]
        if not (np.all(table == a[:, None]) and np.all(block == b)):
            continue
        i, j = np.argsort(a, kind="stable"), np.argsort(b, kind="stable")
        if np.any(np.diff(a[i]) <= 0.0) or np.any(np.diff(b[j]) <= 0.0):
            continue
        z = zs.reshape(-1, size)[np.ix_(i, j)]
        return (b[j], a[i], z.T) if flip else (a[i], b[j], z)
    return None


def _unit_factor(result: LoadedResult) -> float:
    axis = result.coordinates[1]
    return float(result.canonical(axis, values=np.ones(1))[0])


def _quantity(result: LoadedResult) -> str:
    return result.record.profile.quantity if result.record.profile else "-2lnL"


def _union(grids: Sequence[FloatArray]) -> FloatArray:
    merged = np.unique(np.concatenate(grids))
    keep = np.concatenate(([True], np.diff(merged) > 1e-9 * merged[1:]))
    return np.asarray(merged[keep], dtype=np.float64)


def joint(
    inputs: Sequence[LoadedResult],
    tables: Tables,
    groups: Sequence[Group],
    options: Options,
    level: tuple[float, float],
) -> Combination:
    """Add the tables, profile each group once, and read the limits.

    Args:
        inputs: the results, for counts.
        tables: their likelihoods on one grid.
        groups: who shares a nuisance.
        options: statistic and its settings.
        level: confidence level and threshold.
    """
    cl, threshold = level
    total = np.zeros(tables.t.shape[1:])
    shifts: list[list[FloatArray | None]] = []
    for group in groups:
        part, moved = _profile_group(tables, group)
        total = total + part
        shifts.append(moved)
    total = np.where(np.any(tables.covered, axis=0)[:, None], total, np.nan)
    roots = lk.upper_limits(tables.u, total, threshold)
    if options.statistic == "threshold":
        limits = 10.0**roots
    else:
        limits, roots = _by_counting(inputs, tables, groups, options, cl, threshold)
    contributions, pulls = _shares(tables, groups, shifts, total, roots)
    singles = _singles(tables, groups, threshold)
    return Combination(tables, tuple(groups), total, limits, singles, contributions, pulls, cl, threshold)


def _profile_group(tables: Tables, group: Group) -> tuple[FloatArray, list[FloatArray | None]]:
    """Add and profile the tables of one group, stage by stage; an input that covers no mass adds nothing."""
    sums = np.zeros(tables.t.shape[1:])
    seen: set[int] = set()
    moved: list[FloatArray | None] = []
    for stage in group.stages:
        for member in (i for i in stage.members if i not in seen):
            sums = sums + np.where(tables.covered[member][:, None], tables.t[member], 0.0)
            seen.add(member)
        if stage.sigma > 0.0:
            profiled = lk.profile_scale(tables.u, sums, stage.sigma)
            sums = profiled.t
            moved.append(profiled.shift)
        else:
            moved.append(None)
    return sums, moved


def _singles(tables: Tables, groups: Sequence[Group], threshold: float) -> FloatArray:
    """Return the limit of each input alone, its nuisance profiled at its full width, shape (K, M)."""
    count, masses, size = tables.t.shape
    rows = tables.t.copy()
    for group in groups:
        for member in group.members:
            sigma = float(np.sqrt(sum(stage.sigma**2 for stage in group.stages if member in stage.members)))
            if sigma > 0.0:
                rows[member] = lk.profile_scale(tables.u, rows[member], sigma).t
    limits = 10.0 ** lk.upper_limits(tables.u, rows.reshape(count * masses, size), threshold)
    return np.asarray(limits.reshape(count, masses), dtype=np.float64)


def _shares(
    tables: Tables,
    groups: Sequence[Group],
    shifts: Sequence[Sequence[FloatArray | None]],
    total: FloatArray,
    roots: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return what each input adds to the joint test statistic between best fit and limit, and the pulls."""
    best = lk.best_fit(tables.u, total)
    added = np.full(tables.t.shape[:2], np.nan)
    pulls = np.full((len(groups), tables.masses.size), np.nan)
    for g, (group, moved) in enumerate(zip(groups, shifts, strict=True)):
        places = {"limit": roots.copy(), "best": best.copy()}
        for stage, shift in reversed(list(zip(group.stages, moved, strict=True))):
            if shift is not None:
                at_limit = lk.read_rows(tables.u, shift, places["limit"])
                if stage is group.stages[-1]:
                    pulls[g] = at_limit / stage.sigma
                places["limit"] = places["limit"] + at_limit
                places["best"] = places["best"] + lk.read_rows(tables.u, shift, places["best"])
            earlier = group.stages[group.stages.index(stage) - 1].members if stage != group.stages[0] else ()
            for member in (i for i in stage.members if i not in earlier):
                high = lk.read_rows(tables.u, tables.t[member], places["limit"])
                low = lk.read_rows(tables.u, tables.t[member], places["best"])
                added[member] = np.where(tables.covered[member], high - low, np.nan)
    return added, pulls


def _by_counting(
    inputs: Sequence[LoadedResult],
    tables: Tables,
    groups: Sequence[Group],
    options: Options,
    cl: float,
    threshold: float,
) -> tuple[FloatArray, FloatArray]:
    """Return limits by CLs or pseudo-experiments and their log10, shape (M,) each."""
    if any(stage.sigma > 0.0 for group in groups for stage in group.stages):
        raise RefusedError(
            f"--statistic {options.statistic} needs counts with known signal; a nuisance is free",
            mend="hold nuisances fixed with --no-nuisances, or use --statistic threshold",
        )
    limits = np.full(tables.masses.size, np.nan)
    known: dict[Any, float] = {}
    for m in range(tables.masses.size):
        members = np.flatnonzero(tables.covered[:, m])
        counts = _counts(inputs, tables, members, m, threshold)
        total = float(np.sum(counts.efficiency))
        # the limit on all signal events depends on how they are shared, not on their number for s = 1
        shares = tuple(np.round(counts.efficiency / total, 6).tolist())
        key = (shares, tuple(counts.background.tolist()), tuple(counts.observed.tolist()))
        if key not in known:
            solve = counting.joint_cls_limit if options.statistic == "cls" else counting.joint_toy_limit
            known[key] = solve(counts, cl, toys=options.toys, seed=options.seed) * total
        limits[m] = known[key] / total
    return limits, np.log10(limits)


def _counts(
    inputs: Sequence[LoadedResult], tables: Tables, members: Any, m: int, threshold: float
) -> counting.Counts:
    found = []
    for k in members:
        statistics = inputs[k].record.statistics
        n = statistics.n_obs if statistics else None
        background = statistics.background.value if statistics and statistics.background else None
        if n is None or background is None:
            raise RefusedError(
                f'"{inputs[k].id}" gives no counts (statistics.n_obs and statistics.background)',
                why="CLs and pseudo-experiments need them; a likelihood alone does not tell what else could "
                "have been seen",
                mend="state them in the record, or use --statistic threshold",
            )
        row = tables.t[k, m]
        good = np.isfinite(row)
        efficiency, off = counting.efficiency_of_table(
            10.0 ** tables.u[good], row[good] - np.min(row[good]), n, background, threshold
        )
        if not off < 0.1:
            raise RefusedError(
                f'the table of "{inputs[k].id}" is not that of a count of {n:g} events over {background:g}',
                why=f"at {tables.masses[m]:g} they differ by {off:.2g} in -2 ln L: several bins, or an "
                "uncertain background",
                mend="use --statistic threshold",
            )
        found.append((efficiency, background, n))
    columns = np.array(found, dtype=np.float64).T
    return counting.Counts(columns[0], columns[1], columns[2])
