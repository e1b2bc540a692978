"""Names, addresses and identifiers in the forms that the contract wants."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from fairport.contract.orcid import orcid_check_digit, orcid_digits
from fairport.scaffold.adopt.model import clean

_ARXIV: Final = re.compile(
    r"arxiv(?:\.org/(?:abs|pdf)/|:\s*\[?)((?:[0-9]{4}\.[0-9]{4,5}|[a-z-]+/[0-9]{7})(?:v[1-9][0-9]*)?)(?![0-9])",
    re.I,
)
_DOI: Final = re.compile(r"\b(10\.[0-9]{4,9}/[^\s\"'<>)\]},;]+)")
_GROUP: Final = re.compile(
    r"\b(?:collaboration|consortium|team|group|developers|contributors|project)\b", re.I
)
_PARTICLES: Final = frozenset("de da del della der di dos du la le van von den ten ter zu".split())
_VERSION: Final = re.compile(r"[vV]?([0-9]+(?:\.[0-9A-Za-z+-]+){0,6})")
_DATE: Final = re.compile(r"([0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))(?:T.*)?")


def orcid(value: object) -> tuple[str | None, str]:
    """Return an ORCID as a URI and what is wrong with it as it was written (empty when nothing).

    The check digit is that of ISO 7064 MOD 11-2; an ORCID that fails it is not returned.
    """
    if not isinstance(value, str) or not value.strip():
        return None, ""
    digits = orcid_digits(value)
    if digits is None:
        return None, f'"{clean(value, 80)}" is no ORCID'
    expected = orcid_check_digit(digits.replace("-", "")[:15])
    if digits[-1] != expected:
        return None, f"ORCID {digits} is mistyped: its check digit should be {expected}"
    flaw = ""
    if value != value.strip():
        flaw = f"ORCID {digits} is written with a blank at its {'start' if value[:1].isspace() else 'end'}"
    elif re.search(r"\s", value):
        flaw = f"ORCID {digits} is written with a blank in front of its digits"
    return f"https://orcid.org/{digits}", flaw


def doi(value: object) -> str | None:
    """Return the DOI in a text as a URI."""
    match = _DOI.search(value) if isinstance(value, str) else None
    return f"https://doi.org/{match[1].rstrip('.')}" if match else None


def arxiv(value: object) -> str | None:
    """Return the arXiv identifier in a text or address, with its version when it is there."""
    match = _ARXIV.search(value) if isinstance(value, str) else None
    return match[1] if match else None


def version(value: object) -> str | None:
    """Return a version without a leading ``v``."""
    match = _VERSION.fullmatch(clean(value, 60))
    return match[1] if match and len(match[1]) <= 40 else None


def date(value: object) -> str | None:
    """Return an ISO date (the day of an instant)."""
    match = _DATE.fullmatch(clean(value, 40))
    return match[1] if match else None


def web_address(value: object) -> str | None:
    """Return an absolute http(s) address without credentials, or ``None``."""
    text = clean(value, 500)
    if not re.fullmatch(r"https?://[^\s\"<>\\]+", text, re.I):
        return None
    return re.sub(r"^(https?://)[^/@]*@", r"\1", text, flags=re.I)


def repository_address(remote: object) -> str | None:
    """Return the web address of a git remote (``git@host:a/b.git``, ``ssh://``, ``https://``), without
    credentials; ``None`` for local paths.
    """
    text = clean(remote, 500)
    match = re.fullmatch(r"(?:ssh://)?(?:[\w.-]+@)([\w.-]+\.[A-Za-z]{2,})(?::[0-9]+/|[:/])([\w./~+-]+)", text)
    if match:
        text = f"https://{match[1]}/{match[2]}"
    text = re.sub(r"^git://", "https://", text)
    address = web_address(text)
    if address is None:
        return None
    return re.sub(r"(?:/-/.*)?/?$", "", address).removesuffix(".git")


def last_part(address: str) -> str:
    """Return the name of a repository from its address, reduced to letters and digits."""
    return re.sub(r"[^a-z0-9]", "", address.rstrip("/").removesuffix(".git").rpartition("/")[2].lower())


def mail(text: str) -> bool:
    """Tell whether a text is an e-mail address."""
    return re.fullmatch(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+", text) is not None


def person(name: object) -> dict[str, Any] | None:
    """Return given and family names of ``Family, Given`` or ``Given Family``, or a group as organisation;
    ``None`` for no name. A year after the name is dropped.
    """
    text = re.sub(r"[\s,(]+(?:19|20)[0-9]{2}\)?$", "", clean(name, 120)).strip(" *_.;,")
    if not text or "@" in text or not re.search(r"[^\W\d_]", text):
        return None
    if _GROUP.search(text):
        return {"organisation": text}
    family, comma, given = text.partition(",")
    if comma:
        return _named(given.strip(), family.strip())
    words = text.split()
    if len(words) == 1:
        return _named("", text)
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return _named(" ".join(words[:start]), " ".join(words[start:]))


def same_person(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two authors are one: the same ORCID, or the same family name and first initial."""
    if one.get("orcid") and one.get("orcid") == other.get("orcid"):
        return True
    if "organisation" in one or "organisation" in other:
        return one.get("organisation") == other.get("organisation")
    whole = [
        ascii_letters(f"{who.get('given_names', '')}{who.get('family_names', '')}") for who in (one, other)
    ]
    if whole[0] and whole[0] == whole[1]:
        return True  # a double name with and without its hyphen
    names = [
        (
            ascii_letters(str(who.get("family_names", ""))) or str(who.get("family_names", "")),
            ascii_letters(str(who.get("given_names", "")))[:1],
        )
        for who in (one, other)
    ]
    return bool(names[0][0]) and names[0] == names[1]


def ascii_letters(text: str) -> str:
    """Return a text in lower case, without accents and everything else that is no letter from a to z."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z]", "", plain)


def slug(text: str) -> str:
    """Return an identifier of the contract (lower-case letters, digits, inner hyphens); may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:80].strip("-")


def words(text: str) -> set[str]:
    """Return the telling words of a title, without plurals."""
    split = re.sub(r"([a-z])([A-Z])", r"\1 \2", text)
    found = {word.rstrip("s") for word in re.findall(r"[a-z0-9]{3,}", split.lower())}
    return found - {"the", "and", "for", "with", "from", "analysi", "code", "data", "dark", "matter", "using"}


def _named(given: str, family: str) -> dict[str, Any] | None:
    return {key: value for key, value in (("given_names", given), ("family_names", family)) if value} or None
