"""A finding of a check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from fairport.contract.structure import structure, unstructure

Severity = Literal["error", "warning", "note"]
Status = Literal["fail", "pass", "waived", "skipped", "not-applicable"]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one value (``pointer``, ``value``) or of a whole file (``content``)."""

    path: str
    pointer: str | None = None
    value: Any = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """A mechanical correction; ``unsafe`` ones need a review."""

    safety: Literal["safe", "unsafe"]
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One outcome of one rule at one place; lines and columns count from 1."""

    rule: str
    severity: Severity
    status: Status
    path: str
    message: str
    docs_url: str
    fingerprint: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    pointer: str | None = None
    found: str | None = None
    expected: str | None = None
    help: str | None = None
    fix: Fix | None = None
    fair: tuple[str, ...] = field(default=(), metadata={"keep": True})
    rda: tuple[str, ...] = field(default=(), metadata={"keep": True})
    fuji: tuple[str, ...] = field(default=(), metadata={"keep": True})
    caused_by: str | None = None
    reason: str | None = None

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Finding:
        """Build from data that met the schema."""
        return structure(cls, data)

    def to_data(self) -> dict[str, Any]:
        """Return plain data as in ``schemas/finding.schema.json``."""
        data: dict[str, Any] = unstructure(self)
        return data
