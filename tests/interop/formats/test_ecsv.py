"""ECSV as astropy writes it, and as people break it."""

from __future__ import annotations

import io
import math

import pytest
from astropy import units as u
from astropy.table import QTable

from fairport.contract.errors import DocumentError
from fairport.interop.formats import ecsv

BROKEN = """# %ECSV 0.9
# ---
# datatype:
# - {name: mass, unit: TeV, datatype: float64}
# - {name: sigmav, unit: cm3s-1, datatype: float64}
# meta: !!omap
# - {doi: 10.1/abc}
# - {confidence: 0.95}
# - {comment: by hand}
# schema: astropy-2.0
mass sigmav
1.0 2e-26
2.0 3e-26
"""


@pytest.mark.parametrize("delimiter", [" ", ","])
def test_what_astropy_writes(delimiter: str) -> None:
    table = QTable({"m": [1.0, 2.0] * u.TeV, "s": [3e-26, math.nan] * u.cm**3 / u.s, "note": ["a b", "c"]})
    table.meta = {
        "doi": "https://doi.org/10.1/x",
        "arxiv": "1601.06590",
        "confidence": 0.95,
        "figure": "Fig. 1",
    }
    out = io.StringIO()
    table.write(out, format="ascii.ecsv", delimiter=delimiter)
    found = ecsv.read(out.getvalue(), "a.ecsv")
    assert [(column.name, column.unit) for column in found.columns] == [("m", "TeV"), ("s", "cm3 / s")]
    assert found.columns[0].values == (1.0, 2.0)
    assert math.isnan(found.columns[1].values[1])
    assert found.stated == {
        "provenance.source.doi": "https://doi.org/10.1/x",
        "provenance.source.arxiv": "1601.06590",
        "provenance.source.figure": "Fig. 1",
        "statistics.cl": 0.95,
    }
    assert found.notices == ("columns of text are left out: note",)
    assert out.getvalue().splitlines()[found.lines[0] - 1].startswith("1.0")


def test_missing_colon_is_placed_and_repaired_on_request() -> None:
    broken = BROKEN.replace("# - {comment: by hand}\n", "").replace("schema: ", "schema ")
    with pytest.raises(DocumentError) as caught:
        ecsv.read(broken, "a.ecsv")
    assert str(caught.value.where) == "a.ecsv:9:3"
    assert "schema: astropy-2.0" in str(caught.value.mend)
    found = ecsv.read(broken, "a.ecsv", repair=True)
    assert found.columns[1].values == (2e-26, 3e-26)
    assert found.assumptions == ("line 9 was read as `schema: astropy-2.0`: its colon is missing",)


def test_remarks_above_the_header_are_no_header() -> None:
    remarked = BROKEN.replace("# ---\n", "# %Part of a collection: see\n# %LICENSE.rst\n# ---\n")
    remarked = remarked.replace("{confidence: 0.95}", '{confidence   "0.95" }')
    lost = ecsv.read(remarked, "a.ecsv")
    assert "statistics.cl" not in lost.stated
    assert lost.notices[0].startswith("a.ecsv:10: ")
    assert "--repair" in lost.notices[0]
    found = ecsv.read(remarked, "a.ecsv", repair=True)
    assert found.stated["statistics.cl"] == 0.95
    assert found.comments[0] == "Part of a collection: see LICENSE.rst"
    assert len(found.assumptions) == 1


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("# %ECSV", "# ECSV", "a.ecsv:1:1"),
        ("mass sigmav\n", "mass limit\n", "a.ecsv:11:1"),
        ("2.0 3e-26", "2.0 3e-26 1", "a.ecsv:13:1"),
        ("2.0 3e-26", "2.0 x", "a.ecsv:13"),
        ("2.0 3e-26", "2.0 " + "3" * 200_000, "a.ecsv:13:1"),
    ],
)
def test_errors_name_the_place(old: str, new: str, place: str) -> None:
    with pytest.raises(DocumentError) as caught:
        ecsv.read(BROKEN.replace(old, new), "a.ecsv")
    assert str(caught.value.where).startswith(place)


def test_tags_build_no_objects() -> None:
    evil = BROKEN.replace("# - {comment: by hand}", "# - {a: !!python/object/apply:os.getcwd []}")
    with pytest.raises(DocumentError):
        ecsv.read(evil, "a.ecsv")
