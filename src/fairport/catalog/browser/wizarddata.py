"""The questions of ``copier.yml`` for a browser: defaults, conditions and validators come along as data.

Jinja does not run in a browser, and nothing that is text may run there. So each expression is parsed here
with Jinja's own parser, and its syntax tree is written as nested lists, which a small interpreter in the
front end walks. The questions stay in one place; what the interpreter does not know is an error of the
build's tests, and such a question is then left to ``fairport new``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fairport.contract.loading import load_yaml
from fairport.contract.resources import template_root

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

VERSION: Final = 1
QUESTIONS: Final = "copier.yml"

_SECTION: Final = re.compile(r"# -- (?P<title>.+?) -{2,}\s*$")
_QUESTION: Final = re.compile(r"(?P<name>[a-z][a-z0-9_]*):\s*$")

_UNARY: Final = {"Not": "not", "Neg": "neg", "Pos": "pos"}
_BINARY: Final = {
    "Add": "+",
    "Sub": "-",
    "Mul": "*",
    "Div": "/",
    "FloorDiv": "//",
    "Mod": "%",
    "Pow": "**",
    "And": "and",
    "Or": "or",
}
FILTERS: Final = frozenset(
    {
        "trim",
        "length",
        "count",
        "int",
        "lower",
        "upper",
        "replace",
        "join",
        "format",
        "regex_search",
        "default",
        "d",
        "string",
        "list",
        "first",
        "last",
        "reverse",
        "sort",
        "unique",
    }
)
"""Filters that the interpreter of the front end knows."""

METHODS: Final = frozenset(
    {
        "strip",
        "lstrip",
        "rstrip",
        "split",
        "lower",
        "upper",
        "title",
        "replace",
        "join",
        "startswith",
        "endswith",
        "index",
        "find",
        "get",
        "keys",
        "values",
        "items",
        "isdigit",
        "isalpha",
        "isalnum",
        "append",
    }
)
"""Methods of texts, lists and mappings that it knows."""


class NotPortable(ValueError):
    """An expression uses what the interpreter of the front end does not know."""


def wizard_data(root: Path | None = None) -> dict[str, Any]:
    """Return the questions in their order, with macros, as plain data.

    Args:
        root: folder of the template; by default the one that travels with the package.
    """
    root = root or template_root()
    text = (root / QUESTIONS).read_text(encoding="utf-8")
    data = load_yaml(root / QUESTIONS).data
    settings = data.get("_envops") or {}
    writer = _Writer(root, settings)
    sections = _sections(text)
    questions = [
        _question(name, entry, sections.get(name, ""), writer)
        for name, entry in data.items()
        if not name.startswith("_") and isinstance(entry, Mapping)
    ]
    return {"version": VERSION, "questions": questions, "macros": writer.macros}


def _question(name: str, entry: Mapping[str, Any], section: str, writer: _Writer) -> dict[str, Any]:
    when = entry.get("when", True)
    return {
        "name": name,
        "type": str(entry.get("type", "str")),
        "help": str(entry.get("help", name)),
        "section": section,
        "default": writer.value(entry.get("default", "")),
        "when": writer.value(when),
        "asked": when is not False,
        "validator": writer.value(entry.get("validator", "")),
        "placeholder": str(entry.get("placeholder", "")),
        "multiline": bool(entry.get("multiline", False)),
        "many": bool(entry.get("multiselect", False)),
        "choices": [
            [label, value, writer.value(condition)]
            for label, value, condition in _choices(entry.get("choices"))
        ],
    }


def _choices(given: Any) -> Iterable[tuple[str, Any, str]]:
    """Yield (label, value, validator) of the choices of a question."""
    pairs = given.items() if isinstance(given, Mapping) else ((value, value) for value in given or ())
    for label, choice in pairs:
        if isinstance(choice, Mapping):
            yield str(label), choice["value"], str(choice.get("validator", ""))
        elif isinstance(choice, list) and len(choice) == 2:
            yield str(choice[0]), choice[1], ""
        else:
            yield str(label), choice, ""


def _sections(text: str) -> dict[str, str]:
    """Return the heading under which each question stands, as the comments of the file give them."""
    found, title = {}, ""
    for line in text.splitlines():
        heading, question = _SECTION.match(line), _QUESTION.match(line)
        if heading:
            title = heading["title"].strip()
        elif question:
            found[question["name"]] = title
    return found


class _Writer:
    """Writes expressions as nested lists, and the macros that they import."""

    def __init__(self, root: Path, settings: Mapping[str, Any]) -> None:
        self._root = root.resolve()
        self._environment = _environment(tuple(sorted(settings.items())))
        self.macros: dict[str, Any] = {}

    def value(self, text: Any) -> Any:
        """Return a constant as ``{"value": ...}``, a text with Jinja in it as ``{"body": ...}``, and one that
        is not portable as ``{"unknown": reason}``.
        """
        if not isinstance(text, str) or not re.search(r"\{[{%#]", text):
            return {"value": text}
        try:
            return {"body": self._body(self._environment.parse(text).body)}
        except NotPortable as error:
            return {"unknown": str(error)}

    def _body(self, body: Iterable[nodes.Node]) -> list[Any]:
        return [part for node in body for part in self._statement(node)]

    def _statement(self, node: Any) -> list[Any]:
        kind = type(node).__name__
        if kind == "Output":
            return [
                part.data if type(part).__name__ == "TemplateData" else ["out", self._expression(part)]
                for part in node.nodes
            ]
        if kind == "If":
            branches = [(node.test, node.body), *((one.test, one.body) for one in node.elif_)]
            tests = [[self._expression(test), self._body(body)] for test, body in branches]
            return [["if", tests, self._body(node.else_)]]
        if kind == "For" and type(node.target).__name__ == "Name" and not node.recursive and not node.test:
            return [["for", node.target.name, self._expression(node.iter), self._body(node.body)]]
        if kind == "Assign":
            return [["set", self._target(node.target), self._expression(node.node)]]
        if kind == "AssignBlock" and node.filter is None:
            return [["block", self._target(node.target), self._body(node.body)]]
        if kind == "FromImport":
            self._import(node)
            return []
        if kind == "Macro":
            self._macro(node)
            return []
        raise NotPortable(f"the statement {kind}")

    def _target(self, node: Any) -> list[str]:
        if type(node).__name__ == "Name":
            return [node.name]
        if type(node).__name__ == "NSRef":
            return [node.name, node.attr]
        raise NotPortable("an assignment to several names")

    def _import(self, node: Any) -> None:
        if type(node.template).__name__ != "Const" or any(not isinstance(name, str) for name in node.names):
            raise NotPortable("an import under another name")
        path = (self._root / node.template.value).resolve()
        if not path.is_relative_to(self._root):
            raise NotPortable("an import from outside the template")
        if not set(node.names) <= self.macros.keys():
            self._body(self._environment.parse(path.read_text(encoding="utf-8")).body)

    def _macro(self, node: Any) -> None:
        if node.defaults:
            raise NotPortable("a macro with defaults")
        self.macros[node.name] = [[argument.name for argument in node.args], self._body(node.body)]

    def _expression(self, node: Any) -> Any:
        kind = type(node).__name__
        if kind == "Const":
            return ["const", node.value]
        if kind == "Name":
            return ["name", node.name]
        if kind in _UNARY:
            return [_UNARY[kind], self._expression(node.node)]
        if kind in _BINARY:
            return [_BINARY[kind], self._expression(node.left), self._expression(node.right)]
        method = getattr(self, f"_write_{kind.lower()}", None)
        if method is None:
            raise NotPortable(f"the expression {kind}")
        return method(node)

    def _write_list(self, node: Any) -> list[Any]:
        return ["list", *map(self._expression, node.items)]

    def _write_tuple(self, node: Any) -> list[Any]:
        return self._write_list(node)

    def _write_dict(self, node: Any) -> list[Any]:
        return ["dict", *([self._expression(one.key), self._expression(one.value)] for one in node.items)]

    def _write_condexpr(self, node: Any) -> list[Any]:
        other = self._expression(node.expr2) if node.expr2 is not None else ["const", ""]
        return ["choose", self._expression(node.test), self._expression(node.expr1), other]

    def _write_compare(self, node: Any) -> list[Any]:
        rest = [[operand.op, self._expression(operand.expr)] for operand in node.ops]
        return ["compare", self._expression(node.expr), *rest]

    def _write_concat(self, node: Any) -> list[Any]:
        return ["concat", *map(self._expression, node.nodes)]

    def _write_getattr(self, node: Any) -> list[Any]:
        return ["item", self._expression(node.node), ["const", node.attr]]

    def _write_getitem(self, node: Any) -> list[Any]:
        if type(node.arg).__name__ == "Slice":
            ends = [node.arg.start, node.arg.stop, node.arg.step]
            if ends[2] is not None:
                raise NotPortable("a slice with a step")
            written = [None if end is None else self._expression(end) for end in ends[:2]]
            return ["slice", self._expression(node.node), *written]
        return ["item", self._expression(node.node), self._expression(node.arg)]

    def _write_filter(self, node: Any) -> list[Any]:
        if node.name not in FILTERS or node.kwargs or node.dyn_args or node.dyn_kwargs or node.node is None:
            raise NotPortable(f"the filter {node.name}")
        return ["filter", node.name, self._expression(node.node), *map(self._expression, node.args)]

    def _write_call(self, node: Any) -> list[Any]:
        if node.dyn_args or node.dyn_kwargs:
            raise NotPortable("a call with arguments that are unpacked")
        arguments = [self._expression(one) for one in node.args]
        target = node.node
        if type(target).__name__ == "Getattr" and not node.kwargs:
            if target.attr not in METHODS:
                raise NotPortable(f"the method {target.attr}")
            return ["method", target.attr, self._expression(target.node), *arguments]
        if type(target).__name__ == "Name" and target.name == "namespace" and not arguments:
            return ["dict", *([["const", one.key], self._expression(one.value)] for one in node.kwargs)]
        if type(target).__name__ == "Name" and target.name in self.macros and not node.kwargs:
            return ["call", target.name, *arguments]
        raise NotPortable("the call of a function")


@cache
def _environment(settings: tuple[tuple[str, Any], ...]) -> Environment:
    from jinja2 import Environment

    known = {name: value for name, value in settings if name != "undefined"}
    return Environment(**known)  # noqa: S701 - it parses and never renders
