"""META019 to META022: the metadata files of other communities."""

from __future__ import annotations

import difflib
import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from fairport.check.documents import Documents
from fairport.check.foreign import codemeta as codemeta_format
from fairport.check.foreign.zenodo import SCHEMA
from fairport.check.issue import Issue, quoted, replace_value, shown
from fairport.check.licences import DEPRECATED, parse_licence
from fairport.check.parsed import AnalysisFile, CffFile, CodemetaFile, Parsed, ZenodoFile
from fairport.check.problems import foreign_issues
from fairport.check.rule import rule
from fairport.contract.analysis import Analysis
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.errors import DocumentError
from fairport.contract.finding import Edit, Fix
from fairport.contract.loading import Document, Pointer, parse_json, parse_yaml

_HELP: Final = "change fairport.yaml only, and run `fairport sync`"
_NAMES: Final = {
    "license": "licence",
    "name": "title",
    "author": "creators",
    "authors": "creators",
    "abstract": "description",
    "date-released": "date",
}


@rule(
    "META019",
    "error",
    "correctness",
    "The derived metadata files say what the analysis record says",
    fair=("F2", "R1"),
    rda=("R1-01M",),
    fuji=("FsF-F2-01M",),
    fix="safe",
    after=("META001", "META020", "META021", "META022", "LINK003"),
    good={},
    bad={
        "CITATION.cff": 'cff-version: "1.2.0"\nmessage: Please cite it.\ntype: software\n'
        "▸title: Another title\n"
        "authors:\n  - given-names: Ada\n    family-names: Lovelace\n"
    },
)
def drift(analysis: Analysis, record: AnalysisFile, documents: Documents) -> Iterator[Issue]:
    """GitHub reads CITATION.cff, Zenodo .zenodo.json, software catalogues codemeta.json, workflow hubs
    ro-crate-metadata.json. When they disagree, nobody knows which is right, and people cite the wrong
    version. All four are made from `fairport.yaml`: change that file only and run `fairport sync`."""
    from fairport.interop.derived import RENDERERS

    for path, render in RENDERERS.items():
        if path not in documents.repository:
            continue  # REPO003
        found = documents.parsed(path)
        if isinstance(found, DocumentError):
            continue  # META001
        text = render(analysis)
        if found.text != text:
            yield from _differences(path, found, text)


_MOST: Final = 8
"""Most differences that are told of one file."""


def _differences(path: str, found: Document, text: str) -> Iterator[Issue]:
    file = Parsed(path, found)
    wanted: Any = (parse_json if path.endswith(".json") else parse_yaml)(text, path).data
    fix = Fix("safe", (Edit(path, content=text),))
    if not isinstance(found.data, dict):
        yield file.issue((), f"{path} is no mapping", help=_HELP, fix=fix)
        return
    differences = list(islice(_compared((), found.data, wanted), _MOST + 1))
    for pointer, here, there in differences[:_MOST]:
        yield file.issue(
            pointer,
            _told(pointer, here, there),
            at_key=True,
            found=_short(here),
            expected=_short(there),
            help=_HELP,
            fix=fix,
        )
    if len(differences) > _MOST:
        yield file.issue((), "there are more differences", help=_HELP, fix=fix, subject="more")
    if not differences:
        yield file.issue(
            (),
            "the content is right, but the text is not as `fairport sync` writes it",
            severity="note",
            help=_HELP,
            fix=fix,
        )


_ABSENT: Final = object()


def _compared(pointer: Pointer, here: Any, there: Any) -> Iterator[tuple[Pointer, Any, Any]]:
    """Yield the places where two documents differ, as deep as they are alike in form."""
    if isinstance(here, dict) and isinstance(there, dict):
        for key in dict.fromkeys([*there, *here]):
            yield from _compared((*pointer, key), here.get(key, _ABSENT), there.get(key, _ABSENT))
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for index, (one, two) in enumerate(zip(here, there, strict=True)):
            yield from _compared((*pointer, index), one, two)
    elif here != there:
        yield pointer, here, there


