"""The report as SARIF 2.1.0 (OASIS), with FAIR, RDA and F-UJI as taxonomies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

from fairport.check.registry import all_rules
from fairport.check.report import Report, Target, tool_version
from fairport.check.reporters.places import from_here
from fairport.check.rule import Rule
from fairport.contract.constants import ANALYSIS_FILE, REPOSITORY_URL
from fairport.contract.finding import Finding

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_TAXONOMIES: Final = (
    ("FAIR", "fair", "FAIR principles and FAIR principles for research software"),
    ("RDA", "rda", "RDA FAIR Data Maturity Model indicators (doi:10.15497/rda00050)"),
    ("F-UJI", "fuji", "F-UJI and FRSM metrics"),
)


def render(report: Report) -> str:
    """Return SARIF with one run."""
    return json.dumps(sarif(report), ensure_ascii=False, indent=2) + "\n"


def sarif(report: Report) -> dict[str, Any]:
    """Return the SARIF log as plain data."""
    rules = all_rules()
    index = {rule.id: number for number, rule in enumerate(rules)}
    results = [
        _result(finding, target, index)
        for target in report.targets
        for finding in target.findings
        if finding.status in {"fail", "waived"}
    ]
    run = {
        "tool": {
            "driver": {
                "name": "fairport",
                "version": tool_version(),
                "informationUri": REPOSITORY_URL,
                "rules": [_rule(rule) for rule in rules],
                "supportedTaxonomies": [
                    {"name": name, "index": number} for number, (name, _, _) in enumerate(_TAXONOMIES)
                ],
            }
        },
        "taxonomies": [_taxonomy(name, key, text, rules) for name, key, text in _TAXONOMIES],
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": _pascal(rule.title),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": re.sub(r"\s+", " ", rule.explanation.replace("`", ""))},
        "help": {"text": rule.explanation, "markdown": rule.explanation},
        "helpUri": rule.docs_url,
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": [rule.family, rule.category, *rule.fair, *rule.rda, *rule.fuji]},
        "relationships": [
            {"target": {"id": item, "toolComponent": {"name": name}}, "kinds": ["relevant"]}
            for name, key, _ in _TAXONOMIES
            for item in getattr(rule, key)
        ],
    }


def _pascal(title: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", title))[:80]


def _taxonomy(name: str, key: str, text: str, rules: Iterable[Rule]) -> dict[str, Any]:
    taxa = sorted({item for rule in rules for item in getattr(rule, key)})
    return {
        "name": name,
        "shortDescription": {"text": text},
        "isComprehensive": False,
        "taxa": [{"id": item} for item in taxa],
    }


def _invocation(report: Report) -> dict[str, Any]:
    notes = [
        {"level": "error", "message": {"text": f"{target.path}: {rule}: {message}"}}
        for target in report.targets
        for rule, message in target.internal
    ]
    told: list[dict[str, Any]] = [
        {
            "level": "note",
            "message": {
                "text": f"{target.path}: {', '.join(target.left_out)} not run, newer than the pinned rule set"
            },
        }
        for target in report.targets
        if target.left_out
    ]
    every = [*notes, *told]
    return {"executionSuccessful": not notes, **({"toolExecutionNotifications": every} if every else {})}


def _result(finding: Finding, target: Target, index: dict[str, int]) -> dict[str, Any]:
    physical = {
        "artifactLocation": {"uri": _uri(finding.path or ANALYSIS_FILE, target)},
        "region": _region(finding),
    }
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": finding.severity,
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"fairport/v1": finding.fingerprint},
    }
    if finding.status == "waived":
        result["suppressions"] = [{"kind": "external", "justification": finding.reason or "waived"}]
    return result


def _region(finding: Finding) -> dict[str, int]:
    parts = {
        "startLine": finding.line or 1,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }
    return {key: value for key, value in parts.items() if value is not None}


def _message(finding: Finding) -> str:
    more = [
        f"{name}: {text}" for name, text in (("expected", finding.expected), ("help", finding.help)) if text
    ]
    return ". ".join([finding.message, *more])


def _uri(path: str, target: Target) -> str:
    """Return the address of a file relative to where the check was started."""
    found = quote(from_here(target, path), safe="/")
    return f"file://{found}" if found.startswith("/") else found
