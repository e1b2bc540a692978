"""Files of folders, those behind links too."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairport.contract.errors import DocumentError
from fairport.engines.job_order import read_job_order
from fairport.engines.reana_spec import read_specification
from fairport.engines.trees import BrokenLinkError, files_of
from fairport.engines.workflow_files import read_workflow

WORKFLOW = """
cwlVersion: v1.2
class: CommandLineTool
baseCommand: ls
inputs: {tables: Directory}
outputs: {}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An analysis with the folder ``data``: a plain file, a linked one, one in a linked folder."""
    root, cache = tmp_path / "analysis", tmp_path / "cache"
    (root / "data").mkdir(parents=True)
    (cache / "deep").mkdir(parents=True)
    (root / "data/plain.csv").write_text("1", "utf-8")
    (cache / "linked.csv").write_text("2", "utf-8")
    (cache / "deep/more.csv").write_text("3", "utf-8")
    (root / "data/linked.csv").symlink_to(cache / "linked.csv")
    (root / "data/deep").symlink_to(cache / "deep", target_is_directory=True)
    (root / "w.cwl").write_text(WORKFLOW, "utf-8")
    (root / "inputs.yaml").write_text("tables: {class: Directory, location: data}\n", "utf-8")
    (root / "reana.yaml").write_text(
        "inputs: {directories: [data]}\nworkflow: {type: serial, specification: {steps: []}}\n", "utf-8"
    )
    return root / "data"


def test_links_are_followed(data: Path) -> None:
    names = ["deep/more.csv", "linked.csv", "plain.csv"]
    assert [path.relative_to(data).as_posix() for path in files_of(data)] == names
    root = data.parent
    job = read_job_order(root, read_workflow(root, "w.cwl"), root / "inputs.yaml")
    assert [item.path for item in job.files] == [f"data/{name}" for name in names]
    assert list(read_specification(root, "reana.yaml").files) == [f"data/{name}" for name in names]


@pytest.mark.parametrize("target", ["nowhere", "."])
def test_links_that_lead_to_nothing_are_refused(data: Path, target: str) -> None:
    (data / "bad").symlink_to(data / target)
    with pytest.raises(BrokenLinkError, match="bad"):
        files_of(data)
    root = data.parent
    with pytest.raises(DocumentError, match="the link data/bad leads nowhere or in a circle"):
        read_specification(root, "reana.yaml")
    with pytest.raises(DocumentError, match="the link data/bad leads nowhere or in a circle"):
        read_job_order(root, read_workflow(root, "w.cwl"), root / "inputs.yaml")
