"""The boundary to ``cwl-utils``: does a CWL file follow the specification? Nothing is fetched, nothing is
run.

The answer depends on the text alone, so it is kept in the user's cache under the digest of the text and
the versions of the programs; a cached answer is data and is looked at like any other file.
"""

from __future__ import annotations

import copy
import difflib
import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, replace
from functools import cache
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import quote

from fairport.contract.errors import FairportError
from fairport.contract.loading import parse_yaml

_CACHE_FORMAT: Final = "2"
_URI: Final = "file:///document.cwl"
MAX_CWL_BYTES: Final = 1_000_000
"""Largest CWL file that is parsed."""

_MAX_IMPORTS: Final = 50


@dataclass(frozen=True, slots=True)
class CwlProblem:
    """One way in which a file does not follow the CWL specification; lines and columns count from 1."""

    line: int | None
    column: int | None
    message: str
    expected: str | None = None


def parse_problems(text: str, path: str, fetch: Callable[[str], str]) -> tuple[CwlProblem, ...]:
    """Return the problems that ``cwl-utils`` sees in one file.

    Args:
        text: the file; it has already passed the bounds of safe loading.
        path: its path in the repository, from which what it imports is found.
        fetch: gives the text of an imported file by its path in the repository, or raises
            :class:`FairportError`.
    """
    if re.search(r"\$(?:import|include|mixin)", text):
        return _parse(text, fetch, f"file:///{quote(path)}")
    store = _cache_file(text)
    known = _read(store)
    if known is None:
        known = _parse(text, fetch)
        _write(store, known)
    return known


def _cache_file(text: str) -> Any:
    from fairport.interop.cache import cache_root

    key = "\0".join((_CACHE_FORMAT, *_versions(), text)).encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(key).hexdigest()
    return cache_root() / "check" / "cwl" / digest[:2] / f"{digest}.json"


@cache
def _versions() -> tuple[str, ...]:
    return tuple(version(name) for name in ("fairport", "cwl-utils", "schema-salad"))