def _told(pointer: Pointer, here: Any, there: Any) -> str:
    name = ".".join(str(part) for part in pointer if part != "@graph")
    name = _NAMES.get(name, shown(name, 60))
    if here is _ABSENT:
        return f"{name} is in {ANALYSIS_FILE} but not here"
    if there is _ABSENT:
        return f"{name} is here but not in {ANALYSIS_FILE}"
    if isinstance(here, (str, int, float)) and isinstance(there, (str, int, float)):
        return f"{name}: {shown(here, 60)} here, {shown(there, 60)} in {ANALYSIS_FILE}"
    return f"{name} differs from {ANALYSIS_FILE}"


def _short(value: Any) -> str | None:
    if value is _ABSENT or value is None:
        return None
    return shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), 160)


_OTHER_VERSION: Final = (
    'write `cff-version: "1.2.0"`, the version that GitHub and Zenodo read; files of 1.0 and 1.1 need no '
    "other change as a rule, `fairport sync` writes the file from fairport.yaml"
)


@rule(
    "META020",
    "error",
    "correctness",
    "CITATION.cff meets the Citation File Format 1.2.0",
    fair=("F2",),
    rda=("R1.3-01M",),
    fuji=("FRSM-06-F2",),
    good={
        "CITATION.cff": 'cff-version: "1.2.0"\nmessage: Please cite it.\ntitle: A title\n'
        "authors:\n  - name: Toy Collaboration\n"
    },
    bad={"CITATION.cff": '▸cff-version: "1.2.0"\ntitle: A title\nauthors:\n  - name: Toy Collaboration\n'},
)
def citation_file(cff: CffFile) -> Iterator[Issue]:
    """GitHub, Zotero and many others show "cite this repository" from this file, and show nothing when it
    is malformed. The format wants a DOI without its resolver, an ORCID as an address, and SPDX identifiers
    (several mean "or"; expressions are not allowed)."""
    for issue in foreign_issues("cff", cff):
        other = issue.pointer == ("cff-version",) and cff.text("cff-version")
        yield replace(issue, help=_OTHER_VERSION) if other else issue
    for pointer, text in (*cff.texts("license"), *cff.texts("license/*")):
        expression = parse_licence(text)
        if expression.error is not None:
            yield cff.issue(
                pointer,
                f"{quoted(text, 60)} is no SPDX identifier",
                found=text,
                expected=expression.suggestion or "an SPDX identifier",
            )
        elif len(expression.symbols) > 1:
            yield cff.issue(
                pointer,
                "this format takes no licence expression",
                found=text,
                expected="a list of SPDX identifiers, meaning any of them",
            )
        elif text in DEPRECATED:
            yield cff.issue(pointer, f"{text} is deprecated", severity="note", expected=DEPRECATED[text])


