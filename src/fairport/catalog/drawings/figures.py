"""Figures for download: drawn by matplotlib in processes of their own, kept by the digest of their inputs.

A process of its own, because matplotlib is slow and not made for threads, and because no record may hold up
a build: a figure that takes too long is given up. Run as a program, this module is such a process.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from fairport.catalog.drawings.drawing import MAX_PRINTED
from fairport.catalog.model import ShownPlane, SiteModel
from fairport.catalog.workers import collect_rarely
from fairport.contract.digests import canonical_digest
from fairport.contract.documents import Plane
from fairport.contract.errors import ToolError
from fairport.contract.files import sha256_file
from fairport.contract.structure import unstructure
from fairport.results.licences import strictest
from fairport.results.loaded import LoadedResult
from fairport.results.style import family_of

SUFFIXES: Final = ("svg", "png", "pdf")
SECONDS: Final = 180
_ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class PendingFigure:
    """The figure of a plane in its formats; ``future`` ends when it is drawn, ``None`` if it was already."""

    plane: str
    digest: str
    files: dict[str, Path]
    future: Future[None] | None


class FigureStudio:
    """Draws the figures of a build beside it; use as a context manager.

    A figure whose plane, results and drawing code are unchanged is taken from the cache.
    """

    def __init__(self, cache: Path, *, jobs: int = 2) -> None:
        """Keep figures in ``cache`` and draw at most ``jobs`` at a time."""
        self._cache = cache
        self._used: set[Path] = set()
        self._pool = ThreadPoolExecutor(max_workers=max(1, jobs))
        self._waiting: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> FigureStudio:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        for child in self._waiting:
            child.communicate()  # without a job it ends
        self._waiting = []

    def prepare(self) -> None:
        """Start a process that will be needed: it takes a while until one can draw."""
        if not self._waiting:
            self._waiting.append(_start())

    def prune(self) -> None:
        """Remove figures that no plane of this build needs."""
        for path in self._cache.iterdir() if self._cache.is_dir() else ():
            if path not in self._used:
                path.unlink(missing_ok=True)

    def keep(self, digest: str) -> dict[str, Path]:
        """Return the files of a figure by suffix; this build does not prune them."""
        files = {suffix: self._cache / f"{digest}.{suffix}" for suffix in SUFFIXES}
        self._used.update(files.values())
        return files

    def order(self, model: SiteModel, shown: ShownPlane) -> PendingFigure:
        """Begin to draw the figure of a plane, unless it is in the cache."""
        results = [result.loaded for result in shown.drawn[:MAX_PRINTED]]
        options = {"matplotlib": version("matplotlib"), "rights": "strictest"}
        digest = _digest(shown.plane, results, model.colours, options)
        files = self.keep(digest)
        if all(path.is_file() for path in files.values()):
            return PendingFigure(shown.plane.id, digest, files, None)
        self._cache.mkdir(parents=True, exist_ok=True)
        job = (shown.plane, results, dict(model.colours), files)
        future = self._pool.submit(_draw_elsewhere, *job, self._process)
        return PendingFigure(shown.plane.id, digest, files, future)

    def _process(self) -> subprocess.Popen[bytes]:
        """Return a process that waits for its job."""
        try:
            return self._waiting.pop()
        except IndexError:
            return _start()


def _start() -> subprocess.Popen[bytes]:
    """Start a process that waits for its job, with all it draws with at hand."""
    return subprocess.Popen(
        [sys.executable, "-m", "fairport.catalog.drawings.figures"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **_ONE_THREAD, "PYTHONWARNINGS": "ignore"},
    )


def _draw_elsewhere(
    plane: Plane,
    results: Sequence[LoadedResult],
    colours: Mapping[str, int],
    files: Mapping[str, Path],
    start: Callable[[], subprocess.Popen[bytes]] = _start,
) -> None:
    """Draw in a child process, which gets everything through its standard input."""
    job = pickle.dumps((plane, list(results), dict(colours), dict(files)))
    with start() as worker:
        try:
            _, told = worker.communicate(job, timeout=SECONDS)
        except BaseException as error:
            worker.kill()
            if isinstance(error, subprocess.TimeoutExpired):
                raise ToolError(f"matplotlib took more than {SECONDS} s for {plane.id}") from None
            raise
    if worker.returncode != 0:
        lines = told.decode("utf-8", "replace").strip().splitlines()
        raise ToolError(f"matplotlib failed for {plane.id}", why=(lines or ["no reason was given"])[-1][:300])


def _draw(
    plane: Plane, results: Sequence[LoadedResult], colours: Mapping[str, int], files: Mapping[str, Path]
) -> None:
    from fairport.results.figure.figures import draw_plane, save

    figure = draw_plane(plane, results, colours=colours)
    licence = strictest(result.record.licence for result in results).licence
    rights = f"{licence} (the strictest licence of the results drawn)"
    for path in files.values():
        part = path.with_name(f".{os.getpid()}-{path.name}")
        save(figure, part, title=plane.title, rights=rights)
        part.replace(path)


def _digest(
    plane: Plane, results: list[LoadedResult], colours: Mapping[str, int], options: Mapping[str, Any]
) -> str:
    """Return the digest of everything that decides how results look in a plane."""
    return canonical_digest(
        {
            "plane": unstructure(plane),
            "results": [_identity(result) for result in results],
            "colours": {family_of(result): colours.get(family_of(result)) for result in results},
            "options": dict(options),
            "code": _drawing_code(),
        }
    ).removeprefix("sha256:")


def _identity(result: LoadedResult) -> list[Any]:
    example = result.record.provenance.example
    return [result.id, result.digest, result.experiment, result.collaboration, example]


@cache
def _drawing_code() -> dict[str, str]:
    """Return the digest of each module that takes part in drawing."""
    folder = Path(sys.modules[LoadedResult.__module__].__file__ or "").parent
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in sorted(folder.rglob("*.py"))}


def _serve() -> None:
    """Draw the figure that comes through standard input, if one does."""
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401 - so that drawing begins at once

    collect_rarely()
    job = sys.stdin.buffer.read()
    if job:
        _draw(*pickle.loads(job))  # noqa: S301 - bytes of the parent process, see _draw_elsewhere


if __name__ == "__main__":
    _serve()
