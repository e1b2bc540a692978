"""Every example file of the contract, good and bad, is discovered and held against its schema."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fairport.contract import analysis, manifest, plane, registry, result, run
from fairport.contract.documents import Analysis, load_valid
from fairport.contract.errors import DocumentError
from fairport.contract.finding import Finding
from fairport.contract.loading import load_document
from fairport.contract.migrations import migrate
from fairport.contract.resources import schemas_root
from fairport.contract.schemas import DOCUMENTS, schema, validate
from fairport.contract.structure import structure, unstructure

EXAMPLES = schemas_root() / "examples"
GOOD = sorted(path for path in EXAMPLES.glob("*/good/*") if path.suffix in {".yaml", ".json"})
BAD = sorted(EXAMPLES.glob("*/bad/*.yaml"))
TYPED: dict[str, type[Any]] = {
    "analysis": Analysis,
    "manifest": manifest.Manifest,
    "lock": manifest.Lock,
    "result": result.Result,
    "plane": plane.Plane,
    "registry-entry": registry.RegistryEntry,
    "catalogue": registry.CatalogueConfiguration,
    "run": run.RunRecord,
    "finding": Finding,
}


def name(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.stem}"


def test_every_document_has_good_and_bad_examples() -> None:
    for document in DOCUMENTS:
        assert any(path.parent.parent.name == document for path in GOOD), document
        assert any(path.parent.parent.name == document for path in BAD), document


@pytest.mark.parametrize("path", GOOD, ids=name)
def test_good_example(path: Path) -> None:
    document = load_valid(path.parent.parent.name, path)
    assert validate(path.parent.parent.name, document.data) == []


@pytest.mark.parametrize("path", BAD, ids=name)
def test_bad_example(path: Path) -> None:
    text = path.read_text("utf-8")
    expected = re.match(r"# expect: (\d+):(\d+) (\w+): (.*)", text)
    assert expected, "the first line says what is expected"
    document = load_document(path)
    problems = validate(path.parent.parent.name, document.data)
    assert len(problems) == 1, "one defect gives one problem"
    (problem,) = problems
    where = document.locate(problem.pointer, key=problem.at_key)
    assert (str(where.line), str(where.column), problem.keyword, problem.message) == expected.groups()
    with pytest.raises(DocumentError) as caught:
        load_valid(path.parent.parent.name, path)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("path", [p for p in GOOD if p.parent.parent.name in TYPED], ids=name)
def test_typed_round_trip_loses_nothing(path: Path) -> None:
    kind = path.parent.parent.name
    data = migrate(kind, load_document(path).data, str(path))
    typed = structure(TYPED[kind], data)
    again = unstructure(typed)
    assert structure(TYPED[kind], again) == typed
    assert _missing(data, again) == []


def test_every_property_stands_in_a_good_example() -> None:
    """The full examples show every field, so that nobody has to guess how one is written."""
    for document in DOCUMENTS:
        used: set[str] = set()
        for path in GOOD:
            if path.parent.parent.name == document:
                _keys(migrate(document, load_document(path).data, str(path)), "", used)
        declared: set[str] = set()
        _declared(schema(document), document, "", declared, 0)
        assert declared - used == set(), document


def test_schemas_are_valid_and_described() -> None:
    for document in (*DOCUMENTS, "common"):
        jsonschema.Draft202012Validator.check_schema(schema(document))
        assert schema(document)["$id"].endswith(f"/schemas/{document}/1/schema.json")
        for where, prop in _properties(schema(document), document):
            assert "description" in prop or "$ref" in prop or prop is True, where


def _missing(data: Any, again: Any, place: str = "") -> list[str]:
    """Fields of ``data`` that ``again`` lost, ``x-`` extensions and empty values aside."""
    if isinstance(data, dict):
        lost = []
        for key, value in data.items():
            if key.startswith("x-") or value in ([], {}, None):
                continue
            if not isinstance(again, dict) or key not in again:
                lost.append(f"{place}/{key}")
            else:
                lost += _missing(value, again[key], f"{place}/{key}")
        return lost
    if isinstance(data, list):
        pairs = zip(data, again, strict=True)
        return [item for index, (a, b) in enumerate(pairs) for item in _missing(a, b, f"{place}/{index}")]
    return [] if data == again else [place]


def _keys(data: Any, place: str, used: set[str]) -> None:
    if isinstance(data, dict):
        for key, value in data.items():
            used.add(f"{place}/{key}")
            _keys(value, f"{place}/{key}", used)
    elif isinstance(data, list):
        for value in data:
            _keys(value, place, used)


def _resolve(node: dict[str, Any], document: str) -> tuple[dict[str, Any], str]:
    while "$ref" in node:
        reference = node["$ref"]
        target, _, fragment = reference.partition("#")
        if target:
            match = re.search(r"/schemas/([a-z-]+)/1/schema.json$", target)
            assert match
            document = match[1]
        node = schema(document)
        for part in [part for part in fragment.split("/") if part]:
            node = node[part]
    return node, document


def _declared(node: Any, document: str, place: str, out: set[str], depth: int) -> None:
    if not isinstance(node, dict) or depth > 12:
        return
    node, document = _resolve(node, document)
    for key, value in node.get("properties", {}).items():
        if value is not False:
            out.add(f"{place}/{key}")
            if str(value).find("#/$defs/quantity") >= 0:
                continue  # a number with its unit: shown in full once, by the halo of the limit example
            _declared(value, document, f"{place}/{key}", out, depth + 1)
    if isinstance(node.get("items"), dict):
        _declared(node["items"], document, place, out, depth + 1)
    for branch in node.get("anyOf", []):
        _declared(branch, document, place, out, depth + 1)


def _properties(node: Any, place: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if isinstance(node, dict):
        for key, value in node.get("properties", {}).items():
            if isinstance(value, dict):
                found.append((f"{place}/{key}", value))
        for key, value in node.items():
            if key not in {"if", "then", "allOf", "examples"}:
                found += _properties(value, f"{place}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            found += _properties(value, f"{place}/{index}")
    return found


def test_typed_classes_know_every_property_of_their_schema() -> None:
    import dataclasses

    for kind, cls in TYPED.items():
        declared = set(schema(kind)["properties"])
        fields = {item.metadata.get("key", item.name) for item in dataclasses.fields(cls)}
        assert declared <= fields, kind
    assert analysis.Analysis is Analysis
