"""Nuisance parameters of a combination: who shares them, how wide they are, and what must not be done.

A scale nuisance multiplies the signal of all tables of one target (a J factor) or of one experiment (an
efficiency or a luminosity). It is profiled once for all tables that share it. Where tables were taken in
different apertures their J factors are known to different precision: the tables are then added from the
least precise on, each time profiling the part of the uncertainty that the next ones do not have,
sqrt(s1^2 - s2^2), and at last the uncertainty that all share (the rule of LklCom, T. Miener et al.,
arXiv:2112.01818).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fairport.contract.constants import NOT_STATED
from fairport.contract.errors import RefusedError, UsageError
from fairport.contract.result import JFactor, Nuisance
from fairport.results.loaded import LoadedResult

SCALES: Final = ("jfactor", "efficiency", "luminosity")
"""Kinds that multiply the signal; widths of a J factor are in log10, of the others relative."""

SAME_J: Final = 0.005
"""log10 J that differ by less are the same number, rounded."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One profiling step.

    Attributes:
        members: indices of the tables that are in it (all added so far).
        sigma: standard deviation in log10 that is profiled; 0 for none.
    """

    members: tuple[int, ...]
    sigma: float


@dataclass(frozen=True, slots=True)
class Group:
    """Tables that share one scale nuisance.

    Attributes:
        key: name of the nuisance.
        kind: its kind.
        members: indices of the tables.
        stages: in the order in which they are carried out; each adds its new members first.
    """

    key: str
    kind: str
    members: tuple[int, ...]
    stages: tuple[Stage, ...]

    @property
    def sigma(self) -> float:
        """Width of the part that all share."""
        return self.stages[-1].sigma


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale nuisance of one table: its key, kind, width in log10 (None: not known), and the J factor."""

    key: str
    kind: str
    sigma: float | None
    profiled: bool
    factor: JFactor | None = None


def groups_of(
    inputs: Sequence[LoadedResult], *, overrides: Mapping[str, float | None], enabled: bool = True
) -> tuple[tuple[Group, ...], tuple[str, ...]]:
    """Sort tables into groups that share a nuisance.

    Args:
        inputs: the results.
        overrides: name of a nuisance (identifier, shared key or target) to its width in log10 (relative for
            efficiency and luminosity), ``None`` to hold it fixed.
        enabled: False holds all of them fixed.

    Returns:
        The groups, each table in exactly one, and sentences on what was assumed.

    Raises:
        RefusedError: a nuisance of one target is already profiled in one of several tables, two tables use
            different J factors for one aperture, a table stacks targets with free J factors, or a shared
            nuisance cannot be profiled on a table.
        UsageError: an override names nothing.
    """
    _check_overrides(inputs, overrides)
    _refuse_double(inputs)
    scales = [_scale_of(result, overrides, enabled) for result in inputs]
    _refuse_shared_others(inputs, overrides if enabled else None)
    notes: list[str] = []
    groups = []
    for key in dict.fromkeys(scale.key for scale in scales):
        members = tuple(i for i, scale in enumerate(scales) if scale.key == key)
        own = [scales[i] for i in members]
        _refuse_different_factors([inputs[i] for i in members], own)
        widths = {i: (scales[i].sigma or 0.0) if enabled and not scales[i].profiled else 0.0 for i in members}
        if enabled and own[0].factor is not None and not own[0].profiled and not any(widths.values()):
            notes.append(f"the J factor of {own[0].factor.target} is held fixed: no uncertainty is stated")
        groups.append(Group(key, own[0].kind, members, _stages(widths)))
    return tuple(groups), tuple(notes)


def _stages(widths: Mapping[int, float]) -> tuple[Stage, ...]:
    """Order members from the widest on; profile the difference to the next width, at last the common one."""
    levels = sorted(set(widths.values()), reverse=True)
    stages = []
    for level, following in zip(levels, [*levels[1:], None], strict=True):
        members = tuple(i for i, width in widths.items() if width >= level)
        rest = level if following is None else math.sqrt(level**2 - following**2)
        stages.append(Stage(members, rest))
    return tuple(stages)


def _scale_of(result: LoadedResult, overrides: Mapping[str, float | None], enabled: bool) -> Scale:
    factors = result.record.astro.jfactor
    stated = factors if isinstance(factors, tuple) else ()
    own = [nuisance for nuisance in result.record.nuisances if nuisance.kind in SCALES]
    free = [factor for factor in stated if not factor.profiled]
    if (
        enabled
        and len(stated) > 1
        and free
        and any(isinstance(f.sigma, float) and f.sigma > 0.0 for f in free)
    ):
        fixed = all(overrides.get(f.target, 0.0) is None for f in free)
        if not fixed and not all(nuisance.profiled for nuisance in own if nuisance.kind == "jfactor"):
            raise RefusedError(
                f'"{result.id}" stacks {len(stated)} targets whose J factors are still free',
                why="they cannot be profiled on the sum of their likelihoods",
                mend="give one table for each target, or a table in which they are profiled",
            )
    factor = stated[0] if len(stated) == 1 else None
    nuisance = next((one for one in own if one.kind == "jfactor"), own[0] if own else None)
    if nuisance is None and factor is None:
        return Scale(f"none/{id(result)}", "none", None, profiled=True)
    key = _key(result, nuisance, factor)
    names = {key, factor.target if factor else "", nuisance.id if nuisance else ""}
    sigma = _width(nuisance, factor)
    for name, value in overrides.items():
        if name in names:
            sigma = 0.0 if value is None else _in_log10(value, nuisance.kind if nuisance else "jfactor")
    profiled = bool((nuisance and nuisance.profiled) or (factor and factor.profiled) or len(stated) > 1)
    if enabled and sigma is None and not profiled and factor is not None and factor.sigma == NOT_STATED:
        raise RefusedError(
            f'"{result.id}" does not state how well the J factor of {factor.target} is known',
            mend=f"give it: --nuisance {factor.target}=0.2, or hold J fixed: --nuisance {factor.target}=none",
        )
    return Scale(key, nuisance.kind if nuisance else "jfactor", sigma, profiled, factor)


