"""Versions, migrations, tables, saving and digests."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.contract.digests import canonical_digest, canonical_json, files_digest
from fairport.contract.documents import load_analysis, load_valid
from fairport.contract.errors import DocumentError, UnsupportedVersionError
from fairport.contract.loading import load_yaml, parse_yaml
from fairport.contract.migrations import migrate
from fairport.contract.resources import schemas_root
from fairport.contract.saving import dump_yaml, edited_yaml
from fairport.contract.schemas import validate
from fairport.contract.tables import format_table, parse_table, read_table

ANALYSIS = schemas_root() / "examples" / "analysis" / "good"


def minimal() -> dict[str, Any]:
    data: dict[str, Any] = load_yaml(ANALYSIS / "minimal.yaml").data
    return data


def test_a_preview_record_is_migrated_on_load() -> None:
    old = load_yaml(ANALYSIS / "preview-0.9.yaml").data
    analysis = load_analysis(ANALYSIS / "preview-0.9.yaml")
    assert old["license"] == "MIT"
    assert (analysis.licences.code, analysis.licences.data) == ("MIT", "MIT")
    assert analysis.authors[0].family_names == "Doe"
    assert analysis.access.level == "open access"
    assert (analysis.workflow.type, analysis.workflow.file) == ("cwl", "workflow/main.cwl")
    assert "license" in old, "migrating does not change the data it reads"


def test_a_newer_major_version_is_refused_with_what_reads_it() -> None:
    with pytest.raises(UnsupportedVersionError) as caught:
        migrate("analysis", {"schema_version": "2.3"}, "fairport.yaml")
    assert "2.3" in caught.value.what
    assert caught.value.mend
    assert "2.0" in caught.value.mend


def test_an_old_version_without_migration_is_refused() -> None:
    with pytest.raises(UnsupportedVersionError, match="no migration"):
        migrate("plane", {"schema_version": "0.1"}, "plane.yaml")


def test_unknown_keys_of_a_newer_minor_are_notes() -> None:
    data = {**minimal(), "future": 1}
    (problem,) = validate("analysis", data)
    assert problem.severity == "error"
    (problem,) = validate("analysis", {**data, "schema_version": "1.7"})
    assert problem.severity == "note"
    assert problem.subject == "future"


def test_a_newer_minor_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "fairport.yaml"
    text = (ANALYSIS / "minimal.yaml").read_text("utf-8").replace('"1.0"', '"1.9"')
    path.write_text(text + "future: {a: 1}\n", "utf-8")
    assert load_analysis(path).id == "axion-search"


@pytest.mark.parametrize("data", [None, [], "text", 3, {}])
def test_documents_that_are_no_mapping_are_refused(data: object) -> None:
    assert all(problem.severity == "error" for problem in validate("analysis", data))
    assert validate("analysis", data)


def test_each_missing_field_is_one_problem_at_the_document() -> None:
    data = minimal()
    for key in data:
        rest = {name: value for name, value in data.items() if name != key}
        (problem,) = validate("analysis", rest)
        assert (problem.keyword, problem.subject, problem.pointer) == ("required", key, ())


def test_each_wrong_type_is_one_problem_at_the_field() -> None:
    data = minimal()
    for key, value in data.items():
        wrong: object = 7 if isinstance(value, (dict, list, str)) else "text"
        (problem,) = validate("analysis", {**data, key: wrong})
        assert problem.pointer == (key,)
        assert problem.keyword in {"type", "enum"}


def test_hostile_documents_are_worded_within_bounds() -> None:
    data = minimal() | {f"key{number}": number for number in range(100_000)}
    problems = validate("analysis", data)
    assert 1 <= len(problems) <= 500


def test_load_valid_counts_further_problems(tmp_path: Path) -> None:
    path = tmp_path / "fairport.yaml"
    path.write_text('schema_version: "1.0"\nid: a\n', "utf-8")
    with pytest.raises(DocumentError) as caught:
        load_valid("analysis", path)
    assert caught.value.mend
    assert "more problems" in caught.value.mend


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=20))
def test_tables_read_back_to_the_same_doubles(rows: list[tuple[float, float]]) -> None:
    columns = {"x": [row[0] for row in rows], "y": [row[1] for row in rows]}
    table = parse_table(format_table(columns))
    assert table.rows == len(rows)
    assert table.columns == columns


def test_an_empty_cell_is_missing() -> None:
    table = parse_table("a,b\n1,\n,2\n")
    assert math.isnan(table.columns["b"][0])
    assert math.isnan(table.columns["a"][1])
    assert format_table(table.columns) == "a,b\n1.0,\n,2.0\n"


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("", "t.csv:1:1", "empty"),
        ("a,a\n1,2\n", "t.csv:1:3", "twice"),
        ("a,\n1,2\n", "t.csv:1:3", "no name"),
        ("a,b\n1,2\n3\n", "t.csv:3:1", "1 cells"),
        ("a,b\n1,2\n3,x\n", "t.csv:3:3", '"x" in row 2'),
        ("a,b\n1,1_0\n", "t.csv:2:3", "not a number"),
        ('a,b\n1,"2\n', "t.csv:2:1", "not CSV"),
    ],
)
def test_bad_tables_are_located(text: str, where: str, words: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_table(text, "t.csv")
    assert str(caught.value.where) == where
    assert words in caught.value.what


def test_gzip_bombs_and_false_gzip_are_refused(tmp_path: Path) -> None:
    import gzip

    bomb = tmp_path / "bomb.csv.gz"
    bomb.write_bytes(gzip.compress(b"a\n" + b"1\n" * 1_000_000))
    with pytest.raises(DocumentError, match="larger than"):
        read_table(bomb, limit=100_000)
    fake = tmp_path / "fake.csv.gz"
    fake.write_bytes(b"a\n1\n")
    with pytest.raises(DocumentError, match="not gzip"):
        read_table(fake)


def test_edits_keep_comments_and_order() -> None:
    text = "# top\nb: 1  # one\na:\n  - x: 'y'   # quoted\n\n# end\n"
    changed = edited_yaml(text, [(("b",), 2), (("a", 0, "x"), "z"), (("new", "deep"), "1e-46")])
    assert "# top" in changed
    assert "b: 2  # one" in changed
    assert "# end" in changed
    assert parse_yaml(changed).data == {"b": 2, "a": [{"x": "z"}], "new": {"deep": "1e-46"}}
    assert changed.index("b:") < changed.index("a:")
    assert edited_yaml(changed, [(("b",), 2)]) == changed


def test_an_edit_that_leads_nowhere_is_refused() -> None:
    for pointer in [("a", "b"), ("list", 9), ()]:
        with pytest.raises(DocumentError):
            edited_yaml("a: 1\nlist: [1]\n", [(pointer, 1)])


plain = st.recursive(
    st.booleans() | st.integers(-(10**9), 10**9) | finite | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1, max_size=8), plain, max_size=5))
def test_written_yaml_reads_back(data: dict[str, Any]) -> None:
    assert parse_yaml(dump_yaml(data)).data == data


@pytest.mark.parametrize(
    "text", ["1e-46", "no", "2020-01-01", "010", "1:30", "", " a ", "~", "a: b", "#x", "1.0"]
)
def test_texts_that_yaml_1_1_misreads_are_quoted(text: str) -> None:
    import yaml

    assert yaml.safe_load(dump_yaml({"key": text}))["key"] == text


@given(finite)
def test_numbers_read_back_by_every_version_of_yaml(value: float) -> None:
    import yaml

    text = dump_yaml({"key": value})
    assert parse_yaml(text).data["key"] == value
    assert yaml.safe_load(text)["key"] == value


def test_digests_do_not_depend_on_order() -> None:
    assert canonical_digest({"a": 1, "b": [1.5, "é"]}) == canonical_digest({"b": [1.5, "é"], "a": 1})
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    assert files_digest([("a", "1"), ("b", "2")]) == files_digest([("b", "2"), ("a", "1")])
    assert files_digest([("a", "1")]) != files_digest([("a", "2")])
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(math.nan)
