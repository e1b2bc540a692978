"""REPO009: releases are archived where they stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fairport.check.gitview import GitView
from fairport.check.issue import Issue, shown
from fairport.check.parsed import AnalysisFile
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.contract.constants import ANALYSIS_FILE

_CORE: Final = re.compile(r"swh:1:(dir|rev|rel|snp|cnt):([0-9a-f]{40})(?:;.*)?")
_OBJECTS: Final = {"dir": "^{tree}", "rev": "^{commit}", "rel": ""}


@rule(
    "REPO009",
    "note",
    "completeness",
    "Releases are archived: a DOI or SWHID is recorded, and the SWHID is that of the release",
    fair=("F1.2", "A2"),
    rda=("A2-01M",),
    fuji=("FRSM-03-F1.2", "FRSM-08-F4"),
    after=("META003", "META010"),
    good={},
    bad={ANALYSIS_FILE: "status: ▸published\nidentifiers:\n  arxiv: 2601.01234v1\n"},
)
def archived(record: AnalysisFile, repository: Repository) -> Iterator[Issue]:
    """A forge can lose a repository; Zenodo and Software Heritage keep it. The SWHID of a directory is made
    from its content alone, so that everybody can prove that an archived copy is the release that is meant.
    It is recorded after the release, since no file can hold its own digest."""
    given = record.text("identifiers/swhid")
    doi = record.text("identifiers/doi")
    version = record.text("version")
    if given is None:
        yield from _unrecorded(record, repository, doi, version)
        return
    core = _CORE.fullmatch(given)
    git = repository.git if repository.git is not None and repository.git.own else None
    if core is None or git is None or version is None or core[1] not in _OBJECTS:
        return  # META024, or nothing to compare with
    tag = git.version_tag(version)
    found = git.named(tag + _OBJECTS[core[1]]) if tag is not None else None
    if tag is not None and found is not None and found != core[2]:
        right = f"swh:1:{core[1]}:{found}"
        yield record.issue(
            ("identifiers", "swhid"),
            f"SWHID does not match tag {shown(tag, 60)}",
            severity="warning",
            found=given,
            expected=right,
            help="record the identifier of the release, or the version that it is of",
        )


def _unrecorded(
    record: AnalysisFile, repository: Repository, doi: str | None, version: str | None
) -> Iterator[Issue]:
    if doi is not None:
        return
    git: GitView | None = repository.git if repository.git is not None and repository.git.own else None
    tag = git.version_tag(version) if git is not None and version is not None else None
    if tag is not None and git is not None:
        tree = git.named(f"{tag}^{{tree}}")
        yield record.issue(
            ("version",),
            f"the release {shown(tag, 60)} has no DOI and no SWHID",
            help=f"archive it, and record identifiers.swhid: swh:1:dir:{tree}" if tree else "archive it",
        )
    elif record.text("status") == "published":
        yield record.issue(
            ("status",),
            "published, but neither a DOI nor a SWHID of an archived copy is recorded",
            help="archive the release on Zenodo or Software Heritage and record its identifier",
        )
