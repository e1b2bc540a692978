"""Verdicts beside those of independent validators, on documents that are changed in every place.

The suites of those validators themselves are compared by `benchmarks/agreement.py`, given checkouts of them.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema

from fairport.check.identifiers import check_orcid
from fairport.check.licences import DEPRECATED, parse_licence
from fairport.check.options import Options
from fairport.check.session import check_paths

FULL_CFF: dict[str, Any] = {
    "cff-version": "1.2.0",
    "message": "Cite it.",
    "title": "A limit",
    "type": "dataset",
    "abstract": "What it is.",
    "authors": [
        {"given-names": "Ada", "family-names": "Lovelace", "orcid": "https://orcid.org/0000-0002-1825-0097"},
        {"name": "A collaboration", "website": "https://example.org", "date-start": "2020-01-01"},
    ],
    "contact": [{"name": "Office", "email": "office@example.org", "city": "Genève", "country": "CH"}],
    "commit": "0123456",
    "date-released": "2026-01-31",
    "doi": "10.5281/zenodo.1234567",
    "identifiers": [{"type": "doi", "value": "10.5281/zenodo.1234567", "description": "archive"}],
    "keywords": ["dark matter", "argon"],
    "license": "MIT",
    "license-url": "https://example.org/licence",
    "repository": "https://example.org/archive",
    "repository-artifact": "https://example.org/artifact",
    "repository-code": "https://example.org/code",
    "url": "https://example.org",
    "version": "1.0",
    "preferred-citation": {
        "type": "article",
        "title": "Paper",
        "authors": [{"family-names": "Lovelace"}],
        "journal": "Journal",
        "year": 2026,
        "volume": 1,
        "pages": 10,
        "month": 2,
        "publisher": {"name": "Press"},
        "conference": {"name": "Meeting", "date-start": "2026-01-01"},
        "languages": ["en"],
        "isbn": "9783161484100",
        "status": "preprint",
        "date-accessed": "2026-01-01",
    },
    "references": [{"type": "book", "title": "Book", "authors": [{"name": "Someone"}]}],
}
"""Every part of CITATION.cff once."""

REANA: dict[str, Any] = {
    "version": "0.9.4",
    "inputs": {
        "files": ["a.py"],
        "directories": ["data"],
        "parameters": {"events": 10},
        "options": {"CACHE": "off"},
    },
    "workflow": {
        "type": "serial",
        "resources": {"cvmfs": ["cms.cern.ch"], "kerberos": True},
        "specification": {
            "steps": [
                {
                    "name": "fit",
                    "environment": "docker.io/library/python:3.12",
                    "commands": ["python a.py"],
                    "compute_backend": "kubernetes",
                    "kubernetes_memory_limit": "4Gi",
                    "kubernetes_uid": 500,
                    "kubernetes_job_timeout": 60,
                    "htcondor_max_runtime": "espresso",
                    "slurm_time": "60",
                    "unpacked_img": True,
                    "voms_proxy": False,
                }
            ]
        },
    },
    "outputs": {"files": ["plot.png"], "directories": ["out"]},
    "tests": {"files": ["tests/a.feature"]},
    "workspace": {"retention_days": {"**/*": 10}, "root_path": "/var/reana"},
}


def mutations(data: Any, leaves: tuple[Any, ...] = (5, "x", [1], {}, True)) -> Iterator[tuple[str, Any]]:
    """Yield the document, and it with each value removed or of another type."""
    yield "as it is", data
    for pointer in places(data):
        for value in (None, *leaves):
            changed = copy.deepcopy(data)
            parent = changed
            for part in pointer[:-1]:
                parent = parent[part]
            if value is None:
                del parent[pointer[-1]]
            else:
                parent[pointer[-1]] = value
            yield (
                f"{'/'.join(map(str, pointer))} {'removed' if value is None else json.dumps(value)}",
                changed,
            )


def places(data: Any, prefix: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        if prefix[-1:] not in {("parameters",), ("options",), ("retention_days",)}:
            yield (*prefix, key)
            yield from places(value, (*prefix, key))


def refused(folder: Path, name: str, data: Any, *rules: str) -> bool:
    """Tell whether one of the rules finds an error in a document that stands alone."""
    (folder / name).write_text(json.dumps(data), "utf-8")
    report = check_paths([folder], Options(profile="release", select=rules))
    return any(
        item.path == name and item.severity == "error" and item.status == "fail" for item in report.findings
    )


def differences(cases: Iterator[tuple[str, Any]], theirs: Any, ours: Any) -> list[str]:
    return [
        f"{name}: they {'refuse' if theirs(data) else 'accept'}"
        for name, data in cases
        if theirs(data) != ours(data)
    ]


@cache
def official_cff() -> jsonschema.Draft7Validator:
    folder = files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((folder / "citation-file-format.json").read_text("utf-8"))
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)


def test_citation_file_as_its_official_schema_has_it(tmp_path: Path) -> None:
    found = differences(
        mutations(FULL_CFF, leaves=(5, 3.5, "x", "", "12", [1], {}, True)),
        lambda data: not official_cff().is_valid(data),
        lambda data: refused(tmp_path, "CITATION.cff", data, "META001", "META007", "META013", "META020"),
    )
    assert found == []


def test_orcid_as_python_stdnum_has_it() -> None:
    """ORCID iDs are ISNIs from a range of their own."""
    from stdnum import isni

    source = random.Random(7)
    for _ in range(3_000):
        digits = f"{source.randrange(15_000_000, 35_000_000):015d}" + source.choice("0123456789X")
        text = "-".join(digits[start : start + 4] for start in range(0, 16, 4))
        assert (check_orcid(f"https://orcid.org/{text}") is None) == isni.is_valid(text), text


def test_licences_as_the_library_has_them() -> None:
    """Every current identifier of SPDX is taken; what the library takes under an old name is not."""
    from license_expression import get_license_index

    names = {item.get("spdx_license_key") for item in get_license_index() if not item.get("is_exception")}
    names = {name for name in names if name and not name.startswith("LicenseRef-")}
    assert len(names) > 600
    assert [name for name in sorted(names) if parse_licence(name).error is not None] == []
    assert [name for name in DEPRECATED if parse_licence(name).error is not None] == []


def test_an_included_script_need_not_be_yaml(tmp_path: Path) -> None:
    """As cwltool has it: what is included is text, what is imported is a document."""
    (tmp_path / "lib.js").write_text("var f = function(x) { return {a: [x, '}'] };\n\t};\n", "utf-8")
    tool = (
        "cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: echo\nrequirements:\n"
        "  - class: InlineJavascriptRequirement\n    expressionLib:\n      - {$KIND: lib.js}\n"
        "inputs: []\noutputs: []\n"
    )

    def wrong(kind: str) -> bool:
        (tmp_path / "tool.cwl").write_text(tool.replace("KIND", kind), "utf-8")
        report = check_paths([tmp_path], Options(select=("WF001",)))
        return report.counts["error"] > 0

    assert not wrong("include")
    assert wrong("import")
