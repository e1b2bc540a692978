"""ORCID iDs: the digits in a text and their check digit."""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = re.compile(r"(?<![0-9])([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9Xx])(?![0-9])")


def orcid_check_digit(digits: str) -> str:
    """Return the check digit of the first 15 digits of an ORCID (ISO 7064, MOD 11-2)."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    value = (12 - total) % 11
    return "X" if value == 10 else str(value)


def orcid_digits(text: str) -> str | None:
    """Return the first group of 16 digits with hyphens in a text, right or mistyped; ``None`` without one."""
    match = _DIGITS.search(text)
    return match[1].upper() if match else None
