"""Figures of planes that other pages show too, kept with the pages of the planes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from markupsafe import Markup

from fairport.catalog.drawings.drawing import Drawing
from fairport.contract.structure import structure, unstructure


@dataclass(frozen=True, slots=True)
class Pictures:
    """What other pages show of a plane.

    Attributes:
        thumbnail: small picture; ``None`` when nothing of the plane is drawn by default.
        figure: its figure, where the front page shows it.
    """

    thumbnail: Markup | None = None
    figure: Drawing | None = None


def pack(pictures: Pictures) -> str:
    """Return pictures as text."""
    return json.dumps([pictures.thumbnail, unstructure(pictures.figure)])


def unpack(text: str) -> Pictures:
    """Return pictures from the text of :func:`pack`."""
    thumbnail, figure = json.loads(text)
    # Both come from our own cache, where they were put as markup.
    small = Markup(thumbnail) if thumbnail is not None else None  # noqa: S704
    if figure is None:
        return Pictures(small)
    sizes = {name: Markup(figure[name]) for name in ("wide", "compact")}  # noqa: S704
    return Pictures(small, structure(Drawing, figure | sizes))


__all__ = ["Pictures", "pack", "unpack"]
