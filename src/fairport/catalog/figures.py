"""Figures for download, drawn by matplotlib in processes of their own and kept by the digest of their inputs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from fairport.catalog.model import ShownPlane, SiteModel
from fairport.contract.digests import canonical_digest
from fairport.contract.files import sha256_file
from fairport.contract.structure import unstructure
from fairport.results.loaded import LoadedResult

SUFFIXES: Final = ("svg", "png", "pdf")
_ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class PendingFigure:
    """A figure that is being drawn, or is already there."""

    plane: str
    files: dict[str, Path]
    future: Future[None] | None


class FigureStudio:
    """Draws the figures of a build beside it; use as a context manager.

    A figure whose plane, results and drawing code are unchanged is taken from the cache.
    """

    def __init__(self, cache: Path, *, jobs: int = 2) -> None:
        self._cache = cache
        self._jobs = max(1, jobs)
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> FigureStudio:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def order(self, model: SiteModel, shown: ShownPlane) -> PendingFigure:
        """Begin to draw the figure of a plane, unless it is in the cache."""
        digest = figure_digest(model, shown)
        files = {suffix: self._cache / f"{digest}.{suffix}" for suffix in SUFFIXES}
        if all(path.is_file() for path in files.values()):
            return PendingFigure(shown.plane.id, files, None)
        results = [result.loaded for result in shown.drawn]
        future = self._workers().submit(_draw, shown.plane, results, dict(model.colours), files)
        return PendingFigure(shown.plane.id, files, future)

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._cache.mkdir(parents=True, exist_ok=True)
            self._pool = ProcessPoolExecutor(
                max_workers=self._jobs, mp_context=get_context("spawn"), initializer=_one_thread
            )
        return self._pool


def figure_digest(model: SiteModel, shown: ShownPlane) -> str:
    """Return the digest of everything that decides how the figure of a plane looks."""
    results = Path(sys.modules[LoadedResult.__module__].__file__ or "").parent
    return canonical_digest(
        {
            "plane": unstructure(shown.plane),
            "results": [
                [result.id, result.digest, result.kind, result.loaded.experiment] for result in shown.drawn
            ],
            "colours": model.colours,
            "code": {path.name: sha256_file(path) for path in sorted(results.glob("*.py"))},
            "matplotlib": version("matplotlib"),
        }
    ).removeprefix("sha256:")[:32]


def _draw(
    plane: object, results: Sequence[LoadedResult], colours: dict[str, int], files: dict[str, Path]
) -> None:
    from fairport.results.figures import draw_plane, save

    figure = draw_plane(plane, results, colours=colours)  # type: ignore[arg-type]
    for path in files.values():
        part = path.with_name(f".{os.getpid()}-{path.name}")
        save(figure, part)
        part.replace(path)


def _one_thread() -> None:
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