@rule(
    "META021",
    "error",
    "correctness",
    "codemeta.json follows CodeMeta 3 and says the least that is needed",
    fair=("F2", "I1"),
    rda=("R1.3-02M",),
    fuji=("FRSM-04-F2", "FRSM-05-R1"),
    fix="unsafe",
    good={},
    bad={
        "codemeta.json": '{\n  "@context": "https://w3id.org/codemeta/3.0",\n'
        '  "@type": "SoftwareSourceCode",\n'
        '  "name": "A",\n'
        '  "description": "B",\n  "author": [],\n  "codeRepository": "https://example.org/a",\n'
        '  "license": "https://spdx.org/licenses/MIT",\n'
        '  "version": "1.0",\n  ▸"contIntegration": "https://example.org/ci"\n}\n'
    },
)
def codemeta(file: CodemetaFile) -> Iterator[Issue]:
    """CodeMeta is JSON-LD: a term that the context does not know simply disappears. Version 3 renamed a
    few terms of version 2, so that old files lose them without a message."""
    data = file.data
    if not isinstance(data, dict):
        yield file.issue((), "codemeta.json must be a mapping")
        return
    problems = list(_context(file, data.get("@context")))
    old = any(issue.severity == "warning" for issue in problems)  # right as it is, by the older version
    yield from problems
    for key in codemeta_format.REQUIRED:
        if key not in data:
            category: Any = "correctness" if key.startswith("@") else "completeness"
            yield file.issue((key,), f'"{key}" is missing', help=f"add `{key}`", category=category)
    if "@graph" in data:
        return
    for key in data:
        if key in codemeta_format.RENAMED:
            better = codemeta_format.RENAMED[key]
            yield file.issue(
                (key,),
                f"{key} was renamed {better} in 3.0",
                at_key=True,
                severity="warning" if old else None,
                expected=better,
                help=f"rename it to {better}",
            )
        elif (
            not key.startswith("@")
            and ":" not in key
            and key not in codemeta_format.TERMS
            and key not in ("id", "type")
        ):
            near = difflib.get_close_matches(key, codemeta_format.TERMS, 1, 0.75)
            yield file.issue(
                (key,),
                f"{quoted(key, 60)} is no CodeMeta term",
                at_key=True,
                severity="warning",
                expected=near[0] if near else None,
                help=f"did you mean {near[0]}?"
                if near
                else "use a term of CodeMeta or schema.org, or a prefix of your own",
            )


def _context(file: CodemetaFile, context: Any) -> Iterator[Issue]:
    if context is None:
        return  # told as missing
    items = context if isinstance(context, list) else [context]
    texts = [item.rstrip("/") for item in items if isinstance(item, str)]
    if any(text in codemeta_format.CONTEXTS for text in texts):
        return
    old = next((text for text in texts if "codemeta" in text.lower()), None)
    yield file.issue(
        ("@context",),
        "the context is that of an older CodeMeta" if old else "the context is not CodeMeta's",
        severity="warning" if old else "error",
        found=shown(json.dumps(context, ensure_ascii=False)),
        expected=codemeta_format.CONTEXTS[0],
        fix=replace_value(file.path, ("@context",), codemeta_format.CONTEXTS[0], safe=False)
        if old == context
        else None,
    )


@rule(
    "META022",
    "warning",
    "correctness",
    ".zenodo.json is valid and agrees with CITATION.cff",
    fair=("F4",),
    rda=("F4-01M",),
    fuji=("FRSM-08-F4",),
    good={},
    bad={
        ".zenodo.json": '{\n  "title": "Toy recast of a counting experiment",\n  "description": "A toy.",\n'
        '  "upload_type": ▸"code",\n  "creators": [{"name": "Lovelace, Ada"}]\n}\n'
    },
)
def zenodo(file: ZenodoFile, documents: Documents) -> Iterator[Issue]:
    """When a repository has both files, Zenodo ignores CITATION.cff entirely; an invalid .zenodo.json
    makes the archiving of a release fail without a word on the release page. Only this file can name
    grants, communities and related identifiers."""
    for issue in foreign_issues("zenodo", file):
        yield replace(issue, severity=issue.severity or "error")
    known = SCHEMA["properties"]
    for key in file.mapping:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1, 0.7)
            yield file.issue(
                (key,),
                f"Zenodo does not know the key {quoted(key, 60)}",
                at_key=True,
                help=f"did you mean {near[0]}?" if near else "remove it",
            )
    if documents.record is None:
        for cff in documents.all(CffFile):
            yield from _disagreements(file, cff)


def _disagreements(file: ZenodoFile, cff: CffFile) -> Iterator[Issue]:
    """Compare with CITATION.cff where no analysis record says what is right."""
    pairs = (("title", "title"), ("version", "version"), ("description", "abstract"))
    for here, there in pairs:
        one, two = file.text(here), cff.text(there)
        if one and two and _plain(one) != _plain(two):
            yield file.issue(
                (here,),
                f"{here} differs from CITATION.cff, which Zenodo ignores because this file exists",
                found=shown(one),
                expected=shown(two),
                help="make them equal",
            )


def _plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())
