"""Safe loading of YAML 1.2 and JSON, with positions computed only when somebody asks for them.

Three passes, cheapest first. A pass over parser events bounds depth and alias expansion before anything is
built. The second pass constructs plain data by the YAML 1.2 core schema and refuses duplicate keys. Node
marks (line and column of each value) are composed lazily by :meth:`Document.locate`, since only files with
findings need them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any, ClassVar, Final

import yaml

from fairport.contract.characters import shown_data
from fairport.contract.constants import MAX_ALIAS_EXPANSION, MAX_DEPTH, MAX_DOCUMENT_BYTES
from fairport.contract.errors import DocumentError, Location
from fairport.contract.files import decode_text, read_bytes
from fairport.contract.jsonpositions import JsonPositions

Pointer = tuple[str | int, ...]
"""Path to a value inside a document: keys and list indices from the root."""

_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CORE: Final = "tag:yaml.org,2002:"
_STR, _MAP, _SEQ = f"{_CORE}str", f"{_CORE}map", f"{_CORE}seq"

_MAX_EVENTS: Final = 2_000_000

_GLANCE: Final = 100_000
"""Characters of a text that is judged at a glance: too few for too many events."""

_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_LEAD: Final = re.compile(r"^[ \t?:-]*", re.MULTILINE)
_WILD: Final = ("&", "*", "---", "...", "\r", "\x85", "\u2028", "\u2029")


class _Yaml12Loader(_BaseLoader):  # type: ignore[misc]
    """PyYAML's C loader with YAML 1.2 core resolvers, constructors and an error for duplicate keys."""

    yaml_implicit_resolvers: ClassVar[dict[str | None, Any]] = {}

    def construct_document(self, node: yaml.Node) -> Any:
        """Build the value of a document, without the bookkeeping for one that contains itself: nobody gets
        this far with such a one.
        """
        return self._built(node, {})

    def _built(self, node: yaml.Node, known: dict[yaml.Node, Any]) -> Any:
        """Build a value; ``known`` are the collections that were built, since an alias may repeat them."""
        tag = node.tag
        if tag == _STR and isinstance(node, yaml.ScalarNode):
            return node.value
        if tag == _MAP and isinstance(node, yaml.MappingNode):
            if node not in known:
                known[node] = self._mapping(node, known)
            return known[node]
        if tag == _SEQ and isinstance(node, yaml.SequenceNode):
            if node not in known:
                known[node] = [self._built(item, known) for item in node.value]
            return known[node]
        return self.construct_object(node, deep=True)

    def _mapping(self, node: yaml.MappingNode, known: dict[yaml.Node, Any]) -> dict[str, Any]:
        """Build a mapping; every key must be text and unique."""
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._built(key_node, known)
            if not isinstance(key, str):
                raise _problem(f"the key {_shorten(key)} is not text", key_node, "put it in quotes")
            if key in mapping:
                first = next(other for other, _ in node.value if self._built(other, known) == key)
                raise _problem(
                    f'duplicate key "{key}" (first at line {first.start_mark.line + 1})',
                    key_node,
                    "keep one of the two entries",
                )
            mapping[key] = self._built(value_node, known)
        return mapping


def _problem(text: str, node: yaml.Node, mend: str | None = None) -> _NodeProblem:
    return _NodeProblem(text, node.start_mark.line + 1, node.start_mark.column + 1, mend)


class _NodeProblem(Exception):
    def __init__(self, text: str, line: int, column: int, mend: str | None) -> None:
        super().__init__(text)
        self.line, self.column, self.mend = line, column, mend


def _construct_int(loader: Any, node: yaml.ScalarNode) -> int:
    text = str(node.value)
    try:
        if text.startswith("0o"):
            return int(text[2:], 8)
        if text.startswith("0x"):
            return int(text[2:], 16)
        return int(text)
    except ValueError:
        raise _problem("this whole number has too many digits", node) from None


def _construct_float(loader: Any, node: yaml.ScalarNode) -> float:
    text = str(node.value).lower()
    if text.endswith((".inf", ".nan")):
        raise _problem(f"{node.value} is not a number that a document may hold", node, "leave the value out")
    value = float(text)
    if math.isinf(value):
        raise _problem(f"{node.value} is too large for a number", node)
    return value


def _construct_undefined(loader: Any, node: yaml.Node) -> Any:
    raise _problem(
        f"the tag {node.tag} is not allowed", node, "write plain text, numbers, lists and mappings"
    )


def _configure() -> None:
    resolvers: list[tuple[str, str, list[str]]] = [
        ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
        ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
        ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
        (
            "float",
            r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
            r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
            list("-+0123456789."),
        ),
    ]
    for tag, pattern, first in resolvers:
        _Yaml12Loader.add_implicit_resolver(_CORE + tag, re.compile(pattern), first)
    # The constructors of tags outside the core schema (timestamps, binary, sets, ...) are dropped.
    _Yaml12Loader.yaml_constructors = {
        key: value
        for key, value in _Yaml12Loader.yaml_constructors.items()
        if key in {_CORE + name for name in ("null", "bool", "str")}
    }
    _Yaml12Loader.add_constructor(_CORE + "int", _construct_int)
    _Yaml12Loader.add_constructor(_CORE + "float", _construct_float)
    _Yaml12Loader.add_constructor(None, _construct_undefined)


