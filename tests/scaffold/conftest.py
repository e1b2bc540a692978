"""The space of answers, read from copier.yml, and each of its cases rendered once."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from fairport.contract.resources import template_root
from fairport.scaffold.questions import load_questions, template_version
from fairport.scaffold.render import render

PERSON = {
    "author_orcid": "0000-0002-1825-0097",
    "author_email": "ada.doe+dm@physics.example.org",
    "affiliation": "CERN",
    "affiliation_ror": "https://ror.org/01ggx4157",
}

# Everything that somebody may answer although there is something to find out about each of them.
HOSTILE = {
    "quotes": 'He said "no" and \'yes\': `ls` \\ "',
    "colon": "a: b - c: # not a comment, {not: a map}, [not a list] & *not an alias",
    "markup": "<script>alert(1)</script> & &amp; </details> <!-- --> ]]> ${{ secrets.X }} $(id) %0A",
    "latex": r"\section{\LaTeX} $\sigma_{SI}$ 10^{-46} ~cm^2 % comment {% if %} {# c #} {{ x",
    "unicode": "Ω 測試 ʻOkina Ångström–Šimić 🎉 עברית العربية ﬁ é",
    "yaml": "- ? | > ! %TAG no: ~ null 010 1e-46 1_000 2026-01-01 0x10 .inf",
    "long": ("200 characters " * 14)[:199] + "x",
    "digit": "7 TeV 010 search",
}


def _factors() -> dict[str, list[dict[str, str]]]:
    """Each factor with its levels; a level is some answers."""
    questions = load_questions()
    factors: dict[str, list[dict[str, str]]] = {
        question.name: [{question.name: value} for value in question.choices.values()]
        for question in questions.values()
        if question.choices and question.name != "kind"
    }
    factors["example"] = [
        {"example": value, "kind": kind}
        for value, condition in questions["example"].conditions.items()
        for kind in questions["kind"].choices.values()
        if not Environment(autoescape=True).from_string(condition).render(kind=kind)
    ]
    factors["person"] = [
        {},
        PERSON,
        {"affiliation": "CERN", "author_email": PERSON["author_email"]},
        {
            "author_orcid": f"https://orcid.org/{PERSON['author_orcid']}",
            "affiliation": PERSON["affiliation"],
            "affiliation_ror": PERSON["affiliation_ror"],
        },
    ]
    factors["maturity"] = [
        {"maturity": "draft"},
        {
            "maturity": "release",
            "author_family_names": "Doe",
            "repository_url": "https://gitlab.example.org/dm/x",
        },
    ]
    factors["empty"] = [{}, {"collaboration": "", "instrument": "", "site": ""}]
    return factors


def _pairwise(factors: dict[str, list[dict[str, str]]]) -> list[dict[str, str]]:
    """Greedy cover: every level of each factor meets every level of each other factor."""
    names = [name for name in factors if len(factors[name]) > 1]
    levels = {name: range(len(factors[name])) for name in names}
    missing = {
        ((a, i), (b, j)) for a, b in itertools.combinations(names, 2) for i in levels[a] for j in levels[b]
    }
    cases = []
    while missing:
        row: dict[str, int] = dict(min(missing))
        for name in names:
            if name not in row:
                row[name] = max(
                    levels[name],
                    key=lambda level: sum(
                        all(row.get(n, level if n == name else None) == i for n, i in pair)
                        for pair in missing
                        if any(n == name and i == level for n, i in pair)
                    ),
                )
        missing -= {pair for pair in missing if all(row[n] == i for n, i in pair)}
        merged = {key: value for name in names for key, value in factors[name][row[name]].items()}
        cases.append(merged)
    return cases


def _cases() -> dict[str, dict[str, str]]:
    cases: dict[str, dict[str, str]] = {
        "defaults": {},
        "no-repository": {"repository_url": "", "forge": "none"},
        "no-repository-on-a-forge": {"repository_url": "", "forge": "gitlab"},
    }
    for number, answers in enumerate(_pairwise(_factors())):
        cases[f"pairs-{number:02}"] = answers
    for name, text in HOSTILE.items():
        cases[f"hostile-{name}"] = {
            "title": text,
            "description": f"{text}, and much more that is written here. {text}",
            "author_given_names": text[:100].strip(),
            "author_family_names": text[-100:].strip(),
            "affiliation": text,
            "experiment": text[:100].strip(),
            "collaboration": text,
            "instrument": text,
            "site": text,
            "access": "restricted access",
            "access_conditions": text,
        }
    return cases


CASES = _cases()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes ``case`` for every case."""
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", sorted(CASES))


@pytest.fixture(scope="session")
def cases() -> dict[str, dict[str, str]]:
    """All cases by name."""
    return CASES


@pytest.fixture(scope="session")
def rendering() -> Callable[[Path, dict[str, Any]], Path]:
    """Return ``render_to(folder, answers)``."""

    def render_to(folder: Path, answers: dict[str, Any]) -> Path:
        root = template_root()
        known = {"kind": "direct", **answers}
        render(folder, known, template=root, version=template_version(root))
        return folder

    return render_to


@pytest.fixture(scope="session")
def tree_of(
    tmp_path_factory: pytest.TempPathFactory, rendering: Callable[[Path, dict[str, Any]], Path]
) -> Callable[[str], Path]:
    """Return ``tree_of(case)``: the folder of that case, rendered once and shared by all test workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    parent = shared / "a space 'and' \"quotes\" é"
    parent.mkdir(exist_ok=True)

    def tree(case: str) -> Path:
        place = parent / case
        if not place.is_dir():
            fresh = rendering(parent / f".{case}-{os.getpid()}", CASES[case])
            with suppress(OSError):  # another worker was faster
                fresh.rename(place)
        return place

    return tree


@pytest.fixture
def tree(case: str, tree_of: Callable[[str], Path]) -> Path:
    """The rendered folder of ``case``; do not change it."""
    return tree_of(case)


@pytest.fixture(scope="session")
def content_of() -> Callable[[Path], dict[str, bytes]]:
    """Return ``content_of(folder)``: every file by its path, and its executable bit."""

    def content(folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if not path.is_dir())
        return {
            f"{path.relative_to(folder)}{' x' if path.stat().st_mode & 0o100 else ''}": path.read_bytes()
            for path in files
            if ".git" not in path.relative_to(folder).parts
        }

    return content
