"""Fairport: scaffold, check, run and publish FAIR dark-matter analyses.

The public names are few; each is imported when it is first used, so that ``import fairport`` is instant.

    import fairport
    report = fairport.check("my-analysis", profile="release")
    limit = fairport.load("results/si")
    limit.at("40 GeV")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairport.check import check as check
    from fairport.check.assess import assess
    from fairport.check.assess.model import Assessment
    from fairport.check.report import Report
    from fairport.contract.errors import FairportError
    from fairport.contract.finding import Finding
    from fairport.results.api import load
    from fairport.results.collection import Catalogue
    from fairport.results.result import Result

__all__ = [
    "Assessment",
    "Catalogue",
    "FairportError",
    "Finding",
    "Report",
    "Result",
    "assess",
    "check",
    "load",
]

_PLACES = {
    "Assessment": ("fairport.check.assess.model", "Assessment"),
    "Catalogue": ("fairport.results.collection", "Catalogue"),
    "FairportError": ("fairport.contract.errors", "FairportError"),
    "Finding": ("fairport.contract.finding", "Finding"),
    "Report": ("fairport.check.report", "Report"),
    "Result": ("fairport.results.result", "Result"),
    "assess": ("fairport.check.assess", "assess"),
    "check": ("fairport.check", None),
    "load": ("fairport.results.api", "load"),
}
"""Public name to module and attribute; ``check`` is a package that can be called."""


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'fairport' has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _PLACES[name]
    found = import_module(module)
    return found if attribute is None else getattr(found, attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
