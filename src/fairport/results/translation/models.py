"""Collider contours, scattering and annihilation inside simplified models.

All results are regions: what is excluded of a model says nothing about other models with the same number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from fairport.contract.documents import Plane
from fairport.contract.errors import RefusedError
from fairport.physics import simplified_models as sm
from fairport.physics.arrays import FloatArray
from fairport.physics.curves import FunctionCurve, Polyline
from fairport.physics.halo import conjugation_factor
from fairport.physics.polygons import Region
from fairport.results.deriving import Derived, said
from fairport.results.fields import field_value
from fairport.results.loaded import LoadedResult
from fairport.results.settings import Settings
from fairport.results.translation.translated import Ring, level_words, region_record

SOURCES: Final = ("arXiv:1603.04156", "arXiv:1507.00966")
TYPES: Final = ("vector", "axial-vector", "scalar", "pseudoscalar")
DENSITY: Final = 0.02
"""Widest step of an edge in ln of either axis before it is bent by a formula."""

INTERACTIONS: Final = {"dd.si": "si", "dd.sdp": "sd", "dd.sdn": "sd"}


def collider_to_direct(result: LoadedResult, plane: Plane, settings: Settings) -> Derived:
    """Map an excluded region (M, m) to the excluded region (m, sigma), sigma(M_max) <= sigma <=
    sigma(M_min).

    Settings: couplings where the record lacks them; ``m_min`` (default 1 GeV) and ``mediator_min`` (default
    1 GeV) bound the region from below, since it reaches to zero.
    """
    model = _model(result, settings, result.record)
    _refuse_interaction(model, plane)
    floor, m_min = settings.number("mediator_min", "GeV") or 1.0, settings.number("m_min", "GeV") or 1.0
    rings = _clipped(_outline(result), m_min=m_min, mediator_min=floor, on_shell=False)
    mapped = [(m, sm.scattering(model, big, m)) for big, m in map(_dense, rings)]
    spin = "spin-independent" if plane.id == "dd.si" else "spin-dependent"
    nucleon = {"dd.si": "nucleon", "dd.sdp": "proton", "dd.sdn": "neutron"}[plane.id]
    return region_record(
        result,
        plane,
        mapped,
        transform="simplified-model",
        parameters=_parameters(model) | {"m_min_GeV": m_min, "mediator_min_GeV": floor},
        model=_model_data(result, model)
        | {"interaction": f"{spin}, {model.type} mediator", "target": nucleon, "migdal": False},
        assumptions=[
            *_words(result, model),
            f"drawn for dark matter above {m_min:g} GeV; no local density enters",
            "limits of direct detection are usually at 90 % CL",
        ],
        cite=SOURCES,
    )


def direct_to_collider(result: LoadedResult, plane: Plane, settings: Settings) -> Derived:
    """Map a limit sigma(m) to the excluded region of mediator masses below M(sigma(m), m).

    Settings: ``mediator``, ``gq``, ``gdm`` (and ``gl``); ``mediator_min`` (default 1 GeV) closes the region.
    """
    model = _model(result, settings, None)
    _refuse_interaction(model, result.plane)
    curve = _limit(result)
    floor = settings.number("mediator_min", "GeV") or 1.0
    rings = []
    for m, sigma in _dense_segments(curve):
        edge = sm.mediator_mass_of(model, sigma, m)
        rings += _under(edge, m, floor)
    _refuse_empty(rings, result, f"its limit lies above what a mediator of {floor:g} GeV gives")
    notes = [*_words(result, model), "the local density and speeds of the limit enter"]
    derived = region_record(
        result,
        plane,
        rings,
        transform="simplified-model",
        parameters=_parameters(model) | {"mediator_min_GeV": floor},
        model=_model_data(result, model),
        assumptions=notes,
        cite=SOURCES,
    )
    return _with_astro(derived, result)


def collider_to_annihilation(result: LoadedResult, plane: Plane, settings: Settings) -> Derived:
    """Map an excluded region (M, m) to the region (m, <sigma v>) of one channel.

    At one m the same <sigma v> belongs to two mediator masses, below and above the resonance M = 2 m. Only
    mediators above it, which decay to dark matter, are mapped.
    """
    model = _model(result, settings, result.record)
    channel = plane.id.rpartition(".")[2]
    fermions = _fermions(channel, model)
    floor, m_min = settings.number("mediator_min", "GeV") or 1.0, settings.number("m_min", "GeV") or 1.0
    lightest = min(sm.QUARKS.get(name, sm.LEPTONS.get(name, 0.0)) for name in fermions)
    m_min = max(m_min, 1.01 * lightest)
    rings = _clipped(_outline(result), m_min=m_min, mediator_min=floor, on_shell=True)
    mapped = [(m, sm.annihilation(model, big, m, fermions)) for big, m in map(_dense, rings)]
    return region_record(
        result,
        plane,
        mapped,
        transform="simplified-model",
        parameters=_parameters(model) | {"m_min_GeV": m_min, "branch": "M > 2 m", "fermions": list(fermions)},
        model=_model_data(result, model) | {"channel": channel, "spectra": "none needed"},
        assumptions=[
            *_words(result, model),
            f"annihilation into {channel} alone, s-wave, mediators heavier than twice the dark matter only",
            "no J factor enters",
        ],
        cite=SOURCES,
    )


def annihilation_to_collider(result: LoadedResult, plane: Plane, settings: Settings) -> Derived:
    """Map a limit on <sigma v> to the mediator masses around the resonance that give more than it.

    The limit is first brought to Dirac dark matter (factor 2 from Majorana).
    """
    model = _model(result, settings, None)
    channel = result.plane.id.rpartition(".")[2]
    fermions = _fermions(channel, model)
    own = field_value(result.record, "model.dm.self_conjugate")
    if not isinstance(own, bool):
        raise RefusedError(
            f'"{result.id}" does not state whether its particle is its own antiparticle',
            why="the models have Dirac dark matter, for which the limit is twice the Majorana one",
        )
    factor = conjugation_factor(own, False)
    floor = settings.number("mediator_min", "GeV") or 1.0
    rings = []
    for m, limit in _dense_segments(_limit(result)):
        low, high = _around_resonance(model, m, limit * factor, fermions, floor)
        rings += _between(low, high, m)
    _refuse_empty(rings, result, "no mediator gives as much annihilation as the limit allows")
    derived = region_record(
        result,
        plane,
        rings,
        transform="simplified-model",
        parameters=_parameters(model) | {"conjugation_factor": factor, "fermions": list(fermions)},
        model=_model_data(result, model),
        assumptions=[
            *_words(result, model),
            f"annihilation into {channel} alone is held against the limit, s-wave",
            "the limit was doubled for Dirac dark matter"
            if factor != 1.0
            else "the limit is for Dirac dark matter",
        ],
        cite=SOURCES,
    )
    return _with_astro(derived, result)


def _with_astro(derived: Derived, result: LoadedResult) -> Derived:
    """Keep the astrophysical inputs of a limit, on which the region rests."""
    if "astro" in result.data:
        derived.record["astro"] = dict(result.data["astro"])
    return derived


def _model(result: LoadedResult, settings: Settings, record: Any) -> sm.Mediator:
    """Return mediator and couplings: those of the record, which settings may add to but not contradict."""
    own = record.model if record is not None else None
    stated: dict[str, Any] = (
        {
            name: value
            for name in own.couplings
            if said(value := field_value(record, f"model.couplings.{name}"))
        }
        if own is not None
        else {}
    )
    if own is not None and own.mediator is not None and said(own.mediator.type):
        stated["mediator"] = own.mediator.type
    kind = settings.text("mediator")
    given: dict[str, Any] = {name: settings.number(name) for name in ("gq", "gdm", "gl")} | {"mediator": kind}
    for name, value in given.items():
        if value is not None and name in stated and stated[name] != value:
            raise RefusedError(
                f'"{result.id}" holds for {name} = {stated[name]}, not for {value}',
                why="a contour changes entirely with its couplings; it cannot be rescaled",
            )
    merged = {key: value for key, value in given.items() if value is not None} | stated
    missing = [name for name in ("mediator", "gq", "gdm") if name not in merged]
    if missing:
        raise RefusedError(
            f"the model is not complete: {', '.join(missing)} missing",
            why="the translation holds inside one model with its couplings only",
            mend="add them: " + " ".join(f"--set {name}=..." for name in missing),
        )
    if merged["mediator"] not in TYPES:
        raise RefusedError(f'no formula is known for a mediator of type "{merged["mediator"]}"')
    if own is not None and own.dm is not None and own.dm.self_conjugate is True:
        raise RefusedError(f'"{result.id}" holds for Majorana dark matter; the formulas are for Dirac')
    return sm.Mediator(
        merged["mediator"], float(merged["gq"]), float(merged["gdm"]), float(merged.get("gl", 0.0))
    )


def _refuse_interaction(model: sm.Mediator, plane: Plane) -> None:
    wanted, found = INTERACTIONS[plane.id], sm.interaction_of(model.type)
    if wanted != found:
        words = {"si": "spin-independent", "sd": "spin-dependent"}
        raise RefusedError(
            f"the {model.type} mediator gives {words[found]} scattering, but {plane.id} is {words[wanted]}",
            mend="use dd.si" if found == "si" else "use dd.sdp or dd.sdn",
        )


def _fermions(channel: str, model: sm.Mediator) -> tuple[str, ...]:
    names = sm.CHANNELS.get(channel)
    if names is None:
        raise RefusedError(
            f"the simplified models do not annihilate into {channel} at tree level",
            mend=f"channels: {', '.join(sm.CHANNELS)}",
        )
    if names[0] in sm.LEPTONS and model.gl == 0.0:
        raise RefusedError(f"with gl = 0 there is no annihilation into {channel}", mend="--set gl=0.1")
    return names


def _outline(result: LoadedResult) -> list[Ring]:
    """Return the excluded region of a collider contour as closed rings (M, m); an open contour is closed
    down to m = 0.
    """
    curve = result.curve
    side = result.record.geometry.excluded if result.record.geometry else "none"
    if isinstance(curve, Region):
        if side != "inside":
            raise RefusedError(
                f'"{result.id}" excludes {side} its contour; only its inside can be translated'
            )
        return list(curve.rings)
    if isinstance(curve, (Polyline, FunctionCurve)):
        if side not in {"below", "inside"}:
            raise RefusedError(
                f'"{result.id}" is an open contour that excludes "{side}"',
                why="which side of it is excluded must be known",
                mend="declare excluded: below (the plane under the contour) in its geometry",
            )
        closed = []
        for x, y in curve.segments:
            if x.size >= 2:
                zero = np.zeros(1)
                closed.append(
                    (np.concatenate((x, x[-1:], x[:1], x[:1])), np.concatenate((y, zero, zero, y[:1])))
                )
        return closed
    raise RefusedError(f'"{result.id}" is no contour', mend="give a region (polygon) or an open contour")


def _clipped(rings: Sequence[Ring], *, m_min: float, mediator_min: float, on_shell: bool) -> list[Ring]:
    """Cut rings to m >= m_min, M >= mediator_min and, if wanted, M > 2 m; all straight in linear axes."""
    import shapely

    whole = shapely.union_all([shapely.make_valid(shapely.Polygon(np.column_stack(ring))) for ring in rings])
    _, _, high_m, high_y = whole.bounds
    far_x, far_y = 2.0 * high_m + 1.0, 2.0 * high_y + 1.0
    part = shapely.intersection(whole, shapely.box(mediator_min, m_min, far_x, far_y))
    if on_shell:
        start = 2.0 * m_min * (1.0 + 1e-9)
        wedge = shapely.Polygon([(start, m_min), (far_x, m_min), (far_x, 0.5 * far_x)])
        part = shapely.intersection(part, wedge)
    found = [
        (np.array(polygon.exterior.coords.xy[0]), np.array(polygon.exterior.coords.xy[1]))
        for polygon in shapely.get_parts(part)
        if polygon.geom_type == "Polygon" and polygon.area > 0.0
    ]
    if not found:
        raise RefusedError(
            "nothing of the contour is left to translate",
            why=f"it has no part with dark matter above {m_min:g} GeV"
            + (" and mediators above twice that mass" if on_shell else ""),
            mend="set a lower m_min",
        )
    return found


def _dense(ring: Ring) -> Ring:
    """Put points on the edges of a ring, so that no step is wider than :data:`DENSITY` in ln of either
    axis.
    """
    xs, ys = ring
    out_x, out_y = [xs[:1]], [ys[:1]]
    for i in range(xs.size - 1):
        steps = max(abs(float(np.log(xs[i + 1] / xs[i]))), abs(float(np.log(ys[i + 1] / ys[i]))))
        count = max(int(np.ceil(steps / DENSITY)), 1)
        share = _shares(xs[i], xs[i + 1], ys[i], ys[i + 1], count)
        out_x.append(xs[i] + (xs[i + 1] - xs[i]) * share)
        out_y.append(ys[i] + (ys[i + 1] - ys[i]) * share)
    return np.concatenate(out_x), np.concatenate(out_y)


def _shares(x0: float, x1: float, y0: float, y1: float, count: int) -> FloatArray:
    """Return shares of the way along an edge at equal steps of ln of the axis that changes more."""
    a, b = (x0, x1) if abs(np.log(x1 / x0)) >= abs(np.log(y1 / y0)) else (y0, y1)
    n = np.arange(1, count + 1) / count
    if a == b:
        return n
    share = (a * (b / a) ** n - a) / (b - a)
    share[-1] = 1.0
    return np.asarray(share, dtype=np.float64)


def _limit(result: LoadedResult) -> FunctionCurve:
    curve = result.curve
    if not isinstance(curve, FunctionCurve) or curve.excluded != "above":
        raise RefusedError(
            f'"{result.id}" is no upper limit as a function of mass',
            why="a region inside a model holds for that model only and is not turned back",
        )
    return curve


def _dense_segments(curve: FunctionCurve) -> list[tuple[FloatArray, FloatArray]]:
    """Return each unbroken stretch of a limit with at least 50 points a decade, masses strictly rising."""
    found = []
    for xs, _ in curve.segments:
        if xs.size < 2 or xs[0] == xs[-1]:
            continue
        count = max(int(np.log10(xs[-1] / xs[0]) * 50), 2)
        grid = np.unique(np.concatenate((xs, np.geomspace(xs[0], xs[-1], count))))
        grid = grid[(grid >= xs[0]) & (grid <= xs[-1])]
        found.append((grid, curve.at(grid)))
    return found


def _under(edge: FloatArray, m: FloatArray, floor: float) -> list[Ring]:
    """Return the regions between the floor and the edge, where the edge lies above it."""
    return _between(np.full(edge.shape, floor), np.where(edge > floor, edge, np.nan), m)


def _between(low: FloatArray, high: FloatArray, m: FloatArray) -> list[Ring]:
    good = np.isfinite(low) & np.isfinite(high) & (high > low)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(np.int8), [0]))))
    rings = []
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        if b - a >= 2:
            x = np.concatenate((low[a:b], high[a:b][::-1], low[a : a + 1]))
            y = np.concatenate((m[a:b], m[a:b][::-1], m[a : a + 1]))
            rings.append((x, y))
    return rings


def _around_resonance(
    model: sm.Mediator, m: FloatArray, limit: FloatArray, fermions: tuple[str, ...], floor: float
) -> tuple[FloatArray, FloatArray]:
    """Return the mediator masses between which <sigma v> exceeds the limit, NaN where it never does, by
    bisection in ln M on both sides of M = 2 m (below it rises with M, above it falls).
    """
    peak = 2.0 * m
    over = sm.annihilation(model, peak, m, fermions) > limit
    ends = []
    for start in (np.full(m.shape, floor), peak * 1e4):
        a, b = np.log(np.minimum(start, peak) if start[0] == floor else start), np.log(peak)
        outside = sm.annihilation(model, np.exp(a), m, fermions) > limit
        for _ in range(60):
            middle = 0.5 * (a + b)
            above = sm.annihilation(model, np.exp(middle), m, fermions) > limit
            a, b = np.where(above, a, middle), np.where(above, middle, b)
        ends.append(np.where(outside, start, np.exp(b)))
    return np.where(over, ends[0], np.nan), np.where(over, ends[1], np.nan)


def _refuse_empty(rings: Sequence[Ring], result: LoadedResult, why: str) -> None:
    if not rings:
        raise RefusedError(f'nothing of "{result.id}" is left in this plane', why=why)


def _parameters(model: sm.Mediator) -> dict[str, Any]:
    return {
        "mediator": model.type,
        "gq": model.gq,
        "gdm": model.gdm,
        "gl": model.gl,
        "width": "minimal",
        "self_conjugate": False,
    }


def _model_data(result: LoadedResult, model: sm.Mediator) -> dict[str, Any]:
    fraction = result.data.get("model", {}).get("dm", {}).get("local_fraction")
    particle: dict[str, Any] = {"spin": "1/2", "self_conjugate": False}
    if fraction is not None:
        particle["local_fraction"] = fraction
    return {
        "dm": particle,
        "mediator": {"type": model.type, "width": "minimal"},
        "couplings": {"gq": model.gq, "gl": model.gl, "gdm": model.gdm},
    }


def _words(result: LoadedResult, model: sm.Mediator) -> list[str]:
    return [
        f"holds inside one model only: {model.type} mediator, gq = {model.gq:g}, gDM = {model.gdm:g}, "
        f"gl = {model.gl:g}, minimal width, Dirac dark matter",
        f"excluded at {level_words(result)}; an excluded region, not an upper limit",
    ]
