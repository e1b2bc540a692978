"""Joint likelihood of several experiments, targets and masses.

For each mass the tables of -2 ln L are added (:mod:`fairport.physics.likelihood`), J factors are profiled
once for each target (:mod:`fairport.results.combination.nuisances`), and the limit is read by threshold, by
CLs or by pseudo-experiments. What may be put together is decided by :mod:`fairport.results.admission`; limits
are never turned into likelihoods.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from fairport.contract.errors import RefusedError, UsageError
from fairport.physics import counting
from fairport.physics import likelihood as lk
from fairport.results import admission
from fairport.results.combination.joint import STATISTICS, Combination, Options, Tables, joint, tabulate
from fairport.results.combination.nuisances import groups_of
from fairport.results.combination.record import derive
from fairport.results.deriving import Derived, refuse_examples
from fairport.results.loaded import LoadedResult


def combine(inputs: Sequence[LoadedResult], options: Options | None = None) -> tuple[Combination, Derived]:
    """Combine likelihoods of one plane over mass and parameter into one limit.

    The order of the inputs does not matter for the numbers.

    Args:
        inputs: results of kind ``profile`` in one two-axis plane.
        options: level, statistic, nuisances.

    Returns:
        The numbers, and the result record with its tables.

    Raises:
        RefusedError: the results must not be combined; with the reason.
        UsageError: an option makes no sense.
    """
    options = options or Options()
    admit(inputs, options)
    cl, threshold = _level(inputs, options)
    groups, notes = groups_of(inputs, overrides=options.nuisances, enabled=options.profile)
    tables = tabulate(inputs, threshold, fine=any(stage.sigma > 0 for g in groups for stage in g.stages))
    found = joint(inputs, tables, groups, options, (cl, threshold))
    cautions = _cautions(inputs, found, options)
    found = dataclasses.replace(found, notes=(*notes, *_coverage(inputs, tables), *cautions))
    return found, derive(inputs, found, options)


def admit(inputs: Sequence[LoadedResult], options: Options) -> None:
    """Refuse what must not be combined; see :func:`combine`."""
    if not inputs:
        raise UsageError("there is nothing to combine")
    if options.statistic not in STATISTICS:
        raise UsageError(f'there is no statistic "{options.statistic}"', mend=f"use one of {STATISTICS}")
    if options.cl is not None and not 0.0 < options.cl < 1.0:
        raise UsageError(f"a confidence level lies between 0 and 1, not {options.cl:g}", mend="write 0.95")
    refuse_examples(inputs, "a combination")
    for result in inputs:
        _refuse_kind(result)
    admission.refuse_different_models(inputs)
    chosen = {"statistics.cl", "statistics.sided", "statistics.method"}  # a likelihood needs none of them
    given = chosen if options.cl is not None else set()
    jfree = {"astro.jfactor"} if not options.profile else set()
    admission.refuse_unstated(inputs, "a combination", besides=frozenset(given | jfree))
    admission.refuse_mixed_statistics(inputs, same_cl=options.cl is None)
    admission.refuse_overlaps(inputs)


def _level(inputs: Sequence[LoadedResult], options: Options) -> tuple[float, float]:
    """Return confidence level and threshold."""
    statistics = [result.record.statistics for result in inputs]
    levels = {one.level for one in statistics if one is not None and one.level is not None}
    cl = options.cl if options.cl is not None else next(iter(levels), None)
    if cl is None:
        raise RefusedError("no confidence level is stated", mend="give --cl 0.95")
    if options.threshold is not None:
        if options.threshold <= 0.0:
            raise UsageError(f"a threshold is positive, not {options.threshold:g}")
        return cl, options.threshold
    stated = {one.threshold for one in statistics if one is not None and one.threshold is not None}
    own = len(stated) == 1 and levels <= {cl}
    if len(stated) > 1 and options.cl is None:
        told = ", ".join(f"{value:g}" for value in sorted(stated))
        raise RefusedError(
            f"the results define their limits by different thresholds: {told}",
            why="2.71 is one-sided and 3.84 two-sided at 95 %; the same data differ by 12 to 29 %",
            mend="choose with --threshold or --cl",
        )
    return cl, next(iter(stated)) if own else lk.threshold_of(cl)


def _refuse_kind(result: LoadedResult) -> None:
    kind = result.record.kind
    if kind == "profile":
        if len(result.plane.axes) != 2:
            raise RefusedError(
                f'"{result.id}" is a scan of one parameter; there is no limit over masses to set',
                mend="use --statistic credible",
            )
        return
    if kind in {"limit", "projection"}:
        method = result.record.statistics.method if result.record.statistics else "not-stated"
        raise RefusedError(
            f'"{result.id}" is a {kind} (method {method}), not a likelihood',
            why="one number for each mass does not tell the likelihood it came from, and CLs, Bayesian and "
            "profile limits are never converted",
            mend="ask for the likelihood (kind: profile), or draw --method envelope, which is no combination",
        )
    raise RefusedError(
        f'"{result.id}" is a {kind}; only likelihood tables (kind: profile) are combined',
        mend="publish the likelihood over mass and parameter",
    )


def _coverage(inputs: Sequence[LoadedResult], tables: Tables) -> list[str]:
    """Say where an input contributes when it does not at all masses."""
    unit = inputs[0].x_axis.unit
    found = []
    for k, result in enumerate(inputs):
        if np.all(tables.covered[k]) or not np.any(tables.covered[k]):
            continue
        own = tables.masses[tables.covered[k]]
        found.append(f"{result.id} contributes from {own[0]:g} to {own[-1]:g} {unit} only, its own range")
    return found


def _cautions(inputs: Sequence[LoadedResult], joined: Combination, options: Options) -> list[str]:
    found = list(admission.soft_disagreements(inputs))
    tables, limits = joined.tables, joined.limits
    for k, result in enumerate(inputs):
        flat = tables.covered[k] & (
            np.nanmax(np.where(np.isfinite(tables.t[k]), tables.t[k], 0.0), axis=1) <= 0.0
        )
        if np.any(flat):
            found.append(
                f"{result.id} has no sensitivity at {int(flat.sum())} masses; it counts there with weight 0"
            )
        statistics = result.record.statistics
        background = statistics.background.value if statistics and statistics.background else None
        if options.statistic == "threshold" and counting.is_low(background):
            n = statistics.n_obs if statistics and statistics.n_obs is not None else 0.0
            factor = counting.shortfall(n, background or 0.0, joined.cl, joined.threshold)
            found.append(
                f"{result.id} expects {background:g} background events: the threshold rule is wrong below "
                f"about {counting.LOW_BACKGROUND:g} and gives limits too strong, here by {factor:.2f} "
                "(at most 2.2 at 95 %); use --statistic cls or toys"
            )
    missing = int(np.sum(np.isnan(limits)))
    if missing:
        found.append(
            f"{missing} of {limits.size} masses have no limit: the likelihood does not rise to the threshold"
        )
    return found
