"""Fairport: scaffold, check, run and publish FAIR dark-matter analyses.

The public names are few; each is imported when it is first used, so that ``import fairport`` is instant.

    import fairport
    limit = fairport.load("results/si")
    limit.at("40 GeV")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairport.contract.documents import Finding
    from fairport.results.api import Result, load

__all__ = ["Finding", "Result", "check", "load"]

_PLACES = {
    "load": ("fairport.results.api", "load"),
    "Result": ("fairport.results.api", "Result"),
    "Finding": ("fairport.contract.documents", "Finding"),
    "check": ("fairport.check", None),
}
"""Public name to module and attribute; ``check`` is a package whose function is ``check.check(path)``."""


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'fairport' has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _PLACES[name]
    found = import_module(module)
    return found if attribute is None else getattr(found, attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
