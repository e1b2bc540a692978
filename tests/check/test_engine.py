"""Profiles, selection, waivers, skipping, fingerprints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairport.check import check
from fairport.check.options import Options
from fairport.check.report import Report
from fairport.check.session import check_paths
from fairport.contract.errors import UsageError
from fairport.contract.finding import Finding
from fairport.contract.schemas import validate

Maker = Callable[..., Path]
TODAY = date(2026, 11, 22)
AUTHOR = "authors:\n  - given_names: Ada\n    family_names: Lovelace\n"


def run(root: Path, **options: object) -> Report:
    return check_paths([root], Options(today=TODAY, **options))  # type: ignore[arg-type]


def one(report: Report, rule: str) -> Finding:
    found = [item for item in report.findings if item.rule == rule]
    assert len(found) == 1, [item.message for item in found]
    return found[0]


@pytest.mark.parametrize(
    ("profile", "severity", "code"),
    [("draft", "note", 0), ("release", "warning", 0), ("archive", "error", 1)],
)
def test_completeness_follows_the_profile(
    profile: str, severity: str, code: int, make_repository: Maker
) -> None:
    report = run(make_repository({"fairport.yaml": AUTHOR}), profile=profile, select=("META008",))
    assert one(report, "META008").severity == severity
    assert report.exit_code() == code


@pytest.mark.parametrize("profile", ["draft", "release", "archive"])
def test_correctness_weighs_the_same(profile: str, make_repository: Maker) -> None:
    report = run(make_repository({"fairport.yaml": "title: Test\n"}), profile=profile, select=("META004",))
    assert one(report, "META004").severity == "error"


def test_the_record_gives_the_profile(make_repository: Maker) -> None:
    assert run(make_repository({"fairport.yaml": "maturity: release\n"})).profile == "release"
    assert run(make_repository({"fairport.yaml": "maturity: nonsense\n"}, name="other")).profile == "draft"


def test_fail_on(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": AUTHOR})
    codes = [
        run(root, profile="draft", select=("META008",), fail_on=level).exit_code()
        for level in ("error", "warning", "note")
    ]
    assert codes == [0, 0, 1]


def test_select_and_ignore(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": AUTHOR + "title: Test\n"})
    assert set(run(root, select=("META",), ignore=("META004,META019",)).targets[0].outcomes) >= {
        "META001",
        "META008",
    }
    assert not {"META004", "DATA001"} & set(
        run(root, select=("META",), ignore=("META004",)).targets[0].outcomes
    )
    with pytest.raises(UsageError, match="no rule or family"):
        run(root, select=("META999",))
    with pytest.raises(UsageError, match="no profile"):
        run(root, profile="perfect")


def test_paths_that_are_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        check(tmp_path / "missing")
    file = tmp_path / "file"
    file.write_text("x", "utf-8")
    with pytest.raises(UsageError, match="not a folder"):
        check(file)


def test_an_empty_folder_is_never_green(tmp_path: Path) -> None:
    report = run(tmp_path)
    assert one(report, "META001").message == "there is no fairport.yaml here"
    assert report.exit_code() == 1


def test_dependents_of_an_unreadable_record_are_skipped(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": "title: 'a\n"})
    (root / "fairport.yaml").write_text("title: [\n", "utf-8")
    report = run(root)
    failure = one(report, "META001")
    skipped = [item for item in report.findings if item.status == "skipped"]
    assert {"META003", "META004", "META019"} <= {item.rule for item in skipped}
    assert {item.reason for item in skipped if item.rule == "META004"} == {"fairport.yaml cannot be read"}
    assert all(item.caused_by == failure.fingerprint for item in skipped if item.path == "fairport.yaml")
    assert validate("report", report.to_data()) == []


def test_a_skipped_rule_brings_the_reason_with_it(make_repository: Maker) -> None:
    root = make_repository()
    (root / "fairport.yaml").write_text("title: [\n", "utf-8")
    report = run(root, select=("META007", "META008"))
    assert report.exit_code() == 1
    assert one(report, "META001").status == "fail"


def test_unknown_keys_of_a_newer_minor_version_are_notes(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": 'schema_version: "1.7"\nfuture: 1\n'})
    assert one(run(root, select=("META003",)), "META003").severity == "note"


def test_a_newer_major_version_is_refused(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": 'schema_version: "2.0"\n'})
    report = run(root)
    assert one(report, "META003").help == "install Fairport 2.0 or newer"
    assert report.exit_code() == 1


WAIVED = AUTHOR + "waivers:\n  - rule: META008\n    reason: the author has no ORCID yet\n"


def test_waivers(make_repository: Maker) -> None:
    report = run(make_repository({"fairport.yaml": WAIVED}))
    assert one(report, "META008").status == "waived"
    assert one(report, "META008").reason == "the author has no ORCID yet"
    assert report.counts["waived"] == 1
    assert report.exit_code() == 0


@pytest.mark.parametrize(
    ("addition", "status", "told"),
    [
        ("    expires: '2026-11-22'\n", "waived", None),
        ("    expires: '2026-11-21'\n", "fail", "expired 2026-11-21"),
        ("    expires: soon\n", "fail", "no calendar date"),
        ("    path: 'results/**'\n", "fail", "not needed any more"),
        ("    path: '*.yaml'\n", "waived", None),
    ],
)
def test_waivers_that_do_not_hold(
    addition: str, status: str, told: str | None, make_repository: Maker
) -> None:
    report = run(make_repository({"fairport.yaml": WAIVED + addition}), ignore=("META013",))
    assert one(report, "META008").status == status
    messages = [item.message for item in report.findings if item.rule == "REPO010"]
    assert bool(messages) == bool(told)
    assert told is None or told in messages[0]


def test_a_waiver_of_a_rule_that_did_not_run_is_not_unused(make_repository: Maker) -> None:
    root = make_repository(
        {"fairport.yaml": "waivers:\n  - {rule: META004, reason: a reason that is long}\n"}
    )
    assert [item for item in run(root, select=("REPO010",)).findings if item.rule == "REPO010"] == []
    assert "not needed" in one(run(root, select=("REPO010", "META004")), "REPO010").message


def test_a_waiver_without_reason_does_not_count(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": AUTHOR + "waivers:\n  - {rule: META008, reason: short}\n"})
    report = run(root, ignore=("META019",))
    assert one(report, "META008").status == "fail"
    assert one(report, "META003").line is not None


def fingerprints(report: Report) -> set[str]:
    return {item.fingerprint for item in report.findings}


def test_fingerprints_outlive_lines_and_order(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": "authors:\n  - given_names: Ada\n  - given_names: Grace\n"})
    before = fingerprints(run(root, select=("META006",)))
    path = root / "fairport.yaml"
    moved = path.read_text("utf-8").replace(
        "  - given_names: Ada\n  - given_names: Grace\n", "  - given_names: Grace\n  - given_names: Ada\n"
    )
    path.write_text("# a comment\n\n" + moved, "utf-8")
    assert fingerprints(run(root, select=("META006",))) == before
    assert len(before) == 2


def test_equal_findings_have_distinct_fingerprints(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": "authors:\n  - {given_names: Ada}\n  - {given_names: Ada}\n"})
    report = run(root, select=("META006",))
    assert len(fingerprints(report)) == len(list(report.findings)) == 2


def test_baseline(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": "title: Test\n"})
    accepted = frozenset(fingerprints(run(root)))
    report = run(root, baseline=accepted)
    assert report.exit_code() == 0
    assert one(report, "META004").reason == "in the baseline"


def test_rules_newer_than_the_pinned_set_do_not_run(make_repository: Maker) -> None:
    report = run(make_repository({"fairport.yaml": 'rules: "0.9"\ntitle: Test\n'}))
    assert "META004" not in report.targets[0].outcomes


def test_several_repositories(make_repository: Maker) -> None:
    good, bad = (
        make_repository(name="good"),
        make_repository({"fairport.yaml": "title: Test\nmaturity: draft\n"}, name="bad"),
    )
    report = check_paths([good, bad], Options(today=TODAY))
    assert report.profile == "mixed"
    assert [target.id for target in report.targets] == ["toy-recast", "toy-recast"]
    assert {item.rule for item in report.targets[0].findings} == set()
    assert "META004" in {item.rule for item in report.targets[1].findings}
    assert validate("report", report.to_data()) == []


def test_processes_give_the_same_report(make_repository: Maker) -> None:
    roots = [
        make_repository({"fairport.yaml": f"title: {'T' * number}\n"}, name=f"r{number}")
        for number in (1, 2, 9)
    ]
    alone, shared = (check_paths(roots, Options(today=TODAY, jobs=jobs)) for jobs in (1, 2))
    assert [item.to_data() for item in alone.findings] == [item.to_data() for item in shared.findings]
    assert [target.path for target in shared.targets] == [str(root) for root in roots]


def test_secondary_findings_name_their_cause(make_repository: Maker) -> None:
    root = make_repository(
        {"results/si/result.yaml": "provenance:\n  origin: recast\n  code:\n    commit: 5\n    clean: true\n"}
    )
    report = run(root)
    assert one(report, "RES001").caused_by is None
    dependents = [
        item for item in report.findings if item.status == "skipped" and item.path == "results/si/result.yaml"
    ]
    assert dependents
    assert {item.caused_by for item in dependents} == {one(report, "RES001").fingerprint}


def test_select_and_ignore_files(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": "title: Test\n", "docs/notes.md": "# A\n\n[x](missing.md)\n"})

    def paths(**options: object) -> set[str]:
        return {item.path for item in run(root, **options).findings if item.status == "fail"}

    assert paths(ignore=("META019",)) >= {"fairport.yaml", "docs/notes.md"}
    assert paths(select=("docs/**",)) == {"docs/notes.md"}
    assert paths(select=("META", "fairport.yaml")) == {"fairport.yaml"}
    assert "fairport.yaml" not in paths(ignore=("META019,fairport.yaml",))
    assert run(root, ignore=("*.yaml,*.md,META019",)).exit_code() == 0
