"""Joint likelihoods against LklCom, and what must be refused."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.contract.errors import RefusedError, UsageError
from fairport.physics import counting
from fairport.physics.arrays import CurveProblem
from fairport.results.combination.combine import combine
from fairport.results.combination.joint import Options
from fairport.results.deriving import write
from fairport.results.store import load_result

S = 10.0 ** np.arange(-28.0, -21.99, 0.05)
MASSES = np.array([10.0, 100.0, 1000.0])


def count_table(efficiency: float, n: float, background: float, masses: np.ndarray = MASSES) -> np.ndarray:
    """-2 ln L of a count whose signal falls as one over the squared mass, shape (M, S)."""
    rows = []
    for mass in masses:
        mean = efficiency * S * (100.0 / mass) ** 2
        rows.append([counting.statistic(float(s), n, background) for s in mean])
    return np.array(rows)


def gaussian(best: float, width: float, masses: np.ndarray = MASSES) -> np.ndarray:
    """T = ((s - best)/width)^2 with width growing with the mass, from its minimum on s >= 0."""
    rows = []
    for mass in masses:
        scale = mass / 100.0
        t = ((S - best * scale) / (width * scale)) ** 2
        rows.append(t - t.min())
    return np.array(rows)


@pytest.mark.parametrize(
    ("profile", "key"),
    [
        (False, "upper_limit_without_J_nuisance_cm3_s"),
        (True, "upper_limit_with_J_nuisance_cm3_s"),
    ],
)
def test_lklcom(lklcom: Any, profile: bool, key: str) -> None:
    results, expected = lklcom
    found, _ = combine(results, Options(profile=profile))
    assert found.threshold == 2.71
    np.testing.assert_allclose(found.limits, expected[key], rtol=1e-3)


def test_order_does_not_matter(lklcom: Any) -> None:
    results, _ = lklcom
    one, _ = combine(results)
    other, _ = combine(results[::-1])
    np.testing.assert_allclose(one.limits, other.limits, rtol=1e-9)


def test_contributions_and_penalty_add_up_to_the_threshold(lklcom: Any) -> None:
    found, _ = combine(lklcom[0], Options(profile=False))
    np.testing.assert_allclose(np.nansum(found.contributions, axis=0), 2.71, rtol=0.01)


def test_gaussian_likelihoods_have_the_analytic_joint_limit(make_profile: Any) -> None:
    a, b = 4e-25, 6e-25
    one = make_profile("a", MASSES, S, gaussian(0.0, a), target="T1")
    two = make_profile("b", MASSES, S, gaussian(0.0, b), target="T2")
    found, _ = combine([one, two])
    width = (a**-2 + b**-2) ** -0.5 * MASSES / 100.0
    np.testing.assert_allclose(found.limits, np.sqrt(2.71) * width, rtol=1e-4)


def test_units_do_not_matter(make_profile: Any) -> None:
    plain = make_profile("a", MASSES, S, gaussian(0.0, 4e-25), target="T1")
    other = make_profile(
        "a", MASSES / 1e3, S * 1e-6, gaussian(0.0, 4e-25), target="T1", mass_unit="TeV", s_unit="m3 s-1"
    )
    one, _ = combine([plain])
    two, _ = combine([other])
    np.testing.assert_allclose(one.limits, two.limits, rtol=1e-9)
    np.testing.assert_allclose(one.tables.masses, two.tables.masses, rtol=1e-12)


def test_thinning_to_a_tenth_of_a_decade_changes_little(lklcom: Any, make_profile: Any) -> None:
    results, _ = lklcom
    whole, _ = combine(results[:1], Options(profile=False))
    curve = results[0].curve
    thin = make_profile("thin", curve.x, curve.y[::10], curve.z[:, ::10])
    found, _ = combine([thin])
    np.testing.assert_allclose(found.limits, whole.limits, rtol=1e-3)


def test_coarse_table_is_refused(make_profile: Any) -> None:
    coarse = make_profile("a", MASSES, S[::4], gaussian(0.0, 4e-25)[:, ::4])
    with pytest.raises(CurveProblem, match=r"0\.20 dex"):
        combine([coarse])


def test_different_mass_grids_are_joined_inside_each_range(make_profile: Any) -> None:
    few, many = np.array([10.0, 100.0]), np.geomspace(10.0, 1000.0, 5)
    one = make_profile("a", few, S, gaussian(0.0, 4e-25, few), target="T1")
    two = make_profile("b", many, S, gaussian(0.0, 6e-25, many), target="T2")
    found, _ = combine([one, two])
    joint = (4e-25**-2 + 6e-25**-2) ** -0.5
    widths = np.where(found.tables.masses <= 100.0, joint, 6e-25) * found.tables.masses / 100.0
    np.testing.assert_allclose(found.limits, np.sqrt(2.71) * widths, rtol=2e-3)
    assert any("an-a/a contributes from 10 to 100 GeV only" in note for note in found.notes)


def test_j_factor_is_profiled_once_for_a_target(make_profile: Any) -> None:
    tables = [gaussian(2e-25, 4e-25), gaussian(1e-25, 6e-25)]
    shared = [make_profile(f"s{i}", MASSES, S, t, sigma=0.3) for i, t in enumerate(tables)]
    apart = [
        make_profile(f"s{i}", MASSES, S, t, sigma=0.3, target=f"T{i}", log10_j=18.8)
        for i, t in enumerate(tables)
    ]
    together, _ = combine(shared)
    separate, _ = combine(apart)
    fixed, _ = combine(shared, Options(profile=False))
    assert len(together.groups) == 1
    assert np.all(together.limits > separate.limits * 1.02)
    assert np.all(separate.limits > fixed.limits)
    assert np.all(np.abs(together.pulls) > 0.1)


def test_apertures_with_different_uncertainty_follow_the_rule_of_lklcom(make_profile: Any) -> None:
    small = make_profile("a", MASSES, S, gaussian(0.0, 4e-25), sigma=0.2, log10_j=18.6)
    large = make_profile(
        "b",
        MASSES,
        S,
        gaussian(0.0, 6e-25),
        sigma=0.4,
        changes={
            "astro": {
                "jfactor": [
                    {"target": "Draco", "log10": 18.8, "sigma": 0.4, "aperture_deg": 1.0, "profiled": False}
                ]
            }
        },
    )
    found, _ = combine([small, large])
    (group,) = found.groups
    assert [stage.members for stage in group.stages] == [(1,), (0, 1)]
    assert [stage.sigma for stage in group.stages] == pytest.approx([np.sqrt(0.4**2 - 0.2**2), 0.2])


def test_nuisance_option(make_profile: Any) -> None:
    result = make_profile("a", MASSES, S, gaussian(2e-25, 4e-25), sigma=0.3)
    fixed, _ = combine([result], Options(nuisances={"Draco": None}))
    plain, _ = combine([result], Options(profile=False))
    wide, _ = combine([result], Options(nuisances={"j-Draco": 0.6}))
    own, _ = combine([result])
    np.testing.assert_allclose(fixed.limits, plain.limits, rtol=1e-6)
    assert np.all(wide.limits > own.limits)
    with pytest.raises(UsageError, match="Sculptor"):
        combine([result], Options(nuisances={"Sculptor": 0.1}))


def refusal(*results: Any, options: Options | None = None) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        combine(list(results), options)
    return caught.value


@pytest.fixture
def pair(make_profile: Any) -> Any:
    """Two independent profiles; ``pair(changes_of_first, changes_of_second)``."""

    def make(first: dict[str, Any] | None = None, second: dict[str, Any] | None = None) -> list[Any]:
        return [
            make_profile("a", MASSES, S, gaussian(0.0, 4e-25), target="T1", changes=first),
            make_profile("b", MASSES, S, gaussian(0.0, 6e-25), target="T2", changes=second),
        ]

    return make


def test_limits_are_never_turned_into_likelihoods(make_limit: Any, pair: Any) -> None:
    limit = make_limit("x", [10, 1000], [1e-26, 1e-25], plane="id.ann.bb")
    error = refusal(limit, pair()[0])
    assert "not a likelihood" in error.what
    assert "never converted" in (error.why or "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"statistics": {"method": "bayesian"}}, "statistical methods"),
        ({"statistics": {"method": "CLs"}}, "statistical methods"),
        ({"statistics": {"cl": 0.9}}, "confidence levels"),
        ({"statistics": {"role": "expected"}}, "roles"),
        ({"statistics": {"cl": "not-stated"}}, "does not state statistics.cl"),
        ({"statistics": {"method": "not-stated"}}, "does not state statistics.method"),
        ({"astro": {"jfactor": "not-stated"}}, "does not state astro.jfactor"),
        ({"model": {"dm": {"self_conjugate": False}}}, "self_conjugate"),
        ({"data_overlap": {"results": ["an-a/a"]}}, "contains"),
        ({"provenance": {"example": True}}, "example"),
        ({"status": "withdrawn", "status_reason": "wrong"}, "withdrawn"),
    ],
)
def test_refusals(pair: Any, changes: dict[str, Any], words: str) -> None:
    assert words in refusal(*pair(None, changes)).what


def test_a_likelihood_does_not_need_the_statistics_of_its_authors(pair: Any) -> None:
    unstated = {"statistics": {"cl": "not-stated", "sided": "not-stated", "method": "not-stated"}}
    assert "does not state" in refusal(*pair(None, unstated)).what
    found, _ = combine(pair(None, unstated), Options(cl=0.95))
    assert found.cl == 0.95


def test_unstated_model_is_said(pair: Any) -> None:
    found, _ = combine(pair(None, {"model": {"spectra": "not-stated"}}))
    assert any("does not state model.spectra" in note for note in found.notes)


def test_unknown_j_uncertainty_is_refused_until_it_is_given(make_profile: Any) -> None:
    factor = {"target": "Draco", "log10": 18.8, "sigma": "not-stated", "profiled": False}
    changes = {"astro": {"jfactor": [factor]}}
    result = make_profile("a", MASSES, S, gaussian(0.0, 4e-25), changes=changes)
    assert "does not state how well" in refusal(result).what
    wide, _ = combine([result], Options(nuisances={"Draco": 0.3}))
    fixed, _ = combine([result], Options(nuisances={"Draco": None}))
    assert np.all(wide.limits > fixed.limits)


def test_different_thresholds_are_refused(pair: Any) -> None:
    results = pair(None, {"statistics": {"threshold": 3.84}})
    assert "thresholds" in refusal(*results).what
    found, _ = combine(results, Options(threshold=3.84))
    assert found.threshold == 3.84


def test_curated_level_counts(pair: Any) -> None:
    curated = {"cl": {"value": 0.95, "by": "A", "date": "2026-01-01", "citation": "p. 3"}}
    found, _ = combine(pair(None, {"statistics": {"cl": "not-stated", "curated": curated}}))
    assert found.cl == 0.95


def test_shared_data_sets_are_refused(pair: Any) -> None:
    own = {"data_overlap": {"datasets": ["lat-6yr"]}}
    assert "lat-6yr" in refusal(*pair(own, own)).what
    combine(pair(own, {"data_overlap": {"datasets": ["magic-160h"]}}))


def test_same_live_time_of_one_experiment_is_refused(make_profile: Any) -> None:
    window = {"data_overlap": {"live_time": {"start": "2015-01-01", "end": "2016-01-01"}}}
    later = {"data_overlap": {"live_time": {"start": "2016-02-01", "end": "2017-01-01"}}}

    def table(name: str, width: float, changes: dict[str, Any]) -> Any:
        return make_profile(name, MASSES, S, gaussian(0.0, width), changes=changes, experiment="MAGIC")

    assert "MAGIC" in refusal(table("a", 4e-25, window), table("b", 5e-25, window)).what
    combine([table("a", 4e-25, window), table("b", 5e-25, later)])


def test_same_result_twice_is_refused(make_profile: Any) -> None:
    one = make_profile("a", MASSES, S, gaussian(0.0, 4e-25))
    renamed = make_profile("b", MASSES, S, gaussian(0.0, 4e-25))
    assert "same numbers" in refusal(one, one).what
    assert "same numbers" in refusal(one, renamed).what


def test_joint_result_never_meets_its_own_inputs(pair: Any) -> None:
    results = pair()
    _, derived = combine(results)
    overlap = {"data_overlap": {"results": derived.record["data_overlap"]["results"]}}
    again = pair(None, {"id": "c"} | overlap)[1]
    assert "contains" in refusal(results[0], again).what


def test_profiled_target_is_not_profiled_again(make_profile: Any) -> None:
    done = make_profile("a", MASSES, S, gaussian(0.0, 4e-25), sigma=0.3, profiled=True)
    free = make_profile("b", MASSES, S, gaussian(0.0, 6e-25), sigma=0.3)
    error = refusal(done, free)
    assert "profiled already" in error.what
    assert "twice" in (error.why or "")
    alone, _ = combine([done])
    fixed, _ = combine([done], Options(profile=False))
    np.testing.assert_allclose(alone.limits, fixed.limits)


def test_two_j_factors_for_one_aperture_are_refused(make_profile: Any) -> None:
    one = make_profile("a", MASSES, S, gaussian(0.0, 4e-25), sigma=0.3, log10_j=18.8)
    two = make_profile("b", MASSES, S, gaussian(0.0, 6e-25), sigma=0.3, log10_j=19.1)
    assert "different J factors" in refusal(one, two).what


def test_zero_event_warning_and_cls(make_profile: Any) -> None:
    counts = {"statistics": {"n_obs": 0.0, "background": {"value": 0.0}}}
    result = make_profile("a", MASSES, S, count_table(1e25, 0.0, 0.0), target=None, changes=counts)
    found, _ = combine([result])
    np.testing.assert_allclose(found.limits, 1.355e-25 * (MASSES / 100.0) ** 2, rtol=1e-3)
    assert any("2.21" in note and "too strong" in note for note in found.notes)
    exact, derived = combine([result], Options(statistic="cls"))
    np.testing.assert_allclose(exact.limits, 2.9957e-25 * (MASSES / 100.0) ** 2, rtol=1e-3)
    assert derived.record["statistics"]["method"] == "CLs"
    toys, _ = combine([result], Options(statistic="toys"))
    np.testing.assert_allclose(toys.limits, 2.9957e-25 * (MASSES / 100.0) ** 2, rtol=0.02)
    assert not any("too strong" in note for note in exact.notes)


def test_cls_needs_counts_and_a_counting_table(make_profile: Any) -> None:
    plain = make_profile("a", MASSES, S, gaussian(0.0, 4e-25), target=None)
    assert "no counts" in refusal(plain, options=Options(statistic="cls")).what
    counts = {"statistics": {"n_obs": 3.0, "background": {"value": 50.0}}}
    wrong = make_profile("a", MASSES, S, gaussian(8e-25, 4e-25), target=None, changes=counts)
    assert "not that of a count" in refusal(wrong, options=Options(statistic="cls")).what


def test_simulated_inputs_are_labelled(pair: Any) -> None:
    _, derived = combine(pair(None, {"provenance": {"origin": "simulation"}}))
    assert derived.record["provenance"]["origin"] == "simulation"
    assert "(simulated inputs)" in derived.record["title"]


def test_strictest_licence_holds(pair: Any) -> None:
    _, derived = combine(pair({"licence": "CC-BY-4.0"}, {"licence": "CC-BY-NC-SA-3.0"}))
    assert derived.record["licence"] == "CC-BY-NC-SA-3.0"
    assert not derived.terms.redistributable


def test_written_record_reads_back(tmp_path: Path, make_profile: Any) -> None:
    inputs = [
        make_profile("a", MASSES, S, gaussian(0.0, 4e-25), target="T1", sigma=0.2),
        make_profile("b", MASSES, S, gaussian(0.0, 6e-25), target="T2", sigma=0.3),
    ]
    found, derived = combine(inputs)
    loaded = load_result(write(derived, tmp_path))
    assert loaded.record.kind == "limit"
    assert {entry.digest for entry in loaded.record.derived_from} == {one.digest for one in inputs}
    assert {entry.result for entry in loaded.record.derived_from} == {"an-a/a@1", "an-b/b@1"}
    np.testing.assert_allclose(loaded.at(MASSES), found.limits, rtol=1e-12)
    assert all(factor.profiled for factor in loaded.record.astro.jfactor or ())
    assert (tmp_path / "contributions.csv").is_file()
    assert "jfactor/t1" in (tmp_path / "pulls.csv").read_text().splitlines()[0]


def test_rows_in_any_order_and_a_column_at_zero(make_profile: Any) -> None:
    s, t = np.concatenate(([0.0], S)), np.hstack([np.zeros((3, 1)), count_table(1e25, 0.0, 0.0)])
    plain, _ = combine([make_profile("a", MASSES, s, t)])
    np.testing.assert_allclose(plain.limits, 1.355e-25 * (MASSES / 100.0) ** 2, rtol=2e-3)
    result = make_profile("a", MASSES, S, gaussian(0.0, 4e-25))
    order = np.random.default_rng(1).permutation(MASSES.size * S.size)
    shuffled = dataclasses.replace(result, columns={k: v[order] for k, v in result.columns.items()})
    transposed = np.arange(MASSES.size * S.size).reshape(3, -1).T.ravel()
    turned = dataclasses.replace(result, columns={k: v[transposed] for k, v in result.columns.items()})
    expected = combine([result])[0].limits
    np.testing.assert_array_equal(combine([shuffled])[0].limits, expected)
    np.testing.assert_array_equal(combine([turned])[0].limits, expected)


def test_plus_delta_ln_likelihood_is_turned(make_profile: Any) -> None:
    t = gaussian(2e-25, 4e-25)
    one, _ = combine([make_profile("a", MASSES, S, t)])
    changes = {"profile": {"quantity": "+dlnL"}}
    two, _ = combine([make_profile("a", MASSES, S, -0.5 * t, changes=changes)])
    np.testing.assert_allclose(one.limits, two.limits, rtol=1e-12)


def test_a_table_without_sensitivity_has_no_weight_and_is_said(make_profile: Any) -> None:
    flat = make_profile("a", MASSES, S, np.zeros((3, S.size)), target="T1")
    good = make_profile("b", MASSES, S, gaussian(0.0, 6e-25), target="T2")
    found, _ = combine([flat, good])
    alone, _ = combine([good])
    np.testing.assert_allclose(found.limits, alone.limits, rtol=1e-6)
    assert any("no sensitivity" in note for note in found.notes)


def test_counts_of_two_experiments_together(make_profile: Any) -> None:
    tables = []
    for k, (efficiency, n, background) in enumerate([(1e25, 2.0, 2.5), (2e25, 3.0, 2.5)]):
        counts = {"statistics": {"n_obs": n, "background": {"value": background}}}
        t = count_table(efficiency, n, background)
        tables.append(make_profile(f"c{k}", MASSES, S, t, target=None, changes=counts))
    limits = {}
    for statistic in ("threshold", "cls", "toys"):
        found, derived = combine(tables, Options(statistic=statistic, toys=4000))
        limits[statistic] = found.limits
        assert np.all(np.diff(found.limits) > 0.0)
    assert derived.record["statistics"]["toys"] == 4000
    assert np.all(limits["cls"] > 1.1 * limits["threshold"])
    single = min(float(counting.cls_limit(n, 2.5, 0.95)) / e for e, n in ((1e25, 2), (2e25, 3)))
    assert limits["cls"][1] < single


@pytest.mark.parametrize(
    ("mass", "published"),
    [(8.0, 9.217e-27), (10.0, 1.029e-26), (30.0, 2.139e-26), (50.0, 3.131e-26), (100.0, 5.932e-26)],
)
def test_dwarf_galaxies(reference_data: Path, make_profile: Any, mass: float, published: float) -> None:
    """Draco and Leo II at the threshold 3.84 against the printed limits of MLFermiLATDwarfs, to 5 %."""
    folder = reference_data / "fermi_dwarfs"
    lines = (folder / "default_dwarf_summary_table.dat").read_text().splitlines()
    rows = [line.split() for line in lines if not line.startswith("#") and len(line.split()) == 29]
    edges = [0.5, 0.667, 0.889, 1.186, 1.581, 2.812, 500.0]
    counts = [np.loadtxt(folder / "bkg_data" / f"lnbckg_dSphs_bin_{i}.dat") for i in range(6)]
    s = 10.0 ** np.arange(-29.0, -22.0, 0.05)
    results = []
    for name in ("Draco", "LeoII"):
        index = [row[0] for row in rows].index(name)
        row = rows[index]
        t = np.zeros(s.size)
        for i, (low, high) in enumerate(itertools.pairwise(edges)):
            n, background = np.exp(counts[i][index])
            signal = s * 10.0 ** float(row[3]) * photons(folder, mass, low, high) / (8.0 * np.pi * mass**2)
            mean = signal * mean_exposure(row, low, high) + background
            t += 2.0 * (mean - n * np.log(mean))
        table = (t - t.min())[None, :]
        factor = {"target": name, "log10_j": float(row[3]), "sigma": float(row[4])}
        results.append(make_profile(name.lower(), [mass], s, table, **factor))
    found, _ = combine(results, Options(threshold=3.84))
    assert found.limits[0] == pytest.approx(published, rel=0.05)


def photons(folder: Path, mass: float, low: float, high: float) -> float:
    """Photons per annihilation into b quarks between two energies, from the tables of PPPC4DMID."""
    if low >= mass:
        return 0.0
    table = spectra_of(folder)
    masses, log_x = np.unique(table[:, 0]), table[table[:, 0] == table[0, 0], 1]
    spectra = table[:, 2].reshape(masses.size, log_x.size)
    own = [np.interp(np.log(mass), np.log(masses), spectra[:, k]) for k in range(log_x.size)]
    grid = np.linspace(np.log10(low / mass), np.log10(min(high, mass) / mass), 400)
    return float(np.trapezoid(np.interp(grid, log_x, own), grid))


@functools.cache
def spectra_of(folder: Path) -> np.ndarray:
    """Rows of mass, log10 x and dN/dlog10 x for each channel; the eleventh channel is b."""
    return np.genfromtxt(folder / "AtProduction_gammas.dat", skip_header=1, usecols=(0, 1, 13))


def mean_exposure(row: list[str], low: float, high: float) -> float:
    values = np.array([float(word) for word in row[5:29]])
    bins = np.geomspace(0.5, 500.0, 25)
    middle = np.sqrt(bins[1:] * bins[:-1])
    chosen = (middle >= low) & (middle < high)
    if np.any(chosen):
        return float(values[chosen].mean())
    return float(np.interp(np.log(np.sqrt(low * high)), np.log(middle), values))
