"""Inputs of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairport.contract.errors import DocumentError
from fairport.contract.files import sha256_file
from fairport.contract.manifest import LockedFile
from fairport.contract.run import RunFile
from fairport.engines.job_order import differing, read_job_order, with_identifiers
from fairport.engines.workflow_files import Port, WorkflowFiles


def workflow(*ports: Port) -> WorkflowFiles:
    return WorkflowFiles("workflow/main.cwl", "cwl", "sha256:" + "0" * 64, (), ports, ())


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_files_parameters_and_defaults(tmp_path: Path) -> None:
    write(tmp_path, "data/a b.csv", "1")
    write(tmp_path, "data/many/x.csv", "2")
    write(tmp_path, "data/many/deep/y.csv", "3")
    write(tmp_path, "workflow/cal.csv", "4")
    inputs = write(
        tmp_path,
        "workflow/inputs.yaml",
        "one: {class: File, location: ../data/a%20b.csv, format: x}\n"
        "list: [{class: File, path: '../data/a b.csv'}]\nfolder: {class: Directory, path: ../data/many}\n"
        "record: {weight: 2, file: {class: File, path: '../data/a b.csv'}}\nnumber: 1.5\n"
        "$namespaces: {x: 'http://example.org/'}\n",
    )
    ports = [Port(name, True) for name in ("one", "list", "folder", "record", "number")]
    default = {"class": "File", "location": "cal.csv"}
    job = read_job_order(
        tmp_path,
        workflow(*ports, Port("cal", False, default), Port("n", False, 7), Port("o", False)),
        inputs,
    )
    assert job.parameters == {"n": 7, "number": 1.5, "record": {"weight": 2, "file": "data/a b.csv"}}
    assert [(item.path, item.name) for item in job.files] == [
        ("data/a b.csv", "record"),
        ("data/many/deep/y.csv", "folder"),
        ("data/many/x.csv", "folder"),
        ("workflow/cal.csv", "cal"),
    ]
    assert job.files[1].sha256 == sha256_file(tmp_path / "data/many/deep/y.csv")
    assert job.values["one"] == {
        "class": "File",
        "location": (tmp_path / "data/a b.csv").as_uri(),
        "format": "x",
    }
    assert "$namespaces" in job.values
    assert job.name == "workflow/inputs.yaml"


def test_without_inputs(tmp_path: Path) -> None:
    assert read_job_order(tmp_path, workflow(Port("n", False, 7)), None).parameters == {"n": 7}
    with pytest.raises(DocumentError, match='needs the input "x"') as caught:
        read_job_order(tmp_path, workflow(Port("x", True, doc="What it is.")), None)
    assert caught.value.why == "What it is."


def test_empty_file_of_inputs(tmp_path: Path) -> None:
    inputs = write(tmp_path, "inputs.yaml", "# nothing\n")
    assert read_job_order(tmp_path, workflow(), inputs).values == {}


def test_link_to_a_cache_is_an_input(tmp_path: Path) -> None:
    cache = write(tmp_path, "cache/big.root", "big")
    root = tmp_path / "repo"
    (root / "data").mkdir(parents=True)
    (root / "data/big.root").symlink_to(cache)
    inputs = write(root, "inputs.yaml", "x: {class: File, path: data/big.root}\n")
    job = read_job_order(root, workflow(Port("x", True)), inputs)
    assert [(item.path, item.bytes) for item in job.files] == [("data/big.root", 3)]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{class: File, path: data}", "is not a file"),
        ("{class: Directory, path: inputs.yaml}", "is not a directory"),
        ("{class: File, path: none.csv}", "none.csv is missing"),
        ("{class: File, path: ../outside}", "outside the repository"),
        ("{class: File, location: 'file:///etc/hostname'}", "outside the repository"),
        ("{class: File, location: 'root://eos.example.org//a.root'}", "not a file of this repository"),
    ],
)
def test_bad_files(tmp_path: Path, entry: str, message: str) -> None:
    root = tmp_path / "repo"
    (root / "data").mkdir(parents=True)
    write(tmp_path, "outside", "x")
    inputs = write(root, "inputs.yaml", f"# first\nx: {entry}\n")
    with pytest.raises(DocumentError, match=message) as caught:
        read_job_order(root, workflow(Port("x", True)), inputs)
    assert str(caught.value.where).startswith("inputs.yaml:2:")


def test_null_does_not_satisfy_a_required_port(tmp_path: Path) -> None:
    inputs = write(tmp_path, "inputs.yaml", "x: null\n")
    with pytest.raises(DocumentError, match='"x" is missing'):
        read_job_order(tmp_path, workflow(Port("x", True)), inputs)


def test_identifiers_from_the_lock() -> None:
    files = (RunFile("a", "1" * 64, 10), RunFile("b", "2" * 64, 10), RunFile("c", "3" * 64, 10))
    locked = [
        LockedFile("a", 10, did="s:a", sha256="1" * 64),
        LockedFile("b", 11, did="s:b"),
        LockedFile("c", 10, did="s:c"),
    ]
    assert [item.did for item in with_identifiers(files, locked)] == ["s:a", None, "s:c"]
    assert differing(files, locked) == ["b"]
