"""META026: no text of the metadata holds a character that nobody sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fairport.check.documents import Documents
from fairport.check.issue import Issue, replace_value
from fairport.check.parsed import (
    AnalysisFile,
    CffFile,
    CodemetaFile,
    CrateFile,
    ManifestFile,
    Parsed,
    ResultFile,
    ZenodoFile,
)
from fairport.check.problems import contract_problems
from fairport.check.rule import rule
from fairport.contract.characters import cleaned, first_harmful, named, removable
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.loading import Pointer

_KINDS: Final[dict[type[Parsed], str | None]] = {
    AnalysisFile: "analysis",
    ResultFile: "result",
    ManifestFile: "manifest",
    CffFile: None,
    CodemetaFile: None,
    ZenodoFile: None,
    CrateFile: None,
}
"""Files of metadata, with the document type of those whose schema tells words from texts."""


@rule(
    "META026",
    "warning",
    "correctness",
    "No text holds characters that nobody sees",
    fair=("I1",),
    rda=("I1-01M",),
    fix="safe",
    good={ANALYSIS_FILE: "title: תוצאות החיפוש אחר חומר אפל\n"},
    bad={ANALYSIS_FILE: 'title: ▸"A search for dark \\u202ematter"\n'},
)
def hidden_characters(documents: Documents) -> Iterator[Issue]:
    """Control characters, marks that turn the direction of text, and characters without width come along when
    text is copied from a PDF or a web page. A reader does not see them, a search does not find the word, and
    a mark such as U+202E shows the rest of a line backwards, in every list that has this title.

    Text of right-to-left scripts needs none of them: its direction is told by its letters, and pages of a
    catalogue set each such title apart from the text around it. The joiners that Persian, Indic scripts
    and emoji need (U+200C, U+200D) are welcome.

    In identifiers, units, versions, licences, addresses and labels the schema allows none of them, joiners
    included; those findings belong to the rule of the schema. Catalogues show texts without them."""
    for kind, schema in _KINDS.items():
        for file in documents.all(kind):
            source = file.document.text
            if "\\" not in source and first_harmful(source) is None:
                continue
            told = _refused(schema, file)
            for pointer, text in _texts(file.data, ()):
                char = first_harmful(text)
                if char is None or pointer in told:
                    continue
                yield file.issue(
                    pointer,
                    f"the text holds a character that nobody sees: {named(char)}",
                    found=named(char),
                    help="remove it",
                    fix=replace_value(file.path, pointer, cleaned(text)) if removable(text) else None,
                )


def _refused(schema: str | None, file: Parsed) -> frozenset[Pointer]:
    """Return the places of the words that the schema of the file refuses."""
    if schema is None:
        return frozenset()
    return frozenset(item.pointer for item in contract_problems(schema, file) if item.keyword == "pattern")


def _texts(data: Any, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    """Yield every text of plain data with the pointer to it."""
    if isinstance(data, str):
        yield pointer, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, (*pointer, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts(value, (*pointer, index))
