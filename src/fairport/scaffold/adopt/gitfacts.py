"""What git knows of a repository: remote, authors, first day, tag. Its settings are never obeyed."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Final

from fairport.interop import safegit
from fairport.scaffold.adopt import names
from fairport.scaffold.adopt.model import Evidence, Found, Notice, clean

_TIMEOUT: Final = 10.0
_MAX_COMMITS: Final = 20_000
_BOT: Final = re.compile(
    r"\[bot\]|dependabot|renovate|github-actions|gitlab|^web-flow$|noreply@github\.com$", re.I
)
_SETTINGS: Final = (*safegit.OFFLINE, *safegit.ANY_OWNER, "log.showSignature=false", "gpg.program=false")


def origin(root: Path) -> str | None:
    """Return the web address of the remote ``origin``."""
    return names.repository_address(_git(root, "config", "--get", "remote.origin.url") or "")


def evidence(root: Path) -> list[Evidence]:
    """Return address, authors, first day and version that git tells."""
    found: list[Evidence] = []
    address = origin(root)
    if address is not None:
        source = "git remote origin"
        found.append(Found("repository.url", address, source, "sure"))
        if re.match(r"https://(?:www\.)?github\.com/", address):
            found.append(Found("repository.issues", f"{address}/issues", source, "likely"))
        elif "gitlab" in address.split("/")[2]:
            found.append(Found("repository.issues", f"{address}/-/issues", source, "likely"))
    log = _git(
        root,
        "log",
        f"--max-count={_MAX_COMMITS}",
        "--no-show-signature",
        "--format=%aN%x09%aE%x09%aI",
        "HEAD",
    )
    commits = [line.split("\t") for line in (log or "").splitlines() if line.count("\t") == 2]
    if commits:
        found += _authors(commits)
        day = names.date(min(commit[2] for commit in commits))
        shallow = (_git(root, "rev-parse", "--is-shallow-repository") or "").strip() != "false"
        if day and not shallow:
            found.append(Found("created", day, "git log (first commit)", "likely"))
    tag = names.version((_git(root, "describe", "--tags", "--abbrev=0", "HEAD") or "").strip())
    if tag:
        found.append(Found("version", tag, "git tag", "likely"))
    return found


def _authors(commits: list[list[str]]) -> list[Evidence]:
    counts: Counter[str] = Counter()
    for name, mail, _ in commits:
        if not _BOT.search(name) and not (_BOT.search(mail) and " " not in name):
            counts[clean(name, 120)] += 1
    people = [who for name, _ in counts.most_common(30) if " " in name and (who := names.person(name))]
    merged: list[dict[str, object]] = []
    for who in people:
        if not any(names.same_person(who, other) for other in merged):
            merged.append(who)
    if not merged:
        listed = ", ".join(name for name, _ in counts.most_common(4))
        text = f"the log of git names only {listed}: who is it?"
        return [Notice("question", "authors", text, "git log")] if listed else []
    note = "who committed need not be who authored the analysis"
    return [Found("authors", merged, "git log (by number of commits)", "guess", note)]


def ignored(root: Path, names_of_files: list[str]) -> list[str]:
    """Return which of these paths git ignores."""
    return (_git(root, "check-ignore", "--", *names_of_files) or "").splitlines()


def _git(root: Path, *arguments: str) -> str | None:
    top = next((folder for folder in (root, *root.parents) if os.path.lexists(folder / ".git")), None)
    if top is None:
        return None
    place = (f"--git-dir={top / '.git'}", f"--work-tree={top}")
    line = safegit.command(*place, *arguments, settings=_SETTINGS)
    try:
        answer = safegit.ask(root, line, environment=safegit.isolated_environment(), seconds=_TIMEOUT)
    except subprocess.TimeoutExpired:
        return None
    return answer.decode("utf-8", "replace") if answer is not None else None
