"""What is remembered of releases is what their files say, and never more than that."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from fairport.catalog.registry import Catalogue, init_catalogue, load_catalogue
from fairport.catalog.site import knownreleases
from fairport.catalog.site.knownreleases import known_releases
from fairport.catalog.site.release import Release, ReleasedPlane, ReleasedResult, release_file, releases
from fairport.contract.errors import DocumentError
from fairport.contract.saving import dump_json
from fairport.contract.structure import unstructure

RESULT = ReleasedResult(
    "xenon/si",
    "A limit é",
    "1",
    "published",
    "limit",
    "dd.si",
    "CC0-1.0",
    "sha256:" + "a" * 64,
    ("doi:10.1000/1",),
    ("xenon/old",),
    {"figure.svg": "b" * 64},
)


def write(catalogue: Catalogue, version: str, time: str, *results: ReleasedResult) -> Path:
    release = Release(
        version,
        time,
        time,
        "Catalogue",
        "CC0-1.0",
        "0.2.0",
        "A note",
        results,
        (ReleasedPlane("dd.si", "SI"),),
    )
    path = release_file(catalogue.root, version)
    path.parent.mkdir(exist_ok=True)
    path.write_text(dump_json({"release_format": 1, **unstructure(release)}), "utf-8")
    return path


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    init_catalogue(tmp_path / "catalogue", title="Catalogue")
    return load_catalogue(tmp_path / "catalogue")


def bare(release: Release) -> Release:
    return replace(release, planes=(), results=tuple(replace(item, files={}) for item in release.results))


def test_releases_are_known_without_their_files_newest_first(catalogue: Catalogue) -> None:
    write(
        catalogue, "b", "2026-01-01T00:00:00Z", RESULT, replace(RESULT, id="xenon/sd", cite=(), former_ids=())
    )
    write(catalogue, "a", "2026-02-01T00:00:00Z")
    expected = [bare(release) for release in releases(catalogue)]
    assert [release.version for release in expected] == ["a", "b"]
    assert known_releases(catalogue) == expected
    assert known_releases(catalogue) == expected


def test_what_is_remembered_is_not_read_again(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    write(catalogue, "a", "2026-02-01T00:00:00Z", RESULT)
    expected = known_releases(catalogue)
    monkeypatch.setattr(knownreleases, "read_release", None)
    assert known_releases(catalogue) == expected


def test_a_release_that_is_another_now_is_read_again(catalogue: Catalogue) -> None:
    write(catalogue, "a", "2026-02-01T00:00:00Z", RESULT)
    known_releases(catalogue)
    write(catalogue, "a", "2026-02-01T00:00:00Z", replace(RESULT, title="Another"))
    assert known_releases(catalogue)[0].results[0].title == "Another"


def test_a_release_that_became_unreadable_is_told(catalogue: Catalogue) -> None:
    path = write(catalogue, "a", "2026-02-01T00:00:00Z", RESULT)
    known_releases(catalogue)
    path.write_text("{", "utf-8")
    with pytest.raises(DocumentError):
        known_releases(catalogue)
    path.unlink()
    path.mkdir()
    with pytest.raises(DocumentError):
        known_releases(catalogue)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"format": 1}', "results", "about"])
def test_a_damaged_memory_is_replaced(catalogue: Catalogue, damage: str) -> None:
    write(catalogue, "a", "2026-02-01T00:00:00Z", RESULT)
    expected = known_releases(catalogue)
    memory = next((catalogue.cache_root / "releases").iterdir())
    whole = memory.read_text("utf-8")
    memory.write_text(json.dumps(json.loads(whole) | {damage: [1]}) if damage.isalpha() else damage, "utf-8")
    assert known_releases(catalogue) == expected
    assert memory.read_text("utf-8") == whole


def test_what_is_gone_is_forgotten(catalogue: Catalogue) -> None:
    path = write(catalogue, "a", "2026-02-01T00:00:00Z", RESULT)
    known_releases(catalogue)
    path.unlink()
    assert known_releases(catalogue) == []
    assert list((catalogue.cache_root / "releases").iterdir()) == []
