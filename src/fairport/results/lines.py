"""Reference lines as results: thermal relics, QCD axion models, relic density of a mediator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from fairport.contract.constants import CONTRACT_VERSION
from fairport.contract.documents import Plane
from fairport.contract.errors import RefusedError, UsageError
from fairport.physics import axion, relic
from fairport.physics import simplified_models as sm
from fairport.physics.arrays import FloatArray
from fairport.results.deriving import Derived, table_axes
from fairport.results.licences import Terms
from fairport.results.planes import Planes
from fairport.results.settings import Settings

LINES: Final[dict[str, str]] = {
    "thermal": "annihilation cross-section of a thermal relic (id.ann.*)",
    "ksvz": "photon coupling of the KSVZ axion (alp.g_agg)",
    "dfsz": "photon coupling of the DFSZ axion (alp.g_agg)",
    "axion-band": "band of preferred axion models (alp.g_agg)",
    "relic": "masses at which a mediator gives the relic density (collider.mmed-mdm)",
}
"""Lines that can be made, with the planes in which they live."""

TERMS: Final = Terms("CC0-1.0", True, "computed here from published formulas")


def line(
    name: str, plane: str, settings: Mapping[str, str] | None = None, *, planes: Planes | None = None
) -> Derived:
    """Return a reference line as a result of kind ``line``.

    Args:
        name: a key of :data:`LINES`.
        plane: plane in which it is drawn.
        settings: ``self_conjugate`` (thermal), ``m_min``, ``m_max``, ``gq``, ``gdm`` (relic).
        planes: where planes are looked up.

    Raises:
        UsageError: there is no such line.
        RefusedError: it does not live in this plane.
    """
    if name not in LINES:
        raise UsageError(f'there is no line "{name}"', mend=f"use one of: {', '.join(LINES)}")
    target = (planes or Planes()).get(plane)
    chosen = Settings(settings or {})
    if name == "thermal":
        derived = _thermal(target, chosen)
    elif name == "relic":
        derived = _relic(target, chosen)
    else:
        derived = _axion(name, target, chosen)
    chosen.refuse_unused()
    return derived


def _thermal(plane: Plane, settings: Settings) -> Derived:
    _refuse_plane("thermal", plane, plane.id.startswith("id.ann."))
    flag = settings.flag("self_conjugate")
    conjugate = True if flag is None else flag
    masses = _masses(settings, 0.1, 1e5)
    values = relic.thermal_cross_section(masses, self_conjugate=conjugate)
    kind = "Majorana" if conjugate else "Dirac"
    return _line(
        plane,
        f"thermal-relic-{kind.lower()}",
        f"Thermal relic ({kind})",
        f"Constant <sigma v> that gives Omega h2 = {relic.OMEGA_H2:g} for {kind} dark matter; freeze-out "
        "with the degrees of freedom of the standard model.",
        [(masses, values)],
        {"dm": {"self_conjugate": conjugate}},
        ("arXiv:1204.3622", "arXiv:1807.06209"),
    )


def _axion(name: str, plane: Plane, settings: Settings) -> Derived:
    _refuse_plane(name, plane, plane.id == "alp.g_agg")
    masses = _masses(settings, 1e-12, 1.0, unit="eV")
    if name == "axion-band":
        low, high = (axion.qcd_line(masses, ratio) for ratio in axion.BAND)
        derived = _line(
            plane,
            "qcd-axion-band",
            "QCD axion (E/N from 5/3 to 44/3)",
            "Band of preferred hadronic axion models, E/N from 5/3 to 44/3; a guide, not a prediction.",
            [(masses, high)],
            {},
            ("arXiv:1511.02867", "arXiv:1610.07593"),
        )
        edges = np.concatenate((masses, masses[::-1], masses[:1]))
        closed = np.concatenate((high, low[::-1], high[:1]))
        record = dict(derived.record) | {"geometry": {"shape": "polygon", "excluded": "none", "closed": True}}
        first, second = plane.axes
        return Derived(record, {first.name: edges, second.name: closed}, plane, TERMS, table="band.csv")
    model = name.upper()
    return _line(
        plane,
        f"qcd-axion-{name}",
        f"QCD axion ({model})",
        f"Photon coupling of the QCD axion with E/N = {axion.MODELS[model]:.4g} ({model}).",
        [(masses, axion.qcd_line(masses, axion.MODELS[model]))],
        {},
        ("arXiv:1511.02867",),
    )


def _relic(plane: Plane, settings: Settings) -> Derived:
    """Draw where annihilation through a mediator leaves what a Dirac thermal relic needs."""
    from fairport.physics.relic_contour import contour

    _refuse_plane("relic", plane, plane.id == "collider.mmed-mdm")
    kind = settings.text("mediator") or "vector"
    gq, gdm = settings.number("gq"), settings.number("gdm")
    scalar = kind in {"scalar", "pseudoscalar"}
    gq = gq if gq is not None else (1.0 if scalar else 0.25)
    gdm = gdm if gdm is not None else 1.0
    gl = settings.number("gl") or 0.0
    if gq < 0.0 or gdm <= 0.0 or gl < 0.0 or gq + gl == 0.0:
        raise RefusedError("a relic line needs couplings to dark matter and to quarks or leptons")
    branches = contour(
        sm.Mediator(kind, gq, gdm, gl),
        _masses(settings, plane.axes[1].range[1] / 400.0, 2000.0, per_decade=12),
    )
    if not branches:
        raise RefusedError(f"no {kind} mediator gives the relic density in this range of masses")
    gap = np.array([np.nan])
    pieces = [piece for branch in branches for piece in (branch, (gap, gap))][:-1]
    couplings = f"gq = {gq:g}, gDM = {gdm:g}, gl = {gl:g}"
    derived = _line(
        plane,
        f"relic-density-{kind}-{gq:g}-{gdm:g}-{gl:g}".replace(".", "p"),
        f"Relic density, {kind} mediator",
        f"Freeze-out leaves Omega h2 = {relic.OMEGA_H2:g} of Dirac dark matter: the thermal average of its "
        f"annihilation through the mediator, over the time from m/T = 25 on, is that of a thermal relic; "
        f"{couplings}, minimal width; both sides of the resonance, mediators heavier than dark matter.",
        pieces,
        {
            "dm": {"spin": "1/2", "self_conjugate": False},
            "mediator": {"type": kind, "width": "minimal"},
            "couplings": {"gq": gq, "gdm": gdm, "gl": gl},
        },
        ("arXiv:1603.04156", "arXiv:1204.3622"),
        shape="polyline",
    )
    note = "an empty row separates the branches below and above the resonance" if len(branches) > 1 else None
    held = "held against published contours" if not scalar else "not held against a published contour"
    derived.record["validity"] = {"notes": [f"{kind} mediator: {held}", *([note] if note else [])]}
    return derived


def _masses(
    settings: Settings, low: float, high: float, *, unit: str = "GeV", per_decade: int = 20
) -> FloatArray:
    low = settings.number("m_min", unit) or low
    high = settings.number("m_max", unit) or high
    if not 0.0 < low < high:
        raise RefusedError(f"the range of masses from {low:g} to {high:g} {unit} is empty")
    return np.geomspace(low, high, max(int(np.log10(high / low) * per_decade) + 1, 2))


def _refuse_plane(name: str, plane: Plane, fits: bool) -> None:
    if not fits:
        raise RefusedError(f'the line "{name}" does not live in {plane.id}', why=LINES[name])


def _line(
    plane: Plane,
    name: str,
    title: str,
    description: str,
    pieces: list[tuple[FloatArray, FloatArray]],
    model: Mapping[str, Any],
    cite: tuple[str, ...],
    *,
    shape: str = "function",
) -> Derived:
    record: dict[str, Any] = {
        "schema_version": CONTRACT_VERSION,
        "id": name,
        "title": title,
        "description": description,
        "version": "1",
        "status": "draft",
        "kind": "line",
        "plane": plane.id,
        "licence": TERMS.licence,
        "provenance": {"origin": "recast", "cite": list(cite)},
        "axes": table_axes(plane),
        "geometry": {"shape": shape, "excluded": "none"},
        "interpolation": {
            "x": plane.axes[0].scale,
            "y": plane.axes[1].scale,
            "method": "linear",
            "outside": "nan",
        },
    }
    if model:
        record["model"] = dict(model)
    x = np.concatenate([piece[0] for piece in pieces])
    y = np.concatenate([piece[1] for piece in pieces])
    columns = {plane.axes[0].name: x, plane.axes[1].name: y}
    return Derived(record, columns, plane, TERMS, table="line.csv")
