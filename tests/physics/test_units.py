"""Units: the fast table against astropy, the aliases, conversions."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fairport.physics import astropy_units, units
from fairport.physics.units import UnitProblem, conversion_factor, parse_unit, physical_type
from fairport.physics.unittable import ALIASES, ATOMS, PHYSICAL_TYPES, PREFIXES

SYMBOLS = sorted(ATOMS) + sorted(p + s for s, atom in ATOMS.items() if atom.prefixable for p in PREFIXES)

# Our names where astropy has another word, or none.
SYNONYMS = {"inverse area": "column density", "D factor": "spectral flux density"}


def value(unit: units.Unit) -> float:
    return unit.mantissa * 10.0**unit.exponent


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_table_equals_astropy(symbol: str) -> None:
    expected = astropy_units.parse(symbol)
    assert expected is not None, "astropy does not take it as a VOUnit"
    read = parse_unit(symbol)
    assert value(read) == pytest.approx(expected[0], rel=1e-14)
    assert read.dimension == expected[1]


factor = st.tuples(st.sampled_from(SYMBOLS), st.integers(-4, 4).filter(bool))


@given(
    st.lists(factor, min_size=1, max_size=4),
    st.sampled_from([" ", ".", "*"]),
    st.sampled_from(["{}{}", "{}**{}", "{}**({})"]),
    st.sampled_from(["", "1e-36 ", "10**3 "]),
)
@settings(max_examples=120, deadline=None)
def test_products_equal_astropy(
    factors: list[tuple[str, int]], separator: str, form: str, scale: str
) -> None:
    text = scale + separator.join(form.format(*item) if item[1] != 1 else item[0] for item in factors)
    read = units._parse_fast(text)
    assert read is not None
    mantissa, exponent, dimension = read
    assume(abs(exponent) < 290)  # astropy works with doubles
    expected = astropy_units.parse(text)
    assert expected is not None
    assert dimension == expected[1]
    assert math.log10(mantissa) + exponent == pytest.approx(math.log10(expected[0]), abs=1e-9)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("cm3/s", "volumetric flow rate"),
        ("1/GeV", "inverse energy"),
        ("1/(kg d keV)", "differential rate per mass and energy"),
        ("/s", "frequency"),
        ("cm**3.s**-1", "volumetric flow rate"),
        ("1", "dimensionless"),
        ("", "dimensionless"),
    ],
)
def test_forms_of_quotients(text: str, kind: str) -> None:
    assert physical_type(text) == kind
    if text:
        expected = astropy_units.parse(text)
        assert expected is not None
        assert value(parse_unit(text)) == pytest.approx(expected[0], rel=1e-14)


def test_names_of_dimensions_agree_with_astropy() -> None:
    from astropy import units as u

    for dimension, name in PHYSICAL_TYPES.items():
        unit = u.dimensionless_unscaled
        for base, power in dimension:
            unit *= u.Unit(base) ** power
        theirs = unit.physical_type
        if theirs != "unknown":
            assert theirs == SYNONYMS.get(name, name), dimension


@pytest.mark.parametrize("name", sorted(ALIASES))
def test_aliases_are_needed_and_their_meaning_is_a_unit(name: str) -> None:
    assert not units.is_unit(name), "this is a VOUnit by itself and needs no alias"
    alias = ALIASES[name]
    assert units.is_unit(alias.unit)
    with pytest.raises(UnitProblem) as caught:
        parse_unit(name)
    assert caught.value.suggestion is not None
    suggested = parse_unit(caught.value.suggestion)
    assert suggested.dimension == parse_unit(alias.unit).dimension
    assert value(suggested) == pytest.approx(value(parse_unit(alias.unit)) * 10.0**alias.exponent, rel=1e-12)


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        ("pb", "1e-36 cm2"),
        ("fb", "1e-39 cm2"),
        ("fb^-1", "1e39 cm-2"),
        ("fb$^{-1}$", "1e39 cm-2"),
        ("GeV/c2", "GeV"),
        ("GeV/c^2", "GeV"),
        ("keV / c**2", "keV"),
        ("GeV c-2", "GeV"),
        ("Mev", "MeV"),
        ("cm²", "cm2"),
        ("$\\mathrm{cm}^2$", "cm2"),
        ("tonne-year", "1e3 kg yr"),
        ("counts/keV/kg/day", "count keV-1 kg-1 d-1"),
        ("events/(t yr keV)", "1e-3 count kg-1 yr-1 keV-1"),
        ("pb/GeV", "1e-36 cm2 GeV-1"),
        ("dru", "count kg-1 d-1 keV-1"),
        ("[GeV]", "GeV"),
        ("unitless", ""),
        ("-", ""),
        ("%", "1e-2"),
    ],
)
def test_what_people_write(written: str, suggestion: str) -> None:
    with pytest.raises(UnitProblem) as caught:
        parse_unit(written)
    assert caught.value.suggestion == suggestion
    assert caught.value.unit == written
    assert f'write "{suggestion}"' in str(caught.value)


@pytest.mark.parametrize(
    "text", ["foo", "log(GeV)", "'events'", "GeV/", "/", "mag", "x" * 500, "GeV\n\n", "B 7 %%"]
)
def test_no_guess_for_the_unknown(text: str) -> None:
    if text.strip() == "GeV":
        assert parse_unit(text).physical_type == "energy"
        return
    with pytest.raises(UnitProblem) as caught:
        parse_unit(text)
    assert caught.value.suggestion is None


def test_a_bit_is_never_an_area() -> None:
    # astropy's generic reader takes pb for a picobit; nothing here may.
    assert physical_type("pbarn") == "area"
    with pytest.raises(UnitProblem):
        physical_type("pb")


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("TeV", "GeV", 1000.0),
        ("MeV", "GeV", 0.001),
        ("eV", "GeV", 1e-9),
        ("pbarn", "cm2", 1e-36),
        ("1e-36 cm2", "cm2", 1e-36),
        ("m3 s-1", "cm3 s-1", 1e6),
        ("GeV-1", "TeV-1", 1000.0),
        ("", "", 1.0),
    ],
)
def test_decimal_factors_are_exact(source: str, target: str, expected: float) -> None:
    assert conversion_factor(source, target) == expected


def test_factor_between_years_and_days() -> None:
    assert conversion_factor("kg yr", "kg d") == pytest.approx(365.25)


@given(st.sampled_from(["eV", "keV", "MeV", "GeV", "TeV", "J", "erg"]), st.sampled_from(["eV", "GeV", "J"]))
def test_factors_invert(one: str, other: str) -> None:
    assert conversion_factor(one, other) * conversion_factor(other, one) == pytest.approx(1.0, rel=1e-14)


def test_different_quantities_are_refused() -> None:
    with pytest.raises(UnitProblem, match="an energy cannot be converted to an area") as caught:
        conversion_factor("keV", "cm2")
    assert caught.value.suggestion is None


def test_units_of_the_planes_need_no_astropy() -> None:
    code = (
        "import sys; from fairport.physics.units import parse_unit, conversion_factor\n"
        "for unit in 'GeV MeV TeV cm2 pbarn cm3.s-1 s GeV-1 cm3.s-1.GeV-1 kg.d eV'.split():\n"
        "    parse_unit(unit)\n"
        "conversion_factor('MeV', 'GeV')\n"
        "assert not {'astropy', 'numpy'} & set(sys.modules), 'heavy import'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("text", ["a,b", "(m, s)", "m,", ","])
def test_units_of_several_parts_are_refused(text: str) -> None:
    assert not units.is_unit(text)
