"""Spectra and their integrals over energy bins."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import spectra

DATA = Path(__file__).parents[1] / "data"
CHANNELS = json.loads((DATA / "spectra.json").read_text(encoding="utf-8"))["channels"]
LINE = {"terms": [[3.0, 0.0, 0.0]]}


def test_flat_spectrum_is_shared_out_by_the_width_of_the_bins() -> None:
    counts = spectra.photons(LINE, 100.0, [10.0, 30.0, 100.0])
    assert counts == pytest.approx([0.6, 2.1], rel=1e-4)


def test_no_photon_carries_more_than_the_mass() -> None:
    counts = spectra.photons(LINE, 20.0, [10.0, 30.0, 100.0])
    assert counts == pytest.approx([1.5, 0.0], rel=1e-4)
    assert spectra.from_terms([0.5, 1.5], LINE["terms"]).tolist() == [3.0, 0.0]


def test_tables_give_what_the_terms_they_were_made_of_give() -> None:
    log_x = np.linspace(-6.0, 0.0, 601)
    x = 10.0**log_x
    entry = {"log10_x": log_x.tolist(), "dn_dlog10x": (3.0 * x * math.log(10.0)).tolist()}
    tables = {"tables": [{"mass": 10.0, **entry}, {"mass": 1000.0, **entry}]}
    edges = [1.0, 3.0, 10.0, 100.0]
    for mass in (10.0, 77.0, 1000.0):
        assert spectra.photons(tables, mass, edges) == pytest.approx(
            spectra.photons(LINE, mass, edges), rel=1e-3
        )


def test_masses_between_tables_are_interpolated_and_outside_refused() -> None:
    low = {"mass": 10.0, "log10_x": [-3.0, 0.0], "dn_dlog10x": [1.0, 1.0]}
    high = {"mass": 1000.0, "log10_x": [-3.0, 0.0], "dn_dlog10x": [3.0, 3.0]}
    middle = spectra.from_tables([0.1], 100.0, [low, high])
    assert middle == pytest.approx([2.0 / (0.1 * math.log(10.0))])
    with pytest.raises(ValueError, match="from 10 to 1000 GeV"):
        spectra.from_tables([0.1], 5.0, [low, high])
    with pytest.raises(ValueError, match="rising"):
        spectra.from_tables([0.1], 50.0, [high, low])


def test_a_channel_without_a_spectrum_is_refused() -> None:
    with pytest.raises(ValueError, match="terms"):
        spectra.photons({}, 100.0, [1.0, 2.0])


@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_photons_carry_less_energy_than_is_there(channel: str) -> None:
    """Gamma rays of one annihilation carry less than 2 m."""
    x = np.geomspace(1e-6, 1.0, 4001)
    energy = np.trapezoid(spectra.from_terms(x, CHANNELS[channel]["terms"]) * x, x)
    assert 0.05 < energy < 2.0
    assert CHANNELS[channel]["citation"].startswith("https://")
