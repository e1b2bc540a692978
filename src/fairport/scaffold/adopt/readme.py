"""Evidence from the README: title, description, people, papers; and from AUTHORS and package descriptions."""

from __future__ import annotations

import re
from typing import Final

from fairport.scaffold.adopt import packages, papers, people, prose
from fairport.scaffold.adopt.model import Evidence, Found, clean
from fairport.scaffold.adopt.tree import Tree, place

_GENERIC: Final = frozenset(
    "readme introduction overview about installation contents usage abstract requirements dependencies news "
    "description summary motivation background features purpose authors license licence".split()
) | {"table of contents", "getting started", "quick start"}
_TAGGED: Final = re.compile(r"<h1[^>]{0,200}>(.{3,300}?)</h1>", re.I)


def readme_name(tree: Tree) -> str | None:
    """Return the README at the top of the repository."""
    found = tree.named("README.md", "README.rst", "README.txt", "README")
    return found[0] if found else None


def title(tree: Tree) -> tuple[str, int] | None:
    """Return the first heading of the README that says something, and its line.

    Running text ends the search: what stands below it is no title.
    """
    name = readme_name(tree)
    lines = (tree.text(name) or "").splitlines() if name else []
    for index, line in enumerate(lines[:80]):
        after = lines[index + 1].strip() if index + 1 < len(lines) else ""
        heading = re.match(r"#{1,2}\s+(.*?)\s*#*$", line) or _TAGGED.search(line)
        under = bool(after) and bool(prose.RULE.fullmatch(after)) and len(after) >= len(line.strip()) - 2
        if heading or (under and line.strip() and not prose.RULE.fullmatch(line.strip())):
            text = prose.plain(heading[1] if heading else line)
            if len(text) >= 5 and text.lower() not in _GENERIC:
                return clean(text, 200), index + 1
        elif re.match(r"[A-Za-z][\w,'-]* [\w,'-]+ [\w,'-]+ .{20}", prose.plain(line)):
            return None
    return None


def evidence(tree: Tree) -> list[Evidence]:
    """Return what README, AUTHORS and package descriptions tell."""
    name = readme_name(tree)
    lines = (tree.text(name) or "").splitlines() if name else []
    found: list[Evidence] = []
    if name is not None:
        heading = title(tree)
        if heading:
            found.append(Found("title", heading[0], place(name, heading[1]), "likely"))
        found += prose.description(name, lines)
        found += papers.evidence(name, lines, tree)
    found += people.evidence(name, lines, tree)
    found += packages.evidence(tree)
    return found
