"""Where a result comes from as a graph: inputs, steps of the run, table, result, and what was made of it.

The steps and their files are those of the crate of the run (Provenance Run Crate), restricted to what the
table descends from; without a crate the run is one step, and numbers without a run come from their source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fairport.catalog.addresses import safe_link, web_address
from fairport.catalog.prose import plain
from fairport.catalog.relations import Kinship
from fairport.catalog.site.rendering import day
from fairport.contract.errors import FairportError
from fairport.contract.loading import load_json
from fairport.contract.result import PublishedSource, Result

MAX_SOURCES: Final = 6
"""Nodes of the first column; further inputs become one node that counts them."""

MAX_STEPS: Final = 12
MAX_CHILDREN: Final = 5
_SHORT: Final = 12


@dataclass(frozen=True, slots=True)
class Node:
    """Something in the history of a result.

    Attributes:
        key: name within the graph.
        kind: what it is, in a word or two.
        text: its name.
        detail: what else is known of it: digest, version, date.
        href: page or file that tells more.
        stage: 0 for sources, 1 for steps, 2 for the table, 3 for the result, 4 for what was made of it.
        code: whether the name is a path or a digest.
    """

    key: str
    kind: str
    text: str
    detail: str = ""
    href: str | None = None
    stage: int = 0
    code: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """The graph: nodes in the order of the stages, edges as pairs of keys; ``loose`` ones are of the run."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]
    loose: tuple[tuple[str, str], ...] = ()

    def after(self, key: str) -> list[str]:
        """Return the keys that a node leads to."""
        return [end for start, end in (*self.edges, *self.loose) if start == key]


@dataclass(slots=True)
class _Draft:
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)
    loose: list[tuple[str, str]] = field(default_factory=list)

    def add(self, node: Node | None, *targets: str) -> None:
        if node is None:
            return
        self.nodes.setdefault(node.key, node)
        self.edges += [(node.key, target) for target in targets]

    def done(self) -> Lineage:
        order = sorted(self.nodes.values(), key=lambda node: node.stage)
        known = self.nodes.keys()
        edges = dict.fromkeys(edge for edge in self.edges if known >= set(edge))
        loose = dict.fromkeys(edge for edge in self.loose if known >= set(edge))
        return Lineage(tuple(order), tuple(edges), tuple(loose))


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of a run: identifiers of the files that it read and wrote."""

    key: str
    name: str
    command: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a result stands: what the links of the graph need.

    Attributes:
        root: relative way to the root of the site.
        table: name of its table beside the page, if it is offered.
        crate: name of the crate of its run beside the page, if it is offered.
        file: the crate in the harvest store, if there is one.
    """

    root: str
    table: str | None = None
    crate: str | None = None
    file: Path | None = None


