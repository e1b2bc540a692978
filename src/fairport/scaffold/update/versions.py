"""From which version of the template to which."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairport.contract.errors import ConfigurationError, UsageError
from fairport.scaffold import bundles
from fairport.scaffold.releases import Releases, latest, missing_history, version_key
from fairport.scaffold.update.answers import Recorded


@dataclass(frozen=True, slots=True)
class Step:
    """One update.

    Attributes:
        before: version, or commit, that the repository is compared with.
        after: version that it is brought to.
        low: version above which migrations apply.
        nothing: the repository is there already.
        notes: what a person should know.
    """

    before: str
    after: str
    low: str
    nothing: bool
    notes: tuple[str, ...] = ()


def choose_step(releases: Releases, recorded: Recorded, wanted: str | None) -> Step:
    """Find both versions.

    Args:
        releases: what there is.
        recorded: what the repository says.
        wanted: version that the user names.

    Raises:
        UsageError: there is no such version, or it is older than the one of the repository.
        ConfigurationError: the version of the repository is unknown here.
    """
    current = recorded.version
    if re.fullmatch(r"[0-9a-f]{7,40}", current) and bundles.exists(
        releases.repository, f"{current}^{{tree}}"
    ):
        return Step(current, latest(releases, wanted), "0", nothing=False)
    try:
        key = version_key(current)
    except ValueError:
        raise _unknown(releases, current) from None
    after = latest(releases, wanted)
    if version_key(after) < key:
        raise _older(recorded, after, releases, wanted)
    notes: tuple[str, ...] = ()
    before = _known(releases, current)
    if recorded.between or before is None:
        before, notes = _compared(releases, recorded, before)
    if before is None:
        raise _unknown(releases, current)
    if before == after and releases.note and after == releases.versions[-1]:
        notes = (*notes, releases.note)
    return Step(before, after, before, nothing=before == after, notes=notes)


def _known(releases: Releases, version: str) -> str | None:
    for name in releases.versions:
        if version_key(name) == version_key(version):
            return name
    return None


def _compared(
    releases: Releases, recorded: Recorded, known: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """Return the release that a repository made between two releases is compared with."""
    if not recorded.between:
        return known, ()
    limit = version_key(recorded.version)
    earlier = [
        name
        for name in releases.commits
        if version_key(name) < limit or (version_key(name) == limit and not recorded.ahead)
    ]
    if not earlier:
        return known, ()
    text = (
        f"made from an unreleased state of the template, so it is compared with release {earlier[-1]}: "
        "what both changed may show as a conflict"
    )
    return earlier[-1], (text,)


def _older(recorded: Recorded, after: str, releases: Releases, wanted: str | None) -> UsageError:
    if wanted is not None:
        return UsageError(
            f"the repository has template {recorded.version} and is not taken back to {after}",
            where="--to",
            mend="to go back, take back the commit of the update: git revert",
        )
    return UsageError(
        f"the repository has template {recorded.version}, newer than any that this program knows",
        why=f"the newest here is {releases.versions[-1]}",
        mend=f"install Fairport {recorded.version} or newer",
    )


def _unknown(releases: Releases, version: str) -> ConfigurationError:
    if version in releases.missing:
        return missing_history(version)
    return ConfigurationError(
        f"template {version}, which the repository has, is not known here",
        why=f"known are {', '.join(releases.versions)}",
        mend="correct _commit in .copier-answers.yml, or install a newer Fairport",
    )
