"""Three versions of a file become one: the template before, the template after, and yours.

The merge itself is that of git (``git merge-file``), on copies: neither the repository nor its index is
touched while an update is planned.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from fairport.contract.errors import ToolError
from fairport.interop import safegit
from fairport.scaffold.update.model import Content, FileChange

OWNED: Final = ("src/", "notebooks/", "results/", "data/", "workflow/", "tests/")
"""Paths of the user: the code, the inputs and the results of the analysis. An update never touches them."""

_SECONDS: Final = 60.0
_MARKER: Final = re.compile(rb"^<{7} ", re.MULTILINE)

Tree = Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class Labels:
    """Names beside the conflict markers."""

    yours: str
    before: str
    after: str


def read_tree(folder: Path) -> dict[str, Content]:
    """Return every file and link below a folder by its path; ``.git`` is left out."""
    found = {}
    for top, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        for name in [*names, *(n for n in folders if (Path(top) / n).is_symlink())]:
            path = Path(top) / name
            found[path.relative_to(folder).as_posix()] = read_content(path)
    return {name: content for name, content in sorted(found.items()) if content is not None}


def read_content(path: Path) -> Content | None:
    """Return what lies at a path; ``None`` when there is nothing or no file (a folder, a device)."""
    if path.is_symlink():
        return Content(os.fsencode(path.readlink()), link=True)
    if not path.is_file():
        return None
    return Content(path.read_bytes(), executable=bool(path.stat().st_mode & 0o100))


def is_owned(path: str, owned: Iterable[str]) -> bool:
    """Tell whether a path is one of the user's: a file by its name, or below a folder ``name/``."""
    return any(path == item or (item.endswith("/") and path.startswith(item)) for item in owned)


def merge(
    path: str,
    before: Content | None,
    after: Content | None,
    yours: Content | None,
    labels: Labels,
    *,
    untracked: bool = False,
    owned: bool = False,
) -> list[FileChange]:
    """Say what becomes of one file.

    Args:
        path: its path.
        before: the template's file in the version that the repository has.
        after: the template's file in the new version.
        yours: the file in the repository.
        labels: names for the conflict markers.
        untracked: git does not know your file, so that it has no other copy.
        owned: the path is one of the user's.

    Returns:
        The change, a second one for a ``.rej`` file beside it; nothing when the template changed nothing.
    """
    if before == after or yours == after:
        return []
    change = FileChange(path, "clean", before=yours, after=yours)
    if owned:
        return [replace(change, state="user-owned", note=_owned_note(before, after, yours))]
    if before is None:
        return _added(change, after, yours, labels, untracked)
    if yours is None:
        verb = "no longer has it" if after is None else "changed it"
        return [
            replace(change, state="absent", note=f"you deleted it; the template {verb}: it stays deleted")
        ]
    if after is None:
        if yours == before:
            return [replace(change, state="deleted", after=None, written=True)]
        note = (
            "the template no longer has it, but you changed it: yours is kept; delete it if it is not needed"
        )
        return [replace(change, state="conflict", note=note)]
    if yours == before:
        return [replace(change, after=after, written=True)]
    return _merged(change, before, after, yours, labels)


def _owned_note(before: Content | None, after: Content | None, yours: Content | None) -> str:
    if yours is None:
        return (
            "new in the template; not added, since this path is yours"
            if before is None
            else ("you deleted it; the template changed it")
        )
    verb = (
        "added one of this name" if before is None else "no longer has it" if after is None else "changed it"
    )
    return f"the template {verb}; not touched, since this path is yours"


def _added(
    change: FileChange, after: Content | None, yours: Content | None, labels: Labels, untracked: bool
) -> list[FileChange]:
    if yours is None:
        return [replace(change, state="new", after=after, written=True)]
    assert after is not None  # noqa: S101 - before and after are not equal
    if untracked or yours.link or after.link or _is_binary(yours.data) or _is_binary(after.data):
        why = "git does not know yours" if untracked else "the two cannot be merged"
        return _rejected(change, None, after, f"the template adds a file of this name; yours is kept, {why}")
    note = "you and the template both added it"
    return _merged(change, Content(b"", after.executable), after, yours, labels, note)


