"""The 41 indicators of the RDA FAIR Data Maturity Model (doi:10.15497/rda00050), titles in our words."""

from __future__ import annotations

from typing import Final, Literal

from fairport.check.assess.model import Criterion

_PRIORITIES: Final[dict[str, Literal["essential", "important", "useful"]]] = {
    "E": "essential",
    "I": "important",
    "U": "useful",
}
_RESOLVE: Final = "whether an identifier leads anywhere is seen on the network, not in the repository"
_REGISTERED: Final = "whether the identifier of the data is registered is known to its registry alone"
_OUTLIVE: Final = (
    "that metadata outlive the data is a promise of the archive; a repository can only declare it"
)
_LEADS: Final = "the references are declared; that they lead to data is seen where the data are"


def _provable(name: str, priority: str, title: str, *facts: str) -> Criterion:
    return Criterion(name, title, facts, priority=_PRIORITIES[priority])


def _elsewhere(name: str, priority: str, title: str, why: str, *declared: str) -> Criterion:
    return Criterion(name, title, priority=_PRIORITIES[priority], elsewhere=why, declared=declared)


INDICATORS: Final[tuple[Criterion, ...]] = (
    _provable("F1-01M", "E", "Metadata have a persistent identifier", "persistent_id"),
    _elsewhere("F1-01D", "E", "Data have a persistent identifier", _REGISTERED, "data_ids"),
    _provable("F1-02M", "E", "Metadata have a globally unique identifier", "unique_id", "version"),
    _provable("F1-02D", "E", "Data have a globally unique identifier", "data_ids"),
    _provable(
        "F2-01M",
        "E",
        "Metadata are rich enough for discovery",
        *("title", "description", "creators", "keywords", "publisher", "day"),
    ),
    _provable("F3-01M", "E", "Metadata name the data", "data_references"),
    _provable("F4-01M", "E", "Metadata can be harvested and indexed", "linked_metadata", "cff", "address"),
    _provable("A1-01M", "I", "Metadata say how to get access", "access"),
    _elsewhere("A1-02M", "E", "Metadata can be reached by hand", _RESOLVE, "address"),
    _elsewhere("A1-02D", "E", "Data can be reached by hand", _RESOLVE, "data_protocol"),
    _elsewhere("A1-03M", "E", "The identifier leads to the metadata", _RESOLVE, "persistent_id"),
    _elsewhere("A1-03D", "E", "The identifier leads to the data", _RESOLVE, "data_ids"),
    _provable("A1-04M", "E", "Metadata are served by a standard protocol", "address"),
    _provable("A1-04D", "E", "Data are served by a standard protocol", "data_protocol"),
    _provable("A1-05D", "I", "Data can be fetched by a program", "data_protocol", "data_ids"),
    _provable("A1.1-01M", "E", "The protocol for metadata is free", "address"),
    _provable("A1.1-01D", "I", "The protocol for data is free", "data_protocol"),
    _provable("A1.2-01D", "U", "The protocol for data can authenticate", "data_protocol", "access"),
    _elsewhere("A2-01M", "E", "Metadata stay when data go", _OUTLIVE, "retention"),
    _provable("I1-01M", "I", "Metadata are in a standard form", "linked_metadata"),
    _provable("I1-01D", "I", "Data are in a standard form", "own_tables"),
    _provable("I1-02M", "I", "Machines understand the metadata", "linked_metadata"),
    _provable("I1-02D", "I", "Machines understand the data", "own_tables"),
    _provable("I2-01M", "I", "Metadata use FAIR vocabularies", "vocabularies"),
    _provable("I2-01D", "U", "Data use FAIR vocabularies", "own_units"),
    _provable("I3-01M", "I", "Metadata refer to other metadata", "related"),
    _elsewhere("I3-01D", "U", "Data refer to other data", _LEADS, "inputs"),
    _provable("I3-02M", "U", "Metadata refer to other data", "data_references"),
    _elsewhere("I3-02D", "U", "Data say how they relate to other data", _LEADS, "inputs"),
    _provable("I3-03M", "I", "Metadata say how they relate to other metadata", "related"),
    _provable("I3-04M", "U", "Metadata say how they relate to other data", "qualified_data"),
    _provable(
        "R1-01M",
        "E",
        "Attributes for reuse are many",
        *("description", "creators", "contact", "origin", "methods"),
    ),
    _provable("R1.1-01M", "E", "Metadata state the licence", "licences"),
    _provable("R1.1-02M", "I", "The licence is a standard one", "standard_licences"),
    _provable("R1.1-03M", "I", "Machines understand the licence", "standard_licences", "licence_texts"),
    _provable("R1.2-01M", "I", "Provenance as the community writes it", "provenance"),
    _provable("R1.2-02M", "U", "Provenance in a language of all communities (PROV)", "run_crates"),
    _provable("R1.3-01M", "E", "Metadata follow a community standard", "linked_metadata", "cff"),
    _provable("R1.3-01D", "E", "Data follow a community standard", "own_tables"),
    _provable("R1.3-02M", "E", "Metadata follow a standard that machines understand", "linked_metadata"),
    _provable("R1.3-02D", "I", "Data follow a standard that machines understand", "own_tables", "own_units"),
)
"""All indicators, in the order of the model: 20 essential, 14 important, 7 useful."""
