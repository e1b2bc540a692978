"""What becomes of a third column: a likelihood over the plane, or the contour at one of its values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from fairport.contract.documents import Plane
from fairport.contract.errors import DocumentError, UsageError
from fairport.interop.formats.neutral import ImportedTable
from fairport.physics.arrays import CurveProblem, FloatArray
from fairport.physics.contours import below, common_grid, is_full_grid
from fairport.results.importing.columns import Chosen
from fairport.results.importing.options import ImportOptions
from fairport.results.importing.shape import Shape


def third(table: ImportedTable, chosen: Chosen, plane: Plane, options: ImportOptions) -> tuple[Chosen, Shape]:
    """Turn points with a third value into a likelihood on a grid or into the contour that is asked for.

    Raises:
        UsageError: nobody says what the third value is.
        DocumentError: the points make no grid or no contour.
    """
    try:
        if options.contour is not None:
            return _contour(chosen, plane, options, options.contour)
        if "profile" not in table.stated and "profile.quantity" not in options.fields:
            raise UsageError(
                f"{table.name} has a third column, and nothing says what it is",
                mend="--contour LEVEL for the edge at that value, or for a likelihood --kind profile "
                "--set profile.quantity=-2lnL --set profile.reference=own-minimum",
            )
        return _likelihood(chosen, plane)
    except CurveProblem as problem:
        raise DocumentError(problem.what, where=table.name, why=problem.why, mend=problem.mend) from None


def _contour(chosen: Chosen, plane: Plane, options: ImportOptions, level: float) -> tuple[Chosen, Shape]:
    values = {
        role: np.where(numbers == options.sentinel, np.nan, numbers) if role == "z" else numbers
        for role, numbers in chosen.values.items()
    }
    scales = {"x_scale": plane.axes[0].scale, "y_scale": plane.axes[1].scale}
    rings, done = below(values["x"], values["y"], values["z"], level, **scales)
    if done["holes"]:
        raise CurveProblem(
            "the region below the level has holes, which a region of the contract cannot have",
            mend="draw the contour elsewhere and import its points",
        )
    assumptions = [
        f"the contour lies where the third column is {level:g}, interpolated linearly in "
        + ("its logarithm" if done["logarithm"] else "its value")
        + (" over triangles between the scattered points" if done["scattered"] else ""),
        "inside of the contour the third column is smaller",
    ]
    if done["edge"]:
        assumptions.append("where the region reaches the end of the points, it is cut off there")
    side = options.excluded or "none"
    if side in {"above", "below"}:
        raise UsageError(f'nothing is "{side}" a contour', mend="--excluded inside, outside or none")
    if side == "none":
        assumptions.append("no side is excluded, since the source states none (--excluded says otherwise)")
    geometry: dict[str, Any] = {"shape": "polygon", "excluded": side, "closed": True}
    columns: dict[str, FloatArray] = {
        "x": np.concatenate([ring[0] for ring in rings]),
        "y": np.concatenate([ring[1] for ring in rings]),
    }
    if len(rings) > 1:
        geometry["rings"] = "ring"
        columns["ring"] = np.concatenate(
            [np.full(ring[0].size, float(number)) for number, ring in enumerate(rings, 1)]
        )
    units = {role: unit for role, unit in chosen.units.items() if role != "z"}
    return (
        replace(chosen, values=columns, units=units),
        Shape(geometry, np.arange(columns["x"].size), tuple(assumptions)),
    )


def _likelihood(chosen: Chosen, plane: Plane) -> tuple[Chosen, Shape]:
    geometry = {"shape": "grid", "excluded": "none"}
    assumptions: list[str] = []
    axes = [role for role in ("x", "y") if role in chosen.values]
    log = [plane.axes["xy".index(role)].scale == "log" for role in axes]
    values = {role: chosen.values[role] for role in (*axes, "z")}
    on_scale = np.logical_and.reduce(
        [
            np.isfinite(values[role]) & ((values[role] > 0) | (not is_log))
            for role, is_log in zip(axes, log, strict=True)
        ]
    )
    if not np.all(on_scale):
        count = int(np.sum(~on_scale))
        assumptions.append(
            f"{count} points without a place on the scale of the plane (zero or negative) are left out"
        )
        values = {role: numbers[on_scale] for role, numbers in values.items()}
    if len(axes) == 2 and not is_full_grid(values["x"], values["y"]):
        scale = plane.axes[1].scale
        x, y, z = common_grid(values["x"], values["y"], values["z"], y_scale=scale)
        values = {"x": x, "y": y, "z": z}
        assumptions.append(
            "each scan has its own values of "
            f"{plane.axes[1].name}: all were brought to common ones by monotone cubic interpolation"
        )
    return replace(chosen, values=values), Shape(geometry, np.arange(values["z"].size), tuple(assumptions))
