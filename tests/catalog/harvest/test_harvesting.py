"""Harvest: what is taken, what is kept, and that one repository never harms another."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fairport.catalog.harvest.harvesting import describe, harvest
from fairport.catalog.harvest.upkeep import reading
from fairport.catalog.registry import load_catalogue
from fairport.catalog.site.build import build
from fairport.catalog.state import EntryState, read_state
from fairport.contract.errors import ConfigurationError
from fairport.contract.files import sha256_file
from fairport.contract.resources import template_root

LATER = datetime(2026, 12, 1, 6, 0, 0, tzinfo=UTC)


def only(report) -> EntryState:
    (state,) = report.states
    return state


def shown(catalogue: Path, state: EntryState) -> Path:
    assert state.version is not None
    return catalogue / "harvest" / state.id / state.version


def test_a_local_repository_is_frozen(catalogue, make_repository, register, run_harvest) -> None:
    repository = make_repository()
    register(repository)
    state = only(run_harvest())
    assert (state.state, state.commit, state.harvested) == ("ok", None, "2026-11-22T14:00:00Z")
    (result,) = state.results
    assert (result.id, result.state, result.example) == ("si", "ok", False)
    folder = shown(catalogue, state)
    for name in ("fairport.yaml", "results/si/result.yaml", "results/si/limit.csv"):
        assert (folder / name).read_bytes() == (repository / name).read_bytes()
    assert read_state(catalogue / "harvest" / "toy") == state


def test_the_same_content_keeps_its_date(catalogue, make_repository, register, run_harvest) -> None:
    register(make_repository())
    first = only(run_harvest())
    second = only(run_harvest(now=LATER))
    assert second.checked == "2026-12-01T06:00:00Z"
    assert (second.harvested, second.version) == (first.harvested, first.version)
    assert second.results[0].harvested == "2026-11-22T14:00:00Z"


def test_a_new_result_has_a_new_date_and_the_others_keep_theirs(
    make_repository, register, run_harvest
) -> None:
    register(make_repository())
    run_harvest()
    make_repository(results={"si": {}, "sdp": {"plane": "dd.sdp"}})
    by_id = {result.id: result for result in only(run_harvest(now=LATER)).results}
    assert by_id["si"].harvested == "2026-11-22T14:00:00Z"
    assert by_id["sdp"].harvested == "2026-12-01T06:00:00Z"


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


BROKEN = {
    "no record": (lambda r: (r / "fairport.yaml").unlink(), "no fairport.yaml"),
    "bad yaml": (lambda r: (r / "fairport.yaml").write_text("a:\n\tb: 1\n"), "fairport.yaml:2:1"),
    "wrong type": (lambda r: (r / "fairport.yaml").write_text("[1, 2]\n"), "fairport.yaml"),
    "not utf-8": (lambda r: (r / "fairport.yaml").write_bytes(b"id: \xff\n"), "not UTF-8"),
    "other id": (
        lambda r: _edit(r / "fairport.yaml", "id: toy", "id: other"),
        'calls itself "other"',
    ),
    "a pipe": (
        lambda r: ((r / "fairport.yaml").unlink(), os.mkfifo(r / "fairport.yaml")),
        "no fairport.yaml",
    ),
    "a link out": (
        lambda r: ((r / "fairport.yaml").unlink(), (r / "fairport.yaml").symlink_to("/etc/passwd")),
        "link out of the repository",
    ),
    "huge": (lambda r: (r / "fairport.yaml").write_text("x: " + "y" * 6_000_000), "bytes"),
    "alias bomb": (
        lambda r: (r / "fairport.yaml").write_text(
            "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"{c}: &{c} [{','.join([f'*{p}'] * 9)}]\n" for p, c in ("ab", "bc", "cd", "de", "ef"))
        ),
        "alias",
    ),
    "results outside": (
        lambda r: _edit(r / "fairport.yaml", "results/*/result.yaml", "../../*/result.yaml"),
        "leads out of the repository",
    ),
    "gone": (shutil.rmtree, "does not exist"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_repository_has_a_reason_and_harms_no_other(
    kind, make_repository, register, run_harvest
) -> None:
    register(make_repository("good"))
    bad = make_repository("toy")
    register(bad)
    break_it, reason = BROKEN[kind]
    break_it(bad)
    good, state = run_harvest().states
    assert (good.id, good.state) == ("good", "ok")
    assert state.state == "failed"
    assert reason in (state.reason or "")
    assert str(bad) not in (state.reason or "")


def test_a_failure_keeps_the_last_good_version(catalogue, make_repository, register, run_harvest) -> None:
    repository = make_repository()
    register(repository)
    before = only(run_harvest())
    (repository / "fairport.yaml").write_text("id: [\n")
    after = only(run_harvest(now=LATER))
    assert (after.state, after.version, after.harvested) == ("stale", before.version, before.harvested)
    assert (shown(catalogue, after) / "results" / "si" / "limit.csv").is_file()
    make_repository()
    assert only(run_harvest(now=LATER)).state == "ok"


OUT = "out of its folder"
BROKEN_RESULTS = {
    "changed table": (lambda f: (f / "limit.csv").open("a").write("1,2\n"), "differs from the digest"),
    "lost table": (lambda f: (f / "limit.csv").unlink(), "does not exist"),
    "bad record": (lambda f: (f / "result.yaml").write_text("kind: limit\n"), "missing"),
    "unknown plane": (lambda f: _edit(f / "result.yaml", "dd.si", "dd.nowhere"), "no plane"),
    "table outside": (lambda f: _edit(f / "result.yaml", "path: limit.csv", "path: ../../x.csv"), OUT),
    "absolute table": (lambda f: _edit(f / "result.yaml", "path: limit.csv", "path: /etc/passwd"), OUT),
    "table is the record": (lambda f: _edit(f / "result.yaml", "path: limit.csv", "path: result.yaml"), OUT),
    "linked table": (
        lambda f: ((f / "limit.csv").unlink(), (f / "limit.csv").symlink_to("/etc/passwd")),
        "outside",
    ),
    "lfs pointer": (
        lambda f: (f / "limit.csv").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
        "Git LFS pointer",
    ),
    "missing column": (lambda f: _edit(f / "result.yaml", "column: sigma", "column: tau"), "tau"),
    "impossible unit": (lambda f: _edit(f / "result.yaml", "unit: cm2", "unit: kg"), "unit"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN_RESULTS)
def test_a_broken_result_leaves_the_rest(kind, make_repository, register, run_harvest) -> None:
    repository = make_repository(results={"si": {}, "bad": {}})
    register(repository)
    break_it, reason = BROKEN_RESULTS[kind]
    break_it(repository / "results" / "bad")
    state = only(run_harvest())
    by_path = {result.path: result for result in state.results}
    assert state.state == "ok"
    assert by_path["results/si/result.yaml"].state == "ok"
    bad = by_path["results/bad/result.yaml"]
    assert bad.state == "failed"
    assert reason in (bad.reason or "")
    assert str(repository) not in (bad.reason or "")
    assert "1 broken" in describe(state)


def test_a_result_that_breaks_later_is_kept_with_its_date(
    catalogue, make_repository, register, run_harvest
) -> None:
    repository = make_repository()
    register(repository)
    run_harvest()
    good = (repository / "results/si/limit.csv").read_bytes()
    (repository / "results/si/limit.csv").write_text("mass,sigma\n1,2\n")
    state = only(run_harvest(now=LATER))
    (result,) = state.results
    assert (result.state, result.harvested) == ("kept", "2026-11-22T14:00:00Z")
    assert "digest" in (result.reason or "")
    assert (shown(catalogue, state) / "results/si/limit.csv").read_bytes() == good
    assert only(run_harvest(now=LATER)).results[0].state == "kept"


@pytest.mark.parametrize("file", ["limit.csv", "result.yaml"])
def test_a_result_that_breaks_later_is_not_kept_from_a_damaged_store(
    catalogue, make_repository, register, run_harvest, file: str
) -> None:
    repository = make_repository(results={"si": {}, "sd": {}})
    register(repository)
    damaged = shown(catalogue, only(run_harvest())) / "results/si" / file
    damaged.write_bytes(damaged.read_bytes()[:20])
    (repository / "results/si/limit.csv").write_text("mass,sigma\n1,2\n")
    state = only(run_harvest(now=LATER))
    assert {result.id: result.state for result in state.results} == {"si": "failed", "sd": "ok"}
    assert not (shown(catalogue, state) / "results/si").exists()


def test_two_records_with_one_id(make_repository, register, run_harvest) -> None:
    register(make_repository(results={"a": {"id": "same"}, "b": {"id": "same"}}))
    first, second = only(run_harvest()).results
    assert (first.state, second.state) == ("ok", "failed")
    assert "two records" in (second.reason or "")


def test_embargoed_numbers_are_never_taken(catalogue, make_repository, register, run_harvest) -> None:
    access = {"level": "embargoed access", "embargo_until": "2026-12-01"}
    register(make_repository(analysis={"access": access}))
    state = only(run_harvest())
    assert (state.state, state.withheld, state.until) == ("ok", "embargoed until 2026-12-01", "2026-12-01")
    assert [(result.id, result.state, result.title) for result in state.results] == [
        ("si", "withheld", "Toy limit")
    ]
    assert sorted(p.name for p in shown(catalogue, state).rglob("*")) == ["fairport.yaml"]
    on_the_day = only(run_harvest(now=LATER))
    assert (on_the_day.withheld, on_the_day.results[0].state) == (None, "ok")


@pytest.mark.parametrize(
    "access",
    [
        {"level": "embargoed access", "embargo_until": "2026-11-23"},
        {"level": "open access", "embargo_until": "2027-01-01"},
        {"level": "restricted access"},
        {"level": "metadata only access"},
    ],
)
def test_closed_access_removes_what_was_open(
    access, catalogue, make_repository, register, run_harvest
) -> None:
    register(make_repository())
    run_harvest()
    make_repository(analysis={"access": access})
    state = only(run_harvest())
    assert state.withheld
    assert not list((catalogue / "harvest").rglob("*.csv"))


def test_unchanged_starter_inputs_make_an_example(make_repository, register, run_harvest) -> None:
    inputs = sorted((template_root() / "template").glob("*/data/*/experiment.json"))
    assert inputs
    digest = sha256_file(inputs[0])
    register(
        make_repository(
            results={
                "si": {"provenance": {"inputs": [{"path": "data/experiment.json", "sha256": digest}]}},
                "own": {"provenance": {"inputs": [{"path": "data/experiment.json", "sha256": "0" * 64}]}},
                "said": {"provenance": {"example": True}},
            }
        )
    )
    found = {result.id: result.example for result in only(run_harvest()).results}
    assert found == {"si": True, "own": False, "said": True}


def test_withdrawn_entries_are_not_looked_at(catalogue, make_repository, register, run_harvest) -> None:
    path = register(make_repository())
    run_harvest()
    path.write_text(path.read_text().replace("status: community", "status: withdrawn\nreason: It was wrong."))
    state = only(run_harvest())
    assert (state.state, state.reason, state.version) == ("withdrawn", "It was wrong.", None)
    assert not list((catalogue / "harvest" / "toy").glob("v-*"))


def test_entries_that_left_the_registry_leave_the_store(
    catalogue, make_repository, register, run_harvest
) -> None:
    path = register(make_repository())
    run_harvest()
    path.unlink()
    run_harvest()
    assert not (catalogue / "harvest" / "toy").exists()


def test_a_broken_entry_file_is_a_failed_entry(catalogue, make_repository, register, run_harvest) -> None:
    register(make_repository("good"))
    (catalogue / "experiments" / "bad.yaml").write_text("id: bad\n")
    bad, good = run_harvest().states
    assert (bad.id, bad.state, good.state) == ("bad", "failed", "ok")
    assert bad.mend == "correct experiments/bad.yaml"


def test_a_defect_of_ours_fails_one_entry_only(catalogue, make_repository, register) -> None:
    register(make_repository("a"))
    register(make_repository("b"))

    def checker(tree: Path, profile: str):
        if tree.name == "a":
            raise ZeroDivisionError("boom")
        return None, "not today"

    a, b = harvest(catalogue, checker=checker).states
    assert (a.state, b.state) == ("failed", "ok")
    assert "an error inside Fairport: ZeroDivisionError" in (a.reason or "")
    assert b.check_problem == "not today"


def test_one_harvest_at_a_time(catalogue, make_repository, register) -> None:
    register(make_repository())

    def second(tree: Path, profile: str):
        with pytest.raises(ConfigurationError, match="another harvest"):
            harvest(catalogue)
        return None, None

    assert harvest(catalogue, checker=second).states[0].state == "ok"


def test_a_harvest_changes_nothing_under_a_build(catalogue, make_repository, register) -> None:
    register(make_repository())
    harvest(catalogue)

    def during(tree: Path, profile: str):
        with pytest.raises(ConfigurationError, match="a harvest of this catalogue is running"):
            build(catalogue, docs=False)
        return None, None

    assert harvest(catalogue, checker=during).states[0].state == "ok"
    with reading(load_catalogue(catalogue)):
        with pytest.raises(ConfigurationError, match="another harvest, or a build, of this catalogue"):
            harvest(catalogue)
        assert build(catalogue, docs=False).results == 1  # builds may read side by side
    assert harvest(catalogue).states[0].state == "ok"


def test_the_real_check_is_counted(catalogue, make_repository, register) -> None:
    register(make_repository())
    (state,) = harvest(catalogue).states
    assert state.check is not None
    assert state.check.profile == "draft"
    assert state.check.error > 0  # the toy has neither workflow nor manifest
    assert {finding.severity for finding in state.check.findings} <= {"error", "warning", "note"}
