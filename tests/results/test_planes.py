"""The planes of the first release, and how planes are found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.errors import DocumentError
from fairport.contract.resources import catalog_root
from fairport.contract.saving import dump_yaml
from fairport.contract.schemas import schema
from fairport.physics.units import conversion_factor, physical_type
from fairport.results.planes import Planes, UnknownPlane, expand, read_plane, strongest

FILES = sorted((catalog_root() / "planes").glob("*.yaml"))
PLANES = Planes().all()


def test_planes_of_the_first_release_are_there() -> None:
    ids = {plane.id for plane in PLANES}
    assert ids >= {
        "dd.si",
        "dd.sdp",
        "dd.sdn",
        "dd.electron.heavy",
        "dd.electron.light",
        "id.ann.bb",
        "id.ann.WW",
        "id.ann.tautau",
        "id.ann.mumu",
        "id.ann.gammagamma",
        "id.dec.bb",
        "cosmo.p_ann",
        "collider.mmed-mdm",
        "alp.g_agg",
        "alp.g_ae",
        "dp.epsilon",
        "astro.hadronic_fraction",
    }
    assert len(ids) == len(PLANES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_valid_and_named_after_its_plane(path: Path) -> None:
    assert read_plane(path).id == path.stem


@pytest.mark.parametrize("plane", PLANES, ids=lambda plane: plane.id)
def test_plane_makes_sense(plane: Any) -> None:
    assert "{" not in plane.title + plane.description
    assert len(plane.description) > 200
    for axis in plane.axes:
        assert axis.unit in axis.allowed_units
        assert physical_type(axis.unit) != "other"
        assert all(conversion_factor(unit, axis.unit) > 0 for unit in axis.allowed_units)
        low, high = axis.bounds
        assert low is None or low <= axis.range[0]
        assert high is None or axis.range[1] <= high
        assert axis.plausible[0] <= axis.range[0]
        assert axis.range[1] <= axis.plausible[1]
        assert axis.unit_label or axis.unit == ""


@pytest.mark.parametrize("plane", PLANES, ids=lambda plane: plane.id)
def test_fields_that_a_plane_names_exist_in_the_schema_of_results(plane: Any) -> None:
    required = [f"{g}.{n}" for g in ("model", "astro", "statistics") for n in getattr(plane.requires, g)]
    for path in [*required, *plane.agree]:
        node: Any = schema("result")
        for part in path.split("."):
            options = [node, *node.get("anyOf", ())]
            found = [option["properties"][part] for option in options if part in option.get("properties", {})]
            assert found, f"{path} is no field of a result"
            node = found[0]


@pytest.mark.parametrize("plane", PLANES, ids=lambda plane: plane.id)
def test_translations_lead_to_planes(plane: Any) -> None:
    known = {other.id for other in PLANES} | {read_plane(path).id for path in FILES}
    assert {translation.to for translation in plane.translations} <= known


@pytest.mark.parametrize("plane", PLANES, ids=lambda plane: plane.id)
def test_labels_can_be_set_by_matplotlib(plane: Any) -> None:
    from fairport.results.figure.mpltext import axis_title

    for axis in plane.axes:
        assert f"${axis.labels.latex}$" in axis_title(axis)


def test_families_fill_in_the_channel() -> None:
    family = read_plane(catalog_root() / "planes" / "id.ann.yaml")
    members = expand(family)
    assert [member.id for member in members][:2] == ["id.ann.bb", "id.ann.cc"]
    assert Planes().get("id.ann.bb").title == "Annihilation into b quarks"
    assert Planes().get("id.ann.bb").channels == ()


def test_unknown_plane_names_what_is_near() -> None:
    with pytest.raises(UnknownPlane, match=r'no plane "dd\.sl".*did you mean dd\.si'):
        Planes().get("dd.sl")
    assert "dd.si" in Planes()
    assert "id.ann" not in Planes()


def plane_data(**changes: Any) -> dict[str, Any]:
    from fairport.contract.loading import load_yaml

    return {**load_yaml(catalog_root() / "planes" / "dd.si.yaml").data, **changes}


def test_folders_are_asked_in_order(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    for folder, title in ((mine, "Mine"), (other, "Other")):
        folder.mkdir()
        (folder / "anything.yaml").write_text(dump_yaml(plane_data(title=title, id="dd.new")))
    assert Planes(mine, other).get("dd.new").title == "Mine"
    assert Planes(tmp_path / "missing", other).get("dd.new").title == "Other"
    assert "dd.si" not in Planes(mine, package=False)
    assert [plane.id for plane in Planes(mine, package=False).all()] == ["dd.new"]


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(dump_yaml(plane_data(id="dd.new")))
    folder = tmp_path / "planes"
    folder.mkdir()
    (folder / "dd.new.yaml").symlink_to(outside)
    assert "dd.new" not in Planes(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"range": [10, 1]}, "the range 10 to 1 is empty"),
        ({"range": [0, 1]}, "no place on a log scale"),
        ({"allowed_units": ["GeV", "cm2"]}, "cannot be converted"),
        ({"unit": "GeV/c2"}, "natural units"),
    ],
)
def test_planes_that_cannot_be_drawn_are_refused(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    data = plane_data()
    data["axes"][0].update(change)
    path = tmp_path / "plane.yaml"
    path.write_text(dump_yaml(data))
    with pytest.raises(DocumentError, match=message):
        read_plane(path)


def test_stronger_follows_the_orientation() -> None:
    nan = float("nan")
    assert strongest(Planes().get("dd.si"), [3e-45, nan, 1e-45]) == 2
    assert strongest(Planes().get("id.dec.bb"), [1e26, nan, 3e26, 3e26]) == 2
    assert strongest(Planes().get("dd.si"), [nan]) is None
    assert strongest(Planes().get("collider.mmed-mdm"), [1.0, 2.0]) is None


def test_finding_a_plane_needs_no_heavy_library() -> None:
    code = (
        "import sys\nfrom fairport.results.planes import Planes\n"
        "from fairport.results.fields import required_fields\n"
        "required_fields(Planes().get('dd.si'))\n"
        "assert not {'numpy', 'astropy', 'matplotlib'} & set(sys.modules), 'heavy import'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
