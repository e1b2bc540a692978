"""The released versions of a template, wherever they come from, and their files.

For Fairport's own template they come from this installation: the git bundle of a wheel, or the history of a
checkout with ``template-releases.toml``; so an update needs no network. For any other template its address is
cloned and its tags are the versions.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from fairport.contract.constants import TEMPLATE_URL
from fairport.contract.errors import ConfigurationError, ToolError, UsageError
from fairport.contract.resources import template_root
from fairport.interop import safegit
from fairport.scaffold import bundles
from fairport.scaffold.render import KIND_FOLDER

if TYPE_CHECKING:
    from packaging.version import Version

_PROTOCOLS: Final = ("protocol.allow=never", *(f"protocol.{name}.allow=always" for name in ("https", "ssh")))
_LOCAL: Final = ("protocol.file.allow=always",)
_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Releases:
    """Versions of one template.

    Attributes:
        repository: git repository that holds their commits.
        commits: version to commit, oldest first.
        missing: versions that are listed, but whose commits are not there.
        source: public address, recorded in repositories that are made from it.
        working: version being released from the work tree of a checkout, if any: its files are those of the
            folder ``repository``.
        bare: versions whose tag has no ``v`` before it.
        note: what the developer of a checkout should know when there is nothing newer.
    """

    repository: Path
    commits: Mapping[str, str]
    missing: tuple[str, ...] = ()
    source: str = TEMPLATE_URL
    working: str | None = None
    bare: frozenset[str] = frozenset()
    note: str | None = None

    @property
    def versions(self) -> tuple[str, ...]:
        """All versions that can be had, oldest first."""
        return (*self.commits, *((self.working,) if self.working else ()))

    def export(self, version: str, folder: Path, *, kind: str | None = None) -> Path:
        """Write the template of a version into an empty folder, byte by byte as it was committed.

        Args:
            version: one of :attr:`versions`, or the name of a commit.
            folder: where to write; it is made when missing.
            kind: kind of analysis; the folders of other kinds are left out.

        Raises:
            ToolError: git failed.
            ConfigurationError: the template holds a path that leads outside.
        """
        folder.mkdir(parents=True, exist_ok=True)
        commit = self.commits.get(version, version)
        if version == self.working and version not in self.commits:
            _copy_work_tree(self.repository, folder, kind)
        else:
            _export_commit(self.repository, commit, folder, kind)
        return folder


def version_key(text: str) -> Version:
    """Return the PEP 440 version that a text such as ``v1.2.0`` or ``1.2.0-3-gabc1234`` names, for ordering.

    Raises:
        ValueError: it names none.
    """
    from packaging.version import Version

    described = re.fullmatch(r"(?P<tag>.+)-\d+-g[0-9a-f]{4,40}", text)
    return Version((described["tag"] if described else text).removeprefix("v"))


def is_own(source: str) -> bool:
    """Tell whether an address is that of Fairport's own template, however it is spelled."""
    return _normal(source) == _normal(TEMPLATE_URL)


@contextmanager
def open_releases(source: str) -> Iterator[Releases]:
    """Give the releases of the template at an address.

    Args:
        source: address recorded in a repository.

    Raises:
        ConfigurationError: this installation knows no releases, or the address cannot be used.
        ToolError: git is missing or failed.
    """
    if is_own(source):
        with _own() as releases:
            yield releases
        return
    with TemporaryDirectory(prefix="fairport-template-") as folder:
        yield _cloned(source, Path(folder) / "template.git")


@contextmanager
def _own() -> Iterator[Releases]:
    root = template_root()
    bundle = root / bundles.BUNDLE
    if bundle.is_file():
        with TemporaryDirectory(prefix="fairport-template-") as folder:
            store = Path(folder) / "template.git"
            _git(Path(folder), "clone", "--quiet", "--bare", "--", str(bundle), str(store), settings=_LOCAL)
            yield Releases(store, _tags(store))
    elif bundles.is_checkout(root):
        yield _checkout(root)
    else:
        raise ConfigurationError(
            "this installation of Fairport carries no released versions of the template",
            where=root,
            why="it was built outside git",
            mend="install Fairport from its wheel, or from a clone with its whole history",
        )


def _checkout(root: Path) -> Releases:
    from fairport.scaffold.questions import template_version

    listed = bundles.released(root)
    there = {
        version: commit for version, commit in listed.items() if bundles.exists(root, f"{commit}^{{tree}}")
    }
    current = template_version(root)
    changed = bundles.unreleased(root, current) if current in listed else None
    return Releases(
        root,
        there,
        note=f"{changed}: raise fairport_version in copier.yml to offer it" if changed else None,
        missing=tuple(version for version in listed if version not in there),
        working=None if current in listed else current,
    )


def _cloned(source: str, store: Path) -> Releases:
    if source.startswith("-") or re.match(r"[\w.+-]+::", source):
        raise ConfigurationError("this address of a template is refused", where=source)
    address = _address(source)
    local = Path(address).is_absolute()
    settings = (*_PROTOCOLS, *(_LOCAL if local else ()))
    try:
        _git(store.parent, "clone", "--quiet", "--bare", "--", address, str(store), settings=settings)
    except ToolError as error:
        raise ConfigurationError(
            "the template cannot be reached",
            where=_without_password(source),
            why=_without_password(error.why or ""),
            mend="correct _src_path in .copier-answers.yml, or try again with network",
        ) from None
    tags = _tags(store) or _listed(store)
    if not tags:
        raise ConfigurationError(
            "the template has no released version",
            where=_without_password(source),
            why="it has no tag such as v1.0.0",
            mend="ask its owners to tag a release",
        )
    names = _git(store, "tag", "--list").split()
    return Releases(store, tags, source=source, bare=frozenset(tags).intersection(names))


