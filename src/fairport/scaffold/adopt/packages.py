"""What Python package descriptions tell: ``setup.py`` as text, ``pyproject.toml`` as data; none executed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from fairport.scaffold.adopt import licence, names
from fairport.scaffold.adopt.model import Evidence, Found, Notice, clean
from fairport.scaffold.adopt.tree import Tree, place

_UNSET_VERSIONS: Final = frozenset({"0.0.0", "0.0", "0"})
_KEY: Final = re.compile(
    r"\s*(author|author_email|description|version|license|url)\s*=\s*(['\"])(.+?)\2\s*,?\s*$"
)

_AND: Final = re.compile(r"[,;&]|\band\b")
"""What stands between several people in one text."""


def evidence(tree: Tree) -> Iterator[Evidence]:
    """Yield what ``setup.py`` and ``pyproject.toml`` state."""
    for name in tree.named("setup.py"):
        yield from _setup(name, tree.text(name) or "")
    for name in tree.named("pyproject.toml"):
        yield from _pyproject(name, tree.text(name) or "")


def _setup(name: str, text: str) -> Iterator[Evidence]:
    found: dict[str, tuple[str, str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _KEY.match(line)
        if match:
            found.setdefault(match[1], (match[3], place(name, number)))
    mails = found.pop("author_email", ("", ""))[0]
    for key, (value, where) in found.items():
        yield from _packaged(key, value, where, mails)
    listed = re.search(r"^\s*keywords\s*=\s*\[([^\]]{0,2000})\]", text, re.M)
    keywords = [clean(match[2], 100) for match in re.finditer(r"(['\"])(.*?)\1", listed[1])] if listed else []
    if listed and any(keywords):
        at = text.count("\n", 0, listed.start(1)) + 1
        yield Found("keywords", [word for word in keywords if word], place(name, at), "likely")


def _pyproject(name: str, text: str) -> Iterator[Evidence]:
    data = toml(text)
    if data is None:
        yield Notice("problem", name, "the file is not TOML", name)
        return
    tool = data.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    table = data.get("project") or poetry
    if not isinstance(table, dict):
        return
    for key in ("version", "description", "license"):
        value = table.get(key)
        value = value.get("text") if isinstance(value, dict) else value
        if isinstance(value, str):
            yield from _packaged(key, value, place(name, line_of(text, key)), "")
    keywords = table.get("keywords")
    words = [clean(word, 100) for word in keywords[:60]] if isinstance(keywords, list) else []
    if any(words):
        yield Found(
            "keywords", [word for word in words if word], place(name, line_of(text, "keywords")), "likely"
        )
    people = [who for entry in _listed(table.get("authors")) if (who := _author(entry))]
    if people:
        yield Found("authors", people, place(name, line_of(text, "authors")), "likely")


def toml(text: str) -> dict[str, Any] | None:
    """Return TOML as plain data, or ``None`` when it is none."""
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def line_of(text: str, key: str) -> int | None:
    """Return the first line of a TOML text that sets ``key``."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line):
            return number
    return None


def _author(entry: Any) -> dict[str, Any] | None:
    if isinstance(entry, dict):
        name, mail = entry.get("name"), clean(entry.get("email"), 200)
    else:
        match = re.match(r"([^<]*)(?:<([^<>]*)>)?", str(entry)[:300])
        name, mail = (match[1], clean(match[2] or "", 200)) if match else ("", "")
    who = names.person(name)
    if who is None or not ("given_names" in who or "organisation" in who):
        return None
    return {**who, "email": mail} if names.mail(mail) else who


def _packaged(key: str, value: str, where: str, mails: str) -> Iterator[Evidence]:
    if key == "author":
        addresses = [address.strip() for address in _AND.split(mails)]
        people = [names.person(part) for part in _AND.split(value) if part.strip()]
        whole = [who for who in people if who and ("given_names" in who or "organisation" in who)]
        if len(whole) == len(addresses) and all(names.mail(address) for address in addresses):
            whole = [{**who, "email": address} for who, address in zip(whole, addresses, strict=True)]
        if whole:
            yield Found("authors", whole, where, "likely")
    elif key == "description" and len(clean(value)) >= 50:
        yield Found("description", clean(value), where, "likely")
    elif key == "version" and (version := names.version(value)) and version not in _UNSET_VERSIONS:
        yield Found("version", version, where, "likely")
    elif key == "license" and (spdx := licence.identifier(value)):
        yield Found("licences.code", spdx, where, "likely")


def _listed(value: Any) -> list[Any]:
    return value[:200] if isinstance(value, list) else []
