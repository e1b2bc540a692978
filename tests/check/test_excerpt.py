"""The source line with its caret: right place, right width, nothing harmful, nothing secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairport.check.options import Options
from fairport.check.reporters import render, text_report
from fairport.check.reporters.excerpt import excerpt
from fairport.check.session import check_paths
from fairport.contract.finding import Finding

Maker = Callable[..., Path]


def at(line: int, column: int | None, end: int | None = None, *, rule: str = "META004") -> Finding:
    return Finding(
        rule=rule,
        severity="error",
        status="fail",
        path="a.txt",
        message="m",
        docs_url="https://example.org",
        fingerprint="0" * 32,
        line=line,
        column=column,
        end_line=line if end else None,
        end_column=end,
    )


@pytest.mark.parametrize(
    ("line", "column", "end", "text", "offset", "width"),
    [
        ("title: Test", 8, 12, "title: Test", 7, 4),
        ("title: Test", 8, None, "title: Test", 7, 1),
        ("title: Test", 12, 99, "title: Test", 11, 1),
        ("title: Test", 99, None, "title: Test", 11, 1),
        ("\ta: b", 2, 3, "    a: b", 4, 1),
        ("漢字: b", 5, 6, "漢字: b", 6, 1),
        ("e\u0301: b", 5, 6, "e\u0301: b", 3, 1),
        ("a\x1b[31m: b", 2, 3, "a\\x1b[31m: b", 1, 4),
        ("a\u202eb: c", 1, 2, "a\\u202eb: c", 0, 1),
    ],
)
def test_place(
    line: str, column: int, end: int | None, text: str, offset: int, width: int, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text(f"first\n{line}\nlast\n", "utf-8")
    found = excerpt(tmp_path, at(2, column, end), 80)
    assert found is not None
    assert (found.number, found.text, found.offset, found.width) == (2, text, offset, width)


@pytest.mark.parametrize("column", [1, 40, 2000, 4001])
@pytest.mark.parametrize("columns", [20, 33, 80])
def test_long_lines_are_cut_around_the_place(column: int, columns: int, tmp_path: Path) -> None:
    line = "".join(f"{number}," for number in range(900))[:4000]
    (tmp_path / "a.txt").write_text(line + "\n", "utf-8")
    found = excerpt(tmp_path, at(1, column, column + 5), columns)
    assert found is not None
    assert len(found.text) <= columns + 1
    assert found.offset + found.width <= columns + 1
    if column < 4000:
        shown = found.text[found.offset : found.offset + found.width]
        assert line[column - 1 : column + 4] == shown


@pytest.mark.parametrize(
    "line",
    [
        "password: hunter2",
        "url: https://ada:hunter2@example.org",
        "GITHUB_TOKEN=ghp_x",
        "-----BEGIN RSA PRIVATE KEY-----",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKjMzEf",
        "x" * 30_000,
    ],
)
def test_what_may_be_secret_is_not_shown(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(line + "\n", "utf-8")
    assert excerpt(tmp_path, at(1, 1), 80) is None


def test_digests_are_no_secrets(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("sha256: " + "0123456789abcdef" * 4 + "\n", "utf-8")
    assert excerpt(tmp_path, at(1, 9, 73), 100) is not None


def test_files_that_cannot_be_shown(tmp_path: Path) -> None:
    assert excerpt(tmp_path, at(1, 1), 80) is None
    (tmp_path / "a.txt").write_text("one\n", "utf-8")
    assert excerpt(tmp_path, at(7, 1), 80) is None
    assert excerpt(tmp_path, at(1, 1, rule="REPO007"), 80) is None
    (tmp_path / "a.txt").unlink()
    (tmp_path / "a.txt").symlink_to("/etc/passwd")
    excerpt.__globals__["_lines"].cache_clear()
    assert excerpt(tmp_path, at(1, 1), 80) is None


def test_the_report_shows_them(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": "title: Test\n", "config.cfg": "password = hunter2hunter2\n"})
    report = check_paths([root], Options(profile="release", today=date(2026, 11, 22)))
    text = render(report, "text")
    line = next(item.line for item in report.findings if item.rule == "META004")
    assert f"\n{line!s:>6} | title: Test\n       |        ^^^^\n" in text
    assert "hunter2" not in text
    narrow = text_report.render(report, width=40)
    assert all(len(row) <= 45 for row in narrow.splitlines() if row[7:8] == "|")
