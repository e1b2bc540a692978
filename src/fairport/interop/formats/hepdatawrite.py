"""Writing a HEPData submission: ``submission.yaml``, one table, and the record as an additional resource.

The layout follows the specification at https://hepdata-submission.readthedocs.io (schema version 1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

_LICENCES: Final[dict[str, str]] = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
}
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True, slots=True)
class Submission:
    """What the submission says of itself.

    Attributes:
        name: identifier of the result, also the file name of the table.
        title: title of the table.
        description: what it holds.
        keywords: words for the search.
        licence: SPDX expression of the numbers.
        source: where the numbers come from, in words.
        arxiv: arXiv identifier.
    """

    name: str
    title: str
    description: str
    keywords: Sequence[str]
    licence: str
    source: str | None = None
    arxiv: str | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """One column: name, VOUnits unit, values (NaN for missing), and whether it is independent."""

    name: str
    unit: str
    values: tuple[float, ...]
    independent: bool


def write(
    submission: Submission, variables: Sequence[Variable], qualifiers: Mapping[str, str]
) -> dict[str, str]:
    """Return file name to text of a submission with one table.

    Args:
        submission: what it says of itself.
        variables: columns of equal length.
        qualifiers: name to value, repeated at each dependent column.
    """
    table = f"{submission.name}.yaml"
    comment = submission.description + (f" Source: {submission.source}." if submission.source else "")
    first: dict[str, Any] = {
        "comment": comment,
        "additional_resources": [{"location": "result.yaml", "description": "The Fairport result record."}],
    }
    if submission.arxiv and submission.arxiv not in comment:
        first["comment"] += f" arXiv:{submission.arxiv.removeprefix('arXiv:')}."
    entry: dict[str, Any] = {
        "name": submission.title[:60],
        "location": submission.source or "Fairport result record",
        "description": submission.description,
        "keywords": [
            {"name": "observables", "values": ["LIMIT"]},
            {"name": "phrases", "values": ["Dark Matter", *submission.keywords]},
        ],
        "data_file": table,
    }
    if submission.licence != "LicenseRef-none":
        url = _LICENCES.get(submission.licence, f"https://spdx.org/licenses/{submission.licence}.html")
        entry["data_license"] = {
            "name": submission.licence,
            "url": url,
            "description": "Terms of the numbers of this table.",
        }
    data = {
        "independent_variables": [_variable(v, {}) for v in variables if v.independent],
        "dependent_variables": [_variable(v, qualifiers) for v in variables if not v.independent],
    }
    parts = "---\n" + dump(first) + "---\n" + dump(entry)
    return {"submission.yaml": parts, table: dump(data)}


def dump(data: Any) -> str:
    """Return plain YAML 1.1 text, which the tools of HEPData read."""
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))


def _variable(variable: Variable, qualifiers: Mapping[str, str]) -> dict[str, Any]:
    header = {"name": variable.name} | ({"units": variable.unit} if variable.unit else {})
    found: dict[str, Any] = {"header": header}
    if qualifiers:
        found["qualifiers"] = [{"name": name, "value": value} for name, value in qualifiers.items()]
    found["values"] = [{"value": "-" if math.isnan(value) else value} for value in variable.values]
    return found
