"""Writing documents: new YAML in a fixed layout, edits that keep comments, canonical JSON files."""

from __future__ import annotations

import io
import itertools
import json
import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from fairport.contract.errors import DocumentError
from fairport.contract.files import read_text, write_atomic
from fairport.contract.loading import Pointer, parse_yaml
from fairport.contract.plainyaml import NotPlain, plain_yaml

_WIDTH = 1 << 30  # one line a text: folding leaves trailing blanks, noisy diffs and, before a very long word,
# a line that no reader takes for a value


def dump_yaml(data: Any, *, header: str | None = None) -> str:
    """Return YAML 1.2 text in document order; text that YAML 1.1 readers would take for something else is
    quoted.

    Args:
        data: plain data.
        header: comment lines put on top, without ``#``.
    """
    top = "".join(f"# {line}\n" for line in header.splitlines()) if header else ""
    try:
        return top + plain_yaml(data, _scalar)
    except NotPlain:
        return top + _dumped(data)


def _dumped(data: Any) -> str:
    out = io.StringIO()
    _round_trip().dump(_quoted(data), out)
    return out.getvalue()


def _scalar(value: str | float) -> str:
    """Return a text or number as it stands behind a key."""
    return _kept_scalar(value, math.copysign(1.0, value) if isinstance(value, float) else 1.0)


@lru_cache(maxsize=20_000, typed=True)
def _kept_scalar(value: str | float, sign: float) -> str:
    """Return a scalar as it is written; the sign tells 0.0 and -0.0 apart, which are equal."""
    return _dumped({"k": value})[3:-1]


def dump_json(data: Any) -> str:
    """Return indented, key-ordered JSON text with a final newline."""
    return json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n"


def edit_yaml(path: Path, edits: Sequence[tuple[Pointer, Any]]) -> bool:
    """Set values in a YAML file, keeping comments and layout of everything else.

    Args:
        path: file to change.
        edits: (pointer, new value) pairs; missing mappings on the way are created.

    Returns:
        Whether the file changed.

    Raises:
        DocumentError: the file is not YAML, or a pointer leads through something that is not a mapping or
            list.
    """
    return write_atomic(path, edited_yaml(read_text(path), edits, str(path)))


def edited_yaml(text: str, edits: Sequence[tuple[Pointer, Any]], name: str = "<text>") -> str:
    """Return ``text`` with values set; see :func:`edit_yaml`."""
    parse_yaml(text, name)  # the bounds and errors of safe loading
    yaml = _round_trip()
    root = yaml.load(text)
    for pointer, value in edits:
        if not pointer:
            raise DocumentError("the root of a document cannot be replaced by an edit", where=name)
        target = root
        for part, following in itertools.pairwise(pointer):
            target = _descend(target, part, following, name)
        try:
            target[pointer[-1]] = _quoted(value)
        except (TypeError, IndexError):
            raise DocumentError(
                f"there is no place {'/'.join(map(str, pointer))} to write to", where=name
            ) from None
    out = io.StringIO()
    yaml.dump(root, out)
    return out.getvalue()


def rewritten_yaml(text: str, data: dict[str, Any], name: str = "<text>") -> str:
    """Return ``text`` with its top-level entries made those of ``data``; equal entries keep their layout.

    Raises:
        DocumentError: the text is not YAML, or no mapping.
    """
    before = parse_yaml(text, name).data
    if not isinstance(before, dict):
        raise DocumentError("the document is no mapping", where=name)
    yaml = _round_trip()
    root = yaml.load(text)
    for key in before.keys() - data.keys():
        del root[key]
    for key, value in data.items():
        if key not in before or before[key] != value:
            root[key] = _quoted(value)
    out = io.StringIO()
    yaml.dump(root, out)
    return out.getvalue()


def _descend(target: Any, part: str | int, following: str | int, name: str) -> Any:
    try:
        if isinstance(target, dict) and part not in target:
            target[part] = [] if isinstance(following, int) else {}
        return target[part]
    except (TypeError, IndexError, KeyError):
        raise DocumentError(f'there is no "{part}" to descend into', where=name) from None


def _round_trip() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.allow_unicode = True
    yaml.representer.add_representer(float, _represent_float)
    return yaml


def _represent_float(representer: Any, value: float) -> Any:
    """Write the shortest digits, with the point that YAML 1.1 readers need to see a number (``1.0e-28``)."""
    text = repr(value)
    if "e" in text and "." not in text:
        text = text.replace("e", ".0e", 1)
    return representer.represent_scalar("tag:yaml.org,2002:float", text)


def _quoted(value: Any) -> Any:
    """Quote texts that YAML 1.1 readers (REANA, older tools) take for numbers, dates or booleans."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    if isinstance(value, dict):
        return {_quoted(key): _quoted(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_quoted(item) for item in value]
    if isinstance(value, str):
        if _is_prose(value):
            return LiteralScalarString(value)
        if _ambiguous(value):
            return DoubleQuotedScalarString(value)
    return value


def _is_prose(text: str) -> bool:
    """Tell whether a text of several lines can be written as a literal block without loss."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and all(line.isprintable() and line == line.strip() for line in lines)
        and bool(lines[0])
    )


def _ambiguous(text: str) -> bool:
    import yaml

    if text != text.strip() or not text.isprintable():
        return True
    try:
        return bool(yaml.safe_load(text) != text)
    except (yaml.YAMLError, ValueError):
        return True
