"""Answers that cannot be used are refused with the reason, before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.errors import DocumentError, UsageError
from fairport.scaffold.questions import check_answers, load_answers, load_questions

Rendering = Callable[[Path, dict[str, Any]], Path]

REFUSED = [
    ("title", "abc", "at least 5"),
    ("title", "x" * 201, "at most 200"),
    ("title", "two\nlines", "line breaks"),
    ("title", "a\x1b[31mred title", "control characters"),
    ("title", "right to left \u202e override", "control characters"),
    ("title", "line separator \u2028 here", "line breaks"),
    ("title", " blank first", "blanks"),
    ("description", "too short", "at least 50"),
    ("slug", "Upper", "lower-case"),
    ("slug", "-x", "lower-case"),
    ("slug", "a/../b", "lower-case"),
    ("slug", "a\n", "lower-case"),
    ("package", "1st", "digit"),
    ("package", "lambda", "keyword"),
    ("package", "numpy", "another package"),
    ("author_given_names", "", "empty"),
    ("author_orcid", "0000-0002-1825-0098", "check digit"),
    ("author_orcid", "0000000218250097", "write it as"),
    ("author_email", "nobody", "name@example.org"),
    ("author_email", "a b@c.org", "name@example.org"),
    ("repository_url", "http://github.com/x/y", "https://"),
    ("repository_url", "https://user:pw@host/x", "password"),
    ("repository_url", 'https://host/"x', "https://"),
    ("image", "python", "tag"),
    ("image", "python:latest", "latest"),
    ("image", "python:3.12 # x", "registry/name"),
    ("created", "2026-02-29", "no such day"),
    ("created", "22.11.2026", "YYYY-MM-DD"),
]

ACCEPTED = [
    {
        "title": "5 m: x",
        "slug": "0",
        "package": "_x1",
        "author_orcid": "https://orcid.org/0000-0002-9079-593X",
        "author_email": "o.neil+x@sub.example.co.uk",
        "repository_url": "https://gitlab.cern.ch:8443/a/b-c_d/e%20f?x=1#y",
        "image": "localhost:5000/group/image:1.0_rc-1",
        "created": "2028-02-29",
    },
    {"slug": "a" * 80, "image": "ghcr.io/a/b@sha256:" + "0" * 64, "created": "1999-12-31"},
]


@pytest.mark.parametrize(("name", "value", "reason"), REFUSED)
def test_a_bad_answer_is_refused(
    rendering: Rendering, tmp_path: Path, name: str, value: str, reason: str
) -> None:
    with pytest.raises(UsageError) as caught:
        rendering(tmp_path / "x", {name: value})
    assert f'the answer to "{name}" cannot be used' in caught.value.what
    assert reason in caught.value.what
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("answers", ACCEPTED)
def test_good_answers_are_taken(rendering: Rendering, tmp_path: Path, answers: dict[str, str]) -> None:
    recorded = load_answers_of(rendering(tmp_path / "x", answers))
    assert {name: recorded[name] for name in answers} == answers


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"author_given_names": "Ada"}, "the address of your repository"),
        ({"author_given_names": "Ada", "repository_url": ""}, "the address of your repository"),
        ({"repository_url": "https://example.org/x"}, "your name"),
    ],
)
def test_a_release_with_the_answers_of_the_example_is_refused(
    rendering: Rendering, tmp_path: Path, answers: dict[str, str], reason: str
) -> None:
    with pytest.raises(
        UsageError, match=f'the answer to "maturity" cannot be used: a release needs {reason}'
    ):
        rendering(tmp_path / "x", {**answers, "maturity": "release"})


def test_an_affiliation_that_is_mistyped(rendering: Rendering, tmp_path: Path) -> None:
    for ror, reason in (("https://ror.org/01ggx4158", "check digits"), ("01ggx4157", "write it as")):
        with pytest.raises(UsageError, match=reason):
            rendering(tmp_path / "x", {"affiliation": "CERN", "affiliation_ror": ror})


def load_answers_of(tree: Path) -> dict[str, Any]:
    """Return the recorded answers."""
    return load_answers(tree / ".copier-answers.yml")


@pytest.mark.parametrize(
    ("title", "slug", "package"),
    [
        ("DarkSide-50: 532 days!", "darkside-50-532-days", "darkside_50_532_days"),
        ("7 TeV search", "7-tev-search", "analysis_7_tev_search"),
        ("lambda", "lambda", "lambda_analysis"),
        ("Σκοτεινή ύλη", "analysis", "analysis_analysis"),
        ("Ünïcode über alles", "n-code-ber-alles", "n_code_ber_alles"),
        ("x " * 60 + "end", ("x-" * 30)[:-1], ("x_" * 30)[:-1]),
    ],
)
def test_identifiers_follow_from_the_title(
    rendering: Rendering, tmp_path: Path, title: str, slug: str, package: str
) -> None:
    tree = rendering(tmp_path / "x", {"title": title})
    assert load_answers_of(tree)["slug"] == slug
    assert load_answers_of(tree)["package"] == package
    assert (tree / "src" / package).is_dir()


def test_every_question_has_a_default_and_one_line_of_help() -> None:
    for question in load_questions().values():
        assert question.default is not None
        assert question.help.strip() == question.help
        assert len(question.help) <= 78, question.name
        if question.choices and "{" not in question.default:
            assert question.default in question.choices.values()


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(UsageError) as caught:
        check_answers({"license_code": "MIT"}, load_questions(), where="--data")
    assert caught.value.mend == 'did you mean "licence_code"?'


def test_a_computed_value_cannot_be_given() -> None:
    with pytest.raises(UsageError, match="no question"):
        check_answers({"fairport_version": "9"}, load_questions(), where="--data")


def test_a_wrong_choice_lists_the_choices() -> None:
    with pytest.raises(UsageError) as caught:
        check_answers({"licence_code": "mit"}, load_questions(), where="--data")
    assert "BSD-3-Clause" in str(caught.value.mend)


@pytest.mark.parametrize("value", [2026, 1.5, True, None, ["a"], {"a": 1}])
def test_only_texts_are_answers(value: object) -> None:
    with pytest.raises(UsageError, match="not a text"):
        check_answers({"title": value}, load_questions(), where="answers.yaml")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UsageError, match="not valid text"):
        check_answers({"title": "abc \udcff def"}, load_questions(), where="--data")


def test_a_file_of_answers(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("_commit: v1\ntitle: A title\ncreated: 2026-05-04\n", encoding="utf-8")
    assert load_answers(path) == {"title": "A title", "created": "2026-05-04"}
    path.write_text("- a\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no answers"):
        load_answers(path)
    path.write_text("title: [\n", encoding="utf-8")
    with pytest.raises(DocumentError):
        load_answers(path)
