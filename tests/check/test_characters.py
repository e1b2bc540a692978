"""META026 and the fixes of words: what nobody sees is named, and goes."""

from __future__ import annotations

from datetime import date
from typing import Any

from fairport.check.fixes import apply, plan
from fairport.check.session import Options, check_paths


def _found(root: Any, *rules: str) -> list[Any]:
    report = check_paths([root], Options(profile="draft", today=date(2026, 11, 22), select=rules))
    return [item for item in report.findings if item.status == "fail"]


def test_texts_warn_and_words_fail_each_once(make_repository: Any) -> None:
    root = make_repository({"fairport.yaml": 'title: A search\u200b\nversion: "1.0.0\\u202e"\n'})
    found = {item.rule: item for item in _found(root, "META003", "META026")}
    assert "U+202E (RIGHT-TO-LEFT OVERRIDE)" in found["META003"].message
    assert found["META003"].severity == "error"
    assert "U+200B (ZERO WIDTH SPACE)" in found["META026"].message
    assert found["META026"].severity == "warning"
    assert apply(root, plan(root, found.values())) == 2
    assert _found(root, "META003", "META026") == []


def test_a_control_character_is_left_to_a_person(make_repository: Any) -> None:
    root = make_repository({"fairport.yaml": 'version: "1.0\\x070"\n'})
    (finding,) = _found(root, "META003")
    assert finding.fix is None
    assert (finding.found or "").isprintable()


def test_right_to_left_text_and_joiners_are_welcome(make_repository: Any) -> None:
    root = make_repository({"fairport.yaml": "title: محمد\u200cرضا חיפוש 2024\n"})
    assert _found(root, "META026") == []
