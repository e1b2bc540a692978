"""The engines of this release by name; a module is imported only when its engine is used."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fairport.contract.errors import ConfigurationError, UsageError
from fairport.contract.loading import load_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fairport.engines.protocol import Engine

ENGINES: Final[dict[str, str]] = {
    "local": "fairport.engines.local:LocalEngine",
    "reana": "fairport.engines.reana:ReanaEngine",
    "slurm": "fairport.engines.slurm:SlurmEngine",
}
"""Engine name to ``module:class``; the class method ``from_options`` takes the options."""


def make_engine(name: str, options: Mapping[str, str] | None = None) -> Engine:
    """Return a fresh engine.

    Args:
        name: one of :data:`ENGINES`.
        options: what the user sets for it (``--engine-option``).

    Raises:
        UsageError: there is no engine of that name, or it does not know an option.
    """
    place = ENGINES.get(name)
    if place is None:
        raise UsageError(f'there is no engine "{name[:40]}"', mend=f"use one of: {', '.join(ENGINES)}")
    module, _, attribute = place.partition(":")
    engine: Engine = getattr(import_module(module), attribute).from_options(
        engine_settings(name, options or {})
    )
    return engine


def engine_settings(name: str, options: Mapping[str, str]) -> dict[str, str]:
    """Return the options of an engine: those of ``engines.yaml`` in the user's settings, then those given.

    The file lies in ``$XDG_CONFIG_HOME/fairport`` (by default ``~/.config/fairport``) and holds a mapping of
    options for each engine that it names.

    Raises:
        ConfigurationError: the file is not such a mapping.
        DocumentError: it is not YAML.
    """
    base = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(base) if base else Path("~/.config").expanduser()
    path = folder / "fairport" / "engines.yaml"
    if not path.is_file():
        return dict(options)
    data = load_yaml(path).data or {}
    own = data.get(name) or {} if isinstance(data, dict) else None
    if not isinstance(own, dict) or not all(isinstance(item, (str, int, float)) for item in own.values()):
        raise ConfigurationError("the settings of engines are not a mapping of options each", where=path)
    stated = {str(key): "off" if value is False else str(value) for key, value in own.items()}
    return {**stated, **options}


def check_options(options: dict[str, str], known: Mapping[str, str], engine: str) -> None:
    """Refuse options that an engine does not know.

    Args:
        options: what the user set.
        known: option to what it is.
        engine: name of the engine.

    Raises:
        UsageError: an option is unknown.
    """
    for name in options:
        if name not in known:
            listed = "; ".join(f"{key} ({text})" for key, text in known.items()) or "none"
            raise UsageError(
                f'the engine {engine} has no option "{name[:40]}"', mend=f"its options are: {listed}"
            )
