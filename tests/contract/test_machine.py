"""Errors of the machine: what they are told as, and which of them fail for everything."""

from __future__ import annotations

import errno
import pickle
import shutil
import sqlite3

import pytest

from fairport.contract.machine import MachineError, full_disk, machine_error


@pytest.mark.parametrize(
    ("error", "what", "everywhere"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full", True),
        (OSError(errno.EDQUOT, "Quota exceeded"), "the disk is full", True),
        (OSError(errno.EROFS, "Read-only file system"), "this place cannot be written to", True),
        (OSError(errno.EMFILE, "Too many open files"), "this machine allows too few open files", True),
        (MemoryError(), "there is not enough memory", True),
        (sqlite3.OperationalError("database or disk is full"), "the disk is full", True),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device: 'a'")]), "the disk is full", True),
        (PermissionError(errno.EACCES, "Permission denied"), "there is no permission", False),
        (OSError(errno.EIO, "Input/output error"), "the disk cannot be read or written", False),
    ],
)
def test_what_is_told(error: Exception, what: str, everywhere: bool) -> None:
    told = machine_error(error)
    assert told is not None
    assert told.what.startswith(what)
    assert told.everywhere is everywhere
    assert told.exit_code == 2


@pytest.mark.parametrize(
    "error", [ValueError("x"), FileNotFoundError(errno.ENOENT, "gone"), shutil.Error([("a", "b", "odd")])]
)
def test_other_errors_are_left_alone(error: Exception) -> None:
    assert machine_error(error) is None


def test_another_process_tells_it_whole() -> None:
    error = pickle.loads(pickle.dumps(full_disk("/store", "git says so")))
    assert isinstance(error, MachineError)
    assert (error.where, error.why, error.everywhere) == ("/store", "git says so", True)
    assert machine_error(error) is error
