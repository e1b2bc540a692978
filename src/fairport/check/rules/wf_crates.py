"""WF014: the crates of runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairport.check.cleaning import clean
from fairport.check.crates import PREFIX, RunCrate, crate_problems
from fairport.check.documents import Documents
from fairport.check.issue import Issue, from_error
from fairport.check.parsed import Parsed
from fairport.check.rule import rule
from fairport.contract.errors import DocumentError

_NAMES: Final = ("results/*/run-crate.json", "**/ro-crate-metadata.json", "**/run-crate.json")
_MOST: Final = 500


@rule(
    "WF014",
    "error",
    "correctness",
    "Crates of runs meet the Workflow Run Crate profiles 0.5",
    fair=("R1.2",),
    rda=("R1.2-01M", "R1.2-02M"),
    fuji=("FsF-R1.2-01M", "FRSM-17-R1.2"),
    good={},
    bad={
        "results/si/run-crate.json": '{\n  "@context": "https://w3id.org/ro/crate/1.1/context",\n'
        '  "@graph": [\n'
        '    {"@id": "ro-crate-metadata.json", "@type": "CreativeWork",\n'
        '     "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}, "about": {"@id": "./"}},\n'
        '    {"@id": "./", "@type": "Dataset", "name": "A run",\n'
        '     "conformsTo": {"@id": "https://w3id.org/ro/wfrun/process/0.5"}, '
        '"mentions": {"@id": "#run"}},\n'
        '    {"@id": "https://w3id.org/ro/wfrun/process/0.5", "@type": "CreativeWork", "version": "0.5"},\n'
        '    ▸{"@id": "#run", "@type": "CreateAction", "name": "Run", "endTime": "2026-02-01T10:00:00Z"}\n'
        "  ]\n}\n"
    },
)
def run_crates(documents: Documents) -> Iterator[Issue]:
    """A run crate tells other communities, in schema.org and PROV terms, which program made which file from
    which. Hubs and provenance browsers read it only if it meets the profile that it names: every action has
    its instrument, and the main workflow its language. What the profile merely recommends is a warning."""
    seen: set[str] = set()
    for pattern in _NAMES:
        for path in documents.repository.glob(pattern)[:_MOST]:
            if path in seen:
                continue
            seen.add(path)
            yield from _issues(path, documents)


def _issues(path: str, documents: Documents) -> Iterator[Issue]:
    named = path.endswith("run-crate.json")
    document = documents.parsed(path)
    if isinstance(document, DocumentError):
        if named:
            yield from_error(document, path)
        return  # META001 for the crate of the repository
    crate = RunCrate(document.data)
    if not named and not any(PREFIX in str(part) for part in (crate.root.get("conformsTo"),)):
        return  # not the crate of a run: LINK003
    file = Parsed(path, document)
    for problem in crate_problems(crate):
        yield file.issue(
            problem.pointer,
            clean(problem.message),
            severity=None if problem.demanded else "warning",
            expected=problem.expected,
            help="make the crate again with `fairport run`",
        )
