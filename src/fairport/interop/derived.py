"""The four metadata files that are made from the analysis record, and nothing else.

``fairport sync`` writes them, the template renders the same bytes, and `check` compares them with the record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fairport.contract.analysis import Analysis
from fairport.interop import cff, codemeta, rocrate, zenodo

RENDERERS: Final[dict[str, Callable[[Analysis], str]]] = {
    cff.FILE: cff.render,
    codemeta.FILE: codemeta.render,
    zenodo.FILE: zenodo.render,
    rocrate.FILE: rocrate.render,
}
"""File name in the repository to the function that makes its text."""


def render_all(analysis: Analysis) -> dict[str, str]:
    """Return the text of every derived file by its name.

    Args:
        analysis: the analysis record.
    """
    return {name: render(analysis) for name, render in RENDERERS.items()}
