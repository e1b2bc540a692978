"""A repository whose every value is somebody's own: addresses and DOI of the base one are examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from fairport.check.assess import assess
from fairport.check.assess.model import Assessment, Judgement

_BASE = Path(__file__).parents[1] / "base"


@pytest.fixture
def own(make_repository: Callable[..., Path]) -> Callable[..., Path]:
    """Return a maker of complete repositories; ``replace`` changes texts in files, ``files`` whole files."""

    def make(
        replace: Mapping[str, tuple[str, str]] = {}, files: Mapping[str, str | None] = {}, name: str = "own"
    ) -> Path:
        changed: dict[str, str | None] = {}
        for path in ("fairport.yaml", "results/si/result.yaml"):
            text = (_BASE / path).read_text("utf-8")
            text = text.replace("https://example.org/toy/", "https://github.com/toy-collab/")
            changed[path] = text.replace("zenodo.1234567", "zenodo.8123456")
        for path, (old, new) in replace.items():
            text = changed.get(path) or (_BASE / path).read_text("utf-8")
            assert old in text
            changed[path] = text.replace(old, new)
        root = make_repository({**changed, **files}, name=name)
        for path, content in changed.items():
            if path not in files and content is not None:
                (root / path).write_text(content, "utf-8")
        return root

    return make


@pytest.fixture
def assessed() -> Callable[..., Assessment]:
    """Return a function that assesses a folder, always on the same day."""

    def run(root: Path, profile: str | None = None) -> Assessment:
        return assess(root, profile, date(2026, 11, 22))

    return run


@pytest.fixture
def by_id() -> Callable[[Assessment], dict[str, Judgement]]:
    """Return judgements by identifier, those of software with ``RS:`` in front."""

    def sort(assessment: Assessment) -> dict[str, Judgement]:
        tests = [test for metric in assessment.fuji for test in metric.tests]
        found = {item.criterion.id: item for item in (*assessment.rda, *tests)}
        return found | {f"RS:{item.criterion.id}": item for item in assessment.fair4rs}

    return sort


@pytest.fixture
def judged(
    own: Callable[..., Path],
    assessed: Callable[..., Assessment],
    by_id: Callable[[Assessment], dict[str, Judgement]],
) -> Callable[..., dict[str, Judgement]]:
    """Assess a changed repository."""
    return lambda *changes, **rest: by_id(assessed(own(*changes, **rest)))
