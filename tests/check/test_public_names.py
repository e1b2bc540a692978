"""The Python API: public names, lazy, and the examples of its page."""

from __future__ import annotations

import doctest
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import fairport

PAGE = Path(__file__).parents[2] / "site" / "docs" / "reference" / "python.md"


def test_every_public_name_is_there() -> None:
    for name in fairport.__all__:
        assert getattr(fairport, name) is not None
        assert name in dir(fairport)
    with pytest.raises(AttributeError, match="no attribute"):
        fairport.nothing  # noqa: B018 - the access is what is tested


def test_check_is_a_function_whatever_was_imported_before(make_repository: Callable[..., Path]) -> None:
    root = make_repository()
    import fairport.check.rules
    from fairport.check import check

    assert fairport.check(root).exit_code() == check(root).exit_code() == 0  # type: ignore[operator]


def test_import_is_light() -> None:
    heavy = "numpy astropy matplotlib jsonschema yaml click rich fairport.check fairport.results"
    code = f"import sys, fairport; print([name for name in {heavy.split()!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_examples_of_the_page(make_repository: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repository(name="my-analysis")
    record = root / "fairport.yaml"
    text = record.read_text("utf-8").replace(
        "https://doi.org/10.5281/zenodo.1234567", '"doi:10.5281/zenodo.1234567"'
    )
    record.write_text(text.replace("https://example.org/toy/", "https://github.com/toy-collab/"), "utf-8")
    subprocess.run([sys.executable, "-m", "fairport", "sync", str(root)], check=True, capture_output=True)
    monkeypatch.chdir(root.parent)
    outcome = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert outcome.attempted >= 10
    assert outcome.failed == 0
