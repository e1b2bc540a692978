"""The Python interface: ``fairport.load("...")`` gives a :class:`Result` in astropy quantities.

import fairport
lz = fairport.load("results/si")
lz.at("40 GeV")          # <Quantity 2.2e-48 cm2>
lz.table()               # astropy QTable
lz.plot()                # matplotlib Figure
print(lz.bibtex())
"""

from __future__ import annotations

import os
from typing import Any, Literal, overload

from fairport.contract.errors import UsageError
from fairport.results.catalogues import open_catalogue
from fairport.results.collection import Catalogue
from fairport.results.resolve import resolve
from fairport.results.result import Result


@overload
def load(result: str | os.PathLike[str], *, kind: Literal["result"]) -> Result: ...
@overload
def load(result: str | os.PathLike[str], *, kind: Literal["catalogue"]) -> Catalogue: ...
@overload
def load(result: str | os.PathLike[str], *, kind: None = None) -> Any: ...


def load(
    result: str | os.PathLike[str], *, kind: Literal["result", "catalogue"] | None = None
) -> Result | Catalogue:
    """Load a result, or a catalogue of results.

    Args:
        result: a ``result.yaml`` or its folder, ``CATALOGUE::analysis/result[@version]`` with a folder or
            the address of a catalogue, or the https address of a record or of its page. For a catalogue its
            folder, its ``catalog.json``, the https address of either, or a folder with several results.
        kind: ``result`` or ``catalogue`` where only that will do (and for type checkers).

    Raises:
        UsageError: it names nothing that can be a result or catalogue.
        DocumentError: the record is missing or invalid.
    """
    text = os.fspath(result)
    if kind != "result" and "::" not in text:
        found = open_catalogue(text)
        if found is not None:
            return found
    if kind == "catalogue":
        raise UsageError(f'"{text}" is no catalogue', mend="give its folder, its catalog.json or its address")
    return Result(resolve(text))
