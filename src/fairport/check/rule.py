"""What a rule is: one object with its words, its mapping, its examples and its function.

A rule function asks for the documents that it wants by the types of its parameters and yields issues. It
knows nothing of profiles, waivers, reports or the command line; a unit test calls it with plain documents.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from fairport.check.issue import Issue
from fairport.contract.constants import rule_url
from fairport.contract.finding import Severity

Category = Literal["correctness", "completeness"]
"""Correctness rules keep their severity everywhere; completeness rules follow the profile."""

Scope = Literal["repository", "online", "catalogue"]
"""What a rule looks at: files of a repository, addresses on the network when that is asked for, or the pages
of a catalogue, which the catalogue's own build holds to it."""

RuleFunction = Callable[..., Iterable[Issue]]

MARK: Final = "▸"
"""Stands in a bad example in front of the place that must be found."""

FAMILIES: Final = {
    "META": "Metadata of the analysis",
    "DATA": "Data manifest and lock",
    "WF": "Workflow and its specification on REANA",
    "RES": "Results",
    "REPO": "The repository",
    "LINK": "Links and published pages",
}


@dataclass(frozen=True, slots=True)
class Example:
    """Files of an example: path to text.

    The text of a YAML or JSON file that starts with a mapping stands for its top-level keys; everything
    else of the file is that of a complete repository. ``None`` means that the file is missing. In a bad
    example :data:`MARK` stands in front of the place that must be found.
    """

    files: Mapping[str, str | None]

    def shown(self) -> dict[str, str | None]:
        """Return the files without marks."""
        return {path: None if text is None else text.replace(MARK, "") for path, text in self.files.items()}


@dataclass(frozen=True)
class Rule:
    """One check.

    Attributes:
        id: identifier, never reused.
        severity: severity under the release profile; an issue may state its own.
        category: whether it is about correctness or completeness; an issue may state its own.
        title: the pass condition in one line.
        explanation: why it matters, in Markdown.
        function: yields the issues of the documents that it asks for.
        good: files that pass.
        bad: files that fail.
        fair: FAIR (and FAIR4RS) principles served.
        rda: RDA maturity indicators served.
        fuji: F-UJI and FRSM metrics served.
        fix: whether findings may carry a correction.
        since: rule set in which the rule appeared.
        after: rules whose findings in the same file are the cause of findings of this one.
        last: whether it looks at what the other rules found.
        scope: what it looks at.
    """

    id: str
    severity: Severity
    category: Category
    title: str
    explanation: str
    function: RuleFunction = field(repr=False)
    good: Example
    bad: Example
    fair: tuple[str, ...] = ()
    rda: tuple[str, ...] = ()
    fuji: tuple[str, ...] = ()
    fix: Literal["safe", "unsafe"] | None = None
    since: str = "1.0"
    after: tuple[str, ...] = ()
    last: bool = False
    scope: Scope = "repository"

    @property
    def family(self) -> str:
        """Letters of the identifier (``META``)."""
        return self.id.rstrip("0123456789")

    @property
    def docs_url(self) -> str:
        """Documentation page."""
        return rule_url(self.id)

    @cached_property
    def wants(self) -> dict[str, type]:
        """Types of the documents that the function asks for, by parameter name."""
        hints: dict[str, Any] = typing.get_type_hints(self.function)
        hints.pop("return", None)
        return hints


def rule(
    identifier: str,
    severity: Severity,
    category: Category,
    title: str,
    *,
    good: Mapping[str, str | None],
    bad: Mapping[str, str | None],
    fair: tuple[str, ...] = (),
    rda: tuple[str, ...] = (),
    fuji: tuple[str, ...] = (),
    fix: Literal["safe", "unsafe"] | None = None,
    after: tuple[str, ...] = (),
    last: bool = False,
    scope: Scope = "repository",
) -> Callable[[RuleFunction], Rule]:
    """Turn a function into a :class:`Rule`; its docstring is the explanation."""

    def wrap(function: RuleFunction) -> Rule:
        return Rule(
            id=identifier,
            severity=severity,
            category=category,
            title=title,
            explanation=_unwrapped(function.__doc__ or ""),
            function=function,
            good=Example(good),
            bad=Example(bad),
            fair=fair,
            rda=rda,
            fuji=fuji,
            fix=fix,
            after=after,
            last=last,
            scope=scope,
        )

    return wrap


def _unwrapped(text: str) -> str:
    """Join the lines of each paragraph."""
    paragraphs = text.strip().split("\n\n")
    return "\n\n".join(" ".join(line.strip() for line in paragraph.splitlines()) for paragraph in paragraphs)
