"""Reference pages of the documents of the contract, made from their schemas."""

from __future__ import annotations

from typing import Any

from fairport.contract.constants import schema_id
from fairport.contract.schemas import DOCUMENTS, schema

_FILES = {
    "analysis": "fairport.yaml",
    "manifest": "data/manifest.yaml",
    "lock": "data/manifest.lock.json",
    "result": "results/<id>/result.yaml",
    "plane": "planes/<id>.yaml",
    "registry-entry": "experiments/<id>.yaml",
    "finding": "part of a report",
    "report": "output of fairport check --format json",
    "assessment": "output of fairport assess --format json",
    "bundle-report": "fairport-report.json of a bundle",
    "run": ".fairport/runs/<id>/run.json",
    "reproduction": "results/<id>/reproduction.json",
    "catalogue": "catalog.yaml",
    "index": "catalog.json",
    "update": "output of fairport update --format json",
    "data-report": "output of fairport data ... --format json",
}


def schema_pages() -> dict[str, str]:
    """Return Markdown pages by their path below ``reference/``: an overview and one page a document."""
    pages = {"schemas.md": _overview()}
    pages |= {f"schemas/{name}.md": _page(name) for name in DOCUMENTS}
    return pages


def schema_path(document: str) -> str:
    """Return the path below the site at which a schema is published, the path of its ``$id``."""
    return f"schemas/{document}/1/schema.json"


def _overview() -> str:
    lines = [
        "# Documents and their schemas",
        "",
        "Everything that crosses a wall is a document: YAML that people write, JSON that programs write.",
        "Each has a JSON Schema (2020-12); editors that read the line",
        "`# yaml-language-server: $schema=...` complete and check while you type.",
        "",
        "| document | file | schema |",
        "| --- | --- | --- |",
    ]
    for name in DOCUMENTS:
        title = _cell(schema(name)["title"])
        lines.append(f"| [{title}](schemas/{name}.md) | `{_FILES[name]}` | `{schema_id(name)}` |")
    return "\n".join(lines) + "\n"


def _page(name: str) -> str:
    document = schema(name)
    required = set(document.get("required", []))
    lines = [
        f"# {document['title']}",
        "",
        str(document["description"]),
        "",
        f"- File: `{_FILES[name]}`",
        f"- Schema: `{schema_id(name)}`",
        "",
        "| field | type | needed | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for field, content in document.get("properties", {}).items():
        lines += _rows(document, field, content, field in required, depth=0)
    return "\n".join(lines) + "\n"


def _rows(root: Any, path: str, content: Any, required: bool, depth: int) -> list[str]:
    """Return the row of a field and those of the fields inside it, at most three levels deep."""
    resolved = _resolve(root, content)
    mark = "required" if required else ""
    meaning = resolved.get("description") or ""
    rows = [f"| `{path}` | {_type(resolved)} | {mark} | {_cell(meaning)}{_choices(resolved)} |"]
    inner, prefix = resolved, path
    if resolved.get("type") == "array":
        inner, prefix = _resolve(root, resolved.get("items") or {}), f"{path}[]"
    if depth < 2:
        wanted = set(inner.get("required", []))
        for field, deeper in inner.get("properties", {}).items():
            rows += _rows(root, f"{prefix}.{field}", deeper, field in wanted, depth + 1)
    return rows


def _resolve(root: Any, content: Any) -> dict[str, Any]:
    """Follow a reference into the document or the common definitions; what stands beside it wins."""
    if not isinstance(content, dict):
        return {}
    reference = content.get("$ref")
    if not isinstance(reference, str):
        return content
    target: Any = root if reference.startswith("#") else schema("common")
    for part in reference.partition("#")[2].strip("/").split("/"):
        target = target.get(part, {})
    beside = {key: value for key, value in content.items() if key != "$ref"}
    return {**_resolve(root, target), **beside}


def _type(content: dict[str, Any]) -> str:
    kind = content.get("type")
    if isinstance(kind, str):
        words = {"object": "mapping", "array": "list", "string": "text", "integer": "whole number"}
        return words.get(kind, kind)
    return "text" if "enum" in content or "const" in content else "any of several"


def _choices(content: dict[str, Any]) -> str:
    values = content.get("enum")
    return f" One of: {', '.join(f'`{_cell(str(value))}`' for value in values)}." if values else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
