"""Check digits and forms, against published examples and independent arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.check.identifiers import (
    check_arxiv,
    check_doi,
    check_identifier,
    check_inspire,
    check_orcid,
    check_ror,
    check_swhid,
    check_texkey,
    orcid_check_digit,
)

RORS = (
    "01ggx4157 02feahw73 00k4n6c32 05gzmn429 03yrm5c26 04jsz6e67 02mhbdp94 013meh722 027m9bs27 03vek6s52 "
    "00f54p054 042nb2s44 046rm7j60 024mw5h28 01an7q238"
).split()
"""Identifiers of real institutes (CERN, CNRS, the European Commission, ...)."""


@pytest.mark.parametrize("orcid", ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"])
def test_published_orcids(orcid: str) -> None:
    assert check_orcid(f"https://orcid.org/{orcid}") is None
    assert check_orcid(orcid, bare=True) is None


@pytest.mark.parametrize(
    "text",
    ["0000-0002-1825-0097", "http://orcid.org/0000-0002-1825-0097", " https://orcid.org/0000-0002-1825-0097",
     "https://orcid.org/0000000218250097", "orcid.org/0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097/"],
)  # fmt: skip
def test_orcids_in_another_form_can_be_mended(text: str) -> None:
    flaw = check_orcid(text)
    assert flaw is not None
    assert flaw.mended == "https://orcid.org/0000-0002-1825-0097"


@given(st.integers(min_value=15_000_000, max_value=35_000_000))
def test_orcid_digit_is_iso_7064(number: int) -> None:
    digits = f"{number:015d}"
    last = orcid_check_digit(digits)
    # ISO 7064, MOD 11-2: the weighted sum with weights 2**15 ... 2**0 is 1 modulo 11.
    values = [int(digit) for digit in digits] + [10 if last == "X" else int(last)]
    assert sum(value * 2 ** (15 - place) for place, value in enumerate(values)) % 11 == 1
    text = digits + last
    grouped = "-".join(text[start : start + 4] for start in range(0, 16, 4))
    assert check_orcid(f"https://orcid.org/{grouped}") is None
    for wrong in "0123456789X":
        if wrong != last:
            assert check_orcid(f"https://orcid.org/{grouped[:-1]}{wrong}") is not None


@pytest.mark.parametrize("ror", RORS)
def test_real_rors(ror: str) -> None:
    assert check_ror(f"https://ror.org/{ror}") is None
    wrong = f"{ror[:-1]}{(int(ror[-1]) + 1) % 10}"
    flaw = check_ror(f"https://ror.org/{wrong}")
    assert flaw is not None
    assert flaw.mended is None
    assert check_ror(f"ror.org/{ror}").mended == f"https://ror.org/{ror}"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    ["https://ror.org/01ggx415u", "https://ror.org/11ggx4157", "https://ror.org/01ggi4157", "CERN", ""],
)
def test_texts_that_are_no_ror(text: str) -> None:
    assert check_ror(text) is not None


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("1802.07198v2", True),
        ("1802.07198", True),
        ("0704.0001", True),
        ("1412.9999", True),
        ("1501.00001", True),
        ("hep-ph/9901257", True),
        ("math.GT/0309136v1", True),
        ("2313.00001", False),
        ("0703.0001", False),
        ("1412.12345", False),
        ("1501.0001", False),
        ("hep-ph/9913257", False),
        ("arXiv:1802.07198", False),
        ("https://arxiv.org/abs/1802.07198v2", False),
        ("1802.07198v0", False),
    ],
)
def test_arxiv(text: str, good: bool) -> None:
    assert (check_arxiv(text) is None) is good


def test_arxiv_forms_can_be_mended() -> None:
    for text in (
        "arXiv:1802.07198v2",
        "https://arxiv.org/abs/1802.07198v2",
        "http://arxiv.org/pdf/1802.07198v2.pdf",
    ):
        assert check_arxiv(text).mended == "1802.07198v2"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "10.1103/PhysRevD.98.102006",
        "doi:10.1103/PhysRevD.98.102006",
        "http://dx.doi.org/10.1103/PhysRevD.98.102006",
    ],
)
def test_dois_in_another_form_can_be_mended(text: str) -> None:
    assert check_doi(text).mended == "https://doi.org/10.1103/PhysRevD.98.102006"  # type: ignore[union-attr]
    assert check_identifier(text).mended == "https://doi.org/10.1103/PhysRevD.98.102006"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://doi.org/10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O", True),
        ("https://doi.org/10.5281/zenodo.1234567", True),
        ("https://doi.org/10.17182/hepdata.88425.v1/t4", True),
        ("https://doi.org/11.5281/zenodo.1", False),
        ("https://doi.org/10.528/", False),
        ("https://hdl.handle.net/20.500.12345/1", True),
        ("ark:/12148/btv1b8449691v", True),
        ("https://n2t.net/ark:/12148/btv1b8449691v", True),
        ("https://w3id.org/fairport", True),
        ("swh:1:dir:" + "a" * 40, True),
        ("swh:1:dir:" + "a" * 39, False),
        ("https://example.org/x", True),
        ("www.example.org", False),
        ("a paper", False),
        ("https://", False),
        ("http://[", True),
    ],
)
def test_identifiers_of_any_kind(text: str, good: bool) -> None:
    assert (check_identifier(text) is None) is good


def test_software_heritage() -> None:
    core = "swh:1:rev:" + "0123456789" * 4
    assert check_swhid(core) is None
    assert check_swhid(f"{core};origin=https://example.org/x;path=/a;lines=1-2") is None
    assert check_swhid(f"{core};colour=red") is not None
    assert check_swhid(core.upper()) is not None
    assert check_swhid(core.replace(":1:", ":2:")) is not None


def test_inspire() -> None:
    assert check_inspire("https://inspirehep.net/literature/1656595") is None
    assert check_inspire("1656595").mended == "https://inspirehep.net/literature/1656595"  # type: ignore[union-attr]
    assert (
        check_inspire("http://inspirehep.net/record/1656595").mended
        == "https://inspirehep.net/literature/1656595"
    )  # type: ignore[union-attr]
    assert check_inspire("a paper") is not None
    for key in ("DarkSide:2018kuk", "DarkSide-50:2022qzh", "O'Hare:2021utq", "LZ:2024zvo"):
        assert check_texkey(key) is None
    assert check_texkey("DarkSide2018") is not None


@given(st.text(max_size=60))
def test_no_text_makes_a_check_fail(text: str) -> None:
    for check in (
        check_orcid,
        check_ror,
        check_doi,
        check_arxiv,
        check_swhid,
        check_inspire,
        check_texkey,
        check_identifier,
    ):
        flaw = check(text)
        if flaw is not None and flaw.mended is not None:
            assert check(flaw.mended) is None