def _read(path: Any) -> tuple[CwlProblem, ...] | None:
    try:
        data = json.loads(path.read_bytes())
        problems = tuple(CwlProblem(*item) for item in data["problems"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return problems if all(isinstance(problem.message, str) for problem in problems) else None


def _write(path: Any, problems: tuple[CwlProblem, ...]) -> None:
    from fairport.check.cache import keep

    keep(path, json.dumps({"problems": [astuple(problem) for problem in problems]}).encode())


def _parse(text: str, fetch: Callable[[str], str], uri: str = _URI) -> tuple[CwlProblem, ...]:
    import cwl_utils.parser
    from schema_salad.exceptions import SchemaSaladException
    from schema_salad.runtime import LoadingOptions

    options = LoadingOptions(fetcher=_fetcher(fetch, text), fileuri=uri, baseuri=uri, no_link_check=True)
    log = logging.getLogger("salad")
    before, log.disabled = log.disabled, True
    try:
        if _is_plainly_right(_as_engines_read(text), uri, options):
            return ()
        if packed := _packed_problems(text, uri, options):
            return packed
        cwl_utils.parser.load_document_by_string(text, uri, options, load_all=True)
    except SchemaSaladException as error:
        return tuple(dict.fromkeys(_leaves(error, None, None))) or (
            CwlProblem(None, None, _first_line(str(error))),
        )
    except (RecursionError, MemoryError):
        return (CwlProblem(None, None, "the document is nested too deep"),)
    except Exception as error:  # noqa: BLE001 - the parser raises many things on malformed documents
        return (CwlProblem(None, None, f"the document cannot be understood: {_first_line(str(error))}"),)
    finally:
        log.disabled = before
    return ()


def _is_plainly_right(data: Any, uri: str, options: Any) -> bool:
    """Tell whether a document follows the specification, without places: several times faster than with
    them, since only the other files have to be read with their places.
    """
    import cwl_utils.parser

    try:
        cwl_utils.parser.load_document_by_yaml(data, uri, copy.copy(options), load_all=True)
    except Exception:  # noqa: BLE001 - whatever it is, the second reading tells it with its place
        return False
    return True


def _as_engines_read(text: str) -> Any:
    """Return the data of a file without what the classes of ``cwl-utils`` refuse although the engines take
    it: `$namespaces` and `$schemas` in a part of a packed document, and the name of an output record in
    version 1.0.
    """
    data = parse_yaml(text).data
    if not isinstance(data, dict):
        return data
    parts = data.get("$graph")
    packed = [item for item in parts if isinstance(item, dict)] if isinstance(parts, list) else []
    for part in packed:
        for key, kind in (("$namespaces", dict), ("$schemas", list)):
            value = part.pop(key, None)
            if isinstance(value, kind) and key not in data:
                data[key] = value
    if data.get("cwlVersion") in _OLD:
        for process in (data, *packed):
            _drop_record_names(process.get("outputs"))
    return data


_OLD: Final = ("v1.0", "v1.1")


def _drop_record_names(value: Any) -> None:
    """Take the names from the record types in a value, at any depth."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            if item.get("type") == "record" and isinstance(item.get("name"), str):
                del item["name"]
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def _packed_problems(text: str, uri: str, options: Any) -> tuple[CwlProblem, ...]:
    """Return the problems of each part of a packed document, placed at the part: the parser says of the
    whole only that no part fits.
    """
    import cwl_utils.parser
    from schema_salad.exceptions import SchemaSaladException

    document, data = parse_yaml(text), _as_engines_read(text)
    found: list[CwlProblem] = []
    parts = data.get("$graph") if isinstance(data, dict) else None
    for index, part in enumerate(parts if isinstance(parts, list) else ()):
        alone = {key: value for key, value in data.items() if key != "$graph"}
        if not isinstance(part, dict) or _is_plainly_right(
            copy.deepcopy({**alone, "$graph": [part]}), uri, options
        ):
            continue
        place = document.locate(("$graph", index))
        try:
            whole = json.dumps({**alone, **part}, default=str)
            cwl_utils.parser.load_document_by_string(whole, uri, copy.copy(options), load_all=True)
        except SchemaSaladException as error:
            leaves = dict.fromkeys(_leaves(error, None, None))
            found += [replace(leaf, line=place.line, column=place.column) for leaf in leaves]
    return tuple(dict.fromkeys(found))


_NAMED: Final = re.compile(r"""["']?\$(import|include)["']?\s*:\s*["']?([^\s"',}]+)""")


def _fetcher(fetch: Callable[[str], str], document: str) -> Any:
    """Return a fetcher that reads files of the repository through ``fetch`` and refuses everything else.

    What is imported is YAML and must keep to its bounds; what is only included (scripts) is plain text.
    """
    import posixpath
    from urllib.parse import unquote, urldefrag, urlsplit

    from schema_salad.exceptions import ValidationException
    from schema_salad.fetcher import Fetcher

    imported: set[str] = set()
    included: set[str] = set()

    def note(text: str) -> None:
        for kind, path in _NAMED.findall(text):
            (imported if kind == "import" else included).add(posixpath.basename(unquote(urldefrag(path)[0])))

    note(document)

    class RepositoryFetcher(Fetcher):
        """Reads what lies in the repository."""

        count = 0

        def fetch_text(self, url: str, content_types: list[str] | None = None) -> str:
            """Return the text of an imported file."""
            parts = urlsplit(urldefrag(url)[0])
            self.count += 1
            if parts.scheme != "file" or self.count > _MAX_IMPORTS:
                raise ValidationException(
                    f"{url[:200]} is not fetched: everything must lie in the repository"
                )
            try:
                text = fetch(unquote(parts.path).lstrip("/"))
                name = posixpath.basename(unquote(parts.path))
                if name in imported or name not in included:
                    parse_yaml(text)  # the bounds of safe loading
                    note(text)
            except FairportError as error:
                raise ValidationException(f"{url[:200]} cannot be read: {error.what}") from None
            return text

        def check_exists(self, url: str) -> bool:
            """Links are looked at elsewhere."""
            return True

        def urljoin(self, base_url: str, url: str) -> str:
            """Join relative addresses; absolute ones stay as they are."""
            if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", url):
                return url
            base, target = urlsplit(urldefrag(base_url)[0]).path.lstrip("/"), urldefrag(url)
            path = (
                posixpath.normpath(posixpath.join(posixpath.dirname(base), target[0]))  # may begin with ..
                if target[0]
                else base
            )
            return f"file:///{path.lstrip('/')}" + (f"#{target[1]}" if target[1] else "")

    return RepositoryFetcher()


def _leaves(error: Any, place: tuple[int, int] | None, field: str | None) -> Iterator[CwlProblem]:
    """Yield the innermost problems of the parser's tree with the nearest place and field name."""
    message = error.message or ""
    place = error.start or place
    if match := re.search(r"the `([^`]+)` field is not valid", message):
        field = match[1]
    children = _meant(error.children)
    for child in children:
        yield from _leaves(child, place, field)
    if not children and message:
        line, column = place or (None, None)
        text, expected = _reworded(message, field)
        yield CwlProblem(line, column, text, expected)


def _meant(children: list[Any]) -> list[Any]:
    """Of several alternatives that were tried, keep the one that went deepest."""
    tried = [child for child in children if (child.message or "").startswith("tried ")]
    if len(tried) < 2:
        return children
    return [child for child in children if child not in tried] + [max(tried, key=_depth)]


def _depth(error: Any) -> int:
    return 1 + max((_depth(child) for child in error.children), default=0)


_TYPES: Final = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "boolean": "true or false",
    "array": "a list",
    "list": "a list",
    "object": "a mapping",
    "null": "nothing",
    "an object": "a mapping",
}


def _reworded(message: str, field: str | None) -> tuple[str, str | None]:
    """Return (message, expected) in the words of the other reports."""
    name = f'"{field}"' if field else "the value"
    if match := re.match(r"invalid field `([^`]*)`, expected one of: (.*)", message, re.DOTALL):
        known = re.findall(r"`([^`]+)`", match[2])
        near = difflib.get_close_matches(match[1], known, 1, 0.6)
        hint = f' (did you mean "{near[0]}"?)' if near else ""
        return f'unknown key "{match[1][:60]}"{hint}', near[0] if near else ", ".join(known)
    if match := re.match(r"missing required field `([^`]*)`", message):
        return f'"{match[1]}" is missing', None
    if match := re.match(
        r"Value (?:.* )?is a (\w+), but valid types? for this field (?:is|are) (.+?)\.?$", message
    ):
        wanted = " or ".join(
            _TYPES.get(part.strip(), part.strip()) for part in match[2].strip("()").split(",")
        )
        return f"{name} must be {wanted}, found {_TYPES.get(match[1], match[1])}", wanted
    if match := re.match(r"Value is a \w+, but valid values for this field are \((.*)\)", message):
        allowed = " or ".join(part.strip() for part in match[1].split(",") if part.strip())
        return f"{name} must be {allowed}", allowed
    if message.startswith("Expected a <class"):
        return f"{name} has a value that CWL does not allow here", None
    if match := re.match(r"Field `(\w+)` contains undefined reference to `(?:file:///)?([^`]*)`", message):
        return f'"{match[1]}" names "{match[2][:60]}", which CWL does not know', None
    return _first_line(message), None


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.replace(_URI, "").splitlines() if line.strip()]
    return (lines or ["malformed"])[0][:300]
