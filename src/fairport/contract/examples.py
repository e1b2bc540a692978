"""The starters' example inputs: a result that was made from them unchanged is nobody's result."""

from __future__ import annotations

from functools import cache

from fairport.contract.errors import FairportError
from fairport.contract.files import sha256_file
from fairport.contract.resources import template_root
from fairport.contract.result import Result


@cache
def example_digests() -> frozenset[str]:
    """Return the sha256 of every example input that ships with the template (64 hexadecimal digits each)."""
    try:
        folder = template_root() / "template"
    except FairportError:
        return frozenset()
    return frozenset(sha256_file(path) for path in folder.glob("*/data/*/experiment.json") if path.is_file())


def is_example(record: Result) -> bool:
    """Tell whether a result is an example: marked so, or made from a starter's inputs, whatever it says."""
    provenance = record.provenance
    if provenance.example or provenance.example_digest is not None:
        return True
    return any(item.sha256 in example_digests() for item in provenance.inputs)
