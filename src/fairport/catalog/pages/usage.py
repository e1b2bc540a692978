"""How a result is used from Python: a few lines that run as they stand."""

from __future__ import annotations

from fairport.catalog.licences import may_redistribute
from fairport.catalog.model import ShownResult
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.shared import places
from fairport.physics.notation import number_text, unit_text


def use_lines(frame: Frame, result: ShownResult) -> str:
    """Return Python that loads a result and reads a number off it; empty where its numbers are not offered.

    Args:
        frame: the build; without a published https address the downloaded record is loaded.
        result: the result.
    """
    if not may_redistribute(result.loaded.record.licence):
        return ""
    address = frame.absolute(result.url)
    public = address is not None and address.startswith("https://")
    name = address if public else "result.yaml"
    return f'import fairport\n\nresult = fairport.load("{name}")\n{_read(result)}'


def _read(result: ShownResult) -> str:
    loaded = result.loaded
    if loaded.record.values:
        return "result.value"
    at = places(loaded.plane, [result.card])
    if not at or loaded.curve is None:
        return "result.table()"
    unit = unit_text(loaded.plane.axes[0].unit)
    middle = at[len(at) // 2]
    text = number_text(middle) if 1e-3 <= abs(middle) < 1e5 else f"{middle:g}"
    return f'result.at("{text} {unit}")'.replace(' ")', '")')


__all__ = ["use_lines"]
