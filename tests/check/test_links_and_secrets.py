"""LINK001 and REPO007 on what public repositories hold: pages of sites, footnotes, open services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairport.check.options import Options
from fairport.check.session import check_paths

Maker = Callable[..., Path]


def found(root: Path, rule: str) -> list[tuple[str, int | None]]:
    report = check_paths([root], Options(select=(rule,), today=date(2026, 11, 22)))
    return [(item.path, item.line) for item in report.findings if item.status == "fail"]


PAGE = "# Notes\n\nSee [a](guide), [b](guide/), [c](guide.html) and [d](part/).\n"


@pytest.mark.parametrize("setting", ["pages/_config.yml", "mkdocs.yml"])
def test_addresses_of_pages(setting: str, make_repository: Maker) -> None:
    files = {"pages/notes.md": PAGE, "pages/guide.md": "# Guide\n", "pages/part/index.md": "# Part\n"}
    assert found(make_repository({**files, setting: "title: A\n"}), "LINK001") == []


def test_addresses_of_pages_need_a_generator(make_repository: Maker) -> None:
    files = {"pages/notes.md": PAGE, "pages/guide.md": "# Guide\n", "pages/part/index.md": "# Part\n"}
    found_ = found(make_repository({**files, "other/_config.yml": "title: A\n"}), "LINK001")
    assert found_ == [("pages/notes.md", 3)] * 3


def test_pages_that_nothing_makes(make_repository: Maker) -> None:
    files = {"pages/notes.md": "# Notes\n\n[a](gide/)\n", "pages/_config.yml": "title: A\n"}
    assert found(make_repository(files), "LINK001") == [("pages/notes.md", 3)]


def test_footnotes_are_no_links(make_repository: Maker) -> None:
    text = "# Notes\n\n## Method\n\nA limit.[^1] A [table][t].\n\n"
    text += "[^1]: Clark, K., Vendt, B. (2013).\n[t]: missing.csv\n"
    assert found(make_repository({"docs/notes.md": text}), "LINK001") == [("docs/notes.md", 8)]


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ('BROKER = "amqp://guest:guest@localhost:5672/"', 0),
        ('BROKER = "amqp://guest:guest@127.0.0.1:5672/"', 0),
        ('BROKER = "amqp://guest:guest@broker.uni.edu:5672/"', 1),
        ('BROKER = "amqp://ada:Tr0ub4dor3@localhost:5672/"', 1),
        ('with FTP(url, user="anonymous", passwd="data@sunpy.org") as ftp:', 0),
        ('with FTP(url, user="ada", passwd="Tr0ub4dor&3") as ftp:', 1),
    ],
)
def test_open_services(line: str, count: int, make_repository: Maker) -> None:
    assert len(found(make_repository({"tools/settings.py": f"{line}\n"}), "REPO007")) == count
