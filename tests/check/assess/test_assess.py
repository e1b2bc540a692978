"""Assessments: evidence is positive, examples prove nothing, what cannot be known is not assessed."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from fairport.check.assess import assess
from fairport.check.assess.facts import all_facts
from fairport.check.assess.fuji import METRICS
from fairport.check.assess.model import AREAS, Assessment, Criterion, Judgement, Standing, level_of
from fairport.check.assess.rda import INDICATORS
from fairport.check.assess.software import PRINCIPLES
from fairport.check.registry import all_rules, find_rule
from fairport.contract.errors import UsageError
from fairport.contract.schemas import validate

Own = Callable[..., Path]
Assess = Callable[..., Assessment]
ById = Callable[[Assessment], dict[str, Judgement]]
Judged = Callable[..., dict[str, Judgement]]
NEVER_ALONE = {"A1-02M", "A1-02D", "A1-03M", "A1-03D", "F1-01D", "A2-01M", "I3-01D", "I3-02D"}
RECORD = "fairport.yaml"
RESULT = "results/si/result.yaml"


def test_catalogues_are_complete() -> None:
    assert len(INDICATORS) == len({item.id for item in INDICATORS}) == 41
    counts = Counter(item.priority for item in INDICATORS)
    assert counts == {"essential": 20, "important": 14, "useful": 7}
    assert Counter(item.area for item in INDICATORS) == {"F": 7, "A": 12, "I": 12, "R": 10}
    assert len(METRICS) == 17
    assert sum(test.points for metric in METRICS for test in metric.tests) == 26
    assert len(PRINCIPLES) == 17
    assert all(item.facts or item.elsewhere for item in (*INDICATORS, *PRINCIPLES))
    assert {item.id for item in INDICATORS if item.elsewhere} == NEVER_ALONE


def test_every_name_is_known() -> None:
    tests = [test for metric in METRICS for test in metric.tests]
    named = {name for item in (*INDICATORS, *PRINCIPLES, *tests) for name in (*item.facts, *item.declared)}
    assert named == set(all_facts())


def test_rules_only_name_criteria_that_exist() -> None:
    rda = {item.id for item in INDICATORS}
    fuji = {metric.id for metric in METRICS} | {"FsF-R1-01M-3", "FsF-R1.3-01M-1"}
    frsm = {name for item in PRINCIPLES for name in item.serves}
    for rule in all_rules():
        assert set(rule.rda) <= rda, rule.id
        assert set(rule.fuji) <= fuji | frsm, rule.id


def test_complete_repository(own: Own, assessed: Assess) -> None:
    assessment = assessed(own())
    counts = assessment.counts
    assert (counts["pass"], counts["not-assessed"]) == (32, 8)
    assert [item.criterion.id for item in assessment.rda if item.status == "fail"] == ["R1.2-02M"]
    assert {item.criterion.id for item in assessment.rda if item.status == "not-assessed"} == NEVER_ALONE
    assert {level.area: (level.proven, level.possible) for level in assessment.levels} == {
        "F": (0, 5),
        "A": (0, 5),
        "I": (4, 5),
        "R": (3, 3),
    }
    assert assessment.points() == 26
    assert assessment.points("pass") == 19.5
    assert assessment.badge.allowed


def test_every_pass_has_evidence_that_is_there(own: Own, assessed: Assess, by_id: ById) -> None:
    root = own()
    for item in by_id(assessed(root)).values():
        assert (item.status == "pass") == (item.reason is None)
        if item.status != "pass":
            continue
        assert item.evidence, item.criterion.id
        for evidence in item.evidence:
            if evidence.path:
                lines = (root / evidence.path).read_text("utf-8").splitlines()
                assert evidence.line is not None
                assert 1 <= evidence.line <= len(lines)


def test_evidence_points_at_the_value(judged: Judged) -> None:
    (evidence,) = judged()["F1-01M"].evidence
    assert (evidence.place, evidence.text) == ("fairport.yaml:42", "doi: 10.5281/zenodo.8123456")


def test_data_meet_the_schema_and_do_not_change(own: Own, assessed: Assess) -> None:
    root = own()
    first = assessed(root).to_data()
    assert validate("assessment", first) == []
    assert assessed(root).to_data() == first
    assert assessed(root, profile="draft").to_data()["rda"] == first["rda"]


@pytest.mark.parametrize(
    ("path", "old", "new", "lost"),
    [
        (RECORD, "zenodo.8123456", "zenodo.1234567", {"F1-01M", "RS:F1", "FsF-F1-02MD-1"}),
        (RECORD, "10.5281/zenodo.8123456", "10.5072/fk2.abc", {"F1-01M", "RS:F1"}),
        (RECORD, "  level: open access", "  level: closed", {"A1-01M", "FsF-A1-01M-1"}),
        (RECORD, "code: MIT", "code: my licence", {"R1.1-01M", "R1.1-02M", "R1.1-03M", "FsF-R1.1-01M-1"}),
        (
            RECORD,
            "https://github.com/toy-collab/",
            "https://example.org/toy/",
            {"A1-04M", "A1.1-01M", "RS:A1"},
        ),
        (
            RECORD,
            "iri: http://astrothesaurus.org/uat/353",
            "iri: https://cern.ch/x",
            {"I2-01M", "FsF-I2-01M-2"},
        ),
        (RECORD, "resource_type: Workflow", "resource_type: Thing", {"FsF-R1-01M-1", "FsF-F2-01M-2"}),
        (RECORD, "publisher: Zenodo\n", "", {"F2-01M", "FsF-F2-01M-2"}),
        (RECORD, "  - argon\n", "", {"F2-01M", "FsF-F2-01M-3"}),
        (RECORD, "relation: IsDerivedFrom", "relation: Near", {"I3-01M", "I3-03M", "RS:I2"}),
        (RESULT, "unit: cm2", "unit: parsnip", {"I2-01D", "I1-01D"}),
        (RESULT, "  code:\n    repository", "  x-code:\n    repository", {"R1.2-01M"}),
        (
            RESULT,
            "origin: recast",
            "origin: recast\n  example: true",
            {"R1.2-01M", "I1-01D", "R1.3-01D", "I2-01D"},
        ),
        ("data/manifest.yaml", "role: calibration", "role: helper", {"I1-01D"}),
    ],
)
def test_a_defect_costs_what_it_proves(judged: Judged, path: str, old: str, new: str, lost: set[str]) -> None:
    found = judged({path: (old, new)})
    assert {name for name in lost if found[name].status == "pass"} == set()


def test_an_error_speaks_against_with_rule_and_place(judged: Judged) -> None:
    item = judged({RECORD: ("code: MIT", "code: my licence")})["R1.1-01M"]
    assert item.status == "fail"
    assert (item.evidence[0].rule, item.evidence[0].place) == ("META011", "fairport.yaml:14")


def test_waived_error_fails(own: Own, assessed: Assess, by_id: ById) -> None:
    root = own({RECORD: ("code: MIT", "code: my licence")})
    with (root / RECORD).open("a") as stream:
        stream.write("waivers:\n  - {rule: META011, reason: an old agreement}\n")
    item = by_id(assessed(root))["R1.1-01M"]
    assert item.status == "fail"
    assert "waive" in (item.reason or "")


def test_what_was_skipped_is_not_assessed(judged: Judged, assessed: Assess) -> None:
    found = judged({RESULT: ("schema_version", "schema_version: [")})
    for name in ("I1-02D", "I2-01D", "R1.2-01M", "R1.3-01D"):
        assert found[name].status != "pass", name
    assert found["I2-01D"].status == "not-assessed"
    assert RESULT in (found["I2-01D"].reason or "")


def test_unreadable_record(own: Own, assessed: Assess, by_id: ById) -> None:
    root = own()
    (root / RECORD).write_text("title: [\n", "utf-8")
    assessment = assessed(root)
    assert not any(item.status == "pass" for item in by_id(assessment).values())
    assert not assessment.badge.allowed


@pytest.mark.parametrize("files", [{}, {"README.md": "# Hello\n"}, {"a.cwl": "class: Workflow\n"}])
def test_a_folder_without_a_record(
    tmp_path: Path, files: dict[str, str], assessed: Assess, by_id: ById
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    assessment = assessed(tmp_path)
    assert validate("assessment", assessment.to_data()) == []
    assert not any(item.status == "pass" for item in by_id(assessment).values())
    assert {(level.proven, level.possible) for level in assessment.levels} <= {(0, n) for n in range(6)}
    assert assessment.badge.reason == "there is no fairport.yaml"


def test_nothing_to_look_at_is_no_pass(judged: Judged) -> None:
    found = judged(files={"data/manifest.yaml": 'schema_version: "1.0"\ndatasets: []\n', RESULT: None})
    data = [item for item in found.values() if re.fullmatch(r"[FAIR][\d.]+-\d\dD", item.criterion.id)]
    assert len(data) == sum(item.id.endswith("D") for item in INDICATORS) == 15
    assert not any(item.status == "pass" for item in data)
    assert found["F1-02D"].status == "not-assessed"


def test_run_crate_beside_a_result(judged: Judged) -> None:
    broken = find_rule("WF014").bad.shown()["results/si/run-crate.json"]
    assert broken is not None
    item = judged(files={"results/si/run-crate.json": broken})["R1.2-02M"]
    assert (item.status, item.evidence[0].rule) == ("fail", "WF014")
    tool = '{"@id": "tool.py", "@type": "SoftwareApplication", "name": "Tool"}'
    whole = broken.replace('"name": "Run",', '"name": "Run", "instrument": {"@id": "tool.py"},')
    whole = whole.replace("\n  ]", f",\n    {tool}\n  ]")
    item = judged(files={"results/si/run-crate.json": whole})["R1.2-02M"]
    assert item.status == "pass", item.reason
    assert item.evidence[-1].text == "run crate (CreateAction)"


def test_tag_of_the_version(own: Own, assessed: Assess, by_id: ById) -> None:
    root = own()
    assert by_id(assessed(root))["RS:F1.2"].status == "fail"
    for line in ("init -q", "add -A", "-c user.name=A -c user.email=a@b.c commit -qm x", "tag v1.0.0"):
        subprocess.run(["git", *line.split()], cwd=root, check=True)
    found = by_id(assessed(root))
    assert found["RS:F1.2"].evidence[-1].text == "tag v1.0.0 on the commit that is checked out"


def test_no_such_profile(own: Own) -> None:
    with pytest.raises(UsageError, match="no profile"):
        assess(own(), profile="green")
    with pytest.raises(UsageError, match="does not exist"):
        assess(own() / "nowhere")


def _judgement(priority: str, status: Standing) -> Judgement:
    return Judgement(Criterion("F1", "t", ("title",), priority=priority), status)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("essential", "important", "useful", "level"),
    [
        ("pp", "pp", "pp", 5),
        ("pf", "pp", "pp", 0),
        ("pp", "ff", "pp", 1),
        ("pp", "pf", "pp", 2),
        ("pp", "pp", "ff", 3),
        ("pp", "pp", "pf", 4),
        ("", "pf", "", 2),
        ("", "ff", "ff", 0),
        ("pn", "pp", "pp", 0),
    ],
)
def test_levels(essential: str, important: str, useful: str, level: int) -> None:
    words: dict[str, Standing] = {"p": "pass", "f": "fail", "n": "not-assessed"}
    pairs = zip(("essential", "important", "useful"), (essential, important, useful), strict=True)
    items = [_judgement(priority, words[letter]) for priority, letters in pairs for letter in letters]
    assert level_of(items, "pass") == level


def test_areas() -> None:
    assert list(AREAS) == ["F", "A", "I", "R"]
