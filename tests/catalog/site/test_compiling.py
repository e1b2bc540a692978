"""Pages made in processes: the same bytes as without them, and no process started twice."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fairport.catalog.drawings import drawing, figures
from fairport.catalog.model import ShownPlane
from fairport.catalog.pages import samefigures
from fairport.catalog.site import compiling, planejob
from fairport.catalog.site.build import build
from fairport.catalog.site.compiling import Outcome
from fairport.catalog.site.planejob import PlaneJob
from fairport.catalog.workers import Crew
from fairport.contract.errors import ToolError

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def harvested(make_repository, register, run_harvest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two analyses of two results each; matplotlib draws nothing."""

    def draw(plane: Any, results: Any, colours: Any, files: dict[str, Path], start: Any) -> None:
        for suffix, path in files.items():
            path.write_text(f"{suffix} of {plane.id}")

    monkeypatch.setattr(figures, "_draw_elsewhere", draw)
    for name in ("first", "second"):
        register(make_repository(name, results={"si": {}, "sdp": {"plane": "dd.sdp"}}))
    run_harvest()


def tree(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_processes_make_the_same_bytes_and_stay_for_planes_and_analyses(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tree(build(catalogue, docs=False, today=TODAY, jobs=1, output=tmp_path / "alone").root)
    started = []
    start = Crew._start

    def counted(crew: Crew[Any, Any]) -> Any:
        started.append(crew)
        return start(crew)

    monkeypatch.setattr(Crew, "_start", counted)
    monkeypatch.setattr(compiling, "ALONE", 0)
    together = tree(build(catalogue, docs=False, today=TODAY, jobs=2, output=tmp_path / "together").root)
    assert together == alone
    assert len(started) == 2


def test_a_process_needs_little_of_the_results_beyond_those_on_the_page_of_a_plane(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first(shown: ShownPlane, _: int = 0) -> ShownPlane:
        return ShownPlane(shown.plane, shown.results[:1])

    monkeypatch.setattr(ShownPlane, "first", first)
    monkeypatch.setattr(samefigures, "MAX_COMPARED", 1)
    monkeypatch.setattr(drawing, "MAX_THUMBNAIL_CURVES", 1)
    monkeypatch.setattr(planejob, "WHOLE", 1)
    alone = tree(build(catalogue, docs=False, today=TODAY, jobs=1, output=tmp_path / "alone").root)
    made, light = compiling._plane, []

    def packed(bench: Any, job: PlaneJob) -> Outcome:
        job = pickle.loads(pickle.dumps(job))
        light.append([bool(result.card.title) for result in job.shown.results])
        return made(bench, job)

    monkeypatch.setattr(compiling, "_plane", packed)
    site = build(catalogue, docs=False, today=TODAY, jobs=1, clean=True, output=tmp_path / "again").root
    assert light == [[True, False], [True, False]]
    assert tree(site) == alone


def test_processes_end_with_a_build_that_fails(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crews: list[Crew[Any, Any]] = []
    start = Crew._start

    def noted(crew: Crew[Any, Any]) -> Any:
        crews.append(crew)
        return start(crew)

    def fails(*_: Any) -> None:
        raise ToolError("nothing today")

    monkeypatch.setattr(Crew, "_start", noted)
    monkeypatch.setattr(compiling, "ALONE", 0)
    monkeypatch.setattr("fairport.catalog.site.overall.Overall.begin", fails)
    with pytest.raises(ToolError, match="nothing today"):
        build(catalogue, docs=False, today=TODAY, jobs=2, output=tmp_path / "site")
    assert crews
    assert all(child.poll() is not None for crew in crews for child in crew._children)
