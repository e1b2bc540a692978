"""What becomes of every file: migrations first, then the merge, then the files that are made from others."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from fairport.contract.constants import ANALYSIS_FILE, ANSWERS_FILE
from fairport.contract.documents import load_analysis
from fairport.contract.errors import FairportError
from fairport.interop.derived import RENDERERS, render_all
from fairport.scaffold.update.merging import OWNED, Labels, is_owned, merge, read_content
from fairport.scaffold.update.migrations import History, Migration, moves
from fairport.scaffold.update.model import STATES, Content, FileChange, State
from fairport.scaffold.update.record import migrate_contract, migrate_record

Tree = Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an update does to files.

    Attributes:
        files: in the order of a report.
        migrations: one line for each migration that changes something.
        notes: what else a person should know.
    """

    files: tuple[FileChange, ...]
    migrations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Work:
    """What the steps of a plan share."""

    folder: Path
    labels: Labels
    tracked: Collection[str]
    owned: tuple[str, ...]


def make_plan(
    folder: Path,
    before: Tree,
    after: Tree,
    *,
    history: History,
    migrations: Sequence[Migration],
    labels: Labels,
    tracked: Collection[str],
    include: Iterable[str] = (),
) -> Plan:
    """Merge two renderings of the template into a repository, without writing.

    Args:
        folder: the repository.
        before: rendering of the version that it has.
        after: rendering of the new version.
        history: what the template leaves to its users.
        migrations: those between the two versions.
        labels: names for conflict markers.
        tracked: paths that git knows.
        include: paths of the user that may be touched: files, or folders with or without a final ``/``.
    """
    included = tuple(name.removeprefix("./") for name in include)
    folders = tuple(f"{name.rstrip('/')}/" for name in included)
    owned = tuple(item for item in (*OWNED, *history.owned) if item not in (*included, *folders))
    work = _Work(folder, labels, tracked, owned)
    moved = moves(migrations, before)
    moved = {
        old: new
        for old, new in moved.items()
        if new in after and not _is_mine(work, old, (*included, *folders))
    }
    changes: list[FileChange] = []
    for old, new in sorted(moved.items()):
        changes += _move(work, old, new, before[old], after[new])
    rest_before = {path: content for path, content in before.items() if path not in moved}
    rest_after = {path: content for path, content in after.items() if path not in moved.values()}
    said: list[str] = []
    for path in sorted(rest_before.keys() | rest_after.keys()):
        pair = rest_before.get(path), rest_after.get(path)
        if path == ANSWERS_FILE:
            changes += _answers(folder, pair[1])
        elif path == ANALYSIS_FILE:
            changes += _record(work, *pair, migrations, said)
        else:
            mine = is_owned(path, work.owned) and not is_owned(path, (*included, *folders))
            changes += _file(work, path, *pair, owned=mine)
    said = [*(f"{old} moved to {new}" for old, new in sorted(moved.items())), *said]
    changes, notes = _derive(work, before, after, changes)
    changes = [_beside(folder, change) if change.path.endswith(".rej") else change for change in changes]
    order = {state: number for number, state in enumerate(STATES)}
    changes.sort(key=lambda change: (order[change.state], change.path))
    return Plan(tuple(changes), tuple(said), tuple(notes))


def _beside(folder: Path, change: FileChange) -> FileChange:
    """Take a free name for a ``.rej`` file: one of an earlier update stays."""
    stem, number = change.path.removesuffix(".rej"), 0
    while os.path.lexists(folder / change.path) and change.state == "new":
        number += 1
        change = replace(change, path=f"{stem}.{number}.rej")
    return change


def _is_mine(work: _Work, path: str, included: tuple[str, ...]) -> bool:
    return is_owned(path, work.owned) and not is_owned(path, included)


def _answers(folder: Path, after: Content | None) -> list[FileChange]:
    now = read_content(folder / ANSWERS_FILE)
    if after is None or now == after:
        return []
    return [FileChange(ANSWERS_FILE, "clean", before=now, after=after, written=True)]


def _file(
    work: _Work, path: str, before: Content | None, after: Content | None, *, owned: bool
) -> list[FileChange]:
    reason = None if before == after else _blocked(work.folder, path)
    if reason is not None:
        return [FileChange(path, "user-owned" if owned else "conflict", f"not touched: {reason}")]
    yours = read_content(work.folder / path)
    untracked = yours is not None and path not in work.tracked
    return merge(path, before, after, yours, work.labels, untracked=untracked, owned=owned)


