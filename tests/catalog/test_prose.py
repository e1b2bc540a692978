"""Prose of records: a few marks, nothing else."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.catalog.prose import clean, inline, plain, prose, summary


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


def tags_of(html: str) -> _Tags:
    parser = _Tags()
    parser.feed(html)
    return parser


def test_the_marks_that_are_known() -> None:
    text = "One **bold** and *soft* word,\nwith `code`.\n\n- first\n- second\n  line"
    assert str(prose(text)) == (
        "<p>One <strong>bold</strong> and <em>soft</em> word, with <code>code</code>.</p>\n"
        "<ul><li>first</li><li>second line</li></ul>"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "![x](https://evil.example.org/pixel.png)",
        "<https://evil.example.org>",
        '"><svg onload=alert(1)>',
        "**<b>x</b>** `<i>`",
    ],
)
def test_nothing_else_becomes_html(text: str) -> None:
    parsed = tags_of(str(prose(text)))
    assert parsed.tags <= {"p", "ul", "li", "strong", "em", "code", "bdi"}
    assert parsed.attributes == []


@given(st.text(max_size=200))
def test_no_text_ever_brings_a_tag_or_attribute(text: str) -> None:
    parsed = tags_of(str(prose(text)) + str(inline(text)))
    assert parsed.tags <= {"p", "ul", "li", "strong", "em", "code", "bdi"}
    assert parsed.attributes == []


def test_reordering_and_control_characters_are_dropped() -> None:
    assert clean("a\u202eb\u2066c\x07d") == "abc\N{REPLACEMENT CHARACTER}d"


def test_plain_text_and_summary() -> None:
    assert plain("**A**\n *b*  `c`") == "A b c"
    assert summary("word " * 100, 40) == "word word word word word word word…"
    assert summary("short") == "short"
