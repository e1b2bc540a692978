"""WF003, WF004 and WF013: the REANA specification and the files of the workflow."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from fairport.check.documents import Documents
from fairport.check.issue import Issue, from_error, quoted, shown
from fairport.check.parsed import Parsed, ReanaFile
from fairport.check.problems import foreign_issues
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.errors import DocumentError
from fairport.contract.loading import Pointer

_REANA: Final = "reana.yaml"


@rule(
    "WF003",
    "error",
    "correctness",
    "The REANA specification can be read and meets its schema",
    fair=("I1",),
    rda=("I1-02D",),
    good={_REANA: "workflow:\n  type: cwl\n  file: workflow/main.cwl\n"},
    bad={_REANA: "workflow:\n  ▸typ: cwl\n  file: workflow/main.cwl\n"},
)
def reana_schema(documents: Documents) -> Iterator[Issue]:
    """REANA accepts keys that it does not know with a warning at most, so that a slip of the pen
    (`workfow`) is found only when the results are missing. The nearest key is named."""
    for path, error in documents.failures(ReanaFile):
        yield from_error(error, path)
    for reana in documents.all(ReanaFile):
        if not isinstance(reana.data, dict):
            yield reana.issue((), "a REANA specification is a mapping")
            continue
        for issue in foreign_issues("reana", reana):
            unknown = issue.subject == "additionalProperties"
            yield replace(issue, severity="warning") if unknown else issue


_SUFFIXES: Final = {
    "cwl": (".cwl",),
    "snakemake": (".smk", "snakefile", ".snakefile"),
    "yadage": (".yaml", ".yml", ".json"),
    "serial": (".yaml", ".yml"),
}


@rule(
    "WF004",
    "error",
    "correctness",
    "The workflow file exists and is of the stated type, the same everywhere",
    fair=("I1",),
    rda=("I1-02D",),
    after=("META003",),
    good={},
    bad={_REANA: "workflow:\n  type: cwl\n  file: ▸workflow/mian.cwl\n"},
)
def workflow_file(documents: Documents, repository: Repository) -> Iterator[Issue]:
    """The analysis record and the REANA specification name the workflow; when they name different ones, a
    run here and a run there are different analyses."""
    record = documents.record
    if record is not None:
        for key in ("file", "inputs", "reana"):
            for pointer, text in record.texts(f"workflow/{key}"):
                yield from _missing(record, pointer, text, "", repository)
        yield from _type_issues(record, record.text("workflow/type"), record.text("workflow/file"))
    named = (record.text("workflow/reana") if record else None) or _REANA
    for reana in documents.all(ReanaFile):
        kind, path = reana.text("workflow/type"), reana.text("workflow/file")
        if path is not None:
            yield from _missing(reana, ("workflow", "file"), path, reana.base, repository)
            yield from _type_issues(reana, kind, path)
        if record is None or reana.path != named.removeprefix("./"):
            continue
        for key, here, there in (
            ("type", kind, record.text("workflow/type")),
            ("file", path, record.text("workflow/file")),
        ):
            if (
                here
                and there
                and _normal(there) not in (_normal(here), _normal(posixpath.join(reana.base, here)))
                and not (key == "file" and kind == "serial")
            ):
                yield reana.issue(
                    ("workflow", key),
                    f"workflow.{key} is {shown(here, 60)} here, {shown(there, 60)} in {ANALYSIS_FILE}",
                    found=here,
                    expected=there,
                )


def _normal(path: str) -> str:
    return posixpath.normpath(path)


def _missing(file: Parsed, pointer: Pointer, text: str, base: str, repository: Repository) -> Iterator[Issue]:
    path = posixpath.normpath(posixpath.join(base, text))
    if path not in repository:
        name = ".".join(str(part) for part in pointer)
        leaves = path.startswith(("../", "/")) or path == ".."
        yield file.issue(
            pointer,
            f"{name} {shown(text, 80)} " + ("leaves the repository" if leaves else "not found"),
            found=text,
            expected="a file of the repository",
        )


def _type_issues(file: Parsed, kind: str | None, path: str | None) -> Iterator[Issue]:
    named = kind == "snakemake" and posixpath.basename(path or "").lower().startswith("snakefile")
    if kind in _SUFFIXES and path and not named and not path.lower().endswith(_SUFFIXES[kind]):
        yield file.issue(
            ("workflow", "file"),
            f"{shown(path, 60)} is no {kind} file by its name",
            found=path,
            expected=f"a name that ends in {' or '.join(_SUFFIXES[kind])}",
        )


@rule(
    "WF013",
    "warning",
    "completeness",
    "The workflow has a test with an expected result",
    fair=("R1",),
    rda=("R1.3-01D",),
    fuji=("FRSM-14-R1",),
    good={},
    bad={_REANA: "tests:\n  files:\n    - ▸tests/reana/missing.feature\n"},
)
def tested(documents: Documents, repository: Repository) -> Iterator[Issue]:
    """A test says that the workflow still gives what it gave when the result was published: the outputs
    are there, with the expected checksum or numbers. REANA runs the files under `tests`; `cwltest` runs a
    list of jobs with expected outputs."""
    listed = False
    for reana in documents.all(ReanaFile):
        for pointer, text in reana.texts("tests/files/*"):
            listed = True
            path = posixpath.normpath(posixpath.join(reana.base, text))
            if path not in repository:
                yield reana.issue(
                    pointer,
                    f"the test {quoted(text, 80)} does not exist",
                    severity="error",
                    category="correctness",
                    expected="a file of the repository",
                )
            elif not _expects(repository, path):
                yield Issue(
                    "the test expects neither a checksum nor a content",
                    path=path,
                    help='add: And the sha256 checksum of the file "outputs/x.csv" should be "..."',
                )
    if not listed and not any(
        _is_cwltest(repository, path) for path in repository.glob("**/*test*.y*ml")[:50]
    ):
        reana_path = next((reana.path for reana in documents.all(ReanaFile)), "")
        yield Issue(
            "no workflow test",
            help="list a feature file under `tests.files` of reana.yaml, or add a cwltest file",
            cause=("WF003", reana_path),
        )


def _expects(repository: Repository, path: str) -> bool:
    try:
        text = repository.text(path).lower()
    except DocumentError:
        return False
    return any(word in text for word in ("checksum", "sha256", "md5", "contain", "size", "bytes"))


def _is_cwltest(repository: Repository, path: str) -> bool:
    try:
        text = repository.text(path)
    except DocumentError:
        return False
    return "tool:" in text and "output:" in text
