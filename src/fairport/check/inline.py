"""Waivers in comments: ``# fairport: ignore RULE -- reason [until YYYY-MM-DD]`` beside what they accept.

The comment accepts findings of its line, or, standing alone, of the next line that is no comment;
``ignore-file`` accepts those of the whole file. Markdown takes ``<!-- fairport: ignore ... -->``. JSON and
CSV have no comments: their findings are accepted in the analysis record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Final

from fairport.check.repository import Repository
from fairport.check.textscan import small_files

_MARK: Final = b"fairport: ignore"
_SUFFIXES: Final = frozenset(
    ".yaml .yml .cwl .cff .toml .py .r .jl .sh .txt .cfg .ini .md .smk .feature .in .lock .conf".split()
)
_NAMES: Final = frozenset(
    ("Containerfile", "Dockerfile", "Makefile", "Snakefile", ".gitignore", ".gitattributes")
)
_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#\s*fairport:\s*ignore(?P<file>-file)?\b(?P<rest>.*)$")
_MARKDOWN: Final = re.compile(r"<!--\s*fairport:\s*ignore(?P<file>-file)?\b(?P<rest>.*?)-->")
_REST: Final = re.compile(
    r"\s+(?P<rules>[A-Za-z]+\d{3}(?:\s*,\s*[A-Za-z]+\d{3})*)\s*"
    r"(?:--\s*(?P<reason>.*?)\s*?)??(?:\buntil\s+(?P<until>\S+))?\s*"
)
_SHORTEST: Final = 10
_MOST: Final = 2_000


@dataclass(slots=True)
class InlineWaiver:
    """One rule that a comment accepts.

    Attributes:
        rule: rule identifier, upper case.
        reason: why the finding is accepted.
        path: the file.
        line: line of the comment, from 1.
        column: column of the comment, from 1.
        applies: line that it is about; ``None`` for the whole file.
        expires: last day on which it holds, or None.
        problem: why it does not count, in words.
        used: how many findings it covers.
    """

    rule: str
    reason: str
    path: str
    line: int
    column: int
    applies: int | None
    expires: date | None = None
    problem: str | None = None
    used: int = 0

    def expired(self, today: date) -> bool:
        """Tell whether the waiver is void."""
        return self.expires is not None and self.expires < today

    def covers(self, rule: str, path: str, line: int | None, today: date) -> bool:
        """Tell whether a finding of ``rule`` in ``line`` of ``path`` is accepted."""
        if self.problem is not None or rule != self.rule or path != self.path or self.expired(today):
            return False
        return self.applies is None or self.applies == line


def read_inline(repository: Repository) -> tuple[InlineWaiver, ...]:
    """Return the waivers in the comments of a repository, with those that do not count."""
    found: list[InlineWaiver] = []
    for path, content in small_files(repository):
        name = PurePosixPath(path)
        if _MARK not in content or not (name.suffix.lower() in _SUFFIXES or name.name in _NAMES):
            continue
        lines = content.decode("utf-8", "replace").split("\n")
        pattern = _MARKDOWN if name.suffix.lower() == ".md" else _COMMENT
        for number, line in enumerate(lines, 1):
            match = pattern.search(line) if "fairport:" in line else None
            if match is not None:
                found += _waivers(path, number, match, lines)
            if len(found) >= _MOST:
                return tuple(found)
    return tuple(found)


def _waivers(path: str, number: int, match: re.Match[str], lines: list[str]) -> list[InlineWaiver]:
    applies = None if match["file"] else _line_meant(number, match, lines)
    parts = _REST.fullmatch(match["rest"].rstrip())
    place = (path, number, match.start() + 1, applies)
    if parts is None:
        text = "write `fairport: ignore RULE -- reason`"
        return [InlineWaiver("", "", *place, problem=f"this waiver cannot be understood: {text}")]
    reason, problem, expires = (parts["reason"] or "").strip(" ,;("), None, None
    if len(reason) < _SHORTEST:
        problem = f"a waiver needs a reason of at least {_SHORTEST} characters"
    if parts["until"] is not None:
        try:
            expires = date.fromisoformat(parts["until"].strip("().,;"))
        except ValueError:
            problem = "the last day is no calendar date (YYYY-MM-DD)"
    names = [name.strip().upper() for name in parts["rules"].split(",")]
    return [InlineWaiver(name, reason, *place, expires, problem) for name in names]


def _line_meant(number: int, match: re.Match[str], lines: list[str]) -> int:
    """Return the line of the comment, or, when nothing else stands there, the next that is no comment."""
    if (lines[number - 1][: match.start()] + lines[number - 1][match.end() :]).strip():
        return number
    for following in range(number, len(lines)):
        text = lines[following].strip()
        if text and not text.startswith(("#", "<!--")):
            return following + 1
    return number
