"""ORCID digits and the recogniser of licence texts, which check and adopt share."""

from __future__ import annotations

import pytest

from fairport.check import identifiers, licencetexts
from fairport.contract import licencetexts as shared
from fairport.contract.orcid import orcid_check_digit, orcid_digits
from fairport.scaffold.adopt import licence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://orcid.org/ 0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("0000-0002-1694-233x.", "0000-0002-1694-233X"),
        ("10000-0002-1825-00971", None),
        ("", None),
    ],
)
def test_digits_in_a_text(text: str, expected: str | None) -> None:
    assert orcid_digits(text) == expected


def test_check_digit() -> None:
    assert orcid_check_digit("000000021825009") == "7"
    assert orcid_check_digit("000000021694233") == "X"


def test_check_and_adopt_use_the_same_recognisers() -> None:
    assert identifiers.orcid_check_digit is orcid_check_digit
    assert licencetexts.licence_of is shared.licence_of
    text = "GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007\n"
    assert (shared.licence_of(text), licence.licence_of(text)) == ("GPL-3.0", "GPL-3.0-only")
