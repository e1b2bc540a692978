"""Reports of a check, one module a format; each is a function from a :class:`Report` to text."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from fairport.check.report import Report

FORMATS: Final = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown")


def render(report: Report, fmt: str) -> str:
    """Return the report in one of :data:`FORMATS` (text without colours)."""
    module = import_module(f"fairport.check.reporters.{fmt}_report")
    text: str = module.render(report)
    return text
