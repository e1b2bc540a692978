"""META001 to META003: metadata files can be read, mean the same to every reader, and meet their schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from fairport.check.documents import Documents
from fairport.check.issue import Issue, from_error, quoted
from fairport.check.parsed import (
    AnalysisFile,
    AnswersFile,
    CffFile,
    CodemetaFile,
    CrateFile,
    InputsFile,
    ManifestFile,
    Parsed,
    ReanaFile,
    ResultFile,
    ZenodoFile,
)
from fairport.check.problems import schema_issues
from fairport.check.rule import rule
from fairport.contract.constants import ANALYSIS_FILE, CONTRACT_MAJOR
from fairport.contract.errors import DocumentError
from fairport.contract.migrations import declared_version, migrate


@rule(
    "META001",
    "error",
    "correctness",
    "The metadata files are there and can be read",
    fair=("I1",),
    rda=("I1-01M",),
    fuji=("FsF-I1-01M",),
    good={ANALYSIS_FILE: "title: A title that a reader understands\n"},
    bad={
        ANALYSIS_FILE: 'schema_version: "1.0"\ntitle: First title of the analysis\n'
        "▸title: Second title of the analysis\n"
    },
)
def readable(documents: Documents) -> Iterator[Issue]:
    """Everything starts from metadata that a program can read: UTF-8 text, correct YAML 1.2 or JSON, no key
    twice, no tabs for indentation. Of two equal keys most readers silently keep one, and not all the same.

    `fairport.yaml` must exist: a folder without it is not an analysis repository. `fairport adopt` makes
    one from what is there."""
    if ANALYSIS_FILE not in documents.repository:
        yield Issue(
            f"there is no {ANALYSIS_FILE} here",
            path=ANALYSIS_FILE,
            expected="the analysis record at the root of the repository",
            help="go to the root of the analysis, start one with `fairport new`, or bring this one in with "
            "`fairport adopt`",
        )
    kinds = (AnalysisFile, CffFile, CodemetaFile, ZenodoFile, CrateFile, AnswersFile)
    for path, error in documents.failures(*kinds):
        yield from_error(error, path)


_CANDIDATE: Final = re.compile(
    r"(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|[-+]?[0-9.][0-9a-fA-FxXoOeE_:.+-]*|=|<<)"
)

_AGREED: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,300})|[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?")


@rule(
    "META002",
    "warning",
    "correctness",
    "No value that YAML 1.1 and YAML 1.2 readers understand differently",
    fair=("I1",),
    rda=("I1-02M",),
    good={ANALYSIS_FILE: 'schema_version: "1.0"\nkeywords: ["no", "1:30", xenon]\n'},
    bad={ANALYSIS_FILE: "keywords:\n  - ▸no\n  - xenon\n  - argon\n"},
)
def same_reading(documents: Documents) -> Iterator[Issue]:
    """Fairport reads YAML 1.2. REANA, PyYAML and many other tools still read YAML 1.1, where a plain `no` is
    false, `010` is eight, `1:30` is ninety and `1e-46`, a typical cross-section, is text. A number that one
    reader takes for text disappears without a message: write it so that both agree, with quotes for text and
    with a point and a signed exponent for numbers (`1.0e-46`)."""
    for kind in (AnalysisFile, CffFile, ManifestFile, ReanaFile, InputsFile, ResultFile):
        for file in documents.all(kind):
            yield from _differences(file)


def _differences(file: Parsed) -> Iterator[Issue]:
    if not re.search(rf"(?m)(?:^|[\s\[{{,:-]){_CANDIDATE.pattern}(?:$|[\s\]}},])", file.document.text):
        return
    resolver = yaml.SafeLoader("")
    for event in yaml.parse(file.document.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if not isinstance(event, yaml.ScalarEvent) or not event.implicit[0]:
            continue  # quoted or tagged
        text = event.value
        if not _CANDIDATE.fullmatch(text) or _AGREED.fullmatch(text):
            continue
        old, new = _reading_1_1(resolver, text), _reading_1_2(text)
        if type(old) is type(new) and old == new:
            continue
        if old == "a date" and not isinstance(file, (ReanaFile, InputsFile)):
            continue  # tools that read these files make text of it again
        mark: Any = event.start_mark
        yield Issue(
            f"{quoted(text)} is {_described(old)} for YAML 1.1 readers and {_described(new)} for YAML 1.2 "
            f"readers",
            path=file.path,
            line=mark.line + 1,
            column=mark.column + 1,
            end_line=mark.line + 1,
            end_column=mark.column + 1 + len(text),
            found=text,
            expected=_unambiguous(text, new),
            help=f"write {_unambiguous(text, new)}",
            subject=text,
        )


def _reading_1_1(resolver: Any, text: str) -> object:
    """Return what PyYAML makes of a plain scalar."""
    tag = resolver.resolve(yaml.ScalarNode, text, (True, False))
    if tag.endswith(":timestamp"):
        return "a date"
    if tag.endswith((":merge", ":value")):
        return "a YAML directive"
    try:
        return resolver.construct_object(yaml.ScalarNode(tag, text), deep=True)
    except (yaml.YAMLError, ValueError, KeyError):
        return text


def _reading_1_2(text: str) -> object:
    """Return what the YAML 1.2 core schema makes of a plain scalar."""
    if re.fullmatch(r"[-+]?[0-9]{1,4000}", text):
        return int(text)
    if re.fullmatch(r"0o[0-7]+", text):
        return int(text[2:], 8)
    if re.fullmatch(r"0x[0-9a-fA-F]+", text):
        return int(text[2:], 16)
    if re.fullmatch(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", text):
        return float(text)
    return text


def _described(value: object) -> str:
    if value in ("a date", "a YAML directive"):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    return "text" if isinstance(value, str) else f"the number {value!r}"


def _unambiguous(text: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        shown = repr(value)
        mantissa, exponent, power = shown.partition("e")
        mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
        return f"{mantissa}{exponent}{power}" if not power or power[0] in "+-" else f"{mantissa}e+{power}"
    return f'"{text}"'


@rule(
    "META003",
    "error",
    "correctness",
    "The analysis record meets its schema",
    fair=("R1.3",),
    rda=("R1.3-02M",),
    fuji=("FsF-R1.3-01M",),
    fix="safe",
    good={ANALYSIS_FILE: 'schema_version: "1.0"\n'},
    bad={ANALYSIS_FILE: "▸keyword: [xenon, argon, dark matter]\n"},
)
def record_schema(record: AnalysisFile) -> Iterator[Issue]:
    """The record has a published schema; editors that know it complete keys while you type. A key that the
    schema does not know is most often a slip of the pen, and its content would be lost without a word.
    Keys of your own start with `x-`."""
    yield from analysis_issues(record)


def analysis_issues(record: AnalysisFile) -> Iterator[Issue]:
    """Yield the problems of the record with its schema, after migration to this contract."""
    version = declared_version(record.data)
    try:
        data = migrate("analysis", record.data, record.path)
    except DocumentError as error:
        yield record.issue(
            ("schema_version",), error.what, found=record.text("schema_version"), help=error.mend
        )
        return
    if version is not None and version[0] < CONTRACT_MAJOR:
        yield record.issue(
            ("schema_version",),
            f"the record follows contract {version[0]}.{version[1]}; it is read as {CONTRACT_MAJOR}.0",
            severity="note",
            help="bring the file up to date with `fairport update`",
        )
    yield from schema_issues("analysis", record, data)
