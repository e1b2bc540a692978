"""The 17 metrics of F-UJI 0.8 (doi:10.5281/zenodo.15045911): 26 points in scored tests.

F-UJI reads the page behind an identifier. What a repository states is what that page is made from, so a test
passes here when the statement is there; tests of the page itself are left to the published page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fairport.check.assess.model import Criterion

_PAGE: Final = "F-UJI reads this from the published page; the repository holds what the page is made from"
_NETWORK: Final = "only the network can answer"
_REGISTRY: Final = "only the registry of the identifier can answer"


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """A metric before it is judged: identifier, title, identifiers in version 0.5, tests."""

    id: str
    title: str
    aliases: tuple[str, ...]
    tests: tuple[Criterion, ...]


def _metric(name: str, title: str, aliases: str, *tests: Criterion) -> MetricSpec:
    return MetricSpec(name, title, tuple(aliases.split()), tests)


def _test(name: str, points: float, title: str, *facts: str) -> Criterion:
    return Criterion(name, title, facts, serves=(_parent(name),), points=points)


def _elsewhere(name: str, points: float, title: str, why: str, *declared: str) -> Criterion:
    return Criterion(name, title, serves=(_parent(name),), points=points, elsewhere=why, declared=declared)


def _parent(name: str) -> str:
    return name.rpartition("-")[0]


METRICS: Final[tuple[MetricSpec, ...]] = (
    _metric(
        "FsF-F1-01MD",
        "Globally unique identifier",
        "FsF-F1-01D",
        _test("FsF-F1-01MD-1", 1, "The identifier has a unique form", "unique_id"),
    ),
    _metric(
        "FsF-F1-02MD",
        "Persistent identifier",
        "FsF-F1-02D",
        _test("FsF-F1-02MD-1", 0.5, "The identifier has a persistent form", "persistent_id"),
        _elsewhere("FsF-F1-02MD-2", 0.5, "The identifier is registered", _REGISTRY, "persistent_id"),
    ),
    _metric(
        "FsF-F2-01M",
        "Descriptive core metadata",
        "FsF-F2-01M",
        _test(
            "FsF-F2-01M-2",
            1,
            "What a citation needs",
            *("creators", "title", "unique_id", "day", "publisher", "resource_type"),
        ),
        _test(
            "FsF-F2-01M-3",
            1,
            "What a search needs",
            *(
                "creators",
                "title",
                "unique_id",
                "day",
                "publisher",
                "resource_type",
                "description",
                "keywords",
            ),
        ),
    ),
    _metric(
        "FsF-F3-01M",
        "Identifier of the data in the metadata",
        "FsF-F3-01M",
        _test("FsF-F3-01M-2", 1, "The metadata say where the data are", "data_references"),
    ),
    _metric(
        "FsF-F4-01M",
        "Searchable metadata",
        "FsF-F4-01M",
        _elsewhere(
            "FsF-F4-01M-1", 2, "Search engines find the metadata in the page", _PAGE, "linked_metadata"
        ),
    ),
    _metric(
        "FsF-A1-01M",
        "Access information",
        "FsF-A1-01M",
        _test("FsF-A1-01M-1", 1, "The metadata state the access right", "access"),
    ),
    _metric(
        "FsF-A1-02MD",
        "Retrievable metadata and data",
        "",
        _elsewhere("FsF-A1-02MD-1", 1, "The identifier leads to metadata", _NETWORK, "persistent_id"),
        _elsewhere("FsF-A1-02MD-2", 1, "The identifiers in the metadata lead to data", _NETWORK, "data_ids"),
    ),
    _metric(
        "FsF-A1.1-01MD",
        "Standard protocol",
        "FsF-A1-02M FsF-A1-03D",
        _test("FsF-A1.1-01MD-1", 1, "Metadata are served by a standard protocol", "address"),
        _test("FsF-A1.1-01MD-2", 1, "Data are served by a standard protocol", "data_protocol"),
    ),
    _metric(
        "FsF-A1.2-01MD",
        "Protocol with authentication",
        "",
        _test("FsF-A1.2-01MD-1", 1, "The protocol for metadata can authenticate", "address"),
        _test("FsF-A1.2-01MD-2", 1, "The protocol for data can authenticate", "data_protocol"),
    ),
    _metric(
        "FsF-I1-01M",
        "Formal representation of metadata",
        "FsF-I1-01M",
        _elsewhere(
            "FsF-I1-01M-2", 2, "JSON-LD or RDF in the page or linked from it", _PAGE, "linked_metadata"
        ),
    ),
    _metric(
        "FsF-I2-01M",
        "Registered vocabularies",
        "FsF-I2-01M",
        _test("FsF-I2-01M-2", 2, "Terms come from registered vocabularies", "vocabularies"),
    ),
    _metric(
        "FsF-I3-01M",
        "Qualified references",
        "FsF-I3-01M",
        _test("FsF-I3-01M-2", 2, "Related resources by identifier and relation", "related"),
    ),
    _metric(
        "FsF-R1-01M",
        "Content of the data",
        "FsF-R1-01MD",
        _test("FsF-R1-01M-1", 1, "The resource type is stated", "resource_type"),
        _test("FsF-R1-01M-2", 1, "Size and format of the data are stated", "data_described"),
    ),
    _metric(
        "FsF-R1.1-01M",
        "Licence",
        "FsF-R1.1-01M",
        _test("FsF-R1.1-01M-1", 1, "The licence stands in its own element", "licences"),
    ),
    _metric(
        "FsF-R1.2-01M",
        "Provenance",
        "FsF-R1.2-01M",
        _test("FsF-R1.2-01M-1", 1, "How the data came to be", "creators", "day", "provenance"),
    ),
    _metric(
        "FsF-R1.3-01M",
        "Community metadata standard",
        "FsF-R1.3-01M",
        _test("FsF-R1.3-01M-3", 1, "A standard of this or of all disciplines", "linked_metadata"),
    ),
    _metric(
        "FsF-R1.3-02D",
        "Community file format",
        "FsF-R1.3-02D",
        _test("FsF-R1.3-02D-1", 1, "The format is open, lasting or of the discipline", "own_tables"),
    ),
)
"""All metrics, in their order."""
