"""The rules of a collection: which of its files are curves, and what is stated of each."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Final

from fairport.catalog.harvest.freeze import MAX_RESULTS
from fairport.catalog.harvest.git import SourceError
from fairport.catalog.harvest.sources import MAX_FILES
from fairport.catalog.prose import plain
from fairport.catalog.registry import Catalogue
from fairport.contract.digests import canonical_digest
from fairport.contract.documents import Plane, RegistryEntry
from fairport.contract.errors import DocumentError
from fairport.contract.files import inside
from fairport.contract.loading import load_yaml
from fairport.contract.registry import CollectionMapping, MappingRule
from fairport.contract.schemas import validate
from fairport.contract.structure import unstructure
from fairport.results.deriving import slug

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PART: Final = re.compile(r"\{(\d{1,2})\}")


def pinned(entry: RegistryEntry) -> str:
    """Return the commit by which a collection is pinned.

    Raises:
        SourceError: it is not: the curves of others must not change without anybody looking.
    """
    ref = entry.publish.ref if entry.publish is not None else None
    if ref is None or not _COMMIT.fullmatch(ref):
        raise SourceError(
            "a collection is pinned by its commit, this one is not",
            mend="set `publish: {mode: ref, ref: <40 hex digits>}` in the entry",
        )
    return ref


def rules_of(catalogue: Catalogue, entry: RegistryEntry) -> CollectionMapping:
    """Return the mapping of an entry with the rules of its file.

    Raises:
        DocumentError: the file cannot be read, or its rules are not valid.
    """
    mapping = entry.mapping
    if mapping is None:
        raise DocumentError("a collection needs a `mapping`", where=f"{entry.id}.yaml")
    if mapping.file is None:
        return mapping
    path = inside(catalogue.root, mapping.file)
    if path is None or not path.is_file():
        raise DocumentError("the file of the mapping does not exist in the catalogue", where=mapping.file)
    data = load_yaml(path, name=mapping.file).shown
    rules = data.get("rules") if isinstance(data, dict) else None
    if not isinstance(rules, list):
        raise DocumentError("the file of the mapping has no list `rules`", where=mapping.file)
    whole: dict[str, Any] = unstructure(entry)
    whole["mapping"] = {**whole["mapping"], "rules": rules}
    for problem in validate("registry-entry", whole):
        if problem.severity == "error":
            where = "/".join(map(str, problem.pointer[1:]))
            raise DocumentError(f"{where}: {problem.message}", where=mapping.file)
    further = RegistryEntry.from_data(whole).mapping
    return replace(mapping, rules=(*mapping.rules, *(further.rules if further else ())))


def mapping_digest(catalogue: Catalogue, entry: RegistryEntry) -> str:
    """Return the digest of the file of the mapping: what is frozen depends on it."""
    path = inside(catalogue.root, entry.mapping.file) if entry.mapping and entry.mapping.file else None
    try:
        return canonical_digest(path.read_text("utf-8", "replace")) if path is not None else ""
    except OSError:
        return "missing"


@dataclass(frozen=True, slots=True)
class CurveFile:
    """A file that is a curve.

    Attributes:
        path: file relative to the repository.
        rule: what all matching rules say together.
        id: identifier of its result; ``None`` leaves it to what is read.
        column: name of its column, where the file holds several curves.
    """

    path: str
    rule: MappingRule
    id: str | None = None
    column: str | None = None

    @property
    def place(self) -> str:
        """The file, with its column where it holds several curves."""
        return f"{self.path}[{self.column}]" if self.column is not None else self.path


def curves_of(tree: Path, mapping: CollectionMapping) -> tuple[list[CurveFile], list[MappingRule]]:
    """Return the files that some rule matches, less those that a rule excludes, and the rules without a file.

    Files whose names would give the same identifier are told apart by their folders.

    Raises:
        SourceError: there are too many of them.
    """
    files = _files(tree)
    found: list[CurveFile] = []
    used: set[int] = set()
    for path in files:
        rules = [(number, rule) for number, rule in enumerate(mapping.rules) if _matches(rule.pattern, path)]
        used.update(number for number, _ in rules)
        rule = _merged([rule for _, rule in rules]) if rules else None
        if rule is not None and not rule.exclude_files:
            found.append(CurveFile(path, rule))
    if len(found) > MAX_RESULTS:
        raise SourceError(f"the rules match more than {MAX_RESULTS:,} files")
    idle = [rule for number, rule in enumerate(mapping.rules) if number not in used]
    return _told_apart(found), idle


def _told_apart(curves: list[CurveFile]) -> list[CurveFile]:
    """Give curves whose default identifiers are the same ones that name their folders too."""
    stems = Counter(_stem(curve.path) for curve in curves if curve.rule.id is None)
    shared = [curve.path for curve in curves if curve.rule.id is None and stems[_stem(curve.path)] > 1]
    names = {path: identifier for group in _groups(shared) for path, identifier in _qualified(group).items()}
    return [replace(curve, id=names.get(curve.path, curve.rule.id)) for curve in curves]


def _stem(path: str) -> str:
    return slug(PurePosixPath(path).stem)


def _groups(paths: Sequence[str]) -> Iterator[list[str]]:
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault(_stem(path), []).append(path)
    yield from groups.values()


def _qualified(paths: Sequence[str]) -> Mapping[str, str]:
    """Return identifiers of as few folders as tell the paths apart, else the whole path and its suffix."""
    deepest = max(len(PurePosixPath(path).parts) for path in paths)
    for count in range(2, deepest + 1):
        found = {path: slug("-".join(PurePosixPath(path).with_suffix("").parts[-count:])) for path in paths}
        if len(set(found.values())) == len(paths):
            return found
    return {path: slug(path.replace("/", "-").replace(".", "-")) for path in paths}


def _files(tree: Path) -> list[str]:
    """Return the regular files below ``tree``; links and hidden folders are left out."""
    found: list[str] = []
    for folder, names, files in os.walk(tree):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                found.append(path.relative_to(tree).as_posix())
        if len(found) > MAX_FILES:
            raise SourceError(f"the repository holds more than {MAX_FILES:,} files")
    return found


def _matches(pattern: str, path: str) -> bool:
    """Tell whether a glob matches a file; one without a slash is matched with the name alone.

    ``**`` is any number of folders; ``*`` and ``?`` stay within one. Whatever pattern and path are, the time
    grows with the product of their lengths only.
    """
    if "/" not in pattern:
        return _is_like(pattern, PurePosixPath(path).name)
    return _match(pattern.split("/"), path.split("/"), "**", _is_like)


@lru_cache(maxsize=100_000)
def _is_like(pattern: str, name: str) -> bool:
    return _match(pattern.replace("**", "*"), name, "*", lambda one, other: one in {"?", other})


def _match(pattern: Sequence[str], items: Sequence[str], star: str, like: Callable[[str, str], bool]) -> bool:
    """Match items with a pattern in which ``star`` stands for any number of them: one star is tried anew at a
    time, the last, which suffices.
    """
    at = index = 0
    last, resume = -1, 0
    while index < len(items):
        if at < len(pattern) and pattern[at] == star:
            last, resume, at = at, index, at + 1
        elif at < len(pattern) and like(pattern[at], items[index]):
            at, index = at + 1, index + 1
        elif last >= 0:
            resume += 1
            at, index = last + 1, resume
        else:
            return False
    return all(item == star for item in pattern[at:])


def _merged(rules: Sequence[MappingRule]) -> MappingRule:
    """Return one rule: for each property the first that states it; mappings are joined key by key."""
    values: dict[str, Any] = {}
    for item in fields(MappingRule):
        stated = [getattr(rule, item.name) for rule in rules]
        if item.name in {"columns", "scale", "set"}:
            values[item.name] = {key: value for rule in reversed(stated) for key, value in rule.items()}
        else:
            blank = () if item.name in {"units", "cite", "each"} else None
            values[item.name] = next((value for value in stated if value not in (None, ())), blank)
    return MappingRule(**values)


def each_column(curve: CurveFile, plane: Plane, names: Sequence[str]) -> list[CurveFile]:
    """Return one curve for each column that the rule asks for, or the curve itself where it asks for none.

    Args:
        curve: the file.
        plane: its plane.
        names: names of its columns; the first holds the first axis, unless the rule says otherwise.
    """
    x, y = plane.axes[0].name, plane.axes[-1].name
    wanted = [
        (number, name)
        for number, name in enumerate(names, 1)
        if number > 1 and any(_is_like(pattern, name) for pattern in curve.rule.each)
    ]
    base = curve.id or _stem(curve.path)
    return [
        CurveFile(
            curve.path,
            replace(
                curve.rule,
                columns={x: 1, **curve.rule.columns, y: number},
                title=f"{curve.rule.title or PurePosixPath(curve.path).stem}, {name}",
            ),
            slug(f"{base}-{name}"),
            name,
        )
        for number, name in wanted
    ] or [curve]


def named(template: str | None, path: str, column: str | None = None) -> str | None:
    """Fill ``{1}``, ``{2}``, ... with the parts of the file's name between underscores, ``{column}`` with the
    name of the column.
    """
    if template is None:
        return None
    template = template.replace("{column}", column or "")
    parts = PurePosixPath(path).name.split(".")[0].split("_")

    def part(match: re.Match[str]) -> str:
        number = int(match[1])
        return parts[number - 1] if 0 < number <= len(parts) else ""

    return plain(_PART.sub(part, template)).strip() or None


__all__ = ["CurveFile", "curves_of", "each_column", "mapping_digest", "named", "pinned", "rules_of"]
