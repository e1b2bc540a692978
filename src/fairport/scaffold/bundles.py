"""Released versions of the template in git: which commits they are, and the bundle that carries them.

``template-releases.toml`` says which commit each released version is, since tags do not travel with every
clone. From it the build makes ``template.bundle``, a git bundle with one commit and one tag per version.

Only the standard library is used and nothing of the package is imported: the build hook reads this file by
its path, before anything is installed.
"""

from __future__ import annotations

import os
import subprocess
import tomllib
from pathlib import Path

BUNDLE = "template.bundle"
RELEASES = "template-releases.toml"
NOTE = "template-note.txt"
"""In a distribution whose template is not exactly the released one of its version: says so in one line."""

TEMPLATE = ("copier.yml", "template")
"""What a commit of the bundle holds: all that Copier reads."""

IDENTITY = {"NAME": "Fairport", "EMAIL": "release@fairport.invalid"}

NOT_YET = "is not released yet"
"""Ends the note of a template whose version has no release so far."""

_SETTINGS = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "core.quotePath=false", "safe.directory=*")


def is_checkout(root: Path) -> bool:
    """Tell whether ``root`` is the top of a git work tree and git is there to ask."""
    try:
        top = git(root, "rev-parse", "--show-toplevel").strip()
    except (OSError, subprocess.CalledProcessError):
        return False
    return Path(top).resolve() == root.resolve()


def released(root: Path) -> dict[str, str]:
    """Return version and commit of each earlier release, oldest first, as the file lists them."""
    path = root / RELEASES
    if not path.is_file():
        return {}
    return parsed(path.read_text(encoding="utf-8"))


def parsed(text: str) -> dict[str, str]:
    """Return version and commit of each release from the text of ``template-releases.toml``.

    Raises:
        ValueError: it is not TOML.
        KeyError: an entry lacks its version or commit.
    """
    entries = tomllib.loads(text).get("release", [])
    return {str(entry["version"]): str(entry["commit"]) for entry in entries}


def exists(root: Path, revision: str) -> bool:
    """Tell whether the repository at ``root`` holds an object."""
    try:
        git(root, "cat-file", "-e", revision)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def unreleased(root: Path, version: str, *, building: bool = False) -> str | None:
    """Say in what the template at ``root`` is not the released one of ``version``.

    Args:
        root: top of a checkout, or a folder of distributed data files.
        version: the version that the template says it is.
        building: a distribution is being built, and its HEAD is the release if no earlier one is listed.

    Returns:
        One clause, or ``None`` when it is that release or nobody can tell.
    """
    if not is_checkout(root):
        note = root / NOTE
        return note.read_text(encoding="utf-8").strip() if note.is_file() else None
    releases = released(root)
    commit = releases.get(version)
    if commit is None and not building:
        return f"template {version} {NOT_YET}"
    if commit is None or not exists(root, f"{commit}^{{tree}}"):
        commit = "HEAD" if commit is None else None
    if commit is None or not _differs(root, commit):
        return None
    return f"the template has changed since {version} was released"


def make_bundle(root: Path, version: str, folder: Path) -> Path | None:
    """Write the bundle into ``folder`` and return it, or ``None`` when the tree has no committed template.

    Each release of ``template-releases.toml`` and the version being built (from HEAD) become a commit with
    the template's files and the tag ``v<version>``; the newest is HEAD. Equal input gives equal commits.

    Raises:
        SystemExit: a released commit is missing, as in a shallow clone.
    """
    if not is_checkout(root) or not exists(root, "HEAD:copier.yml"):
        return None
    releases = released(root)
    if version not in releases:
        releases[version] = git(root, "rev-parse", "HEAD").strip()
    store = folder / "store.git"
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(store))
    objects = git(root, "rev-parse", "--path-format=absolute", "--git-path", "objects").strip()
    (store / "objects" / "info" / "alternates").write_text(objects + "\n", encoding="utf-8")
    parent: str | None = None
    for name, commit in releases.items():
        if not exists(root, f"{commit}^{{tree}}"):
            raise SystemExit(
                f"template {name}: commit {commit} is missing; run: git fetch --unshallow --tags"
            )
        parent = _template_commit(store, name, commit, parent)
        git(store, "update-ref", f"refs/tags/v{name}", parent)
    git(store, "update-ref", "refs/heads/main", str(parent))
    bundle = folder / BUNDLE
    git(store, "-c", "pack.threads=1", "bundle", "create", "--quiet", str(bundle), "--all")
    return bundle


def git(folder: Path, *arguments: str, stdin: str = "", variables: dict[str, str] | None = None) -> str:
    """Run git in ``folder`` and return what it wrote.

    Raises:
        OSError: git is not there.
        subprocess.CalledProcessError: it failed.
    """
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    options = [part for setting in _SETTINGS for part in ("-c", setting)]
    done = subprocess.run(
        ["git", "--literal-pathspecs", *options, *arguments],
        cwd=folder,
        env=clean | {"LC_ALL": "C.UTF-8"} | (variables or {}),
        input=stdin,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=True,
    )
    return done.stdout


def _template_commit(store: Path, version: str, commit: str, parent: str | None) -> str:
    listing = git(store, "ls-tree", "-z", commit, "--", *TEMPLATE)
    tree = git(store, "mktree", "-z", stdin=listing).strip()
    date = git(store, "show", "-s", "--format=%ct +0000", commit).strip()
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in IDENTITY.items()}
    when = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    parents = ["-p", parent] if parent else []
    message = f"Fairport template {version}"
    return git(store, "commit-tree", tree, *parents, "-m", message, variables=who | when).strip()


def _differs(root: Path, commit: str) -> bool:
    """Tell whether the template in the work tree is another than that of a commit."""
    changed = git(root, "diff", "--no-ext-diff", "--name-only", commit, "--", *TEMPLATE)
    return bool(
        changed or git(root, "ls-files", "--others", "--exclude-standard", "--directory", "--", *TEMPLATE)
    )
