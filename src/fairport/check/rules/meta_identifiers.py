"""META010, META023 and META024: identifiers of the analysis, of related items and of papers."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from typing import Final

from fairport.check.documents import Documents, Profile
from fairport.check.identifiers import (
    Flaw,
    check_arxiv,
    check_doi,
    check_identifier,
    check_inspire,
    check_swhid,
    check_texkey,
)
from fairport.check.issue import Issue, quoted, replace_value
from fairport.check.parsed import AnalysisFile, Parsed, ResultFile
from fairport.check.rule import rule
from fairport.check.vocabularies import RELATIONS
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.loading import Pointer

_TEMPLATE_PLACE: Final = "/my-collaboration/"


def identifier_issue(file: Parsed, pointer: Pointer, text: str, flaw: Flaw, kind: str = "") -> Issue:
    """Return the issue of a wrong identifier, with its fix when only the form is wrong."""
    message = f"{kind} {quoted(text.strip(), 60)} {flaw.message}".strip() if kind else flaw.message
    if not kind and not flaw.message.startswith("a"):
        message = f"{quoted(text.strip(), 60)} {flaw.message}"
    return file.issue(
        pointer,
        message,
        found=quoted(text),
        expected=flaw.expected,
        fix=replace_value(file.path, pointer, flaw.mended) if flaw.mended else None,
        help=f"write {flaw.mended}" if flaw.mended else None,
    )


@rule(
    "META010",
    "error",
    "correctness",
    "Identifiers are DOIs, handles, ARKs, w3ids or URLs in URI form; a release has its own",
    fair=("F1",),
    rda=("F1-01M", "F1-02M"),
    fuji=("FsF-F1-01MD", "FsF-F1-02MD", "FRSM-01-F1"),
    fix="safe",
    good={ANALYSIS_FILE: "identifiers:\n  doi: https://doi.org/10.5281/zenodo.1234567\n"},
    bad={ANALYSIS_FILE: 'identifiers:\n  doi: ▸"doi:10.5281/zenodo.1234567"\n'},
)
def identifiers(record: AnalysisFile, profile: Profile) -> Iterator[Issue]:
    """A persistent identifier leads to the analysis when its repository has moved. Written as a URI
    (`https://doi.org/10...`) it works for people and machines alike; `doi:10...` and bare numbers do not.
    An archive needs a DOI or a SWHID of its own."""
    for pointer, text in record.texts("identifiers/doi", "identifiers/concept_doi"):
        flaw = check_doi(text)
        if flaw is not None:
            yield identifier_issue(record, pointer, text, flaw)
    for pointer, text in record.texts("related/*/identifier", "subjects/*/iri"):
        flaw = check_identifier(text)
        if flaw is not None:
            yield identifier_issue(record, pointer, text, flaw)
    for pointer, text in record.texts("repository/url", "repository/issues", "contact/url", "experiment/url"):
        flaw = check_identifier(text)
        if flaw is not None:
            yield identifier_issue(record, pointer, text, flaw)
        elif pointer == ("repository", "url") and _TEMPLATE_PLACE in text:
            yield record.issue(
                pointer,
                f"{quoted(text, 80)} is the template's example",
                category="completeness",
                help="write the address of your own repository",
            )
    given = record.mapping.get("identifiers")
    if isinstance(record.data, dict) and not (
        isinstance(given, dict) and {"doi", "swhid", "concept_doi"} & given.keys()
    ):
        yield record.issue(
            ("identifiers", "doi"),
            "the analysis has no DOI and no SWHID",
            severity="note",
            category="completeness",
            expected="identifiers.doi or identifiers.swhid",
            help="Zenodo gives a DOI before the release is published; Software Heritage gives a SWHID at "
            "any time" + ("; an archive cannot do without" if profile == "archive" else ""),
        )


@rule(
    "META023",
    "warning",
    "correctness",
    "Every related item has a valid identifier and a DataCite relation",
    fair=("I3",),
    rda=("I3-01M", "I3-02M", "I3-03M", "I3-04M"),
    fuji=("FsF-I3-01M", "FRSM-12-I2"),
    fix="safe",
    good={
        ANALYSIS_FILE: "related:\n  - identifier: https://doi.org/10.1103/PhysRevD.98.102006\n"
        "    relation: IsDerivedFrom\n"
    },
    bad={
        ANALYSIS_FILE: "related:\n  - identifier: https://doi.org/10.1103/PhysRevD.98.102006\n"
        "    relation: ▸isderivedfrom\n"
    },
)
def related(record: AnalysisFile) -> Iterator[Issue]:
    """A link says something only with its kind: that the analysis supplements a paper, is derived from a
    data set, cites a code. DataCite's list of relations is the one that all repositories understand. The
    paper that the analysis belongs to is `IsSupplementTo`, the one that describes it `IsDescribedBy`."""
    for pointer, text in record.texts("related/*/relation"):
        if text in RELATIONS:
            continue
        same = {name.lower(): name for name in RELATIONS}.get(text.strip().lower())
        near = same or next(iter(difflib.get_close_matches(text, RELATIONS, 1, 0.6)), None)
        yield record.issue(
            pointer,
            f"{quoted(text, 60)} is no DataCite relation",
            found=text,
            expected=near or "IsSupplementTo, IsDescribedBy, IsDerivedFrom, Cites, References, ...",
            fix=replace_value(record.path, pointer, same) if same else None,
            help=f"write {near}" if near else "see DataCite relationType",
        )
    seen: set[tuple[str, str]] = set()
    for pointer, item in record.select("related/*"):
        if not isinstance(item, dict):
            continue
        pair = (str(item.get("identifier")).lower(), str(item.get("relation")))
        if pair in seen:
            yield record.issue(pointer, "this related item stands twice", help="remove it")
        seen.add(pair)


_CHECKS: Final[tuple[tuple[str, str, Callable[[str], Flaw | None]], ...]] = (
    ("arXiv", "arxiv", check_arxiv),
    ("INSPIRE", "inspire", check_inspire),
    ("texkey", "texkey", check_texkey),
    ("SWHID", "swhid", check_swhid),
)


@rule(
    "META024",
    "error",
    "correctness",
    "arXiv, INSPIRE and Software Heritage identifiers are well formed",
    fair=("I3",),
    rda=("I3-03M",),
    fuji=("FsF-I3-01M",),
    fix="safe",
    good={ANALYSIS_FILE: "identifiers:\n  arxiv: 1802.07198v2\n"},
    bad={ANALYSIS_FILE: 'identifiers:\n  arxiv: ▸"2313.00001"\n'},
)
def paper_identifiers(documents: Documents) -> Iterator[Issue]:
    """These identifiers have a form that can be checked offline: an arXiv number carries year and month, a
    SWHID forty hexadecimal digits. The arXiv version belongs to the citation of a result, because numbers
    change between the preprint and the journal."""
    for file in (*documents.all(AnalysisFile), *documents.all(ResultFile)):
        prefix = "identifiers" if isinstance(file, AnalysisFile) else "provenance/source"
        for kind, key, check in _CHECKS:
            for pointer, text in file.texts(f"{prefix}/{key}"):
                flaw = check(text)
                if flaw is not None:
                    yield identifier_issue(file, pointer, text, flaw, kind)
        if isinstance(file, ResultFile):
            for pointer, text in file.texts("provenance/source/doi"):
                flaw = check_doi(text)
                if flaw is not None:
                    yield identifier_issue(file, pointer, text, flaw)
