"""Crates of runs (Process, Workflow and Provenance Run Crate 0.5): the graph, and what the profiles demand.

Sources: https://w3id.org/ro/wfrun/{process,workflow,provenance}/0.5, https://w3id.org/workflowhub/workflow-ro-crate/1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from fairport.contract.loading import Pointer

PREFIX: Final = "https://w3id.org/ro/wfrun/"
_PROFILE: Final = re.compile(r"https://w3id\.org/ro/wfrun/(process|workflow|provenance)/(\d+\.\d+)")
_LEVELS: Final = ("process", "workflow", "provenance")
_WORKFLOW: Final = "https://w3id.org/workflowhub/workflow-ro-crate/"
_ACTIONS: Final = frozenset({"CreateAction", "ActivateAction", "UpdateAction"})
_TOOLS: Final = frozenset({"SoftwareApplication", "SoftwareSourceCode", "ComputationalWorkflow", "HowToStep"})
_STATES: Final = frozenset(
    {"CompletedActionStatus", "FailedActionStatus", "ActiveActionStatus", "PotentialActionStatus"}
)


@dataclass(frozen=True, slots=True)
class CrateProblem:
    """One way in which a crate does not meet a profile; what a profile only recommends is a warning."""

    pointer: Pointer
    message: str
    demanded: bool = True
    expected: str | None = None


class RunCrate:
    """The things of a crate by their identifier, with their place in the file."""

    def __init__(self, data: Any) -> None:
        graph = data.get("@graph") if isinstance(data, dict) else None
        self.graph: list[Any] = graph if isinstance(graph, list) else []
        self.places: dict[str, int] = {}
        for index, item in enumerate(self.graph):
            if isinstance(item, dict) and isinstance(item.get("@id"), str):
                self.places.setdefault(item["@id"], index)
        root_id = next(iter(ids(self.thing("ro-crate-metadata.json").get("about"))), "./")
        self.root = self.thing(root_id)
        self.at_root: Pointer = ("@graph", self.places[root_id]) if root_id in self.places else ("@graph",)

    def thing(self, identifier: str) -> dict[str, Any]:
        """Return the thing with an identifier, or an empty one."""
        index = self.places.get(identifier)
        return self.graph[index] if index is not None else {}

    @property
    def levels(self) -> list[str]:
        """Profiles of runs that the root conforms to, by name."""
        found = [match[1] for name in ids(self.root.get("conformsTo")) if (match := _PROFILE.match(name))]
        return [name for name in _LEVELS if name in found]

    def of_type(self, *wanted: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (index, thing) of the things of some type."""
        for index, item in enumerate(self.graph):
            if isinstance(item, dict) and types(item) & set(wanted):
                yield index, item


def ids(value: Any) -> list[str]:
    """Return the identifiers to which a property refers."""
    items = value if isinstance(value, list) else [value]
    return [item["@id"] for item in items if isinstance(item, dict) and isinstance(item.get("@id"), str)]


def types(item: dict[str, Any]) -> set[str]:
    """Return the types of a thing."""
    kind = item.get("@type")
    return {name for name in (kind if isinstance(kind, list) else [kind]) if isinstance(name, str)}


def crate_problems(crate: RunCrate) -> Iterator[CrateProblem]:
    """Yield what the run profiles that a crate claims demand or recommend, and it lacks."""
    if not crate.graph or not crate.root:
        yield CrateProblem(("@graph",), "the crate has no root data set")
        return
    levels = crate.levels
    if not levels:
        expected = "https://w3id.org/ro/wfrun/process/0.5"
        text = "the root conforms to no profile of run crates"
        yield CrateProblem((*crate.at_root, "conformsTo"), text, expected=expected)
        return
    yield from _profiles(crate, levels)
    actions = list(crate.of_type(*_ACTIONS))
    if not actions:
        yield CrateProblem(("@graph",), "no action tells what was run")
    mentioned = {name for key in ("mentions", "hasPart") for name in ids(crate.root.get(key))}
    for index, action in actions:
        yield from _action(crate, index, action, mentioned)
    if "workflow" in levels or "provenance" in levels:
        yield from _workflow(crate, actions)
    if "provenance" in levels:
        yield from _provenance(crate)


def _profiles(crate: RunCrate, levels: list[str]) -> Iterator[CrateProblem]:
    pointer = (*crate.at_root, "conformsTo")
    names = ids(crate.root.get("conformsTo"))
    for name in names:
        if name.startswith((PREFIX, _WORKFLOW)) and "CreativeWork" not in types(crate.thing(name)):
            yield CrateProblem(pointer, f"the profile {name} is no CreativeWork of the crate")
    lower = _LEVELS[: _LEVELS.index(levels[-1])]
    for level in lower:
        if level not in levels:
            yield CrateProblem(
                pointer,
                f"a {levels[-1]} run crate conforms to the {level} profile too",
                expected=PREFIX + level,
            )
    if levels[-1] != "process" and not any(name.startswith(_WORKFLOW) for name in names):
        yield CrateProblem(
            pointer, "a workflow run crate conforms to Workflow RO-Crate too", expected=f"{_WORKFLOW}1.0"
        )


