"""Persistent identifiers: form and check digits, by their own specifications and without the network.

Each ``check_*`` function takes the text as it was written and returns ``None`` when it is right, else a
:class:`Flaw` that says what is wrong and, where the meaning is beyond doubt, the right form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from fairport.contract.orcid import orcid_check_digit


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with an identifier.

    Attributes:
        message: one sentence without the field.
        expected: the form or value that is expected.
        mended: the right text, when only the form was wrong.
        severe: False when it may be right after all.
    """

    message: str
    expected: str
    mended: str | None = None
    severe: bool = True


_ORCID: Final = re.compile(
    r"(?:(?:https?://)?(?:www\.)?orcid\.org/|orcid:)?([0-9]{4}-?[0-9]{4}-?[0-9]{4}-?[0-9]{3}[0-9Xx])/?", re.I
)
_ORCID_FORM: Final = "https://orcid.org/0000-0002-1825-0097"
_ORCID_BLOCKS: Final = ((15_000_000, 35_000_000), (900_000_000_000, 900_100_000_000))


def check_orcid(text: str, *, bare: bool = False) -> Flaw | None:
    """Check an ORCID iD given as a URI (``bare``: as four groups of digits, as Zenodo wants it)."""
    match = _ORCID.fullmatch(re.sub(r"\s+", "", text))
    if match is None:
        return Flaw("is no ORCID", "0000-0002-1825-0097" if bare else _ORCID_FORM)
    digits = match[1].replace("-", "").upper()
    computed = orcid_check_digit(digits[:15])
    if digits[15] != computed:
        return Flaw(
            f"has check digit {digits[15]}, computed {computed}: mistyped",
            "the digits as orcid.org shows them",
        )
    groups = "-".join(digits[start : start + 4] for start in range(0, 16, 4))
    canonical = groups if bare else f"https://orcid.org/{groups}"
    if text != canonical:
        return Flaw(_form_flaw(text, "ORCID"), canonical, canonical)
    number = int(digits[:15])
    if not any(low <= number <= high for low, high in _ORCID_BLOCKS):
        return Flaw("lies outside the numbers that ORCID has issued", "a registered ORCID", severe=False)
    return None


def _form_flaw(text: str, name: str) -> str:
    if re.search(r"\s", text):
        where = "starts" if text[:1].isspace() else "ends" if text[-1:].isspace() else "comes"
        return f"{where} with a blank"
    return f"is not the canonical form of this {name}"


_ROR: Final = re.compile(
    r"(?:(?:https?://)?(?:www\.)?ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6})([0-9]{2})/?", re.I
)
_CROCKFORD: Final = {letter: value for value, letter in enumerate("0123456789abcdefghjkmnpqrstvwxyz")}


def ror_checksum(name: str) -> str:
    """Return the checksum of the first seven characters of a ROR (Crockford base 32, ISO 7064 MOD 97-10)."""
    number = 0
    for letter in name.lower():
        number = number * 32 + _CROCKFORD[letter]
    return f"{98 - (number * 100) % 97:02d}"


def check_ror(text: str) -> Flaw | None:
    """Check a ROR identifier given as a URI."""
    match = _ROR.fullmatch(text.strip())
    if match is None:
        return Flaw("is no ROR identifier", "https://ror.org/01ggx4157")
    computed = ror_checksum(match[1])
    if match[2] != computed:
        return Flaw(
            f"has checksum {match[2]}, computed {computed}: mistyped", "the identifier as ror.org shows it"
        )
    canonical = f"https://ror.org/{match[1].lower()}{match[2]}"
    return None if text == canonical else Flaw(_form_flaw(text, "ROR"), canonical, canonical)


_DOI: Final = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
_DOI_PREFIX: Final = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|(?:info:)?doi:\s*", re.I)


def bare_doi(text: str) -> str | None:
    """Return the DOI inside a URI, a ``doi:`` text or a bare DOI; ``None`` when there is none."""
    rest = _DOI_PREFIX.sub("", text.strip(), count=1)
    return rest if _DOI.fullmatch(rest) else None


def check_doi(text: str) -> Flaw | None:
    """Check a DOI given as a URI."""
    doi = bare_doi(text)
    if doi is None:
        return Flaw("is no DOI", "https://doi.org/10.5281/zenodo.1234567")
    canonical = f"https://doi.org/{doi}"
    if text != canonical:
        return Flaw(
            f'a DOI must be written https://doi.org/10..., found "{text.strip()[:80]}"', canonical, canonical
        )
    return None


_ARXIV_NEW: Final = re.compile(r"([0-9]{2})([0-9]{2})\.([0-9]{4,5})(v[1-9][0-9]*)?")
_ARXIV_OLD: Final = re.compile(
    r"[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/([0-9]{2})([0-9]{2})[0-9]{3}(v[1-9][0-9]*)?"
)
_ARXIV_PREFIX: Final = re.compile(r"(?:https?://)?(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv:\s*", re.I)


