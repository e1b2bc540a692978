"""Authors in prose: sections, by-lines, AUTHORS files; and what is no author. The kind of search by words."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairport.scaffold.adopt import experiments, names, packages, people, readme, software
from fairport.scaffold.adopt.model import Found
from fairport.scaffold.adopt.tree import Tree


def authors(root: Path, readme: str = "", **files: str) -> list[str]:
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    found = [
        item
        for item in people.evidence("README.md", readme.splitlines(), Tree(root))
        if isinstance(item, Found) and item.field == "authors"
    ]
    return [
        " ".join(filter(None, (who.get("given_names"), who.get("family_names"), who.get("email"))))
        for who in (found[0].value if found else [])
    ]


@pytest.mark.parametrize(
    "readme",
    [
        "# A fit\n\n## Authors\n\n- Ada Lovelace (Institute)\n- Emmy Noether; emmy at example dot org\n\n"
        "## Usage\n- Run It\n",
        "A fit\n=====\n\nAUTHORS\n-------\n\n* [Ada Lovelace](https://example.org)\n* Emmy Noether, CERN\n\n"
        "Usage\n-----\n* Run It\n",
        "# A fit\n\n## Authors & Contact\n\nThe authors of A-Fit are Ada Lovelace and Emmy Noether.\n",
        "# A fit\n\n**By Ada Lovelace, and Emmy Noether**\n",
        "# A fit\n\n**Authors:** Ada Lovelace, Emmy Noether.\n",
    ],
)
def test_authors_of_a_readme(tmp_path: Path, readme: str) -> None:
    assert authors(tmp_path, readme) == ["Ada Lovelace", "Emmy Noether"]


@pytest.mark.parametrize(
    "readme",
    [
        "# A fit\n\nBy default the fit uses Minuit and Hesse\n",
        "# A fit\n\nby running make, you get the plots\n",
        "# A fit\n\n## Authors\n\n- see the file AUTHORS.md\n- 3 people of CERN\n",
        "# A fit\n\n## Contributors\n\n- Ada Lovelace\n",
    ],
)
def test_no_authors(tmp_path: Path, readme: str) -> None:
    assert authors(tmp_path, readme) == []


def test_an_authors_file_with_one_in_a_line(tmp_path: Path) -> None:
    text = (
        "Authors:\n========\n\nAda Lovelace <ada@example.org>\nEmmy Noether <emmy@example.org>\n\n"
        "Bug reports:\n============\n\nKurt Reporter <kurt@example.org>\n"
    )
    assert authors(tmp_path, AUTHORS=text) == [
        "Ada Lovelace ada@example.org",
        "Emmy Noether emmy@example.org",
    ]


def test_several_authors_of_a_package(tmp_path: Path) -> None:
    text = "setup(\n    author='Ada Lovelace and Emmy Noether',\n    author_email='a@x.org, e@x.org',\n)\n"
    assert authors(tmp_path) == []
    (tmp_path / "setup.py").write_text(text, encoding="utf-8")
    (found,) = packages.evidence(Tree(tmp_path))
    assert isinstance(found, Found)
    assert [(who["family_names"], who["email"]) for who in found.value] == [
        ("Lovelace", "a@x.org"),
        ("Noether", "e@x.org"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "`tool` is a Python tool to study counting experiments.\n\nWhat it does\n------------\n\nText.\n",
        "**tool** is a Python tool to study counting experiments.\n\n## What it does\n",
        "Motivation\n----------\n",
    ],
)
def test_a_heading_below_text_is_no_title(tmp_path: Path, text: str) -> None:
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    assert readme.title(Tree(tmp_path)) is None


def test_a_double_name_with_and_without_its_hyphen_is_one_person() -> None:
    one, two = names.person("Ada Byron-Lovelace"), names.person("Ada Byron Lovelace")
    assert one
    assert two
    assert names.same_person(one, two)
    other = names.person("Ada Byron Love")
    assert other
    assert not names.same_person(two, other)


@pytest.mark.parametrize(
    ("name", "lock"), [("requirements.txt", True), ("docs/requirements.txt", False), ("lib/x/uv.lock", False)]
)
def test_locks_of_docs_and_libraries_are_not_that_of_the_analysis(
    tmp_path: Path, name: str, lock: bool
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("sphinx==1.7.9\n", encoding="utf-8")
    fields = [item.field for item in software.evidence(Tree(tmp_path)) if isinstance(item, Found)]
    assert ("software.lock" in fields) == lock


@pytest.mark.parametrize(
    ("description", "kind"),
    [
        ("Calculates dark matter direct detection rates.", "direct"),
        ("Limits on dark matter from indirect detection.", "indirect"),
        ("Axion limits of a haloscope.", "axion"),
        ("Compares direct detection with LHC limits on dark matter.", None),
        ("A search for the Higgs boson at the LHC.", None),
        (f"Sky maps of galactic emission. {'x' * 300} dark matter annihilation, among others.", None),
    ],
)
def test_the_kind_of_search_by_words(tmp_path: Path, description: str, kind: str | None) -> None:
    found = experiments.evidence(Tree(tmp_path), "A code", "https://example.org/a/b", description, "")
    assert [(item.field, item.value, item.confidence) for item in found if isinstance(item, Found)] == (
        [("search", kind, "guess")] if kind else []
    )
