"""CSV with TOML metadata, and its repair."""

from __future__ import annotations

import pytest

from fairport.contract.errors import DocumentError
from fairport.interop.formats import text, tomlmeta

META = r'''
[default_values]
units_independent_variable = "GeV/c^2"
units_dependent_variable = "cm^2"
header = ["wimp_mass", "upper_limit"]
scaling = 1.0
["A_2020"]
scaling = 1e-36
provenance = "curvetrace"
reference = """@article{A:2020abc,
  doi = "10.1/x", eprint = "2001.00001",
  title = "BAD"}"""
["B"]
header = ["wimp_mass", "sensitivity_median"]
'''


def broken() -> str:
    return META.replace("BAD", r"1.5{\,}Tonne{\textperiodcentered}Year")


def test_values_defaults_scaling_and_citation() -> None:
    metadata = tomlmeta.read_metadata(META, "m.toml")
    table = tomlmeta.apply(text.read("1,2\n", "A_2020.csv"), "A_2020", metadata)
    assert table.columns[0].values == (1.0,)
    assert table.columns[1].values == (2e-36,)
    assert [column.role for column in table.columns] == ["x", "y"]
    assert table.columns[0].unit == "GeV/c^2"
    assert table.stated["provenance.origin"] == "digitised"
    assert table.stated["provenance.source.doi"] == "https://doi.org/10.1/x"
    assert table.stated["provenance.source.texkey"] == "A:2020abc"
    assert "values multiplied by 1e-36, as m.toml says" in table.assumptions


def test_sensitivity_alone_is_an_expected_limit() -> None:
    metadata = tomlmeta.read_metadata(META, "m.toml")
    table = tomlmeta.apply(text.read("1,2\n", "B.csv"), "B", metadata)
    assert table.columns[1].role == "y"
    assert table.stated["statistics.role"] == "expected"


def test_broken_metadata_is_placed_and_repaired_only_on_request() -> None:
    with pytest.raises(DocumentError) as caught:
        tomlmeta.read_metadata(broken(), "m.toml")
    assert str(caught.value.where).startswith("m.toml:12:")
    assert r"1.5{\\,}Tonne{\\textperiodcentered}" in str(caught.value.mend)
    assert "--repair" in str(caught.value.mend)
    repaired = tomlmeta.read_metadata(broken(), "m.toml", repair=True)
    assert r"{\,}Tonne{\textperiodcentered}" in repaired.entries["A_2020"]["reference"]
    assert list(repaired.repairs) == ["A_2020"]


def test_what_no_repair_mends_is_refused_with_its_place() -> None:
    with pytest.raises(DocumentError) as caught:
        tomlmeta.read_metadata("a = 1\nb = = 2\n", "m.toml", repair=True)
    assert str(caught.value.where).startswith("m.toml:2:")


def test_other_number_of_columns_and_unknown_files() -> None:
    metadata = tomlmeta.read_metadata(META, "m.toml")
    table = text.read("1,2,3\n", "B.csv")
    with pytest.raises(DocumentError, match="names 2 columns, the table has 3"):
        tomlmeta.apply(table, "B", metadata)
    with pytest.raises(DocumentError, match="no table for"):
        tomlmeta.apply(table, "C", metadata)
    assert tomlmeta.apply(table, "B", metadata, own_columns=True).columns == table.columns
