"""META025: the metadata belong to this repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fairport.check.documents import Documents
from fairport.check.issue import Issue, shown
from fairport.check.parsed import AnalysisFile, CffFile, CodemetaFile
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.contract.constants import ANALYSIS_FILE

_PLACES: Final = (
    (AnalysisFile, "repository/url"),
    (CffFile, "repository-code"),
    (CodemetaFile, "codeRepository"),
)
_ADDRESS: Final = re.compile(
    r"(?:(?:https?|ssh|git)://)?(?:[^/@\s]{1,100}@)?([A-Za-z0-9.-]+\.[A-Za-z]{2,})(?::\d+)?[:/]/?([^\s?#]+)"
)


@rule(
    "META025",
    "warning",
    "correctness",
    "The metadata name this repository, not another one",
    fair=("F3", "R1"),
    rda=("F3-01M",),
    fuji=("FRSM-07-F3",),
    good={},
    bad={
        ".git/HEAD": "ref: refs/heads/main\n",
        ".git/objects/.keep": "",
        ".git/refs/.keep": "",
        ".git/config": '[remote "origin"]\n\turl = git@example.org:dm/another-analysis.git\n',
        ANALYSIS_FILE: "repository:\n  url: ▸https://example.org/toy/toy-recast\n",
    },
)
def origin(documents: Documents, repository: Repository) -> Iterator[Issue]:
    """Metadata are often copied from the last project. Then the title, the authors and the address describe
    another repository, and who follows the citation arrives there. The address in the metadata is held
    against the remote `origin` of git."""
    address = repository.git.origin() if repository.git is not None and repository.git.own else None
    here = place(address or "")
    if here is None:
        return
    told = False
    for kind, pattern in _PLACES:
        for file in documents.all(kind):
            for pointer, text in file.texts(pattern):
                if place(text) in (here, None):
                    continue
                yield file.issue(
                    pointer,
                    f"{shown(text, 80)} is another repository than origin ({shown(here, 80)})",
                    found=text,
                    expected=f"https://{here}",
                    help="write the address of this repository, and look at title and authors too",
                    cause=("META025", ANALYSIS_FILE) if told else None,
                )
                told = told or file.path == ANALYSIS_FILE


def place(address: str) -> str | None:
    """Return host and path of the address of a repository, the same for equal ones; ``None`` for others."""
    match = _ADDRESS.fullmatch(address.strip()[:1000])
    if match is None:
        return None
    return f"{match[1]}/{match[2].rstrip('/').removesuffix('.git')}".lower()
