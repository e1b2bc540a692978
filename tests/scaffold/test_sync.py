"""`sync`: the derived files follow the record, and drift is seen."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fairport.cli.main import main
from fairport.contract.errors import DocumentError, UsageError
from fairport.contract.saving import edit_yaml
from fairport.interop.derived import RENDERERS
from fairport.scaffold.sync import sync


@pytest.fixture
def analysis(tmp_path: Path, tree_of: Callable[[str], Path]) -> Path:
    """A copy of the default scaffold, to be changed."""
    return Path(shutil.copytree(tree_of("defaults"), tmp_path / "analysis"))


def test_a_fresh_scaffold_is_in_step(analysis: Path) -> None:
    assert sync(analysis, check=True).drifted == ()


def test_a_changed_record_reaches_every_file(analysis: Path) -> None:
    edit_yaml(analysis / "fairport.yaml", [(("title",), "Another title: with a colon")])
    report = sync(analysis, check=True)
    assert set(report.drifted) == set(RENDERERS)
    assert "Another" not in (analysis / "CITATION.cff").read_text("utf-8")
    assert sync(analysis).written
    assert all("Another title: with a colon" in (analysis / name).read_text("utf-8") for name in RENDERERS)
    assert sync(analysis, check=True).drifted == ()


def test_a_change_by_hand_and_a_missing_file_are_drift(analysis: Path) -> None:
    path = analysis / "codemeta.json"
    path.write_text(path.read_text("utf-8").replace('"wip"', '"active"'), encoding="utf-8")
    (analysis / ".zenodo.json").unlink()
    assert sync(analysis).drifted == ("codemeta.json", ".zenodo.json")
    assert '"wip"' in path.read_text("utf-8")


def test_a_link_is_replaced_by_a_file(analysis: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.cff"
    shutil.copy(analysis / "CITATION.cff", outside)
    (analysis / "CITATION.cff").unlink()
    (analysis / "CITATION.cff").symlink_to(outside)
    assert sync(analysis).drifted == ("CITATION.cff",)
    assert not (analysis / "CITATION.cff").is_symlink()


def test_a_folder_without_a_record(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no analysis repository"):
        sync(tmp_path)


def test_a_broken_record_changes_nothing(analysis: Path) -> None:
    before = (analysis / "CITATION.cff").read_bytes()
    edit_yaml(analysis / "fairport.yaml", [(("title",), 5)])
    with pytest.raises(DocumentError):
        sync(analysis)
    assert (analysis / "CITATION.cff").read_bytes() == before


def test_the_command(analysis: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["sync", str(analysis), "--check"]) == 0
    (analysis / "CITATION.cff").unlink()
    assert main(["sync", str(analysis), "--check"]) == 1
    assert "CITATION.cff: differs" in capfd.readouterr().out
    assert main(["sync", str(analysis)]) == 0
    assert "CITATION.cff: written" in capfd.readouterr().out
    assert main(["sync", str(analysis / "src")]) == 2


def test_reana_follows_the_inputs_of_the_workflow(analysis: Path) -> None:
    before = (analysis / "reana.yaml").read_text("utf-8")
    edit_yaml(analysis / "workflow/inputs.yaml", [(("confidence_level",), 0.95)])
    assert sync(analysis).drifted == ("reana.yaml",)
    after = (analysis / "reana.yaml").read_text("utf-8")
    assert after == before.replace("confidence_level: 0.9\n", "confidence_level: 0.95\n")
    (analysis / "reana.yaml").write_text("# fairport: hand-written\n" + before, "utf-8")
    assert sync(analysis).drifted == ()
