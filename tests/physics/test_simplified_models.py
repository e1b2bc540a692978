"""Prefactors, widths and annihilation of the simplified models."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.contract.errors import RefusedError
from fairport.physics import simplified_models as sm

V = sm.Mediator("vector", 0.25, 1.0)
A = sm.Mediator("axial-vector", 0.25, 1.0)
S = sm.Mediator("scalar", 1.0, 1.0)
P = sm.Mediator("pseudoscalar", 1.0, 1.0)
ALL = tuple(sm.QUARKS)


@pytest.mark.parametrize(
    ("model", "mediator_mass", "exact", "published"),
    [
        (V, 1000.0, 6.972e-41, 6.9e-41),
        (S, 125.0, 6.909e-43, 6.9e-43),
        (A, 1000.0, 2.380e-42, 2.4e-42),
    ],
)
def test_prefactors(model: sm.Mediator, mediator_mass: float, exact: float, published: float) -> None:
    mass = 100.0
    prefactor = float(sm.scattering(model, mediator_mass, mass) / sm.reduced_mass(mass) ** 2)
    assert prefactor == pytest.approx(exact, rel=2e-3)
    assert prefactor == pytest.approx(published, rel=0.015)


def test_pseudoscalar_has_no_direct_detection() -> None:
    with pytest.raises(RefusedError, match="pseudoscalar"):
        sm.scattering(P, 100.0, 10.0)


@given(st.floats(10.0, 1e5), st.floats(0.1, 1e4), st.floats(0.01, 2.0))
def test_scattering_inverts(mediator_mass: float, mass: float, gq: float) -> None:
    model = sm.Mediator("vector", gq, 1.0)
    sigma = sm.scattering(model, mediator_mass, mass)
    assert float(sm.mediator_mass_of(model, sigma, mass)) == pytest.approx(mediator_mass, rel=1e-9)


def test_published_limits_as_mediator_masses() -> None:
    heavy = sm.mediator_mass_of(V, [3.328e-48, 2.838e-47], [100.0, 1000.0])
    np.testing.assert_allclose(heavy, [65e3, 38e3], rtol=0.02)
    assert float(sm.mediator_mass_of(A, 1.611e-41, 100.0)) == pytest.approx(600.0, rel=0.02)


def test_width_and_annihilation() -> None:
    assert float(sm.width(V, 1000.0, 1.0)) / 1000.0 == pytest.approx(0.0563, rel=2e-3)
    found = [float(sm.annihilation(V, M, m, ALL)) for m, M in ((100, 1000), (300, 1000), (500, 2000))]
    np.testing.assert_allclose(found, [3.77e-26, 9.05e-25, 1.15e-25], rtol=5e-3)
    assert float(sm.annihilation(A, 1000.0, 100.0, ALL)) == pytest.approx(6.6e-30, rel=0.01)


def test_width_is_continuous_and_closes_at_threshold() -> None:
    mediator_mass = 1000.0
    above = sm.width(V, mediator_mass, np.array([499.999, 500.0, 600.0]))
    assert above[0] == pytest.approx(above[1], rel=0.01)
    assert above[1] == above[2]
    assert float(sm.width(P, 345.0, 1.0)) == pytest.approx(float(sm.width(P, 346.0, 1.0)), rel=0.2)


def test_scalar_annihilation_is_refused_and_pseudoscalar_prefers_heavy_quarks() -> None:
    with pytest.raises(RefusedError, match="p-wave"):
        sm.annihilation(S, 1000.0, 100.0, ALL)
    assert float(sm.annihilation(P, 1000.0, 100.0, ("b",))) > 5.0 * float(
        sm.annihilation(P, 1000.0, 100.0, ("c",))
    )


def test_cross_section_at_rest_is_the_s_wave() -> None:
    mass = 100.0
    for model in (V, A):
        v = 1e-5
        s = np.array([4.0 * mass**2 * (1.0 + v**2 / 4.0)])
        at_rest = float(sm.cross_section_of_s(model, s, 1000.0, mass)[0]) * v * sm.GEV2_TO_CM3_S
        assert at_rest == pytest.approx(float(sm.annihilation(model, 1000.0, mass, ALL)), rel=1e-3)
