"""Libraries that only some formats need: how to get them, and that without a traceback."""

from __future__ import annotations

import importlib
from typing import Any

from fairport.contract.errors import ConfigurationError, DocumentError, UsageError


def need(module: str, extra: str, what: str) -> Any:
    """Import an optional library.

    Args:
        module: name to import.
        extra: extra of Fairport that brings it.
        what: what it is needed for, as the beginning of a sentence.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ConfigurationError(
            f"{what} need the library {module.partition('.')[0]}, which is not installed",
            why=str(error),
            mend=f'pip install "fairport[{extra}]"',
        ) from None


def pick(name: str, wanted: str | None, known: dict[str, str], what: str, others: str | None = None) -> str:
    """Choose one of several objects of a file.

    Args:
        name: file shown in messages.
        wanted: what the call names; ``None`` where it names nothing.
        known: key of each object to what it is.
        what: what the objects are, in the plural.
        others: what the file holds instead, where it holds none of them.

    Raises:
        UsageError: the call names none of them, or nothing where there are several.
    """
    if not known:
        raise DocumentError(f"there are no {what} in this file", where=name, why=others)
    if wanted is None and len(known) == 1:
        return next(iter(known))
    listed = ", ".join(f"{key} ({kind})" if kind else key for key, kind in list(known.items())[:20])
    listed += " ..." if len(known) > 20 else ""
    if wanted is None:
        raise UsageError(
            f"{name} holds {len(known)} {what}, and it is not clear which is meant",
            why=f"they are {listed}",
            mend=f"--object {next(iter(known))!r}",
        )
    same = [key for key in known if key == wanted or key.rpartition("/")[2] == wanted]
    if wanted in known or len(same) == 1:
        return wanted if wanted in known else same[0]
    raise UsageError(f'{name} has no "{wanted[:80]}"', why=f"its {what} are {listed}", mend="--object NAME")
