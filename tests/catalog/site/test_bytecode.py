"""Compiled templates: kept between programs, for one user alone, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairport.catalog.site import rendering
from fairport.catalog.site.bytecode import bytecode_cache


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def _render() -> str:
    rendering.environment.cache_clear()
    return rendering.environment().from_string("{{ 1 + 1 }}").render()


@pytest.fixture(autouse=True)
def fresh() -> None:
    rendering.environment.cache_clear()


def test_templates_are_compiled_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendering.environment().get_template("macros.html.jinja")
    kept = list(home.glob("templates-*/*"))
    assert kept
    rendering.environment.cache_clear()
    again = rendering.environment()
    monkeypatch.setattr(again, "_generate", lambda *_, **__: pytest.fail("compiled again"))
    again.get_template("macros.html.jinja")
    rendering.environment.cache_clear()


def test_other_code_compiles_anew(home: Path, tmp_path: Path) -> None:
    module = tmp_path / "code" / "bidi.py"
    module.parent.mkdir()
    for text in ("a = 1", "a = 2"):
        module.write_text(text, "utf-8")
        assert bytecode_cache(module.parent) is not None
    assert len(list(home.glob("templates-*"))) == 2


def test_a_folder_that_others_may_write_to_is_not_used(home: Path, tmp_path: Path) -> None:
    assert bytecode_cache(tmp_path / "none") is not None
    (folder,) = home.glob("templates-*")
    folder.chmod(0o777)
    assert bytecode_cache(tmp_path / "none") is None
    assert _render() == "2"


def test_no_room_does_not_matter(home: Path) -> None:
    home.write_text("a file", "utf-8")
    assert _render() == "2"


def test_a_broken_file_is_compiled_again(home: Path) -> None:
    name = "macros.html.jinja"
    rendering.environment().get_template(name)
    for path in home.glob("templates-*/*"):
        path.write_bytes(path.read_bytes()[:40])
    rendering.environment.cache_clear()
    assert rendering.environment().get_template(name).name == name
    rendering.environment.cache_clear()
