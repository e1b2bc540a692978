"""REPO001 to REPO003: licence texts, README, the files that belong to an analysis."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fairport.check.documents import Documents
from fairport.check.issue import Issue, shown
from fairport.check.licences import licence_names, parse_licence
from fairport.check.licencetexts import licence_of, same_licence
from fairport.check.parsed import AnalysisFile
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.errors import DocumentError

_ROOT_LICENCES: Final = re.compile(
    r"(?:LICEN[CS]E|COPYING|UNLICENSE)(?:[-_.][A-Za-z0-9.+-]+)?", re.IGNORECASE
)
_MIT: Final = (
    "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this "
    "software ...\n"
)


@rule(
    "REPO001",
    "error",
    "completeness",
    "The text of every licence is there, and is that of the metadata",
    fair=("R1.1",),
    rda=("R1.1-03M",),
    fuji=("FRSM-15-R1.1",),
    after=("META011",),
    good={"LICENSE": _MIT},
    bad={
        "LICENSE": "▸Apache License\nVersion 2.0, January 2004\n",
    },
)
def licence_texts(documents: Documents, repository: Repository) -> Iterator[Issue]:
    """A licence holds by its text. Forges show the one in `LICENSE`; the others lie under `LICENSES/` with
    their SPDX identifier as name, as the REUSE specification has it. A text that is not the licence of the
    metadata leaves everybody in doubt."""
    texts = {path: _licence_text(repository, path) for path in repository.sizes if _is_licence(path)}
    record = documents.record
    if record is None:
        if not texts:
            yield Issue(
                "there is no licence",
                path="LICENSE",
                help="add the text of a licence as LICENSE",
                category="correctness",
            )
        return
    code = record.text("licences/code")
    for pointer, text in record.texts("licences/code", "licences/data"):
        for name in licence_names(parse_licence(text)) if parse_licence(text).error is None else ():
            if not any(_is_text_of(path, found, name) for path, found in texts.items()):
                yield record.issue(
                    pointer,
                    f"there is no text of {shown(name, 60)}",
                    expected=f"LICENSES/{name}.txt",
                    help=f"add LICENSES/{name}.txt",
                    subject=name,
                )
    names = licence_names(parse_licence(code)) if code and parse_licence(code).error is None else ()
    for path, found in texts.items():
        if (
            found is None
            or "/" in path
            or not names
            or re.search(r"data|content|docs?|media", path, re.IGNORECASE)
        ):
            continue
        if not any(same_licence(found, name) for name in names):
            yield Issue(
                f"{path} text is {found}, metadata say {shown(code, 60)}",
                path=path,
                line=1,
                column=1,
                found=found,
                expected=code,
                help=f"put the text of {shown(code, 60)} here, or change licences.code",
                category="correctness",
            )


def _is_licence(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder == "LICENSES" or (not folder and _ROOT_LICENCES.fullmatch(name) is not None)


def _licence_text(repository: Repository, path: str) -> str | None:
    try:
        return licence_of(repository.text(path))
    except DocumentError:
        return None


def _is_text_of(path: str, found: str | None, name: str) -> bool:
    if path in {f"LICENSES/{name}.txt", f"LICENSES/{name}.md", f"LICENSES/{name}"}:
        return found is None or same_licence(found, name)
    return found is not None and same_licence(found, name)


_README: Final = re.compile(r"README(?:\.(?:md|rst|txt|org|adoc))?", re.IGNORECASE)
_PARTS: Final = (
    (
        "how to run it",
        r"\brun(?:s|ning)?\b|\busage\b|\breproduc|\bquick.?start|\bgetting started",
        "say how to run it (fairport run)",
    ),
    ("how to cite it", r"\bcit(?:e|ation|ing)\b", "point to CITATION.cff or a DOI"),
    ("the licence", r"\blicen[cs]e", "name the licence of code and of data"),
    (
        "whom to contact",
        r"\bcontact|\bauthor|\bmaintain|\bquestions?\b|\bissues?\b|\S@\S+\.\w",
        "name a person, an address or the issue tracker",
    ),
)


@rule(
    "REPO002",
    "error",
    "completeness",
    "The README says what it is, how to run and cite it, the licence and whom to ask",
    fair=("F2",),
    rda=("R1-01M",),
    fuji=("FRSM-04-F2", "FRSM-05-R1"),
    good={},
    bad={
        "README.md": "▸# Toy recast\n\nA limit from a toy counting experiment, with data from run 7.\n\n"
        "Run it with `fairport run`. MIT licence. Ask ada@example.org.\n"
    },
)
def readme(repository: Repository) -> Iterator[Issue]:
    """The README is the first thing that a person reads and often the only one. A newcomer wants to know
    in a minute what this is, how to get the numbers again, how to cite it, what is allowed, and whom to
    ask."""
    path = next((name for name in sorted(repository.sizes) if _README.fullmatch(name)), None)
    if path is None:
        yield Issue("there is no README", path="README.md", help="write README.md")
        return
    try:
        text = repository.text(path)
    except DocumentError as error:
        yield Issue(f"the README cannot be read: {error.what}", path=path, category="correctness")
        return
    words = re.sub(r"```.*?```", " ", text[:200_000], flags=re.DOTALL)
    if len(re.findall(r"\w+", words)) < 12:
        yield Issue(
            "README says too little",
            path=path,
            line=1,
            column=1,
            help="say what was done, with which data, and what came out",
        )
    for name, pattern, mend in _PARTS:
        if not re.search(pattern, text[:200_000], re.IGNORECASE):
            yield Issue(f"README does not say {name}", path=path, line=1, column=1, help=mend, subject=name)


_DERIVED: Final = ("CITATION.cff", "codemeta.json", ".zenodo.json", "ro-crate-metadata.json")


@rule(
    "REPO003",
    "error",
    "completeness",
    "The files of an analysis are there",
    fair=("R1.3",),
    rda=("R1.3-01M",),
    fuji=("FRSM-04-F2",),
    good={},
    bad={"codemeta.json": None},
)
def files(record: AnalysisFile, repository: Repository) -> Iterator[Issue]:
    """Tools look for metadata under fixed names: GitHub for CITATION.cff, Zenodo for .zenodo.json,
    software catalogues for codemeta.json, workflow hubs for ro-crate-metadata.json. `fairport sync` writes
    all four from the record."""
    for name in _DERIVED:
        if name not in repository:
            yield Issue(f"{name} missing", path=name, help="run `fairport sync`")
    for key, what in (("data", "the data manifest"), ("software/lock", "the lock file of the dependencies")):
        for pointer, text in record.texts(key):
            if text.removeprefix("./") not in repository:
                yield record.issue(
                    pointer,
                    f"{what} {shown(text, 80)} does not exist",
                    found=text,
                    category="correctness",
                    expected="a file of the repository",
                )
    if not _has_results(record, repository):
        yield Issue(
            "there is no folder of results",
            path=ANALYSIS_FILE,
            severity="note",
            help="run the analysis: it installs them under results/",
        )


def _has_results(record: AnalysisFile, repository: Repository) -> bool:
    pattern = record.text("results") or "results/*/result.yaml"
    folder = pattern.split("*")[0].rstrip("/")
    return not folder or folder in repository.folders
