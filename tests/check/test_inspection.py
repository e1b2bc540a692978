"""An inspection says what the check and the assessment say of the same repository, each on its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from fairport.check import engine
from fairport.check.assess import assess
from fairport.check.assess.judge import assess_inspected
from fairport.check.inspection import Inspection
from fairport.check.options import Options
from fairport.check.report import Target
from fairport.check.session import check_paths
from fairport.contract.constants import PROFILES
from fairport.contract.errors import UsageError

TODAY = date(2026, 11, 22)


@pytest.fixture
def broken(make_repository: Callable[..., Path]) -> Path:
    """A repository with problems that weigh differently in each profile, and a waiver."""
    record = """
        identifiers: {}
        licences: {code: nonsense, data: CC0-1.0}
        waivers: [{rule: META003, reason: for this test, until: 2030-01-01}]
    """
    return make_repository({"fairport.yaml": dedent(record), "README.md": None, "LICENSE": None})


def _alone(folder: Path, profile: str) -> Target:
    options = Options(profile=profile, today=TODAY)
    return check_paths([folder], options).targets[0]


def _timeless(target: Target) -> Target:
    return replace(target, seconds=0.0)


@pytest.mark.parametrize("order", [PROFILES, tuple(reversed(PROFILES))])
def test_profiles_do_not_touch_each_other(broken: Path, order: tuple[str, ...]) -> None:
    inspection = Inspection(broken, TODAY)
    found = {profile: inspection.check(profile) for profile in order}
    for profile in PROFILES:
        alone = _alone(broken, profile)
        assert alone.findings
        assert _timeless(found[profile]) == _timeless(alone)
    assert found["draft"].findings != found["archive"].findings


def test_the_assessment_is_the_same_after_a_check(broken: Path) -> None:
    inspection = Inspection(broken, TODAY)
    inspection.check("draft")
    assert assess_inspected(inspection) == assess(broken, today=TODAY)


def test_every_rule_runs_once(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: Counter[str] = Counter()
    tell: Any = engine._Run._tell

    def counted(run: Any, rule: Any) -> Any:
        ran[rule.id] += 1
        return tell(run, rule)

    monkeypatch.setattr(engine._Run, "_tell", counted)
    inspection = Inspection(broken, TODAY)
    inspection.check("draft")
    assess_inspected(inspection)
    again = {rule for rule, count in ran.items() if count > 1}
    assert len(ran) > 50
    assert len(again) < 5  # those that ask for the profile or come last


def test_a_defect_of_a_rule_is_told_each_time(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_rule(*_: object) -> Any:
        raise RuntimeError("no such luck")

    monkeypatch.setattr("fairport.check.rules.meta_reading._differences", broken_rule)
    inspection = Inspection(broken, date(2026, 1, 1))
    assert inspection.check("draft").internal == inspection.check("release").internal != ()


def test_what_cannot_be_inspected(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        Inspection(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="no profile"):
        Inspection(tmp_path).check("perfect")
    with pytest.raises(UsageError, match="no profile"):
        assess_inspected(Inspection(tmp_path), "perfect")
