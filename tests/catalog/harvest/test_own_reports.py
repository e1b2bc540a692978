"""The report that a bundle carries: taken over where it fits, refused where not, never trusted further."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from fairport.catalog.harvest import bundles, examination
from fairport.catalog.harvest.harvesting import HarvestReport, harvest
from fairport.catalog.registry import init_catalogue
from fairport.catalog.site.build import build
from fairport.catalog.state import EntryState
from fairport.check.bundlereport import REPORT_FILE, make_report
from fairport.contract.digests import files_digest
from fairport.contract.files import sha256_bytes
from fairport.contract.saving import dump_yaml

NOW = datetime(2026, 11, 22, 14, 0, 0, tzinfo=UTC)
DAY = NOW.date()
NEVER, EVERY = (lambda: 1.0), (lambda: 0.0)

Forge = Callable[[dict[str, Any]], None]


@pytest.fixture
def archive(make_repository: Any, tmp_path: Path) -> Callable[..., Path]:
    """Return ``archive(forge, day=, **analysis)``: a zip with a report, which ``forge`` may change."""

    def make(forge: Forge | None = None, *, day: date = DAY, top: str = "", **analysis: Any) -> Path:
        tree = make_repository(analysis=analysis)
        files = {
            path.relative_to(tree).as_posix(): path.read_bytes() for path in tree.rglob("*") if path.is_file()
        }
        report = make_report(tree, {name: sha256_bytes(data) for name, data in files.items()}, day)
        assert report is not None
        data = json.loads(report)
        if forge is not None:
            forge(data)
        files[REPORT_FILE] = json.dumps(data).encode()
        target = tmp_path / "toy.zip"
        with zipfile.ZipFile(target, "w") as box:
            for name, content in files.items():
                box.writestr(top + name, content)
        return target

    return make


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., HarvestReport]:
    """Return ``run(draw, **bundles)``: harvests a catalogue of the one bundle ``toy.zip``."""

    def call(draw: Callable[[], float] = NEVER, **policy: Any) -> HarvestReport:
        root = tmp_path / "catalogue"
        if not root.exists():
            init_catalogue(root, show=("collaboration",))
            entry = {"schema_version": "1.0", "id": "toy", "type": "bundle", "status": "community"}
            text = dump_yaml({**entry, "repository": {"path": "../toy.zip"}})
            (root / "experiments" / "toy.yaml").write_text(text)
        if policy:
            config = root / "catalog.yaml"
            config.write_text(config.read_text().partition("bundles:")[0] + dump_yaml({"bundles": policy}))
        return harvest(root, now=NOW, jobs=1, draw=draw)

    return call


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The profiles under which the catalogue checked something itself."""
    from fairport.check.inspection import Inspection

    seen: list[str] = []
    check = Inspection.check

    def noted(self: Inspection, profile: str) -> Any:
        seen.append(profile)
        return check(self, profile)

    monkeypatch.setattr(Inspection, "check", noted)
    return seen


def _own(state: EntryState) -> tuple[str, str]:
    assert state.check is not None
    assert state.check.own is not None
    return state.check.own.verdict, state.check.own.reason or ""


def test_what_fits_is_taken_over_and_is_what_the_catalogue_would_find(
    archive: Any, run: Any, checks: list[str]
) -> None:
    archive()
    checks.clear()
    (told,) = run().states
    assert (told.state, [item.state for item in told.results]) == ("ok", ["ok"])
    assert _own(told) == ("taken", "")
    assert checks == []
    (found,) = run(check="always").states
    assert checks
    assert found.check is not None
    assert told.check is not None
    assert found.check.own is None
    for name in ("error", "warning", "note", "waived", "findings", "fair"):
        assert getattr(told.check, name) == getattr(found.check, name)


def test_the_folder_at_the_top_of_an_archive_does_not_matter(archive: Any, run: Any) -> None:
    archive(top="toy-1.0/")
    assert _own(run().states[0]) == ("taken", "")