def _merged(
    change: FileChange, before: Content, after: Content, yours: Content, labels: Labels, note: str = ""
) -> list[FileChange]:
    executable = after.executable if after.executable != before.executable else yours.executable
    if before.data == after.data and before.link == after.link:
        return [replace(change, state="merged", after=replace(yours, executable=executable), written=True)]
    kinds = {before.link, after.link, yours.link}
    if True in kinds or any(_is_binary(item.data) for item in (before, after, yours)):
        return _rejected(change, before, after, "both changed it and it cannot be merged; yours is kept")
    conflicts, data = merge_bytes(yours.data, before.data, after.data, labels)
    merged = Content(data, executable)
    if merged == yours:
        return []
    if not conflicts:
        return [replace(change, state="merged", after=merged, note=note, written=True)]
    match = _MARKER.search(data)
    line = data.count(b"\n", 0, match.start()) + 1 if match else None
    count = f"{conflicts} conflict{'' if conflicts == 1 else 's'}"
    text = f"{count}: {note}" if note else count
    return [replace(change, state="conflict", after=merged, note=text, line=line, written=True)]


def _rejected(change: FileChange, before: Content | None, after: Content, note: str) -> list[FileChange]:
    """Keep yours and put what the template wanted into a ``.rej`` file beside it."""
    name = f"{change.path}.rej"
    texts = [item for item in (before, after) if item is not None]
    if before is None or any(item.link or _is_binary(item.data) for item in texts):
        data = after.data
    else:
        data = unified(change.path, before, after).encode("utf-8")
    beside = FileChange(
        name, "new", f"what the template wants of {change.path}", after=Content(data), written=True
    )
    return [replace(change, state="conflict", note=f"{note}; the template's is in the .rej file"), beside]


def merge_bytes(yours: bytes, before: bytes, after: bytes, labels: Labels) -> tuple[int, bytes]:
    """Merge three texts; return the number of conflicts and the text with markers.

    Where only yours has the line ends of Windows, the template's versions get them too.

    Raises:
        ToolError: git is missing or failed.
    """
    if b"\r\n" in yours and b"\r\n" not in before + after:
        before, after = (text.replace(b"\n", b"\r\n") for text in (before, after))
    with TemporaryDirectory(prefix="fairport-merge-") as name:
        folder = Path(name)
        for file, data in (("yours", yours), ("before", before), ("after", after)):
            (folder / file).write_bytes(data)
        options = [part for label in (labels.yours, labels.before, labels.after) for part in ("-L", label)]
        line = safegit.command("merge-file", "-p", *options, "yours", "before", "after")
        try:
            done = subprocess.run(
                line,
                cwd=folder,
                env=safegit.isolated_environment(),
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise ToolError("git is not installed", mend="install git") from None
        except subprocess.TimeoutExpired:
            raise ToolError("git merge-file did not end in time", where=name) from None
    if not 0 <= done.returncode <= 127:
        reason = done.stderr.decode("utf-8", "replace").strip()
        raise ToolError("git merge-file failed", why=reason or f"code {done.returncode}")
    return done.returncode, done.stdout


def unified(path: str, before: Content | None, after: Content | None) -> str:
    """Return the difference of two files as a patch; of binary files only that they differ."""
    texts = [b"" if item is None else item.data for item in (before, after)]
    if any(map(_is_binary, texts)):
        return f"Binary files a/{path} and b/{path} differ\n"
    lines = [text.decode("utf-8", "replace").splitlines(keepends=True) for text in texts]
    names = [
        "/dev/null" if item is None else f"{side}/{path}"
        for side, item in zip("ab", (before, after), strict=True)
    ]
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(lines[0], lines[1], names[0], names[1])
    )


def _is_binary(data: bytes) -> bool:
    return b"\0" in data[:8000]
