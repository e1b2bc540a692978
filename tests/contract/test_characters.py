"""Characters that nobody sees: refused in words, taken out of texts, named in findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairport.contract.characters import bare, cleaned, first_harmful, first_hidden, named, removable, visible
from fairport.contract.documents import load_analysis, load_valid
from fairport.contract.errors import DocumentError
from fairport.contract.resources import schemas_root
from fairport.contract.schemas import schema, validate

HIDDEN = [0, 7, 9, 10, 0x1B, 0x7F, 0x85, 0x9B, 0xAD, 0x61C, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028]
HIDDEN += [0x202A, 0x202E, 0x2060, 0x2066, 0x2069, 0xFEFF, 0xFFFE, 0xFDD0]
MINIMAL = schemas_root() / "examples" / "analysis" / "good" / "minimal.yaml"
RIGHT_TO_LEFT = MINIMAL.with_name("right-to-left.yaml")


@pytest.mark.parametrize("code", HIDDEN, ids=lambda code: f"U+{code:04X}")
def test_no_word_holds_it_and_the_schema_agrees(code: int) -> None:
    entry = {"schema_version": "1.0", "id": "toy", "type": "analysis", "status": "community"}
    entry |= {"repository": {"path": f"../toy{chr(code)}x"}}
    assert first_hidden(f"a{chr(code)}b") == chr(code)
    (problem,) = validate("registry-entry", entry)
    assert (problem.pointer, problem.keyword) == (("repository", "path"), "pattern")
    assert named(chr(code)) in problem.message
    assert first_harmful(problem.found or "") is None
    assert bare(f"a{chr(code)}b") == "ab"


def test_a_final_line_feed_is_no_part_of_an_identifier() -> None:
    """Python's ``$`` matches before it, that of the schema does not."""
    entry = {"schema_version": "1.0", "id": "toy\n", "type": "analysis", "status": "community"}
    (problem,) = validate("registry-entry", {**entry, "repository": {"path": "../toy"}})
    assert problem.pointer == ("id",)


def test_half_a_surrogate_pair_is_a_problem_and_no_crash() -> None:
    entry = {"schema_version": "1.0", "id": "toy", "type": "analysis", "status": "community"}
    entry |= {"repository": {"path": "../bytes \udcff"}}
    (problem,) = validate("registry-entry", entry)
    assert "no text" in problem.message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines\tand more", "two\nlines\tand more"),
        ("a\u202egnp.exe\u202c\u2066x\u2069", "agnp.exex"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("bell\x07 escape\x1b[31m \x9b", "bell\ufffd escape\ufffd[31m \ufffd"),
        ("half \ud800 pair, \ufffe, \U0001fffe", "half \ufffd pair, \ufffd, \ufffd"),
        ("a\u2028b\x85c", "a\nb\nc"),
        ("محمد\u200cرضا \U0001f468\u200d\U0001f469", "محمد\u200cرضا \U0001f468\u200d\U0001f469"),
    ],
)
def test_texts_are_shown_without_them(text: str, shown: str) -> None:
    assert cleaned(text) == shown
    assert cleaned(shown) == shown
    assert first_harmful(visible(text)) is None


def test_only_what_nobody_sees_goes_without_a_look() -> None:
    assert removable("a\u200b\u202e")
    assert not removable("a\x07")


def test_a_loaded_document_has_clean_texts(tmp_path: Path) -> None:
    path = tmp_path / "fairport.yaml"
    text = (
        MINIMAL.read_text("utf-8")
        .replace("title: A", 'title: "\\u202eA\\x07\\u200b')
        .replace("axions", 'axions"', 1)
    )
    path.write_text(text, "utf-8")
    assert load_analysis(path).title == "A\ufffd search for axions"


def test_a_loaded_document_keeps_every_script(tmp_path: Path) -> None:
    record = load_analysis(RIGHT_TO_LEFT)
    assert record.title == "חיפוש אחר חומר אפל בקסנון נוזלי (XENON)"
    assert record.authors[0].given_names == "محمد\u200cرضا"


def test_a_unit_with_a_mark_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "fairport.yaml"
    path.write_text(MINIMAL.read_text("utf-8").replace("code: MIT", 'code: "MIT\\u2066"'), "utf-8")
    with pytest.raises(DocumentError) as caught:
        load_valid("analysis", path)
    assert "U+2066 (LEFT-TO-RIGHT ISOLATE)" in str(caught.value)
    assert f"{path}:9:18" in str(caught.value)


def test_every_text_of_a_schema_says_which_characters_it_may_hold() -> None:
    """A new field of text is either prose, by name, or has a pattern."""
    prose = {"title", "description", "reason"}
    for kind in ("analysis", "catalogue", "manifest", "plane", "registry-entry", "result"):
        assert list(_unsaid(schema(kind), prose)) == []


def _unsaid(node: object, prose: set[str], name: str = "") -> list[str]:
    if isinstance(node, list):
        return [found for item in node for found in _unsaid(item, prose, name)]
    if not isinstance(node, dict):
        return []
    said = {"pattern", "enum", "const", "format", "$ref"} & node.keys()
    own = [name] if node.get("type") == "string" and not said and name not in prose | {"delimiter"} else []
    inner = [
        found
        for key, value in node.items()
        if key in {"properties", "$defs"} and isinstance(value, dict)
        for part, item in value.items()
        for found in _unsaid(item, prose, part)
    ]
    others = [
        found
        for key, value in node.items()
        if key not in {"properties", "$defs", "examples"}
        for found in _unsaid(value, prose, name)
    ]
    return own + inner + others
