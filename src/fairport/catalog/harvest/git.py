"""The git boundary of the catalogue: look at a remote, fetch one commit, read its files.

Nothing of a repository is ever run: commits are fetched into a bare store and their files are read as
objects, so there is no checkout and with it no hook, filter, LFS download, submodule or symbolic link.
Protocols are a list of three, prompts are off, time and size are bounded.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Final

from fairport.catalog.addresses import PROTOCOLS, refusal, without_credentials
from fairport.catalog.harvest.gitwords import COMES_BACK, explain, no_room
from fairport.contract.errors import FairportError, ToolError
from fairport.contract.machine import full_disk, machine_error
from fairport.interop import safegit

LOOK_SECONDS: Final = 60
FETCH_SECONDS: Final = 600
MAX_PACK_BYTES: Final = 2_000_000_000
MAX_REFS: Final = 20_000
MAX_LISTING_BYTES: Final = 64_000_000
MAX_REASON: Final = 500

_SETTINGS: Final = (
    "fetch.recurseSubmodules=false",
    "protocol.ext.allow=never",
    "protocol.fd.allow=never",
    "protocol.version=2",
    "gc.auto=0",
    "maintenance.auto=false",
    "transfer.bundleURI=false",
    "filter.lfs.smudge=",
    "filter.lfs.process=",
    "filter.lfs.required=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=30",
    f"http.userAgent=git/2 (fairport/{version('fairport')})",
    *safegit.ANY_OWNER,
)
_ACCESS: Final = (
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "GIT_SSL_CERT",
    "GIT_SSL_KEY",
    "GIT_SSL_NO_VERIFY",
)
_HASH: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class SourceError(FairportError):
    """A repository cannot be read; the entry gets a card with the reason."""


class Unanswered(SourceError):
    """A server gave no answer in time."""


_PLACE: Final = re.compile(r"(?:/[^/\s'\"]{1,255}){2,}/?")


def error_words(error: FairportError) -> tuple[str, str | None]:
    """Return reason (place, what, why in one line) and mend of an error."""
    where = f"{error.where}: " if error.where is not None else ""
    why = f" ({error.why})" if error.why else ""
    words = f"{where}{error.what}{why}"
    return words if len(words) <= MAX_REASON else f"{words[:MAX_REASON].rstrip()} …", error.mend


def defect_words(error: Exception) -> str:
    """Return what is told of a defect of Fairport, or of the machine: pages show it, so it names no place."""
    if (told := machine_error(error)) is not None:
        return f"the machine of the catalogue: {told.what}"
    return f"an error inside Fairport: {type(error).__name__}: {_PLACE.sub('…', str(error))[:200]}"


@dataclass(frozen=True, slots=True)
class RemoteRef:
    """What an entry points at: the commit and the ref that can be fetched."""

    commit: str
    ref: str
    name: str


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A regular file of a commit."""

    path: str
    blob: str
    size: int


def remote_refs(address: str) -> dict[str, str]:
    """Return the refs of a remote (``HEAD``, branches, tags; annotated tags peeled) with their commits.

    Raises:
        SourceError: the address is refused, or the repository cannot be reached.
    """
    check_address(address)
    patterns = ["HEAD", "refs/heads/*", "refs/tags/*"]
    text = _run(["ls-remote", "--quiet", "--", address, *patterns], seconds=LOOK_SECONDS).decode(
        "utf-8", "replace"
    )
    refs: dict[str, str] = {}
    for line in text.splitlines()[:MAX_REFS]:
        commit, _, name = line.partition("\t")
        if _HASH.fullmatch(commit) and name:
            refs[name.removesuffix("^{}")] = commit  # the peeled line follows its tag
    if not refs:
        mend = "commit the analysis there, and push it"
        if address.lower().startswith("https:"):  # git takes any page, such as a login, for a list of no refs
            mend += "; if it is not empty, open the address in a browser: it may be that of another page"
        raise SourceError("the repository is empty", where=shown(address), mend=mend)
    return refs


def fetch_commits(address: str, refs: Sequence[str], store: Path) -> list[str]:
    """Fetch refs (or full commit hashes) without history into the bare repository ``store``.

    Returns:
        The commits that were fetched, in the order of the refs.

    Raises:
        SourceError: refused, unreachable, too large, or too slow.
    """
    check_address(address)
    if not (store / "HEAD").is_file():
        store.mkdir(parents=True, exist_ok=True)
        _run(
            ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--", str(store)],
            seconds=30,
        )
    targets = [f"refs/fairport/{number}" for number in range(len(refs))]
    options = [
        "--quiet",
        "--depth=1",
        "--no-tags",
        "--force",
        "--no-recurse-submodules",
        "--no-write-fetch-head",
    ]
    _run(
        ["fetch", *options, "--", address, *map(":".join, zip(refs, targets, strict=True))],
        store=store,
        seconds=FETCH_SECONDS,
        max_file=MAX_PACK_BYTES,
    )
    return [_commit_of(store, target) for target in targets]


def _commit_of(store: Path, target: str) -> str:
    name = f"{target}^{{commit}}"
    commit = _run(["rev-parse", "--verify", "--end-of-options", name], store=store, seconds=30)
    return commit.decode("ascii", "replace").strip()


