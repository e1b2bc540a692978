"""What earlier builds made, by name: a parcel is a group of files that depend on the same things.

A record, an analysis and a plane are each one parcel. Its key is the digest of everything that decides its
bytes; while the key stays the same and the files are there, nothing is read, rendered or written.
"""

from __future__ import annotations

import json
import os
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from sys import intern
from typing import Any, Final, NamedTuple

from fairport.catalog.cards import Card
from fairport.catalog.site.output import Written
from fairport.contract.files import sha256_file

_BATCH: Final = 500
"""Parcels whose texts are read at once."""

_CARD: Final = tuple(field.name for field in fields(Card))
_FORMAT: Final = 3
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS parcel (
    name TEXT PRIMARY KEY, key TEXT NOT NULL, paths TEXT NOT NULL, digests BLOB NOT NULL, sizes BLOB NOT NULL,
    card TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (name TEXT PRIMARY KEY, csv TEXT, json TEXT, bib TEXT, dcat TEXT);
"""
"""Texts are long and seldom read: they stand apart, so that the rest is read fast. What is told of files is
packed: a build looks through all of it, and seldom needs it one by one."""

_FACTS: Final = "name, key, paths, digests, sizes, card"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A group of files of the site.

    Attributes:
        name: what it belongs to, such as ``r/lz/si``.
        key: digest of what decides its bytes.
        files: its files.
        card: of a result.
        csv: rows of a result in the merged table of its plane; of a figure, its digest in the cache.
        json: the result in the merged numbers of its plane.
        bib: BibTeX entries of a result.
        dcat: DCAT node of a result or an analysis.
    """

    name: str
    key: str
    files: tuple[Written, ...]
    card: Card | None = None
    csv: str = ""
    json: str = ""
    bib: tuple[str, ...] = ()
    dcat: str = ""


class Stored(NamedTuple):
    """A parcel that an earlier build made, without its texts.

    Attributes:
        name: what it belongs to.
        key: digest of what decided its bytes.
        paths: paths of its files.
        digests: their sha256, one after the other.
        sizes: their sizes in bytes, 64 bits each.
        card: of a result.
    """

    name: str
    key: str
    paths: list[str]
    digests: bytes
    sizes: array[int]
    card: Card | None


Kept = Callable[[str, str], Stored | None]
"""Takes over a parcel of an earlier build, by name and key, if it is still good."""


class Parcels:
    """Parcels in a file that may be deleted at any time; whatever is wrong with it, it starts anew."""

    def __init__(self, path: Path, site: Path, *, writable: bool = True, thorough: bool = False) -> None:
        """Open the parcels kept in ``path`` of the site in the folder ``site``.

        Args:
            path: file of the parcels.
            site: folder of the site.
            writable: whether parcels may be kept and forgotten; if not, the file must be there.
            thorough: whether files are read to tell whether they are whole; else their size tells it.
        """
        self._site = str(site)
        self._thorough = thorough
        self._trusted: set[str] = set()
        if not writable:
            self._base = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._base = _opened(path)
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
            self._base = _opened(path)

    def find(self, name: str, key: str) -> Stored | None:
        """Return a parcel whose key is still the same and whose files are all there."""
        query = f"SELECT {_FACTS} FROM parcel WHERE name = ? AND key = ?"  # noqa: S608 - fixed names
        row = self._base.execute(query, (name, key)).fetchone()
        parcel = _stored(*row) if row is not None else None
        return parcel if parcel is not None and self.is_whole(parcel) else None

    def is_known(self, name: str, key: str) -> bool:
        """Tell whether a parcel has this key; whether its files are there is not told."""
        query = "SELECT 1 FROM parcel WHERE name = ? AND key = ?"
        return self._base.execute(query, (name, key)).fetchone() is not None

    def group(self, prefix: str) -> dict[str, Stored]:
        """Return the parcels whose names begin with ``prefix``; whether their keys are the same and their
        files are there is not told.
        """
        query = f"SELECT {_FACTS} FROM parcel WHERE name >= ? AND name < ?"  # noqa: S608 - fixed names
        end = f"{prefix[:-1]}{chr(ord(prefix[-1]) + 1)}"
        found = (_stored(*row) for row in self._base.execute(query, (prefix, end)))
        return {parcel.name: parcel for parcel in found if parcel is not None}

    def trust(self, names: Iterable[str]) -> None:
        """Believe that the files of these parcels are all there: somebody else looked."""
        self._trusted.update(names)

    def is_whole(self, parcel: Stored) -> bool:
        """Tell whether the files of a parcel are all there."""
        if parcel.name in self._trusted:
            return True
        try:
            site, lstat = self._site, os.lstat
            for path, size in zip(parcel.paths, parcel.sizes, strict=True):
                if lstat(f"{site}/{path}").st_size != size:
                    return False
            return not self._thorough or parcel.digests == b"".join(
                bytes.fromhex(sha256_file(Path(site, path))) for path in parcel.paths
            )
        except OSError:
            return False

    def keep(self, parcels: Iterable[Parcel]) -> None:
        """Keep parcels in the place of older ones of the same names."""
        rows, texts = [], []
        for parcel in parcels:
            paths = "\n".join([file.path for file in parcel.files])
            digests = bytes.fromhex("".join([file.sha256 for file in parcel.files]))
            sizes = array("q", [file.size for file in parcel.files]).tobytes()
            card = json.dumps(_packed(parcel.card)) if parcel.card else None
            rows.append((parcel.name, parcel.key, paths, digests, sizes, card))
            texts.append((parcel.name, parcel.csv, parcel.json, json.dumps(parcel.bib), parcel.dcat))
        with self._base:
            self._base.executemany("INSERT OR REPLACE INTO parcel VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._base.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?, ?)", texts)

    def texts(self, column: str, names: Sequence[str]) -> Iterator[str]:
        """Yield a text (``csv``, ``json``, ``bib``, ``dcat``) of each of the named parcels, in order."""
        columns = ("csv", "json", "bib", "dcat")
        query = {name: f"SELECT name, {name} FROM texts WHERE name IN ({{}})" for name in columns}[column]  # noqa: S608
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            there = dict(self._base.execute(query.format(", ".join("?" * len(batch))), batch).fetchall())
            yield from (there[name] for name in batch if name in there)

    def bibliographies(self, names: Sequence[str]) -> Iterator[list[str]]:
        """Yield the BibTeX entries of each of the named parcels."""
        for text in self.texts("bib", names):
            yield json.loads(text)

    def forget(self, used: set[str]) -> None:
        """Remove every parcel that is not named."""
        names = self._base.execute("SELECT name FROM parcel").fetchall()
        unused = [row for row in names if row[0] not in used]
        with self._base:
            self._base.executemany("DELETE FROM parcel WHERE name = ?", unused)
            self._base.executemany("DELETE FROM texts WHERE name = ?", unused)

    def close(self) -> None:
        """Close the file."""
        self._base.close()


def _stored(name: str, key: str, paths: str, digests: bytes, sizes: bytes, card: str | None) -> Stored | None:
    """Return a parcel from its row, ``None`` when that makes no sense."""
    try:
        files, lengths = paths.split("\n") if paths else [], array("q", sizes)
        if not 32 * len(files) == len(digests) == 32 * len(lengths):
            return None
        return Stored(name, key, files, digests, lengths, _unpacked(json.loads(card)) if card else None)
    except (ValueError, TypeError, AttributeError):
        return None


def _packed(card: Card) -> list[Any]:
    return [getattr(card, name) for name in _CARD]


def _unpacked(values: Sequence[Any]) -> Card:
    """Return a card from the values of its fields; equal words are one object, since many cards hold them."""
    if len(values) != len(_CARD):
        raise ValueError("made by another version")
    facts: list[Any] = [intern(value) if type(value) is str else value for value in values]
    facts[-1] = tuple(facts[-1])  # what to cite
    return Card(*facts)


def _opened(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path)
    try:
        base.execute("PRAGMA page_size = 16384")
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = OFF")  # a lost cache only costs time
        (made_by,) = base.execute("PRAGMA user_version").fetchone()
        if made_by not in {0, _FORMAT} or (
            made_by == 0 and base.execute("SELECT 1 FROM sqlite_master").fetchone()
        ):
            raise sqlite3.DatabaseError("made by another version")
        base.executescript(f"{_SCHEMA}PRAGMA user_version = {_FORMAT};")
    except sqlite3.DatabaseError:
        with suppress(sqlite3.Error):
            base.close()
        raise
    return base
