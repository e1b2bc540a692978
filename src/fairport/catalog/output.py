"""Writing the site: only what changed, each file whole, orphans removed by manifest.

A build that is killed leaves every file either old or new, and the next build cleans up after it, since
names are noted before files are written. Files that no build wrote are never touched.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from fairport.contract.errors import UsageError
from fairport.contract.files import sha256_bytes, write_atomic
from fairport.contract.saving import dump_json

MANIFEST: Final = ".fairport-site.json"
JOURNAL: Final = ".fairport-site.journal"
SCRATCH: Final = ".fairport-site.tmp"


class SiteWriter:
    """Writes the files of one build below ``root``.

    Attributes:
        root: folder of the site.
        written: number of files whose content changed.
        unchanged: number of files that were as they should be.
        removed: number of orphans removed by :meth:`finish`.
    """

    def __init__(self, root: Path) -> None:
        """Open the folder.

        Raises:
            UsageError: the folder holds something that no build of Fairport made.
        """
        self.root = root.absolute()
        self.written = self.unchanged = self.removed = 0
        self._files: dict[str, str] = {}
        self._known = _known_files(self.root)
        ours = any((self.root / name).exists() for name in (MANIFEST, JOURNAL))
        if not ours and self.root.is_dir() and any(self.root.iterdir()):
            raise UsageError(
                "the folder is not empty and no site of Fairport",
                where=self.root,
                mend="give an empty folder with --output",
            )
        self.root.mkdir(parents=True, exist_ok=True)
        self._journal = (self.root / JOURNAL).open("a", encoding="utf-8")
        self._scratch = self.root / SCRATCH
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir()

    def put(self, path: str, content: bytes | str) -> None:
        """Write one file, by its path relative to the site.

        Raises:
            ValueError: the path leads out of the site or was written before.
        """
        parts = path.split("/")
        if any(part in {"", ".", ".."} for part in parts) or "\\" in path or path in self._files:
            raise ValueError(f"not a path of the site: {path!r}")
        data = content.encode("utf-8") if isinstance(content, str) else content
        if path not in self._known:
            self._journal.write(json.dumps(path) + "\n")
            self._journal.flush()
        self._files[path] = sha256_bytes(data)
        target = self.root / path
        if target.is_dir():
            raise ValueError(f"there is a folder in the place of {path!r}")
        if target.is_file() and not target.is_symlink() and target.read_bytes() == data:
            self.unchanged += 1
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._scratch / str(self.written)
        temporary.write_bytes(data)
        temporary.replace(target)
        self.written += 1

    def finish(self) -> None:
        """Remove what earlier builds wrote and this one did not, and note what the site holds."""
        orphans = sorted(self._known - self._files.keys())
        for path in orphans:
            target = self.root / path
            target.unlink(missing_ok=True)
            self.removed += 1
            for folder in target.parents:
                if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()
        write_atomic(self.root / MANIFEST, dump_json({"files": self._files}))
        self.close()
        (self.root / JOURNAL).unlink(missing_ok=True)

    def close(self) -> None:
        """Close the journal without finishing; everything written stays known to the next build."""
        self._journal.close()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _known_files(root: Path) -> set[str]:
    """Return what earlier builds wrote, by manifest and, after a killed build, by journal."""
    known: set[str] = set()
    with suppress(OSError, ValueError, KeyError, TypeError):
        known |= set(json.loads((root / MANIFEST).read_text("utf-8"))["files"])
    with suppress(OSError, ValueError):
        lines = (root / JOURNAL).read_text("utf-8").splitlines()
        known |= {json.loads(line) for line in lines if line.endswith('"')}
    return {path for path in known if not path.startswith("/") and ".." not in path.split("/")}
