"""How numbers and units are printed for people: real superscripts, minus signs and no-break spaces."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Final

_TO_SUPERSCRIPT: Final = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
_FACTOR: Final = re.compile(r"([A-Za-z]+)(?:\*\*|\^)?\(?([+-]?\d+)?\)?")
_POWER_OF_TEN: Final = re.compile(r"(?:10\*\*|1e)([+-]?\d+)")


def superscript(power: int) -> str:
    """Return a whole number as superscript characters: ``-45`` gives ``⁻⁴⁵``."""
    return str(power).translate(_TO_SUPERSCRIPT)


def power_of_ten(power: int) -> str:
    """Return ``10ⁿ``; 1 and 10 are written plainly."""
    return {0: "1", 1: "10"}.get(power, "10" + superscript(power))


def split_scientific(value: float, digits: int = 3) -> tuple[str, int]:
    """Return mantissa text (without needless zeros) and decimal exponent of a finite number."""
    mantissa, _, exponent = f"{value:.{max(digits, 1) - 1}e}".partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa, int(exponent)


@lru_cache(maxsize=8192)
def number_text(value: float, digits: int = 3) -> str:
    """Return a number for people with ``digits`` significant digits: ``0.0438``, ``1205``, ``1.14 ×
    10⁻⁴⁴``.
    """
    if not math.isfinite(value):
        return "–" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if value == 0.0:
        return "0"
    mantissa, exponent = split_scientific(value, digits)
    if -4 < exponent < 5:
        plain = f"{value:.{max(digits - 1 - exponent, 0)}f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return plain.replace("-", "−")
    shown = "" if mantissa in {"1", "-1"} else f"{mantissa} × ".replace("-", "−")
    return f"{'−' if mantissa == '-1' else ''}{shown}10{superscript(exponent)}"


def quantity_text(value: float, unit_label: str, digits: int = 3) -> str:
    """Return number and unit label with a no-break space between them; a pure number stands alone."""
    number = number_text(value, digits)
    return f"{number}\N{NO-BREAK SPACE}{unit_label}" if unit_label else number


@lru_cache(maxsize=1024)
def unit_text(unit: str) -> str:
    """Return a VOUnits text with superscripts: ``cm3 s-1`` gives ``cm³ s⁻¹``; a scale such as 1e-36 gives
    10⁻³⁶.
    """
    scaled = _POWER_OF_TEN.sub(lambda m: "10" + superscript(int(m.group(1))), unit.strip(), count=1)
    head, rest = (scaled, "") if not scaled.startswith("10") else _split_scale(scaled)
    return (rest + _FACTOR.sub(_superscript_factor, head)).replace("**", "").strip()


def _split_scale(text: str) -> tuple[str, str]:
    match = re.match(r"10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+[ .*]*", text)
    if match is None:
        return text, ""
    return text[match.end() :], match.group().rstrip(" .*") + " "


def _superscript_factor(match: re.Match[str]) -> str:
    power = match.group(2)
    return match.group(1) + (superscript(int(power)) if power else "")
