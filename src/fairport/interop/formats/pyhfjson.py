"""Likelihoods of pyhf: a workspace, or a background with a patch set of signals, and their CLs limits.

The upper limit on the parameter of interest is that of the asymptotic formulae (arXiv:1007.1727), observed
and at the five quantiles of the background. Patch sets name the model points of their signals, which become
columns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from fairport.contract.errors import DocumentError, FairportError, RunFailedError, UsageError
from fairport.interop.formats.extras import need
from fairport.interop.formats.neutral import Column, ImportedTable
from fairport.interop.formats.pyhflimits import upper_limits

FORMAT: Final = "pyhf"
LEVEL: Final = 0.95
FEW_EVENTS: Final = 10.0
MAX_PATCHES: Final = 5000
_BANDS: Final = ("p2.5", "p16", "p50", "p84", "p97.5")
Limits = tuple[float, tuple[float, ...]]
Progress = Callable[[str], None]


def is_pyhf(data: Any) -> bool:
    """Tell whether parsed JSON is a workspace or a patch set of pyhf."""
    return isinstance(data, dict) and (
        {"channels", "measurements", "observations"} <= set(data)
        or ("patches" in data and "metadata" in data)
    )


def read(
    data: Any,
    name: str,
    *,
    background: Any = None,
    patch: str | None = None,
    cl: float | None = None,
    repair: bool = False,
    progress: Progress | None = None,
) -> ImportedTable:
    """Compute the upper limits that a likelihood gives.

    Args:
        data: parsed JSON of a workspace or of a patch set.
        name: file shown in messages.
        background: parsed JSON of the workspace that the patch set is for.
        patch: name of one signal of the patch set; all of them when ``None``.
        cl: confidence level in (0, 1); :data:`LEVEL`, listed as an assumption, when ``None``.
        repair: whether a background with another digest than the patch set names is taken.
        progress: called with a sentence after each limit.

    Returns:
        One row a signal: its model point, the observed limit on the parameter of interest and the band.

    Raises:
        ConfigurationError: pyhf is not installed.
        DocumentError: not a valid workspace, with the place within it.
        UsageError: a patch set without its background, or without such a patch.
        RunFailedError: the fit finds no limit.
    """
    need("pyhf", "pyhf", "likelihoods of pyhf")
    if not is_pyhf(data):
        raise DocumentError("this is neither a workspace nor a patch set of pyhf", where=name)
    level = cl if cl is not None else LEVEL
    assumptions = [] if cl is not None else [f"the limits are computed at {LEVEL:.0%} confidence level"]
    labels: tuple[str, ...] = ()
    found: list[tuple[str, tuple[float, ...], Limits]] = []
    notices: tuple[str, ...]
    if "patches" in data:
        if background is None:
            raise UsageError(
                f"{name} is a patch set: signals without their background",
                mend="--background BkgOnly.json",
            )
        labels, signals = _signals(data, background, name, patch, repair, assumptions)
        for number, (signal, values, spec) in enumerate(signals, 1):
            found.append((signal, values, _limits(spec, f"{name}:patches/{signal}", level)))
            if progress is not None:
                progress(f"{number} of {len(signals)}: {signal}")
        notices = _few(background, name)
        part = "patches"
    else:
        found = [("", (), _limits(data, name, level))]
        notices, part = _few(data, name), "measurements"
    return ImportedTable(
        FORMAT,
        name,
        _columns(labels, found),
        tuple(range(1, len(found) + 1)),
        named=True,
        stated={
            "statistics.role": "observed",
            "statistics.cl": level,
            "statistics.sided": "one",
            "statistics.method": "CLs-asymptotic",
            "provenance.origin": "recast",
        },
        assumptions=(*assumptions, "the numbers follow from the likelihood by the asymptotic CLs formulae"),
        notices=(
            *notices,
            "limits are on the signal strength; --scale multiplies it by the value at strength one",
        ),
        part=part,
    )


def _columns(
    labels: tuple[str, ...], found: list[tuple[str, tuple[float, ...], Limits]]
) -> tuple[Column, ...]:
    order = sorted(range(len(found)), key=lambda i: found[i][1])
    rows = [found[i] for i in order]
    varying = [k for k in range(len(labels)) if len({values[k] for _, values, _ in rows}) > 1]
    if not varying and labels:
        varying = [0]
    roles: dict[int, str] = {}
    limit = "y"
    if len(varying) == 1:
        roles = {varying[0]: "x"}
    elif len(varying) == 2:
        roles, limit = {varying[0]: "x", varying[1]: "y"}, "z"
    made = [
        Column(label, tuple(values[k] for _, values, _ in rows), None, roles.get(k, "ignore"))
        for k, label in enumerate(labels)
    ]
    made.append(Column("mu, observed limit", tuple(limits[0] for _, _, limits in rows), "", limit))
    for k, band in enumerate(_BANDS):
        role = band if limit == "y" else "ignore"
        made.append(Column(f"mu, {band}", tuple(limits[1][k] for _, _, limits in rows), "", role))
    return tuple(made)


def _signals(
    data: Mapping[str, Any],
    background: Any,
    name: str,
    patch: str | None,
    repair: bool,
    assumptions: list[str],
) -> tuple[tuple[str, ...], list[tuple[str, tuple[float, ...], Any]]]:
    import pyhf

    try:
        patches = pyhf.PatchSet(data)
    except Exception as error:  # noqa: BLE001 - schema errors of several kinds
        raise DocumentError("this is no valid patch set", where=name, why=_first(error)) from None
    try:
        patches.verify(background)
    except Exception as error:  # noqa: BLE001
        if not repair:
            raise UsageError(
                "the patch set is for another background",
                why=_first(error),
                mend="--background with its workspace, or --repair if it is the right one nevertheless",
            ) from None
        assumptions.append(
            "the background is used although its digest is not the one that the patch set names"
        )
    chosen = [each for each in patches.patches if patch is None or each.name == patch]
    if not chosen:
        known = ", ".join(each.name for each in patches.patches[:10])
        raise UsageError(f'{name} has no patch "{patch}"', why=f"it has {known}", mend="--object NAME")
    if len(chosen) > MAX_PATCHES:
        raise UsageError(f"the patch set has {len(chosen):,} signals", mend="choose one with --object")
    signals = []
    for each in chosen:
        try:
            values = tuple(float(value) for value in each.values)
            signals.append((each.name, values, each.apply(background)))
        except Exception as error:  # noqa: BLE001
            raise DocumentError(
                "this signal cannot be applied", where=f"{name}:patches/{each.name}", why=_first(error)
            ) from None
    return tuple(str(label) for label in patches.labels), signals


def _limits(spec: Any, where: str, level: float) -> Limits:
    """Return the observed and the five expected upper limits on the parameter of interest."""
    import pyhf

    try:
        workspace = pyhf.Workspace(spec)
        model = workspace.model(
            modifier_settings={"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
        )
        data = workspace.data(model)
    except Exception as error:  # noqa: BLE001 - pyhf and jsonschema raise many kinds
        raise DocumentError("this is no valid workspace", where=where, why=_first(error)) from None
    index = model.config.poi_index
    if index is None:
        raise DocumentError("the measurement names no parameter of interest", where=where)
    try:
        return upper_limits(model, data, int(index), 1.0 - level)
    except FairportError:
        raise
    except Exception as error:  # noqa: BLE001 - failed fits raise many kinds
        raise RunFailedError("the fit finds no limit", where=where, why=_first(error)) from None


def _few(workspace: Any, name: str) -> tuple[str, ...]:
    """Warn where the asymptotic formulae are wrong: hardly any background in a whole channel."""
    low = []
    for channel in workspace.get("channels", ()):
        try:
            total = sum(float(v) for sample in channel["samples"] for v in sample["data"])
        except (KeyError, TypeError, ValueError):
            continue
        if total < FEW_EVENTS:
            low.append(f"{channel.get('name')} ({total:.3g})")
    if not low:
        return ()
    listed = ", ".join(low[:4]) + (" ..." if len(low) > 4 else "")
    return (f"few events are expected in {listed}: the asymptotic formulae may give too low a limit there",)


def _first(error: Exception) -> str:
    lines: Sequence[str] = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]


def parse(text: str, name: str) -> Any:
    """Parse JSON of any size.

    Raises:
        DocumentError: it is not JSON, with line and column.
    """
    from fairport.contract.errors import Location

    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise DocumentError(
            f"this is not JSON: {error.msg}", where=Location(name, error.lineno, error.colno)
        ) from None
    except RecursionError:
        raise DocumentError("this is not JSON: nested too deep", where=name) from None
