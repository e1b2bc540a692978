"""The notebook that comes with a scaffold draws what each starter's workflow leaves behind."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

Starter = Callable[[str], Path]
NOTEBOOKS = "{% if notebooks != 'none' %}notebooks{% endif %}"
DATA = "{% if notebooks == 'lake' %}data.ipynb{% endif %}"
PNG = b"\x89PNG\r\n\x1a\n"


def execute(path: Path, root: Path) -> Any:
    """Run a notebook as somebody who opened it in its folder, and return it with its outputs."""
    folder = root / "notebooks"
    folder.mkdir(exist_ok=True)
    (root / "fairport.yaml").touch()
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}})
    return client.execute()


def texts(notebook: Any) -> str:
    return "".join(
        output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []) if output
    )


def pictures(notebook: Any) -> list[bytes]:
    data = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    return [base64.b64decode(item["image/png"]) for item in data if "image/png" in item]


@pytest.fixture(autouse=True)
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Jupyter choose how figures are shown, as it does for a person."""
    monkeypatch.delenv("MPLBACKEND", raising=False)


@pytest.fixture(scope="session")
def look(repository: Path) -> Path:
    """The notebook that looks at the results."""
    return repository / "template" / NOTEBOOKS / "look.ipynb"


@pytest.fixture(scope="session")
def direct_ran(starter: Starter, tmp_path_factory: pytest.TempPathFactory) -> Starter:
    """``direct_ran(example)``: the outputs of the direct starter's workflow with that example."""

    def run(example: str) -> Path:
        out = tmp_path_factory.mktemp("direct outputs")
        folder = starter(example) / "workflow"
        command = [sys.executable, "-m", "cwltool", "--quiet", "--no-container", "--outdir", str(out)]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(
            [*command, str(folder / "main.cwl"), str(folder / "inputs.yaml")],
            env={**os.environ, "PATH": path},
            check=True,
            cwd=out,
        )
        return out

    return run


@pytest.mark.parametrize(
    "kind", ["indirect", "multimessenger", "collider", "generic", "xenon1t", "argon-future"]
)
def test_it_draws_every_result(
    kind: str, ran: Starter, direct_ran: Starter, look: Path, tmp_path: Path
) -> None:
    made = direct_ran(kind) if kind in ("xenon1t", "argon-future") else ran(kind)
    shutil.copytree(made, tmp_path / "outputs")
    records = [json.loads(path.read_text("utf-8")) for path in sorted(made.glob("*.result.json"))]
    notebook = execute(look, tmp_path)
    drawn = pictures(notebook)
    assert len(drawn) == sum("data" in record for record in records) > 0
    assert all(picture.startswith(PNG) and len(picture) > 5_000 for picture in drawn)
    for record in records:
        assert f"{record['id']}: {record['title']}" in texts(notebook)
    keep = os.environ.get("FAIRPORT_KEEP_PICTURES")
    for number, picture in enumerate(drawn if keep else ()):
        Path(str(keep), f"{kind}-{number}.png").write_bytes(picture)


def test_without_results_it_says_what_to_do(look: Path, tmp_path: Path) -> None:
    notebook = execute(look, tmp_path)
    assert "fairport run" in texts(notebook)
    assert pictures(notebook) == []


LOCK = {
    "datasets": [
        {"id": "events", "did": "ds50:run7", "files": [{"path": "data/raw/a.h5"}, {"path": "data/raw/b.h5"}]}
    ]
}


def test_data_are_found_by_their_names_or_where_the_extension_says(repository: Path, tmp_path: Path) -> None:
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    for name in ("a.h5", "b.h5"):
        (raw / name).touch()
    (tmp_path / "data" / "manifest.lock.json").write_text(json.dumps(LOCK), "utf-8")
    cases = {
        "paths_of('ds50:run7')": "['a.h5', 'b.h5']",
        "paths_of('events')": "['a.h5', 'b.h5']",
        "paths_of('ds50:run7', '/eos/x/c.h5')": "['c.h5']",
        "paths_of('ds50:run7', ['/eos/x/c.h5', '/eos/x/d.h5'])": "['c.h5', 'd.h5']",
    }
    printed = names(repository, tmp_path, *cases).splitlines()
    assert printed == ["ds50:run7: 2 of 2 files are here", *cases.values()]


def test_data_that_are_not_here_are_told(repository: Path, tmp_path: Path) -> None:
    assert "No data set is locked yet" in names(repository, tmp_path, "[]")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "manifest.lock.json").write_text(json.dumps(LOCK), "utf-8")
    with pytest.raises(CellExecutionError, match="2 files of ds50:run7 are not here: run `fairport data"):
        names(repository, tmp_path, "paths_of('ds50:run7')")


def names(repository: Path, root: Path, *code: str) -> str:
    """Run the data notebook with some more lines, and return what it printed."""
    notebook = nbformat.read(repository / "template" / NOTEBOOKS / DATA, as_version=4)
    lines = "\n".join(f"print([path.name for path in {line}])" for line in code)
    notebook.cells.append(nbformat.v4.new_code_cell(lines))
    path = root / "with-a-line.ipynb"
    nbformat.write(notebook, path)
    return texts(execute(path, root))
