"""Widths and annihilation against published numbers, closed forms and limits."""

from __future__ import annotations

import math

import mediator
import pytest

V1 = mediator.Model("vector", gq=0.25, gl=0.0, gdm=1.0)
A1 = mediator.Model("axial-vector", gq=0.25, gl=0.0, gdm=1.0)
V2 = mediator.Model("vector", gq=0.1, gl=0.01, gdm=1.0)


def test_width_of_the_benchmark_is_the_published_one() -> None:
    """arXiv:1603.04156: about 5.6 % of the mass for a heavy vector and light dark matter."""
    assert mediator.total_width(V1, 1000.0, 1.0) / 1000.0 == pytest.approx(0.0563, abs=1e-4)


def test_massless_products_share_by_colours_and_couplings() -> None:
    found = mediator.widths(V2, 1e6, 1.0)
    assert found["u"] == pytest.approx(3 * 0.1**2 * 1e6 / (12 * math.pi), rel=1e-6)
    assert found["e"] == pytest.approx(0.01**2 * 1e6 / (12 * math.pi), rel=1e-6)
    assert found["neutrinos"] == pytest.approx(1.5 * found["e"], rel=1e-6)
    assert found["dm"] == pytest.approx(1e6 / (12 * math.pi), rel=1e-6)


@pytest.mark.parametrize("model", [V1, A1])
def test_a_decay_closes_at_half_the_mass(model: mediator.Model) -> None:
    assert mediator.widths(model, 1000.0, 500.0)["dm"] == 0.0
    just_below = mediator.widths(model, 1000.0, 499.99)["dm"]
    assert 0.0 < just_below < 0.01 * mediator.widths(model, 1000.0, 1.0)["dm"]


def test_axial_decays_close_faster_than_vector_ones() -> None:
    vector, axial = (mediator.widths(model, 1000.0, 450.0)["dm"] for model in (V1, A1))
    assert axial < vector
    assert axial == pytest.approx(1000.0 / (12 * math.pi) * (1 - 4 * 0.45**2) ** 1.5)


def test_branching_fractions_add_up() -> None:
    products = (*mediator.QUARKS, *mediator.LEPTONS, "neutrinos", "dm")
    assert mediator.branching(V2, 1000.0, 100.0, products) == pytest.approx(1.0)
    assert mediator.branching(V1, 1000.0, 100.0, ("e", "mu")) == 0.0
    closed = mediator.branching(V2, 1000.0, 500.0, ("e", "mu"))
    assert closed > mediator.branching(V2, 1000.0, 100.0, ("e", "mu"))


@pytest.mark.parametrize(
    ("heavy", "mass", "expected"),
    [(1000.0, 100.0, 3.77e-26), (1000.0, 300.0, 9.05e-25), (2000.0, 500.0, 1.15e-25)],
)
def test_annihilation_of_slow_particles_by_a_vector(heavy: float, mass: float, expected: float) -> None:
    assert mediator.annihilation(V1, heavy, mass, 0.0) == pytest.approx(expected, rel=5e-3)
    width = mediator.total_width(V1, heavy, mass)
    pole = (heavy**2 - 4 * mass**2) ** 2 + (heavy * width) ** 2
    closed = sum(
        3 * 0.25**2 * (2 * mass**2 + m**2) * math.sqrt(1 - m**2 / mass**2) / (2 * math.pi * pole)
        for m in mediator.QUARKS.values()
        if m < mass
    )
    assert mediator.annihilation(V1, heavy, mass, 0.0) == pytest.approx(closed * mediator.CM3_PER_S, rel=1e-9)


def test_annihilation_by_an_axial_vector_needs_speed() -> None:
    slow = mediator.annihilation(A1, 1000.0, 100.0, 0.0)
    assert slow == pytest.approx(6.6e-30, rel=0.02)
    assert mediator.annihilation(A1, 1000.0, 100.0, 0.12) > 100.0 * slow


def test_impossible_models_are_refused() -> None:
    with pytest.raises(ValueError, match="vector, axial-vector"):
        mediator.Model("scalar", 1.0, 0.0, 1.0)
    with pytest.raises(ValueError, match="negative"):
        mediator.Model("vector", -1.0, 0.0, 1.0)