def _action(
    crate: RunCrate, index: int, action: dict[str, Any], mentioned: set[str]
) -> Iterator[CrateProblem]:
    at: Pointer = ("@graph", index)
    name = str(action.get("@id", index))[:60]
    if not isinstance(action.get("@id"), str):
        yield CrateProblem(at, "an action has no @id")
    tools = ids(action.get("instrument"))
    if not tools:
        yield CrateProblem((*at, "instrument"), f"action {name} has no instrument")
    for tool in tools:
        thing = crate.thing(tool)
        if not thing:
            yield CrateProblem(
                (*at, "instrument"), f"the instrument {tool[:60]} of {name} is not in the crate"
            )
        elif not types(thing) & _TOOLS:
            text = f"the instrument {tool[:60]} of {name} is no software"
            yield CrateProblem((*at, "instrument"), text, expected="SoftwareApplication")
    yield from _status(action, at, name)
    for key in ("object", "result"):
        for missing in (other for other in ids(action.get(key)) if not crate.thing(other)):
            yield CrateProblem((*at, key), f"the {key} {missing[:60]} of {name} is not in the crate")
    for key in ("name", "endTime", "agent", "actionStatus"):
        if not action.get(key):
            yield CrateProblem((*at, key), f"action {name} has no {key}", demanded=False)
    if action.get("@id") not in mentioned:
        yield CrateProblem(at, f"the root does not mention action {name}", demanded=False)


def _status(action: dict[str, Any], at: Pointer, name: str) -> Iterator[CrateProblem]:
    told = action.get("actionStatus")
    text = next(iter(ids(told)), told if isinstance(told, str) else "")
    state = text.rpartition("/")[2].rpartition(":")[2]
    if text and state not in _STATES:
        yield CrateProblem(
            (*at, "actionStatus"),
            f"{text[:60]} is no status of an action",
            expected=", ".join(sorted(_STATES)),
        )
    if action.get("error") and state != "FailedActionStatus":
        yield CrateProblem((*at, "error"), f"action {name} has an error, but did not fail")
    start, end = action.get("startTime"), action.get("endTime")
    for key, value in (("startTime", start), ("endTime", end)):
        if value is not None and _instant(value) is None:
            yield CrateProblem((*at, key), f"{key} of {name} is no ISO 8601 time")
    one, two = _instant(start), _instant(end)
    if one is not None and two is not None and two < one:
        yield CrateProblem((*at, "endTime"), f"action {name} ended before it started")


def _instant(value: Any) -> float | None:
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def _workflow(crate: RunCrate, actions: list[tuple[int, dict[str, Any]]]) -> Iterator[CrateProblem]:
    pointer = (*crate.at_root, "mainEntity")
    name = next(iter(ids(crate.root.get("mainEntity"))), None)
    main = crate.thing(name) if name is not None else {}
    if not main or name is None:
        yield CrateProblem(pointer, "the crate names no workflow as its main entity")
        return
    at: Pointer = ("@graph", crate.places[name])
    for kind in ("File", "SoftwareSourceCode", "ComputationalWorkflow"):
        if kind not in types(main):
            yield CrateProblem((*at, "@type"), f"the main workflow is no {kind}", expected=kind)
    language = ids(main.get("programmingLanguage"))
    if not language or not all(crate.thing(item) for item in language):
        yield CrateProblem((*at, "programmingLanguage"), "the main workflow names no language of the crate")
    if not any(name in ids(action.get("instrument")) for _, action in actions):
        yield CrateProblem(("@graph",), "no action has the main workflow as its instrument")


_NEEDS: Final = {
    "ControlAction": ("instrument", "object"),
    "OrganizeAction": ("instrument", "object", "result"),
    "ParameterConnection": ("sourceParameter", "targetParameter"),
    "HowToStep": ("workExample",),
}


def _provenance(crate: RunCrate) -> Iterator[CrateProblem]:
    name = next(iter(ids(crate.root.get("mainEntity"))), "")
    main = crate.thing(name)
    if main and not ids(main.get("hasPart")):
        yield CrateProblem(("@graph", crate.places[name], "hasPart"), "the main workflow names no tools")
    for kind, keys in _NEEDS.items():
        for index, item in crate.of_type(kind):
            for key in keys:
                if not ids(item.get(key)):
                    told = str(item.get("@id", index))[:60]
                    yield CrateProblem(("@graph", index, key), f"{kind} {told} has no {key}")
