"""What changed between two catalogues: added, changed, renamed, withdrawn, removed, and why."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.catalog.conftest import NOW, write_result

from fairport.catalog.harvest.differences import (
    Change,
    Item,
    compare,
    counts,
    gone_reasons,
    items_of_harvest,
    published,
)
from fairport.catalog.registry import load_catalogue
from fairport.catalog.site.build import build
from fairport.catalog.state import EntryState, ResultState
from fairport.contract.loading import load_yaml
from fairport.contract.saving import dump_yaml

LATER = NOW + timedelta(days=1)


def _item(name: str, **changes: Any) -> Item:
    about = {"title": name, "version": "1", "status": "published", "digest": "sha256:1", "plane": "dd.si"}
    return Item(name, **{**about, **changes})


def _of(*items: Item) -> dict[str, Item]:
    return {item.id: item for item in items}


def _told(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(change.kind, change.id, change.words) for change in changes]


def test_a_new_name_is_no_loss() -> None:
    before = _of(_item("toy/a"), _item("toy/b"))
    after = _of(_item("toy/b"), _item("toy/c", version="2", former_ids=("toy/a",)))
    changes = compare(before, after)
    assert _told(changes) == [("renamed", "toy/c", "was toy/a; version 1 to 2")]
    assert counts(changes) == "1 renamed"


def test_only_one_takes_over_a_name_and_only_a_free_one() -> None:
    before = _of(_item("toy/a"), _item("toy/b"))
    heirs = [_item(f"toy/{name}", former_ids=("toy/a", "toy/b")) for name in ("x", "y")]
    assert [change.kind for change in compare(before, _of(_item("toy/b"), *heirs))] == ["added", "renamed"]
    assert [change.kind for change in compare(before, _of(*before.values(), *heirs))] == ["added", "added"]


def test_what_is_gone_is_told_with_its_reason() -> None:
    changes = compare(_of(_item("toy/a"), _item("toy/b")), {}, {"toy/a": "withdrawn by its authors"})
    assert [change.words for change in changes] == [
        "was version 1; withdrawn by its authors",
        "was version 1",
    ]


def test_withheld_numbers_are_a_reason(tmp_path: Path) -> None:
    results = (ResultState("results/si/result.yaml", "withheld", id="si"),)
    state = EntryState("toy", "ok", "2026-11-22T00:00:00Z", "k", withheld="under embargo", results=results)
    assert gone_reasons(tmp_path, [state]) == {"toy/si": "under embargo"}


def test_a_harvest_tells_renamed_and_removed_results_apart(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository("toy", results={"a": {}, "b": {}, "c": {}}))
    run_harvest()
    build(catalogue, docs=False)
    tree = make_repository("toy", results={"b": {}})
    for name in ("a", "c"):
        for path in (tree / "results" / name).iterdir():
            path.unlink()
    write_result(tree / "results" / "new", {"id": "new", "former_ids": ["toy/a"]})
    run_harvest(now=LATER)
    loaded = load_catalogue(catalogue)
    gone = gone_reasons(catalogue, ())
    changes = compare(published(loaded, None), items_of_harvest(loaded, date(2026, 11, 23)), gone)
    assert [(change.kind, change.id) for change in changes] == [("renamed", "toy/new"), ("removed", "toy/c")]
    assert changes[0].words == "was toy/a"
    assert changes[1].words.startswith("was version 1; ")


def test_a_renamed_entry_renames_its_results(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository("toy"))
    run_harvest()
    build(catalogue, docs=False)
    make_repository("toy", analysis={"id": "better"})
    old = catalogue / "experiments" / "toy.yaml"
    entry = {**load_yaml(old).data, "id": "better", "former_ids": ["toy"]}
    (catalogue / "experiments" / "better.yaml").write_text(dump_yaml(entry), "utf-8")
    old.unlink()
    run_harvest(now=LATER)
    loaded = load_catalogue(catalogue)
    changes = compare(published(loaded, None), items_of_harvest(loaded, date(2026, 11, 23)))
    assert _told(changes) == [("renamed", "better/si", "was toy/si")]
