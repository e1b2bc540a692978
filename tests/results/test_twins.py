"""The same figure from two collections is recognised; neighbours that only look alike are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from fairport.physics.sameness import sameness
from fairport.results.importing.imports import import_file
from fairport.results.importing.options import ImportOptions
from fairport.results.loaded import LoadedResult
from fairport.results.twins import nearest_pairs, pairs, twins

MASS = np.geomspace(8.0, 1e4, 120)


def shape(mass: Any) -> Any:
    return 3e-47 * ((mass / 40.0) ** 0.9 + (30.0 / mass) ** 4)


def result(tmp_path: Path, name: str, x: Any, y: Any, **options: Any) -> LoadedResult:
    path = tmp_path / f"{name}.txt"
    path.write_text("".join(f"{float(a)!r} {float(b)!r}\n" for a, b in zip(x, y, strict=True)), "utf-8")
    base = {"plane": "dd.si", "units": {"x": "GeV", "y": "cm2"}, "id": name}
    return import_file(path, ImportOptions(**(base | options))).derived.loaded()


def test_thinned_in_other_units_and_read_off_again(tmp_path: Path) -> None:
    first = result(tmp_path, "first", MASS, shape(MASS), cite=("arXiv:2410.17036v1",))
    thin = MASS[::3] * 1e3
    units = {"x": "MeV", "y": "1e-36 cm2"}
    second = result(
        tmp_path, "second", thin, shape(MASS[::3]) * 1e36, units=units, cite=("arXiv:2410.17036v2",)
    )
    noise = np.random.default_rng(3)
    third_x = np.sort(MASS * 10 ** noise.normal(0, 0.003, MASS.size))
    third = result(tmp_path, "third", third_x, shape(third_x) * 10 ** noise.normal(0, 0.004, MASS.size))
    found = twins(first, [second, third])
    assert [twin.other.record.id for twin in found] == ["second", "third"]
    assert all(twin.how is not None and twin.how.same for twin in found)
    assert "both cite 2410.17036v1" in found[0].words
    assert "cite" not in found[1].words


@pytest.mark.parametrize("factor", [1.12, 0.85, 2.0])
def test_limits_that_are_apart_are_not_the_same(tmp_path: Path, factor: float) -> None:
    first = result(tmp_path, "first", MASS, shape(MASS))
    assert twins(first, [result(tmp_path, "other", MASS, factor * shape(MASS))]) == []


def test_a_stretch_is_told_as_one(tmp_path: Path) -> None:
    whole = result(tmp_path, "whole", MASS, shape(MASS))
    stretch = result(tmp_path, "stretch", MASS[:50], shape(MASS[:50]))
    (found,) = twins(stretch, [whole])
    assert found.how is not None
    assert found.how.part
    assert "a stretch of the curve" in found.words


def test_other_roles_channels_and_declared_overlaps_are_left_out(tmp_path: Path) -> None:
    first = result(tmp_path, "first", MASS, shape(MASS))
    assert twins(first, [result(tmp_path, "median", MASS, 1.001 * shape(MASS), role="expected")]) == []
    declared = result(
        tmp_path, "b", MASS, 1.001 * shape(MASS), fields={"data_overlap.results": ["local/first"]}
    )
    assert twins(first, [declared]) == []
    units = {"x": "GeV", "y": "cm3 s-1"}
    channels = [
        result(tmp_path, plane[-2:], MASS, 1e21 * shape(MASS), plane=plane, units=units)
        for plane in ("id.ann.bb", "id.ann.WW")
    ]
    assert pairs(channels) == []


def test_contours_are_compared_wherever_they_start(tmp_path: Path) -> None:
    angle = np.linspace(0.0, 2.0 * np.pi, 61)

    def ring(start: float) -> tuple[Any, Any]:
        turn = angle + start
        x, y = 50.0 * 10 ** (0.3 * np.cos(turn)), 1e-41 * 10 ** (0.5 * np.sin(turn))
        x[-1], y[-1] = x[0], y[0]
        return x, y

    first, second = result(tmp_path, "a", *ring(0.0)), result(tmp_path, "b", *ring(1.0))
    (found,) = twins(second, [first])
    assert found.how is not None
    assert found.how.same


def test_pairs_finds_what_comparing_all_finds(tmp_path: Path) -> None:
    results = [result(tmp_path, f"r{i}", MASS, 1.3**i * shape(MASS)) for i in range(8)]
    results += [result(tmp_path, f"t{i}", MASS[::2], 1.3**i * shape(MASS[::2])) for i in (2, 5)]
    found = {(one.record.id, twin.other.record.id) for one, twin in pairs(results)}
    assert found == {("t2", "r2"), ("t5", "r5")}


def test_linear_planes_and_lines_without_length() -> None:
    x = np.linspace(0.0, 3000.0, 50)
    y = 500.0 + 200.0 * np.sin(x / 500.0)
    near = sameness([(x, y)], [(x[::2], y[::2])], x_scale="lin", y_scale="lin")
    assert near is not None
    assert near.same
    assert sameness([(x[:1], y[:1])], [(x, y)], x_scale="lin", y_scale="lin") is None
    far = sameness([(x, y)], [(x, y + 300.0)], x_scale="lin", y_scale="lin")
    assert far is None or not far.same


def test_import_says_that_it_has_seen_a_figure(tmp_path: Path) -> None:
    from fairport.cli.result import import_

    for name, step in (("one", 1), ("two", 2)):
        text = "".join(
            f"{a!r} {b!r}\n" for a, b in zip(MASS[::step].tolist(), shape(MASS[::step]).tolist(), strict=True)
        )
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
    common = ["--plane", "dd.si", "--column-unit", "x=GeV", "--column-unit", "y=cm2"]
    runner = CliRunner()
    first = runner.invoke(
        import_, [str(tmp_path / "one.txt"), *common, "-o", str(tmp_path / "results" / "one")]
    )
    assert first.exit_code == 0
    assert "seen before" not in first.output
    second = runner.invoke(
        import_, [str(tmp_path / "two.txt"), *common, "-o", str(tmp_path / "results" / "two")]
    )
    assert "seen before: the same curve as" in second.output
    known = [*common, "--dry-run", "--known", str(tmp_path / "results")]
    third = runner.invoke(import_, [str(tmp_path / "two.txt"), *known])
    assert "the same file as" in third.output


def test_walls_drawn_to_the_edge_do_not_make_curves_the_same(tmp_path: Path) -> None:
    def walled(factor: float) -> tuple[Any, Any]:
        x = np.concatenate([[1.0, MASS[0]], MASS, [MASS[-1], 1e6]])
        return x, np.concatenate([[1.0, 1.0], factor * shape(MASS), [1.0, 1.0]])

    first = result(tmp_path, "first", *walled(1.0), accept_implausible=True)
    second = result(tmp_path, "second", *walled(2.0), accept_implausible=True)
    assert twins(second, [first]) == []
    assert pairs([first, second]) == []
    again = result(tmp_path, "again", *walled(1.001), accept_implausible=True)
    assert len(twins(again, [first])) == 1


def test_the_nearest_pairs_of_a_plane_are_the_same_figures(tmp_path: Path) -> None:
    curves = [result(tmp_path, f"apart-{n}", MASS, shape(MASS) * 3.0**n) for n in range(4)]
    again = result(tmp_path, "again", MASS[::2], 1.01 * shape(MASS[::2]) * 9.0)
    same_file = result(tmp_path, "apart-0", MASS, shape(MASS), id="copy")
    found = nearest_pairs([*curves, again, same_file], 5)
    told = {(one.record.id, twin.other.record.id) for one, twin in found}
    assert told == {("again", "apart-2"), ("copy", "apart-0")}
    words = {one.record.id: twin.nearness for one, twin in found}
    assert words["copy"] == "imported from the same file"
    assert words["again"].startswith("within ")
    assert nearest_pairs([], 5) == []
    assert nearest_pairs(curves[:1], 5) == []