_configure()


@dataclass(slots=True)
class Document:
    """A document as it was read: plain data plus what is needed to find the place of any value in its text.

    Attributes:
        name: path shown to people.
        text: the decoded text.
        data: plain Python data (dict, list, str, int, float, bool, None).
        format: ``yaml`` or ``json``.
    """

    name: str
    text: str
    data: Any
    format: str = "yaml"
    _positions: Any = field(default=None, repr=False)

    @property
    def shown(self) -> Any:
        """The data as they can be shown: texts without characters that nobody sees."""
        return shown_data(self.data, self.text)

    def locate(self, pointer: Pointer, *, key: bool = False) -> Location:
        """Return where the value at ``pointer`` stands (its key with ``key=True``).

        A pointer that leads nowhere gives the place of its deepest existing ancestor, so that a missing
        key is shown at the mapping which lacks it.
        """
        if self.format == "json":
            if self._positions is None:
                self._positions = JsonPositions(self.text)
            line, column, end_line, end_column = self._positions.find(pointer, key=key)
            return Location(self.name, line, column, end_line, end_column)
        if self._positions is None:
            self._positions = yaml.compose(self.text, Loader=_Yaml12Loader)
        return _locate_node(self.name, self._positions, pointer, key)


def load_yaml(path: Path, *, name: str | None = None, limit: int = MAX_DOCUMENT_BYTES) -> Document:
    """Read a YAML 1.2 file.

    Raises:
        DocumentError: unreadable, not UTF-8, malformed, too deep, too large, duplicate keys; with line and
            column.
    """
    shown = name or str(path)
    return parse_yaml(decode_text(read_bytes(path, limit=limit), shown), shown)


def load_json(path: Path, *, name: str | None = None, limit: int = MAX_DOCUMENT_BYTES) -> Document:
    """Read a JSON file strictly: no duplicate keys, no NaN or Infinity.

    Raises:
        DocumentError: unreadable, not UTF-8, malformed, too deep or too large; with line and column.
    """
    shown = name or str(path)
    return parse_json(decode_text(read_bytes(path, limit=limit), shown), shown)


def load_document(path: Path, *, name: str | None = None, limit: int = MAX_DOCUMENT_BYTES) -> Document:
    """Read a JSON or YAML file of at most ``limit`` bytes, by its suffix."""
    load = load_json if path.suffix in {".json", ".jsonld"} else load_yaml
    return load(path, name=name, limit=limit)


def parse_yaml(text: str, name: str = "<text>") -> Document:
    """Parse one YAML 1.2 document from text.

    Raises:
        DocumentError: see :func:`load_yaml`.
    """
    try:
        _check_events(text, name)
        data = yaml.load(text, Loader=_Yaml12Loader)  # noqa: S506 (a safe loader)
    except _NodeProblem as problem:
        where = Location(name, problem.line, problem.column)
        raise DocumentError(str(problem), where=where, mend=problem.mend) from None
    except yaml.YAMLError as error:
        raise _syntax_error(error, text, name) from None
    except (RecursionError, ValueError, OverflowError) as error:
        raise DocumentError("the YAML cannot be read", where=Location(name), why=str(error)) from None
    return Document(name, text, data)


def parse_json(text: str, name: str = "<text>") -> Document:
    """Parse JSON text strictly.

    Raises:
        DocumentError: see :func:`load_json`.
    """
    depth = _json_depth(text)
    if depth > MAX_DEPTH:
        raise DocumentError(f"values are nested more than {MAX_DEPTH} deep", where=Location(name))
    try:
        data = json.loads(text, object_pairs_hook=_unique_pairs, parse_constant=_refuse_constant)
        if _SURROGATE.search(text):
            json.dumps(data, ensure_ascii=False).encode()  # half a pair is no character: a ValueError
    except json.JSONDecodeError as error:
        where = Location(name, error.lineno, error.colno)
        raise DocumentError(
            f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}", where=where
        ) from None
    except _DuplicateKeyError as error:
        line, column, *_ = JsonPositions(text).duplicate() or (None, None)
        raise DocumentError(
            f'duplicate key "{error}"', where=Location(name, line, column), mend="keep one of the two entries"
        ) from None
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"this is not JSON: {error}", where=Location(name)) from None
    return Document(name, text, data, format="json")


