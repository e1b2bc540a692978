"""The starters' example inputs: a result that was made from them unchanged is nobody's result."""

from __future__ import annotations

from functools import cache
from typing import Final

from fairport.contract.errors import FairportError
from fairport.contract.files import sha256_file
from fairport.contract.resources import template_root
from fairport.contract.result import Result

_FORMER: Final = frozenset(
    {
        "28c5f532060f24cc1571fd2dd2ed42eed91d07307514e8b5afec6d50de1c1d06",
        "4f7ef3130b0a6ae8d7b2a62d99ccbee8aedcc3bbd05a150bc81af84ff476aa81",
        "edfeda07ed1b6f7f2d8731ddd4909ccc04bedf724f6f183b898a5672569c242f",
        "0fe8f413c1a77a9fbcc87ba0ab34d21cdb75c23bc5e1d1031e1f730e5bfbf84b",
        "65a519347a4358bb7d860295901f336a83effc5c3cce2589733206c58f29ad66",
        "b0392f01a4992baac2225d628684e278ce765cacb75cb4fbb371ed43ddf8aa6a",
    }
)
"""Example inputs of released templates that have changed since."""


@cache
def example_digests() -> frozenset[str]:
    """Return the sha256 (64 hexadecimal digits) of every example input of this or a former template."""
    try:
        folder = template_root() / "template"
    except FairportError:
        return _FORMER
    return _FORMER | frozenset(
        sha256_file(path) for path in folder.glob("*/data/*/experiment.json") if path.is_file()
    )


def is_example(record: Result) -> bool:
    """Tell whether a result is an example: marked so, or made from a starter's inputs, whatever it says."""
    provenance = record.provenance
    if provenance.example or provenance.example_digest is not None:
        return True
    return any(item.sha256 in example_digests() for item in provenance.inputs)
