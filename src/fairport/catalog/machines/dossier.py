"""What is said about one data set, whatever the format: plain, checked values without a trace of HTML or XML.

Every text in a dossier went through :func:`fairport.catalog.prose.plain`, every address through
:func:`fairport.catalog.addresses.safe_link`: the writers only escape for their format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

COAR: Final = {
    "open access": "http://purl.org/coar/access_right/c_abf2",
    "embargoed access": "http://purl.org/coar/access_right/c_f1cf",
    "restricted access": "http://purl.org/coar/access_right/c_16ec",
    "metadata only access": "http://purl.org/coar/access_right/c_14cb",
}
"""Access rights of the COAR vocabulary 1.1 by their English label."""

CRATE_FILE: Final = "ro-crate-metadata.json"
CRATE_PROFILE: Final = "https://w3id.org/ro/crate/1.1"
VORESOURCE_FILE: Final = "voresource.xml"
LINKSET_JSON: Final = "linkset.json"
LINKSET_TEXT: Final = "linkset.txt"
LINKSETS: Final = (LINKSET_JSON, LINKSET_TEXT)


@dataclass(frozen=True, slots=True)
class Agent:
    """A person or an organisation; ``iri`` is an ORCID, a ROR or another address."""

    name: str
    iri: str | None = None
    organisation: bool = False
    affiliations: tuple[Agent, ...] = ()


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file beside the page.

    Attributes:
        name: path relative to the folder of the page.
        media_type: IANA media type.
        size: bytes, ``None`` while the file is not made yet.
        sha256: hexadecimal digest, ``None`` while the file is not made yet.
        title: what it is.
        role: ``data``, ``about`` (what is said about them) or ``figure``.
        licence: SPDX expression, where it is not that of the data set.
    """

    name: str
    media_type: str
    size: int | None
    sha256: str | None
    title: str
    role: Literal["data", "about", "figure"] = "data"
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """A quantity that was measured, with its unit (VOUnits)."""

    name: str
    quantity: str
    unit: str


@dataclass(frozen=True, slots=True)
class Part:
    """Another data set of the catalogue: identifier, title, folder and day (ISO) of its content."""

    id: str
    title: str
    folder: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """The run that made a result: times are RFC 3339 instants."""

    id: str
    started: str
    ended: str
    agent: Agent | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """An input of a run with its SHA-256 digest."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Site:
    """The catalogue that a data set is in.

    Attributes:
        title: its name.
        description: one or two sentences.
        url: published address that ends with a slash, or ``None``.
        licence: SPDX expression of its own texts.
        publisher: who publishes it; the catalogue itself where nobody is named.
        contact: whom to ask: a name, an e-mail address or a web address.
    """

    title: str
    description: str
    url: str | None
    licence: str
    publisher: Agent
    contact: str | None = None

    def absolute(self, path: str) -> str | None:
        """Return the published address of a path of the site, ``None`` when the catalogue has none."""
        return self.url + path.removesuffix("index.html") if self.url else None

    def address(self, path: str) -> str:
        """Return the published address of a path.

        Raises:
            ValueError: the catalogue has no published address.
        """
        if self.url is None:
            raise ValueError("the catalogue has no published address")
        return self.url + path.removesuffix("index.html")

    @property
    def host(self) -> str:
        """Name of the host of the published address, ``localhost`` without one."""
        return (urlsplit(self.url).hostname if self.url else None) or "localhost"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A data set: a result, or an analysis with its results.

    Attributes:
        id: identifier in the catalogue, such as ``lz/si``.
        folder: folder of its page relative to the site, ending with a slash.
        title: one line.
        description: 50 to 5000 characters.
        version: of the record.
        status: of the record.
        doi: its own DOI as a link, never that of a paper about it.
        published: when this content came into the catalogue (RFC 3339, UTC).
        creators: who made it.
        keywords: words to find it by, at least one.
        licence: SPDX expression of the numbers.
        licence_url: page of a single SPDX licence.
        access: label of :data:`COAR`.
        files: what lies beside the page.
        variables: what was measured.
        technique: how it was measured or inferred.
        sources: links to what it was made from.
        citations: links to what to cite.
        related: (DataCite relation, link) pairs.
        part_of: the analysis of a result.
        parts: results of an analysis.
        tables: tables of the results of an analysis, by their path relative to the site.
        activity: run that made it.
        inputs: files that the run used.
        experiment: experiment or collaboration.
        instrument: instrument.
        type: class of schema.org.
        beside: files that describe it in its folder.
    """

    id: str
    folder: str
    title: str
    description: str
    version: str
    status: str
    doi: str | None
    published: str
    creators: tuple[Agent, ...]
    keywords: tuple[str, ...]
    licence: str
    licence_url: str | None
    access: str
    files: tuple[FileEntry, ...] = ()
    variables: tuple[Variable, ...] = ()
    technique: str | None = None
    sources: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    part_of: Part | None = None
    parts: tuple[Part, ...] = ()
    tables: tuple[FileEntry, ...] = ()
    activity: Activity | None = None
    inputs: tuple[Used, ...] = ()
    experiment: str | None = None
    instrument: str | None = None
    type: str = "Dataset"
    beside: tuple[str, ...] = (CRATE_FILE, VORESOURCE_FILE, *LINKSETS)

    @property
    def day(self) -> str:
        """Day of :attr:`published`."""
        return self.published[:10]

    @property
    def content(self) -> tuple[FileEntry, ...]:
        """Files that hold the data."""
        return tuple(file for file in self.files if file.role == "data")

    @property
    def figures(self) -> tuple[FileEntry, ...]:
        """Files that draw the data."""
        return tuple(file for file in self.files if file.role == "figure")

    @property
    def access_iri(self) -> str:
        """COAR term of the access rights."""
        return COAR.get(self.access, COAR["restricted access"])
