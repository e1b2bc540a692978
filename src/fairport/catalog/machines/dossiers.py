"""Dossiers of results and analyses, made from their records; hostile text ends here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from fairport.catalog.addresses import safe_link as checked_link
from fairport.catalog.addresses import web_address
from fairport.catalog.cards import Card
from fairport.catalog.licences import licence_url, may_redistribute
from fairport.catalog.machines.dossier import (
    COAR,
    Activity,
    Agent,
    Dossier,
    FileEntry,
    Part,
    Site,
    Used,
    Variable,
)
from fairport.catalog.model import ShownAnalysis, ShownResult
from fairport.catalog.prose import plain
from fairport.contract.analysis import Analysis, Person
from fairport.contract.files import sha256_bytes
from fairport.contract.registry import CatalogueConfiguration
from fairport.contract.result import Provenance, PublishedSource

_NOT_IN_IRI: Final = re.compile(r"""[<>"{}|\\^`]""")
MAX_TEXT: Final = 5000
MAX_INPUTS: Final = 50
MAX_LINKS: Final = 100

TITLES: Final = {
    "application/gzip": "Numbers as a compressed table",
    "application/json": "Record as JSON",
    "application/yaml": "Record as it was harvested",
    "application/x-bibtex": "What to cite, as BibTeX",
    "image/svg+xml": "Figure",
    "text/csv": "Numbers as a table",
}
"""What a file of each media type is."""

ROLES: Final[dict[str, Literal["about", "figure"]]] = {
    "application/x-bibtex": "about",
    "image/svg+xml": "figure",
    "image/png": "figure",
    "application/pdf": "figure",
}
"""What a file of a media type is for, where it does not hold the data."""


def site_of(config: CatalogueConfiguration) -> Site:
    """Return the catalogue as its data sets name it."""
    publisher = config.publisher
    url = safe_link(config.url)
    agent = Agent(plain(config.title), url, organisation=True)
    if publisher is not None:
        iri = safe_link(publisher.ror) or safe_link(publisher.url)
        agent = Agent(plain(publisher.name), iri, organisation=True)
    return Site(
        plain(config.title),
        description(plain(config.description or ""), plain(config.title)),
        url.rstrip("/") + "/" if url else None,
        config.licence,
        agent,
        plain(config.contact) if config.contact else None,
    )


def result_dossier(
    analysis: ShownAnalysis,
    result: ShownResult,
    words: str,
    files: Mapping[str, tuple[str, bytes | str]],
    time: str,
) -> Dossier:
    """Return the dossier of a result.

    Args:
        analysis: the analysis that it belongs to.
        result: the result.
        words: what it says, in sentences.
        files: media type and content of each file beside the page, by name.
        time: when the last harvest began, for a result without a date of its own.
    """
    record, plane = result.loaded.record, result.loaded.plane
    provenance, owner = record.provenance, analysis.record
    experiment = result.loaded.experiment or owner.experiment.name
    words_of_it = [plane.title, record.kind, result.kind, owner.search, *owner.keywords, experiment]
    return Dossier(
        id=result.id,
        folder=result.url.removesuffix("index.html"),
        title=plain(record.title),
        description=description(plain(f"{record.description or ''} {words}"), plain(record.title)),
        version=plain(record.version),
        status=record.status,
        doi=None,
        published=instant(result.state.harvested or analysis.state.harvested, time),
        creators=_agents(owner.authors),
        keywords=_keywords(words_of_it),
        licence=record.licence,
        licence_url=licence_url(record.licence),
        access="open access" if may_redistribute(record.licence) else "metadata only access",
        files=tuple(_file(name, kind, content) for name, (kind, content) in files.items()),
        variables=tuple(
            Variable(plain(axis.labels.unicode), axis.quantity.replace("_", " "), axis.unit)
            for axis in plane.axes
        ),
        technique=plain(record.statistics.method) if record.statistics else None,
        sources=_links([*_source_links(provenance.source), analysis.address, _code_address(provenance)]),
        citations=_links(provenance.cite),
        part_of=Part(analysis.id, plain(owner.title), analysis.url.removesuffix("index.html")),
        activity=_activity(provenance),
        inputs=tuple(
            Used(plain(item.did or item.path), item.sha256) for item in provenance.inputs[:MAX_INPUTS]
        ),
        experiment=plain(experiment),
        instrument=plain(owner.experiment.instrument or "") or None,
    )


