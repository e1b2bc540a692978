"""The multimessenger starter's intervals for the published scans of CTA and KM3NeT.

The scans (shared reference data, CC-BY-4.0) hold for each simulated observation ``seed`` and each telescope
``case`` (1 CTA, 2 KM3NeT, 3 both) the statistic ``stat_total`` and the fitted fluxes of both origins; the
hadronic fraction is int_PD / (int_PD + int_IC). They are converted here to the table of the scan step.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Starter = Callable[[str], Path]
Interval = Callable[[str, int, float], tuple[float, float]]


def convert(source: Path, case: int, target: Path) -> None:
    """One case of a published scan as a table of replica, fraction and ts."""
    lines = ["replica,fraction,ts"]
    with source.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            hadronic, leptonic = float(row["int_PD"]), float(row["int_IC"])
            if float(row["case"]) == case and hadronic + leptonic > 0.0:
                replica, fraction = float(row["seed"]), hadronic / (hadronic + leptonic)
                lines.append(f"{replica!r},{fraction!r},{float(row['stat_total'])!r}")
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def interval(laid_out: Starter, reference_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Interval:
    """``interval(scan, case, level)``: ends of the mean interval of a published scan."""
    folder = laid_out("multimessenger")
    source = folder / "src" / "an_analysis"
    out = tmp_path_factory.mktemp("km3net")

    def run(name: str, case: int, level: float) -> tuple[float, float]:
        scans, record = out / "scan.csv", out / "fraction.result.json"
        convert(reference_data / "km3net_cta" / f"{name}.csv", case, scans)
        options = {
            "records": source / "records.py",
            "intervals": source / "intervals.py",
            "experiment": folder / "data" / "experiment.json",
            "scans": scans,
            "injected-fraction": float(name.rpartition("_")[2]),
            "credible-level": level,
            "licence": "CC-BY-4.0",
            "result-version": "1",
            "table": out / "intervals.csv",
            "record": record,
        }
        arguments = [part for key, value in options.items() for part in (f"--{key}", str(value))]
        subprocess.run([sys.executable, str(source / "interval.py"), *arguments], check=True)
        entry = json.loads(record.read_text(encoding="utf-8"))["values"][0]
        return entry["value"] - entry["minus"], entry["value"] + entry["plus"]

    return run


@pytest.mark.parametrize(
    ("name", "level", "published"),
    [
        ("VelaX_0.0", 0.68, (0.0126, 0.1521)),
        ("VelaX_0.0", 0.90, (0.0038, 0.2526)),
        ("VelaX_1.0", 0.68, (0.7336, 0.9593)),
        ("VelaX_1.0", 0.90, (0.6239, 0.9839)),
        ("RXJ1713_0.0", 0.68, (0.0541, 0.4656)),
        ("RXJ1713_0.0", 0.90, (0.0212, 0.6748)),
        ("RXJ1713_1.0", 0.68, (0.6061, 0.9737)),
        ("RXJ1713_1.0", 0.90, (0.4036, 0.9903)),
    ],
)
def test_intervals_agree_with_the_published_ones(
    interval: Interval, name: str, level: float, published: tuple[float, float]
) -> None:
    assert interval(name, 3, level) == pytest.approx(published, abs=0.003)


def test_neutrinos_narrow_what_gamma_rays_alone_say(interval: Interval) -> None:
    (_, alone), (_, both) = (interval("VelaX_0.0", case, 0.9) for case in (1, 3))
    assert both < 0.8 * alone
