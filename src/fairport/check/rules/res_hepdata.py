"""RES016: HEPData submissions in the repository."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from fairport.check.documents import Documents
from fairport.check.foreign import hepdata
from fairport.check.issue import Issue, from_error, quoted, shown
from fairport.check.parsed import Parsed, folder_of
from fairport.check.problems import problem_issues, too_large
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.contract.errors import DocumentError, FairportError
from fairport.contract.loading import Document, parse_yaml
from fairport.contract.schemas import problems

_NAME: Final = "submission.yaml"
_MOST_SUBMISSIONS, _MOST_TABLES = 20, 500
_LARGEST: Final = 5_000_000
_SECONDS: Final = 60.0


@rule(
    "RES016",
    "warning",
    "correctness",
    "HEPData submissions are what HEPData takes",
    fair=("R1.3",),
    rda=("R1.3-01D",),
    fuji=("FsF-R1.3-01M",),
    good={
        "hepdata/submission.yaml": "---\ncomment: A toy.\n---\nname: Limit\ndescription: Upper limit\n"
        "keywords: [{name: observables, values: [LIMIT]}]\ndata_file: limit.yaml\n",
        "hepdata/limit.yaml": "independent_variables:\n  - header: {name: mass, units: GeV}\n"
        "    values: [{low: 10, high: 20}]\n"
        "dependent_variables:\n  - header: {name: limit, units: pb}\n    values: [{value: 1.0e-9}]\n",
    },
    bad={
        "hepdata/submission.yaml": "---\ncomment: A toy.\n---\nname: Limit\ndescription: Upper limit\n"
        "keywords:\n  - name: ▸energies\n    values: [13000]\ndata_file: limit.yaml\n",
        "hepdata/limit.yaml": "independent_variables: []\ndependent_variables: []\n",
    },
)
def submissions(documents: Documents, repository: Repository) -> Iterator[Issue]:
    """HEPData checks a submission only when it is uploaded, and tells of the numbers only when everything
    else is right. Here all problems come at once, with their line: schema of tables and data, table names of
    at most 64 characters, equal lengths, bins, complete errors. Where HEPData's own validator is installed
    (`fairport doctor` tells), it has the last word."""
    for path in repository.glob(f"**/{_NAME}")[:_MOST_SUBMISSIONS]:
        found = list(_submission(path, documents, repository))
        yield from found
        if not found:
            yield from _second_opinion(path, repository)


def _submission(path: str, documents: Documents, repository: Repository) -> Iterator[Issue]:
    try:
        parts = _parts(repository.text(path), path)
    except DocumentError as error:
        yield from_error(error, path)
        return
    names: set[str] = set()
    files: set[str] = set()
    for number, part in enumerate(parts):
        file = Parsed(path, part)
        if number == 0 and "data_file" not in file.mapping and "name" not in file.mapping:
            continue  # about the whole submission
        flawed = False
        for issue in _schema_issues("TABLE", file):
            flawed = True
            yield replace(issue, subject=f"{number}/{issue.subject}")
        name = file.text("name")
        if name is not None and name in names:
            yield file.issue(("name",), f"{quoted(name, 70)} is the name of another table", subject=name)
        names.add(name or "")
        target = file.text("data_file")
        if target is None:
            continue
        place = posixpath.normpath(posixpath.join(folder_of(path), target))
        if place not in repository:
            yield file.issue(
                ("data_file",), f"{shown(place, 80)} does not exist", found=target, subject=str(number)
            )
        elif file.text("data_schema") is not None:
            continue  # the file follows a schema of its own, such as that of pyhf
        elif place not in files and len(files) < _MOST_TABLES and not flawed:
            files.add(place)
            yield from _data_file(place, documents)


def _parts(text: str, path: str) -> list[Document]:
    """Return the documents of a YAML stream, each with the lines of the file."""
    starts = [match.start() for match in re.finditer(r"^---(?=\s|$)", text, re.MULTILINE)]
    if not starts or text[: starts[0]].strip():
        starts = [0, *starts]
    found = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = text[start:end]
        if piece.removeprefix("---").strip():
            found.append(parse_yaml("\n" * text.count("\n", 0, start) + piece, path))
    return found


def _data_file(path: str, documents: Documents) -> Iterator[Issue]:
    document = documents.parsed(path)
    if isinstance(document, DocumentError):
        yield from_error(document, path)
        return
    file = Parsed(path, document)
    flawed = False
    for issue in _schema_issues("DATA", file):
        flawed = True
        yield issue
    if not flawed:
        for pointer, message, severity in hepdata.data_troubles(file.mapping):
            yield file.issue(pointer, message, severity="error" if severity == "error" else None)


def _schema_issues(name: str, file: Parsed) -> Iterator[Issue]:
    schema, validator = _compiled(name)
    if not validator.is_valid(file.data):
        found = problem_issues(file, too_large(file.data) or problems(schema, file.data))
        yield from (replace(issue, severity="error") for issue in found)


@cache
def _compiled(name: str) -> tuple[dict[str, Any], Any]:
    import jsonschema_rs

    schema: dict[str, Any] = getattr(hepdata, name)
    return schema, jsonschema_rs.validator_for(schema)


_SCRIPT: Final = """
import json, sys
from hepdata_validator.full_submission_validator import FullSubmissionValidator
validator = FullSubmissionValidator()
validator.validate(directory=sys.argv[1])
found = {str(k): [str(getattr(i, "message", i)) for i in v] for k, v in validator.get_messages().items()}
print(json.dumps(found))
"""


def _second_opinion(path: str, repository: Repository) -> Iterator[Issue]:
    """Yield what HEPData's validator finds, in its own environment and process; nothing without it."""
    from fairport.interop import toolenvs

    if not any(tool.name == "hepdata-validator" and tool.state == "present" for tool in toolenvs.status()):
        return
    folder = repository.root / folder_of(path)
    if sum(size for name, size in repository.sizes.items() if name.startswith(folder_of(path))) > _LARGEST:
        return
    try:
        done = toolenvs.run(
            "hepdata-validator",
            ["python", "-I", "-", str(folder)],
            cwd=Path(folder.anchor),
            stdin=_SCRIPT,
            timeout=_SECONDS,
        )
        told = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}
    except (FairportError, ValueError, OSError):
        return
    for name, messages in told.items() if isinstance(told, dict) else ():
        place = posixpath.normpath(posixpath.join(folder_of(path), posixpath.basename(str(name))))
        for message in messages if isinstance(messages, list) else ():
            yield Issue(
                f"hepdata-validator: {shown(message, 200)}",
                path=place if place in repository else path,
                line=1,
                subject=shown(message, 200),
            )
