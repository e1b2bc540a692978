"""BibTeX."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.results.bibtex import bibliography, escape

SOURCE = {
    "doi": "https://doi.org/10.1103/PhysRevD.98.102006",
    "arxiv": "1802.07198v2",
    "texkey": "DarkSide:2018kuk",
}


def test_published_source(make: Any) -> None:
    text = bibliography([make(provenance={"source": {**SOURCE, "figure": "Figure 14"}})])
    assert text == (
        "@misc{DarkSide:2018kuk,\n"
        "    doi = {10.1103/PhysRevD.98.102006},\n"
        "    eprint = {1802.07198v2},\n"
        "    archivePrefix = {arXiv},\n"
        "    note = {Figure 14},\n"
        "    year = {2018},\n"
        "}\n"
    )


def test_each_source_once(make: Any) -> None:
    one = make(provenance={"source": SOURCE, "cite": [SOURCE["doi"]]})
    lower = make(provenance={"source": {"doi": "10.1103/physrevd.98.102006"}}, analysis="b")
    other_version = make(provenance={"source": {"arxiv": "2410.17036v1"}}, analysis="c")
    same_paper = make(provenance={"source": {"arxiv": "2410.17036v2"}}, analysis="d")
    text = bibliography([one, lower, other_version, same_paper])
    assert text.count("@misc") == 2


def test_further_citations(make: Any) -> None:
    text = bibliography(
        [
            make(
                provenance={
                    "source": SOURCE,
                    "cite": ["https://doi.org/10.1000/xyz", "https://example.org/x"],
                }
            )
        ]
    )
    assert "doi = {10.1000/xyz}" in text
    assert r"howpublished = {\url{https://example.org/x}}" in text


def test_records(make: Any) -> None:
    result = make()
    text = bibliography([result], records=True, url="https://example.org/r/")
    assert "@misc{fairport:lz-2024/si," in text
    assert result.digest in text
    assert r"\url{https://example.org/r/lz-2024/si/}" in text
    assert bibliography([result]) == ""


@given(st.text(max_size=80))
def test_escaped_text_cannot_leave_its_field(text: str) -> None:
    shown = escape(text)
    assert "\n" not in shown
    bare = re.sub(r"\\textbackslash\{\}|\\textasciitilde\{\}|\\textasciicircum\{\}|\\[{}$&#%_]", "", shown)
    assert not set(bare) & set("\\{}$&#%_~^")


@pytest.mark.parametrize(
    "evil", ["x},\n}\n@misc{y,", "a b\\input{/etc/passwd}", "{{{", "https://e.org/}\\url{"]
)
def test_hostile_fields(make: Any, evil: str) -> None:
    word = "".join(evil.split("\n"))  # a word with a line feed is refused before
    source = {"doi": word, "arxiv": word, "texkey": word, "url": word, "figure": word}
    text = bibliography([make(title=evil, provenance={"source": source, "cite": [word]})], records=True)
    assert "\\input" not in text.replace(r"\textbackslash{}input", "")
    for entry in re.split(r"(?m)^(?=@)", text)[1:]:
        key, _, rest = entry.partition(",\n")
        assert re.fullmatch(r"@misc\{[A-Za-z0-9:.+/-]+", key)
        body = re.sub(r"\\[{}]", "", rest)
        assert body.count("{") + 1 == body.count("}")
