"""The engines of this release by name; a module is imported only when its engine is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from fairport.contract.errors import UsageError

if TYPE_CHECKING:
    from fairport.engines.protocol import Engine

ENGINES: Final[dict[str, str]] = {"local": "fairport.engines.local:LocalEngine"}
"""Engine name to ``module:class``; the class is called without arguments."""


def make_engine(name: str) -> Engine:
    """Return a fresh engine.

    Raises:
        UsageError: there is no engine of that name.
    """
    place = ENGINES.get(name)
    if place is None:
        raise UsageError(f'there is no engine "{name[:40]}"', mend=f"use one of: {', '.join(ENGINES)}")
    module, _, attribute = place.partition(":")
    engine: Engine = getattr(import_module(module), attribute)()
    return engine
