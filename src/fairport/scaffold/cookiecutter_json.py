"""``cookiecutter.json`` made from ``copier.yml``: ``python -m fairport.scaffold.cookiecutter_json``.

Cookiecutter only collects the answers; its hook renders the Copier template with them. A default that is an
expression over earlier answers gets those answers by name from Cookiecutter's own variable. Where the default
of a choice depends on an earlier answer Cookiecutter asks for a text, since its choices begin with a fixed
one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fairport.contract.files import write_atomic
from fairport.contract.resources import template_root
from fairport.interop.metadata import json_document
from fairport.scaffold.questions import Question, load_questions

FILE = "cookiecutter.json"


def cookiecutter_json(questions: Iterable[Question]) -> str:
    """Return the text of ``cookiecutter.json``.

    Args:
        questions: the questions in their order.
    """
    asked = [question for question in questions if question.asked]
    names = [question.name for question in asked]
    document: dict[str, Any] = {question.name: _default(question, names) for question in asked}
    document["__prompts__"] = {question.name: _prompt(question) for question in asked}
    return json_document(document)


def _default(question: Question, names: list[str]) -> Any:
    text = str(question.default)
    if question.choices and text in question.choices.values():
        return [text, *(value for value in question.choices.values() if value != text)]
    if "{" not in text:
        return text
    from jinja2 import Environment, meta

    used = meta.find_undeclared_variables(Environment(autoescape=True).parse(text))
    prefix = "".join("{% set " + name + " = cookiecutter." + name + " %}" for name in names if name in used)
    return prefix + text


def _prompt(question: Question) -> Any:
    if not question.choices:
        return question.help
    if question.default not in question.choices.values():
        return f"{question.help} ({', '.join(question.choices.values())})"
    return {"__prompt__": question.help} | {value: label for label, value in question.choices.items()}


def write(root: Path) -> bool:
    """Write the file at the top of a checkout; return whether it changed."""
    return write_atomic(root / FILE, cookiecutter_json(load_questions(root).values()))


if __name__ == "__main__":
    write(template_root())
