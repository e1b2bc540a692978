"""Every rule finds its bad example at the marked place and nothing in its good one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairport.check.options import Options
from fairport.check.registry import all_rules
from fairport.check.rule import FAMILIES, MARK, Rule
from fairport.check.session import check_paths
from fairport.contract.finding import Finding

RULES = all_rules()
OWN = [rule for rule in RULES if rule.scope == "repository"]
BASE = Path(__file__).parent / "base"
TODAY = date(2026, 11, 22)


def found(root: Path, rule: Rule) -> list[Finding]:
    options = Options(profile="archive", select=(rule.id,), today=TODAY)
    report = check_paths([root], options)
    assert not [target.internal for target in report.targets if target.internal]
    return [item for item in report.findings if item.rule == rule.id and item.status == "fail"]


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.id)
def test_good_example_passes(rule: Rule, make_repository: Callable[..., Path]) -> None:
    assert found(make_repository(rule.good.files), rule) == []


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.id)
def test_bad_example_fails_at_its_mark(
    rule: Rule,
    make_repository: Callable[..., Path],
    marked: Callable[[str | None, str, str], tuple[int, int] | None],
) -> None:
    findings = found(make_repository(rule.bad.files), rule)
    assert findings
    marks = {}
    for path, text in rule.bad.files.items():
        base = (BASE / path).read_text("utf-8") if (BASE / path).is_file() else None
        if text is not None and MARK in text:
            marks[path] = marked(base, path, text)
    for path, place in marks.items():
        places = [(item.line, item.column) for item in findings if item.path == path]
        assert place in places, (
            f"{path}: found {places}, marked {place}: {[item.message for item in findings]}"
        )


def test_complete_repository_has_no_findings(make_repository: Callable[..., Path]) -> None:
    report = check_paths([make_repository()], Options(profile="archive", today=TODAY))
    assert [(item.rule, item.path, item.line, item.message) for item in report.findings] == []
    assert report.exit_code() == 0


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_words(rule: Rule) -> None:
    assert rule.family in FAMILIES
    assert len(rule.explanation) > 80
    assert rule.explanation.rstrip().endswith((".", ":", "`"))
    assert 10 < len(rule.title) < 110
    assert not rule.title.endswith(".")


def test_other_rules_say_why_they_do_not_apply(make_repository: Callable[..., Path]) -> None:
    (target,) = check_paths([make_repository()], Options(today=TODAY)).targets
    for rule in RULES:
        if rule.scope != "repository":
            outcome = target.outcomes[rule.id]
            assert outcome.status == "not-applicable"
            assert ("--online" if rule.scope == "online" else "build holds it") in (outcome.reason or "")


# What validator.md lists; META025, META026, RES021, REPO011, DATA012, WF015 and WF016 came later.
NUMBERS = {"META": 26, "DATA": 12, "WF": 16, "RES": 21, "REPO": 11, "LINK": 8}


def test_no_rule_of_the_catalogue_is_missing() -> None:
    wanted = {f"{family}{number:03}" for family, count in NUMBERS.items() for number in range(1, count + 1)}
    assert {rule.id for rule in RULES} >= wanted


def test_identifiers_are_unique() -> None:
    identifiers = [rule.id for rule in RULES]
    assert len(identifiers) == len(set(identifiers))
