"""Matplotlib figures: formats, determinism, hostile text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.contract.errors import UsageError
from fairport.results.figure.figures import draw_plane, save
from fairport.results.figure.figuretext import kind_rows
from fairport.results.figure.kinds import kinds_of
from fairport.results.figure.scene import build_scene
from fairport.results.planes import Planes

SI = Planes().get("dd.si")


def texts(figure: Any) -> list[str]:
    import matplotlib.text

    return [text.get_text() for text in figure.findobj(matplotlib.text.Text) if text.get_text()]


def test_axes_follow_the_plane(make: Any, region: Any) -> None:
    figure = draw_plane(SI, [make(), region], title="A title", footer="v1")
    (axes,) = figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert r"$m_\chi$" in axes.get_xlabel()
    assert "A title" in texts(figure)
    assert "v1" in texts(figure)
    assert {"LZ", "DAMA"} <= set(texts(figure))
    ticks = axes.xaxis.get_tick_params(which="minor")
    assert ticks["direction"] == "in"
    assert ticks["top"]


def test_data_are_in_canonical_units(make: Any) -> None:
    result = make()
    (axes,) = draw_plane(SI, [result]).axes
    line = max(axes.lines, key=lambda item: len(item.get_xdata()))
    assert np.array_equal(line.get_xdata(), result.curve.x)
    assert np.array_equal(line.get_ydata(), result.curve.y)


def test_the_settings_of_the_user_are_left_alone(make: Any, tmp_path: Path) -> None:
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 23.0, "axes.linewidth": 9.0}):
        figure = draw_plane(SI, [make()])
        save(figure, tmp_path / "a.svg")
        assert mpl.rcParams["font.size"] == 23.0
    save(draw_plane(SI, [make()]), tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_formats(make: Any, tmp_path: Path) -> None:
    figure = draw_plane(SI, [make()])
    for suffix, start in ((".png", b"\x89PNG"), (".pdf", b"%PDF"), (".svg", b"<?xml")):
        save(figure, tmp_path / f"figure{suffix}")
        assert (tmp_path / f"figure{suffix}").read_bytes().startswith(start)
    assert b"matplotlib" not in (tmp_path / "figure.png").read_bytes()[:2000].lower()
    with pytest.raises(UsageError, match=r"\.bmp.*\.png, \.pdf, \.svg"):
        save(figure, tmp_path / "figure.bmp")


@pytest.mark.parametrize(
    "text", ["$\\evil{", "$", "\\frac{1}{", "a_{b$c}", "x^{2", "<b>&amp;</b>", "100 % $5 and $6"]
)
def test_hostile_text_is_printed_as_it_is(make: Any, tmp_path: Path, text: str) -> None:
    results = [
        make(experiment=text, title=text, analysis="a", model={"target": text}),
        make(analysis="b", statistics={"cl": "not-stated"}),
    ]
    save(draw_plane(SI, results, title=text, footer=text), tmp_path / "x.png")


@pytest.mark.filterwarnings("error")
def test_titles_hold_no_commands_of_terminals_and_strange_letters_are_no_warning(
    make: Any, tmp_path: Path
) -> None:
    save(draw_plane(SI, [make()], title="\x1b[31mred\x07 \U0001f984"), tmp_path / "x.svg")
    save(draw_plane(SI, [make()], title="\x1b[31mred\x07 \U0001f984"), tmp_path / "x.png")


def test_many_curves_get_numbers(make: Any) -> None:
    mass = np.geomspace(5, 1e4, 40)
    results = [
        make(
            {"mass": mass, "limit": (1 + 0.01 * i) * 1e-45 * mass},
            experiment=f"Experiment {i}",
            analysis=f"e{i}",
        )
        for i in range(20)
    ]
    shown = set(texts(draw_plane(SI, results)))
    assert all(f"Experiment {i}" in shown for i in range(20))


def test_one_axis(make: Any, tmp_path: Path) -> None:
    value = {
        "name": "o",
        "quantity": "relic_density",
        "unit": "",
        "value": 0.12,
        "minus": 0.001,
        "plus": 0.001,
    }
    gone = dict.fromkeys(("axes", "data", "geometry", "interpolation"))
    result = make({}, plane="astro.omega_cdm", kind="point", values=[value], **gone)
    figure = draw_plane(result.plane, [result])
    assert "LZ" in texts(figure)
    save(figure, tmp_path / "x.png")


def test_empty_plane(tmp_path: Path) -> None:
    save(draw_plane(SI, []), tmp_path / "x.png")


def test_plane_with_a_label_that_is_no_latex(make: Any, tmp_path: Path) -> None:
    import dataclasses

    axis = SI.axes[0]
    broken = dataclasses.replace(axis, labels=dataclasses.replace(axis.labels, latex=r"\frac{1}{"))
    plane = dataclasses.replace(SI, axes=(broken, SI.axes[1]))
    save(draw_plane(plane, [make()]), tmp_path / "x.png")


@pytest.mark.slow
def test_same_bytes_in_every_process(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from fairport.contract.resources import schemas_root\n"
        "from fairport.results.store import load_result\n"
        "from fairport.results.figure.figures import draw_plane, save\n"
        "good = schemas_root() / 'examples' / 'result' / 'good'\n"
        "results = [load_result(good / f'{n}.yaml') for n in ('limit', 'projection', 'region-signal')]\n"
        "figure = draw_plane(results[0].plane, results)\n"
        "for suffix in ('png', 'pdf', 'svg'): save(figure, Path(sys.argv[1]) / f'figure.{suffix}')"
    )
    folders = [tmp_path / "a", tmp_path / "b"]
    for seed, folder in enumerate(folders, 1):
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        subprocess.run([sys.executable, "-c", code, str(folder)], check=True, env=environment)
    for suffix in ("png", "pdf", "svg"):
        one, other = (folder / f"figure.{suffix}" for folder in folders)
        assert one.read_bytes() == other.read_bytes()


def test_samples_of_kinds_take_as_many_rows_as_they_need(make: Any) -> None:
    """A figure with everything in it has more samples than fit in one row; none is lost or cut off."""
    names = {"p2.5": 0.4, "p16": 0.6, "p50": 1.0, "p84": 1.6, "p97.5": 2.5, "unconstrained": 0.5}
    names["discovery_3sigma"] = 3.0
    mass = np.geomspace(10.0, 1e4, 40)
    limit = 1e-46 * mass / 40.0
    columns = {"mass": mass, "limit": limit} | {f"b{n}": limit * k for n, k in names.items()}
    result = make(columns, bands={name: f"b{name}" for name in names})
    kinds = kinds_of(build_scene(result.plane, [result]).items)
    rows = kind_rows(kinds)
    assert [kind for row in rows for kind in row] == kinds
    assert len(rows) == 2
    figure = draw_plane(result.plane, [result])
    figure.canvas.draw()
    edge = figure.bbox.width
    legends = [artist for artist in figure.axes[0].get_children() if type(artist).__name__ == "Legend"]
    assert len(legends) == len(rows)
    assert all(legend.get_window_extent().x1 <= edge for legend in legends)
