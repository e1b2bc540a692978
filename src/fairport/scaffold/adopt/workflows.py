"""Which workflow a repository has: CWL, REANA of every type, Snakemake, Yadage; kept as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from fairport.scaffold.adopt import images
from fairport.scaffold.adopt.model import Confidence, Evidence, Found, Material, Notice, best, clean
from fairport.scaffold.adopt.tree import AnyDocument, Tree, place

_TYPES: Final = ("cwl", "snakemake", "serial", "yadage")
_MAX_LISTED: Final = 100
_BESIDE: Final = re.compile(r"(?:^|/)(?:templates?|tests?|examples?|docs?|site-packages)/", re.I)
"""Folders whose workflows are not that of the analysis."""


@dataclass(frozen=True, slots=True)
class Workflows:
    """What is known of the workflows of a repository.

    Attributes:
        evidence: the workflow of the record, its image, notices.
        materials: every workflow and every image, with its place.
    """

    evidence: list[Evidence]
    materials: list[Material]

    @property
    def known(self) -> bool:
        """Whether a file states a workflow."""
        return best(self.evidence, "workflow") is not None


def look(tree: Tree) -> Workflows:
    """Return the workflow, its images, and what a person must know of both."""
    specs = _specifications(tree)
    evidence: list[Evidence] = []
    materials: list[Material] = []
    chosen: tuple[str | None, AnyDocument | None] = (None, None)
    for name, document in specs:
        record = _record(tree, name, document)
        if record is None:
            evidence.append(Notice("problem", "workflow", "its workflow file is not in the repository", name))
            continue
        where = _at(document, ("workflow", "type"))
        details = _details(tree, document, record)
        materials.append(Material("workflow", record["file"], where, "sure", details))
        if chosen[0] is None:
            chosen = (name, document)
            sure: Confidence = "sure" if len(specs) == 1 else "likely"
            evidence.append(Found("workflow", record, where, sure, _count(details)))
            evidence.append(Notice("kept", name, f"the {record['type']} workflow stays as it is", where))
    if len(specs) > 1:
        listed = ", ".join(place(name) for name, _ in specs[:8])
        text = f"{len(specs)} REANA specifications ({listed}): which makes the result?"
        evidence.append(Notice("question", "workflow", text))
    if chosen[0] is None:
        others = _without_reana(tree)
        if not any(isinstance(item, Found) for item in others):
            absent: list[Evidence] = [item for name, spec in specs if (item := _absent(name, spec))]
            others = absent[:1] or others
        evidence += others
        materials += [
            Material(
                "workflow", item.value["file"], item.source, item.confidence, _own_details(tree, item.value)
            )
            for item in others
            if isinstance(item, Found)
        ]
    found = images.images(tree, specs)
    return Workflows([*evidence, *images.evidence(tree, chosen[1], chosen[0], found)], [*materials, *found])


def _specifications(tree: Tree) -> list[tuple[str, AnyDocument]]:
    """Return the REANA specifications, the one that the analysis most probably uses first.

    ``reana.yaml`` stands first, then those that a shell script starts, then the shallow ones.
    """
    found = [
        (name, document)
        for name in tree.ending(".yaml", ".yml")
        if "{{" not in name and (document := _reana(tree, name))
    ]
    started = " ".join(
        line
        for name in tree.ending(".sh")[:200]
        for line in (tree.text(name) or "").splitlines()
        if "reana-client" in line and not line.lstrip().startswith("#")
    )

    def order(item: tuple[str, AnyDocument]) -> tuple[bool, bool, int]:
        base = item[0].rpartition("/")[2]
        return (base not in ("reana.yaml", "reana.yml"), base not in started, item[0].count("/"))

    return sorted(found, key=order)


def _reana(tree: Tree, name: str) -> AnyDocument | None:
    """Return a document that is a REANA specification: it has a workflow of a known type."""
    if "workflow:" not in (tree.text(name) or ""):
        return None
    document = tree.document(name)
    workflow = document.data.get("workflow") if document else None
    if not isinstance(workflow, dict) or workflow.get("type") not in _TYPES:
        return None
    return document


def _record(tree: Tree, name: str, document: AnyDocument) -> dict[str, Any] | None:
    workflow = document.data["workflow"]
    if workflow["type"] == "serial":
        return {"type": "serial", "file": name, "reana": name}
    file = clean(workflow.get("file"), 500).removeprefix("./")
    folder = name.rpartition("/")[0]
    for candidate in (file, f"{folder}/{file}"):
        if candidate in tree.files:
            return {"type": workflow["type"], "file": candidate, "reana": name}
    return None


def _absent(name: str, document: AnyDocument) -> Found | None:
    """Return the workflow that a specification states though its file is not there, as in a git submodule."""
    workflow = document.data["workflow"]
    file = clean(workflow.get("file"), 500)
    if not file or file.startswith("/") or ".." in file.split("/"):
        return None
    record = {"type": workflow["type"], "file": file, "reana": name}
    note = "the file is not in the repository: a submodule that was not fetched?"
    return Found("workflow", record, _at(document, ("workflow", "file")), "likely", note)


def _details(tree: Tree, document: AnyDocument, record: dict[str, Any]) -> dict[str, Any]:
    """Return type, steps, inputs and outputs that a REANA specification states."""
    inputs, outputs = (_mapping(document.data.get(key)) for key in ("inputs", "outputs"))
    return {
        "type": record["type"],
        "reana": record["reana"],
        "steps": len(images.serial_steps(document)) or _steps(tree, record["type"], record["file"]),
        "inputs": [*_listed(inputs.get("files")), *_listed(inputs.get("directories"))],
        "parameters": [clean(key, 200) for key in list(_mapping(inputs.get("parameters")))[:_MAX_LISTED]],
        "outputs": [*_listed(outputs.get("files")), *_listed(outputs.get("directories"))],
    }


def _own_details(tree: Tree, record: dict[str, Any]) -> dict[str, Any]:
    """Return what a workflow without REANA states: its steps, and for Snakemake its configuration."""
    text = tree.text(record["file"]) or ""
    details = {"type": record["type"], "steps": _steps(tree, record["type"], record["file"])}
    if record["type"] == "snakemake":
        configs = re.findall(r"^\s*configfile\s*:\s*['\"]([^'\"\n]{1,300})", text, re.M)
        details["inputs"] = [clean(name, 300) for name in configs[:_MAX_LISTED]]
    return details


def _steps(tree: Tree, kind: str, name: str) -> int:
    """Return how many steps a workflow file states: rules of Snakemake, stages of Yadage, steps of CWL."""
    if kind == "snakemake":
        text = tree.text(name) or ""
        if re.search(r"^\s*include\s*:", text, re.M):
            text += "\n".join(tree.text(other) or "" for other in tree.ending(".smk")[:_MAX_LISTED])
        return len(
            [rule for rule in re.findall(r"^(?:rule|checkpoint)\s+(\w+)\s*:", text, re.M) if rule != "all"]
        )
    document = tree.document(name)
    listed = document.data.get("stages" if kind == "yadage" else "steps") if document else None
    return len(listed) if isinstance(listed, (list, dict)) else 0


def _count(details: dict[str, Any]) -> str:
    steps = details["steps"]
    return f"{steps} step{'s' if steps != 1 else ''}" if steps else ""


def _without_reana(tree: Tree) -> list[Evidence]:
    own = [name for name in tree.files if not _BESIDE.search(name)]
    for name in own:
        base = name.rpartition("/")[2]
        if base in ("Snakefile", "snakefile"):
            return [
                Found("workflow", {"type": "snakemake", "file": name}, place(name, 1), "likely"),
                Notice("kept", name, "the snakemake workflow stays as it is", name),
            ]
    for name in (name for name in own if name.lower().endswith(".cwl")):
        match = re.search(r"^\"?class\"?:\s*Workflow\b", tree.text(name) or "", re.M)
        if match:
            line = (tree.text(name) or "").count("\n", 0, match.start()) + 1
            return [Found("workflow", {"type": "cwl", "file": name}, place(name, line), "likely")]
    for name in (name for name in own if name.lower().endswith((".yaml", ".yml"))):
        text = tree.text(name) or ""
        stages = re.search(r"^stages:", text, re.M)
        if stages and re.search(r"scheduler_type:|\$ref:", text):
            line = text.count("\n", 0, stages.start()) + 1
            return [
                Found("workflow", {"type": "yadage", "file": name}, place(name, line), "likely"),
                Notice("kept", name, "the yadage workflow stays as it is", name),
            ]
    notebooks = tree.ending(".ipynb")
    text = "there is no workflow: which commands make the results, in which order, in which image?"
    if notebooks:
        listed = ", ".join(place(name) for name in notebooks[:4])
        text += f" ({len(notebooks)} notebook{'s' if len(notebooks) > 1 else ''}: {listed})"
    return [Notice("question", "workflow", text)]


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> list[str]:
    listed = value[:_MAX_LISTED] if isinstance(value, list) else []
    return [text for item in listed if (text := clean(item, 300))]


def _at(document: AnyDocument, pointer: tuple[str | int, ...]) -> str:
    location = document.locate(pointer)
    return f"{location.path}:{location.line}" if location.line else location.path
