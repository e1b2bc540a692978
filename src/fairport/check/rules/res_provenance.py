"""RES013, RES014, RES018 and RES019: how the numbers came to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fairport.check.documents import Documents
from fairport.check.issue import Issue, shown
from fairport.check.parsed import ResultFile
from fairport.check.repository import Repository
from fairport.check.results import ResultRecord, ResultTable
from fairport.check.rule import rule
from fairport.contract.examples import example_digests
from fairport.contract.loading import Document
from fairport.contract.result import Provenance

_RESULT: Final = "results/si/result.yaml"
_IMPORTED: Final = frozenset({"collaboration", "digitised"})


@rule(
    "RES013",
    "error",
    "completeness",
    "The provenance is complete: code, workflow, environment, inputs, run, or source",
    fair=("R1.2",),
    rda=("R1.2-01M", "I3-01D"),
    fuji=("FsF-R1.2-01M",),
    after=("RES001",),
    good={},
    bad={_RESULT: "provenance:\n  origin: recast\n  code:\n    commit: ▸main\n    clean: true\n"},
)
def provenance(result: ResultRecord) -> Iterator[Issue]:
    """To get the same numbers again one needs the commit, the workflow, the environment and the inputs; to
    trust them, who ran it and when. A result that was taken from a publication names paper and figure
    instead. `fairport run` writes all of it."""
    origin = result.record.provenance
    file = result.file
    yield from _malformed(file, origin)
    if origin.run is None and origin.code is None and origin.origin in _IMPORTED:
        yield from _source(file, origin)
        return
    if result.record.derived_from or result.record.kind == "line":
        return  # made from a formula or from other results, whose digests stand in derived_from
    wanted = {
        "code": "the commit that made it",
        "workflow": "the workflow and its digest",
        "inputs": "the inputs with their digests",
        "run": "when it ran, and in which engine",
    }
    for key, what in wanted.items():
        if not getattr(origin, key):
            yield file.issue(
                ("provenance", key), f"provenance lacks {what}", help="make the result with `fairport run`"
            )
    if (origin.image is None or origin.image.digest is None) and origin.environment is None:
        yield file.issue(
            ("provenance", "image"),
            "provenance lacks the image digest and the environment",
            help="make the result with `fairport run`",
        )
    if origin.code is not None and origin.code.commit is None:
        yield file.issue(
            ("provenance", "code", "commit"),
            "the result was made outside git",
            help="commit everything and run again",
        )
    if origin.run is not None and (origin.run.agent is None or not origin.run.agent.name):
        yield file.issue(
            ("provenance", "run", "agent"),
            "nobody is named who ran it",
            severity="warning",
            help="set git's user.name and run again",
        )


def _malformed(file: ResultFile, origin: Provenance) -> Iterator[Issue]:
    if (
        origin.code is not None
        and origin.code.commit is not None
        and not re.fullmatch(r"[0-9a-f]{40}", origin.code.commit)
    ):
        yield file.issue(
            ("provenance", "code", "commit"),
            f'commit is "{shown(origin.code.commit, 50)}"; give 40 hex digits',
            found=origin.code.commit,
            expected="40 hexadecimal digits",
            category="correctness",
        )
    if origin.run is not None and origin.run.ended < origin.run.started:
        yield file.issue(
            ("provenance", "run", "ended"),
            f"the run ended at {origin.run.ended}, before it started at {origin.run.started}",
            category="correctness",
        )


def _source(file: ResultFile, origin: Provenance) -> Iterator[Issue]:
    source = origin.source
    if source is None or not (source.doi or source.arxiv or source.hepdata or source.url):
        yield file.issue(
            ("provenance", "source"),
            "the publication is not named",
            help="add doi or arxiv (with version) under provenance.source",
        )
    elif origin.origin == "digitised" and not (source.figure or source.hepdata):
        yield file.issue(
            ("provenance", "source", "figure"),
            "the figure that was digitised is not named",
            help="add provenance.source.figure",
        )
    elif source.arxiv and not source.doi and not re.search(r"v\d+$", source.arxiv):
        yield file.issue(
            ("provenance", "source", "arxiv"),
            f"arXiv {shown(source.arxiv, 30)} without version: numbers differ between versions",
            severity="warning",
            expected=f"{source.arxiv}v1",
        )


@rule(
    "RES014",
    "error",
    "completeness",
    "The result was made from a commit of this repository, without other changes",
    fair=("R1.2",),
    rda=("R1.2-02M",),
    fuji=("FRSM-17-R1.2",),
    after=("RES013",),
    good={},
    bad={
        _RESULT: "provenance:\n  origin: recast\n  code:\n"
        "    commit: 0123456789abcdef0123456789abcdef01234567\n    clean: ▸false\n"
    },
)
def commit(result: ResultRecord, repository: Repository) -> Iterator[Issue]:
    """A commit says what the code was only if nothing else was changed beside it, and only if it can be
    had. Commit first, then run."""
    code = result.record.provenance.code
    if code is None:
        return
    if not code.clean:
        yield result.file.issue(
            ("provenance", "code", "clean"),
            "made from a modified tree",
            help="commit the changes and run again",
        )
    git = repository.git
    own = code.repository is None or _same_repository(code.repository, result)
    if (
        code.commit is not None
        and git is not None
        and own
        and git.head() is not None
        and git.has_commit(code.commit) is False
    ):
        yield result.file.issue(
            ("provenance", "code", "commit"),
            f"commit {shown(code.commit, 12)} is not in this repository",
            found=code.commit,
            help="push or fetch the commit, or run again",
        )


def _same_repository(address: str, result: ResultRecord) -> bool:
    record = result.documents.record
    own = record.text("repository/url") if record is not None else None
    return own is None or own.removesuffix(".git").rstrip("/") == address.removesuffix(".git").rstrip("/")


@rule(
    "RES018",
    "error",
    "completeness",
    "The result is not the starter's unchanged example",
    fair=("R1.2",),
    rda=("R1.2-01M",),
    good={},
    bad={_RESULT: "provenance:\n  origin: recast\n  example: ▸true\n"},
)
def example(result: ResultRecord, repository: Repository) -> Iterator[Issue]:
    """A scaffold comes with example inputs so that everything runs at once. What it gives are published
    numbers of another experiment, made for trying out: never a result of yours. From the release profile
    on this is an error, and no catalogue shows it under your name. Replace `data/experiment.json` by your
    own and run again."""
    origin, file = result.record.provenance, result.file
    known = example_digests()
    at = next(
        (index for index, item in enumerate(origin.inputs) if item.sha256 in known),
        None,
    )
    where = (result.table_path or file.path) if result.record.data else file.path
    message = f"{shown(where, 80)} holds the starter's example numbers, not yours"
    mend = "put your own numbers into the inputs (data/experiment.json) and run again"
    if origin.example:
        yield file.issue(("provenance", "example"), message, help=mend)
    elif origin.example_digest is not None:
        yield file.issue(("provenance", "example_digest"), message, help=mend)
    elif at is not None:
        yield file.issue(("provenance", "inputs", at), message, help=mend)
    elif (copied := _copied_input(result)) is not None:
        yield file.issue(("provenance", "inputs", copied), message, help=mend)
    elif _silent(result) and _has_example_input(repository, known):
        yield file.issue(("provenance",), message, at_key=True, help=mend)


def _copied_input(result: ResultRecord) -> int | None:
    """Return the input that holds the numbers of an example in another layout, or rounded."""
    from fairport.check.examples import holds_example_numbers

    for index, item in enumerate(result.record.provenance.inputs):
        path = item.path
        if not path.endswith(".json") or path not in result.documents.repository:
            continue
        document = result.documents.parsed(path)
        if isinstance(document, Document) and holds_example_numbers(document.data):
            return index
    return None


def _silent(result: ResultRecord) -> bool:
    """Tell whether a result that some workflow must have made does not say from which inputs."""
    origin = result.record.provenance
    elsewhere = origin.origin in _IMPORTED or bool(result.record.derived_from) or result.record.kind == "line"
    return not origin.inputs and not elsewhere


def _has_example_input(repository: Repository, known: frozenset[str]) -> bool:
    path = "data/experiment.json"
    return path in repository and repository.sha256(path) in known


@rule(
    "RES019",
    "warning",
    "correctness",
    "Overlaps resolve, and no published figure is recorded twice",
    fair=("R1.2",),
    rda=("I3-01D",),
    good={},
    bad={_RESULT: "data_overlap:\n  results:\n    - ▸toy-recast/other\n"},
)
def overlaps(documents: Documents) -> Iterator[Issue]:
    """Results that share data are never combined; that works only if the overlap is declared and leads
    somewhere. The same figure recorded twice would count twice."""
    record = documents.record
    analysis = record.text("id") if record is not None else None
    results = documents.all(ResultRecord)
    known = {result.record.id for result in results}
    for result in results:
        for index, name in enumerate(result.record.data_overlap.results):
            owner, _, rest = name.partition("/")
            if owner == analysis and rest.partition("@")[0] not in known:
                yield result.file.issue(
                    ("data_overlap", "results", index),
                    f"there is no result {shown(name, 80)} here",
                    expected=", ".join(sorted(known)),
                )
    seen: dict[tuple[str, ...], str] = {}
    for result in results:
        source = result.record.provenance.source
        if source is None or not source.figure or result.record.provenance.origin not in _IMPORTED:
            continue
        role = result.record.statistics.role if result.record.statistics else ""
        key = (
            source.doi or source.arxiv or source.texkey or "",
            source.figure,
            result.record.plane,
            role,
            str(result.record.model.channel),
        )
        if key in seen:
            yield result.file.issue(
                ("provenance", "source", "figure"),
                f"same figure as {seen[key]}",
                help="keep one, or say what differs",
            )
        seen.setdefault(key, result.record.id)
    yield from _same_curves(documents)


def _same_curves(documents: Documents) -> Iterator[Issue]:
    """Yield imported curves that run along one another, whatever they cite."""
    from fairport.contract.errors import FairportError

    imported = [
        (table, table.result.plane)
        for table in documents.all(ResultTable)
        if table.result.record.provenance.origin in _IMPORTED
    ]
    if len(imported) < 2:
        return  # without loading what compares curves
    from fairport.results.store import make_result
    from fairport.results.twins import pairs

    loaded, files = [], {}
    for table, plane in imported:
        if isinstance(plane, FairportError):
            continue
        try:
            one = make_result(table.result.file.data, table.table.columns, plane)
            _ = one.curve
        except FairportError:  # other rules say what is wrong
            continue
        loaded.append(one)
        files[id(one)] = table.result.file
    for one, twin in pairs(loaded) if len(loaded) > 1 else ():
        both = one.record.provenance.source, twin.other.record.provenance.source
        told = (
            both[0] is not None
            and both[1] is not None
            and both[0].figure
            and both[0].figure == both[1].figure
        )
        if not told:
            yield files[id(one)].issue(
                ("id",),
                f"this is {twin.words}",
                help="keep one, or name the other under data_overlap.results",
            )
