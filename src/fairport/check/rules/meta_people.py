"""META007 to META009 and META018: ORCID, ROR and grants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fairport.check.documents import Documents
from fairport.check.identifiers import Flaw, check_doi, check_orcid, check_ror
from fairport.check.issue import Issue, ordinal, quoted, replace_value, shown
from fairport.check.parsed import AnalysisFile, CffFile, CodemetaFile, Parsed, ResultFile, ZenodoFile
from fairport.check.rule import rule
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.loading import Pointer


@rule(
    "META007",
    "error",
    "correctness",
    "Every ORCID is well formed and its check digit is right",
    fair=("F1",),
    rda=("I3-01M",),
    fuji=("FsF-I3-01M",),
    fix="safe",
    good={
        ANALYSIS_FILE: "authors:\n  - given_names: Ada\n    family_names: Lovelace\n"
        "    orcid: https://orcid.org/0000-0002-1825-0097\n"
    },
    bad={
        ANALYSIS_FILE: "authors:\n  - given_names: Ada\n    family_names: Lovelace\n"
        "    orcid: ▸https://orcid.org/0000-0002-1825-0098\n"
    },
)
def orcid(documents: Documents) -> Iterator[Issue]:
    """An ORCID iD tells two people of the same name apart for ever, if it is right. Its last character is a
    check digit (ISO 7064, MOD 11-2), so that a mistyped number can be seen without asking anybody. The form
    is the full address, `https://orcid.org/0000-0002-1825-0097`; Zenodo's file alone takes the bare digits.

    CITATION.cff, codemeta.json and .zenodo.json are looked at as well; they are derived from the record,
    so mend the record first and run `fairport sync`."""
    wrong: set[str] = set()
    for record in documents.all(AnalysisFile):
        for pointer, text in record.texts("authors/*/orcid"):
            flaw = check_orcid(text)
            if flaw is not None:
                wrong.add(text.strip().removeprefix("https://orcid.org/"))
                yield _flawed(record, pointer, text, flaw)
    for result in documents.all(ResultFile):
        for pointer, text in result.texts("provenance/agent/orcid", "provenance/run/agent/orcid"):
            flaw = check_orcid(text)
            if flaw is not None:
                yield _flawed(result, pointer, text, flaw)
    for file, pointer, text in _derived_orcids(documents):
        flaw = check_orcid(text, bare=isinstance(file, ZenodoFile))
        if flaw is not None:
            issue = _flawed(file, pointer, text, flaw)
            yield issue if text.strip().removeprefix("https://orcid.org/") not in wrong else _following(issue)


def _derived_orcids(documents: Documents) -> Iterator[tuple[Parsed, Pointer, str]]:
    for cff in documents.all(CffFile):
        # people and organisations stand at these depths, in the file, its citation and its references
        for pointer, text in cff.texts("*/*/orcid", "*/*/*/orcid", "*/*/*/*/orcid"):
            yield cff, pointer, text
    for zenodo in documents.all(ZenodoFile):
        for pointer, text in zenodo.texts("creators/*/orcid", "contributors/*/orcid"):
            yield zenodo, pointer, text
    for codemeta in documents.all(CodemetaFile):
        patterns = [
            f"{key}{rest}" for key in ("author", "contributor", "maintainer") for rest in ("/@id", "/*/@id")
        ]
        for pointer, text in codemeta.texts(*patterns):
            if "orcid.org" in text.lower():
                yield codemeta, pointer, text


def _flawed(file: Parsed, pointer: Pointer, text: str, flaw: Flaw) -> Issue:
    name = text.strip()[-20:].lstrip("/")
    what = f"ORCID {flaw.message}" if flaw.mended else f"ORCID {quoted(name, 40)} {flaw.message}"
    return file.issue(
        pointer,
        what,
        found=quoted(text),
        expected=flaw.expected,
        severity=None if flaw.severe else "warning",
        fix=replace_value(file.path, pointer, flaw.mended) if flaw.mended else None,
        help="write the canonical form" if flaw.mended else "ask its owner, or look it up at orcid.org",
    )


def _following(issue: Issue) -> Issue:
    return replace(
        issue, cause=("META007", ANALYSIS_FILE), help="mend fairport.yaml and run `fairport sync`", fix=None
    )


@rule(
    "META008",
    "warning",
    "completeness",
    "Every person has an ORCID",
    fair=("F2",),
    rda=("I3-03M",),
    fuji=("FRSM-06-F2",),
    good={
        ANALYSIS_FILE: "authors:\n  - given_names: Ada\n    family_names: Lovelace\n"
        "    orcid: https://orcid.org/0000-0002-1825-0097\n"
    },
    bad={ANALYSIS_FILE: "authors:\n  - ▸given_names: Ada\n    family_names: Lovelace\n"},
)
def orcid_present(record: AnalysisFile) -> Iterator[Issue]:
    """Names change and repeat; an ORCID does not. It links the analysis with everything else that the
    person has done, in both directions. Anybody gets one in a minute at orcid.org."""
    for pointer, person in record.select("authors/*"):
        if isinstance(person, dict) and "organisation" not in person and "orcid" not in person:
            names = [person.get(key) for key in ("given_names", "family_names")]
            name = " ".join(text for text in names if isinstance(text, str)) or f"creator {ordinal(pointer)}"
            yield record.issue(
                (*pointer, "orcid"),
                f"no ORCID for {shown(name, 60)}",
                help="add `orcid: https://orcid.org/...`",
            )


@rule(
    "META009",
    "error",
    "correctness",
    "Every ROR is right, and every affiliation has one",
    fair=("I3",),
    rda=("I3-03M",),
    fuji=("FsF-I3-01M",),
    fix="safe",
    good={
        ANALYSIS_FILE: "authors:\n  - given_names: Ada\n    family_names: Lovelace\n    affiliations:\n"
        "      - name: CERN\n        ror: https://ror.org/01ggx4157\n"
    },
    bad={
        ANALYSIS_FILE: "authors:\n  - given_names: Ada\n    family_names: Lovelace\n    affiliations:\n"
        "      - name: CERN\n        ror: ▸https://ror.org/01ggx4158\n"
    },
)
def ror(record: AnalysisFile) -> Iterator[Issue]:
    """Institutes are spelt in many ways; their ROR identifier is not. The last two digits are a checksum
    over the first seven characters, so that a mistyped one can be seen offline."""
    for pointer, text in record.texts("authors/*/affiliations/*/ror", "authors/*/ror"):
        flaw = check_ror(text)
        if flaw is not None:
            yield ror_issue(record, pointer, text, flaw)
    for pointer, affiliation in record.select("authors/*/affiliations/*"):
        if isinstance(affiliation, dict) and "ror" not in affiliation:
            name = affiliation.get("name")
            yield record.issue(
                (*pointer, "ror"),
                f"no ROR for {shown(name, 60) if isinstance(name, str) else 'an affiliation'}",
                severity="note",
                category="completeness",
                help="look it up at ror.org and add `ror: https://ror.org/...`",
            )


def ror_issue(file: Parsed, pointer: Pointer, text: str, flaw: Flaw) -> Issue:
    """Return the issue of a wrong ROR."""
    name = text.strip()[-12:].lstrip("/")
    what = f"ROR {flaw.message}" if flaw.mended else f"ROR {quoted(name, 40)} {flaw.message}"
    return file.issue(
        pointer,
        what,
        found=quoted(text),
        expected=flaw.expected,
        fix=replace_value(file.path, pointer, flaw.mended) if flaw.mended else None,
        help="write the canonical form" if flaw.mended else "look it up at ror.org",
    )


@rule(
    "META018",
    "warning",
    "completeness",
    "Every grant has the funder's identifier and its number",
    fair=("R1.2",),
    rda=("R1-01M",),
    fuji=("FRSM-04-F2",),
    good={
        ANALYSIS_FILE: "funding:\n  - funder: European Commission\n    ror: https://ror.org/00k4n6c32\n"
        '    award: "824064"\n'
    },
    bad={ANALYSIS_FILE: "funding:\n  - ▸funder: European Commission\n    ror: https://ror.org/00k4n6c32\n"},
)
def grants(record: AnalysisFile) -> Iterator[Issue]:
    """Funders count what came of their grants by grant number and by their own identifier (ROR or Crossref
    Funder ID); a name alone is not counted."""
    for pointer, grant in record.select("funding/*"):
        if not isinstance(grant, dict):
            continue
        if "award" not in grant:
            yield record.issue((*pointer, "award"), "funding without grant number", help="add `award`")
        identifier = grant.get("ror")
        if identifier is None:
            yield record.issue(
                (*pointer, "ror"),
                "funder without ROR or Crossref identifier",
                help="add `ror: https://ror.org/...`",
            )
        elif isinstance(identifier, str):
            yield from _funder(record, (*pointer, "ror"), identifier)


def _funder(record: AnalysisFile, pointer: Pointer, text: str) -> Iterator[Issue]:
    if "10.13039/" in text:
        flaw = check_doi(text)
        if flaw is not None:
            yield record.issue(
                pointer,
                flaw.message,
                found=quoted(text),
                expected=flaw.expected,
                severity="error",
                category="correctness",
            )
        return
    flaw = check_ror(text)
    if flaw is not None:
        yield replace(ror_issue(record, pointer, text, flaw), severity="error", category="correctness")
