"""Axions: from the decay constant to the photon coupling of one model and back."""

from __future__ import annotations

from typing import Final

from fairport.contract.documents import Plane
from fairport.contract.errors import RefusedError, UsageError
from fairport.physics import axion
from fairport.physics.curves import FunctionCurve
from fairport.results.deriving import Derived
from fairport.results.loaded import LoadedResult
from fairport.results.settings import Settings
from fairport.results.translation.translated import level_words, limit_record

CITATION: Final = "arXiv:1511.02867"


def to_photon_coupling(result: LoadedResult, plane: Plane, settings: Settings) -> Derived:
    """Turn a lower limit on f_a into an upper limit on |g| = alpha |E/N - 1.92| / (2 pi f_a).

    Settings: ``e_over_n``, or ``model`` KSVZ or DFSZ.
    """
    return _translate(result, plane, settings, "below", "above")


def to_decay_constant(result: LoadedResult, plane: Plane, settings: Settings) -> Derived:
    """Turn an upper limit on |g| into a lower limit on f_a, for one E/N."""
    return _translate(result, plane, settings, "above", "below")


def _translate(result: LoadedResult, plane: Plane, settings: Settings, side: str, new_side: str) -> Derived:
    name, ratio = _anomaly(settings)
    curve = result.curve
    if not isinstance(curve, FunctionCurve) or curve.excluded != side:
        raise RefusedError(f'"{result.id}" is no limit that excludes {side} a function of the mass')
    # the formula is its own inverse: g f_a = alpha |E/N - 1.92| / (2 pi)
    values = axion.photon_coupling(curve.y, ratio)
    bands = {key: axion.photon_coupling(band.y, ratio) for key, band in result.bands.items()}
    derived = limit_record(
        result,
        plane,
        curve.x,
        values,
        transform="axion-photon",
        parameters={"e_over_n": ratio, "model": name},
        model=dict(result.data.get("model", {})),
        assumptions=[
            f"E/N = {ratio:.4g}{f' ({name})' if name else ''}; another model has another coupling",
            level_words(result),
        ],
        cite=(CITATION,),
        excluded=new_side,
        bands={key: band for key, band in bands.items() if band.size == curve.x.size},
    )
    if "astro" in result.data:
        derived.record["astro"] = dict(result.data["astro"])
    return derived


def _anomaly(settings: Settings) -> tuple[str | None, float]:
    name, ratio = settings.text("model"), settings.number("e_over_n")
    if name is not None:
        if name.upper() not in axion.MODELS or ratio is not None:
            raise UsageError(f"model is one of {', '.join(axion.MODELS)}, and alone", mend="--set model=KSVZ")
        return name.upper(), axion.MODELS[name.upper()]
    if ratio is None:
        raise RefusedError(
            "the photon coupling depends on the model",
            why="it is set by the anomaly ratio E/N",
            mend="--set model=KSVZ, --set model=DFSZ, or --set e_over_n=2.6667",
        )
    return None, ratio
