"""Settings of a translation: text in, numbers with units out, and none left over unnoticed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Final

from fairport.contract.errors import UsageError
from fairport.physics.units import conversion_factor

_QUANTITY: Final = re.compile(r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?P<unit>.*)\Z")

KNOWN: Final = (
    "e_over_n",
    "f_eff",
    "f_eff_source",
    "gdm",
    "gl",
    "gq",
    "local_fraction",
    "log10_j",
    "m_max",
    "m_min",
    "mass",
    "mediator",
    "mediator_min",
    "model",
    "rho0",
    "self_conjugate",
    "v0",
    "v_earth",
    "vesc",
)


class Settings:
    """Settings by name; each one that is read counts as used."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Take ``values``.

        Raises:
            UsageError: a name is not known.
        """
        for name in values:
            if name not in KNOWN:
                near = difflib.get_close_matches(name, KNOWN, 1)
                raise UsageError(
                    f'there is no setting "{name}"',
                    mend=f"did you mean {near[0]}?" if near else f"use one of: {', '.join(KNOWN)}",
                )
        self._values = dict(values)
        self._used: set[str] = set()

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def text(self, name: str) -> str | None:
        """Return a setting as it was written, ``None`` when it is absent."""
        self._used.add(name)
        return self._values.get(name)

    def number(self, name: str, unit: str = "") -> float | None:
        """Return a setting as a number in ``unit``; a number without a unit is taken to be in it.

        Raises:
            UsageError: it is no finite number.
            UnitProblem: its unit does not fit.
        """
        value = self.text(name)
        return None if value is None else parse_quantity(value, unit, name)

    def flag(self, name: str) -> bool | None:
        """Return a setting as true or false.

        Raises:
            UsageError: it is neither.
        """
        value = self.text(name)
        if value is None:
            return None
        if value.lower() in {"true", "yes", "majorana"}:
            return True
        if value.lower() in {"false", "no", "dirac"}:
            return False
        raise UsageError(f"{name} is true or false, not {value}")

    def refuse_unused(self) -> None:
        """Refuse settings that the translation did not need: they would have had no effect.

        Raises:
            UsageError: with their names.
        """
        left = sorted(set(self._values) - self._used)
        if left:
            raise UsageError(f"this translation does not depend on {', '.join(left)}", mend="leave it out")


def parse_quantity(text: str, unit: str, name: str = "the value") -> float:
    """Read ``40``, ``40GeV`` or ``0.04 TeV`` as a number in ``unit``.

    Raises:
        UsageError: it is no finite number.
        UnitProblem: the unit does not measure the same thing.
    """
    match = _QUANTITY.match(text.strip())
    if match is None or not abs(float(match["number"])) < float("inf"):
        raise UsageError(
            f'{name}: "{text}" is no number', mend="write a number, with a unit behind it if needed"
        )
    stated = match["unit"].strip()
    return float(match["number"]) * (conversion_factor(stated, unit) if stated else 1.0)
