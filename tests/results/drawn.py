"""A plane with results as SVG in one call, for tests that need no more than one size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fairport.contract.documents import Plane
from fairport.results.figure.svg import scene_of, scene_svg
from fairport.results.loaded import LoadedResult

_OF_THE_SCENE = ("colours", "details", "references")


def plane_svg(plane: Plane, results: Sequence[LoadedResult], **options: Any) -> str:
    """Build the scene and draw it; options of both."""
    content = {name: options.pop(name) for name in _OF_THE_SCENE if name in options}
    return scene_svg(scene_of(plane, results, **content), **options)
