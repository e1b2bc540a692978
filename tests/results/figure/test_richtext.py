"""Raised and lowered text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairport.results.figure.mpltext import mathtext
from fairport.results.figure.richtext import Run, plain, runs, width


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10⁻⁴⁵ cm²", [Run("10"), Run("−45", "sup"), Run(" cm"), Run("2", "sup")]),
        ("m_χ", [Run("m"), Run("χ", "sub")]),
        ("σ_{SD,p} [cm²]", [Run("σ"), Run("SD,p", "sub"), Run(" [cm"), Run("2", "sup"), Run("]")]),
        ("ρ₀", [Run("ρ"), Run("0", "sub")]),
        ("snake_case and 1_x stay", [Run("snake_case and 1_x stay")]),
        ("σ\u0304_e", [Run("σ\u0304"), Run("e", "sub")]),
        ("p_ann = f_eff⟨σv⟩", [Run("p"), Run("ann", "sub"), Run(" = f"), Run("eff", "sub"), Run("⟨σv⟩")]),
        ("_start", [Run("_start")]),
    ],
)
def test_runs(text: str, expected: list[Run]) -> None:
    assert list(runs(text)) == expected


def test_plain() -> None:
    assert plain("10⁻⁴⁵ m_χ") == "10⁻⁴⁵ mχ"


@given(st.text(max_size=60))
def test_nothing_is_lost_and_width_grows(text: str) -> None:
    assert width(text + "x", 10) > width(text, 10) >= 0
    joined = "".join(run.text for run in runs(text))
    assert len(joined) <= len(text)


@settings(deadline=None)
@given(st.text(alphabet="ab$\\_^{}²₀ {", max_size=40))
def test_hostile_text_is_no_mathematics(text: str) -> None:
    from matplotlib.mathtext import MathTextParser

    shown = mathtext(text)
    parts = shown.replace(r"\$", "").split("$")
    assert len(parts) % 2 == 1, "an unescaped dollar sign is left open"
    for formula in parts[1::2]:
        MathTextParser("path").parse(f"${formula}$")
