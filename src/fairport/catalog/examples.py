"""The starters' example inputs: a result made from them unchanged is an example, whatever its record says."""

from __future__ import annotations

from functools import cache

from fairport.contract.files import sha256_file
from fairport.contract.resources import template_root
from fairport.contract.result import Result


@cache
def starter_digests() -> frozenset[str]:
    """Return the sha256 of the example inputs of every starter of this release."""
    folder = template_root() / "template"
    return frozenset(sha256_file(path) for path in folder.glob("*/data/*/experiment.json"))


def is_example(record: Result) -> bool:
    """Tell whether a result is an example: marked so, or with a starter's inputs or their digest."""
    provenance = record.provenance
    known = starter_digests()
    digests = {item.sha256 for item in provenance.inputs}
    if provenance.example_digest:
        digests.add(provenance.example_digest.removeprefix("sha256:"))
    return provenance.example or provenance.example_digest is not None or bool(digests & known)
