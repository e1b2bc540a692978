"""The registry: a folder of small files."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from fairport.catalog.registry import (
    add_entry,
    distinct_slug,
    find_catalogue,
    init_catalogue,
    load_catalogue,
    remove_entry,
    slugify,
)
from fairport.contract.errors import ConfigurationError, UsageError
from fairport.contract.resources import catalog_root


def test_init_makes_a_catalogue_that_loads(tmp_path: Path) -> None:
    root = init_catalogue(tmp_path / "mine", title="Mine", url="https://example.org/mine")
    loaded = load_catalogue(root)
    assert (loaded.config.title, loaded.config.url, loaded.config.front_plane) == (
        "Mine", "https://example.org/mine", "dd.si",
    )  # fmt: skip
    assert loaded.config.show == ("collaboration",)
    assert (root / ".gitignore").read_text().splitlines()[1:] == ["/.cache/", "/harvest/", "/site/"]


def test_init_never_overwrites(tmp_path: Path) -> None:
    init_catalogue(tmp_path)
    with pytest.raises(UsageError, match="already"):
        init_catalogue(tmp_path)


def test_add_takes_the_id_of_the_record_and_a_path_that_moves_along(catalogue, make_repository) -> None:
    path = add_entry(catalogue, str(make_repository("my-search")))
    assert path.name == "my-search.yaml"
    (entry,) = load_catalogue(catalogue).entries
    assert entry.repository.path == "../repositories/my-search"
    assert load_catalogue(catalogue).local_path(entry) == catalogue.parent / "repositories" / "my-search"


def test_add_takes_urls_and_makes_an_id_of_them(catalogue: Path) -> None:
    add_entry(catalogue, "https://github.com/PaoloSalomone/DarkSide50_High_Mass_Recast.git")
    (entry,) = load_catalogue(catalogue).entries
    assert entry.id == "darkside50-high-mass-recast"
    assert entry.repository.url == "https://github.com/PaoloSalomone/DarkSide50_High_Mass_Recast.git"


def test_add_refuses_what_it_cannot_register(catalogue, make_repository) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        add_entry(catalogue, "nowhere")
    with pytest.raises(UsageError, match="not an id"):
        add_entry(catalogue, str(make_repository()), entry_id="../escape")
    add_entry(catalogue, str(make_repository()))
    with pytest.raises(UsageError, match="already"):
        add_entry(catalogue, str(make_repository()))


def test_remove_takes_the_file_away(catalogue, make_repository) -> None:
    path = add_entry(catalogue, str(make_repository()))
    assert remove_entry(catalogue, "toy") == path
    assert load_catalogue(catalogue).entries == ()
    with pytest.raises(UsageError, match="no entry"):
        remove_entry(catalogue, "toy")


def test_a_broken_entry_is_set_aside(catalogue, make_repository) -> None:
    add_entry(catalogue, str(make_repository("good")))
    (catalogue / "experiments" / "Bad One.yaml").write_text("id: [\n")
    (catalogue / "experiments" / "twin.yaml").write_text(
        (catalogue / "experiments" / "good.yaml").read_text()
    )
    loaded = load_catalogue(catalogue)
    assert [entry.id for entry in loaded.entries] == ["good"]
    assert [(entry.id, entry.path) for entry in loaded.broken] == [
        ("bad-one", "experiments/Bad One.yaml"), ("twin", "experiments/twin.yaml"),
    ]  # fmt: skip
    assert "two entries" in loaded.broken[1].reason


def test_find_looks_here_and_in_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=r"catalog\.yaml"):
        find_catalogue(None)
    init_catalogue(tmp_path / "catalog")
    assert find_catalogue(None) == tmp_path / "catalog"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("MLFermiLATDwarfs", "mlfermilatdwarfs"),
        ("Ärger & Co.", "arger-co"),
        ("///", "entry"),
        ("x" * 99, "x" * 80),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_the_packaged_catalogue_lists_the_public_analyses() -> None:
    loaded = load_catalogue(catalog_root())
    assert loaded.broken == ()
    assert len(loaded.entries) == 7
    assert {entry.status for entry in loaded.entries} == {"community"}
    assert all((entry.repository.url or "").startswith("https://github.com/") for entry in loaded.entries)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("XENON-1T", "xenon 1t", True),
        ("Xénon", "Xenon", True),
        ("暗物质", "שלום", False),
        ("α-exp", "β-exp", False),
        ("long " * 30 + "one", "long " * 30 + "two", False),
    ],
)
def test_slugs_of_different_names_differ(one: str, other: str, same: bool) -> None:
    slugs = {distinct_slug(one), distinct_slug(other)}
    assert (len(slugs) == 1) is same
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?", slug) for slug in slugs)


def test_broken_entries_with_any_name_are_told_apart(catalogue: Path, run_harvest: Any) -> None:
    names = [b"\xd7\xa9.yaml", "数据.yaml".encode(), b"bytes\xff.yaml", b"bytes\xfe.yaml"]
    for name in names:
        (catalogue / "experiments" / os.fsdecode(name)).write_text("not: [valid", "utf-8")
    states = run_harvest().states
    assert [state.state for state in states] == ["failed"] * 4
    assert len({state.id for state in states}) == 4
    assert all((state.reason or "").encode() for state in states)
