"""What is printed below a figure."""

from __future__ import annotations

from typing import Any

from fairport.results.captions import caption, field_text
from fairport.results.planes import Planes

SI = Planes().get("dd.si")


def test_shared_assumptions(make: Any) -> None:
    lines = caption(SI, [make(), make(id="b")], ["A", "B"]).lines
    assert [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines] == [
        "90 % CL · ρ₀ = 0.3 GeV cm⁻³ · v₀ = 220 km s⁻¹ · v_esc = 544 km s⁻¹"
    ]


def test_those_that_differ_are_marked_and_named(make: Any) -> None:
    fast = make(astro={"halo": {"v0": {"value": 238, "unit": "km s-1"}}})
    silent = make(statistics={"cl": "not-stated"})
    found = caption(SI, [make(), make(), fast, silent], ["A", "B", "C", "D"])
    assert found.marked == {2, 3}
    assert found.lines[0].endswith(" unless marked *")
    assert (
        found.lines[1].replace("\N{NO-BREAK SPACE}", " ")
        == "* C: v₀ = 238 km s⁻¹; D: confidence level not stated"
    )


def test_many_that_differ_are_counted(make: Any) -> None:
    silent = [make(statistics={"cl": "not-stated"}) for _ in range(5)]
    assert caption(SI, silent, list("ABCDE")).lines[-1] == "* 5 results: confidence level not stated"


def test_lines_carry_no_level(make: Any) -> None:
    line = make(kind="line", statistics=None, astro=None, model=None, geometry={"excluded": "none"})
    assert caption(SI, [make(), line], ["A", "line"]).marked == frozenset()
    assert caption(SI, [], []).lines == ()


def test_mixed_fractions_of_dark_matter_are_told(make: Any) -> None:
    found = caption(SI, [make(), make(), make(model={"dm": {"local_fraction": 0.1}})], ["A", "B", "C"])
    assert found.marked == {2}
    assert "dark-matter fraction = 0.1" in found.lines[1]


def test_fields_in_words() -> None:
    assert field_text("statistics.cl", 0.95) == "95\N{NO-BREAK SPACE}% CL"
    assert field_text("model.mediator.type", "vector") == "vector mediator"
    assert "Majorana" in field_text("model.dm.self_conjugate", True)


def test_results_inside_a_model_say_which(make: Any) -> None:
    """A translated contour holds for its couplings only, wherever it is drawn."""
    model = {"mediator": {"type": "vector"}, "couplings": {"gq": 0.25, "gdm": 1.0, "gl": 0.0}}
    results = [make(), make(id="b", model=model)]
    (line,) = (text for text in caption(results[0].plane, results, ["LZ", "ATLAS"]).lines if "model" in text)
    assert line == "Inside one model: ATLAS: vector mediator, g_q = 0.25, g_χ = 1, g_l = 0"
