"""Reproducing results: both verdicts, and what they rest on."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.loading import load_yaml
from fairport.contract.saving import dump_yaml
from fairport.contract.schemas import validate
from fairport.contract.tables import parse_table
from fairport.flows.column_compare import compare_tables, relative_difference
from fairport.flows.reproduce import Settings, reproduce

RECORD = "results/tiny-limit/result.yaml"


@pytest.fixture
def rerun(engine: Any) -> Any:
    def call(root: Path, *results: str, record: bool = False, **settings: Any) -> Any:
        chosen = Settings(engine=engine, container="none", **settings)
        return reproduce(root, results, settings=chosen, record=record)

    return call


@pytest.fixture
def made(make_analysis: Any, run: Any) -> Path:
    root: Path = make_analysis(git=True)
    run(root)
    return root


def edit(root: Path, change: Any) -> None:
    data = load_yaml(root / RECORD).data
    change(data)
    (root / RECORD).write_text(dump_yaml(data), "utf-8")


def test_same_bytes_and_nothing_touched(made: Path, rerun: Any, git: Any) -> None:
    before = (made / RECORD).read_bytes()
    runs = sorted((made / ".fairport/runs").iterdir())
    (verdict,) = rerun(made)
    assert (verdict.reruns, verdict.agrees, verdict.holds) == ("same-bytes", "not-stated", True)
    assert verdict.changed == verdict.fields == verdict.notes == ()
    assert verdict.commit == git(made, "rev-parse", "HEAD")
    assert [column.column for column in verdict.columns] == ["mass", "limit"]
    assert (made / RECORD).read_bytes() == before
    assert sorted((made / ".fairport/runs").iterdir()) == runs
    kept = json.loads((made / ".fairport/reproductions/tiny-limit.json").read_text("utf-8"))
    assert kept == verdict.to_data()
    assert not (made / "results/tiny-limit/reproduction.json").exists()


def test_changed_code_is_not_what_is_rerun(made: Path, rerun: Any, commit: Any) -> None:
    path = made / "src/scale.py"
    path.write_text(path.read_text("utf-8").replace("scale * mass", "1.01 * scale * mass"), "utf-8")
    commit(made)
    (verdict,) = rerun(made)
    assert (verdict.reruns, verdict.holds) == ("same-bytes", False)
    assert verdict.notes == ("the code here is no longer the recorded one (src/scale.py)",)
    assert verdict.current.columns[1].worst == pytest.approx(0.01)
    assert validate("reproduction", verdict.to_data()) == []
    assert verdict.to_data()["current"]["verdict"] == "differs"
    (verdict,) = rerun(made, current=True)
    assert (verdict.reruns, verdict.holds) == ("differs", False)
    limit = verdict.columns[1]
    assert limit.column == "limit"
    assert limit.worst == pytest.approx(0.01)
    assert "input src/scale.py: other bytes" in verdict.changed


def test_one_digit_of_the_inputs_file(made: Path, rerun: Any) -> None:
    path = made / "workflow/inputs.yaml"
    path.write_text(path.read_text("utf-8") + "scale: 2.1\n", "utf-8")
    (verdict,) = rerun(made)
    assert (verdict.reruns, verdict.holds) == ("same-bytes", False)
    limit = verdict.current.columns[1]
    assert (verdict.current.reruns, limit.row) == ("differs", 1)
    assert limit.worst == pytest.approx(0.05)
    assert "parameter scale: 2.0 -> 2.1" in verdict.current.changed
    path.write_text(path.read_text("utf-8").replace("2.1", "2.00"), "utf-8")
    (verdict,) = rerun(made)
    assert (verdict.current.reruns, verdict.holds) == ("same-bytes", True)


def test_tampered_numbers_differ(made: Path, rerun: Any) -> None:
    from fairport.contract.files import sha256_file

    table = made / "results/tiny-limit/tiny-limit.csv"
    table.write_text(table.read_text("utf-8").replace("200.0", "210.0"), "utf-8")
    (verdict,) = rerun(made)
    assert (verdict.reruns, verdict.reason) == (
        "differs",
        "the installed table is not the one that its record names",
    )
    edit(made, lambda data: data["data"].update(sha256=sha256_file(table)))
    (verdict,) = rerun(made)
    limit = verdict.columns[1]
    assert (verdict.reruns, limit.row, limit.recorded, limit.rerun) == ("differs", 2, 210.0, 200.0)
    (verdict,) = rerun(made, tolerance=0.1)
    assert (verdict.reruns, verdict.holds) == ("within-tolerance", True)
    edit(made, lambda data: data["axes"][1].update({"x-rerun-tolerance": 0.2}))
    (verdict,) = rerun(made)
    assert (verdict.reruns, verdict.columns[1].tolerance) == ("within-tolerance", 0.2)


@pytest.mark.parametrize(("value", "agrees", "holds"), [(205.0, "agrees", True), (300.0, "differs", False)])
def test_the_paper_is_another_question(
    made: Path, rerun: Any, value: float, agrees: str, holds: bool
) -> None:
    stated = {"at": {"mass": 100.0}, "value": value, "tolerance": 0.06, "citation": "https://doi.org/10.1/x"}
    edit(made, lambda data: data.update(expectation=[stated]))
    (verdict,) = rerun(made, record=True)
    assert (verdict.reruns, verdict.agrees, verdict.agreement_of) == ("same-bytes", agrees, "rerun")
    assert verdict.holds is holds
    assert verdict.fields == ("expectation",)
    document = json.loads((made / "results/tiny-limit/reproduction.json").read_text("utf-8"))
    assert validate("reproduction", document) == []
    assert document["agrees_with_paper"]["numbers"][0]["tolerance"] == 0.06
    assert document["reruns"]["tolerance"] == 1e-6


def test_recorded_parameters_and_inputs_are_used(
    made: Path, rerun: Any, run: Any, commit: Any, tmp_path: Path
) -> None:
    other = made / "workflow/other.yaml"
    other.write_text((made / "workflow/inputs.yaml").read_text("utf-8") + "scale: 5.0\n", "utf-8")
    commit(made)
    run(made, inputs=other)
    (verdict,) = rerun(made)
    assert (verdict.reruns, verdict.changed) == ("same-bytes", ())


def test_data_outside_git_must_have_their_recorded_bytes(make_analysis: Any, run: Any, rerun: Any) -> None:
    ignored = "/outputs/\n/.fairport/\n/data/\n"
    root = make_analysis(git=True, files={".gitignore": ignored})
    run(root)
    assert rerun(root)[0].reruns == "same-bytes"
    (root / "data/source.json").write_text('{"masses": [10.0, 100.0, 1000.1]}', "utf-8")
    (verdict,) = rerun(root)
    assert verdict.reruns == "could-not-run"
    assert "not here with the recorded bytes: data/source.json (fairport data pull)" in verdict.reason


def test_without_a_commit_it_cannot_run(make_analysis: Any, run: Any, rerun: Any) -> None:
    root = make_analysis()
    run(root)
    (verdict,) = rerun(root)
    assert (verdict.reruns, verdict.holds) == ("could-not-run", False)
    assert "names no commit" in verdict.reason
    assert rerun(root, current=True)[0].reruns == "same-bytes"


def test_an_unknown_commit_cannot_run(made: Path, rerun: Any) -> None:
    edit(made, lambda data: data["provenance"]["code"].update(commit="a" * 40))
    (verdict,) = rerun(made)
    assert verdict.reason == "the commit aaaaaaaaaaaa is not in this repository (git fetch)"


def test_changed_assumptions_are_named(made: Path, rerun: Any) -> None:
    def pretend(data: Any) -> None:
        data["provenance"]["environment"]["interpreter"] = "CPython 2.7.18"
        data["provenance"]["environment"]["packages"] = {"numpy": "0.1"}
        data["title"] = "Another title"

    edit(made, pretend)
    (verdict,) = rerun(made)
    assert verdict.reruns == "same-bytes"
    assert verdict.fields == ("title",)
    assert verdict.changed[0].startswith("interpreter: CPython 2.7.18 -> CPython 3")
    assert verdict.changed[1].startswith("numpy: 0.1 -> ")


def test_columns_and_rows_are_compared() -> None:
    old = parse_table("a,b\n1,2\n3,\n0,5\n")
    same = compare_tables(old, parse_table("a,b\n1.0,2\n3,\n0,5\n"), {}, 0.0)
    assert [item.worst for item in same] == [0.0, 0.0]
    worse = compare_tables(old, parse_table("a,b\n1.1,2\n3,4\n0,5\n"), {"a": 0.2}, 1e-6)
    assert [item.within for item in worse] == [True, False]
    assert (worse[1].row, worse[1].recorded, worse[1].rerun) == (2, None, 4.0)
    with pytest.raises(ValueError, match="3 rows, the rerun wrote 1"):
        compare_tables(old, parse_table("a,b\n1,2\n"), {}, 0.0)
    with pytest.raises(ValueError, match="columns"):
        compare_tables(old, parse_table("a,c\n1,2\n"), {}, 0.0)
    assert relative_difference(0.0, 1e-300) == math.inf
    assert relative_difference(2.0, 1.0) == 0.5


def test_command(made: Path, capfd: Any, engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from fairport.cli.main import main
    from fairport.flows import run as flow

    monkeypatch.setattr(engine, "close", lambda: None)
    monkeypatch.setattr(flow, "make_engine", lambda name, options: engine)
    assert main(["reproduce", str(made), "--container", "none"]) == 0
    out = capfd.readouterr().out.splitlines()
    assert out[0] == "tiny-limit"
    assert out[1].startswith("  reruns                 same bytes  (tolerance 1e-06, commit ")
    assert out[2] == "  agrees with the paper  not stated"
    assert main(["reproduce", str(made), "--result", "none"]) == 2
    capfd.readouterr()
    path = made / "src/scale.py"
    path.write_text(path.read_text("utf-8").replace("scale * mass", "3 * mass"), "utf-8")
    assert main(["reproduce", str(made), "--container", "none"]) == 1
    out = capfd.readouterr().out.splitlines()
    assert out[1].startswith("  reruns                 same bytes  (tolerance 1e-06, commit ")
    assert out[2] == "  the code as it stands  differs  (tolerance 1e-06, local)"
    assert out[3] == ("    limit: largest relative difference 0.5 in row 1: 20.0 -> 30.0  beyond tolerance")
    arguments = ["reproduce", str(made), "--container", "none", "--current", "--format", "json"]
    assert main(arguments) == 1
    document = json.loads(capfd.readouterr().out)
    assert document["results"][0]["reruns"]["verdict"] == "differs"