def _record(
    work: _Work,
    before: Content | None,
    after: Content | None,
    migrations: Sequence[Migration],
    said: list[str],
) -> list[FileChange]:
    """Merge the record: declared changes first, on both sides, so that they never conflict."""
    yours = read_content(work.folder / ANALYSIS_FILE)
    if before is None or yours is None or yours.link or after is None:
        return _file(work, ANALYSIS_FILE, before, after, owned=False)
    old, _ = _migrated(before, migrations)
    mine, lines = _migrated(yours, migrations)
    said += lines
    found = merge(ANALYSIS_FILE, old, after, mine, work.labels)
    if found:
        return [replace(change, before=yours) if change.path == ANALYSIS_FILE else change for change in found]
    if mine == yours:
        return []
    state: State = "clean" if yours == before else "merged"
    return [FileChange(ANALYSIS_FILE, state, "migrated", before=yours, after=mine, written=True)]


def _migrated(content: Content, migrations: Sequence[Migration]) -> tuple[Content, list[str]]:
    text = content.data.decode("utf-8", "surrogateescape")
    text, rewritten = migrate_contract(text)
    text, said = migrate_record(text, migrations)
    return replace(content, data=text.encode("utf-8", "surrogateescape")), [*rewritten, *said]


def _move(work: _Work, old: str, new: str, before: Content, after: Content) -> list[FileChange]:
    yours = read_content(work.folder / old)
    if yours is None:
        return [
            FileChange(old, "absent", f"you deleted it; the template calls it {new} now: it stays deleted")
        ]
    for path in (old, new):
        if (reason := _blocked(work.folder, path)) is not None:
            return [FileChange(old, "conflict", f"not moved to {new}: {path}: {reason}")]
    if os.path.lexists(work.folder / new):
        return [FileChange(old, "conflict", f"not moved to {new}: you have a file of this name")]
    found = merge(new, before, after, yours, work.labels)
    if not found:
        content = yours
        return [
            FileChange(new, "moved", f"was {old}", before=yours, after=content, moved_from=old, written=True)
        ]
    main, *beside = found
    state: State = "moved" if main.state == "clean" else main.state
    note = "; ".join(part for part in (f"was {old}", main.note) if part)
    kept = main.after if main.after is not None else yours
    main = replace(main, state=state, note=note, after=kept, before=yours, moved_from=old, written=True)
    return [main, *beside]


def _blocked(folder: Path, path: str) -> str | None:
    """Say why nothing can be written at a path: it leads through a link or a file, or is a folder."""
    place = folder
    parts = path.split("/")
    for part in parts[:-1]:
        place = place / part
        if place.is_symlink():
            return f"{place.relative_to(folder)} is a symbolic link of yours"
        if place.exists() and not place.is_dir():
            return f"{place.relative_to(folder)} is a file of yours"
    place = place / parts[-1]
    if place.is_dir() and not place.is_symlink():
        return "a folder of yours stands there"
    return None


def _derive(
    work: _Work, before: Tree, after: Tree, changes: list[FileChange]
) -> tuple[list[FileChange], list[str]]:
    """Make the metadata files from the merged record where they were in step with the record.

    Their lines follow from the record; merging them would only bring conflicts of the same change.
    """
    names = _derived_names(before, after)
    yours = {name: read_content(work.folder / name) for name in (*names, ANALYSIS_FILE)}
    record = next((change for change in changes if change.path == ANALYSIS_FILE), None)
    now = yours[ANALYSIS_FILE]
    merged = record.after if record is not None and record.written else now
    made = _rendered(now)
    wanted = None if record is not None and record.state == "conflict" else _rendered(merged)
    kept: list[FileChange] = [change for change in changes if change.path not in names]
    notes: list[str] = []
    for name in names:
        mine = yours[name]
        in_step = mine is not None and (mine == before.get(name) or mine.data == made.get(name))
        if mine is None or not in_step or (wanted is not None and name not in wanted):
            kept += [change for change in changes if change.path == name]
        elif wanted is None:
            notes = [
                "the metadata files wait for fairport.yaml: solve its conflict, then run `fairport sync`"
            ]
        elif mine.data != wanted[name]:
            content = replace(mine, data=wanted[name])
            note = "made from fairport.yaml"
            kept.append(FileChange(name, "clean", note, before=mine, after=content, written=True))
    return kept, notes


def _derived_names(before: Tree, after: Tree) -> list[str]:
    """Return the files that the new template itself keeps in step with its record."""
    record = after.get(ANALYSIS_FILE)
    if record is None or not any(name in after for name in RENDERERS):
        return []
    made = _rendered(record)
    return [
        name for name in RENDERERS if name in after and name in before and after[name].data == made.get(name)
    ]


def _rendered(record: Content | None) -> dict[str, bytes]:
    """Return the derived files of a record; none when it cannot be read."""
    if record is None or record.link:
        return {}
    with TemporaryDirectory(prefix="fairport-record-") as folder:
        path = Path(folder) / ANALYSIS_FILE
        path.write_bytes(record.data)
        try:
            return {name: text.encode("utf-8") for name, text in render_all(load_analysis(path)).items()}
        except FairportError:
            return {}
