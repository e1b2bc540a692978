"""Errors of the machine in words: a full disk or a missing permission is no defect of Fairport."""

from __future__ import annotations

import errno
import os
import re
from typing import Final

from fairport.contract.errors import ConfigurationError

_AGAIN: Final = "and run the command again: it goes on from what is there"
_ROOM: Final = ("the disk is full", f"make room {_AGAIN}")
_CLOSED: Final = ("there is no permission for this file or folder", f"give this user access {_AGAIN}")
_READ_ONLY: Final = ("this place cannot be written to", f"make it writable, or name another place, {_AGAIN}")
_LARGE: Final = ("a file would be larger than this machine allows", f"raise the limit (ulimit -f) {_AGAIN}")
_BROKEN: Final = ("the disk cannot be read or written", f"look after the disk {_AGAIN}")

_FEW_FILES: Final = ("this machine allows too few open files", f"raise the limit (ulimit -n) {_AGAIN}")
_MANY_FILES: Final = ("this machine has too many open files", f"close other programs {_AGAIN}")
_MEMORY: Final = ("there is not enough memory", f"close other programs {_AGAIN}")

_EVERYWHERE: Final = frozenset({_ROOM, _READ_ONLY, _FEW_FILES, _MANY_FILES, _MEMORY})
"""What fails for whatever is worked on, not only for one file."""

_BY_NUMBER: Final = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: _READ_ONLY,
    errno.EFBIG: _LARGE,
    errno.EIO: _BROKEN,
    errno.EMFILE: _FEW_FILES,
    errno.ENFILE: _MANY_FILES,
    errno.ENOMEM: _MEMORY,
}
_IN_WORDS: Final = re.compile(r"\[Errno (\d{1,4})\]")
_BY_WORDS: Final = (
    ("is full", _ROOM),
    ("disk i/o error", _BROKEN),
    ("readonly database", _READ_ONLY),
    ("unable to open database", _READ_ONLY),
)
"""What the database library says; it gives no number."""


class MachineError(ConfigurationError):
    """The machine fails, and nothing is wrong with what is worked on.

    Attributes:
        everywhere: whether it fails for everything, such as a full disk, rather than for one file.
    """

    everywhere = False


def machine_error(error: BaseException) -> MachineError | None:
    """Return what a user is told of an error of the machine, ``None`` when it is something else.

    The errors that led to it are looked at too, as far as they were chained on purpose.
    """
    if isinstance(error, MachineError):
        return error  # told by another process
    if isinstance(error, MemoryError):
        return _told(_MEMORY)
    if isinstance(error, OSError) and (number := _number(error)) in _BY_NUMBER:
        place = error.filename if isinstance(error.filename, str) else None
        return _told(_BY_NUMBER[number], place, error.strerror or os.strerror(number))
    if type(error).__module__ == "sqlite3":
        text = str(error)
        for words, known in _BY_WORDS:
            if words in text.lower():
                return _told(known, why=text)
    return machine_error(error.__cause__) if error.__cause__ is not None else None


def _number(error: OSError) -> int:
    """Return the number of an error of the system; copying a folder tells it only in words."""
    told = _IN_WORDS.search(str(error)) if error.errno is None else None
    return int(told[1]) if told else error.errno or 0


def full_disk(place: str | None = None, why: str | None = None) -> MachineError:
    """Return the error of a full disk, for what another program says of it."""
    return _told(_ROOM, place, why)


def _told(known: tuple[str, str], where: str | None = None, why: str | None = None) -> MachineError:
    what, mend = known
    error = MachineError(what, where=where, why=why, mend=mend)
    error.everywhere = known in _EVERYWHERE
    return error


__all__ = ["MachineError", "full_disk", "machine_error"]
