"""Right-to-left text is set apart wherever a template prints it inside an element."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from fairport.catalog import prose
from fairport.catalog.site.rendering import environment
from fairport.contract.characters import isolated
from fairport.results.figure.svgparts import typeset

HEBREW = "חיפוש חומר אפל"


def _render(source: str, **values: object) -> str:
    return environment().from_string(source).render(**values)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("LZ 2024", "LZ 2024"),
        ("Résultat ⟨σv⟩", "Résultat ⟨σv⟩"),
        (f"{HEBREW} 2024 (XENON)", f"<bdi>{HEBREW} 2024 (XENON)</bdi>"),
        (f"LZ {HEBREW} 2024", f"LZ <bdi>{HEBREW}</bdi> 2024"),
        ("<b>قياس</b>", "&lt;b&gt;<bdi>قياس</bdi>&lt;/b&gt;"),
        (f"\u2069\u2069{HEBREW}\u2068", f"<bdi>{HEBREW}</bdi>"),
    ],
)
def test_text_inside_an_element(text: str, shown: str) -> None:
    assert _render("<h1>{{ text }}</h1>", text=text) == f"<h1>{shown}</h1>"
    assert prose.inline(text) == shown


def test_attributes_and_elements_of_text_take_no_markup() -> None:
    source = '<a title="{{ t }}">{{ t }}</a><title>{{ t }}</title><option>{{ t }}</option>{{ t }}'
    apart = f"<bdi>{HEBREW}</bdi>"
    assert _render(source, t=HEBREW) == (
        f'<a title="{HEBREW}">{apart}</a><title>{HEBREW}</title><option>{HEBREW}</option>{apart}'
    )


def test_what_is_no_text_stays_as_it_is() -> None:
    assert _render("<p>{{ n }} {{ m }} {{ a if a else 1 }}</p>", n=3, m=Markup("<b>א</b>"), a="") == (
        "<p>3 <b>א</b> 1</p>"
    )


def test_labels_of_figures_set_it_apart_too() -> None:
    assert typeset(f"LZ {HEBREW} 2024", 12) == f"LZ \u2068{HEBREW}\u2069 2024"
    assert isolated("plain") == "plain"
