"""A rule in words: for ``explain``, for the docs, for the table of rules."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from fairport.check.cleaning import clean
from fairport.check.rule import FAMILIES, MARK, Example, Rule

_PROFILES = ("draft", "release", "archive")
_LONGEST, _MOST_LINES = 200, 40
_SCOPES = {
    "online": "only with --online, because it asks the network",
    "catalogue": "the pages of a catalogue: its build and the tests of the build hold them, `fairport check` "
    "does not look at them",
}


def severities(rule: Rule) -> dict[str, str]:
    """Return the severity under each profile."""
    from fairport.check.selection import effective_severity

    return {name: effective_severity(rule.severity, rule.category, name) for name in _PROFILES}


def rule_data(rule: Rule) -> dict[str, Any]:
    """Return a rule as plain data."""
    return {
        "id": rule.id,
        "family": rule.family,
        "title": rule.title,
        "category": rule.category,
        "severity": severities(rule),
        "explanation": rule.explanation,
        "fix": rule.fix,
        "since": rule.since,
        "scope": rule.scope,
        "fair": list(rule.fair),
        "rda": list(rule.rda),
        "fuji": list(rule.fuji),
        "docs_url": rule.docs_url,
        "good": rule.good.shown(),
        "bad": rule.bad.shown(),
    }


def explain(rule: Rule, width: int = 88) -> str:
    """Return what a person wants to know of a rule, as plain text."""
    levels = severities(rule)
    told = ", ".join(f"{levels[name]} in {name}" for name in _PROFILES)
    lines = [
        f"{rule.id}  {rule.title}",
        "",
        *_wrapped(rule.explanation.replace("`", ""), width),
        "",
        *_field(
            "severity",
            f"{rule.category}: {levels['release']} everywhere" if rule.category == "correctness" else told,
            width,
        ),
        *_field(
            "fix",
            {
                "safe": "fairport check --fix",
                "unsafe": "fairport check --unsafe-fixes (needs a look)",
                None: "by hand",
            }[rule.fix],
            width,
        ),
    ]
    if rule.scope != "repository":
        lines += _field("scope", _SCOPES[rule.scope], width)
    for label, values in (("FAIR", rule.fair), ("RDA", rule.rda), ("F-UJI", rule.fuji)):
        if values:
            lines += _field(label, ", ".join(values), width)
    for label, example in (("Found, for example", rule.bad), ("Right, for example", rule.good)):
        if example.files:
            lines += ["", f"{label}:", *_example_lines(example)]
    lines += ["", rule.docs_url]
    return "\n".join(lines) + "\n"


def _field(label: str, text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=f"{label + ':':<10}", subsequent_indent=" " * 10)


def _wrapped(text: str, width: int) -> Iterator[str]:
    for index, paragraph in enumerate(text.split("\n\n")):
        if index:
            yield ""
        yield from textwrap.wrap(paragraph, width)


def _example_lines(example: Example) -> Iterator[str]:
    for path, text in example.files.items():
        yield f"    # {clean(path)}" + (" is missing" if text is None else "")
        for line in _clipped(text or ""):
            place = line.find(MARK)
            yield f"    {line.replace(MARK, '')}"
            if place >= 0:
                yield f"    {' ' * place}^"


def rule_page(rule: Rule) -> str:
    """Return the documentation page of a rule in Markdown."""
    levels = severities(rule)
    rows = " | ".join(levels[name] for name in _PROFILES)
    parts = [
        f"# {rule.id}: {rule.title}",
        "",
        rule.explanation,
        "",
        f"This is a rule about **{rule.category}**"
        + (
            ": it weighs the same in every profile."
            if rule.category == "correctness"
            else ": it follows the profile."
        ),
        "",
        "| draft | release | archive | fix |",
        "| --- | --- | --- | --- |",
        f"| {rows} | {rule.fix or 'by hand'} |",
        "",
    ]
    if rule.scope != "repository":
        parts += [f"**Scope**: {_SCOPES[rule.scope]}.", ""]
    for title, example in (("What is found", rule.bad), ("What is right", rule.good)):
        if example.files:
            parts += [f"## {title}", ""]
            for path, text in example.files.items():
                if text is None:
                    parts += [f"`{clean(path)}` is missing.", ""]
                else:
                    parts += [f"`{clean(path)}`", "", f"```{_language(path)}", *_code(text), "```", ""]
    mapping = (
        ("FAIR principles", rule.fair),
        ("RDA maturity indicators", rule.rda),
        ("F-UJI and FRSM metrics", rule.fuji),
    )
    served = [f"- {label}: {', '.join(values)}" for label, values in mapping if values]
    if served:
        parts += ["## What it serves", "", *served, ""]
    parts += [
        "## Accept a finding",
        "",
        "Write a waiver with its reason into `fairport.yaml`; it may name files and a last day:",
        "",
        "```yaml",
        "waivers:",
        f"  - rule: {rule.id}",
        "    reason: why this is accepted here",
        "    expires: 2027-12-31",
        "```",
        "",
    ]
    return "\n".join(parts)


def _clipped(text: str) -> list[str]:
    """Return the lines of an example, long ones and many of them cut."""
    lines = [clean(line) for line in text.splitlines()]
    shown = [
        line if len(line) <= _LONGEST else f"{line[:_LONGEST]}... ({len(line):,} characters)"
        for line in lines
    ]
    rest = len(shown) - _MOST_LINES
    return shown if rest <= 0 else [*shown[:_MOST_LINES], f"... ({rest:,} more lines)"]


def _code(text: str) -> Iterator[str]:
    for line in _clipped(text):
        place = line.find(MARK)
        yield line.replace(MARK, "")
        if place >= 0 and not line.lstrip().startswith(("{", '"', "}")):
            yield f"{' ' * place}# ^ here"


def _language(path: str) -> str:
    suffix = path.rpartition(".")[2]
    return {
        "yaml": "yaml",
        "yml": "yaml",
        "cwl": "yaml",
        "cff": "yaml",
        "json": "json",
        "md": "markdown",
    }.get(suffix, "text")


def rules_table(rules: Sequence[Rule]) -> str:
    """Return all rules as a Markdown document with one table a family."""
    parts = [
        "# Rules",
        "",
        f"{len(rules)} rules. Completeness rules follow the profile; correctness rules weigh the same "
        f"everywhere. Rules marked (online) run with `--online` only; those marked (catalogue) are about the "
        f"pages of a catalogue, whose build holds them.",
        "",
    ]
    for family, title in FAMILIES.items():
        members = [rule for rule in rules if rule.family == family]
        if not members:
            continue
        parts += [
            f"## {family}: {title}",
            "",
            "| rule | pass condition | draft | release | archive | fix |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for rule in members:
            levels = severities(rule)
            cells = " | ".join(levels[name] for name in _PROFILES)
            scope = "" if rule.scope == "repository" else f" ({rule.scope})"
            name = f"[{rule.id}]({rule.id.lower()}.md)"
            parts.append(f"| {name} | {rule.title}{scope} | {cells} | {rule.fix or ''} |")
        parts.append("")
    return "\n".join(parts)
