"""What went wrong at the lake, as an error that says what to do."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from fairport.contract.errors import ConfigurationError, FairportError, RefusedError, UsageError


class LakeError(FairportError):
    """The lake did not do what was asked: see its reason, try again or ask its operators."""

    exit_code = 1


class LakeAwayError(LakeError):
    """The lake does not answer: wait, or work from the metalink."""


class DiskError(FairportError):
    """The disk is full, or may not be written."""

    exit_code = 1


@contextmanager
def disk_told() -> Iterator[None]:
    """Turn a full or write-protected disk into an error for people.

    Raises:
        DiskError: it is.
    """
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        found = _disk_error(error)
        if found is None:
            raise
        raise found from error


def _disk_error(error: OSError | sqlite3.OperationalError) -> DiskError | None:
    number = getattr(error, "errno", None)
    place = getattr(error, "filename", None)
    if number in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in str(error):
        return _full(str(error), place)
    if number in (errno.EACCES, errno.EPERM, errno.EROFS) or "readonly database" in str(error):
        return DiskError(
            "this may not be written or read",
            where=place,
            why=getattr(error, "strerror", None) or str(error),
            mend="correct the rights of the folder, or work in a copy of your own",
        )
    return None


def _full(why: str, place: str | None = None) -> DiskError:
    return DiskError(
        "the disk is full",
        where=place,
        why=why,
        mend="free some space, or put the store of downloaded data elsewhere (FAIRPORT_STORE), and do it "
        "again: what is done stays done",
    )


class RemoteError(Exception):
    """An exception of the isolated client.

    Attributes:
        kinds: names of its class and base classes, nearest first.
        text: its message, without secrets, shortened.
        transient: whether the same call may succeed in a moment.
    """

    def __init__(self, kinds: list[str], text: str, transient: bool) -> None:
        super().__init__(f"{kinds[0]}: {text}")
        self.kinds, self.text, self.transient = kinds, text, transient

    def is_a(self, *names: str) -> bool:
        """Tell whether the exception is of one of these classes."""
        return not set(names).isdisjoint(self.kinds)


_RENEW: Final = "renew it, or log in in another way (auth_type in data/manifest.yaml, RUCIO_AUTH_TYPE)"
_MEANINGS: Final[dict[str, tuple[type[FairportError], str, str]]] = {
    "CannotAuthenticate": (
        ConfigurationError,
        "the lake does not accept these credentials",
        "check user name, password or certificate, and that the account is right (RUCIO_ACCOUNT)",
    ),
    "NoAuthInformation": (ConfigurationError, "no credentials were found for this way of logging in", _RENEW),
    "CannotAuthorize": (
        ConfigurationError,
        "the lake knows you, but your login has run out or is not enough",
        _RENEW,
    ),
    "MissingClientParameter": (
        ConfigurationError,
        "the login lacks a setting",
        "complete the [client] section of your rucio.cfg, or the RUCIO_... variables",
    ),
    "AccessDenied": (
        ConfigurationError,
        "your account may not do this",
        "ask the owner of the scope or storage element for the right, or use your own scope (user.<account>)",
    ),
    "UntrustedLakeError": (
        ConfigurationError,
        "the certificate of the lake is not trusted",
        "name the certificates of its authority: export RUCIO_CA_CERT=FILE, or ca_cert in your rucio.cfg",
    ),
    "RefusedCertificateError": (
        ConfigurationError,
        "the lake does not take your certificate",
        "it may have run out, or be of an authority that this lake does not know; renew the proxy "
        "(voms-proxy-init), or name another certificate",
    ),
    "ClientProtocolNotSupported": (
        ConfigurationError,
        "the address of the lake is not http or https",
        "correct it",
    ),
    "DataIdentifierNotFound": (
        UsageError,
        "the lake does not know this DID",
        "check scope and name in data/manifest.yaml, and that your account may see it",
    ),
    "DataIdentifierAlreadyExists": (
        RefusedError,
        "the lake has this DID already, with other content",
        "data in a lake never change: choose a new name, with a version in it, say",
    ),
    "ScopeNotFound": (UsageError, "the lake does not know this scope", "ask for it, or use user.<account>"),
    "RSENotFound": (UsageError, "the lake does not know this storage element", "correct rse"),
    "InvalidRSEExpression": (
        UsageError,
        "this expression names no storage element",
        "correct it; `rucio rse list` shows what there is",
    ),
    "RSEWriteBlocked": (
        LakeError,
        "the storage element takes no data at the moment",
        "choose another one, or wait",
    ),
    "RSEOverQuota": (
        LakeError,
        "the storage element is full for your account",
        "ask for quota, or choose another one",
    ),
    "InsufficientAccountLimit": (LakeError, "your quota on the storage element is used up", "ask for more"),
    "UnsupportedOperation": (
        RefusedError,
        "the dataset is closed",
        "closed datasets never change: choose a new name, with a version in it, say",
    ),
    "InputValidationError": (UsageError, "the lake refuses the request as malformed", "see the reason"),
    "InvalidObject": (
        UsageError,
        "the lake refuses this name or value",
        "scopes hold at most 25 of A-Z a-z 0-9 . _ -, names at most 250 of these and /",
    ),
    "InvalidPath": (UsageError, "the lake refuses this name", "use letters, digits, . _ - and /"),
    "NoFilesDownloaded": (LakeError, "no file came", "see the reasons of the files"),
    "NotAllFilesDownloaded": (LakeError, "some files did not come", "see the reasons of the files"),
    "NoFilesUploaded": (LakeError, "no file arrived", "see the reasons of the files"),
    "NotAllFilesUploaded": (LakeError, "some files did not arrive", "see the reasons of the files"),
    "RSEChecksumUnavailable": (LakeError, "the storage element gives no checksums", "choose another one"),
    "DatabaseException": (
        LakeError,
        "the database of the lake refused the request",
        "if the scope exists and you may write to it, try again later and tell the operators",
    ),
    "RSEOperationNotSupported": (
        LakeError,
        "the storage element refused the operation",
        "choose another one",
    ),
}
_AWAY: Final = (
    "ServerConnectionException",
    "ConnectionError",
    "ReadTimeout",
    "Timeout",
    "ChunkedEncodingError",
)


def explain(error: RemoteError, *, subject: str | None = None) -> FairportError:
    """Return the error for people: one message for each class of Rucio's exceptions.

    Args:
        error: from the isolated client.
        subject: the DID, dataset or address that it is about.
    """
    if error.is_a(*_AWAY):
        return LakeAwayError(
            "the lake does not answer",
            where=subject,
            why=error.text[:300],
            mend="check the network and rucio_host in data/manifest.yaml; with a metalink beside the lock, "
            "`fairport data pull --offline` needs no server",
        )
    if "No space left on device" in error.text:
        return _full(error.text[:300], subject)
    for kind in error.kinds:
        if kind in _MEANINGS:
            cls, what, mend = _MEANINGS[kind]
            return cls(what, where=subject, why=error.text[:300] or kind, mend=mend)
    return LakeError(
        "the lake refused the request", where=subject, why=f"{error.kinds[0]}: {error.text[:300]}"
    )
