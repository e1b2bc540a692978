"""SPDX expressions, held against the library for every symbol that the fast path knows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from license_expression import get_spdx_licensing

from fairport.check import licences
from fairport.check.licences import DEPRECATED, is_code_licence, is_data_licence, licence_names, parse_licence
from fairport.check.licencetexts import licence_of, same_licence
from fairport.contract.resources import template_root

LIBRARY = get_spdx_licensing()


@pytest.mark.parametrize("name", sorted(licences._COMMON))
def test_the_fast_path_agrees_with_the_library(name: str) -> None:
    assert LIBRARY.validate(name).errors == []
    assert LIBRARY.validate(name).normalized_expression == name
    assert parse_licence(name).error is None


@pytest.mark.parametrize("name", sorted(licences._OSI | set(licences._ALIASES.values())))
def test_lists_hold_spdx_identifiers(name: str) -> None:
    assert name in LIBRARY.known_symbols


@pytest.mark.parametrize(("old", "new"), sorted(DEPRECATED.items()))
def test_deprecated_identifiers_have_a_current_one(old: str, new: str) -> None:
    assert parse_licence(new).error is None, new
    assert not set(licence_names(parse_licence(new))) & set(DEPRECATED)
    assert parse_licence(old).error is None


@pytest.mark.parametrize(
    ("text", "suggestion", "case_only"),
    [
        ("mit", "MIT", True),
        ("cc-by-4.0", "CC-BY-4.0", True),
        ("CC BY 4.0", "CC-BY-4.0", False),
        ("CC-BY", "CC-BY-4.0", False),
        ("cc by-nc-sa 4.0", "CC-BY-NC-SA-4.0", False),
        ("Apache License, Version 2.0", "Apache-2.0", False),
        ("GPLv3", "GPL-3.0-only", False),
        ("MIT or Apache-2.0", "MIT OR Apache-2.0", True),
        ("BSD", "BSD-3-Clause", False),
        ("CC0", "CC0-1.0", False),
        ("MIT/Apache-2.0", None, False),
        ("MIT AND", None, False),
        ("NOASSERTION", None, False),
        ("", None, False),
        ("(" * 600, None, False),
    ],
)
def test_expressions_that_are_wrong(text: str, suggestion: str | None, case_only: bool) -> None:
    expression = parse_licence(text)
    assert expression.error
    assert expression.suggestion == suggestion
    assert expression.case_only is case_only


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("MIT", ("MIT",)),
        ("MIT OR Apache-2.0", ("MIT", "Apache-2.0")),
        ("GPL-2.0-or-later WITH Classpath-exception-2.0", ("GPL-2.0-or-later",)),
        ("LicenseRef-none", ("LicenseRef-none",)),
        ("MIT AND (LicenseRef-own OR BSD-3-Clause)", ("MIT", "LicenseRef-own", "BSD-3-Clause")),
        ("GPL-3.0+", ("GPL-3.0+",)),
    ],
)
def test_expressions_that_are_right(text: str, names: tuple[str, ...]) -> None:
    assert parse_licence(text).error is None
    assert licence_names(parse_licence(text)) == names


def test_what_a_licence_is_for() -> None:
    assert is_data_licence("CC-BY-4.0")
    assert is_data_licence("ODbL-1.0")
    assert not is_data_licence("MIT")
    assert is_code_licence("BSD-3-Clause")
    assert not is_code_licence("CC-BY-4.0")


@given(st.text(max_size=80))
def test_no_text_makes_the_parser_fail(text: str) -> None:
    suggestion = parse_licence(text).suggestion
    assert suggestion is None or parse_licence(suggestion).error is None


def test_texts_of_the_template_are_recognised() -> None:
    folder = template_root() / "template"
    texts = {
        re.search(r"licence_\w+ == '([^']+)'", str(path)): path
        for path in folder.rglob("*LICENSE*")
        if path.is_file()
    }
    texts |= {
        re.search(r"licence_\w+ == '([^']+)'", path.name): path for path in (folder / "LICENSES").iterdir()
    }
    named = {match[1]: path for match, path in texts.items() if match is not None}
    assert {"MIT", "Apache-2.0", "CC-BY-4.0", "CC0-1.0"} <= set(named)
    for name, path in named.items():
        found = licence_of(path.read_text("utf-8"))
        assert found is not None, path.name
        assert same_licence(found, name), (path.name, found)
