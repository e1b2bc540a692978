"""What git says of a remote, in words that a keeper of a catalogue can act on."""

from __future__ import annotations

import re
from typing import Final

from fairport.catalog.addresses import without_credentials

COMES_BACK: Final = "nothing is to be done if it comes back: the next harvest tries again"
"""The mend of what is nobody's fault in the repository."""

_PREFIX: Final = re.compile(r"^(fatal|error|remote|ERROR): *")
_OF_SSH: Final = "could not read from remote repository"
"""What git says last of whatever failed in ssh, which has told its reason before without a prefix."""

_PLACE: Final = re.compile(r"(?<![\w:/.])(?:file://)?/(?:[^\s'\":]+/)*([^\s'\":/]+)")
_KNOWN: Final = (
    (
        "repository '|does not appear to be a git repository|repository not found|not found|404|error: 410",
        "there is no repository at this address",
        "correct the address in the entry; if the repository is gone for good, set `status: withdrawn` there",
    ),
    (
        "could not read username|authentication failed|permission denied|403|401|terminal prompts disabled"
        "|unauthorized|forbidden|error: 4(?:07|51)|code 407",
        "the repository is not public, or not for this machine",
        "make it public, or give this machine access: a credential helper of git, or an SSH key",
    ),
    (
        "could not resolve|connection refused|failed to connect|connection timed out|network is unreachable"
        "|no route to host|couldn't connect",
        "the server cannot be reached",
        COMES_BACK,
    ),
    (
        "host key verification failed|host identification has changed|no matching host key",
        "the server is not known to this machine",
        "compare its key with the one that its keeper publishes, then add it to `known_hosts`",
    ),
    (
        r"error: (?:429|5\d\d)|service unavailable|bad gateway|gateway time-?out|too many requests"
        "|internal server error|timed out|operation too slow|recv error|ssl_read|unexpected eof"
        "|transfer closed|not closed cleanly|connection reset|connection closed|broken pipe"
        "|empty reply|early eof|hung up unexpectedly|unexpected disconnect",
        "the server does not answer now",
        COMES_BACK,
    ),
    (
        "redirect|not valid: is this a git repository|disabled in libcurl",
        "the address leads somewhere else",
        "correct the address in the entry: open it in a browser, it may ask for a login",
    ),
    (
        "certificate|ssl|tls",
        "the server has no valid certificate",
        "ask its keeper, or use an address whose certificate is valid",
    ),
    (
        "couldn't find remote ref|no such ref|not our ref|unadvertised object",
        "the server does not give out this commit, branch or tag",
        "correct `publish.ref` of the entry; a rewritten history may have taken the commit away",
    ),
    (
        "expected commit type",
        "this tag or branch leads to no commit",
        "tag a commit, or name another in `publish.ref` of the entry",
    ),
    (
        "dumb http transport",
        "the server keeps the repository as plain files, of which no single commit can be fetched",
        "give the address of a forge or of a git server, or publish a bundle instead",
    ),
    (
        "is corrupt|object file .* is empty|bad object|inflate|invalid index-pack output|bad tree object"
        "|missing (?:blob|tree|commit)",
        "objects of the repository are missing or damaged",
        "look with `git fsck` there, and push again from a good clone",
    ),
    (
        "file size limit|file too large|sigxfsz|index-pack failed|write error",
        "the repository is too large to be fetched",
        "keep large files out of it (Git LFS, or an archive of data), or publish a bundle instead",
    ),
)
_NO_ROOM: Final = re.compile(
    rb"^(?:fatal|error): (?!remote error).*(?:no space left on device|disk quota exceeded)", re.I | re.M
)
_TRANSIENT: Final = re.compile(
    r"(?i)connection reset|early eof|rpc failed|unexpected disconnect|hung up unexpectedly|\b(429|50[0234])\b"
    r"|temporary failure|gnutls_recv|recv error|ssl_read|could not resolve|transfer closed|empty reply"
    r"|connection closed"
)


def explain(errors: bytes) -> tuple[str | None, str, str | None]:
    """Return what went wrong, git's own line, and the mend, from git's error output.

    The first and the last are ``None`` for something that is not known. No line holds a credential or a place
    of this machine.
    """
    text = telling(errors)
    for pattern, what, mend in _KNOWN:
        if re.search(pattern, text, re.IGNORECASE):
            return what, text, mend
    return None, text, None


def no_room(errors: bytes) -> bool:
    """Tell whether git found no room on a disk; what a server says of its own (``remote:``) is left out."""
    return _NO_ROOM.search(errors) is not None


def telling(errors: bytes) -> str:
    """Return the telling line of git's error output, without credentials and places of this machine."""
    lines = [line.strip() for line in errors.decode("utf-8", "replace").splitlines() if line.strip()]
    last = next((number for number, line in enumerate(lines) if _OF_SSH in line.lower()), 0)
    before = [line for line in lines[:last] if not line.startswith(("Warning:", "@", "debug1:"))]
    chosen = [line for line in before or lines if _PREFIX.match(line)] or (before[-1:] or lines)
    text = _PREFIX.sub("", chosen[0]) if chosen else "git gave no reason"
    return _PLACE.sub(r"\1", without_credentials(text))[:200]


def transient(text: str) -> bool:
    """Tell whether an error is one that may be over in a few seconds."""
    return _TRANSIENT.search(text) is not None


__all__ = ["COMES_BACK", "explain", "no_room", "telling", "transient"]
