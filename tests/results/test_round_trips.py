"""What is exported comes back: the whole record and every bit of the numbers, whatever they are."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairport.contract.errors import FairportError, UsageError
from fairport.physics.units import UnitProblem, conversion_factor
from fairport.results.exports import export
from fairport.results.importing.imports import import_file
from fairport.results.importing.options import ImportOptions
from fairport.results.loaded import LoadedResult

WHOLE = {"csv": "r.csv", "json": "r.json", "ecsv": "r.ecsv", "votable": "r.xml"}
UNITS = (("GeV", "cm2"), ("MeV", "1e-36 cm2"), ("TeV", "m2"), ("GeV", "1e-39 cm2"))
SUPPRESSED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
CALM = settings(max_examples=6, deadline=None, suppress_health_check=SUPPRESSED)


@st.composite
def limits(draw: Any) -> tuple[list[tuple[float, ...]], tuple[str, str], dict[str, Any]]:
    """Rows of a limit with a median, gaps included; its units; and what the call states."""
    size = draw(st.integers(2, 12))
    unit = draw(st.sampled_from(UNITS))
    low, high = 1e-46 / conversion_factor(unit[1], "cm2"), 1e-38 / conversion_factor(unit[1], "cm2")
    number = st.floats(low, high, allow_subnormal=False)
    edges = 1e-1 / conversion_factor(unit[0], "GeV"), 1e5 / conversion_factor(unit[0], "GeV")
    mass = sorted(draw(st.lists(st.floats(*edges), min_size=size, max_size=size, unique=True)))
    gaps = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    rows = [
        (m, draw(number), draw(number) if not gap else float("nan"))
        for m, gap in zip(mass, gaps, strict=True)
    ]
    title = draw(
        st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
    )
    stated = {"cl": draw(st.sampled_from([None, 0.9, 0.95])), "title": f"A {title}", "licence": "CC-BY-4.0"}
    return rows, unit, stated


def made(folder: Path, rows: Any, unit: tuple[str, str], stated: dict[str, Any]) -> LoadedResult:
    path = folder / "r.txt"
    path.write_text("".join(f"{m!r} {y!r} {p!r}\n" for m, y, p in rows), encoding="utf-8")
    options = ImportOptions(
        plane="dd.si",
        units={"x": unit[0], "y": unit[1]},
        columns={"mass": "1", "cross_section": "2", "p50": "3"},
        fields={"statistics.sided": "one"},
        **stated,
    )
    return import_file(path, options).derived.loaded()


@CALM
@given(limits())
@pytest.mark.parametrize("to", WHOLE)
def test_formats_that_carry_the_record_lose_nothing(to: str, case: Any) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before = made(folder, *case)
        assert export(before, to, folder / "out").losses == ()
        after = import_file(folder / "out" / WHOLE[to], ImportOptions(plane="dd.si")).derived.loaded()
    assert dict(after.data) == dict(before.data)
    assert list(after.columns) == list(before.columns)
    for column, values in before.columns.items():
        np.testing.assert_array_equal(after.columns[column], values)


@CALM
@given(limits())
def test_hepdata_keeps_numbers_units_bands_and_level(case: Any) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before = made(folder, *case)
        assert export(before, "hepdata", folder / "out").losses
        found = import_file(folder / "out" / "r.yaml", ImportOptions(plane="dd.si"))
    after = found.derived.loaded()
    for column, values in before.columns.items():
        np.testing.assert_array_equal(after.columns[column], values)
    assert [axis.unit for axis in after.record.axes] == [axis.unit for axis in before.record.axes]
    assert after.record.statistics == before.record.statistics
    assert after.record.bands == before.record.bands


@CALM
@given(st.sampled_from(UNITS), st.floats(0.2, 9e4), st.floats(1e-45, 1e-39))
def test_changing_units_changes_nothing(unit: tuple[str, str], mass: float, limit: float) -> None:
    x, y = conversion_factor("GeV", unit[0]), conversion_factor("cm2", unit[1])
    rows = [(mass, limit, limit), (2 * mass, 3 * limit, limit)]
    with tempfile.TemporaryDirectory() as name:
        one = made(Path(name), rows, ("GeV", "cm2"), {})
        other = made(Path(name), [(a * x, b * y, c * y) for a, b, c in rows], unit, {})
    assert float(one.at(1.5 * mass)) == pytest.approx(float(other.at(1.5 * mass)), rel=1e-12)


@pytest.mark.parametrize(("unit", "factor"), [("pb", 1e-36), ("fb", 1e-39), ("zb", 1e-45), ("pbarn", None)])
def test_picobarn_is_never_a_bit(tmp_path: Path, unit: str, factor: float | None) -> None:
    """Astropy reads pb and fb as bits; here they are refused by name and work as what they mean."""
    path = tmp_path / "r.txt"
    path.write_text("10 1e-3\n100 2e-3\n", encoding="utf-8")

    def read(text: str) -> LoadedResult:
        units = {"x": "GeV", "y": text}
        return import_file(path, ImportOptions(plane="dd.si", units=units)).derived.loaded()

    if factor is None:
        assert float(read(unit).at(10.0)) == pytest.approx(1e-39)
        return
    with pytest.raises(UnitProblem) as caught:
        read(unit)
    suggestion = str(caught.value.suggestion)
    assert conversion_factor(suggestion, "cm2") == pytest.approx(factor)
    assert float(read(suggestion).at(10.0)) == pytest.approx(1e-3 * factor)


def test_what_comes_back_must_be_of_the_plane(tmp_path: Path) -> None:
    before = made(tmp_path, [(10.0, 1e-45, 2e-45), (20.0, 1e-45, 2e-45)], ("GeV", "cm2"), {})
    export(before, "json", tmp_path / "out")
    with pytest.raises(UsageError, match="of the plane"):
        import_file(tmp_path / "out" / "r.json", ImportOptions(plane="dd.sdp"))
    changed = import_file(tmp_path / "out" / "r.json", ImportOptions(plane="dd.si", cl=0.68, id="mine"))
    assert changed.derived.record["statistics"]["cl"] == 0.68
    assert changed.derived.record["id"] == "mine"


def test_votable_of_somebody_else_needs_its_columns_named(tmp_path: Path) -> None:
    from astropy.table import Table

    table = Table({"m": [10.0, 100.0], "limit": [1e-45, 2e-45], "who": ["a", "b"]})
    table["m"].unit = "GeV"
    table.write(tmp_path / "t.xml", format="votable")
    with pytest.raises(UsageError, match="unit of cross_section"):
        import_file(tmp_path / "t.xml", ImportOptions(plane="dd.si"))
    found = import_file(tmp_path / "t.xml", ImportOptions(plane="dd.si", units={"limit": "cm2"}))
    np.testing.assert_array_equal(found.derived.columns["cross_section"], [1e-45, 2e-45])
    assert any("who" in text for text in found.notices)


@pytest.mark.parametrize("lost", ["licence", "axes", "statistics", "geometry", "title", "provenance"])
def test_export_that_lost_a_part_of_its_record_is_refused(tmp_path: Path, lost: str) -> None:
    before = made(tmp_path, [(10.0, 1e-45, 2e-45), (20.0, 1e-45, 2e-45)], ("GeV", "cm2"), {})
    export(before, "json", tmp_path / "out")
    path = tmp_path / "out" / "r.json"
    data = json.loads(path.read_text("utf-8"))
    del data["record"][lost]
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(FairportError):
        import_file(path, ImportOptions(plane="dd.si"))
