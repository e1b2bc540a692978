"""Globs over relative paths, matched in linear time whatever the pattern."""

from __future__ import annotations

import fnmatch
import re

_MAX_PATTERN = 500


class Glob:
    """A glob: ``*``, ``?`` and ``[...]`` stay within one folder, ``**`` stands for any folders (also none).

    A pattern without a slash matches the last part of a path, as in ``.gitignore``, only with
    ``anywhere=True``.
    """

    def __init__(self, pattern: str, *, anywhere: bool = False) -> None:
        text = pattern[:_MAX_PATTERN].removeprefix("./")
        if anywhere and "/" not in text:
            text = f"**/{text}"
        if text.endswith("/"):
            text += "**"
        self._parts = [
            None if part == "**" else re.compile(fnmatch.translate(part)) for part in text.split("/")
        ]

    def last_matches(self, name: str) -> bool:
        """Tell whether a path may match whose last part is ``name``."""
        last = self._parts[-1]
        return last is None or last.match(name) is not None

    def matches(self, path: str) -> bool:
        """Tell whether ``path`` matches."""
        states = self._closure({0})
        for name in path.split("/"):
            following = set()
            for state in states:
                if state == len(self._parts):
                    continue
                part = self._parts[state]
                if part is None:
                    following.add(state)
                elif part.match(name):
                    following.add(state + 1)
            states = self._closure(following)
            if not states:
                return False
        return len(self._parts) in states

    def _closure(self, states: set[int]) -> set[int]:
        """Add what is reached by letting ``**`` stand for nothing."""
        pending = list(states)
        while pending:
            state = pending.pop()
            if state < len(self._parts) and self._parts[state] is None and state + 1 not in states:
                states.add(state + 1)
                pending.append(state + 1)
        return states