def _clean(data: dict[str, Any]) -> None:
    data["report"]["targets"][0]["findings"] = []
    data["report"]["summary"] = dict.fromkeys(data["report"]["summary"], 0)


def _version(data: dict[str, Any]) -> None:
    for part in (data, data["report"], data["assessment"]):
        part["tool"]["version"] = "0.0.1"


def _other_files(data: dict[str, Any]) -> None:
    data["files"]["digest"] = files_digest([("fairport.yaml", "0" * 64)])


def _unknown_rule(data: dict[str, Any]) -> None:
    data["report"]["targets"][0]["findings"][0]["rule"] = "XYZ999"


def _wrong_counts(data: dict[str, Any]) -> None:
    data["report"]["summary"]["note"] = 0


def _archive_profile(data: dict[str, Any]) -> None:
    data["report"]["profile"] = data["report"]["targets"][0]["profile"] = "archive"


def _levels(data: dict[str, Any]) -> None:
    data["assessment"]["rda"]["levels"]["F"]["proven"] = 5


def _beyond_proof(data: dict[str, Any]) -> None:
    for item in data["assessment"]["rda"]["indicators"]:
        if item["status"] == "not-assessed":
            item |= {"status": "pass", "evidence": [{"text": "trust me", "path": "README.md"}]}
    data["assessment"]["rda"]["summary"] = {"pass": 41, "fail": 0, "not_assessed": 0}


def _badge(data: dict[str, Any]) -> None:
    data["assessment"]["badge"] = {"allowed": True, "evidence": 1}


def _future(data: dict[str, Any]) -> None:
    data["at"] = "2027-01-01"


def _no_date(data: dict[str, Any]) -> None:
    data["at"] = "2026-02-31"


def _no_schema(data: dict[str, Any]) -> None:
    data["report"] = "clean"


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (_version, "Fairport 0.0.1"),
        (_other_files, "other files"),
        (_unknown_rule, "a rule that does not exist"),
        (_wrong_counts, "counts are not those of its findings"),
        (_archive_profile, "profile draft"),
        (_levels, "do not add up"),
        (_beyond_proof, "no repository can prove alone"),
        (_badge, "badge"),
        (_future, "future"),
        (_no_date, ""),
        (_no_schema, "schema"),
    ],
)
def test_what_does_not_fit_is_checked_here(
    archive: Any, run: Any, checks: list[str], forge: Forge, reason: str
) -> None:
    archive(forge)
    checks.clear()
    state = run().states[0]
    verdict, why = _own(state)
    assert (state.state, verdict) == ("ok", "refused")
    assert reason in why
    assert checks
    assert state.check is not None
    assert state.check.note > 0


@pytest.mark.parametrize("text", [b"", b"{", b"[" * 2000, b"\xff\xfe", b'{"a": 1, "a": 2}', b"x" * 6_000_000])
def test_a_report_that_is_none_harms_nothing(archive: Any, run: Any, text: bytes) -> None:
    with zipfile.ZipFile(archive(), "a") as box:
        held = {name: box.read(name) for name in box.namelist()}
    with zipfile.ZipFile(box.filename or "", "w") as again:
        for name, content in {**held, REPORT_FILE: text}.items():
            again.writestr(name, content)
    state = run().states[0]
    assert state.state == "ok"
    assert state.check is not None
    assert state.check.own is None or state.check.own.verdict == "refused"


def test_one_byte_more_in_any_file_and_it_is_about_other_files(archive: Any, run: Any) -> None:
    with zipfile.ZipFile(archive(), "a") as box:
        box.writestr("README.md", "# Later\n")
    assert _own(run().states[0]) == ("refused", "it is about other files")


def test_a_clean_forgery_changes_only_findings_and_assessment(archive: Any, run: Any) -> None:
    archive(_clean, access={"level": "restricted access"}, status="published")
    state = run().states[0]
    assert state.check is not None
    assert (state.check.note, state.check.findings) == (0, ())
    assert state.withheld is not None
    assert [item.state for item in state.results] == ["withheld"]


