"""Container images that the files name: steps of workflows, CWL tools, base images of Dockerfiles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from fairport.scaffold.adopt.model import Evidence, Found, Material, Notice, clean
from fairport.scaffold.adopt.tree import AnyDocument, Tree, place

_IMAGE: Final = re.compile(r"[A-Za-z0-9][\w./:@-]*")
_DIGEST: Final = re.compile(r"@sha256:[0-9a-f]{64}$")
_BESIDE: Final = re.compile(r"(?:^|/)(?:templates?|tests?|examples?|docs?)/", re.I)
_DOCKERFILE: Final = re.compile(r"(?:dockerfile|containerfile)(?:\.[\w-]+)?|[\w-]+\.dockerfile")
_CONTAINER: Final = re.compile(
    r"^\s*(?:container|singularity)\s*:\s*['\"](?:docker://)?([^'\"\s]+)['\"]", re.M
)
_CONTAINER_BELOW: Final = re.compile(
    r"^\s*(?:container|singularity)\s*:\s*\n\s+['\"](?:docker://)?([^'\"\s]+)['\"]", re.M
)
_PULL: Final = re.compile(r"^\s*-?\s*[\"']?dockerPull[\"']?\s*:\s*[\"']?([^\"'\s#,]+)", re.M)


def images(tree: Tree, specifications: list[tuple[str, AnyDocument]]) -> list[Material]:
    """Return each image once, at the first place that names it, with the number of places.

    Args:
        tree: the repository.
        specifications: its REANA specifications.
    """
    found: dict[str, Material] = {}
    places: dict[str, int] = {}
    for role, image, where in _all(tree, specifications):
        if _IMAGE.fullmatch(image):
            found.setdefault(image, Material("image", image, where, "sure", {"role": role}))
            places[image] = places.get(image, 0) + 1
    return [
        Material(
            item.kind, item.value, item.source, item.confidence, {**item.details, "places": places[name]}
        )
        for name, item in found.items()
    ]


def evidence(
    tree: Tree, chosen: AnyDocument | None, chosen_name: str | None, found: list[Material]
) -> list[Evidence]:
    """Return the image of the analysis, if one can be told, and what is loose in all of them.

    Of a serial workflow it is the image of the steps that run files of the repository; of another one it is
    the only image that steps use.
    """
    evidence: list[Evidence] = []
    steps = [item for item in found if item.details["role"] == "step" and not _BESIDE.search(item.source)]
    if chosen is not None and chosen_name is not None and serial_steps(chosen):
        evidence += _of_steps(tree, chosen, chosen_name)
    elif len(steps) == 1:
        evidence.append(Found("software.image", steps[0].value, steps[0].source, "likely"))
    return [*evidence, *(notice for item in found if (notice := _loose(item)))]


def serial_steps(document: AnyDocument) -> list[Any]:
    """Return the steps of a serial REANA specification."""
    specification = document.data["workflow"].get("specification")
    steps = specification.get("steps") if isinstance(specification, dict) else None
    return steps if isinstance(steps, list) else []


def _all(tree: Tree, specifications: list[tuple[str, AnyDocument]]) -> Iterator[tuple[str, str, str]]:
    """Yield (role, image, ``file:line``)."""
    for _, document in specifications:
        for index, step in enumerate(serial_steps(document)[:200]):
            image = clean(step.get("environment"), 300) if isinstance(step, dict) else ""
            yield "step", image, _at(document, ("workflow", "specification", "steps", index, "environment"))
    for name in tree.files:
        base = name.rpartition("/")[2].lower()
        if base.endswith((".yaml", ".yml")):
            yield from _yadage(name, tree.text(name) or "")
        elif base.endswith((".smk", ".snakefile")) or base.startswith("snakefile"):
            yield from _matches(name, tree.text(name) or "", _CONTAINER, _CONTAINER_BELOW)
        elif base.endswith(".cwl"):
            yield from _matches(name, tree.text(name) or "", _PULL)
        elif _DOCKERFILE.fullmatch(base):
            yield from _dockerfile(name, tree.text(name) or "")


def _yadage(name: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the images of Yadage steps, whose name and tag stand on two lines."""
    if "environment_type" not in text:
        return
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        image = re.match(r"\s*image:\s*['\"]?([^'\"\s#]+)", line)
        if image is None:
            continue
        near = [*lines[number : number + 2], *lines[max(0, number - 3) : number - 1]]
        tag = next(
            (match[1] for text in near if (match := re.match(r"\s*imagetag:\s*['\"]?([^'\"\s#]+)", text))), ""
        )
        full = f"{image[1]}:{tag}" if tag and not _DIGEST.search(image[1]) else image[1]
        yield "step", clean(full, 300), place(name, number)


def _matches(name: str, text: str, *patterns: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield "step", clean(match[1], 300), place(name, text.count("\n", 0, match.start(1)) + 1)


def _dockerfile(name: str, text: str) -> Iterator[tuple[str, str, str]]:
    stages: set[str] = {"scratch"}
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r"FROM\s+(?:--\S+\s+)*([^\s$]+)(?:\s+AS\s+(\S+))?\s*$", line, re.I)
        if match and match[1].lower() not in stages:
            yield "base", clean(match[1], 300), place(name, number)
        if match and match[2]:
            stages.add(match[2].lower())


def _of_steps(tree: Tree, document: AnyDocument, name: str) -> list[Evidence]:
    programs = [
        file for file in tree.files if file != name and file.endswith((".py", ".ipynb", ".sh", ".C", ".R"))
    ]
    parameters = document.data.get("inputs", {})
    parameters = parameters.get("parameters", {}) if isinstance(parameters, dict) else {}
    values = [str(value)[:200] for value in parameters.values()] if isinstance(parameters, dict) else []
    used: dict[str, tuple[bool, str]] = {}
    for index, step in enumerate(serial_steps(document)[:200]):
        image = clean(step.get("environment"), 300) if isinstance(step, dict) else ""
        if not _IMAGE.fullmatch(image):
            continue
        listed = step.get("commands") if isinstance(step, dict) else None
        commands = " ".join([*map(str, listed if isinstance(listed, list) else []), *values])
        own = any(file.rpartition("/")[2] in commands for file in programs[:2000])
        where = _at(document, ("workflow", "specification", "steps", index, "environment"))
        before = used.get(image, (False, where))
        used[image] = (own or before[0], before[1])
    note = f"the steps use {len(used)} images" if len(used) > 1 else ""
    ordered = sorted(used.items(), key=lambda item: not item[1][0])
    return [
        Found("software.image", image, where, "likely" if own or len(used) == 1 else "guess", note)
        for image, (own, where) in ordered
    ]


def _loose(item: Material) -> Notice | None:
    if _DIGEST.search(item.value):
        return None
    tag = item.value.rpartition("/")[2].partition(":")[2]
    loose = "has no tag" if not tag else "is tagged latest" if tag == "latest" else "has no digest"
    count = item.details["places"]
    text = f"{item.value} {loose}: it can change" + (f" (in {count} places)" if count > 1 else "")
    return Notice("problem", "image", text, item.source)


def _at(document: AnyDocument, pointer: tuple[str | int, ...]) -> str:
    location = document.locate(pointer)
    return f"{location.path}:{location.line}" if location.line else location.path
