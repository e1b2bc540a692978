"""The registry of facts: each says what in a repository positively shows one thing, or why nothing does."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Final

from fairport.check.assess.view import Found, Missing, View

Fact = Callable[[View], Found]

_MODULES: Final = ("metadata", "identity", "data", "results", "software")
_FACTS: Final[dict[str, Fact]] = {}


def fact(function: Fact) -> Fact:
    """Register a fact by the name of its function."""
    _FACTS[function.__name__] = function
    return function


@cache
def all_facts() -> dict[str, Fact]:
    """Return every fact by its name."""
    for name in _MODULES:
        import_module(f"fairport.check.assess.facts_{name}")
    return _FACTS


def find(view: View, name: str) -> Found:
    """Return what shows a fact in a repository; looked for once."""
    if name not in view.facts:
        found = all_facts()[name](view)
        view.facts[name] = found if found else Missing("nothing shows it")
    return view.facts[name]
