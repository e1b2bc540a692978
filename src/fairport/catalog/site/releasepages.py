"""Pages of the releases of a catalogue: what each froze, and what changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter

from fairport.catalog.harvest.differences import items_of_harvested
from fairport.catalog.harvested import Harvest, assemble
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.releases import (
    add_changes,
    add_release,
    changes_url,
    hidden_results,
    release_key,
)
from fairport.catalog.registry import Catalogue
from fairport.catalog.site.keys import Keys
from fairport.catalog.site.output import SiteWriter, Written, leaves_first
from fairport.catalog.site.parcels import Parcel
from fairport.catalog.site.release import Release, read_release, release_file


class ReleasePages:
    """Makes the pages of releases that are not there yet; no result needs to be read for them."""

    def __init__(
        self,
        catalogue: Catalogue,
        harvest: Harvest,
        writer: SiteWriter,
        keys: Keys,
        found: Sequence[Release],
        *,
        docs: bool,
    ) -> None:
        """Begin with nothing.

        Args:
            catalogue: the catalogue.
            harvest: what the last harvest left.
            writer: writes the site.
            keys: keys of this build.
            found: releases of the catalogue, newest first; the files that they name are not needed.
            docs: whether narrative pages are part of the site.
        """
        self._catalogue, self._harvest, self._writer = catalogue, harvest, writer
        self._keys, self._releases, self._docs = keys, found, docs
        self._digests: dict[str, str] = {}

    def made(self, is_there: Callable[[str, str], bool]) -> Iterator[tuple[Parcel, list[str]]]:
        """Make the pages of each release that are not there.

        Args:
            is_there: tells, by name and key, whether the pages of a release need not be made.

        Yields:
            Each release whose pages were made, with what the store lacks of it.
        """
        model = assemble(self._catalogue, self._harvest, {})
        for release, previous in zip(self._releases, [*self._releases[1:], None], strict=False):
            hidden = hidden_results(model, release)
            name, key = f"v/{release.version}", self._key(release, hidden, previous)
            if is_there(name, key):
                continue
            frame = Frame(model, self._docs)
            if not self._is_there(changes_url(release.version)):
                self._begin_changes(release)
            written: list[Written] = []
            missing: list[str] = []
            whole = read_release(release_file(self._catalogue.root, release.version))
            for lacking in add_release(frame, whole, hidden, previous):
                missing += lacking
                order = sorted(frame.files, key=leaves_first)
                written += [self._writer.write(path, frame.files.pop(path)) for path in order]
            files = tuple(sorted(written, key=attrgetter("path")))
            yield Parcel(name, "" if missing else key, files), missing

    def _key(self, release: Release, hidden: frozenset[str], previous: Release | None) -> str:
        if release.version not in self._digests:
            facts = release_key(self._catalogue.root, release, hidden, previous)
            self._digests[release.version] = self._keys.release(facts)
        return self._digests[release.version]

    def _begin_changes(self, release: Release) -> None:
        """Make the page of what changed since a release, which the pages of the release lead to, as far as it
        leads nowhere else by now; it is made whole with the other lists.
        """
        known = items_of_harvested(self._catalogue, self._harvest.analyses)
        there = {name: item for name, item in known.items() if self._is_there(f"r/{name}/index.html")}
        frame = Frame(assemble(self._catalogue, self._harvest, {}), self._docs)
        add_changes(frame, release, there)
        for path, text in frame.files.items():
            self._writer.write(path, text)

    def _is_there(self, path: str) -> bool:
        return (self._writer.root / path).is_file()


__all__ = ["ReleasePages"]
