"""The short way to write YAML gives the bytes of the long one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairport.contract import saving
from fairport.contract.loading import load_document
from fairport.contract.resources import schemas_root
from fairport.contract.saving import dump_yaml

GOOD = sorted((schemas_root() / "examples").glob("*/good/*.*"))

WORDS = (
    "yes|1e5|~|null|2026-11-22|- a|a: b|#|| a|a #b|'|\"|é|0x1f|1_000"
    "|=|<<|*a|&a|!t|%|@|`|[|{|a,b|?|a:|12:30:45|0o7|---"
)
TEXTS = st.text(max_size=20) | st.sampled_from([*WORDS.split("|"), "x" * 200])
SCALARS = TEXTS | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none()
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=25,
)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_documents(path: Path) -> None:
    data = load_document(path).data
    assert dump_yaml(data) == saving._dumped(data)


@given(st.dictionaries(TEXTS, DATA, max_size=5))
@settings(max_examples=100, deadline=None)
def test_any_data(data: dict[str, Any]) -> None:
    assert dump_yaml(data) == saving._dumped(data)


def test_most_documents_take_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    dumped = saving._dumped
    monkeypatch.setattr(saving, "_dumped", lambda data: calls.append(data) or dumped(data))
    data = {"a": 1, "b": [{"c": True, "d": "text"}, "e"], "f": {"g": 1e-45}}
    dump_yaml(data)
    assert data not in calls


@pytest.mark.parametrize("length", [1_000, 100_000, 250_000])
def test_a_very_long_word_is_read_back(tmp_path: Path, length: int) -> None:
    data = {"title": "W" * length, "licences": {"code": "a " + "W" * length, "data": "CC-BY-4.0"}}
    data["authors"] = [{"name": "W" * length, "role": "x"}]
    path = tmp_path / "document.yaml"
    path.write_text(dump_yaml(data), encoding="utf-8")
    assert load_document(path).data == data
