"""The 17 principles of FAIR4RS 1.0 (doi:10.15497/RDA00068) with the FRSM metrics that measure them."""

from __future__ import annotations

from typing import Final

from fairport.check.assess.model import Criterion

_ARCHIVE: Final = "the answer lies in the archive or registry that holds the software"
_PARTS: Final = "identifiers of parts are given by an archive such as Software Heritage"


def _principle(name: str, title: str, metrics: str, *facts: str) -> Criterion:
    return Criterion(name, title, facts, serves=tuple(metrics.split()))


def _elsewhere(name: str, title: str, metrics: str, why: str, *declared: str) -> Criterion:
    return Criterion(name, title, serves=tuple(metrics.split()), elsewhere=why, declared=declared)


PRINCIPLES: Final[tuple[Criterion, ...]] = (
    _principle("F1", "The software has a persistent identifier", "FRSM-01-F1", "persistent_id"),
    _elsewhere("F1.1", "Its components have identifiers of their own", "FRSM-02-F1.1", _PARTS, "swhid"),
    _principle("F1.2", "Its versions have identifiers of their own", "FRSM-03-F1.2", "version", "version_id"),
    _principle(
        "F2",
        "Metadata describe it richly",
        "FRSM-04-F2 FRSM-06-F2",
        *("title", "description", "creators", "linked_metadata", "readme"),
    ),
    _principle("F3", "Metadata name its identifier", "FRSM-07-F3", "cited_id"),
    _elsewhere("F4", "Metadata are FAIR, searchable, indexable", "FRSM-08-F4", _ARCHIVE, "linked_metadata"),
    _principle("A1", "It is retrieved by its identifier over a standard protocol", "FRSM-09-A1", "address"),
    _principle("A1.1", "The protocol is open and free", "FRSM-09-A1", "address"),
    _principle("A1.2", "The protocol can authenticate", "FRSM-09-A1", "address", "access"),
    _elsewhere("A2", "Metadata stay when the software goes", "FRSM-08-F4", _ARCHIVE, "persistent_id"),
    _principle(
        "I1", "It reads and writes standard formats", "FRSM-10-I1 FRSM-11-I1", "own_tables", "workflow"
    ),
    _principle("I2", "It refers to other objects, saying how", "FRSM-12-I2", "related"),
    _principle(
        "R1",
        "Attributes for reuse are many",
        "FRSM-05-R1 FRSM-13-R1 FRSM-14-R1",
        *("contact", "readme", "methods", "locked", "tests"),
    ),
    _principle(
        "R1.1", "It has a clear licence", "FRSM-15-R1.1 FRSM-16-R1.1", "standard_licences", "licence_texts"
    ),
    _principle("R1.2", "Its provenance is told", "FRSM-17-R1.2", "history", "provenance"),
    _principle("R2", "It refers to the software that it needs", "FRSM-13-R1", "locked"),
    _principle(
        "R3", "It meets the standards of its domain", "FRSM-10-I1 FRSM-14-R1", "workflow", "linked_metadata"
    ),
)
"""All principles, in their order."""
