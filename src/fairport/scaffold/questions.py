"""The questions of ``copier.yml``, read as data: what can be asked, and whether given answers can be answers.

Values are judged twice. Here: unknown names, types and choices, so that a mistyped name is an error with the
nearest name and not silently dropped. While rendering: the validators of ``copier.yml``, since they may
depend on other answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from fairport.contract.errors import Location, UsageError
from fairport.contract.loading import load_yaml
from fairport.contract.resources import template_root

CONFIGURATION = "copier.yml"


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        name: name of the answer.
        help: the question in words.
        default: default answer, possibly a Jinja expression over earlier answers.
        choices: label to value, empty for a free text.
        conditions: value to the expression that says why it cannot be chosen, for values that have one.
        asked: false for values that are computed and can not be given.
    """

    name: str
    help: str
    default: Any
    choices: Mapping[str, str]
    conditions: Mapping[str, str]
    asked: bool


def load_questions(root: Path | None = None) -> dict[str, Question]:
    """Read the questions in their order.

    Args:
        root: folder of the template; by default the one that travels with the package.

    Raises:
        DocumentError: ``copier.yml`` cannot be read.
    """
    data = load_yaml((root or template_root()) / CONFIGURATION).data
    return {name: _question(name, entry) for name, entry in data.items() if not name.startswith("_")}


def template_version(root: Path | None = None) -> str:
    """Return the release of Fairport that the template belongs to."""
    return str(load_questions(root)["fairport_version"].default)


def check_answers(answers: Mapping[str, Any], questions: Mapping[str, Question], *, where: str) -> None:
    """Refuse answers that no question asks for, of a wrong type or not among the choices.

    Args:
        answers: name to value.
        questions: see :func:`load_questions`.
        where: where the answers come from, for the error.

    Raises:
        UsageError: an answer cannot be used.
    """
    for name, value in answers.items():
        question = questions.get(name)
        if question is None or not question.asked:
            raise UsageError(f'there is no question "{name}"', where=where, mend=_nearest(name, questions))
        if not isinstance(value, str):
            raise UsageError(
                f'the answer to "{name}" is not a text',
                where=where,
                mend=f'put it in quotes: {name}: "{value}"',
            )
        _check_text(question, value, where)


def load_answers(path: Path) -> dict[str, Any]:
    """Read a file of answers, one mapping in YAML or JSON; keys that begin with ``_`` are Copier's own.

    Raises:
        DocumentError: the file cannot be read.
        UsageError: it holds no mapping.
    """
    data = load_yaml(path).data
    if not isinstance(data, dict):
        raise UsageError(
            "this file holds no answers",
            where=Location(str(path)),
            mend="write lines such as title: My analysis",
        )
    return {name: value for name, value in data.items() if not name.startswith("_")}


def _question(name: str, entry: Mapping[str, Any]) -> Question:
    given = entry.get("choices") or {}
    entries = given.items() if isinstance(given, dict) else ((value, value) for value in given)
    choices: dict[str, str] = {}
    conditions: dict[str, str] = {}
    for label, choice in entries:
        value = choice["value"] if isinstance(choice, dict) else choice
        choices[label] = value
        if isinstance(choice, dict) and "validator" in choice:
            conditions[value] = choice["validator"]
    asked = entry.get("when") is not False
    return Question(name, entry.get("help", name), entry["default"], choices, conditions, asked)


def _check_text(question: Question, value: str, where: str) -> None:
    if question.choices and value not in question.choices.values():
        known = list(question.choices.values())
        raise UsageError(
            f'"{value}" is no answer to "{question.name}"',
            where=where,
            mend=f"choose one of: {', '.join(known)}",
        )
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(
            f'the answer to "{question.name}" is not valid text', where=where, mend="write it in UTF-8"
        ) from None


def _nearest(name: str, questions: Mapping[str, Question]) -> str:
    known = [question.name for question in questions.values() if question.asked]
    return _suggestion(name, known) or f"the questions are: {', '.join(known)}"


def _suggestion(word: str, known: list[str]) -> str | None:
    close = get_close_matches(word, known, n=1)
    return f'did you mean "{close[0]}"?' if close else None


def is_slug(text: str) -> bool:
    """Tell whether ``text`` can be the identifier of an analysis."""
    return re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?", text) is not None
