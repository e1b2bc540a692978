"""LINK001 and LINK003: links inside the repository, and the RO-Crate."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from fairport.check.issue import Issue, quoted, shown
from fairport.check.parsed import CrateFile, folder_of
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.contract.errors import DocumentError

_LINK: Final = re.compile(
    r"!?\[[^\[\]\n]{0,400}\]\(\s*<?([^()\s<>]{1,1000}(?:\([^()\s]{0,200}\))?)>?(?:\s+[\"'(][^\n]{0,200})?\)"
)
_REFERENCE: Final = re.compile(r"^ {0,3}\[(?!\^)[^\[\]\n]{1,200}\]:\s+<?([^\s<>]{1,1000})", re.MULTILINE)
_CODE: Final = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`|<!--.*?-->", re.MULTILINE | re.DOTALL)
_HEADING: Final = re.compile(
    r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$|^(?=\S)(.+)\n(?:=+|-+)[ \t]*$", re.MULTILINE
)
_ANCHOR: Final = re.compile(
    r"<[a-z]+\s[^>]{0,200}?\b(?:id|name)=[\"']([^\"'>]{1,200})[\"']|\{#([\w-]{1,200})", re.IGNORECASE
)
_MAX_FILES: Final = 300


@rule(
    "LINK001",
    "error",
    "correctness",
    "Links and anchors inside the repository lead somewhere",
    fair=("A1",),
    rda=("A1-03M",),
    fuji=("FsF-A1-02MD",),
    good={},
    bad={"docs/notes.md": "# Notes\n\n## Method\n\nSee [the fit](▸#fit).\n"},
)
def links(repository: Repository) -> Iterator[Issue]:
    """A link that leads nowhere tells the reader that nobody looked. Relative links in Markdown files are
    followed, with their headings; addresses on the network are not. Where a site generator is configured, the
    address of a page (`guide/`, `guide.html`) stands for its source."""
    headings: dict[str, frozenset[str]] = {}
    for path in repository.glob("**/*.md")[:_MAX_FILES]:
        text = _text(repository, path)
        if text is None:
            continue
        plain = _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
        for pattern in (_LINK, _REFERENCE):
            for match in pattern.finditer(plain):
                problem = _problem(path, match[1], repository, headings)
                if problem is not None:
                    start = match.start(1)
                    yield Issue(
                        problem,
                        path=path,
                        line=plain.count("\n", 0, start) + 1,
                        column=start - plain.rfind("\n", 0, start),
                        found=match[1],
                        subject=match[1],
                    )


def _text(repository: Repository, path: str) -> str | None:
    try:
        return repository.text(path, limit=1_000_000)
    except DocumentError:
        return None


def _problem(path: str, link: str, repository: Repository, headings: dict[str, frozenset[str]]) -> str | None:
    """Return what is wrong with one link, or ``None``."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\{|/", link):
        return None  # the network, a template, the root of a site
    target, _, anchor = unquote(link).partition("#")
    target = target.partition("?")[0]
    goal = posixpath.normpath(posixpath.join(folder_of(path), target)) if target else path
    if goal.startswith("../") or goal == "..":
        return f"{quoted(link, 80)} leads out of the repository"
    if (
        goal not in repository
        and goal not in repository.folders
        and goal != "."
        and not repository.exists_on_disk(goal)
        and not _is_page(path, goal, repository)
    ):
        return f"{quoted(link, 80)}: no such file"
    if anchor and goal.endswith(".md") and goal in repository and not re.fullmatch(r"L\d+(?:-L\d+)?", anchor):
        if goal not in headings:
            headings[goal] = _anchors(_text(repository, goal) or "")
        if anchor.lower() not in headings[goal]:
            return f"{quoted(link, 80)}: no such heading"
    return None


_GENERATORS: Final = ("_config.yml", "_config.yaml", "mkdocs.yml", "mkdocs.yaml", "conf.py", "hugo.toml")


def _is_page(path: str, goal: str, repository: Repository) -> bool:
    """Tell whether a goal is the address of a page that a site generator makes from a Markdown file of the
    same name; only where such a generator is configured for the file with the link.
    """
    if not any(f"{name}{ending}" in repository for name in (goal, f"{goal}/index") for ending in _SOURCES):
        stem = re.sub(r"\.html?$", "", goal)
        if stem == goal or not any(f"{stem}{ending}" in repository for ending in _SOURCES):
            return False
    folder = folder_of(path)
    above = [""]
    for part in folder.split("/") if folder else ():
        above.append(posixpath.join(above[-1], part))
    return any(posixpath.join(place, name) in repository for place in above for name in _GENERATORS)