def analysis_dossier(
    analysis: ShownAnalysis, files: Mapping[str, tuple[str, bytes | str]], time: str
) -> Dossier:
    """Return the dossier of an analysis, whose parts are its results.

    Args:
        analysis: the analysis with its shown results.
        files: media type and content of each file beside the page, by name.
        time: when the last harvest began, for an analysis without a date of its own.
    """
    record = analysis.record
    related = [(item.relation, safe_link(item.identifier)) for item in record.related[:MAX_LINKS]]
    return Dossier(
        id=analysis.id,
        folder=analysis.url.removesuffix("index.html"),
        title=plain(record.title),
        description=description(plain(record.description), plain(record.title)),
        version=plain(record.version),
        status=record.status,
        doi=_doi(record),
        published=instant(analysis.state.harvested, time),
        creators=_agents(record.authors),
        keywords=_keywords([*record.keywords, record.search, record.experiment.name]),
        licence=record.licences.data,
        licence_url=licence_url(record.licences.data),
        access=_access(analysis),
        files=tuple(_file(name, kind, content) for name, (kind, content) in files.items()),
        technique=record.search,
        sources=_links([analysis.address]),
        citations=_links([f"arXiv:{record.identifiers.arxiv}" if record.identifiers.arxiv else None]),
        related=tuple((relation, link) for relation, link in related if link),
        parts=tuple(
            Part(
                result.id,
                plain(result.card.title),
                result.url.removesuffix("index.html"),
                (result.state.harvested or "")[:10],
            )
            for result in analysis.results
        ),
        tables=tuple(table_entries(analysis.results)),
        experiment=plain(record.experiment.name),
        instrument=plain(record.experiment.instrument or "") or None,
    )


def description(text: str, title: str) -> str:
    """Return a description of 50 to 5000 characters, as search engines ask for."""
    text = text.strip()
    if len(text) < 50:
        text = f"{title}. {text} Published in a catalogue of dark-matter results.".strip()
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def safe_link(text: str | None) -> str | None:
    """Return a link that a page may carry with every sign percent-encoded that no IRI may have."""
    link = checked_link(text)
    return _NOT_IN_IRI.sub(lambda sign: f"%{ord(sign[0]):02X}", link) if link else None


def _access(analysis: ShownAnalysis) -> str:
    """Return the label of the access rights; what is withheld is never called open."""
    level = analysis.record.access.level
    if level not in COAR:
        return "restricted access"
    if level == "embargoed access" and analysis.withheld is None:
        return "open access"
    if level == "open access" and analysis.withheld is not None:
        return "embargoed access"
    return level


def table_entries(results: Iterable[ShownResult]) -> Iterator[FileEntry]:
    """Yield the tables of results that may be handed on, by their path relative to the site."""
    for result in results:
        card = result.card
        if card.table and may_redistribute(card.licence):
            path = result.url.removesuffix("index.html") + table_name(card)
            title = plain(card.title)
            yield FileEntry(path, card.table, card.size, card.sha256, title, licence=card.licence)


def table_name(card: Card) -> str:
    """Return the name under which the table of a result is offered."""
    return f"{card.result}.csv" + (".gz" if card.table == "application/gzip" else "")


def _doi(record: Analysis) -> str | None:
    link = safe_link(record.identifiers.doi)
    return link if link and link.startswith(("https://doi.org/", "http://doi.org/")) else None


def _file(name: str, kind: str, content: bytes | str) -> FileEntry:
    data = content.encode() if isinstance(content, str) else content
    title, role = TITLES.get(kind, "Data"), ROLES.get(kind)
    return FileEntry(name, kind, len(data), sha256_bytes(data), title, role or "data")


def _agents(people: Iterable[Person]) -> tuple[Agent, ...]:
    return tuple(
        Agent(
            plain(person.display_name) or "anonymous",
            safe_link(person.orcid or person.ror),
            organisation=bool(person.organisation),
            affiliations=tuple(
                Agent(plain(item.name), safe_link(item.ror), organisation=True)
                for item in person.affiliations
            ),
        )
        for person in people
    )


def _keywords(words: Iterable[str]) -> tuple[str, ...]:
    found = dict.fromkeys(plain(word)[:100] for word in words)
    return ("dark matter", *(word for word in found if word and word.lower() != "dark matter"))


def _links(texts: Iterable[str | None]) -> tuple[str, ...]:
    links = dict.fromkeys(web_address(text) if _is_git(text) else safe_link(text) for text in texts)
    return tuple(link for link in links if link and not link.startswith("mailto:"))[:MAX_LINKS]


def _is_git(text: str | None) -> bool:
    return bool(text) and re.match(r"(?i)https?:", text or "") is None and "@" in (text or "")


def _source_links(source: PublishedSource | None) -> tuple[str | None, ...]:
    if source is None:
        return ()
    record = source.hepdata.record if source.hepdata else ""
    hepdata = f"https://www.hepdata.net/record/{record}" if re.fullmatch(r"(ins)?\d+", record) else None
    arxiv = f"arXiv:{source.arxiv}" if source.arxiv else None
    return (source.doi, arxiv, hepdata, source.url)


def _code_address(provenance: Provenance) -> str | None:
    return provenance.code.repository if provenance.code else None


def _activity(provenance: Provenance) -> Activity | None:
    run = provenance.run
    if run is None:
        return None
    agent = None
    if run.agent is not None and run.agent.name:
        agent = Agent(plain(run.agent.name), safe_link(run.agent.orcid))
    return Activity(plain(run.id), run.started, run.ended, agent)


def instant(text: str | None, otherwise: str) -> str:
    """Return an RFC 3339 instant in UTC; what is none is replaced."""
    for candidate in (text, otherwise):
        if candidate and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", candidate):
            return candidate
    return "1970-01-01T00:00:00Z"