_NO_BRACKET: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[^][{}"]+', re.DOTALL)
_PAIR: Final = re.compile(r"\[\]|\{\}")
_STEPS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


class _DuplicateKeyError(Exception):
    pass


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DuplicateKeyError(key)
            seen.add(key)
    return data


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not a JSON number")


def _json_depth(text: str) -> int:
    """Return how deep the brackets of a text are nested; past what is allowed, any larger number."""
    brackets, depth = _NO_BRACKET.sub("", text), 0
    while brackets and depth <= MAX_DEPTH:
        outer = _PAIR.sub("", brackets)
        if outer == brackets:  # they do not match, so that this is no JSON: the parser says where
            return depth + max(accumulate(_STEPS.get(sign, 0) for sign in brackets))
        brackets, depth = outer, depth + 1
    return depth


def _check_events(text: str, name: str) -> None:
    """Bound depth, number of events and growth by aliases; refuse several documents in one file."""
    if _is_tame(text):
        return
    guard = _EventGuard(name, MAX_ALIAS_EXPANSION * max(len(text), 1000))
    for event in yaml.parse(text, Loader=_BaseLoader):
        guard.see(event)


def _is_tame(text: str) -> bool:
    """Tell at a glance that a text keeps every bound, as nearly all do.

    It has no alias, one document and plain ends of lines. Each level of nesting takes a bracket, or a
    column of the indentation and the indicators with which a line begins; a list may stand in the column of
    its key.
    """
    if len(text) > _GLANCE or any(mark in text for mark in _WILD):
        return False
    lead = max(len(match.group()) for match in _LEAD.finditer(text))
    return 2 * lead + 2 + text.count("[") + text.count("{") <= MAX_DEPTH


class _EventGuard:
    """Counts what a document would become, before any of it is built."""

    def __init__(self, name: str, budget: int) -> None:
        self._name, self._budget = name, budget
        self._events = self._documents = self._expanded = 0
        self._sizes: dict[str, int] = {}  # anchor -> characters with inner aliases expanded
        self._open: list[tuple[str | None, int]] = []  # anchor and start of the open collections

    def see(self, event: Any) -> None:
        """Take note of one parser event."""
        mark: Any = event.start_mark
        self._events += 1
        if self._events > _MAX_EVENTS:
            raise DocumentError("the document has too many values", where=Location(self._name))
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._error(event, "the file holds more than one YAML document", "keep one")
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open.append((event.anchor, mark.index - self._expanded))
            if len(self._open) > MAX_DEPTH:
                raise self._error(event, f"values are nested more than {MAX_DEPTH} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, start = self._open.pop()
            if anchor is not None:
                end: Any = event.end_mark
                self._sizes[anchor] = end.index + self._expanded - start
        elif isinstance(event, yaml.ScalarEvent) and event.anchor is not None:
            self._sizes[event.anchor] = len(event.value)

    def _alias(self, event: Any) -> None:
        if any(anchor == event.anchor for anchor, _ in self._open):
            raise self._error(event, f"the alias *{event.anchor} stands inside its own value")
        self._expanded += self._sizes.get(event.anchor, 0)
        if self._expanded > self._budget:
            text = f"aliases expand the document to more than {MAX_ALIAS_EXPANSION} times its size"
            raise self._error(event, text, "write the values out")

    def _error(self, event: Any, what: str, mend: str | None = None) -> DocumentError:
        mark = event.start_mark
        return DocumentError(what, where=Location(self._name, mark.line + 1, mark.column + 1), mend=mend)


def _syntax_error(error: yaml.YAMLError, text: str, name: str) -> DocumentError:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        problem = (error.problem or error.context or "malformed YAML").strip()
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (None, None)
        mend = None
        if line is not None:
            lines = text.splitlines()
            shown = lines[line - 1] if line <= len(lines) else ""
            if "\t" in shown[: len(shown) - len(shown.lstrip())]:
                problem, mend = "a tab is used for indentation", "indent with spaces"
            elif "mapping values are not allowed" in problem:
                mend = "put text that contains a colon in quotes"
            elif "undefined alias" in problem:
                problem = "an alias has no anchor"
            elif "could not find expected ':'" in problem:
                mend = "a key needs a colon; check the quotes and the indentation above this line"
        return DocumentError(f"this is not YAML: {problem}", where=Location(name, line, column), mend=mend)
    if isinstance(error, yaml.reader.ReaderError):
        position = error.position if isinstance(error.position, int) else 0
        line = text.count("\n", 0, position) + 1
        column = position - (text.rfind("\n", 0, position) + 1) + 1
        return DocumentError(
            "the text contains a control character",
            where=Location(name, line, column),
            mend="remove the character",
        )
    return DocumentError("this is not YAML", where=Location(name), why=str(error).splitlines()[0][:200])


def _locate_node(name: str, root: yaml.Node | None, pointer: Pointer, key: bool) -> Location:
    node, key_node = root, None
    if node is None:
        return Location(name, 1, 1)
    for part in pointer:
        found = _child(node, part)
        if found is None:
            break
        key_node, node = found
    chosen = key_node if key and key_node is not None else node
    start, end = chosen.start_mark, chosen.end_mark
    if isinstance(chosen, yaml.CollectionNode) and not chosen.flow_style and end.line > start.line:
        # A block collection ends where the next token begins: show its first line only.
        return Location(name, start.line + 1, start.column + 1)
    return Location(name, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _child(node: yaml.Node, part: Hashable) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            if key_node.value == part:
                return key_node, value_node
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and 0 <= part < len(node.value):
        return None, node.value[part]
    return None


def _shorten(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
