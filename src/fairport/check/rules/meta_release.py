"""META013 and META015 to META017: dates, publisher and type, access, version."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from fairport.check.documents import Documents
from fairport.check.issue import Issue, quoted, replace_value
from fairport.check.parsed import AnalysisFile, CffFile, Parsed, ResultFile
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.check.vocabularies import RESOURCE_TYPES
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.loading import Pointer

_PAST: Final = {
    AnalysisFile: ("created", "released", "signed_off/date"),
    CffFile: ("date-released", "preferred-citation/date-released"),
    ResultFile: (
        "statistics/curated/*/date",
        "astro/curated/*/date",
        "provenance/digitiser/date",
        "data_overlap/live_time/start",
        "data_overlap/live_time/end",
    ),
}
_ANY: Final = {AnalysisFile: ("access/embargo_until", "waivers/*/expires")}


@rule(
    "META013",
    "error",
    "correctness",
    "Dates are calendar dates (ISO 8601), not in the future, and in order",
    fair=("F2",),
    rda=("F2-01M",),
    fuji=("FsF-F2-01M",),
    fix="safe",
    good={ANALYSIS_FILE: "released: 2026-01-31\n"},
    bad={ANALYSIS_FILE: "released: ▸31.01.2026\n"},
)
def dates(documents: Documents, today: date) -> Iterator[Issue]:
    """`2026-01-31` means the same everywhere; `31.01.2026` and `01/31/26` do not. What has happened has
    not happened tomorrow (a day of slack is given for time zones), and what ends does not end before it
    starts."""
    for kind, patterns in _PAST.items():
        for file in documents.all(kind):
            for pointer, text in file.texts(*patterns):
                yield from _date_issues(file, pointer, text, today + timedelta(days=1))
    for kind, patterns in _ANY.items():
        for file in documents.all(kind):
            for pointer, text in file.texts(*patterns):
                yield from _date_issues(file, pointer, text, None)
    for result in documents.all(ResultFile):
        start, end = result.text("data_overlap/live_time/start"), result.text("data_overlap/live_time/end")
        if start and end and (first := read_date(start)) and (last := read_date(end)) and last < first:
            yield result.issue(
                ("data_overlap", "live_time", "end"),
                f"the live time ends on {end}, before it starts on {start}",
            )


def read_date(text: str) -> date | None:
    """Return an ISO 8601 calendar date, or ``None``."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def _date_issues(file: Parsed, pointer: Pointer, text: str, latest: date | None) -> Iterator[Issue]:
    name = str(pointer[-1])
    day = read_date(text)
    if day is None:
        mended = _mended(text)
        yield file.issue(
            pointer,
            f"{name} {quoted(text, 40)} is not a calendar date",
            found=text,
            expected=mended or "YYYY-MM-DD",
            fix=replace_value(file.path, pointer, mended) if mended else None,
            help=f"write {mended}" if mended else "write year, month and day with hyphens",
        )
    elif latest is not None and day > latest:
        yield file.issue(
            pointer, f"{name} {text} lies in the future", found=text, expected=f"no later than {latest}"
        )


def _mended(text: str) -> str | None:
    """Return the date of a text whose order of day and month is beyond doubt."""
    stripped = text.strip()
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?", stripped):
        year, month, day = match.groups()
    elif match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", stripped):
        day, month, year = match.groups()
    else:
        return None
    candidate = f"{year}-{int(month):02d}-{int(day):02d}"
    return candidate if read_date(candidate) else None


@rule(
    "META015",
    "error",
    "completeness",
    "Publisher and resource type are stated",
    fair=("F2", "R1"),
    rda=("R1-01M",),
    fuji=("FsF-F2-01M", "FsF-R1-01M"),
    fix="safe",
    good={ANALYSIS_FILE: "publisher: Zenodo\nresource_type: Workflow\n"},
    bad={ANALYSIS_FILE: "publisher: Zenodo\nresource_type: ▸dataset\n"},
)
def publication(record: AnalysisFile) -> Iterator[Issue]:
    """A citation names a publisher, and repositories sort by resource type. DataCite's list of types is
    the one they share: an analysis with its workflow is a `Workflow`, a table of numbers a `Dataset`, code
    alone `Software`."""
    if not isinstance(record.data, dict):
        return
    if "publisher" not in record.data:
        yield record.issue(("publisher",), "no publisher", help="add `publisher`, for example Zenodo")
    kind = record.data.get("resource_type")
    if kind is None:
        yield record.issue(
            ("resource_type",),
            "no resource type",
            expected="a DataCite type",
            help="add `resource_type: Workflow`",
        )
    elif isinstance(kind, str) and kind not in RESOURCE_TYPES:
        same = {name.lower(): name for name in RESOURCE_TYPES}.get(kind.strip().lower())
        near = same or next(iter(difflib.get_close_matches(kind.title(), RESOURCE_TYPES, 1, 0.5)), None)
        yield record.issue(
            ("resource_type",),
            f"resource type {quoted(kind, 40)} unknown" + (f"; use {near}" if near else ""),
            found=kind,
            expected=near or "Workflow, Dataset, Software, ComputationalNotebook, ...",
            category="correctness",
            fix=replace_value(record.path, ("resource_type",), same) if same else None,
        )


