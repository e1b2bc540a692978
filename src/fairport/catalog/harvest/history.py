"""Earlier releases of a repository: each becomes a version of its results, with its date and the reason.

A release that was read once is never fetched again, as long as its tag points to the same commit.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from fairport.catalog.access import withheld
from fairport.catalog.harvest import git
from fairport.catalog.harvest.freeze import (
    MAX_VERSIONS,
    find_records,
    freeze_analysis,
    freeze_results,
    past_folder,
)
from fairport.catalog.harvest.git import RemoteRef, SourceError, error_words
from fairport.catalog.harvest.remotes import Remotes
from fairport.catalog.harvest.sources import release_tags, store_of, subdirectory, write_tree
from fairport.catalog.registry import Catalogue
from fairport.catalog.state import (
    PAST_DIR,
    EntryState,
    ReleasedContent,
    ReleaseNote,
    ResultState,
    VersionNote,
)
from fairport.contract.constants import RESULTS_DIR
from fairport.contract.documents import RegistryEntry
from fairport.contract.errors import FairportError
from fairport.results.planes import Planes

MAX_RELEASES: Final = 50
"""Releases that become versions; of more, the newest."""

ALL: Final = "all-releases"


def earlier_releases(entry: RegistryEntry, refs: dict[str, str], chosen: RemoteRef) -> list[RemoteRef]:
    """Return the releases before the chosen content, oldest first; none unless the entry asks for them."""
    if entry.history != ALL:
        return []
    tags = release_tags(refs)
    names = [tag.ref for tag in tags]
    if chosen.ref in names:
        tags = tags[: names.index(chosen.ref)]
    return [tag for tag in tags if tag.commit != chosen.commit][-MAX_RELEASES:]


def same_releases(notes: Iterable[ReleaseNote], wanted: Iterable[RemoteRef]) -> bool:
    """Tell whether every wanted release was read, at the commit that it has now."""
    return [(note.tag, note.commit) for note in notes] == [(_tag(ref), ref.commit) for ref in wanted]


@dataclass(frozen=True, slots=True)
class History:
    """Where the releases of an entry are read from and kept.

    Attributes:
        catalogue: the catalogue.
        entry: the registry entry.
        address: git address of the repository.
        folder: folder of the entry in the harvest store.
        planes: the planes of the catalogue and of the package.
        today: date (UTC) by which embargoes are measured.
        now: time of the harvest (RFC 3339, UTC).
        remotes: by which servers are asked.
    """

    catalogue: Catalogue
    entry: RegistryEntry
    address: str
    folder: Path
    planes: Planes
    today: date
    now: str
    remotes: Remotes

    def read(self, wanted: Sequence[RemoteRef], known: Iterable[ReleaseNote]) -> tuple[ReleaseNote, ...]:
        """Return a note for each wanted release, oldest first; only those not known yet are fetched.

        A release that cannot be read has its reason in its note; one that could not be fetched is tried again
        at the next harvest.
        """
        notes = {(note.tag, note.commit): note for note in known if self._is_kept(note)}
        missing = [ref for ref in wanted if (_tag(ref), ref.commit) not in notes]
        if missing:
            store = store_of(self.catalogue, self.address)
            try:
                self.remotes.fetch(self.address, [ref.ref for ref in missing], store)
            except FairportError as error:
                reason = error_words(error)[0]
                lost = {
                    (_tag(ref), ref.commit): ReleaseNote(_tag(ref), "", "", (), reason) for ref in missing
                }
                notes |= lost
            else:
                notes |= {(_tag(ref), ref.commit): self._freeze(ref, store) for ref in missing}
        return tuple(notes[_tag(ref), ref.commit] for ref in wanted)

    def _is_kept(self, note: ReleaseNote) -> bool:
        return all((self.folder / PAST_DIR / item.folder).is_dir() for item in note.contents)

    def _freeze(self, ref: RemoteRef, store: Path) -> ReleaseNote:
        """Freeze the results of a release among the earlier contents of the entry."""
        note = ReleaseNote(_tag(ref), ref.commit, git.commit_time(store, ref.commit, self.now))
        work = self.catalogue.cache_root / "work"
        work.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f"{self.entry.id}-release-", dir=work))
        try:
            tree, frozen = scratch / "tree", scratch / "frozen"
            tree.mkdir()
            frozen.mkdir()
            write_tree(store, ref.commit, tree)
            states = self._results(subdirectory(tree, self.entry), frozen, note)
            contents = tuple(self._keep(frozen, state) for state in states if state.state == "ok")
            broken = [f"{state.path}: {state.reason}" for state in states if state.state == "failed"]
            return replace(note, contents=contents, problem="; ".join(broken[:3])[:500] or None)
        except FairportError as error:
            return replace(note, problem=error_words(error)[0].replace(str(scratch), "")[:500])
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _results(self, tree: Path, frozen: Path, note: ReleaseNote) -> tuple[ResultState, ...]:
        analysis = freeze_analysis(tree, frozen)
        if analysis.id != self.entry.id and analysis.id not in self.entry.former_ids:
            raise SourceError(f'the record of this release calls itself "{analysis.id}"')
        closed = withheld(analysis, self.today)
        if closed is not None:
            raise SourceError(f"its own record withholds the numbers: {closed.reason}")
        return freeze_results(
            tree,
            find_records(tree, analysis.results),
            frozen,
            planes=self.planes,
            numbers=True,
            commit=note.commit,
            now=note.time,
            previous={},
            previous_folder=None,
        )

    def _keep(self, frozen: Path, state: ResultState) -> ReleasedContent:
        """Move the frozen content of a result to the earlier contents."""
        content = ReleasedContent(
            state.id or "",
            state.version or "",
            state.digest or "",
            state.status,
            state.status_reason,
            state.former_ids,
            state.title,
            state.kind,
            state.plane,
        )
        target = self.folder / PAST_DIR / content.folder
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(frozen / RESULTS_DIR / content.id, target)
        return content


def with_history(state: EntryState, notes: Sequence[ReleaseNote], folder: Path) -> EntryState:
    """Return the state of an entry with its releases among the versions of its results.

    Args:
        state: the present content.
        notes: its earlier releases, oldest first.
        folder: folder of the entry in the harvest store.
    """
    if not notes and not state.releases:
        return state
    results = tuple(_with_releases(state.id, result, notes) for result in state.results)
    for result in results:
        _under_new_names(result, folder / PAST_DIR)
    return replace(state, results=results, releases=tuple(notes))


def left_behind(state: EntryState) -> Iterator[tuple[ReleaseNote, ReleasedContent]]:
    """Yield the newest content of each result that releases hold and the present content does not."""
    there = {result.id for result in state.results}
    renamed = {former for result in state.results for former in result.former_ids}
    newest: dict[str, tuple[ReleaseNote, ReleasedContent]] = {}
    for note in state.releases:
        renamed |= {former for item in note.contents for former in item.former_ids}
        newest |= {item.id: (note, item) for item in note.contents}
    for name, found in sorted(newest.items()):
        if name not in there and f"{state.id}/{name}" not in renamed:
            yield found


def _with_releases(entry: str, result: ResultState, notes: Sequence[ReleaseNote]) -> ResultState:
    if result.state != "ok" or result.id is None:
        return result
    chain = _chain(entry, result, notes)
    known = {note.digest for note in chain} | {result.digest}
    others = [note for note in result.versions if note.digest not in known]
    versions = sorted([*chain, *others], key=lambda note: note.harvested)
    return replace(result, versions=tuple(reversed(versions))[:MAX_VERSIONS])


def _chain(entry: str, result: ResultState, notes: Sequence[ReleaseNote]) -> list[VersionNote]:
    """Return the contents of a result before the present one, oldest first."""
    contents = [
        (note, item)
        for note in notes
        for item in note.contents
        if item.id == result.id or f"{entry}/{item.id}" in result.former_ids
    ]
    distinct = [
        found for at, found in enumerate(contents) if at == 0 or found[1].digest != contents[at - 1][1].digest
    ]
    if not distinct:
        return []
    ends = [*(_follow(note, item) for note, item in distinct[1:]), (result.harvested, result.status_reason)]
    chain: list[VersionNote] = []
    time = ""
    for (note, item), (ended, reason) in zip(distinct, ends, strict=True):
        time = max(time, note.time)  # a tag may be younger than the ones after it
        if item.digest == result.digest and item is distinct[-1][1]:
            break
        chain.append(
            VersionNote(
                item.version,
                item.digest,
                time,
                max(time, ended or ""),
                note.commit,
                item.status,
                reason,
                note.tag,
                item.folder if item.id != result.id else None,
            )
        )
    return chain


def _follow(note: ReleaseNote, item: ReleasedContent) -> tuple[str, str | None]:
    return note.time, item.reason


def _under_new_names(result: ResultState, past: Path) -> None:
    """Copy earlier contents that were kept under a former name to the present one."""
    for note in result.versions:
        if note.folder is None or result.id is None:
            continue
        target = past_folder(past, result.id, note)
        if not target.exists() and (past / note.folder).is_dir():
            scratch = target.with_name(f".new-{target.name}")
            shutil.rmtree(scratch, ignore_errors=True)
            shutil.copytree(past / note.folder, scratch)
            scratch.rename(target)


def _tag(ref: RemoteRef) -> str:
    return ref.ref.removeprefix("refs/tags/")


__all__ = ["ALL", "History", "earlier_releases", "left_behind", "same_releases", "with_history"]
