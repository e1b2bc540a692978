"""Text tables of any kind."""

from __future__ import annotations

import math

import pytest

from fairport.contract.errors import DocumentError
from fairport.interop.formats import text


@pytest.mark.parametrize(
    "content",
    [
        "1 2e-45\n3 4e-45\n",
        "1\t2e-45\n3,4e-45\n",
        "# c\n1, 2e-45\n\n3 ;4e-45,\n",
        "m,s\r\n1,2e-45\r\n3,4d-45\r\n",
    ],
)
def test_delimiters_comments_and_headers(content: str) -> None:
    table = text.read(content, "a.txt")
    assert [column.values for column in table.columns] == [(1.0, 3.0), (2e-45, 4e-45)]


def test_names_lines_and_comments_are_kept() -> None:
    table = text.read("# from arXiv\nmass,limit\n1,2\n\n3,\n", "a.csv")
    assert [column.name for column in table.columns] == ["mass", "limit"]
    assert table.lines == (3, 5)
    assert table.comments == ("from arXiv",)
    assert math.isnan(table.columns[1].values[1])


def test_quoted_header_with_commas() -> None:
    table = text.read('"m [GeV]","limit, 90%"\n1,2\n', "a.csv")
    assert table.columns[1].name == "limit, 90%"


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        ("1 2\n3 x4\n", "a.txt:2:3", "x4"),
        ("1 2\n3 4 5\n", "a.txt:2:1", "3 cells"),
        ("1;2\n1_0;2\n", "a.txt:2:1", "1_0"),
        ("# nothing\n", "a.txt", "no rows"),
        ("a,a\n1,2\n", "a.txt", "two columns"),
        ('1 2\n"' + "a" * 200_000 + '"\n', "a.txt:2:1", "200,002 characters"),
    ],
)
def test_errors_name_the_place(content: str, place: str, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        text.read(content, "a.txt")
    assert str(caught.value.where) == place
    assert said in caught.value.what
