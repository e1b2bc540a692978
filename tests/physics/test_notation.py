"""Numbers and units as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.physics.notation import (
    number_text,
    power_of_ten,
    quantity_text,
    unit_text,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.14e-44, "1.14 × 10⁻⁴⁴"),
        (1e-45, "10⁻⁴⁵"),
        (-1e-45, "−10⁻⁴⁵"),
        (-2.5e7, "−2.5 × 10⁷"),
        (100.0, "100"),
        (12345.0, "12345"),
        (1205.4, "1205"),
        (0.0438, "0.0438"),
        (0.9, "0.9"),
        (1e5, "10⁵"),
        (0.0, "0"),
        (math.nan, "–"),
        (math.inf, "∞"),
        (9.999e-44, "10⁻⁴³"),
    ],
)
def test_number_text(value: float, text: str) -> None:
    assert number_text(value) == text


@given(st.floats(min_value=1e-60, max_value=1e60))
def test_number_text_reads_back(value: float) -> None:
    table = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
    text = number_text(value)
    head, found, tail = text.partition("10") if any(c in "⁰¹²³⁴⁵⁶⁷⁸⁹" for c in text) else (text, "", "")
    if found and tail:
        mantissa = float(head.replace("×", "").strip() or 1)
        read = mantissa * 10.0 ** int(tail.translate(table))
    else:
        read = float(text)
    assert read == pytest.approx(value, rel=6e-3)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("cm2", "cm²"),
        ("cm3 s-1", "cm³ s⁻¹"),
        ("cm**3.s**-1", "cm³.s⁻¹"),
        ("GeV", "GeV"),
        ("1e-36 cm2", "10⁻³⁶ cm²"),
        ("", ""),
    ],
)
def test_units(unit: str, text: str) -> None:
    assert unit_text(unit) == text


def test_number_and_unit_stay_on_one_line() -> None:
    assert quantity_text(1e-45, "cm²") == "10⁻⁴⁵\N{NO-BREAK SPACE}cm²"
    assert quantity_text(0.5, "") == "0.5"


def test_powers() -> None:
    assert [power_of_ten(n) for n in (-45, 0, 1, 2)] == ["10⁻⁴⁵", "1", "10", "10²"]
