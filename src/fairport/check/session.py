"""One call of the check over one or more repositories: processes and the cache.

This module is light: on a machine that knows all outcomes, neither rules nor parsers are imported.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fairport.check.cleaning import clean
from fairport.check.options import Options
from fairport.check.report import Report, Target
from fairport.contract.constants import PROFILES
from fairport.contract.errors import UsageError

_MANY: Final = 8
"""From so many repositories on, processes share them."""


def check_paths(paths: Sequence[str | Path], options: Options) -> Report:
    """Check repositories, several at once when there are many.

    Raises:
        UsageError: a path is no folder, or a profile or rule does not exist.
    """
    _require_sound(options)
    folders = [require_folder(Path(path)) for path in paths]
    pairs = [(folder, str(path)) for folder, path in zip(folders, paths, strict=True)]
    jobs = min(options.jobs or (_cores() if len(pairs) >= _MANY else 1), len(pairs))
    if jobs > 1:
        return Report(_in_parallel(pairs, options, jobs), options.fail_on)
    return Report(tuple(_check_pair(pair, options) for pair in pairs), options.fail_on)


def _require_sound(options: Options) -> None:
    if options.profile is not None and options.profile not in PROFILES:
        raise UsageError(
            f'there is no profile "{options.profile}"', mend=f"use one of: {', '.join(PROFILES)}"
        )
    if options.select or options.ignore or options.rules:
        from fairport.check.registry import all_rules
        from fairport.check.selection import choose, require_rule_set

        choose(all_rules(), options.select, options.ignore)
        require_rule_set(options.rules)


def _cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _in_parallel(pairs: Sequence[tuple[Path, str]], options: Options, jobs: int) -> tuple[Target, ...]:
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs) as pool:
        size = max(1, len(pairs) // (jobs * 8))
        return tuple(pool.map(_check_pair, pairs, [options] * len(pairs), chunksize=size))


def _check_pair(pair: tuple[Path, str], options: Options) -> Target:
    """Return the outcome of one repository, from the cache when nothing changed."""
    options = replace(
        options,
        today=options.today or datetime.now(UTC).date(),
        baseline=_of_one(options.baseline, clean(pair[1])),
    )
    if not options.cache or options.online:
        from fairport.check.engine import check_folder

        return check_folder(*pair, options)
    from fairport.check.cache import cached_target

    return cached_target(*pair, options)


def _of_one(baseline: frozenset[str], shown: str) -> frozenset[str]:
    """Return the fingerprints of a baseline that are about one repository: those with its path before them,
    and those with none.
    """
    found = (item.rpartition("\0") for item in baseline)
    return frozenset(fingerprint for path, _, fingerprint in found if path in {"", shown})


def require_folder(path: Path) -> Path:
    """Return the path of a folder.

    Raises:
        UsageError: it is none.
    """
    mend = "give the folder of an analysis repository"
    if path.is_dir():
        return path
    if path.exists() or path.is_symlink():
        raise UsageError("this is not a folder", where=path, mend=mend)
    raise UsageError("the folder does not exist", where=path, mend=mend)