_SOURCES: Final = (".md", ".markdown", ".rst")


def _anchors(text: str) -> frozenset[str]:
    """Return the anchors of a Markdown file as forges make them from headings."""
    found = {(match[1] or match[2]).lower() for match in _ANCHOR.finditer(text)}
    plain = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    seen: Counter[str] = Counter()
    for match in _HEADING.finditer(plain):
        title = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", match[1] or match[2] or "")
        slug = re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
        found.add(slug if not seen[slug] else f"{slug}-{seen[slug]}")
        seen[slug] += 1
    return frozenset(found)


_CRATE: Final = "ro-crate-metadata.json"


@rule(
    "LINK003",
    "error",
    "correctness",
    "The RO-Crate meets what version 1.1 demands",
    fair=("I1", "R1.3"),
    rda=("R1.3-02M",),
    fuji=("FsF-I1-01M",),
    good={},
    bad={
        _CRATE: '{\n  "@context": "https://w3id.org/ro/crate/1.1/context",\n  "@graph": [\n'
        '    {"@id": "ro-crate-metadata.json", "@type": "CreativeWork",\n'
        '     "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}, "about": {"@id": "./"}},\n'
        '    ▸{"@id": "./", "@type": "Dataset", "name": "A", "description": "B",\n'
        '     "datePublished": "2026-02-01"}\n  ]\n}\n'
    },
)
def crate(file: CrateFile, repository: Repository) -> Iterator[Issue]:
    """A crate is a flat list of things with identifiers. Its descriptor points to the root data set, which
    has name, description, date and licence; files that it names exist. Workflow hubs refuse a crate that
    breaks these rules."""
    graph = file.mapping.get("@graph")
    if not isinstance(graph, list):
        yield file.issue(("@graph",), "a crate is a list of things under @graph", help="run `fairport sync`")
        return
    yield from _context(file)
    by_id: dict[str, int] = {}
    for index, item in enumerate(graph):
        flaw = _flaw(item)
        if flaw is not None:
            yield file.issue(("@graph", index, *flaw), "a thing needs @id and @type, which are texts")
        if not isinstance(item, dict) or not isinstance(item.get("@id"), str):
            continue
        if item["@id"] in by_id:
            yield file.issue(("@graph", index, "@id"), f"{quoted(item['@id'], 80)} stands twice")
        else:
            by_id[item["@id"]] = index
    descriptor = _named(graph, by_id, _CRATE)
    if descriptor is None and len(by_id) < len(graph):
        return  # one of the malformed things may be it
    if descriptor is None:
        yield file.issue(("@graph",), f"there is no descriptor {_CRATE}", at_key=True)
        return
    yield from _descriptor(file, by_id[_CRATE], descriptor)
    about = descriptor.get("about")
    root_id = about.get("@id") if isinstance(about, dict) else None
    root = _named(graph, by_id, root_id) if isinstance(root_id, str) else None
    if root is None or not isinstance(root_id, str):
        deeper = ("@id",) if isinstance(about, dict) and "@id" in about else ()
        yield file.issue(
            ("@graph", by_id[_CRATE], "about", *deeper),
            "the root data set does not exist",
            expected='{"@id": "./"}',
        )
        return
    at = ("@graph", by_id[root_id])
    if _flaw(root) is None and "Dataset" not in _types(root):
        yield file.issue((*at, "@type"), "the root is no Dataset", expected="Dataset")
    for key in ("name", "description", "datePublished", "license"):
        if not root.get(key):
            yield file.issue((*at, key), f"root has no {key}", help=f"add {key}, or run `fairport sync`")
    yield from _missing_files(file, graph, repository)
    yield from _nested(file, graph)
    yield from _parts_of_root(file, graph, by_id, by_id[root_id])


def _context(file: CrateFile) -> Iterator[Issue]:
    context = file.mapping.get("@context")
    items = context if isinstance(context, list) else [context]
    if "@context" not in file.mapping:
        yield file.issue(("@context",), '"@context" is missing')
    elif not any(isinstance(item, str) and item.startswith("https://w3id.org/ro/crate/1.") for item in items):
        yield file.issue(
            ("@context",),
            "the context is not that of RO-Crate",
            found=shown(str(context), 100),
            expected="https://w3id.org/ro/crate/1.1/context",
        )


