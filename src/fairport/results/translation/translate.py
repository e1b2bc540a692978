"""A result in another plane or under other assumptions, where that is exact or holds inside a named model.

What was assumed (couplings, width, kind of particle, efficiency) and the confidence level are written on
everything derived. A contour stays a region, never an upper limit. What cannot be translated is refused
with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from fairport.contract.documents import Plane
from fairport.contract.errors import RefusedError, UsageError
from fairport.results.deriving import Derived, refuse_examples
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.settings import Settings
from fairport.results.translation.axion import to_decay_constant, to_photon_coupling
from fairport.results.translation.cmb import from_annihilation, to_annihilation
from fairport.results.translation.models import (
    annihilation_to_collider,
    collider_to_annihilation,
    collider_to_direct,
    direct_to_collider,
)
from fairport.results.translation.same import translate as rescale

Translator = Callable[[LoadedResult, Plane, Settings], Derived]

COLLIDER: Final = "collider.mmed-mdm"
DIRECT: Final = ("dd.si", "dd.sdp", "dd.sdn")


def translate(
    result: LoadedResult,
    plane: str,
    settings: Mapping[str, str] | None = None,
    *,
    planes: Planes | None = None,
) -> Derived:
    """Translate a result into ``plane`` (its own plane: under other assumptions).

    Args:
        result: what is translated.
        plane: identifier of the target plane.
        settings: assumptions by name, as text: ``gq``, ``gdm``, ``gl``, ``mediator``, ``rho0``,
            ``local_fraction``, ``self_conjugate``, ``log10_j``, ``f_eff``, ``mass``, ``e_over_n``, ...
        planes: where planes are looked up.

    Raises:
        RefusedError: there is no such translation, or an assumption is missing or contradicts the record.
        UsageError: a setting is not known or no number.
        UnknownPlane: no such plane.
    """
    target = (planes or Planes()).get(plane)
    chosen = Settings(settings or {})
    refuse_examples([result], "a translation")
    translator = _find(result.plane.id, target.id)
    if translator is None:
        raise RefusedError(
            f'"{result.id}" cannot be translated from {result.plane.id} to {target.id}',
            why=_why_not(result.plane.id, target.id),
            mend=_known(result.plane),
        )
    derived = translator(result, target, chosen)
    chosen.refuse_unused()
    return derived


def _find(source: str, target: str) -> Translator | None:
    if source == target:
        return rescale
    if source == COLLIDER and target in DIRECT:
        return collider_to_direct
    if source in DIRECT and target == COLLIDER:
        return direct_to_collider
    if source == COLLIDER and target.startswith("id.ann."):
        return collider_to_annihilation
    if source.startswith("id.ann.") and target == COLLIDER:
        return annihilation_to_collider
    if source == "cosmo.p_ann" and target.startswith("id.ann."):
        return to_annihilation
    if source.startswith("id.ann.") and target == "cosmo.p_ann":
        return from_annihilation
    if source == "alp.f_a" and target == "alp.g_agg":
        return to_photon_coupling
    if source == "alp.g_agg" and target == "alp.f_a":
        return to_decay_constant
    return None


def _why_not(source: str, target: str) -> str:
    if source.startswith("dd.") and target.startswith("dd."):
        return "spin-independent, spin-dependent and electron scattering come from different interactions"
    if source.startswith("dd.") and target.startswith("id.ann"):
        return "scattering and annihilation are joined by a model only: go through collider.mmed-mdm"
    if source.startswith("id.ann") and target.startswith("id.ann"):
        return "another channel has another spectrum, so the data must be analysed again"
    return "no formula joins these planes"


def _known(plane: Plane) -> str | None:
    names = [translation.to for translation in plane.translations]
    return f"from {plane.id} one can go to: {', '.join(names)}" if names else None


def parse_settings(pairs: tuple[str, ...]) -> dict[str, str]:
    """Read ``name=value`` options.

    Raises:
        UsageError: one has no ``=`` or stands twice.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(f'"{pair}" is no setting', mend="write --set name=value")
        if name.strip() in found:
            raise UsageError(f'"{name.strip()}" is set twice')
        found[name.strip()] = value.strip()
    return found
