"""The notebook of the docs runs, and the page beside it shows the same lines."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.results.deriving import write
from fairport.results.importing.imports import import_file
from fairport.results.importing.options import ImportOptions

DOCS = Path(__file__).parents[2] / "site" / "docs" / "how-to"
NOTEBOOK = DOCS / "python.ipynb"


def cells(kind: str) -> list[str]:
    data = json.loads(NOTEBOOK.read_text("utf-8"))
    return ["".join(cell["source"]) for cell in data["cells"] if cell["cell_type"] == kind]


def catalogue(folder: Path) -> None:
    """Results as the notebook wants them, made here."""
    mass = np.geomspace(9.0, 1e4, 30)
    limit = 3e-47 * (mass / 40.0 + (30.0 / mass) ** 4)
    rows = []
    made: tuple[tuple[str, str, str, dict[str, str], str, dict[str, Any]], ...] = (
        (
            "lz",
            "si",
            "dd.si",
            {"x": "GeV", "y": "cm2"},
            table(mass, limit),
            {"cite": ("arXiv:2410.17036v1",)},
        ),
        ("other", "si", "dd.si", {"x": "GeV", "y": "cm2"}, table(mass, 5 * limit), {}),
        ("cmb", "p-ann", "cosmo.p_ann", {"p_ann": "cm3 s-1 GeV-1"}, "3.2e-28\n", {"cl": 0.95}),
    )
    for analysis, name, plane, units, text, stated in made:
        (folder / "in.txt").write_text(text, encoding="utf-8")
        options = ImportOptions(
            plane=plane, units=units, id=name, licence="CC-BY-4.0", **({"cl": 0.9} | stated)
        )
        write(import_file(folder / "in.txt", options).derived, folder / "catalogue" / "r" / analysis / name)
        rows.append(
            {"id": f"{analysis}/{name}", "title": f"{analysis} {name}", "plane": plane, "kind": "limit"}
        )
    index = {
        "schema_version": "1.0",
        "title": "Test",
        "results": rows,
        "analyses": [],
        "planes": [],
        "entries": [],
    }
    (folder / "catalogue" / "catalog.json").write_text(json.dumps(index), encoding="utf-8")


def table(x: Any, y: Any) -> str:
    return "".join(f"{a!r} {b!r}\n" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def test_notebook_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    catalogue(tmp_path)

    class Own(KernelSpecManager):  # type: ignore[misc] # jupyter_client is untyped here
        def get_kernel_spec(self, kernel_name: str) -> Any:
            """The interpreter of the tests, whatever kernels are installed."""
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=argv, env=dict(os.environ), display_name="tests", language="python")

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    manager = AsyncKernelManager(kernel_name="tests", kernel_spec_manager=Own())
    client = NotebookClient(
        notebook, km=manager, timeout=120, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    shown = {cell["id"]: cell["outputs"] for cell in notebook.cells if cell.cell_type == "code"}
    assert "3 results (cosmo.p_ann: 1, dd.si: 2)" in shown["load"][0]["data"]["text/plain"]
    assert "cm2" in shown["at"][0]["data"]["text/plain"]
    assert "spin-independent cross-section" in shown["words"][0]["text"]
    assert "image/png" in shown["plot"][0]["data"]
    assert "2410.17036" in shown["bibtex"][0]["text"]


def test_committed_notebook_has_no_outputs() -> None:
    data = json.loads(NOTEBOOK.read_text("utf-8"))
    code = [cell for cell in data["cells"] if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_page_shows_what_the_notebook_runs() -> None:
    page = (DOCS / "python.md").read_text("utf-8")
    for code in cells("code"):
        assert code in page, f"the page lacks: {code[:80]}"
    assert "python.ipynb" in page
