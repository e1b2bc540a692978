"""Titles and descriptions: what READMEs of many habits say of an analysis, and what they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairport.scaffold.adopt import prose, readme
from fairport.scaffold.adopt.tree import Tree


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Tool\n\nA tool that sets limits on dark matter from gamma rays of dwarfs.\n", "A tool that sets"),
        (
            "# Tool\n\nThis is under construction! Please mail me if you spot errors or missing limits.\n",
            None,
        ),
        (
            "# Tool\n\nThe files in which the code is written are\n- a.py\n\nThese are not for users.\n",
            None,
        ),
        (
            "# Tool\n\n[![b](x.svg)](y)\n\n## Install\n\nRun the installer and set the paths as you wish.\n",
            None,
        ),
        (
            "# Tool\n\n## Files\n\n1. **a.ipynb**: it reproduces the search with published acceptances.\n",
            "a.ipynb: it reproduces",
        ),
        (
            "# T\n## A\n\n## B\n\n## C\n\n## D\n\nFiles of the envelopes of the best limits at all masses.\n",
            None,
        ),
        ("Tool\n====\n\n.. image:: x\n   :alt: a long description of a picture, with limits and all\n", None),
    ],
)
def test_description(text: str, expected: str | None) -> None:
    found = list(prose.description("README.md", text.splitlines()))
    if expected is None:
        assert found == []
    else:
        assert found[0].value.startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[![b](x.svg)](y)\n\n# A search for axions\n", ("A search for axions", 3)),
        ('<h1 align="center">A search for axions</h1>\n', ("A search for axions", 1)),
        ("We put forward several techniques for inference.\n\n## How to install\n", None),
        ("## Table of contents\n\n# A search for axions\n", ("A search for axions", 3)),
        ("A search for axions\n===================\n", ("A search for axions", 1)),
    ],
)
def test_title(tmp_path: Path, text: str, expected: tuple[str, int] | None) -> None:
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    assert readme.title(Tree(tmp_path)) == expected
