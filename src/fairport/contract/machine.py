"""Errors of the machine in words: a full disk or a missing permission is no defect of Fairport."""

from __future__ import annotations

import errno
from typing import Final

from fairport.contract.errors import ConfigurationError

_AGAIN: Final = "and run the command again: it goes on from what is there"
_ROOM: Final = ("the disk is full", f"make room {_AGAIN}")
_CLOSED: Final = ("there is no permission for this file or folder", f"give this user access {_AGAIN}")
_READ_ONLY: Final = ("this place cannot be written to", f"make it writable, or name another place, {_AGAIN}")
_LARGE: Final = ("a file would be larger than this machine allows", f"raise the limit (ulimit -f) {_AGAIN}")
_BROKEN: Final = ("the disk cannot be read or written", f"look after the disk {_AGAIN}")

_BY_NUMBER: Final = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: _READ_ONLY,
    errno.EFBIG: _LARGE,
    errno.EIO: _BROKEN,
    errno.EMFILE: ("this machine allows too few open files", f"raise the limit (ulimit -n) {_AGAIN}"),
    errno.ENFILE: ("this machine has too many open files", f"close other programs {_AGAIN}"),
    errno.ENOMEM: ("there is not enough memory", f"close other programs {_AGAIN}"),
}
_BY_WORDS: Final = (
    ("is full", _ROOM),
    ("disk i/o error", _BROKEN),
    ("readonly database", _READ_ONLY),
    ("unable to open database", _READ_ONLY),
)
"""What the database library says; it gives no number."""


def machine_error(error: BaseException) -> ConfigurationError | None:
    """Return what a user is told of an error of the machine, ``None`` when it is something else.

    The errors that led to it are looked at too, as far as they were chained on purpose.
    """
    if isinstance(error, MemoryError):
        what, mend = _BY_NUMBER[errno.ENOMEM]
        return ConfigurationError(what, mend=mend)
    if isinstance(error, OSError) and error.errno in _BY_NUMBER:
        what, mend = _BY_NUMBER[error.errno]
        place = error.filename if isinstance(error.filename, str) else None
        return ConfigurationError(what, where=place, why=error.strerror, mend=mend)
    if type(error).__module__ == "sqlite3":
        text = str(error)
        for words, (what, mend) in _BY_WORDS:
            if words in text.lower():
                return ConfigurationError(what, why=text, mend=mend)
    return machine_error(error.__cause__) if error.__cause__ is not None else None


__all__ = ["machine_error"]
