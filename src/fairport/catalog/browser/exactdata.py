"""Numbers to calculate with in the browser: ``exact.js`` beside a plane page, and the table of units.

Everything that ``fairport exclude`` and ``fairport compare`` look at is here, with full precision, so that
the front end gives the same verdicts and the same values. Interpolations that are not straight come as
the coefficients of their polynomials. A result whose licence does not let its numbers be passed on has none
here: the front end then reads its drawing and says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from fairport.catalog.browser.planedata import Plotted
from fairport.catalog.licences import may_redistribute
from fairport.catalog.model import ShownPlane
from fairport.contract.documents import Plane
from fairport.contract.errors import FairportError
from fairport.contract.examples import is_example
from fairport.physics.arrays import FloatArray
from fairport.physics.curves import FunctionCurve, Polyline, Scalar, interpolation_pieces
from fairport.physics.polygons import Region
from fairport.physics.units import conversion_factor
from fairport.physics.unittable import ALIASES, ATOMS, PREFIXES
from fairport.results.admission import refuse_unstated, statistics_class
from fairport.results.bibtex import source_entries
from fairport.results.compare import agreement_fields
from fairport.results.envelope import why_left_out
from fairport.results.exclude import fraction_power, unusable
from fairport.results.fields import field_value, unstated_fields
from fairport.results.loaded import LoadedResult
from fairport.results.style import clip

EXACT: Final = "exact.js"
BANDS: Final = ("p2.5", "p16", "p50", "p84", "p97.5", "unconstrained")


def exact_data(shown: ShownPlane) -> dict[str, Any]:
    """Return the numbers of every result of a plane by identifier (``site/frontend/src/types.ts``)."""
    return {result.id: exact_result(shown.plane, result) for result in shown.results}


def unit_data() -> dict[str, Any]:
    """Return the table of units of :mod:`fairport.physics.unittable` as plain data.

    ``atoms`` maps a symbol to [mantissa, exponent, powers of the base units, whether it takes prefixes],
    ``prefixes`` a letter to its exponent, ``aliases`` what people write to [unit, exponent].
    """
    return {
        "atoms": {
            name: [atom.mantissa, atom.exponent, dict(atom.dimension), atom.prefixable]
            for name, atom in ATOMS.items()
        },
        "prefixes": PREFIXES,
        "aliases": {name: [alias.unit, alias.exponent] for name, alias in ALIASES.items()},
    }


def exact_result(plane: Plane, result: Plotted) -> dict[str, Any]:
    """Return the numbers of one result in a plane, and what decides how they are judged and compared."""
    loaded = result.loaded
    record = loaded.record
    statistics = record.statistics
    role = statistics.role if statistics else "observed"
    low, high = loaded.valid_range
    own = field_value(record, "model.dm.self_conjugate")
    assumed = field_value(record, "model.dm.local_fraction")
    constraint = field_value(record, "statistics.power_constraint")
    data: dict[str, Any] = {
        "shape": "none",
        "side": record.geometry.excluded if record.geometry else None,
        "low": _number(low),
        "high": _number(high),
        "level": statistics.level if statistics else None,
        "role": role,
        "one": statistics is not None and statistics.sided == "one",
        "projected": role == "expected" or record.kind == "projection",
        "unusable": "it is an example" if result.kind == "example" else unusable(loaded),
        "unstated": list(unstated_fields(record, plane)),
        "ceiling": record.geometry.ceiling if record.geometry else None,
        "power": fraction_power(plane, loaded),
        "fraction": float(assumed) if isinstance(assumed, (int, float)) and assumed > 0 else 1.0,
        "conjugate": own if isinstance(own, bool) else None,
        "origin": record.provenance.origin,
        "constraint": str(constraint) if constraint is not None else "not-stated",
        "label": f"{loaded.experiment}: {record.title}" if loaded.experiment else record.title,
        "joins": _joins(loaded),
        "agree": [list(pair) for pair in agreement_fields(loaded)],
        "bib": source_entries(loaded),
    }
    if not may_redistribute(record.licence):
        ends = {name: _rounded(data[name]) for name in ("low", "high")}
        return data | {"shape": "drawn", **ends}
    try:
        return data | _numbers(loaded)
    except FairportError:
        return data


def _joins(loaded: LoadedResult) -> dict[str, Any]:
    """Return what decides whether a result enters an envelope: why not, or its class of statistics and its
    table, since results of different classes and the same numbers twice do not go together.
    """
    reason = "it is an example" if is_example(loaded.record) else why_left_out(loaded)
    if reason is None:
        try:
            refuse_unstated([loaded], "an envelope")
        except FairportError as error:
            reason = error.what
    if reason is not None:
        return {"not": clip(reason, 200)}
    table = loaded.record.data.sha256[:16] if loaded.record.data else loaded.digest[7:23]
    return {"class": statistics_class(loaded), "table": table}


def _rounded(value: Any) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _numbers(loaded: LoadedResult) -> dict[str, Any]:
    """Return the numbers of a result in canonical units."""
    curve = loaded.curve
    if loaded.record.values:
        first = loaded.record.values[0]
        factor = conversion_factor(first.unit, loaded.plane.axes[-1].unit)
        ends = [
            f"{sign}{end:.3g}" for sign, end in (("-", first.minus), ("+", first.plus)) if end is not None
        ]
        note = f"a point, {' '.join(ends)} {first.unit}".rstrip(", ") if ends else "an upper limit"
        return {"shape": "value", "value": first.value * factor, "note": note} | _ends(
            first.minus, first.plus, factor
        )
    if isinstance(curve, Scalar):
        return {"shape": "value", "value": curve.value, "note": ""} | _ends(curve.minus, curve.plus, 1.0)
    if isinstance(curve, FunctionCurve):
        columns = {name: band for name, band in loaded.bands.items() if name in BANDS}
        return {
            "shape": "function",
            "scales": [curve.x_scale, curve.y_scale],
            "x": curve.x.tolist(),
            "y": _column(curve.y),
            **_polynomials("p", curve),
            "bands": {
                name: {"y": _column(band.y), **_polynomials("p", band)} for name, band in columns.items()
            },
        }
    if isinstance(curve, Region):
        return {"shape": "region", "scales": [curve.x_scale, curve.y_scale], "pieces": _pieces(curve.rings)}
    if isinstance(curve, Polyline):
        return {
            "shape": "line",
            "scales": [curve.x_scale, curve.y_scale],
            "pieces": _pieces(curve.segments),
        }
    return {}


def _ends(minus: float | None, plus: float | None, factor: float) -> dict[str, float]:
    """Return the uncertainties of a value that are stated."""
    ends = {"minus": minus, "plus": plus}
    return {name: end * factor for name, end in ends.items() if end is not None}


def _polynomials(name: str, curve: FunctionCurve) -> dict[str, Any]:
    """Return the coefficients of each interpolated stretch on the scales of the curve, highest power first,
    or nothing where straight lines join the points.
    """
    if curve.method == "linear":
        return {}
    return {
        name: [
            None if coefficients is None else [row.tolist() for row in coefficients.T]
            for coefficients in interpolation_pieces(curve)
        ]
    }


def _pieces(pieces: Sequence[tuple[FloatArray, FloatArray]]) -> list[list[list[float]]]:
    return [[x.tolist(), y.tolist()] for x, y in pieces]


def _column(values: FloatArray) -> list[float | None]:
    return [_number(value) for value in np.asarray(values).tolist()]


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
