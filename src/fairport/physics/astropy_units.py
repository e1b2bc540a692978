"""The boundary to ``astropy.units``: reading the VOUnits that the fast table does not know."""

from __future__ import annotations

import math
import warnings
from fractions import Fraction


def parse(text: str) -> tuple[float, tuple[tuple[str, int | str], ...]] | None:
    """Read a VOUnits text with astropy.

    Returns:
        The SI value and the powers of the base units, sorted by base (whole powers as ``int``, broken ones
        as text such as ``1/2``); ``None`` when astropy does not accept the text or it is logarithmic.
    """
    from astropy import units

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            unit = units.Unit(text, format="vounit", parse_strict="raise")
            plain = unit.decompose()
            scale = plain.scale  # a unit of several parts ("a,b") has none
        except (ValueError, TypeError, AttributeError, units.UnitsError):
            return None
    if isinstance(scale, complex) or not math.isfinite(scale) or scale <= 0.0:
        return None
    powers: list[tuple[str, int | str]] = []
    for base, power in zip(plain.bases, plain.powers, strict=True):
        fraction = Fraction(power).limit_denominator(100)
        powers.append((str(base.name), int(fraction) if fraction.denominator == 1 else str(fraction)))
    return float(scale), tuple(sorted(powers))
