"""What the code is written in, and which packages it states."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from fairport.scaffold.adopt.model import Confidence, Evidence, Found, Notice
from fairport.scaffold.adopt.requirements import REQUIREMENTS
from fairport.scaffold.adopt.tree import Tree, place

_LANGUAGES: Final = {
    ".py": "Python",
    ".ipynb": "Python",
    ".C": "C++",
    ".c": "C",
    ".cc": "C++",
    ".cpp": "C++",
    ".cxx": "C++",
    ".r": "R",
    ".jl": "Julia",
    ".f": "Fortran",
    ".f90": "Fortran",
    ".nb": "Wolfram Language",
}
_ASIDE: Final = re.compile(
    r"(?:^|/)(?:docs?|sphinx|tests?|lib|libs|extern\w*|vendor\w*|third[_-]?party|site-packages|node_modules)/",
    re.I,
)
"""Folders whose packages are not those that the analysis runs with."""

_LOCKS: Final = ("poetry.lock", "uv.lock", "pixi.lock", "conda-lock.yml", "Pipfile.lock")


def evidence(tree: Tree) -> list[Evidence]:
    """Return language, lock file and loose requirements."""
    found: list[Evidence] = []
    counts = Counter(language for name in tree.files if (language := _language(name)))
    if counts:
        language, count = counts.most_common(1)[0]
        found.append(Found("software.language", language, f"{count} of the files", "likely"))
    elif tree.ending("snakefile", ".smk"):
        found.append(Found("software.language", "Python", "the Snakemake workflow", "guess"))
    locks = [name for name in tree.files if name.rpartition("/")[2] in _LOCKS]
    for name in (name for name in tree.files if REQUIREMENTS.fullmatch(name.rpartition("/")[2])):
        lines = [line.strip() for line in (tree.text(name) or "").splitlines()]
        packages = [line for line in lines if line and not line.startswith(("#", "-"))]
        if name.endswith(".txt") and packages and all(re.search(r"==\s*\S", line) for line in packages):
            locks.append(name)
        elif name.endswith(".txt") and packages:
            loose = [
                number
                for number, line in enumerate(lines, 1)
                if line and not line.startswith(("#", "-")) and "==" not in line
            ]
            text = f"{len(loose)} of {len(packages)} packages have no exact version: results can change"
            found.append(Notice("problem", "requirements", text, place(name, loose[0])))
    locks = [name for name in locks if not _ASIDE.search(name)]
    if locks:
        sure: Confidence = "likely" if "/" in locks[0] else "sure"
        found.append(Found("software.lock", locks[0], place(locks[0], 1), sure))
    return found


def _language(name: str) -> str | None:
    """Return the language of a file by the ending of its name; ``.C`` is C++, as macros of ROOT are."""
    ending = f".{name.rpartition('.')[2]}" if "." in name else ""
    return _LANGUAGES.get(ending) or _LANGUAGES.get(ending.lower())