def _listed(store: Path) -> dict[str, str]:
    """Return the releases that the newest commit lists in a file, since tags do not always travel."""
    try:
        text = _git(store, "show", f"HEAD:{bundles.RELEASES}")
    except ToolError:
        return {}
    try:
        listed = bundles.parsed(text)
    except (ValueError, KeyError, TypeError):
        return {}
    return {
        version: commit for version, commit in listed.items() if bundles.exists(store, f"{commit}^{{tree}}")
    }


def _tags(store: Path) -> dict[str, str]:
    """Return version to commit, oldest first; tags that are no versions are left out."""
    lines = _git(store, "for-each-ref", "--format=%(refname:strip=2) %(objectname)", "refs/tags").splitlines()
    found = {}
    for line in lines:
        name, _, commit = line.partition(" ")
        try:
            found[str(version_key(name)) if name.startswith("v") else name] = (version_key(name), commit)
        except ValueError:
            continue
    return {name: commit for name, (_, commit) in sorted(found.items(), key=lambda item: item[1][0])}


def _export_commit(repository: Path, commit: str, folder: Path, kind: str | None) -> None:
    listing = _git_bytes(repository, "ls-tree", "-r", "-z", "--full-tree", commit)
    entries = []
    for line in listing.split(b"\0"):
        if not line:
            continue
        description, _, name = line.partition(b"\t")
        mode, _, blob = description.decode("ascii").split(" ")
        path = os.fsdecode(name)
        if mode in ("100644", "100755") and _wanted(path, kind):
            entries.append((mode, blob, path))
    contents = _blobs(repository, [blob for _, blob, _ in entries])
    for (mode, _, path), content in zip(entries, contents, strict=True):
        if not _is_harmless(path):
            raise ConfigurationError("the template holds a path that leads outside", where=path)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o755 if mode == "100755" else 0o644)


def _blobs(repository: Path, names: list[str]) -> Iterator[bytes]:
    output = _git_bytes(repository, "cat-file", "--batch", stdin="".join(f"{n}\n" for n in names).encode())
    position = 0
    for _ in names:
        end = output.index(b"\n", position)
        size = int(output[position:end].rsplit(b" ", 1)[1])
        yield output[end + 1 : end + 1 + size]
        position = end + 1 + size + 1


def _copy_work_tree(root: Path, folder: Path, kind: str | None) -> None:
    import shutil

    names = bundles.git(
        root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *bundles.TEMPLATE
    )
    for name in sorted(set(names.split("\0")) - {""}):
        if (root / name).is_file() and _wanted(name, kind):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, folder / name)


def _wanted(path: str, kind: str | None) -> bool:
    kinds = (KIND_FOLDER.fullmatch(part) for part in PurePosixPath(path).parts)
    return not kind or not any(match and match[1] != kind for match in kinds)


def _is_harmless(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return not path.startswith("/") and ".." not in parts and ".git" not in parts


def _git(folder: Path, *arguments: str, settings: tuple[str, ...] = ()) -> str:
    return _git_bytes(folder, *arguments, settings=settings).decode("utf-8", "replace")


def _git_bytes(folder: Path, *arguments: str, stdin: bytes = b"", settings: tuple[str, ...] = ()) -> bytes:
    keep = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO")
    try:
        done = subprocess.run(
            safegit.command(*arguments, settings=(*settings, *safegit.ANY_OWNER)),
            cwd=folder,
            env=safegit.personal_environment(keep),
            input=stdin,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise ToolError("git is not installed", mend="install git") from None
    except subprocess.TimeoutExpired:
        raise ToolError(
            f"git {arguments[0]} did not end within {_SECONDS:.0f} s", where=str(folder)
        ) from None
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"code {done.returncode}"]
        raise ToolError(f"git {arguments[0]} failed", where=str(folder), why=reason[-1])
    return done.stdout


def _address(source: str) -> str:
    """Return the git address behind Copier's short forms."""
    for short, host in (("gh:", "github.com"), ("gl:", "gitlab.com")):
        if source.startswith(short):
            return f"https://{host}/{source.removeprefix(short).removesuffix('.git')}.git"
    text = source.removeprefix("git+")
    return str(Path(text).expanduser()) if text.startswith(("~", "/")) else text


def _normal(source: str) -> str:
    text = _without_password(_address(source)).lower().rstrip("/").removesuffix(".git")
    text = re.sub(r"^git@([^:/]+):", r"https://\1/", text)
    return re.sub(r"^(?:git|http|ssh)://", "https://", text)


def _without_password(text: str) -> str:
    return re.sub(r"(//)[^/@\s]*@", r"\1", text)


def latest(releases: Releases, wanted: str | None) -> str:
    """Return the version to update to.

    Args:
        releases: what there is.
        wanted: version that the user names, with or without ``v``; ``None`` takes the newest final release.

    Raises:
        UsageError: there is no such version.
    """
    if wanted is None:
        final = [version for version in releases.versions if not version_key(version).is_prerelease]
        return (final or list(releases.versions))[-1]
    for version in releases.versions:
        try:
            if version_key(version) == version_key(wanted):
                return version
        except ValueError:
            break
    if wanted.removeprefix("v") in releases.missing:
        raise missing_history(wanted)
    raise UsageError(
        f"there is no template {wanted}", where="--to", mend=f"choose one of: {', '.join(releases.versions)}"
    )


def missing_history(version: str) -> ConfigurationError:
    """Return the error for a release whose commit this checkout lacks."""
    return ConfigurationError(
        f"the files of template {version.removeprefix('v')} are not in this checkout of Fairport",
        where=template_root(),
        why="it is a shallow clone",
        mend="run there: git fetch --unshallow --tags",
    )