def lineage(record: Result, kinship: Kinship, place: Place) -> Lineage:
    """Return the graph of a result.

    Args:
        record: its record.
        kinship: its relatives in the catalogue.
        place: where links lead.
    """
    draft = _Draft()
    data = record.data
    end = "table" if data is not None else "result"
    if data is not None:
        rows = f"{data.rows:,} rows, sha256 {data.sha256[:_SHORT]}"
        table = Node("table", "Table", plain(data.path), rows, place.table, 2, code=True)
        draft.add(table, "result")
    draft.add(Node("result", "This result", plain(record.title), f"version {plain(record.version)}", None, 3))
    _history(draft, record, kinship, place, end)
    for number, child in enumerate(kinship.children):
        if number == MAX_CHILDREN:
            left = len(kinship.children) - MAX_CHILDREN
            more = Node("more-children", "Derived", f"and {left} more", "", "#derived", 4)
            draft.add(more)
            draft.edges.append(("result", more.key))
            break
        node = Node(
            f"child-{number}",
            "Derived",
            plain(child.title),
            plain(child.transform),
            place.root + child.url,
            4,
        )
        draft.add(node)
        draft.edges.append(("result", node.key))
    return draft.done()


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the history for the list: its title, and each node with what it leads to."""

    title: str
    items: tuple[tuple[Node, str], ...]


_STAGES: Final = ("Made from", "By these steps", "Into this table", "", "And from it")


def stages_of(graph: Lineage) -> tuple[Stage, ...]:
    """Return the graph as a list of stages, for those who do not see the figure."""
    names = {node.key: node.text for node in graph.nodes}
    found = []
    for number, title in enumerate(_STAGES):
        nodes = [node for node in graph.nodes if node.stage == number]
        if nodes and title:
            uses = [
                ", ".join(names[key] for key in graph.after(node.key) if key != "result") for node in nodes
            ]
            found.append(Stage(title, tuple(zip(nodes, uses, strict=True))))
    return tuple(found)


def _history(draft: _Draft, record: Result, kinship: Kinship, place: Place, end: str) -> None:
    if record.derived_from:
        _derivation(draft, record, kinship, place, end)
        return
    if record.provenance.run is not None:
        _run(draft, record, place, end)
        return
    source = _published(record.provenance.source)
    reader = record.provenance.digitiser
    if reader is not None:
        tool = plain(reader.tool or "by hand")
        who = " ".join(plain(text) for text in (reader.by or "", day(reader.date)) if text)
        draft.add(Node("reader", "Read off with", tool, who, None, 1), end)
        draft.add(source, "reader")
    else:
        draft.add(source, end)
    _software(draft, record, (end,))


def _derivation(draft: _Draft, record: Result, kinship: Kinship, place: Place, end: str) -> None:
    transform = plain(record.derived_from[0].transform)
    draft.add(Node("transform", "Computed by", transform.replace("-", " "), "", None, 1), end)
    for number, entry in enumerate(record.derived_from):
        if number == MAX_SOURCES and len(record.derived_from) > MAX_SOURCES + 1:
            left = len(record.derived_from) - MAX_SOURCES
            draft.add(Node("more", "Made from", f"and {left} more", "", None, 0), "transform")
            break
        parent = kinship.parent(entry.result)
        name = plain(entry.result).removeprefix("local/")
        node = Node(
            f"parent-{number}",
            "Made from",
            plain(parent.title) if parent else name,
            name,
            place.root + parent.url if parent else None,
            0,
        )
        draft.add(node, "transform")
    _software(draft, record, ("transform",))


def _run(draft: _Draft, record: Result, place: Place, end: str) -> None:
    run = record.provenance.run
    if run is None:
        return
    steps = _steps(place.file, record.data.sha256 if record.data else "")
    inputs = [(item.sha256, plain(item.did or item.path), item.sha256) for item in record.provenance.inputs]
    if steps:
        made = {file: step.key for step in steps for file in step.writes}
        for step in steps:
            draft.add(Node(step.key, "Step", step.name, step.command, place.crate, 1))
            draft.edges += [
                (made[file], step.key) for file in step.reads if made.get(file, step.key) != step.key
            ]
        last = [step.key for step in steps if not any(start == step.key for start, _ in draft.edges)]
        draft.edges += [(key, end) for key in last]
        inputs = [item for item in inputs if any(item[0] in step.reads for step in steps)] or inputs
        users = {sha: [step.key for step in steps if sha in step.reads] for sha, _, _ in inputs}
        first = [step.key for step in steps if not any(file in made for file in step.reads)]
    else:
        engine = plain(run.engine_version or run.engine)
        draft.add(Node("run", "Run", engine, f"{plain(run.id)}, {day(run.started)}", place.crate, 1), end)
        users, first = {}, ["run"]
    for number, (sha, name, digest) in enumerate(inputs):
        if number == MAX_SOURCES and len(inputs) > MAX_SOURCES + 1:
            left = len(inputs) - MAX_SOURCES
            draft.add(Node("more", "Inputs", f"and {left} more", "", "#inputs", 0), *first)
            break
        node = Node(f"input-{number}", "Input", name, f"sha256 {digest[:_SHORT]}", "#inputs", 0, code=True)
        draft.add(node, *(users.get(sha) or first))
    _software(draft, record, first)


def _software(draft: _Draft, record: Result, users: Iterable[str]) -> None:
    """Add code, container and workflow, which belong to the run as a whole."""
    provenance, found = record.provenance, list[Node]()
    if provenance.code is not None:
        commit = (provenance.code.commit or "no commit")[:_SHORT]
        state = "" if provenance.code.clean else ", uncommitted changes"
        page = web_address(provenance.code.repository)
        found.append(
            Node(
                "code",
                "Code",
                plain(commit) + state,
                plain(provenance.code.repository or ""),
                page,
                0,
                code=True,
            )
        )
    if provenance.workflow is not None:
        digest = provenance.workflow.digest.removeprefix("sha256:")[:_SHORT]
        found.append(
            Node(
                "workflow",
                "Workflow",
                plain(provenance.workflow.file),
                f"sha256 {digest}",
                None,
                0,
                code=True,
            )
        )
    if provenance.image is not None:
        digest = (provenance.image.digest or "").removeprefix("sha256:")[:_SHORT]
        found.append(
            Node(
                "image",
                "Container",
                plain(provenance.image.name),
                f"sha256 {digest}" if digest else "",
                None,
                0,
                code=True,
            )
        )
    if provenance.environment is not None and provenance.environment.interpreter:
        packages = ", ".join(
            f"{plain(name)} {plain(text)}"
            for name, text in sorted(provenance.environment.packages.items())[:12]
        )
        found.append(
            Node("environment", "Environment", plain(provenance.environment.interpreter), packages, None, 0)
        )
    for node in found:
        draft.add(node)
        draft.loose += [(node.key, user) for user in users]


def _published(source: PublishedSource | None) -> Node | None:
    """Return where numbers were published: the first identifier that is a link."""
    if source is None:
        return None
    arxiv = f"arXiv:{source.arxiv.removeprefix('arXiv:')}" if source.arxiv else None
    for name in (source.doi, arxiv, source.url):
        if name:
            short = plain(name).removeprefix("https://doi.org/")
            return Node("source", "Published in", short, plain(source.figure or ""), safe_link(name), 0)
    return None


def _steps(file: Path | None, table: str) -> tuple[_Step, ...]:
    """Return the steps that a table descends from, sources first; none where the crate does not tell.

    A step is an action under the control of a ``ControlAction``, as the Provenance Run Crate has it.
    """
    if file is None or not table:
        return ()
    try:
        graph = load_json(file).shown.get("@graph", [])
    except (FairportError, AttributeError):
        return ()
    things = graph if isinstance(graph, list) else []
    entities = {e["@id"]: e for e in things if isinstance(e, dict) and isinstance(e.get("@id"), str)}
    digests = {name: str(e.get("sha256") or name) for name, e in entities.items()}
    controls = (e for e in entities.values() if e.get("@type") == "ControlAction")
    names = {name for control in controls for name in _ids(control.get("object"))}
    actions = (entities[name] for name in sorted(names & entities.keys()))
    steps = [_step(action, digests) for action in actions if action.get("@type") == "CreateAction"]
    makers = {sha: step for step in steps for sha in step.writes}
    return _ancestors(makers, table)


def _ancestors(makers: Mapping[str, _Step], table: str) -> tuple[_Step, ...]:
    """Return the makers of a file, of what they read, and so on; sources first, at most :data:`MAX_STEPS`."""
    found: dict[str, _Step] = {}
    wanted = [table]
    while wanted and len(found) < MAX_STEPS:
        step = makers.get(wanted.pop(0))
        if step is not None and step.key not in found:
            found[step.key] = step
            wanted += [sha for sha in step.reads if sha in makers]
    return tuple(reversed(found.values()))


def _step(entity: Mapping[str, Any], digests: Mapping[str, str]) -> _Step:
    def files(name: str) -> tuple[str, ...]:
        return tuple(digests.get(item, item) for item in _ids(entity.get(name)))

    name = plain(str(entity.get("name") or entity["@id"])).removeprefix("Step ")
    command = plain(str(entity.get("description") or ""))[:400]
    return _Step(f"step-{entity['@id']}", name, command, files("object"), files("result"))


def _ids(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item["@id"] for item in items if isinstance(item, dict) and isinstance(item.get("@id"), str)]


__all__ = ["Lineage", "Node", "Place", "Stage", "lineage", "stages_of"]
