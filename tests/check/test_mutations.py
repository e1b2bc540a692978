"""Take away or spoil each field of a valid repository: one root finding, where the field was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairport.check.options import Options
from fairport.check.session import check_paths
from fairport.contract.finding import Finding
from fairport.contract.loading import Pointer, load_document, parse_json, parse_yaml
from fairport.contract.schemas import schema

TODAY = date(2026, 11, 22)
DOCUMENTS = {
    "fairport.yaml": "analysis",
    "data/manifest.yaml": "manifest",
    "data/manifest.lock.json": "lock",
    "results/si/result.yaml": "result",
}
FOREIGN = (
    "CITATION.cff",
    "codemeta.json",
    ".zenodo.json",
    "ro-crate-metadata.json",
    "reana.yaml",
    "workflow/inputs.yaml",
    "workflow/main.cwl",
    "workflow/tools/limit.cwl",
)
NEEDED = {
    "CITATION.cff": ["cff-version", "message", "title", "authors"],
    "codemeta.json": "@context @type name description author codeRepository license version".split(),
    ".zenodo.json": ["title", "creators", "description", "upload_type"],
    "ro-crate-metadata.json": ["@context", "@graph"],
    "reana.yaml": ["workflow", "workflow/type", "workflow/file"],
    "workflow/inputs.yaml": ["experiment", "events", "script", "confidence_level"],
    "workflow/main.cwl": "cwlVersion class inputs outputs steps steps/limit/run steps/limit/in "
    "steps/limit/out inputs/events/type outputs/table/type".split(),
    "workflow/tools/limit.cwl": "cwlVersion class inputs outputs inputs/events/type "
    "outputs/table/type".split(),
}
ANYTHING = {("inputs", "seed", "default")}
"""Fields that take a value of any type."""


def resolve(node: dict[str, Any], document: str) -> tuple[dict[str, Any], str]:
    """Follow references; return the schema and the document in which it stands."""
    while "$ref" in node:
        address, _, path = node["$ref"].partition("#/")
        document = address.split("/")[-3] if address else document
        node = schema(document)
        for part in path.split("/"):
            node = node[part]
    return node, document


def required(node: dict[str, Any], data: Any, document: str, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Yield the required fields that are there."""
    node, document = resolve(node, document)
    if isinstance(data, dict):
        yield from ((*pointer, key) for key in node.get("required", []) if key in data)
        for key, value in data.items():
            yield from required(node.get("properties", {}).get(key, {}), value, document, (*pointer, key))
    elif isinstance(data, list) and isinstance(node.get("items"), dict):
        for index, value in enumerate(data):
            yield from required(node["items"], value, document, (*pointer, index))


def fields(data: Any, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Yield every field."""
    items: Any = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*pointer, key)
        yield from fields(value, (*pointer, key))


def at(data: Any, pointer: Pointer) -> Any:
    for part in pointer:
        data = data[part]
    return data


def write(path: Path, data: Any) -> None:
    if path.suffix == ".json":
        path.write_text(json.dumps(data, indent=2), "utf-8")
    else:
        path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=1000), "utf-8")


def spoiled(value: Any) -> Any:
    """A value of another type than any that the schema would take in this place."""
    return [[]] if not isinstance(value, list) else {"x": {}}


def roots(root: Path) -> list[Finding]:
    report = check_paths([root], Options(profile="archive", today=TODAY))
    assert not [target.internal for target in report.targets if target.internal]
    return [item for item in report.findings if item.status == "fail" and not item.caused_by]


def expected_line(path: Path, pointer: Pointer) -> int | None:
    return load_document(path).locate(pointer).line


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_required_field_removed(name: str, make_repository: Callable[..., Path]) -> None:
    root = make_repository()
    path = root / name
    original = load_document(path).data
    cases = list(required(schema(DOCUMENTS[name]), original, DOCUMENTS[name]))
    assert len(cases) > 5
    wrong = []
    for pointer in cases:
        data = json.loads(json.dumps(original))
        del at(data, pointer[:-1])[pointer[-1]]
        write(path, data)
        found = roots(root)
        where = [(item.path, item.line) for item in found]
        line = load_document(path).locate(pointer[:-1], key=True).line
        if where != [(name, line)]:
            wrong.append((pointer, line, [(item.rule, item.path, item.line, item.message) for item in found]))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_field_of_another_type(name: str, make_repository: Callable[..., Path]) -> None:
    root = make_repository()
    path = root / name
    original = load_document(path).data
    shapes = {
        tuple("*" if isinstance(part, int) else part for part in pointer): pointer
        for pointer in fields(original)
    }
    cases = [pointer for shape, pointer in shapes.items() if "parameters" not in shape]
    assert len(cases) > 10
    wrong = []
    for pointer in cases:
        data = json.loads(json.dumps(original))
        at(data, pointer[:-1])[pointer[-1]] = spoiled(at(data, pointer))
        write(path, data)
        found = roots(root)
        line = expected_line(path, pointer)
        where = {(item.path, item.line) for item in found}
        if len(found) != 1 or where != {(name, line)}:
            wrong.append((pointer, line, [(item.rule, item.path, item.line, item.message) for item in found]))
    assert not wrong, "\n".join(map(str, wrong))


def read(path: Path) -> Any:
    """Return a document with positions."""
    parse = parse_json if path.suffix == ".json" else parse_yaml
    return parse(path.read_text("utf-8"), path.name)


@pytest.mark.parametrize("name", FOREIGN)
def test_each_needed_field_of_other_formats_removed(name: str, make_repository: Callable[..., Path]) -> None:
    root = make_repository()
    path = root / name
    original = read(path).data
    wrong = []
    for text in NEEDED[name]:
        pointer = tuple(text.split("/"))
        data = json.loads(json.dumps(original))
        del at(data, pointer[:-1])[pointer[-1]]
        write(path, data)
        found = roots(root)
        line = read(path).locate(pointer[:-1], key=True).line
        where = {(item.path, item.line) for item in found}
        if len(found) != 1 or where != {(name, line)}:
            wrong.append((pointer, line, [(item.rule, item.path, item.line, item.message) for item in found]))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("name", FOREIGN)
def test_each_field_of_other_formats_of_another_type(name: str, make_repository: Callable[..., Path]) -> None:
    root = make_repository()
    path = root / name
    original = read(path).data
    shapes = {
        tuple("*" if isinstance(part, int) else part for part in pointer): pointer
        for pointer in reversed(list(fields(original)))
    }
    wrong = []
    for pointer in shapes.values():
        if pointer in ANYTHING:
            continue
        data = json.loads(json.dumps(original))
        at(data, pointer[:-1])[pointer[-1]] = spoiled(at(data, pointer))
        write(path, data)
        found = roots(root)
        document = read(path)
        lines = {document.locate(pointer).line, document.locate(pointer, key=True).line}
        where = {item.line for item in found if item.path == name}
        if len(found) != 1 or not where or not where <= lines:
            wrong.append((pointer, lines, [(item.rule, item.line, item.message) for item in found]))
    assert not wrong, "\n".join(map(str, wrong))
