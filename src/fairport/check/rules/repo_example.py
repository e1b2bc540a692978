"""REPO012: what the starter brought as an example and somebody has still to replace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fairport.check.documents import Documents
from fairport.check.issue import Issue
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.examples import example_digests

_INPUTS: Final = "data/*.json"
_OWN_WORDS: Final = re.compile(r"A starting point(?: with simulated data)?, not a result\b")
"""How the descriptions end that the template proposes."""


@rule(
    "REPO012",
    "warning",
    "completeness",
    "What the starter brought as an example has been replaced",
    fair=("R1.2",),
    rda=("R1.2-01M",),
    good={},
    bad={
        ANALYSIS_FILE: "description: ▸Upper limit on something from published numbers of somebody else. "
        "A starting point, not a result of the collaboration.\n"
    },
)
def example_left(documents: Documents, repository: Repository) -> Iterator[Issue]:
    """A scaffold begins with an example that runs at once: published or simulated inputs and a description of
    them. Until they are replaced the repository is not yet an analysis of yours. The README has the same
    list. What a run makes from such inputs is told by RES018."""
    known = example_digests()
    for path in repository.glob(_INPUTS)[:50]:
        if repository.sha256(path) in known:
            yield Issue(
                f"{path} holds the starter's example",
                path=path,
                help="put your own numbers there, each with its citation",
            )
    record = documents.record
    for pointer, text in record.texts("description") if record is not None else ():
        if record is not None and _OWN_WORDS.search(text):
            yield record.issue(
                pointer,
                "the description is the starter's",
                help="say what was searched for, with which data, and what came out",
            )
