"""Where a file is, told from the folder in which the check was started, as forges want it."""

from __future__ import annotations

import os
import posixpath

from fairport.check.report import Target


def from_here(target: Target, path: str) -> str:
    """Return a file of a target relative to the current folder where it lies below it, without ``./``; else
    its absolute path.

    Args:
        target: the repository, as it was given.
        path: the file relative to it.
    """
    joined = posixpath.normpath(posixpath.join(target.path.replace(os.sep, "/"), path))
    here = os.getcwd().replace(os.sep, "/").rstrip("/")  # noqa: PTH109 - text
    full = posixpath.normpath(posixpath.join(here, joined))
    return full[len(here) + 1 :] if full.startswith(f"{here}/") else full
