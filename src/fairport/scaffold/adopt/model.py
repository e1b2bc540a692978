"""What adoption finds: a value, where it stands and how sure it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Final, Literal
from unicodedata import normalize

Confidence = Literal["sure", "likely", "guess", "needs-you"]

RANK: Final[dict[Confidence, int]] = {"sure": 3, "likely": 2, "guess": 1, "needs-you": 0}
"""Order of the confidences; the surest evidence of a field wins, the earlier one among equals."""

UNKNOWN_LICENCE: Final = "LicenseRef-not-stated"
"""Licence of what states none. It is no permission: without a licence all rights are reserved."""

MAX_TEXT: Final = 5000
"""Longest text, in characters, that is taken from a repository."""

_CONTROL: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of evidence.

    Attributes:
        field: name in the analysis record, with points (``licences.code``).
        value: plain data that can stand there.
        source: ``file:line``, or what else it was told by (``git remote origin``).
        confidence: how sure it is.
        note: what a person should know about it; empty when nothing.
        also: other values that other places state, surest first.
    """

    field: str
    value: Any
    source: str
    confidence: Confidence
    note: str = ""
    also: tuple[Material, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the repository that is said, not written into the record.

    Attributes:
        kind: ``rejected`` (evidence that was not used), ``problem`` (wrong in the repository), ``kept`` (left
            as it is), or ``question`` (only a person can answer it).
        subject: the field or file that it is about.
        text: one sentence.
        source: ``file:line``, or empty.
    """

    kind: Literal["rejected", "problem", "kept", "question"]
    subject: str
    text: str
    source: str = ""


Evidence = Found | Notice

MATERIALS: Final[dict[str, tuple[str, ...]]] = {
    "workflows": ("workflow",),
    "images": ("image",),
    "requirements": ("requirement",),
    "data": ("did", "url"),
    "papers": ("paper",),
    "tables": ("table",),
}
"""Names of the lists of materials in the report, with the kinds that each holds."""


@dataclass(frozen=True, slots=True)
class Material:
    """Something that a file of the repository holds and the report lists.

    Attributes:
        kind: ``workflow``, ``image``, ``requirement``, ``did``, ``url``, ``paper`` or ``table``.
        value: its name, identifier, address or path.
        source: ``file:line``.
        confidence: how sure it is.
        details: what else is known of it, plain data.
    """

    kind: str
    value: str
    source: str
    confidence: Confidence
    details: dict[str, Any] = dataclass_field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        kind = {"kind": self.kind} if self.kind in ("did", "url") else {}
        return {
            **kind,
            "value": self.value,
            "source": self.source,
            "confidence": self.confidence,
            **self.details,
        }


def clean(value: object, limit: int = MAX_TEXT) -> str:
    """Return text of a repository on one line, without control or direction characters, cut at ``limit``."""
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return ""
    text = " ".join(_CONTROL.sub(" ", normalize("NFC", str(value)[: 4 * limit])).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def best(evidence: list[Evidence], field: str) -> Found | None:
    """Return the surest evidence of a field, the first among equals; ``None`` without any."""
    found = [item for item in evidence if isinstance(item, Found) and item.field == field]
    return max(found, key=lambda item: RANK[item.confidence], default=None)