def test_a_broken_record_stays_broken_whatever_is_said(archive: Any, run: Any, tmp_path: Path) -> None:
    def rename(data: dict[str, Any]) -> None:
        _clean(data)

    target = archive(rename)
    with zipfile.ZipFile(target) as box:
        held = {name: box.read(name) for name in box.namelist()}
    held["results/si/limit.csv"] = held["results/si/limit.csv"].replace(b"10.0", b"11.0")
    told = json.loads(held[REPORT_FILE])
    digests = [(name, sha256_bytes(data)) for name, data in held.items() if name != REPORT_FILE]
    told["files"] = {"count": len(digests), "digest": files_digest(digests)}
    held[REPORT_FILE] = json.dumps(told).encode()
    with zipfile.ZipFile(target, "w") as box:
        for name, content in held.items():
            box.writestr(name, content)
    state = run().states[0]
    assert _own(state)[0] == "taken"
    assert [item.state for item in state.results] == ["failed"]


def test_a_sample_is_checked_here_and_a_false_report_is_disputed(
    archive: Any, run: Any, tmp_path: Path
) -> None:
    archive(_clean)
    assert _own(run(NEVER).states[0]) == ("taken", "")
    (state,) = run(EVERY).states
    verdict, reason = _own(state)
    assert verdict == "disputed"
    assert "not 0 errors, 0 warnings, 0 notes" in reason
    assert state.check is not None
    assert state.check.note > 0
    assert run(NEVER).unchanged == ("toy",)
    build(tmp_path / "catalogue", docs=False)
    site = tmp_path / "catalogue" / "site"
    assert "does not agree with the report" in (site / "a" / "toy" / "index.html").read_text()
    assert "checked again, the very same files give" in (site / "status" / "index.html").read_text()
    archive()  # an honest one now: it is looked at before it is believed
    assert _own(run(NEVER).states[0]) == ("confirmed", "")
    assert run(EVERY, sample=0).unchanged == ("toy",)


def test_pages_say_whose_check_it_is(archive: Any, run: Any, tmp_path: Path) -> None:
    archive()
    run()
    build(tmp_path / "catalogue", docs=False)
    site = tmp_path / "catalogue" / "site"
    page = (site / "a" / "toy" / "index.html").read_text()
    assert "by its own continuous integration with Fairport" in page
    assert (
        json.loads((site / "catalog.json").read_text())["analyses"][0]["findings"]["checked_by"] == "own-ci"
    )


def test_what_others_write_is_shown_as_text(archive: Any, run: Any, tmp_path: Path) -> None:
    def hostile(data: dict[str, Any]) -> None:
        finding = data["report"]["targets"][0]["findings"][0]
        finding |= {"message": "<script>x</script>\u202e", "path": "../../etc/passwd", "help": "<img src=x>"}

    archive(hostile)
    run()
    build(tmp_path / "catalogue", docs=False)
    page = (tmp_path / "catalogue" / "site" / "a" / "toy" / "index.html").read_text()
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page
    assert "<img src=x" not in page
    assert "\u202e" not in page


def test_no_text_of_a_report_is_long(archive: Any, run: Any) -> None:
    def long(data: dict[str, Any]) -> None:
        finding = data["report"]["targets"][0]["findings"][0]
        finding |= dict.fromkeys(("path", "message", "help"), "x" * 100_000)
        data["assessment"]["badge"]["reason"] = "x" * 100_000

    archive(long)
    check = run().states[0].check
    assert check.own.verdict == "taken"
    assert all(len(str(note)) < 2000 for note in check.findings)
    assert len(check.fair.badge_reason) <= 500


def test_an_unchanged_archive_is_not_read_again(
    archive: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = archive()
    past = 1_700_000_000
    os.utime(target, (past, past))
    monkeypatch.setattr("fairport.catalog.harvest.digests._SETTLED", -1.0)
    run()
    monkeypatch.setattr("fairport.catalog.harvest.digests.sha256_file", pytest.fail)
    monkeypatch.setattr(bundles, "unpack", pytest.fail)
    monkeypatch.setattr(examination, "summarise", pytest.fail)
    assert run().unchanged == ("toy",)
