"""A table of a plane, or a selection of it, comes back from a catalogue as one record a result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.cli.main import main
from fairport.contract.errors import DocumentError, UsageError
from fairport.physics.curves import FunctionCurve, Polyline
from fairport.physics.polygons import Region
from fairport.results.importing.imports import Imported, import_file, parts
from fairport.results.importing.options import ImportOptions
from fairport.results.store import load_result

SELECTION = """\
result,experiment,kind,cl,piece,mass [GeV],cross_section [cm2],licence,cite
lz-2024/si,LZ,collaboration,0.9,0,10,2e-46,CC-BY-4.0,https://arxiv.org/abs/2410.17036v1 https://doi.org/10.1/x
lz-2024/si,LZ,collaboration,0.9,0,30,3e-47,CC-BY-4.0,https://arxiv.org/abs/2410.17036v1 https://doi.org/10.1/x
lz-2024/si,LZ,collaboration,0.9,1,100,4e-47,CC-BY-4.0,https://arxiv.org/abs/2410.17036v1 https://doi.org/10.1/x
lz-2024/si,LZ,collaboration,0.9,1,300,9e-47,CC-BY-4.0,https://arxiv.org/abs/2410.17036v1 https://doi.org/10.1/x
old/ring,"Old, first",digitised,,0,10,1e-41,CC0-1.0,
old/ring,"Old, first",digitised,,0,20,1e-41,CC0-1.0,
old/ring,"Old, first",digitised,,0,20,2e-41,CC0-1.0,
old/ring,"Old, first",digitised,,0,10,1e-41,CC0-1.0,
old/ring,"Old, first",digitised,,1,40,1e-41,CC0-1.0,
old/ring,"Old, first",digitised,,1,60,1e-41,CC0-1.0,
old/ring,"Old, first",digitised,,1,60,2e-41,CC0-1.0,
old/ring,"Old, first",digitised,,1,40,1e-41,CC0-1.0,
new/turn,New,projection,0.9,0,10,1e-48,CC0-1.0,
new/turn,New,projection,0.9,0,20,1e-49,CC0-1.0,
new/turn,New,projection,0.9,0,15,1e-50,CC0-1.0,
"""


@pytest.fixture
def selection(tmp_path: Path) -> Path:
    path = tmp_path / "dd.si-selection.csv"
    path.write_text(SELECTION, "utf-8")
    return path


def take(path: Path, **options: Any) -> Imported:
    return import_file(path, ImportOptions(**({"plane": "dd.si"} | options)))


def test_a_result_keeps_its_gap_and_what_the_table_states(selection: Path) -> None:
    found = take(selection, object="lz-2024/si")
    record = found.derived.record
    assert record["id"] == "lz-2024-si"
    assert record["licence"] == "CC-BY-4.0"
    assert record["statistics"]["cl"] == 0.9
    assert record["provenance"]["origin"] == "collaboration"
    assert record["provenance"]["source"]["arxiv"] == "2410.17036v1"
    assert record["provenance"]["source"]["doi"] == "https://doi.org/10.1/x"
    assert record["provenance"]["cite"] == ["arXiv:2410.17036v1", "https://doi.org/10.1/x"]
    curve = found.derived.loaded().curve
    assert isinstance(curve, FunctionCurve)
    assert [list(x) for x, _ in curve.segments] == [[10.0, 30.0], [100.0, 300.0]]
    assert np.isnan(curve.at(60.0))
    found.derived.complete()


def test_rings_and_lines_keep_their_shape(selection: Path) -> None:
    region = take(selection, object="old/ring", excluded="inside").derived.loaded()
    assert isinstance(region.curve, Region)
    assert len(region.curve.rings) == 2
    line = take(selection, object="new/turn").derived
    assert isinstance(line.loaded().curve, Polyline)
    assert (line.record["kind"], line.record["provenance"]["origin"]) == ("projection", "projection")


def test_one_of_several_must_be_meant(selection: Path) -> None:
    assert parts(selection, ImportOptions(plane="dd.si")) == ["lz-2024/si", "old/ring", "new/turn"]
    assert parts(selection, ImportOptions(plane="dd.si", object="old/ring")) == []
    assert parts(selection, ImportOptions(plane="dd.si", source="text")) == []
    assert parts(selection.with_name("none.csv"), ImportOptions(plane="dd.si")) == []
    with pytest.raises(UsageError, match="holds 3 results") as caught:
        take(selection)
    assert "lz-2024/si (4 rows)" in str(caught.value.why)


def test_the_program_writes_all_of_them(
    selection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results"
    assert main(["result", "import", str(selection), "--plane", "dd.si", "-o", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "3 of 3 tables imported, 0 refused" in shown
    assert "seen before" not in shown
    assert sorted(folder.name for folder in out.iterdir()) == ["lz-2024-si", "new-turn", "old-ring"]
    assert load_result(out / "lz-2024-si").at(30.0) == pytest.approx(3e-47)


def test_the_table_of_a_whole_plane_names_no_sources(tmp_path: Path) -> None:
    path = tmp_path / "dd.si.csv"
    rows = [line.rsplit(",", 1)[0] for line in SELECTION.splitlines()[:5]]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    record = take(path).derived.record
    assert record["licence"] == "CC-BY-4.0"
    assert "cite" not in record["provenance"]


def test_values_of_a_plane_with_one_axis(tmp_path: Path) -> None:
    path = tmp_path / "values.csv"
    path.write_text(
        "result,experiment,kind,cl,p_ann [cm3 s-1 GeV-1],minus,plus,excluded,licence,cite\n"
        "planck/p,Planck,collaboration,0.95,3.2e-28,,,above,CC-BY-4.0,arXiv:1807.06209v4\n",
        "utf-8",
    )
    found = take(path, plane="cosmo.p_ann")
    record = found.derived.record
    assert record["geometry"] == {"shape": "scalar", "excluded": "above"}
    assert found.derived.loaded().curve.value == pytest.approx(3.2e-28)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        (SELECTION.replace(",10,2e-46,", ",10,much,"), '"much" in the column "cross_section', 2),
        (SELECTION.replace(",30,3e-47,", ",30,nan,"), '"nan" in the column', 3),
        (
            SELECTION.replace("lz-2024/si,LZ,collaboration,0.9,1,300", "lz-2024/si,300"),
            "cells, the header",
            5,
        ),
        (SELECTION.replace("licence", "license"), "no table of a plane", 1),
        (SELECTION.replace('"Old, first"', '"Old" first', 1), "no CSV", 6),
        (SELECTION.replace(",0.9,", ",high,", 1), '"high" in the column "cl"', 2),
    ],
)
def test_what_is_wrong_is_told_with_its_line(selection: Path, text: str, what: str, line: int) -> None:
    selection.write_text(text, "utf-8")
    with pytest.raises(DocumentError, match=what) as caught:
        take(selection, object="lz-2024/si")
    assert f":{line}" in str(caught.value)
