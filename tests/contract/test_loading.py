"""Safe loading: YAML 1.2 values, hostile text, positions."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fairport.contract.errors import DocumentError, Location
from fairport.contract.files import inside, read_bytes, read_text, write_atomic
from fairport.contract.loading import Pointer, load_json, load_yaml, parse_json, parse_yaml

YAML_12 = {
    "1e-46": 1e-46,
    "010": 10,
    "0o17": 15,
    "0x1F": 31,
    "no": "no",
    "yes": "yes",
    "on": "on",
    "1:30": "1:30",
    "1_000": "1_000",
    "2020-01-01": "2020-01-01",
    "08": 8,
    "~": None,
    "": None,
    "null": None,
    "true": True,
    "TRUE": True,
    ".5": 0.5,
    "1.": 1.0,
    "-3E5": -3e5,
    "+12": 12,
    "=": "=",
    "'1'": "1",
}


@pytest.mark.parametrize(("text", "value"), YAML_12.items())
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    loaded = parse_yaml(f"key: {text}\n").data["key"]
    assert loaded == value
    assert type(loaded) is type(value)


def test_merge_keys_are_plain_keys() -> None:
    assert parse_yaml("<<: {a: 1}\nb: 2\n").data == {"<<": {"a": 1}, "b": 2}


def bomb(levels: int = 9) -> str:
    lines = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels)]
    return "\n".join(lines)


HOSTILE = {
    "duplicate key": ("a: 1\nb: 2\na: 3\n", 3, 1, 'duplicate key "a" (first at line 1)'),
    "nested duplicate": ("a:\n  b: 1\n  b: 2\n", 3, 3, 'duplicate key "b"'),
    "tab": ("a:\n\tb: 1\n", 2, 1, "tab"),
    "python object": ("x: !!python/object:os.system {}\n", 1, 4, "tag"),
    "timestamp tag": ("x: !!timestamp 2020-01-01\n", 1, 4, "tag"),
    "number as key": ("1: 2\n", 1, 1, "not text"),
    "list as key": ("? [1]\n: 2\n", 1, 3, "not text"),
    "nan": ("a: .nan\n", 1, 4, "number"),
    "infinity": ("a: -.inf\n", 1, 4, "number"),
    "overflow": ("a: 1e999\n", 1, 4, "too large"),
    "brackets": ("[" * 40_000, 1, 101, "nested"),
    "braces": ("{a: " * 200, 1, 401, "nested"),
    "lists in lists": ("- " * 101 + "x\n", 1, 201, "nested"),
    "lists in mappings": ("".join("  " * i + "- a:\n" for i in range(60)), 51, 101, "nested"),
    "old ends of lines": ("".join(" " * i + "a:\r" for i in range(101)), 101, 101, "nested"),
    "two documents": ("--- 1\n--- 2\n", 2, 1, "more than one"),
    "unknown alias": ("a: *x\n", 1, 4, "anchor"),
    "alias bomb": (bomb(), None, None, "times its size"),
    "recursive alias": ("a: &a\n  b: *a\n", 2, 6, "inside its own value"),
    "control character": ("a: \x01\n", 1, 4, "control character"),
    "long number": ("a: " + "9" * 5000, 1, 4, "too many digits"),
    "unclosed quote": ('a: "b\n', 2, 1, "YAML"),
    "colon in text": ("title: DarkSide: results\n", 1, 16, "mapping values"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_yaml_gives_one_located_error(case: str) -> None:
    text, line, column, words = HOSTILE[case]
    with pytest.raises(DocumentError) as caught:
        parse_yaml(text, "file.yaml")
    where = caught.value.where
    assert isinstance(where, Location)
    assert where.path == "file.yaml"
    if line is not None:
        assert (where.line, where.column) == (line, column)
    assert words in caught.value.what
    assert "\n" not in str(caught.value)


BAD_JSON = {
    "duplicate": ('{"a": 1,\n "a": 2}', 2, 2),
    "nested duplicate": ('{"x": [{"a": 1, "a": 2}]}', 1, 17),
    "trailing comma": ('{"a": 1,}', 1, 8 if sys.version_info >= (3, 13) else 9),  # the comma, or what follows
    "comment": ("{} // no", 1, 4),
    "empty": ("", 1, 1),
}


@pytest.mark.parametrize("case", BAD_JSON)
def test_bad_json_is_located(case: str) -> None:
    text, line, column = BAD_JSON[case]
    with pytest.raises(DocumentError) as caught:
        parse_json(text, "file.json")
    assert isinstance(caught.value.where, Location)
    assert (caught.value.where.line, caught.value.where.column) == (line, column)


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": Infinity}', "[" * 5000, "9" * 5000])
def test_json_that_python_would_take_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        parse_json(text)


DOCUMENT = """\
# comment
title: "x"
authors:
  - name: Ada
    orcid: 'y'
  - {name: Bo, roles: [a, b]}
