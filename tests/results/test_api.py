"""The Python interface, as an astronomer uses it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable

import fairport
from fairport.contract.errors import UsageError
from fairport.physics.units import UnitProblem
from fairport.results.deriving import write
from fairport.results.importing.imports import import_file
from fairport.results.importing.options import ImportOptions
from fairport.results.quantities import astropy_unit

TABLE = "10 3e-46 4e-46\n40 2e-47 3e-47\n1000 2e-46 2e-46\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    file = tmp_path / "lz.txt"
    file.write_text(TABLE, encoding="utf-8")
    options = ImportOptions(
        plane="dd.si",
        columns={"mass": "1", "cross_section": "2", "p50": "3"},
        units={"mass": "GeV", "cross_section": "cm2"},
        cite=("arXiv:2410.17036v1",),
        cl=0.9,
    )
    return write(import_file(file, options).derived, tmp_path / "lz").parent


def test_five_lines(folder: Path) -> None:
    """What stands in a notebook, line by line."""
    cells = [
        "import fairport",
        f"lz = fairport.load({str(folder)!r})",
        "value = lz.at('40 GeV')",
        "table = lz.table()",
        "figure, cite = lz.plot(), lz.bibtex()",
    ]
    names: dict[str, object] = {}
    for cell in cells:
        exec(cell, names)
    value, table, figure = names["value"], names["table"], names["figure"]
    assert isinstance(value, u.Quantity)
    assert value.unit == u.cm**2
    assert value.value == 2e-47
    assert isinstance(table, QTable)
    assert table["mass"].unit == u.GeV
    assert table.meta["fairport"]["plane"] == "dd.si"
    assert len(figure.axes) >= 1  # type: ignore[attr-defined]
    assert "2410.17036" in str(names["cite"])


def test_values_in_any_unit_and_shape(folder: Path) -> None:
    lz = fairport.load(folder)
    assert lz.at(40 * u.GeV) == lz.at("0.04TeV") == lz.at("4e4 MeV")
    many = lz.at(np.array([[40.0, 5.0]]) * u.GeV)
    assert many.shape == (1, 2)
    assert np.isnan(many[0, 1])
    assert lz.at(["40 GeV", "1 TeV"])[1].value == 2e-46
    assert lz.at("40 GeV", band="p50").value == 3e-47
    assert lz.range.to_value("TeV").tolist() == [0.01, 1.0]
    assert lz.cl == 0.9
    assert "excluded at 90" in lz.words()
    assert "lz" in repr(lz)


@pytest.mark.parametrize("wrong", ["40", "forty GeV", 40.0, "40 cm2", 3 * u.cm])
def test_numbers_without_a_unit_of_mass_are_refused(folder: Path, wrong: object) -> None:
    with pytest.raises(UsageError):
        fairport.load(folder).at(wrong)


def test_units_are_those_of_the_contract() -> None:
    assert astropy_unit("1e-36 cm2").to(u.cm**2) == pytest.approx(1e-36)
    assert astropy_unit("cm3 s-1").is_equivalent(u.m**3 / u.s)
    assert astropy_unit("") == u.dimensionless_unscaled
    with pytest.raises(UnitProblem):
        astropy_unit("pb")


def test_contours_give_crossings(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "dama.txt"
    file.write_text("10 1e-40\n100 1e-40\n100 1e-41\n10 1e-41\n10 1e-40\n", encoding="utf-8")
    options = ImportOptions(plane="dd.si", units={"x": "GeV", "y": "cm2"}, excluded="none")
    record = write(import_file(file, options).derived, tmp_path / "dama")
    crossings = fairport.load(record).at("30 GeV")
    np.testing.assert_allclose(crossings.to_value("cm2"), [1e-41, 1e-40])
    with pytest.raises(UsageError, match="several values"):
        fairport.load(record).at([30, 40] * u.GeV)


def test_plots_with_others_are_saved(folder: Path, tmp_path: Path) -> None:
    lz = fairport.load(folder)
    lz.plot(lz, save=tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<?xml")


def test_importing_the_package_is_cheap() -> None:
    code = "import sys, fairport; print([n for n in ('numpy', 'astropy', 'yaml') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert {"load", "check", "Result", "Finding"} <= set(dir(fairport))
    with pytest.raises(AttributeError):
        _ = fairport.nothing
