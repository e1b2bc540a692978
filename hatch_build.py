"""Build hook: puts the data files into the wheel and bundles the released versions of the template.

Two things that configuration alone cannot say:

* The data files (template, schemas, catalogue content, site) lie at the top of the repository and go to
  ``fairport/_data/`` in the wheel. They are listed one by one (git's list where there is a checkout),
  because the template holds names such as ``.gitignore`` and ``outputs/`` that build patterns would drop.
* ``template.bundle`` is a git bundle with one tag per released template version, so that ``fairport new``
  and ``fairport update`` work offline. It is made when the sdist is built (or a wheel straight from a
  checkout) and taken as it is when a wheel is built from the sdist. Its commits hold the template only,
  not the history of this repository. Where the template that is packed is another than the released one of
  its version, ``template-note.txt`` says so.

An editable install needs neither and gets neither.
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
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


def _bundles() -> ModuleType:
    """Load the module about releases by its path: the package is not installed while it is built."""
    path = Path(__file__).resolve().parent / "src" / "fairport" / "scaffold" / "bundles.py"
    spec = importlib.util.spec_from_file_location("fairport_bundles", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bundles = _bundles()


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
        for path in (self._bundle(root), self._note(root)):
            if path is not None:
                include[str(path)] = prefix + path.name
        build_data["force_include"].update(include)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder of the bundle."""
        folder = getattr(self, "_temporary", None)
        if folder is not None:
            folder.cleanup()

    def _folder(self) -> Path:
        if getattr(self, "_temporary", None) is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="fairport-build-")
        return Path(self._temporary.name)

    def _note(self, root: Path) -> Path | None:
        text = bundles.unreleased(root, self.metadata.version, building=True)
        if text is None:
            return None
        note: Path = self._folder() / bundles.NOTE
        note.write_text(f"{text}\n", encoding="utf-8")
        return note

    def _bundle(self, root: Path) -> Path | None:
        if (root / bundles.BUNDLE).is_file():
            return root / bundles.BUNDLE
        made: Path | None = None
        reason = "this is not a git checkout with a committed template"
        try:
            made = bundles.make_bundle(root, self.metadata.version, self._folder())
        except SystemExit as error:
            # pre-commit and CI install straight from a shallow clone; a release is made by way of the sdist.
            if self.target_name != "wheel":
                raise
            reason = str(error)
        if made is None:
            self.app.display_warning(
                f"no {bundles.BUNDLE}: {reason}; `fairport update` of this build needs the network"
            )
        return made


def data_files(root: Path, *, for_wheel: bool) -> list[str]:
    """Return the data files of the tree at ``root`` as sorted relative POSIX paths.

    In a checkout these are the files that git tracks or would track, so that rubbish is left out; elsewhere
    (an unpacked sdist) all files.
    """
    names = _listed_by_git(root) if bundles.is_checkout(root) else _walk(root, DATA)
    names = {name for name in names if (root / name).is_file()}
    if for_wheel:
        names = {name for name in names if not any(fnmatchcase(name, pattern) for pattern in NOT_IN_WHEEL)}
    return sorted(names | set(_walk(root, BUILT)))


def _listed_by_git(root: Path) -> set[str]:
    listing = bundles.git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *DATA)
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
