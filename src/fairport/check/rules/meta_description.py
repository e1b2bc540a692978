"""META004 to META006 and META014: what the analysis is called, what it says, who made it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fairport.check.issue import Issue, ordinal, quoted, replace_value
from fairport.check.parsed import AnalysisFile
from fairport.check.rule import rule
from fairport.check.vocabularies import PLACEHOLDERS
from fairport.contract.constants import ANALYSIS_FILE

_TEMPLATE_AUTHOR: Final = ("Alex", "Example")
_PLACEHOLDER: Final = re.compile(PLACEHOLDERS, re.IGNORECASE)


@rule(
    "META004",
    "error",
    "correctness",
    "The title has 5 to 200 characters and is not the template's",
    fair=("F2",),
    rda=("F2-01M",),
    fuji=("FsF-F2-01M",),
    good={ANALYSIS_FILE: "title: DarkSide-50 532-day spin-independent limit\n"},
    bad={ANALYSIS_FILE: "title: ▸Test\n"},
)
def title(record: AnalysisFile) -> Iterator[Issue]:
    """The title is what people see in search results, citations and the catalogue. Below five characters
    it says nothing, above two hundred it is cut off. Say which experiment, which data and what kind of
    result."""
    for pointer, text in record.texts("title"):
        length = len(text.strip())
        if not 5 <= length <= 200:
            yield record.issue(
                pointer,
                f"the title has {length} characters",
                found=text[:220],
                expected="5 to 200 characters",
                help="name the experiment, the data and the kind of result",
            )
        elif _PLACEHOLDER.search(text):
            yield record.issue(
                pointer,
                "the title still has template text",
                found=text,
                category="completeness",
                help="name the experiment, the data and the kind of result",
            )


@rule(
    "META005",
    "error",
    "completeness",
    "The description has 50 to 5000 characters",
    fair=("F2",),
    rda=("F2-01M",),
    fuji=("FsF-F2-01M",),
    good={
        ANALYSIS_FILE: "description: Counting recast of the 532-day exposure of DarkSide-50 with the "
        "published acceptance.\n"
    },
    bad={ANALYSIS_FILE: "description: ▸A limit from our detector.\n"},
)
def description(record: AnalysisFile) -> Iterator[Issue]:
    """Data search engines index the description and ignore data sets whose description is shorter than 50 or
    longer than 5000 characters. Say what was searched for, with which data, and what came out."""
    for pointer, text in record.texts("description"):
        length = len(text.strip())
        if not 50 <= length <= 5000:
            yield record.issue(
                pointer,
                f"the description has {length} characters; search engines need 50 to 5000",
                expected="50 to 5000 characters",
                help="say what was searched for, with which data, and what came out",
            )
        elif match := _PLACEHOLDER.search(text):
            yield record.issue(
                pointer,
                "the description still has template text",
                found=match.group(),
                help="describe the analysis",
            )


@rule(
    "META006",
    "error",
    "correctness",
    "Every creator has given and family names, or is an organisation",
    fair=("F2",),
    rda=("F2-01M", "R1-01M"),
    fuji=("FsF-F2-01M", "FRSM-06-F2"),
    good={ANALYSIS_FILE: "authors:\n  - given_names: Ada\n    family_names: Lovelace\n"},
    bad={ANALYSIS_FILE: "authors:\n  - organisation: DarkSide Collaboration\n  - ▸given_names: Ada\n"},
)
def creators(record: AnalysisFile) -> Iterator[Issue]:
    """A citation needs a name that can be sorted: given and family names for a person, the name of the
    organisation for a collaboration. An entry with both would be cited twice."""
    for pointer, person in record.select("authors/*"):
        if not isinstance(person, dict):
            continue
        number = f"creator {ordinal(pointer)}"
        if (person.get("given_names"), person.get("family_names")) == _TEMPLATE_AUTHOR:
            yield record.issue(
                pointer,
                f"{number} is the template's example",
                category="completeness",
                help="name the authors",
            )
        if "organisation" in person:
            if "given_names" in person or "family_names" in person:
                yield record.issue(
                    (*pointer, "organisation"),
                    f"{number} is a person and an organisation",
                    at_key=True,
                    help="split the entry in two, or put the organisation into `affiliations`",
                )
            continue
        missing = [key for key in ("given_names", "family_names") if key not in person]
        if len(missing) == 2:
            yield record.issue(
                pointer, f"{number} has no name", help="add given_names and family_names, or organisation"
            )
        elif missing:
            words = missing[0].replace("_", " ").removesuffix("s")
            yield record.issue((*pointer, missing[0]), f"{number} has no {words}", help=f"add {missing[0]}")


@rule(
    "META014",
    "warning",
    "completeness",
    "There are at least three distinct keywords",
    fair=("F2",),
    rda=("F2-01M",),
    fuji=("FsF-F2-01M",),
    fix="safe",
    good={ANALYSIS_FILE: "keywords: [dark matter, argon, direct detection]\n"},
    bad={ANALYSIS_FILE: "keywords: ▸[dark matter, Dark Matter]\n"},
)
def keywords(record: AnalysisFile) -> Iterator[Issue]:
    """Keywords are how people who do not know the title find the analysis. Three or more are expected: the
    subject, the technique, the target or channel. Repeating one in another spelling finds nobody."""
    if not isinstance(record.data, dict):
        return
    words = record.data.get("keywords", [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return
    distinct = {word.strip().casefold(): word.strip() for word in reversed(words)}
    unique = list(reversed(distinct.values()))
    if len(unique) < len(words):
        seen: set[str] = set()
        for index, word in enumerate(words):
            if word.strip().casefold() in seen:
                yield record.issue(
                    ("keywords", index),
                    f"the keyword {quoted(word, 60)} stands twice",
                    category="correctness",
                    fix=replace_value(record.path, ("keywords",), unique),
                    help="remove it",
                )
            seen.add(word.strip().casefold())
    if len(unique) < 3:
        count = f"only {len(unique)} keyword{'s' if len(unique) != 1 else ''}" if unique else "no keywords"
        yield record.issue(
            ("keywords",),
            count,
            expected="three or more",
            help="add subject, technique and target or channel",
        )