@rule(
    "META016",
    "error",
    "correctness",
    "Access is stated with what belongs to it",
    fair=("A1",),
    rda=("A1-01M", "A1.2-01D"),
    fuji=("FsF-A1-01M",),
    good={ANALYSIS_FILE: "access:\n  level: embargoed access\n  embargo_until: 2099-01-31\n"},
    bad={ANALYSIS_FILE: "access:\n  level: ▸embargoed access\n"},
)
def access(record: AnalysisFile, today: date) -> Iterator[Issue]:
    """Access can be restricted and the analysis FAIR all the same, if it says how: until when an embargo
    holds, under which conditions and from whom restricted data can be had. Metadata are always public."""
    level = record.text("access/level")
    group = record.mapping.get("access")
    stated: dict[str, Any] = group if isinstance(group, dict) else {}
    until = stated.get("embargo_until")
    if level == "embargoed access" and until is None:
        yield record.issue(
            ("access", "level"),
            'access "embargoed access" without end date',
            help="add `embargo_until: YYYY-MM-DD`",
        )
    elif level == "embargoed access" and isinstance(until, str) and (end := read_date(until)) and end < today:
        yield record.issue(
            ("access", "embargo_until"),
            f"the embargo ended on {until}",
            severity="warning",
            help="write `level: open access`, or set a new date",
        )
    elif until is not None and level in {"open access", "metadata only access"}:
        yield record.issue(
            ("access", "embargo_until"),
            f"an embargo date with {level}",
            at_key=True,
            help="write `level: embargoed access`",
        )
    contact = record.mapping.get("contact")
    if level == "restricted access" and not ({"conditions", "contact"} & stated.keys()) and not contact:
        yield record.issue(
            ("access", "level"),
            "restricted access without conditions or contact",
            help="add `conditions` or `contact` under access",
        )


_PEP_440: Final = re.compile(
    r"v?(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?\d*)?(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?"
    r"(?:[-_.]?dev[-_.]?\d*)?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?",
    re.IGNORECASE,
)
_SEMVER: Final = re.compile(
    r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)


def is_version(text: str) -> bool:
    """Tell whether a text is a version by PEP 440 or SemVer."""
    return len(text) <= 60 and bool(_PEP_440.fullmatch(text) or _SEMVER.fullmatch(text))


@rule(
    "META017",
    "error",
    "correctness",
    "The version follows PEP 440 or SemVer, and a tagged commit carries it",
    fair=("F1.2",),
    rda=("F1-02M",),
    fuji=("FRSM-03-F1.2",),
    good={ANALYSIS_FILE: 'version: "1.2.0"\n'},
    bad={ANALYSIS_FILE: "version: ▸first try\n"},
)
def version(record: AnalysisFile, repository: Repository) -> Iterator[Issue]:
    """Versions are compared by programs: `1.10.0` comes after `1.9.0`. When the commit carries a version
    tag, the record must state the same version, or the release describes another one."""
    text = record.text("version")
    if text is None:
        return
    if not is_version(text):
        yield record.issue(
            ("version",),
            f"{quoted(text, 40)} is no version",
            found=text,
            expected="for example 1.2.0 or 1.2.0rc1",
        )
        return
    tags = repository.git.head_tags() if repository.git is not None and repository.git.own else []
    versions = [tag for tag in tags if is_version(tag.removeprefix("v"))]
    if versions and not any(tag.removeprefix("v") == text.removeprefix("v") for tag in versions):
        yield record.issue(
            ("version",),
            f"version {text}, tag is {versions[0]}",
            found=text,
            expected=versions[0].removeprefix("v"),
            help="set the version and move the tag, or tag another commit",
        )
