"""From evidence to an analysis record: the surest value of each field, and what only a person knows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final

from fairport.contract.constants import CONTRACT_VERSION
from fairport.contract.schemas import validate
from fairport.scaffold.adopt import names
from fairport.scaffold.adopt.metadata import display
from fairport.scaffold.adopt.model import RANK, UNKNOWN_LICENCE, Evidence, Found, Material, Notice, best

FIELDS: Final = (
    "title",
    "description",
    "version",
    "created",
    "released",
    "licences.code",
    "licences.data",
    "authors",
    "contact",
    "experiment",
    "search",
    "keywords",
    "identifiers.doi",
    "identifiers.arxiv",
    "related",
    "repository.url",
    "repository.issues",
    "software.language",
    "software.image",
    "software.lock",
    "workflow",
    "access.level",
)
"""Fields of the analysis record that adoption looks for, in the order of the record."""

_DESCRIPTION: Final = (
    "Adopted repository whose files do not yet say what was searched for, with which data and what came out."
)
_CONDITIONS: Final = "Not stated: nobody has said since the adoption whether the numbers may be public."
_DEFAULTS: Final[dict[str, tuple[Any, str]]] = {
    "description": (_DESCRIPTION, "what was searched for, with which data, what came out?"),
    "version": ("0.1.0", ""),
    "licences.code": (UNKNOWN_LICENCE, "under which licence is the code? Without one nobody may use it"),
    "licences.data": (UNKNOWN_LICENCE, "under which licence are data and results, for example CC-BY-4.0?"),
    "authors": ([{"organisation": "not stated"}], "who are the authors, with their ORCIDs?"),
    "experiment": ({"name": "not stated"}, "of which experiment are the data?"),
    "search": ("other", "which kind of search is it (direct, indirect, collider, ...)?"),
    "workflow": ({"type": "serial", "file": "reana.yaml"}, ""),
    "access.level": (
        "restricted access",
        "may this be public? Until you say so its numbers are taken as restricted",
    ),
}
"""What stands in a required field that nothing tells, and the question for a person."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A valid analysis record with its evidence.

    Attributes:
        record: data of ``fairport.yaml``.
        fields: the evidence of each field that was set, in the order of the record.
        notices: rejected evidence, problems, what is kept, questions.
    """

    record: dict[str, Any]
    fields: tuple[Found, ...]
    notices: tuple[Notice, ...]


def propose(evidence: list[Evidence], name: str, manifest: str, readme: str | None = None) -> Proposal:
    """Make a valid record of the evidence.

    Args:
        evidence: everything that was found; where two are equally sure the first wins.
        name: name of the repository or its folder: for the identifier, and the title if need be.
        manifest: path of the data manifest.
        readme: the README, if there is one.

    Returns:
        A record that meets the schema: a value that does not is left out, with a notice.
    """
    dropped: list[Notice] = []
    usable = list(evidence)
    for _ in range(len(FIELDS)):
        fields = _fields(usable, name)
        record = _record(fields, name, manifest, readme)
        wrong = _wrong_fields(record)
        if not wrong:
            break
        for item in fields:
            if item.field in wrong:
                usable = [other for other in usable if other != item]
                dropped.append(
                    Notice("rejected", item.field, "the value does not meet the contract", item.source)
                )
    notices = (
        [item for item in evidence if isinstance(item, Notice)] + dropped + _contributors(evidence, fields)
    )
    questions = [
        Notice("question", item.field, item.note)
        for item in fields
        if item.confidence == "needs-you" and item.note
    ]
    return Proposal(record, tuple(fields), tuple(dict.fromkeys(notices + questions)))


def _fields(evidence: list[Evidence], name: str) -> list[Found]:
    fields: list[Found] = []
    for field in FIELDS:
        found = best(evidence, field)
        if found is not None and field == "authors":
            found = _enriched(found, evidence)
        if found is not None and field in ("related", "keywords"):
            found = _joined(found, evidence)
        if found is None and field == "title":
            title = name if len(name) >= 5 else f"Analysis {name}"
            found = Found(field, title, "the name of the repository", "guess")
        if found is None and field in _DEFAULTS:
            value, question = _DEFAULTS[field]
            found = Found(field, value, "nothing states it", "needs-you", question)
        if found is not None and field == "contact":
            found = _named_contact(found, fields)
        if found is not None:
            fields.append(replace(found, also=_others(found, evidence)))
    return _without_itself(fields)


def _joined(found: Found, evidence: list[Evidence]) -> Found:
    """Add the entries of a list that other places state, each place named."""
    listed, places = list(found.value), list(found.also)
    rivals = [item for item in evidence if isinstance(item, Found) and item.field == found.field]
    known = {_key(entry) for entry in listed}
    for item in sorted(rivals, key=lambda item: -RANK[item.confidence]):
        new = [entry for entry in item.value if _key(entry) not in known]
        if new:
            listed += new
            known |= {_key(entry) for entry in new}
            named = ", ".join(
                str(entry.get("identifier") if isinstance(entry, dict) else entry) for entry in new
            )
            places.append(Material("value", named, item.source, item.confidence))
    return replace(found, value=listed, also=tuple(places))


def _key(entry: Any) -> str:
    text = str(entry.get("identifier") if isinstance(entry, dict) else entry).casefold()
    return re.sub(r"v[1-9][0-9]*$", "", text) if "arxiv" in text else text


def _others(found: Found, evidence: list[Evidence]) -> tuple[Material, ...]:
    """Return the other texts that are stated for a field, the surest first, each once."""
    if not isinstance(found.value, str):
        return found.also
    others: dict[str, Material] = {}
    rivals = [item for item in evidence if isinstance(item, Found) and item.field == found.field]
    for item in sorted(rivals, key=lambda item: -RANK[item.confidence]):
        if isinstance(item.value, str) and item.value != found.value:
            others.setdefault(item.value, Material("value", item.value, item.source, item.confidence))
    return tuple(others.values())


def _named_contact(contact: Found, fields: list[Found]) -> Found:
    """Give an address without a name that of the author to whom it seems to belong."""
    address = str(contact.value.get("email", "")).lower()
    authors: list[dict[str, Any]] = next((item.value for item in fields if item.field == "authors"), [])
    if "name" in contact.value or not address:
        return contact
    local = address.partition("@")[0]
    for who in authors:
        family = names.ascii_letters(str(who.get("family_names", "")))
        if str(who.get("email", "")).lower() == address or (len(family) > 3 and family in local):
            return replace(contact, value={"name": display(who), **contact.value})
    return contact


def _record(fields: list[Found], name: str, manifest: str, readme: str | None) -> dict[str, Any]:
    record: dict[str, Any] = {
        "schema_version": CONTRACT_VERSION,
        "id": names.slug(name) or "adopted-analysis",
        "status": "draft",
        "maturity": "draft",
    }
    for item in fields:
        key, _, part = item.field.partition(".")
        if part:
            record.setdefault(key, {})[part] = item.value
        else:
            record[key] = item.value
    record["data"] = manifest
    if readme not in (None, "README.md"):
        record["readme"] = readme
    record["results"] = "results/*/result.yaml"
    if record["access"]["level"] == "restricted access":
        record["access"]["conditions"] = _CONDITIONS
    if "url" not in record.get("repository", {}):
        record.pop("repository", None)
    order = (
        "schema_version id title description version status maturity created released licences authors "
        "contact experiment search keywords identifiers related repository readme software workflow data "
        "results access"
    ).split()
    return {key: record[key] for key in order if key in record}


def _wrong_fields(record: dict[str, Any]) -> set[str]:
    """Return the fields of the record whose values do not meet the schema."""
    wrong: set[str] = set()
    for problem in validate("analysis", record):
        pointer = [str(part) for part in problem.pointer]
        wrong.add(".".join(pointer[:2]))
        wrong.add(".".join(pointer[:1]))
    return wrong


def _enriched(chosen: Found, evidence: list[Evidence]) -> Found:
    """Add ORCID, address and affiliation that another file gives for the same person."""
    others = [
        who
        for item in evidence
        if isinstance(item, Found) and item.field == "authors" and item is not chosen
        for who in item.value
    ]
    people = []
    for who in chosen.value:
        full = dict(who)
        for other in others:
            if names.same_person(who, other):
                full = {
                    **{key: other[key] for key in ("orcid", "email", "affiliations") if key in other},
                    **full,
                }
        order = ("given_names", "family_names", "organisation", "orcid", "email", "affiliations")
        people.append({key: full[key] for key in order if key in full})
    return Found("authors", people, chosen.source, chosen.confidence, chosen.note)


def _without_itself(fields: list[Found]) -> list[Found]:
    """Take the analysis' own paper and addresses out of what it refers to."""
    own = [
        str(item.value).partition("v")[0] if item.field == "identifiers.arxiv" else str(item.value)
        for item in fields
        if item.field in ("identifiers.arxiv", "repository.url")
    ]
    kept: list[Found] = []
    for item in fields:
        if item.field != "related":
            kept.append(item)
            continue
        rest = [entry for entry in item.value if not any(text in entry["identifier"] for text in own)]
        if rest:
            kept.append(replace(item, value=rest))
    return kept


def _contributors(evidence: list[Evidence], fields: list[Found]) -> list[Notice]:
    """Ask whether contributors who are no authors should be."""
    found = best(evidence, "contributors")
    authors: list[dict[str, Any]] = next((item.value for item in fields if item.field == "authors"), [])
    rest = (
        [who for who in found.value if not any(names.same_person(who, other) for other in authors)]
        if found
        else []
    )
    if found is None or not rest:
        return []
    listed = ", ".join(display(who) for who in rest[:5])
    return [Notice("question", "authors", f"are these contributors authors as well: {listed}?", found.source)]
