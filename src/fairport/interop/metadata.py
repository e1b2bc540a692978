"""What the metadata formats share: text that is safe in JSON and YAML, licences, identifiers, relations."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fairport.contract.analysis import Access, Analysis, Person, RelatedItem

SPDX_BASE: Final = "https://spdx.org/licenses/"
"""Where SPDX publishes its licences; the address of a licence is this and its identifier."""

_SIMPLE_LICENCE: Final = re.compile(r"[A-Za-z0-9.+-]+")

# What JSON allows in a string and YAML does not, or reads as a line break: DEL and the C1 controls, the line
# and paragraph separators, the byte order mark and the non-characters. json.dumps escapes only C0.
_UNSAFE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def json_text(value: object, *, indent: int | None = None) -> str:
    """Return JSON that is also YAML: readable letters stay, everything that YAML refuses is escaped.

    Args:
        value: plain data; key order is kept.
        indent: blanks for each level, or ``None`` for one line.

    Raises:
        ValueError: a number is NaN or infinite.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def json_document(value: object) -> str:
    """Return an indented JSON document with a final newline; see :func:`json_text`."""
    return json_text(value, indent=2) + "\n"


def pruned(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``data`` without the keys that hold nothing (``None``, empty text, empty list or mapping)."""
    return {key: value for key, value in data.items() if value not in (None, "", [], (), {})}


def one_or_many(items: Sequence[Any]) -> Any:
    """Return the only item itself, otherwise the list; ``None`` for no items.

    JSON-LD reads both the same; validators of RO-Crate object to lists of one.
    """
    if not items:
        return None
    return items[0] if len(items) == 1 else list(items)


def licence_ids(expression: str) -> list[str]:
    """Return the SPDX identifiers among which a user may choose.

    A single identifier and alternatives joined by ``OR`` can be said in every metadata format; anything else
    (``AND``, ``WITH``, brackets, ``LicenseRef-``) cannot, and gives an empty list.

    Args:
        expression: SPDX licence expression.
    """
    parts = [part.strip() for part in re.split(r"\s+OR\s+", expression.strip(), flags=re.IGNORECASE)]
    simple = all(_SIMPLE_LICENCE.fullmatch(part) and not part.startswith("LicenseRef-") for part in parts)
    return parts if simple else []


def issues_url(analysis: Analysis) -> str | None:
    """Return the address of the issue tracker, where the record states one."""
    return analysis.repository.issues if analysis.repository else None


def date_published(analysis: Analysis) -> str | None:
    """Return the date of the release (ISO 8601); before the first release, the day the analysis was begun."""
    return analysis.released or analysis.created


def access_text(access: Access) -> str:
    """Return the conditions of access in words, beginning with the COAR label."""
    text = access.level
    if access.embargo_until:
        text += f" until {access.embargo_until}"
    if access.conditions:
        text += f": {access.conditions}"
    return text


def bare_doi(identifier: str | None) -> str | None:
    """Return a DOI without its resolver (``10.5281/zenodo.1``), or ``None`` when it is none."""
    if identifier is None:
        return None
    match = re.fullmatch(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", identifier, re.IGNORECASE)
    return match.group(1) if match else None


def bare_orcid(person: Person) -> str | None:
    """Return the sixteen digits of a person's ORCID with hyphens, without the resolver."""
    return person.orcid.rstrip("/").rpartition("/")[2] if person.orcid else None


def related_by(analysis: Analysis, *relations: str) -> list[RelatedItem]:
    """Return the related items whose DataCite relation is one of ``relations``."""
    return [item for item in analysis.related if item.relation in relations]
