"""A likelihood as a curve in a figure: the limit where it crosses its threshold, nuisances held fixed."""

from __future__ import annotations

import numpy as np

from fairport.contract.errors import RefusedError
from fairport.physics import likelihood as lk
from fairport.physics.arrays import FloatArray
from fairport.physics.notation import number_text
from fairport.results.combination.joint import tabulate
from fairport.results.loaded import LoadedResult


def threshold_read(result: LoadedResult) -> float:
    """Return the rise of -2 ln L at which the limit of a likelihood is read: as stated, else by its level.

    Raises:
        RefusedError: neither is stated.
    """
    statistics = result.record.statistics
    if statistics is not None and statistics.threshold is not None:
        return float(statistics.threshold)
    level = statistics.level if statistics else None
    if statistics is None or level is None or statistics.sided not in {"one", "two"}:
        raise RefusedError("a likelihood without threshold or level has no limit to draw")
    return lk.threshold_of(level, statistics.sided)


def limit_of(result: LoadedResult) -> tuple[FloatArray, FloatArray]:
    """Return masses and upper limits in canonical units, shape (k,) each, NaN where there is none.

    Raises:
        RefusedError: it is no table over mass and one parameter, or has neither threshold nor level.
    """
    threshold = threshold_read(result)
    table = tabulate([result], threshold, fine=False)
    limits = 10.0 ** lk.upper_limits(table.u, table.t[0], threshold)
    if not np.any(np.isfinite(limits)):
        raise RefusedError("its likelihood crosses the threshold nowhere")
    return table.masses, limits


def note_on(results: list[LoadedResult]) -> str:
    """Return the line below a figure that tells how likelihoods are drawn."""
    values = sorted({number_text(round(threshold_read(result), 3)) for result in results})
    return (
        f"Likelihoods are drawn by their limit where −2 ln L has risen by {' or '.join(values)}, "
        "nuisances fixed."
    )
