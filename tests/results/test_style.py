"""Colours, lines and labels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.results.style import PALETTE, UNSTATED, clip, colour_slots, styles_of, suffix_of, year_of

names = st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=30)


@given(names, st.randoms())
def test_colours_do_not_depend_on_the_order(items: list[str], random: Any) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)
    assert colour_slots(items) == colour_slots(shuffled)


@given(names)
def test_colours_differ_as_long_as_there_are_some(items: list[str]) -> None:
    slots = colour_slots(items)
    assert len(set(slots.values())) == min(len(items), len(PALETTE))


def test_colours_of_the_catalogue_are_kept(make: Any) -> None:
    style = styles_of([make()], {"LZ": 5, "XENON": 2})[0]
    assert style.slot == 5


def contrast(colour: str, ground: str = "#ffffff") -> float:
    """Contrast ratio by WCAG 2.2."""

    def luminance(text: str) -> float:
        parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("swatch", PALETTE, ids=lambda swatch: swatch.name)
def test_text_can_be_read_on_light_and_dark_ground(swatch: Any) -> None:
    assert contrast(swatch.text) >= 4.5
    assert contrast(swatch.dark, "#121519") >= 4.5
    assert contrast(swatch.line) >= 2.5


@pytest.mark.parametrize(
    ("changes", "line", "marker", "fill", "suffix"),
    [
        ({}, "solid", None, True, ""),
        ({"provenance": {"origin": "digitised"}}, "solid", "dot", True, "digitised"),
        ({"provenance": {"origin": "recast"}}, "solid", "ring", True, "recast"),
        ({"provenance": {"origin": "simulation"}}, "solid", "triangle", True, "simulation"),
        (
            {
                "kind": "projection",
                "statistics": {"role": "expected"},
                "provenance": {"origin": "projection"},
            },
            "dashdot",
            None,
            False,
            "projection",
        ),
        ({"statistics": {"role": "expected"}}, "dashed", None, False, "expected"),
        ({"provenance": {"origin": "recast", "example": True}}, "solid", "ring", True, "example, recast"),
        ({"status": "superseded"}, "solid", None, True, "superseded"),
        ({"status": "withdrawn", "status_reason": "wrong"}, "solid", None, False, "withdrawn"),
    ],
)
def test_classes_look_different(
    make: Any, changes: dict[str, Any], line: str, marker: str | None, fill: bool, suffix: str
) -> None:
    style = styles_of([make(**changes)])[0]
    assert (style.line, style.marker, style.fill, style.suffix) == (line, marker, fill, suffix)
    plain = styles_of([make()])[0]
    assert not changes or (style.line, style.marker, style.opacity, style.slot, style.width) != (
        plain.line,
        plain.marker,
        plain.opacity,
        plain.slot,
        plain.width,
    )


def test_examples_never_look_like_the_experiment(make: Any) -> None:
    style = styles_of([make(provenance={"example": True})])[0]
    assert style.text == "LZ (example)"
    assert style.opacity < 1.0
    assert "example" in style.classes


@pytest.mark.parametrize(
    ("arxiv", "year"),
    [("1802.07198v2", "2018"), ("hep-ex/9804032", "1998"), ("0706.0039", "2007"), (None, None)],
)
def test_years(make: Any, arxiv: str | None, year: str | None) -> None:
    source = {"arxiv": arxiv} if arxiv else {}
    assert year_of(make(provenance={"source": source})) == year


def test_labels_that_would_be_equal_are_told_apart(make: Any) -> None:
    results = [make(), make(id="migdal"), make(provenance={"origin": "recast"})]
    assert [style.text for style in styles_of(results)] == ["LZ si", "LZ migdal", "LZ (recast)"]


def test_label_without_experiment_is_the_title(make: Any) -> None:
    result = make(experiment=None, title="A very long title " * 5)
    assert len(styles_of([result])[0].label) <= 36
    assert suffix_of(result) == ""


def test_label_of_an_experiment_that_nobody_states_is_the_title(make: Any) -> None:
    result = replace(make(), experiment=UNSTATED)
    assert styles_of([result])[0].label == result.record.title


def test_clip_takes_control_characters_away() -> None:
    assert clip("a\n\x1b[31mb\u202e  c", 20) == "a [31mb c"
    assert clip("abcdef", 4) == "abc…"
