"""A DID becomes a path that stays below its folder, whatever its owner called it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.contract.errors import RefusedError, UsageError
from fairport.lake import names

HOSTILE = [
    "../x", "a/../../x", "..", "./x", "a/./b", "a\\..\\b", "a\nb", "a\x1b[2Jb", ".git/hooks/post-checkout",
    "x/.GIT/config", ".github/workflows/x.yml", ".fairport/runs", "x/.gitlab-ci.yml", "a/" + "b" * 300, "///", "",  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_refused(name: str) -> None:
    with pytest.raises(RefusedError):
        names.member_path("data/raw", name, "x", did=f"s:{name}")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a.root", "data/raw/a.root"),
        ("/belle/run1/a.root", "data/raw/belle/run1/a.root"),
        ("a//b", "data/raw/a/b"),
        ("etc/passwd", "data/raw/etc/passwd"),
        ("..a/b..", "data/raw/..a/b.."),
    ],
)
def test_layout_is_fixed(name: str, path: str) -> None:
    assert names.member_path("data/raw", name, "x", did="s:n") == path


@given(st.text(max_size=60))
def test_any_name_is_refused_or_stays_below(name: str) -> None:
    try:
        path = names.member_path("data/raw", name, "x", did="s:n")
    except RefusedError:
        return
    parts = path.split("/")
    assert parts[:2] == ["data", "raw"]
    assert len(parts) > 2
    assert not {"", ".", "..", ".git", ".fairport"} & set(parts)


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        (None, "data/raw/run/t.csv"),
        ("data/raw", "data/raw/t.csv"),
        ("data/raw/", "data/raw/t.csv"),
        ("data/acceptance.csv", "data/acceptance.csv"),
        ("data/t.csv", "data/t.csv"),
        ("data/v1.2", "data/v1.2/t.csv"),
    ],
)
def test_destination_of_one_file(destination: str | None, expected: str) -> None:
    assert names.single_path(destination, "x/t.csv", "run", did="s:x/t.csv") == expected


@pytest.mark.parametrize("text", ["x", "x:", ":x", "a b:c", "s:\n", "s:" + "a" * 501])
def test_what_is_no_did(text: str) -> None:
    with pytest.raises(UsageError):
        names.parse_did(text)


def test_name_below_strips_only_the_folder_of_the_dataset() -> None:
    assert names.name_below("/run7/a/b.csv", "run7") == "a/b.csv"
    assert names.name_below("run7/b.csv", "run7") == "b.csv"
    assert names.name_below("run7.root", "run7") == "run7.root"
    assert names.name_below("run71/b.csv", "run7") == "run71/b.csv"


@pytest.mark.parametrize("relative", ["a b.csv", "é.csv", "../x", "a/./b", "x" * 250, "a\n"])
def test_names_that_rucio_would_not_take(relative: str) -> None:
    assert names.upload_name("set", relative) is None


def test_upload_name_round_trip() -> None:
    name = names.upload_name("set-v1", "fig/limit.csv")
    assert name == "/set-v1/fig/limit.csv"
    assert names.name_below(name, "set-v1") == "fig/limit.csv"
