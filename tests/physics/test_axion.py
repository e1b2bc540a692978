"""Axions, halo factors and energy injection: published numbers and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.contract.errors import RefusedError
from fairport.physics import axion, cmb, halo


def test_model_lines() -> None:
    assert float(axion.qcd_line(1e-6, axion.MODELS["KSVZ"])) == pytest.approx(3.91e-16, rel=2e-3)
    assert float(axion.qcd_line(1e-6, axion.MODELS["DFSZ"])) == pytest.approx(1.52e-16, rel=2e-3)
    assert float(axion.qcd_decay_constant(5.70e-6)) == pytest.approx(1e12)


@given(st.floats(1e3, 1e18), st.floats(-5.0, 1.8))
def test_coupling_inverts(decay: float, ratio: float) -> None:
    coupling = axion.photon_coupling(decay, ratio)
    assert float(axion.decay_constant(coupling, ratio)) == pytest.approx(decay, rel=1e-12)


def test_cancelling_coupling_is_refused() -> None:
    with pytest.raises(RefusedError, match="cancels"):
        axion.photon_coupling(1e12, 1.93)


def test_halo() -> None:
    assert halo.density_factor(0.3, 0.4) == pytest.approx(0.75)
    assert halo.fraction_factor(1.0, 0.1) == pytest.approx(10.0)
    assert halo.fraction_factor(1.0, 0.1, 2) == pytest.approx(100.0)
    assert halo.conjugation_factor(True, False) == 2.0
    assert halo.conjugation_factor(False, True) == 0.5
    with pytest.raises(RefusedError, match="positive"):
        halo.density_factor(0.3, 0.0)
    with pytest.raises(RefusedError, match="fraction"):
        halo.fraction_factor(1.0, 1.5)


def test_energy_injection() -> None:
    assert float(cmb.injected(2.2e-26, 10.0, 0.2)) == pytest.approx(4.4e-28)
    assert float(cmb.cross_section(cmb.PLANCK_2018, 10.0, 0.2)) == pytest.approx(1.6e-26)
    electrons = cmb.efficiency("ee", np.array([1.0, 10.0, 100.0]))
    np.testing.assert_allclose(electrons, [0.40, 0.62, 0.43], atol=0.03)
    muons = cmb.efficiency("mumu", np.array([10.0, 100.0]))
    assert np.all(muons < electrons[1:])
    assert np.all((muons > 0.1) & (muons < 0.25))
    assert np.isnan(cmb.efficiency("ee", np.array([1e5])))[0]
    for channel in ("gg", "nunu", "Zgamma"):
        with pytest.raises(RefusedError, match="f_eff of the channel"):
            cmb.efficiency(channel, np.array([100.0]))


def test_efficiencies_from_public_spectra() -> None:
    """Where hadrons are made, 0.12 to 0.27; outside the tables nothing is said."""
    for channel in cmb.TABLE:
        assert cmb.sources(channel) == ("arXiv:1506.03811", "arXiv:1012.4515")
        values = cmb.efficiency(channel, np.geomspace(200.0, 1e5, 40))
        assert np.all((values > 0.11) & (values < 0.21)), channel
        masses = [mass for mass, _ in cmb.TABLE[channel]]
        assert masses == sorted(masses)
        assert np.isnan(cmb.efficiency(channel, np.array([0.99 * masses[0], 1.01e5]))).all()
    assert float(cmb.efficiency("bb", 10.0)) == pytest.approx(0.241)
    assert np.isnan(cmb.efficiency("WW", np.array([79.0])))[0]


def test_spectra_and_decay_formula_agree_on_muons() -> None:
    """What the table's recipe gives for muons at 10, 30 and 100 GeV is 2 to 5 % above the bare decay (final
    state radiation)."""
    np.testing.assert_allclose(cmb.efficiency("mumu", [10.0, 30.0, 100.0]), [0.212, 0.203, 0.170], rtol=0.06)


def test_muons_lose_energy_to_neutrinos_only() -> None:
    """If electrons had f = 1, muons would have the energy share of the electron, 7/20."""
    x = np.linspace(0.0005, 0.9995, 1000)
    share = np.sum(x * (5.0 / 3.0 - 3.0 * x**2 + 4.0 / 3.0 * x**3)) * (x[1] - x[0])
    assert share == pytest.approx(0.35, abs=1e-3)
    assert float(cmb.efficiency("mumu", 3000.0)) == pytest.approx(0.35 * 0.408, rel=0.1)
