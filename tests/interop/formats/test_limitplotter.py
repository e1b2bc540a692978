"""XML of the Dark Matter Limit Plotter."""

from __future__ import annotations

import pytest

from fairport.contract.errors import DocumentError, UsageError
from fairport.interop.formats.limitplotter import is_limit, read

LIMIT = """<?xml version="1.0" encoding="UTF-8"?>
<limit>
  <data-comment>a comment</data-comment>
  <data-label>Example 90% limit</data-label>
  <data-reference>&lt;a href="https://arxiv.org/abs/1705.03380v2"&gt;10.1103/PhysRevLett.1&lt;/a&gt;</data-reference>
  <data-values>{[5.0 2e-1;5.5 3.6e-2;
10.0, 4e-3]}</data-values>
  <spin-dependency>SD</spin-dependency>
  <x-rescale>1</x-rescale><x-units>GeV</x-units><y-rescale>1e-36</y-rescale><y-units>cm^2</y-units>
</limit>
"""


def test_points_are_multiplied_by_the_stated_factor() -> None:
    table = read(LIMIT, "a.xml")
    assert is_limit(LIMIT.encode())
    assert [column.unit for column in table.columns] == ["GeV", "cm^2"]
    assert table.columns[0].values == (5.0, 5.5, 10.0)
    assert table.columns[1].values == pytest.approx((2e-37, 3.6e-38, 4e-39))
    assert table.assumptions == ("the values of y are multiplied by 1e-36, as y-rescale says",)
    assert table.lines == (6, 6, 7)
    assert table.stated["title"] == "Example 90% limit"
    assert table.stated["provenance.source.arxiv"] == "1705.03380v2"
    assert table.stated["provenance.source.doi"] == "https://doi.org/10.1103/PhysRevLett.1"
    assert "statistics.cl" not in table.stated


def test_one_of_several_limits_is_chosen_by_its_label() -> None:
    inner = LIMIT.partition("?>")[2].strip()
    both = f"<limits>\n{inner}\n{inner.replace('Example', 'Other').replace('2e-1', '7e-1')}\n</limits>"
    with pytest.raises(UsageError, match="2 limits"):
        read(both, "a.xml")
    other = read(both, "a.xml", label="Other 90% limit")
    assert other.columns[1].values[0] == pytest.approx(7e-37)
    assert other.lines[0] > 12


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("3.6e-2;", "3.6e-2x;", "not a pair"),
        ("5.5 3.6e-2;", "5.5;", "not a pair"),
        ("<y-rescale>1e-36", "<y-rescale>-1", "no positive number"),
        ("</limit>", "", "not XML"),
        ("<limit>", '<!DOCTYPE a [<!ENTITY b "c">]><limit>', "document type"),
        ("{[5.0 2e-1;5.5 3.6e-2;\n10.0, 4e-3]}", "{[]}", "is empty"),
        ("data-values", "data", "no limit"),
    ],
)
def test_broken_files_are_refused_with_their_line(old: str, new: str, words: str) -> None:
    with pytest.raises(DocumentError, match=words) as caught:
        read(LIMIT.replace(old, new), "a.xml")
    assert "a.xml" in str(caught.value.where)
