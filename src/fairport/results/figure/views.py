"""Axes of a figure: which range is shown, where the ticks stand, and how values become positions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fairport.contract.documents import PlaneAxis
from fairport.physics.arrays import FloatArray
from fairport.physics.notation import number_text, power_of_ten


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick: its value, its text (empty for a minor one)."""

    value: float
    text: str = ""

    @property
    def major(self) -> bool:
        """Whether it carries text."""
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class View:
    """The shown part of an axis of a plane; values are in its canonical unit."""

    axis: PlaneAxis
    low: float
    high: float

    @property
    def log(self) -> bool:
        """Whether the scale is logarithmic."""
        return self.axis.scale == "log"

    def share(self, values: FloatArray) -> FloatArray:
        """Return where values lie between 0 (low end) and 1 (high end), same shape; NaN for what has no
        place on a log scale.
        """
        if not self.log:
            return np.asarray((values - self.low) / (self.high - self.low), dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(values > 0.0, np.log10(np.where(values > 0.0, values, 1.0)), np.nan)
        low, high = math.log10(self.low), math.log10(self.high)
        return np.asarray((logs - low) / (high - low), dtype=np.float64)

    def ticks(self, room: int = 9) -> list[Tick]:
        """Return major and minor ticks, at most about ``room`` with text."""
        if self.log:
            return list(_log_ticks(self.low, self.high, room))
        return _linear_ticks(self.low, self.high, room)


def fit_view(
    axis: PlaneAxis,
    extents: Sequence[tuple[float, float]],
    pad: tuple[float, float] = (0.0, 0.0),
    *,
    decades: float = 4.0,
) -> View:
    """Choose the shown range: what the data need, inside the default range of the plane where the two meet.

    Args:
        axis: axis of the plane.
        extents: (lowest, highest) of each thing drawn, in the canonical unit.
        pad: room below and above, in decades on a log axis, in shares of the range on a linear one.
        decades: a log axis longer than this starts and ends at whole powers of ten, a shorter one at 1, 2
            or 5.
    """
    known = [(low, high) for low, high in extents if math.isfinite(low) and math.isfinite(high)]
    if axis.scale == "log":
        known = [(low, high) for low, high in known if low > 0.0]
    if not known:
        return View(axis, axis.range[0], axis.range[1])
    inside = [(low, high) for low, high in known if low < axis.range[1] and high > axis.range[0]]
    low = min(item[0] for item in inside or known)
    high = max(item[1] for item in inside or known)
    if inside:
        low, high = max(low, axis.range[0]), min(high, axis.range[1])
    ends = _nice_log(low, high, pad, decades) if axis.scale == "log" else _nice_linear(low, high, pad)
    return View(axis, *ends)


def _nice_log(low: float, high: float, pad: tuple[float, float], decades: float) -> tuple[float, float]:
    a, b = math.log10(low) - pad[0], math.log10(high) + pad[1]
    if b - a < 0.5:
        middle = (a + b) / 2
        a, b = middle - 0.5, middle + 0.5
    if b - a > decades:
        return float(f"1e{math.floor(a + 1e-9)}"), float(f"1e{math.ceil(b - 1e-9)}")
    return _step_down(a), _step_up(b)


def _step_down(exponent: float) -> float:
    base = math.floor(exponent + 1e-9)
    digit = max((d for d in (1, 2, 5) if math.log10(d) <= exponent - base + 1e-9), default=1)
    return float(f"{digit}e{base}")


def _step_up(exponent: float) -> float:
    base = math.floor(exponent + 1e-9)
    digit = next((d for d in (1, 2, 5) if math.log10(d) >= exponent - base - 1e-9), None)
    return float(f"{digit}e{base}") if digit else float(f"1e{base + 1}")


def _nice_linear(low: float, high: float, pad: tuple[float, float]) -> tuple[float, float]:
    width = (high - low) or abs(high) or 1.0
    step = _linear_step(width * (1 + pad[0] + pad[1]), 8)
    start = math.floor((low - pad[0] * width) / step + 1e-9) * step
    if low >= 0.0:
        start = max(start, 0.0)
    return start, math.ceil((high + pad[1] * width) / step - 1e-9) * step


def _linear_step(width: float, room: int) -> float:
    raw = width / max(room, 1)
    base = float(f"1e{math.floor(math.log10(raw))}")
    return next(factor * base for factor in (1.0, 2.0, 5.0, 10.0) if factor * base >= raw * (1 - 1e-9))


@lru_cache(maxsize=1024)
def _log_ticks(low: float, high: float, room: int) -> tuple[Tick, ...]:
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    decades = last - first
    stride = next(s for s in (1, 2, 3, 5, 10, 20, 50) if decades / s <= room or s == 50)
    whole = math.floor(math.log10(high) + 1e-9) - math.ceil(math.log10(low) - 1e-9) + 1
    spelled = (1, 2, 5) if whole < 3 else (1,)
    ticks = []
    for power in range(first, last + 1):
        for digit in range(1, 10):
            value = float(f"{digit}e{power}")
            if not low * (1 - 1e-9) <= value <= high * (1 + 1e-9):
                continue
            labelled = digit in spelled and (power % stride == 0 or digit > 1)
            if digit == 1 or stride == 1:
                ticks.append(Tick(value, _log_text(digit, power) if labelled else ""))
    return tuple(ticks)


def _log_text(digit: int, power: int) -> str:
    if -3 <= power <= 3:
        return number_text(float(f"{digit}e{power}"))
    return power_of_ten(power) if digit == 1 else f"{digit}×{power_of_ten(power)}"


def _linear_ticks(low: float, high: float, room: int) -> list[Tick]:
    step = _linear_step(high - low, room)
    minor = step / (4 if f"{step:e}".startswith("2") else 5)
    count = round((high - low) / minor)
    start = round(low / minor)
    ticks = []
    for i in range(start, start + count + 1):
        value = i * minor
        whole = math.isclose(value / step, round(value / step), abs_tol=1e-6)
        ticks.append(Tick(value, number_text(value) if whole else ""))
    return ticks
