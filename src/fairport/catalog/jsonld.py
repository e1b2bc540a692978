"""schema.org descriptions of results, analyses and the catalogue, for search engines and harvesters."""

from __future__ import annotations

from typing import Any

from fairport.catalog.addresses import safe_link, web_address
from fairport.catalog.licences import licence_url, may_redistribute
from fairport.catalog.model import ShownAnalysis, ShownResult, SiteModel
from fairport.catalog.pages.frame import Frame
from fairport.catalog.prose import plain
from fairport.contract.analysis import Person

CONTEXT = "https://schema.org/"


def catalogue_ld(frame: Frame) -> dict[str, Any]:
    """Return a ``DataCatalog`` for the front page."""
    config = frame.model.config
    return _present(
        {
            "@context": CONTEXT,
            "@type": "DataCatalog",
            "name": plain(config.title),
            "description": plain(config.description or ""),
            "url": frame.absolute("index.html"),
            "license": licence_url(config.licence),
            "publisher": _publisher(frame.model),
            "dateModified": frame.model.time,
            "isAccessibleForFree": True,
        }
    )


def analysis_ld(frame: Frame, analysis: ShownAnalysis) -> dict[str, Any]:
    """Return a ``Dataset`` for an analysis: its results are its parts."""
    record = analysis.record
    return _present(
        {
            "@context": CONTEXT,
            "@type": "Dataset",
            "name": plain(record.title),
            "description": description(plain(record.description), plain(record.title)),
            "url": frame.absolute(analysis.url),
            "identifier": safe_link(record.identifiers.doi) or frame.absolute(analysis.url),
            "version": record.version,
            "license": licence_url(record.licences.data),
            "creator": [_creator(person) for person in record.authors],
            "keywords": [plain(word) for word in record.keywords],
            "dateModified": analysis.state.harvested,
            "isAccessibleForFree": analysis.withheld is None,
            "conditionsOfAccess": record.access.level,
            "isBasedOn": web_address(analysis.address),
            "includedInDataCatalog": _catalogue(frame),
            "hasPart": [
                _present(
                    {
                        "@type": "Dataset",
                        "name": plain(result.card.title),
                        "url": frame.absolute(result.url),
                    }
                )
                for result in analysis.results
            ],
        }
    )


def result_ld(
    frame: Frame, analysis: ShownAnalysis, result: ShownResult, words: str, files: dict[str, str]
) -> dict[str, Any]:
    """Return a ``Dataset`` for a result.

    Args:
        frame: the build.
        analysis: the analysis that it belongs to.
        result: the result.
        words: what it says, in sentences.
        files: media type of each file beside the page, by name.
    """
    record, plane = result.loaded.record, result.loaded.plane
    base = frame.absolute(result.url)
    source = record.provenance.source
    cited = [link for link in map(safe_link, record.provenance.cite) if link]
    cited += [link for link in (safe_link(source.doi) if source else None,) if link and link not in cited]
    return _present(
        {
            "@context": CONTEXT,
            "@type": "Dataset",
            "name": plain(record.title),
            "description": description(plain(f"{record.description or ''} {words}"), plain(record.title)),
            "url": base,
            "identifier": base,
            "version": record.version,
            "license": licence_url(record.licence),
            "creator": [_creator(person) for person in analysis.record.authors],
            "dateModified": result.state.harvested,
            "isAccessibleForFree": True,
            "measurementTechnique": record.statistics.method if record.statistics else None,
            "variableMeasured": [
                _present(
                    {"@type": "PropertyValue", "name": axis.quantity.replace("_", " "), "unitText": axis.unit}
                )
                for axis in plane.axes
            ],
            "citation": cited,
            "isPartOf": _present(
                {
                    "@type": "Dataset",
                    "name": plain(analysis.record.title),
                    "url": frame.absolute(analysis.url),
                }
            ),
            "includedInDataCatalog": _catalogue(frame),
            "distribution": [
                {"@type": "DataDownload", "contentUrl": base + name if base else name, "encodingFormat": kind}
                for name, kind in files.items()
            ]
            if may_redistribute(record.licence)
            else None,
        }
    )


def description(text: str, title: str) -> str:
    """Return a description of 50 to 5000 characters, as search engines ask for."""
    text = text.strip()
    if len(text) < 50:
        text = f"{title}. {text} Published in a catalogue of dark-matter results.".strip()
    return text if len(text) <= 5000 else text[:4999] + "…"


def _creator(person: Person) -> dict[str, Any]:
    kind = "Organization" if person.organisation else "Person"
    affiliations = [
        _present({"@type": "Organization", "name": plain(item.name), "@id": safe_link(item.ror)})
        for item in person.affiliations
    ]
    return _present(
        {
            "@type": kind,
            "@id": safe_link(person.orcid or person.ror),
            "name": plain(person.display_name),
            "affiliation": affiliations,
        }
    )


def _publisher(model: SiteModel) -> dict[str, Any] | None:
    publisher = model.config.publisher
    if publisher is None:
        return None
    return _present(
        {
            "@type": "Organization",
            "name": plain(publisher.name),
            "@id": safe_link(publisher.ror),
            "url": safe_link(publisher.url),
        }
    )


def _catalogue(frame: Frame) -> dict[str, Any]:
    return _present(
        {"@type": "DataCatalog", "name": plain(frame.model.config.title), "url": frame.absolute("index.html")}
    )


def _present(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None and value != "" and value != []}