def commit_time(store: Path, commit: str, latest: str) -> str:
    """Return when a fetched commit was made (RFC 3339, UTC), but no later than ``latest``.

    Raises:
        SourceError: the commit cannot be read.
    """
    text = _run(["show", "-s", "--no-show-signature", "--format=%ct", commit], store=store, seconds=30)
    try:
        made = datetime.fromtimestamp(int(text.split()[-1]), UTC)
    except (ValueError, IndexError, OverflowError, OSError):
        return latest
    return min(made.strftime("%Y-%m-%dT%H:%M:%SZ"), latest)


def list_files(store: Path, commit: str) -> Iterator[TreeFile]:
    """Yield the regular files of a commit; links and submodules are left out.

    Raises:
        SourceError: the tree cannot be read or is too large.
    """
    listing = _run(["ls-tree", "-r", "-z", "-l", "--full-tree", commit], store=store, seconds=120)
    if len(listing) > MAX_LISTING_BYTES:
        raise SourceError("the repository holds too many files")
    for record in listing.split(b"\0"):
        head, _, name = record.partition(b"\t")
        fields = head.split()
        if len(fields) == 4 and fields[0] in {b"100644", b"100755"} and fields[3].isdigit():
            path = name.decode("utf-8", "surrogateescape")
            yield TreeFile(path, fields[2].decode("ascii"), int(fields[3]))


def read_blobs(store: Path, files: Iterable[TreeFile]) -> Iterator[tuple[TreeFile, bytes]]:
    """Yield the contents of files, through one ``git cat-file --batch`` process.

    Raises:
        SourceError: an object is missing or damaged.
    """
    process = subprocess.Popen(
        _command(["cat-file", "--batch"], store),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    try:
        for file in files:
            yield file, _read_blob(process, file)
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.terminate()
        process.wait()


def local_commit(folder: Path) -> str | None:
    """Return the commit checked out in ``folder`` if that is the top of a git work tree, else ``None``.

    Only ``rev-parse`` is called: it runs nothing that the repository configures.
    """
    if not (folder / ".git").exists():
        return None
    try:
        output = _run(["-C", str(folder), "rev-parse", "--verify", "--quiet", "HEAD"], seconds=30)
    except FairportError:
        return None
    commit = output.decode("ascii", "replace").strip()
    return commit if _HASH.fullmatch(commit) else None


def check_address(address: str) -> None:
    """Raise :class:`SourceError` when an address is not one that may be fetched."""
    reason = refusal(address)
    if reason:
        raise SourceError(reason, where=shown(address), mend="use an https, ssh or file address")


def shown(address: str) -> str:
    """Return an address without credentials and places of this machine, shortened, for messages."""
    if address.startswith(("file:", "/")):
        return address.rstrip("/").rpartition("/")[2][:200]
    return without_credentials(address)[:200]


def store_name(address: str) -> str:
    """Return the folder name of the bare store of an address."""
    return hashlib.sha256(address.encode("utf-8", "surrogateescape")).hexdigest()[:20] + ".git"


def _read_blob(process: subprocess.Popen[bytes], file: TreeFile) -> bytes:
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:  # both were asked for
        raise SourceError("git gave no pipe")
    stdin.write(file.blob.encode("ascii") + b"\n")
    stdin.flush()
    header = stdout.readline().split()
    if len(header) != 3 or header[1] != b"blob" or int(header[2]) != file.size:
        raise SourceError("an object of the repository is missing or damaged", where=file.path)
    content = _exactly(stdout, file.size)
    _exactly(stdout, 1)
    return content


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise SourceError("git ended early")
    return data


def _run(
    arguments: list[str], *, seconds: float, store: Path | None = None, max_file: int | None = None
) -> bytes:
    command = _command(arguments, store)
    if max_file is not None:
        # The shell sets the limit of written files for git and its children alone (blocks of 512 bytes).
        command = ["sh", "-c", 'ulimit -f "$0" && exec "$@"', str(max_file // 512), *command]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            start_new_session=True,
        )
    except OSError as error:
        if (told := machine_error(error)) is not None and told.everywhere:
            raise told from error
        raise ToolError("git cannot be started", why=str(error), mend="install git") from None
    try:
        output, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise Unanswered(
            f"the repository did not answer within {seconds:.0f} s",
            mend=COMES_BACK,
        ) from None
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode != 0:
        if store is not None and no_room(errors) and _is_nearly_full(store):
            raise full_disk(str(store))
        what, why, mend = explain(errors if process.returncode > 0 else b"file size limit exceeded")
        raise SourceError(what or "git cannot read the repository", why=why, mend=mend)
    return output


def _is_nearly_full(store: Path) -> bool:
    """Tell whether the disk of a store may really lack room: what git says of it can come from a server."""
    return shutil.disk_usage(store).free < MAX_PACK_BYTES


def _command(arguments: list[str], store: Path | None) -> list[str]:
    place = ["--git-dir", str(store)] if store is not None else []
    return safegit.command(*place, *arguments, settings=_SETTINGS)


def _environment() -> dict[str, str]:
    environment = safegit.personal_environment(keep=_ACCESS) | {
        "GIT_ALLOW_PROTOCOL": ":".join(PROTOCOLS),
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
    }
    environment.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oConnectTimeout=20")
    return environment
