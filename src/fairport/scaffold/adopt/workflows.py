"""Which workflow a repository has: CWL, REANA of every type, Snakemake, Yadage; kept as it is."""

from __future__ import annotations

import re
from typing import Any, Final

from fairport.scaffold.adopt.model import Evidence, Found, Notice, clean
from fairport.scaffold.adopt.tree import AnyDocument, Tree, place

_TYPES: Final = ("cwl", "snakemake", "serial", "yadage")
_IMAGE: Final = re.compile(r"[A-Za-z0-9][\w./:@-]*")
_DIGEST: Final = re.compile(r"@sha256:[0-9a-f]{64}$")


def evidence(tree: Tree) -> list[Evidence]:
    """Return the workflow, its images, and what a person must know of both."""
    specs = [(name, document) for name in tree.ending(".yaml", ".yml") if (document := _reana(tree, name))]
    specs.sort(
        key=lambda item: (item[0].rpartition("/")[2] not in ("reana.yaml", "reana.yml"), item[0].count("/"))
    )
    found: list[Evidence] = []
    chosen: str | None = None
    for name, document in specs:
        record = _record(tree, name, document)
        if record is None:
            found.append(Notice("problem", "workflow", "its workflow file is not in the repository", name))
            continue
        if chosen is None:
            chosen = name
            where = _at(document, ("workflow", "type"))
            found.append(
                Found("workflow", record, where, "sure" if len(specs) == 1 else "likely", _count(document))
            )
            found.append(Notice("kept", name, f"the {record['type']} workflow stays as it is", where))
        images = _images(tree, document, name)
        found += images if name == chosen else [item for item in images if isinstance(item, Notice)]
        if record["type"] == "yadage":
            found += _yadage_images(tree, record["file"].rpartition("/")[0])
    if len(specs) > 1:
        listed = ", ".join(place(name) for name, _ in specs[:8])
        found.append(
            Notice(
                "question",
                "workflow",
                f"{len(specs)} REANA specifications ({listed}): which makes the result?",
            )
        )
    if chosen is None:
        found += _without_reana(tree)
    return found + _dockerfiles(tree)


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
    file = clean(workflow.get("file"), 500)
    folder = name.rpartition("/")[0]
    for candidate in (file, f"{folder}/{file}"):
        if candidate in tree.files:
            return {"type": workflow["type"], "file": candidate, "reana": name}
    return None


def _count(document: AnyDocument) -> str:
    steps = _steps(document)
    return f"{len(steps)} step{'s' if len(steps) != 1 else ''}" if steps else ""


def _steps(document: AnyDocument) -> list[Any]:
    specification = document.data["workflow"].get("specification")
    steps = specification.get("steps") if isinstance(specification, dict) else None
    return steps if isinstance(steps, list) else []


def _images(tree: Tree, document: AnyDocument, name: str) -> list[Evidence]:
    """Return the images of the steps; the one that runs files of the repository is that of the analysis."""
    found: list[Evidence] = []
    programs = [
        file for file in tree.files if file != name and file.endswith((".py", ".ipynb", ".sh", ".C", ".R"))
    ]
    images: dict[str, tuple[bool, str]] = {}
    for index, step in enumerate(_steps(document)[:200]):
        image = clean(step.get("environment"), 300) if isinstance(step, dict) else ""
        where = _at(document, ("workflow", "specification", "steps", index, "environment"))
        listed = step.get("commands") if isinstance(step, dict) else None
        commands = " ".join(map(str, listed)) if isinstance(listed, list) else ""
        own = any(file.rpartition("/")[2] in commands for file in programs[:2000])
        if _IMAGE.fullmatch(image):
            images[image] = (own or images.get(image, (False, ""))[0], images.get(image, (False, where))[1])
    for image, (own, where) in sorted(images.items(), key=lambda item: not item[1][0]):
        note = f"the steps use {len(images)} images" if len(images) > 1 else ""
        found.append(
            Found("software.image", image, where, "likely" if own or len(images) == 1 else "guess", note)
        )
        found += loose_image(image, where)
    return found


def _yadage_images(tree: Tree, folder: str) -> list[Evidence]:
    """Return what is loose in the images of Yadage steps (``image`` and ``imagetag``)."""
    found: dict[str, Notice] = {}
    for name in tree.ending(".yaml", ".yml"):
        if folder and not name.startswith(f"{folder}/"):
            continue
        lines = (tree.text(name) or "").splitlines()
        for number, line in enumerate(lines, 1):
            image = re.match(r"\s*image:\s*['\"]?([^'\"\s#]+)", line)
            if image is None:
                continue
            tags = [
                match[1]
                for near in lines[number : number + 2]
                if (match := re.match(r"\s*imagetag:\s*['\"]?([^'\"\s#]+)", near))
            ]
            full = clean(f"{image[1]}:{tags[0]}" if tags and not _DIGEST.search(image[1]) else image[1], 300)
            for notice in loose_image(full, place(name, number)):
                found.setdefault(full, notice)
    return list(found.values())


def loose_image(image: str, where: str) -> list[Notice]:
    """Return what is loose in the name of an image."""
    tag = image.rpartition("/")[2].partition(":")[2]
    if not _IMAGE.fullmatch(image) or _DIGEST.search(image):
        return []
    loose = "has no tag" if not tag else "is tagged latest" if tag == "latest" else "has no digest"
    return [Notice("problem", "image", f"{image} {loose}: it can change", where)]


def _without_reana(tree: Tree) -> list[Evidence]:
    for name in tree.files:
        base = name.rpartition("/")[2]
        if base in ("Snakefile", "snakefile"):
            return [
                Found("workflow", {"type": "snakemake", "file": name}, place(name, 1), "likely"),
                Notice("kept", name, "the snakemake workflow stays as it is", name),
            ]
    for name in tree.ending(".cwl"):
        match = re.search(r"^\"?class\"?:\s*Workflow\b", tree.text(name) or "", re.M)
        if match:
            return [Found("workflow", {"type": "cwl", "file": name}, place(name), "likely")]
    for name in tree.ending(".yaml", ".yml"):
        if re.search(r"^\s*-?\s*\$ref:\s*['\"]?\S+steps\.ya?ml", tree.text(name) or "", re.M) or (
            "scheduler_type:" in (tree.text(name) or "") and "stages:" in (tree.text(name) or "")
        ):
            return [Found("workflow", {"type": "yadage", "file": name}, place(name), "likely")]
    notebooks = tree.ending(".ipynb")
    text = "there is no workflow: which commands make the results, in which order, in which image?"
    if notebooks:
        listed = ", ".join(place(name) for name in notebooks[:4])
        text += f" ({len(notebooks)} notebook{'s' if len(notebooks) > 1 else ''}: {listed})"
    return [Notice("question", "workflow", text)]


def _dockerfiles(tree: Tree) -> list[Evidence]:
    found: list[Evidence] = []
    for name in tree.files:
        base = name.rpartition("/")[2].lower()
        if not re.fullmatch(r"(?:dockerfile|containerfile)(?:\.[\w-]+)?|[\w-]+\.dockerfile", base):
            continue
        for number, line in enumerate((tree.text(name) or "").splitlines(), 1):
            match = re.match(r"FROM\s+(?:--\S+\s+)*([^\s$]+)", line, re.I)
            if match and match[1] != "scratch":
                found += loose_image(clean(match[1], 300), place(name, number))
    return found


def _at(document: AnyDocument, pointer: tuple[str | int, ...]) -> str:
    location = document.locate(pointer)
    return f"{location.path}:{location.line}" if location.line else location.path
