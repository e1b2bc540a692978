"""What stands beside a figure: list, BibTeX, curves."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.cli.main import main
from fairport.results.figure.figurelist import contents, curves_csv, sources
from fairport.results.figure.references import references_of


def test_list_names_records_levels_sources_and_what_is_missing(make: Any) -> None:
    source = {"origin": "digitised", "source": {"arxiv": "2410.17036v1"}}
    stated = make(provenance=source, licence="CC-BY-NC-4.0")
    bare = make(id="other", statistics={"cl": "not-stated"})
    text = contents(stated.plane, [stated, bare])
    assert text == contents(stated.plane, [stated, bare])
    first, second = (line for line in text.splitlines() if line.startswith("- **"))
    for words in ("lz-2024/si@1", "90\N{NO-BREAK SPACE}% CL", "arXiv:2410.17036v1", stated.digest[7:23]):
        assert words in first
    assert "may be linked, not handed on" in first
    assert "level not stated; CLs; not stated: statistics.cl" in second
    assert "may be linked" not in second


def test_hostile_titles_are_taken_literally(make: Any) -> None:
    result = make(title="<script>x</script> [a](javascript:b) *c*\n# d", experiment=None)
    text = contents(result.plane, [result])
    assert "<script>" not in text.replace("\\<", "")
    assert "\n# d" not in text
    assert "\\[a\\](javascript:b)" in text


def test_bibtex_has_sources_once_and_those_of_references(make: Any) -> None:
    one = make(provenance={"origin": "collaboration", "source": {"arxiv": "2410.17036v1"}})
    two = make(id="b", provenance={"origin": "collaboration", "source": {"arxiv": "2410.17036v1"}})
    text = sources([one, two])
    assert text.count("{2410.17036") == 1
    assert text.count("Fairport result") == 2


def test_curves_come_back_in_canonical_units(make: Any) -> None:
    """TeV and pbarn in the record, GeV and cm2 in the file; bands are parts of their own."""
    mass, limit = np.array([0.01, 0.1, 1.0]), np.array([1e-9, 1e-11, 1e-10])
    axes = [
        {"name": "mass", "role": "independent", "column": "mass", "unit": "TeV", "scale": "log"}
        | {"quantity": "dark_matter_mass"},
        {"name": "limit", "role": "dependent", "column": "limit", "unit": "pbarn", "scale": "log"}
        | {"quantity": "cross_section"},
    ]
    columns = {"mass": mass, "limit": limit, "lo": limit / 2, "hi": limit * 2}
    result = make(columns, axes=axes, bands={"p16": "lo", "p84": "hi"})
    rows = list(csv.DictReader(io.StringIO(curves_csv(result.plane, [result]))))
    assert list(rows[0])[-2:] == ["mass [GeV]", "cross_section [cm2]"]
    curve = [(float(r["mass [GeV]"]), float(r["cross_section [cm2]"])) for r in rows if r["part"] == "curve"]
    np.testing.assert_allclose(curve, np.column_stack((mass * 1e3, limit * 1e-36)), rtol=1e-12)
    assert {row["part"] for row in rows} == {"curve", "p16", "p84"}


def test_references_are_listed(make: Any) -> None:
    axes = [
        {"name": "mass", "role": "independent", "column": "mass", "unit": "eV", "scale": "log"}
        | {"quantity": "axion_mass"},
        {"name": "coupling", "role": "dependent", "column": "limit", "unit": "GeV-1", "scale": "log"}
        | {"quantity": "axion_photon_coupling"},
    ]
    result = make(
        {"mass": np.array([1e-6, 1e-5]), "limit": np.array([1e-14, 1e-14])}, plane="alp.g_agg", axes=axes
    )
    guides = references_of(result.plane, [result]).curves
    text = contents(result.plane, [result], guides)
    assert "QCD axion (KSVZ)" in text
    assert "1511.02867" in sources([result], guides)
    assert "qcd-axion-dfsz" in curves_csv(result.plane, [result], guides)


def test_plot_writes_list_and_sources(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = tmp_path / "ksvz"
    assert main(["result", "line", "ksvz", "--plane", "alp.g_agg", "-o", str(line)]) == 0
    out = tmp_path / "out"
    figure = ["plot", "alp.g_agg", str(line), "-o", str(out / "f.svg"), "-o", str(out / "f.csv")]
    assert main(figure) == 0
    assert sorted(path.name for path in out.iterdir()) == ["f.bib", "f.csv", "f.md", "f.svg"]
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    assert main(figure) == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    bare = tmp_path / "bare"
    assert main(["plot", "alp.g_agg", str(line), "--no-list", "-o", str(bare / "f.csv")]) == 0
    assert [path.name for path in bare.iterdir()] == ["f.csv"]
    capsys.readouterr()
