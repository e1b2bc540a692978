"""Likelihoods drawn by their limits, limits under their ceilings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fairport.results.figure.ceilings import ceiling_of, excluded_band
from fairport.results.figure.clipping import Frame
from fairport.results.figure.kinds import kinds_of
from fairport.results.figure.layout import lay_out
from fairport.results.figure.scene import build_scene

S = np.geomspace(1e-27, 1e-23, 81)
MASSES = np.array([10.0, 100.0, 1000.0])


@pytest.fixture
def profile(make: Any) -> Any:
    """T = (s/w)^2 with w = 1e-25, 2e-25, 4e-25: the limit at 2.71 is 1.646 w."""

    def factory(**statistics: Any) -> Any:
        m, s = np.meshgrid(MASSES, S, indexing="ij")
        widths = np.array([1e-25, 2e-25, 4e-25])
        axes = [
            ("mass", "dark_matter_mass", "GeV", "independent", "log"),
            ("s", "annihilation_cross_section", "cm3 s-1", "independent", "log"),
            ("t", "test_statistic", "", "dependent", "lin"),
        ]
        keys = ("column", "quantity", "unit", "role", "scale")
        return make(
            {"mass": m.ravel(), "s": s.ravel(), "t": ((s / widths[:, None]) ** 2).ravel()},
            kind="profile",
            plane="id.ann.bb",
            axes=[{"name": axis[0]} | dict(zip(keys, axis, strict=True)) for axis in axes],
            geometry={"shape": "grid", "excluded": "none"},
            interpolation={"x": "log", "y": "lin", "method": "cubic"},
            profile={"quantity": "-2lnL", "reference": "own-minimum"},
            astro={"jfactor": "not-stated", "halo": None},
            statistics={"method": "profile-likelihood"} | statistics,
        )

    return factory


def test_likelihood_is_drawn_by_its_limit(profile: Any) -> None:
    result = profile(threshold=2.71, cl=0.95)
    scene = build_scene(result.plane, [result])
    (item,) = scene.items
    ((x, y),) = item.pieces
    np.testing.assert_allclose(x, MASSES)
    np.testing.assert_allclose(y, np.sqrt(2.71) * np.array([1e-25, 2e-25, 4e-25]), rtol=2e-3)
    assert item.excluded == "none"
    assert "likelihood" in item.text
    assert any("risen by 2.71" in line for line in scene.notes)
    assert [kind.text for kind in kinds_of(scene.items)] == ["likelihood"]


def test_level_gives_the_threshold_where_none_is_stated(profile: Any) -> None:
    result = profile(cl=0.9)
    assert any("risen by 1.64," in line for line in build_scene(result.plane, [result]).notes)
    bare = profile(cl="not-stated", sided="not-stated")
    scene = build_scene(bare.plane, [bare])
    assert scene.items == ()
    assert "no limit to draw" in scene.undrawn[0][1]


@pytest.fixture
def band(make: Any) -> tuple[Any, Any]:
    """A limit from 10 to 1000 GeV, and its ceiling from 30 to 3000 GeV, which meets it at 300 GeV."""
    x, top = np.geomspace(10.0, 1000.0, 30), np.geomspace(30.0, 3000.0, 30)
    limit = make(
        {"mass": x, "limit": 1e-34 * x / 10.0},
        id="low",
        geometry={"ceiling": "lz-2024/high"},
    )
    ceiling = make({"mass": top, "limit": 3e-33 * (top / 300.0) ** -1.0}, id="high")
    return limit, ceiling


def test_excluded_band_ends_where_the_curves_meet_or_end(band: tuple[Any, Any]) -> None:
    limit, ceiling = band
    assert ceiling_of(limit, [limit, ceiling]) is ceiling
    assert ceiling_of(limit, [limit]) is None
    assert ceiling_of(ceiling, [limit, ceiling]) is None
    ((x, low, high),) = excluded_band(limit, ceiling)
    assert x[0] == pytest.approx(30.0)
    assert 250.0 < x[-1] < 300.0
    assert np.all(high > low)


def test_fill_stops_at_the_ceiling(band: tuple[Any, Any]) -> None:
    limit, ceiling = band
    frame = Frame(0.0, 0.0, 400.0, 300.0)
    scene = build_scene(limit.plane, [limit, ceiling])
    filled = lay_out(scene, frame, 9.0).drawn
    assert len(filled[0].fills) == 1
    assert float(filled[0].fills[0][1].min()) > 1.0, "the fill does not reach the top of the frame"
    assert filled[1].fills == ()
    assert scene.items[1].style.line == "dotted"
    alone = lay_out(build_scene(limit.plane, [limit]), frame, 9.0).drawn
    assert float(alone[0].fills[0][1].min()) == pytest.approx(0.0, abs=1.0)