def check_arxiv(text: str) -> Flaw | None:
    """Check an arXiv identifier (``1802.07198v2``, ``hep-ph/9901257``)."""
    bare = _ARXIV_PREFIX.sub("", text.strip(), count=1).removesuffix(".pdf")
    new, old = _ARXIV_NEW.fullmatch(bare), _ARXIV_OLD.fullmatch(bare)
    match = new or old
    if match is None:
        return Flaw("is no arXiv identifier", "1802.07198v2")
    year, month = int(match[1]), int(match[2])
    if not 1 <= month <= 12:
        return Flaw(f"month {match[2]} does not exist", "YYMM.NNNNN with a month from 01 to 12")
    if new is not None:
        date = year * 100 + month
        if date < 704:
            return Flaw("identifiers of this form begin in April 2007", "archive/YYMMNNN")
        digits = 4 if date < 1501 else 5
        if len(new[3]) != digits:
            return Flaw(
                f"in that month the number has {digits} digits", f"{match[1]}{match[2]}." + "N" * digits
            )
    if text != bare:
        return Flaw("only the identifier is wanted", bare, bare)
    return None


_SWHID: Final = re.compile(r"swh:1:(?:snp|rel|rev|dir|cnt):[0-9a-f]{40}((?:;[a-z]+=[^;\s]+)*)")
_SWHID_QUALIFIERS: Final = frozenset({"origin", "visit", "anchor", "path", "lines"})


def check_swhid(text: str) -> Flaw | None:
    """Check a Software Heritage identifier with its qualifiers."""
    expected = "swh:1:dir: and 40 hexadecimal digits"
    match = _SWHID.fullmatch(text)
    if match is None:
        return Flaw("is no SWHID", expected)
    unknown = [part.partition("=")[0] for part in match[1].split(";")[1:]]
    bad = [name for name in unknown if name not in _SWHID_QUALIFIERS]
    if bad:
        return Flaw(f'has the unknown qualifier "{bad[0][:40]}"', ", ".join(sorted(_SWHID_QUALIFIERS)))
    return None


_INSPIRE: Final = re.compile(r"https://inspirehep\.net/literature/([1-9][0-9]{0,9})")
_INSPIRE_LOOSE: Final = re.compile(
    r"(?:(?:https?://)?(?:www\.)?inspirehep\.net/(?:literature|record|api/literature)/|inspire:\s*)?([1-9][0-9]{3,9})/?",
    re.I,
)


def check_inspire(text: str) -> Flaw | None:
    """Check the address of an INSPIRE literature record."""
    if _INSPIRE.fullmatch(text):
        return None
    match = _INSPIRE_LOOSE.fullmatch(text.strip())
    if match is None:
        return Flaw("is no INSPIRE literature record", "https://inspirehep.net/literature/1656595")
    mended = f"https://inspirehep.net/literature/{match[1]}"
    return Flaw("is not the canonical form of this record", mended, mended)


def check_texkey(text: str) -> Flaw | None:
    """Check an INSPIRE texkey (``DarkSide:2018kuk``)."""
    if re.fullmatch(r"[^\W\d_][\w'.+-]*:[0-9]{4}[a-z]{2,4}", text):
        return None
    return Flaw("is no INSPIRE texkey", "DarkSide:2018kuk")


_HANDLE: Final = re.compile(r"https?://hdl\.handle\.net/[^\s/]+/\S+")
_ARK: Final = re.compile(r"(?:https?://[^\s/]+/)?ark:/?[0-9b-df-hj-np-tv-z]{5,9}/\S+")
_URL: Final = re.compile(r"(?:https?|ftp|davs?|root)://[^\s/?#]+(?:[/?#]\S*)?", re.I)


def check_identifier(text: str) -> Flaw | None:
    """Check an identifier that may be of any persistent kind, in URI form."""
    stripped = text.strip()
    if bare_doi(stripped) is not None or _DOI_PREFIX.match(stripped) or re.match(r"10\.[0-9]", stripped):
        return check_doi(text)
    if stripped.startswith("swh:"):
        return check_swhid(text)
    if re.match(r"arxiv:", stripped, re.I):
        flaw = check_arxiv(text)
        mended = f"https://arxiv.org/abs/{flaw.mended}" if flaw and flaw.mended else None
        return Flaw("an identifier is given as a URI", mended or "https://arxiv.org/abs/1802.07198v2", mended)
    if any(pattern.fullmatch(text) for pattern in (_HANDLE, _ARK, _URL)):
        return None
    return Flaw(
        "is neither DOI, handle, ARK, SWHID nor URL",
        "an identifier as a URI, for example https://doi.org/10...",
    )


def is_persistent(text: str) -> bool:
    """Tell whether an identifier is persistent by its kind (DOI, handle, ARK, w3id, SWHID)."""
    return bool(
        bare_doi(text)
        or _HANDLE.fullmatch(text)
        or _ARK.fullmatch(text)
        or text.startswith("swh:1:")
        or re.match(r"https?://(?:w3id\.org|purl\.org|identifiers\.org)/", text)
    )
