"""The data behind :mod:`fairport.physics.units`: known symbols, names of dimensions, and the aliases
people write instead of units.

Numbers are SI values; the electronvolt is exact since the 2019 revision of the SI. A test holds this table
equal to astropy.
"""

from __future__ import annotations

from typing import Final, NamedTuple

Dimension = tuple[tuple[str, int], ...]
"""Powers of the base units ``m kg s A K rad ct ph``, sorted by base, zeros left out."""


class Atom(NamedTuple):
    """A unit symbol: its SI value is ``mantissa * 10**exponent``; ``prefixable`` symbols take SI prefixes."""

    mantissa: float
    exponent: int
    dimension: Dimension
    prefixable: bool = False


def _dimension(**powers: int) -> Dimension:
    return tuple(sorted((base, power) for base, power in powers.items() if power))


_ENERGY = _dimension(kg=1, m=2, s=-2)
_TIME = _dimension(s=1)
_LENGTH = _dimension(m=1)
_ANGLE = _dimension(rad=1)

ATOMS: Final[dict[str, Atom]] = {
    "m": Atom(1.0, 0, _LENGTH, True),
    "g": Atom(1.0, -3, _dimension(kg=1), True),
    "s": Atom(1.0, 0, _TIME, True),
    "K": Atom(1.0, 0, _dimension(K=1), True),
    "rad": Atom(1.0, 0, _ANGLE, True),
    "sr": Atom(1.0, 0, _dimension(rad=2)),
    "eV": Atom(1.602176634, -19, _ENERGY, True),
    "J": Atom(1.0, 0, _ENERGY, True),
    "erg": Atom(1.0, -7, _ENERGY),
    "W": Atom(1.0, 0, _dimension(kg=1, m=2, s=-3), True),
    "Hz": Atom(1.0, 0, _dimension(s=-1), True),
    "T": Atom(1.0, 0, _dimension(kg=1, s=-2, A=-1), True),
    "V": Atom(1.0, 0, _dimension(kg=1, m=2, s=-3, A=-1), True),
    "min": Atom(6.0, 1, _TIME),
    "h": Atom(3.6, 3, _TIME),
    "d": Atom(8.64, 4, _TIME),
    "a": Atom(3.15576, 7, _TIME),  # no prefixes: Pa is the pascal
    "yr": Atom(3.15576, 7, _TIME, True),
    "pc": Atom(3.085677581491367278913937957796, 16, _LENGTH, True),
    "barn": Atom(1.0, -28, _dimension(m=2), True),
    "deg": Atom(1.7453292519943295, -2, _ANGLE),
    "count": Atom(1.0, 0, _dimension(ct=1)),
    "ct": Atom(1.0, 0, _dimension(ct=1)),
    "photon": Atom(1.0, 0, _dimension(ph=1)),
    "ph": Atom(1.0, 0, _dimension(ph=1)),
}

PREFIXES: Final[dict[str, int]] = {
    "f": -15,
    "p": -12,
    "n": -9,
    "u": -6,
    "m": -3,
    "c": -2,
    "k": 3,
    "M": 6,
    "G": 9,
    "T": 12,
    "P": 15,
    "E": 18,
}

PHYSICAL_TYPES: Final[dict[Dimension, str]] = {
    (): "dimensionless",
    _LENGTH: "length",
    _dimension(m=2): "area",
    _dimension(m=3): "volume",
    _TIME: "time",
    _dimension(s=-1): "frequency",
    _dimension(kg=1): "mass",
    _ENERGY: "energy",
    _dimension(kg=1, m=2, s=-3): "power",
    _dimension(m=1, s=-1): "speed",
    _dimension(m=3, s=-1): "volumetric flow rate",
    _dimension(kg=1, m=-1, s=-2): "energy density",
    _dimension(kg=1, m=-3): "mass density",
    _dimension(m=-3): "number density",
    _dimension(m=-2): "inverse area",
    _dimension(m=-2, s=-1): "particle flux",
    _dimension(kg=1, s=-3): "energy flux",
    _dimension(kg=-1, m=-2, s=2): "inverse energy",
    _dimension(kg=-2, m=-4, s=4): "inverse energy squared",
    _dimension(kg=2, m=4, s=-4): "energy squared",
    _dimension(kg=-1, m=1, s=1): "annihilation rate per energy",
    _dimension(kg=1, s=1): "exposure",
    _dimension(kg=2, m=-1, s=-4): "J factor",
    _dimension(kg=1, s=-2): "D factor",
    _dimension(ct=1): "count",
    _dimension(ct=1, s=-1): "count rate",
    _dimension(ct=1, kg=-1, s=-1): "count rate per mass",
    _dimension(ct=1, kg=-2, m=-2, s=1): "differential count rate",
    _dimension(ph=1): "photon count",
    _dimension(kg=-2, m=-2, s=1): "differential rate per mass and energy",
    _dimension(K=1): "temperature",
    _ANGLE: "angle",
    _dimension(rad=2): "solid angle",
    _dimension(kg=1, s=-2, A=-1): "magnetic flux density",
    _dimension(kg=1, m=2, s=-3, A=-1): "electrical potential",
}