def _key(result: LoadedResult, nuisance: Nuisance | None, factor: JFactor | None) -> str:
    if factor is not None and (nuisance is None or nuisance.kind == "jfactor"):
        # the target decides: two spellings of a key must not part what is one target
        return f"jfactor/{_normal(factor.target)}"
    if nuisance is not None and nuisance.shared_key:
        return nuisance.shared_key
    return f"{result.id}/{nuisance.id if nuisance else 'jfactor'}/{id(result)}"


def _width(nuisance: Nuisance | None, factor: JFactor | None) -> float | None:
    if nuisance is not None and nuisance.sigma is not None:
        return _in_log10(nuisance.sigma, nuisance.kind)
    if factor is not None and isinstance(factor.sigma, (int, float)):
        return float(factor.sigma)
    return None


def _in_log10(width: float, kind: str) -> float:
    return width if kind == "jfactor" else width / math.log(10.0)


def _refuse_double(inputs: Sequence[LoadedResult]) -> None:
    """Refuse two tables of one target of which one is profiled over its J factor already."""
    seen: dict[str, tuple[LoadedResult, bool]] = {}
    for result in inputs:
        factors = result.record.astro.jfactor
        by_nuisance = any(one.kind == "jfactor" and one.profiled for one in result.record.nuisances)
        keys = {_normal(f.target): (f.target, bool(f.profiled) or by_nuisance) for f in factors or ()
                if isinstance(f, JFactor)}  # fmt: skip
        for one in result.record.nuisances:
            if one.kind == "jfactor" and one.shared_key and not keys:
                keys[one.shared_key] = (one.shared_key, bool(one.profiled))
        for key, (target, profiled) in keys.items():
            if key in seen and (profiled or seen[key][1]):
                first, was = seen[key]
                raise RefusedError(
                    f'"{first.id}" and "{result.id}" look at one target ({target}), whose J factor is '
                    f"profiled already in {first.id if was else result.id}",
                    why="adding them would use what is known of the J factor twice",
                    mend="give tables at fixed J factor; it is then profiled once for all of them",
                )
            seen[key] = (result, profiled or seen.get(key, (result, False))[1])


def _normal(target: str) -> str:
    """Return the name of a target without case, blanks and hyphens, in which catalogues differ."""
    return target.lower().replace(" ", "").replace("-", "").replace("_", "")


def _refuse_different_factors(inputs: Sequence[LoadedResult], scales: Sequence[Scale]) -> None:
    for i, one in enumerate(scales):
        for j, other in enumerate(scales[:i]):
            a, b = one.factor, other.factor
            if a is None or b is None or not isinstance(a.log10, float) or not isinstance(b.log10, float):
                continue
            if abs(a.log10 - b.log10) > SAME_J and a.aperture_deg == b.aperture_deg:
                raise RefusedError(
                    f'"{inputs[j].id}" and "{inputs[i].id}" use different J factors of {a.target} for one '
                    f"aperture: log10 J = {b.log10:g} and {a.log10:g}",
                    why="they would not describe the same target",
                    mend="bring one to the J factor of the other: fairport translate ... --set log10_j=VALUE",
                )


def _refuse_shared_others(
    inputs: Sequence[LoadedResult], overrides: Mapping[str, float | None] | None
) -> None:
    """Refuse a nuisance shared by several tables that is no scale, or that is profiled in each of them."""
    seen: dict[str, LoadedResult] = {}
    for result in inputs:
        for nuisance in result.record.nuisances:
            key = nuisance.shared_key
            if not key or nuisance.kind == "jfactor" or overrides is None:
                continue
            if key in overrides or nuisance.id in overrides:
                continue
            scale = nuisance.kind in SCALES and not nuisance.profiled
            if key in seen and not scale:
                how = "is profiled in each table" if nuisance.profiled else "cannot be profiled on a table"
                raise RefusedError(
                    f'"{seen[key].id}" and "{result.id}" share the nuisance {key}, which {how}',
                    why="its effect on both moves together, which separate tables do not know",
                    mend=f"hold it fixed knowingly: --nuisance {nuisance.id}=none",
                )
            seen[key] = result


def _check_overrides(inputs: Sequence[LoadedResult], overrides: Mapping[str, float | None]) -> None:
    known: set[str] = set()
    for result in inputs:
        factors = result.record.astro.jfactor
        known |= {factor.target for factor in factors} if isinstance(factors, tuple) else set()
        known |= {one.id for one in result.record.nuisances}
        known |= {one.shared_key for one in result.record.nuisances if one.shared_key}
    for name in overrides:
        if name not in known:
            raise UsageError(
                f'no result has a nuisance "{name}"',
                mend=f"use one of: {', '.join(sorted(known)) or 'there are none'}",
            )
