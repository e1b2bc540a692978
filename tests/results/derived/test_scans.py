"""Credible intervals against the numbers of KM3NeT and CTA."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.contract.errors import RefusedError, UsageError
from fairport.physics.arrays import CurveProblem
from fairport.results.combination.scans import combine_scans
from fairport.results.deriving import write
from fairport.results.store import load_result

CTA, KM3NET, BOTH = 1, 2, 3

PUBLISHED = {
    ("VelaX_0.0", 0.68): (0.0126, 0.1521),
    ("VelaX_0.0", 0.90): (0.0038, 0.2526),
    ("VelaX_1.0", 0.68): (0.7336, 0.9593),
    ("VelaX_1.0", 0.90): (0.6239, 0.9839),
    ("RXJ1713_0.0", 0.68): (0.0541, 0.4656),
    ("RXJ1713_0.0", 0.90): (0.0212, 0.6748),
    ("RXJ1713_1.0", 0.68): (0.6061, 0.9737),
    ("RXJ1713_1.0", 0.90): (0.4036, 0.9903),
}


def columns_of(path: Path) -> dict[int, list[list[float]]]:
    """seed, fraction, -2 ln L of each case; the fraction comes from the integrals of both processes, which
    neutrinos alone do not have.
    """
    found: dict[int, list[list[float]]] = defaultdict(list)
    with path.open() as handle:
        for row in csv.DictReader(handle):
            hadronic, leptonic = float(row["int_PD"]), float(row["int_IC"])
            neutrinos = int(row["case"]) == KM3NET
            fraction = float(row["f_value"]) if neutrinos else hadronic / (hadronic + leptonic)
            found[int(row["case"])].append([float(row["seed"]), fraction, float(row["stat_total"])])
    return found


def scan_of(make_scan: Any, reference_data: Path, source: str, case: int) -> Any:
    rows = np.array(columns_of(reference_data / "km3net_cta" / f"{source}.csv")[case])
    name = f"{source}-{case}".lower().replace("_", "-").replace(".", "")
    return make_scan(name, rows[:, 0], rows[:, 1], rows[:, 2])


@pytest.mark.parametrize(("source", "cl"), list(PUBLISHED))
def test_published_intervals(make_scan: Any, reference_data: Path, source: str, cl: float) -> None:
    found, _ = combine_scans([scan_of(make_scan, reference_data, source, BOTH)], cl=cl)
    interval = found.averaged.interval
    assert (interval.low, interval.high) == pytest.approx(PUBLISHED[source, cl], abs=3e-3)


@pytest.mark.parametrize(
    ("source", "edge"),
    [("VelaX_0.0", 0.218), ("VelaX_1.0", 0.660), ("RXJ1713_0.0", 0.672), ("RXJ1713_1.0", 0.427)],
)
def test_separate_tables_add_up_to_the_joint_fit(
    make_scan: Any, reference_data: Path, source: str, edge: float
) -> None:
    separate = [scan_of(make_scan, reference_data, source, case) for case in (CTA, KM3NET)]
    found, derived = combine_scans(separate, cl=0.9)
    joint, _ = combine_scans([mean_of(make_scan, scan_of(make_scan, reference_data, source, BOTH))], cl=0.9)
    side = "high" if source.endswith("0.0") else "low"
    assert getattr(found.averaged.interval, side) == pytest.approx(edge, abs=6e-3)
    assert getattr(found.averaged.interval, side) == pytest.approx(
        getattr(joint.averaged.interval, side), abs=7e-3
    )
    assert len(derived.record["derived_from"]) == 2


def mean_of(make_scan: Any, result: Any) -> Any:
    from fairport.physics.intervals import mean_scan
    from fairport.results.combination.scans import scans_of

    grid = np.linspace(0.0, 1.0, 201)
    return make_scan("mean", np.zeros(201), grid, mean_scan(scans_of(result), grid))


def parabola(best: float, width: float, size: int = 41) -> tuple[np.ndarray, np.ndarray]:
    f = np.linspace(0.0, 1.0, size)
    return f, ((f - best) / width) ** 2


def test_gaussian_interval_and_record(make_scan: Any, tmp_path: Path) -> None:
    f, t = parabola(0.5, 0.05)
    found, derived = combine_scans([make_scan("a", np.ones(41), f, t)], cl=0.6827)
    interval = found.averaged.interval
    assert interval.mode == pytest.approx(0.5, abs=1e-3)
    assert (interval.low, interval.high) == pytest.approx((0.45, 0.55), abs=1e-3)
    loaded = load_result(write(derived, tmp_path))
    (value,) = loaded.record.values
    assert value.value + (value.plus or 0.0) == pytest.approx(0.55, abs=1e-3)
    assert loaded.record.provenance.origin == "simulation"
    assert "simulated inputs" in loaded.record.title


def test_two_experiments_are_narrower_than_one(make_scan: Any) -> None:
    one = make_scan("a", np.ones(41), *parabola(0.5, 0.1))
    two = make_scan("b", np.ones(41), *parabola(0.5, 0.2))
    joint, _ = combine_scans([one, two], cl=0.68)
    width = joint.averaged.interval.high - joint.averaged.interval.low
    assert width == pytest.approx(2.0 * 0.9945 * (0.1**-2 + 0.2**-2) ** -0.5, rel=0.02)


def test_interval_is_connected(make_scan: Any) -> None:
    f = np.linspace(0.0, 1.0, 41)
    low, high = (np.exp(-0.5 * ((f - best) / 0.04) ** 2) for best in (0.2, 0.8))
    humps = -2.0 * np.log(low + 0.8 * high)
    found, _ = combine_scans([make_scan("a", np.ones(41), f, humps)], cl=0.4)
    assert found.averaged.interval.high < 0.4
    assert found.averaged.several_modes == 1
    assert any("second hump" in note for note in found.notes)


def test_refusals(make_scan: Any, make_limit: Any) -> None:
    scan = make_scan("a", np.ones(41), *parabola(0.5, 0.1))
    with pytest.raises(RefusedError, match="same numbers"):
        combine_scans([scan, scan])
    with pytest.raises(RefusedError, match="not a likelihood scan"):
        combine_scans([make_limit("l", [1, 10], [1e-45, 1e-46])])
    with pytest.raises(CurveProblem, match="four"):
        combine_scans([make_scan("s", np.ones(3), [0.0, 0.5, 1.0], [1.0, 0.0, 1.0])])
    with pytest.raises(UsageError, match="between 0 and 1"):
        combine_scans([scan], cl=90)
    other = make_scan("b", np.ones(41), *parabola(0.4, 0.1), {"statistics": {"method": "profile-likelihood"}})
    with pytest.raises(RefusedError, match="statistical methods"):
        combine_scans([scan, other])
