"""RES016 on what stands in published HEPData records: taken by HEPData, so no error here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairport.check.options import Options
from fairport.check.session import check_paths

Maker = Callable[..., Path]
SUBMISSION = (
    "---\ncomment: A toy.\n---\nname: Limit\ndescription: Upper limit\n"
    "keywords: [{name: observables, values: [LIMIT]}]\ndata_file: limit.yaml\n"
)
TABLE = (
    "independent_variables:\n  - header: {name: mass, units: GeV}\n"
    "    values: [{low: 10, high: 20}, {low: 20, high: 30}]\n"
    "dependent_variables:\n  - header: {name: limit}\n    values: [{value: 1.0}, {value: 2.0}]\n"
)


@pytest.mark.parametrize(
    ("old", "new", "told", "severity"),
    [
        ("name: limit", "name: ''", "has no name", "warning"),
        ("{low: 20, high: 30}", "{low: 10, high: 30}", "overlap", "warning"),
        ("{low: 20, high: 30}", "{low: 30, high: 20}", "", "error"),
        ("header: {name: limit}", "header: {units: pb}", "name", "error"),
    ],
)
def test_severity(old: str, new: str, told: str, severity: str, make_repository: Maker) -> None:
    assert old in TABLE
    root = make_repository(
        {"hepdata/submission.yaml": SUBMISSION, "hepdata/limit.yaml": TABLE.replace(old, new)}
    )
    report = check_paths([root], Options(select=("RES016",), today=date(2026, 11, 22)))
    (found,) = [item for item in report.findings if item.status == "fail"]
    assert found.severity == severity
    assert told in found.message
    assert found.path == "hepdata/limit.yaml"
