"""Build hook: puts the data files into the wheel and bundles the released versions of the template.

Two things that configuration alone cannot say:

* The data files (template, schemas, catalogue content, site) lie at the top of the repository and go to
  ``fairport/_data/`` in the wheel. They are listed one by one (git's list where there is a checkout),
  because the template holds names such as ``.gitignore`` and ``outputs/`` that build patterns would drop.
* ``template.bundle`` is a git bundle with one tag per released template version, so that ``fairport new``
  and ``fairport update`` work offline. It is made when the sdist is built (or a wheel straight from a
  checkout) and taken as it is when a wheel is built from the sdist. Its commits hold the template only,
  not the history of this repository.

An editable install needs neither and gets neither.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = (
    "template",
    "copier.yml",
    "hooks",
    "cookiecutter.json",
    "{{cookiecutter.slug}}",
    "schemas",
    "catalog",
    "site",
    "template-releases.toml",
)
"""Top-level files and folders that travel in the wheel, if they are there."""

BUILT = ("site/frontend/dist",)
"""Folders below them that git ignores and that travel nevertheless."""

NOT_IN_WHEEL = ("schemas/*/examples/bad/*", "site/frontend/*")
"""Patterns of data files that only developers need (what is in BUILT travels nevertheless)."""

SKIPPED_FOLDERS = {".git", ".venv", "__pycache__", "node_modules"}
BUNDLE = "template.bundle"
RELEASES = "template-releases.toml"
TEMPLATE = ("copier.yml", "template")
"""What a commit of the bundle holds: all that Copier reads."""

IDENTITY = {"NAME": "Fairport", "EMAIL": "release@fairport.invalid"}


class FairportBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """The hook that hatchling runs before it collects files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the data files and the bundle to a wheel, the bundle and hidden data files to an sdist."""
        if version == "editable":
            return
        root = Path(self.root)
        wheel = self.target_name == "wheel"
        prefix = "fairport/_data/" if wheel else ""
        include = {name: prefix + name for name in data_files(root, for_wheel=wheel)}
        bundle = self._bundle(root)
        if bundle is not None:
            include[str(bundle)] = prefix + BUNDLE
        build_data["force_include"].update(include)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder of the bundle."""
        folder = getattr(self, "_folder", None)
        if folder is not None:
            folder.cleanup()

    def _bundle(self, root: Path) -> Path | None:
        if (root / BUNDLE).is_file():
            return root / BUNDLE
        self._folder = tempfile.TemporaryDirectory(prefix="fairport-bundle-")
        made = make_bundle(root, self.metadata.version, Path(self._folder.name))
        if made is None:
            self.app.display_warning(
                f"no {BUNDLE}: this is not a git checkout with a committed template, so `fairport new` and "
                "`fairport update` of this build need the network"
            )
        return made


def data_files(root: Path, *, for_wheel: bool) -> list[str]:
    """Return the data files of the tree at ``root`` as sorted relative POSIX paths.

    In a checkout these are the files that git tracks or would track, so that rubbish is left out; elsewhere
    (an unpacked sdist) all files.
    """
    names = _listed_by_git(root) if is_checkout(root) else _walk(root, DATA)
    names = {name for name in names if (root / name).is_file()}
    if for_wheel:
        names = {name for name in names if not any(fnmatchcase(name, pattern) for pattern in NOT_IN_WHEEL)}
    return sorted(names | set(_walk(root, BUILT)))


def is_checkout(root: Path) -> bool:
    """Tell whether ``root`` is the top of a git work tree and git is there to ask."""
    try:
        top = _git(root, "rev-parse", "--show-toplevel").strip()
    except (OSError, subprocess.CalledProcessError):
        return False
    return Path(top).resolve() == root.resolve()


def make_bundle(root: Path, version: str, folder: Path) -> Path | None:
    """Write the bundle into ``folder`` and return it, or ``None`` when the tree has no committed template.

    Each release of ``template-releases.toml`` and the version being built (from HEAD) become a commit with
    the template's files and the tag ``v<version>``; the newest is HEAD. Equal input gives equal commits.

    Raises:
        SystemExit: a released commit is missing, as in a shallow clone.
    """
    if not is_checkout(root) or not _exists(root, "HEAD:copier.yml"):
        return None
    releases = released(root)
    if version not in releases:
        releases[version] = _git(root, "rev-parse", "HEAD").strip()
    store = folder / "store.git"
    _git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(store))
    objects = _git(root, "rev-parse", "--path-format=absolute", "--git-path", "objects").strip()
    (store / "objects" / "info" / "alternates").write_text(objects + "\n", encoding="utf-8")
    parent: str | None = None
    for name, commit in releases.items():
        if not _exists(root, f"{commit}^{{tree}}"):
            raise SystemExit(
                f"template {name}: commit {commit} is missing; run: git fetch --unshallow --tags"
            )
        parent = _template_commit(store, name, commit, parent)
        _git(store, "update-ref", f"refs/tags/v{name}", parent)
    _git(store, "update-ref", "refs/heads/main", str(parent))
    bundle = folder / BUNDLE
    _git(store, "-c", "pack.threads=1", "bundle", "create", "--quiet", str(bundle), "--all")
    return bundle


def released(root: Path) -> dict[str, str]:
    """Return version and commit of each earlier release, oldest first, as the file lists them."""
    path = root / RELEASES
    if not path.is_file():
        return {}
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("release", [])
    return {str(entry["version"]): str(entry["commit"]) for entry in entries}


def _template_commit(store: Path, version: str, commit: str, parent: str | None) -> str:
    listing = _git(store, "ls-tree", "-z", commit, "--", *TEMPLATE)
    tree = _git(store, "mktree", "-z", stdin=listing).strip()
    date = _git(store, "show", "-s", "--format=%ct +0000", commit).strip()
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in IDENTITY.items()}
    when = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    parents = ["-p", parent] if parent else []
    message = f"Fairport template {version}"
    return _git(store, "commit-tree", tree, *parents, "-m", message, variables=who | when).strip()


def _listed_by_git(root: Path) -> set[str]:
    listing = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *DATA)
    return {name for name in listing.split("\0") if name}


def _walk(root: Path, tops: tuple[str, ...]) -> set[str]:
    found = set()
    for top in tops:
        if (root / top).is_file():
            found.add(top)
        for folder, folders, names in os.walk(root / top):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
            found.update((Path(folder) / name).relative_to(root).as_posix() for name in names)
    return found


def _exists(root: Path, revision: str) -> bool:
    try:
        _git(root, "cat-file", "-e", revision)
    except subprocess.CalledProcessError:
        return False
    return True


def _git(folder: Path, *arguments: str, stdin: str = "", variables: dict[str, str] | None = None) -> str:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(
        ["git", "--literal-pathspecs", *arguments],
        cwd=folder,
        env=clean | (variables or {}),
        input=stdin,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=True,
    )
    return done.stdout