text: |
  long
"""


@pytest.mark.parametrize(
    ("pointer", "key", "line", "column"),
    [
        (("title",), False, 2, 8),
        (("title",), True, 2, 1),
        (("authors", 0), False, 4, 5),
        (("authors", 0, "orcid"), False, 5, 12),
        (("authors", 1, "roles", 1), False, 6, 27),
        (("authors", 1, "missing"), False, 6, 5),
        (("nothing",), False, 2, 1),
        ((), False, 2, 1),
    ],
)
def test_positions_in_yaml(pointer: Pointer, key: bool, line: int, column: int) -> None:
    where = parse_yaml(DOCUMENT, "f").locate(pointer, key=key)
    assert (where.line, where.column) == (line, column)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
        max_leaves=20,
    )
)
def test_json_positions_point_at_the_values(data: object) -> None:
    import json

    text = json.dumps(data, indent=2, ensure_ascii=False)
    document = parse_json(text)
    assert document.data == data
    lines = text.split("\n")
    for pointer, value in walk(data, ()):
        where = document.locate(pointer)
        assert where.line is not None
        assert where.column is not None
        rest = "\n".join([lines[where.line - 1][where.column - 1 :], *lines[where.line :]])
        assert json.JSONDecoder().raw_decode(rest)[0] == value


def walk(data: object, place: Pointer) -> list[tuple[Pointer, object]]:
    found: list[tuple[Pointer, object]] = [(place, data)]
    if isinstance(data, dict):
        for key, value in data.items():
            found += walk(value, (*place, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            found += walk(value, (*place, index))
    return found


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_yaml, parse_json):
        try:
            document = parse(text)
        except DocumentError:
            continue
        document.locate(("a", 0))


@given(st.dictionaries(st.text(min_size=1, max_size=10), st.text(max_size=20), max_size=5))
def test_quoted_text_of_another_tool_reads_the_same(data: dict[str, str]) -> None:
    text = yaml.safe_dump(data, allow_unicode=False, default_style='"')
    assert parse_yaml(text).data == data


def test_bytes_that_are_not_utf8_are_located(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(DocumentError) as caught:
        load_yaml(path)
    assert str(caught.value.where) == f"{path}:2:4"


def test_nul_is_located(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"a":\n "\0"}')
    with pytest.raises(DocumentError) as caught:
        load_json(path)
    assert str(caught.value.where) == f"{path}:2:3"


def test_a_fifo_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    with pytest.raises(DocumentError, match="not a regular file"):
        read_bytes(path)


def test_device_directory_missing_and_huge_files_are_refused(tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as handle:
        handle.truncate(10_000_000)
    for path in (Path("/dev/zero"), tmp_path, tmp_path / "missing", huge):
        with pytest.raises(DocumentError) as caught:
            read_bytes(path)
        assert caught.value.exit_code == 2


def test_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_text(path) == "a: 1\n"


def test_inside_never_leaves_the_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "link").symlink_to(tmp_path)
    assert inside(root, "sub/file") == root / "sub" / "file"
    assert inside(root, "sub/../x") == root / "x"
    for bad in ("../x", "/etc/passwd", "link/x", "", "a\0b", "sub/../../x"):
        assert inside(root, bad) is None


def test_atomic_write_replaces_and_reports(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    assert write_atomic(path, "a") is True
    before = path.stat().st_mtime_ns
    assert write_atomic(path, "a") is False
    assert path.stat().st_mtime_ns == before
    assert write_atomic(path, b"b") is True
    assert path.read_text() == "b"
    assert [item.name for item in path.parent.iterdir()] == ["file"]


def test_half_a_surrogate_pair_in_json_is_a_user_error() -> None:
    from fairport.contract.loading import parse_json

    assert parse_json('["\\ud83d\\ude00"]').data == ["\N{GRINNING FACE}"]
    for text in ('["\\ud800x"]', '{"\\uDC00": 1}'):
        with pytest.raises(DocumentError, match="not JSON"):
            parse_json(text)