def _flaw(item: Any) -> tuple[str | int, ...] | None:
    """Return where, below an entry of the graph, identifier or type is none."""
    if not isinstance(item, dict):
        return ()
    if not isinstance(item.get("@id"), str):
        return ("@id",) if "@id" in item else ()
    if "@type" not in item:
        return ()
    kinds = item["@type"]
    found = kinds if isinstance(kinds, list) and kinds else [kinds]
    wrong = next((number for number, kind in enumerate(found) if not isinstance(kind, str)), None)
    if wrong is None:
        return None
    return ("@type", wrong) if len(found) > 1 else ("@type",)


_ONLY_ID: Final = frozenset({"@id"})
_LITERAL: Final = frozenset({"@value", "@type", "@language", "@direction", "@index"})


def _nested(file: CrateFile, graph: list[Any]) -> Iterator[Issue]:
    """Yield the values that are things of their own: a crate is flat, a value only points to a thing."""
    for index, item in enumerate(graph):
        for key, value in item.items() if isinstance(item, dict) else ():
            if key.startswith("@"):
                continue
            for number, part in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(part, dict) or part.keys() == _ONLY_ID:
                    continue
                if "@value" in part and part.keys() <= _LITERAL:
                    continue
                place = (key, number) if isinstance(value, list) else (key,)
                yield file.issue(
                    ("@graph", index, *place),
                    f"{key} holds a thing inside a thing; a crate is flat",
                    expected='{"@id": "..."}',
                    help="make it an entry of @graph and refer to it by @id",
                )


def _parts_of_root(file: CrateFile, graph: list[Any], by_id: dict[str, int], root: int) -> Iterator[Issue]:
    """Yield the parts of the root that are described as something else than files and data sets."""
    parts = graph[root].get("hasPart")
    for number, part in enumerate(parts if isinstance(parts, list) else [parts]):
        name = part.get("@id") if isinstance(part, dict) else None
        thing = _named(graph, by_id, name) if isinstance(name, str) and "://" not in name else None
        if (
            thing is not None
            and _flaw(thing) is None
            and not {"File", "Dataset"} & {str(kind) for kind in _types(thing)}
        ):
            place = ("hasPart", number) if isinstance(parts, list) else ("hasPart",)
            yield file.issue(
                ("@graph", root, *place),
                f"{quoted(name, 80)} is a part of the root, but no File and no Dataset",
                found=shown(str(thing.get("@type")), 80),
                expected="File or Dataset",
            )


def _named(graph: list[Any], by_id: dict[str, int], identifier: str) -> dict[str, Any] | None:
    item = graph[by_id[identifier]] if identifier in by_id else None
    return item if isinstance(item, dict) else None


def _types(item: dict[str, Any]) -> list[Any]:
    kind = item.get("@type")
    return kind if isinstance(kind, list) else [kind]


def _descriptor(file: CrateFile, index: int, descriptor: dict[str, Any]) -> Iterator[Issue]:
    if _flaw(descriptor) is None and "CreativeWork" not in _types(descriptor):
        yield file.issue(
            ("@graph", index, "@type"), "the descriptor is no CreativeWork", expected="CreativeWork"
        )
    conforms = descriptor.get("conformsTo")
    items = conforms if isinstance(conforms, list) else [conforms]
    names = [item.get("@id", "") for item in items if isinstance(item, dict)]
    if isinstance(conforms, dict) and conforms and conforms.keys() != _ONLY_ID:
        return  # told as not flat
    if not any(isinstance(name, str) and name.startswith("https://w3id.org/ro/crate/1.") for name in names):
        yield file.issue(
            ("@graph", index, "conformsTo", *_malformed_reference(conforms)),
            "the version of RO-Crate is not named",
            expected="https://w3id.org/ro/crate/1.1",
        )


def _malformed_reference(value: Any) -> tuple[str | int, ...]:
    """Return where, below a property, a reference is none; nothing when all are."""
    items = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
    for index, item in items:
        at: tuple[str | int, ...] = () if index is None else (index,)
        if not isinstance(item, dict):
            return at
        if not isinstance(item.get("@id"), str):
            return (*at, "@id") if "@id" in item else at
    return ()


def _missing_files(file: CrateFile, graph: list[Any], repository: Repository) -> Iterator[Issue]:
    for index, item in enumerate(graph):
        if not isinstance(item, dict) or not {"File", "Dataset"} & {
            kind for kind in _types(item) if isinstance(kind, str)
        }:
            continue
        identifier = item.get("@id")
        if not isinstance(identifier, str) or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|#|\./$", identifier):
            continue
        path = posixpath.normpath(unquote(identifier))
        if path not in repository and path not in repository.folders and not repository.exists_on_disk(path):
            yield file.issue(
                ("@graph", index, "@id"),
                f"{shown(path, 80)} does not exist",
                found=identifier,
                help="run `fairport sync`",
            )