class Alias(NamedTuple):
    """What people write instead of a unit: ``10**exponent`` times ``unit`` (VOUnits), and why the text
    itself is not taken.
    """

    unit: str
    exponent: int
    reason: str


def _barns() -> dict[str, Alias]:
    names = {
        "b": 0,
        "mb": -3,
        "ub": -6,
        "µb": -6,
        "μb": -6,
        "nb": -9,
        "pb": -12,
        "fb": -15,
        "ab": -18,
        "zb": -21,
    }
    return {
        name: Alias(
            "cm2", exponent - 24, f'"{name}" is not a VOUnit, and some readers take it as a kind of bit'
        )
        for name, exponent in names.items()
    }


def _many(names: str, unit: str, exponent: int, reason: str) -> dict[str, Alias]:
    return {name: Alias(unit, exponent, reason) for name in names.split()}


_PLURAL = "VOUnits knows the symbol only, without plurals or words"
_CASE = "VOUnits distinguishes capital and small letters"

ALIASES: Final[dict[str, Alias]] = {
    **_barns(),
    **_many("event events evt evts counts cts Events", "count", 0, "VOUnits counts things in count"),
    **_many("t tonne tonnes", "kg", 3, "the tonne is not a VOUnit"),
    **_many("ton tons", "kg", 3, "the ton is not a VOUnit (read as the metric ton)"),
    **_many("kt ktonne ktonnes kton ktons", "kg", 6, "the kilotonne is not a VOUnit"),
    **_many("day days", "d", 0, _PLURAL),
    **_many("y yrs year years", "yr", 0, _PLURAL),
    **_many("hr hrs hour hours", "h", 0, _PLURAL),
    **_many("sec secs second seconds", "s", 0, _PLURAL),
    **_many("ev Ev", "eV", 0, _CASE),
    **_many("kev KeV Kev KEV", "keV", 0, _CASE),
    **_many("Mev MEV", "MeV", 0, _CASE),
    **_many("gev Gev GEV", "GeV", 0, _CASE),
    **_many("tev Tev TEV", "TeV", 0, _CASE),
    **_many("Msun M_sun Msol M_sol", "solMass", 0, "VOUnits writes the solar mass solMass"),
    **_many("becquerel Bq", "s-1", 0, "the becquerel is not a VOUnit"),
    **_many("cpd", "count d-1", 0, "counts per day are written out in VOUnits"),
    **_many("dru DRU", "count kg-1 d-1 keV-1", 0, "the differential rate unit is written out in VOUnits"),
    **_many("% percent", "", -2, "VOUnits as read here has no percent sign"),
    **_many("µm μm", "um", 0, "VOUnits writes micro as u"),
    **_many("µeV μeV", "ueV", 0, "VOUnits writes micro as u"),
    **_many("Å", "Angstrom", 0, "VOUnits writes Angstrom"),
}

DIMENSIONLESS_WORDS: Final = frozenset(
    {
        "-",
        "--",
        "–",
        "—",
        "none",
        "null",
        "unitless",
        "dimensionless",
        "n/a",
        "na",
        "no unit",
        "no units",
        "arb",
        "adimensional",
    }
)
"""Texts that mean "no unit"; the empty text is what VOUnits wants."""
