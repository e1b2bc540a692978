"""The analysis record, ``fairport.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Affiliation:
    """An institution."""

    name: str
    ror: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person (given and family names) or an organisation."""

    given_names: str | None = None
    family_names: str | None = None
    organisation: str | None = None
    orcid: str | None = None
    ror: str | None = None
    email: str | None = None
    affiliations: tuple[Affiliation, ...] = ()
    roles: tuple[str, ...] = ()

    @property
    def display_name(self) -> str:
        """``Given Family``, or the name of the organisation."""
        return self.organisation or " ".join(part for part in (self.given_names, self.family_names) if part)

    @property
    def sort_name(self) -> str:
        """``Family, Given``, or the name of the organisation."""
        return self.organisation or ", ".join(part for part in (self.family_names, self.given_names) if part)


@dataclass(frozen=True, slots=True)
class Licences:
    """SPDX expressions of code and data."""

    code: str
    data: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask."""

    name: str | None = None
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Experiment:
    """The experiment whose data or numbers are analysed."""

    name: str
    collaboration: str | None = None
    instrument: str | None = None
    site: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A term of a controlled vocabulary."""

    term: str
    iri: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant."""

    funder: str
    ror: str | None = None
    award: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Persistent identifiers of the analysis and its paper."""

    doi: str | None = None
    concept_doi: str | None = None
    swhid: str | None = None
    arxiv: str | None = None
    inspire: str | None = None
    texkey: str | None = None


@dataclass(frozen=True, slots=True)
class RelatedItem:
    """A related item with its DataCite relation."""

    identifier: str
    relation: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Repository:
    """Where the source lives."""

    url: str
    issues: str | None = None


@dataclass(frozen=True, slots=True)
class Software:
    """What the code runs in."""

    language: str | None = None
    image: str | None = None
    lock: str | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """The workflow that makes the results."""

    type: str
    file: str
    inputs: str | None = None
    reana: str | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """Who may see the numbers (COAR term) and from when."""

    level: str
    embargo_until: str | None = None
    conditions: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class SignOff:
    """Approval by the collaboration."""

    by: str
    role: str
    date: str


@dataclass(frozen=True, slots=True)
class CataloguePin:
    """The catalogue whose planes are used."""

    url: str
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that is accepted, with its reason."""

    rule: str
    reason: str
    path: str | None = None
    expires: str | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """The analysis record; see ``schemas/analysis.schema.json`` for the meaning of each field."""

    schema_version: str
    id: str
    title: str
    description: str
    version: str
    status: str
    maturity: str
    licences: Licences
    authors: tuple[Person, ...]
    experiment: Experiment
    search: str
    workflow: Workflow
    data: str
    results: str
    access: Access
    status_reason: str | None = None
    created: str | None = None
    released: str | None = None
    contact: Contact | None = None
    keywords: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()
    funding: tuple[Grant, ...] = ()
    identifiers: Identifiers = Identifiers()
    related: tuple[RelatedItem, ...] = ()
    publisher: str | None = None
    resource_type: str | None = None
    repository: Repository | None = None
    readme: str = "README.md"
    software: Software = Software()
    signed_off: SignOff | None = None
    catalogue: CataloguePin | None = None
    rules: str | None = None
    waivers: tuple[Waiver, ...] = ()

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Analysis:
        """Build from data that met the schema."""
        from fairport.contract.structure import structure

        return structure(cls, data)
