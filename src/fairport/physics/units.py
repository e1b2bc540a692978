"""Units of the contract: VOUnits, read fast without astropy where possible.

The units of the standard planes (GeV, cm2, cm3 s-1, GeV-1, ...) are read by a small parser over a table of
symbols, since the import of astropy would cost more than a whole check. Everything else goes to
``astropy.units`` with ``format="vounit"``. What is no VOUnit is refused with the reason and, where the
alias table knows what is meant, a suggestion of equal value; nothing is ever converted silently.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from fairport.contract.errors import DocumentError
from fairport.physics.unittable import (
    ALIASES,
    ATOMS,
    DIMENSIONLESS_WORDS,
    PHYSICAL_TYPES,
    PREFIXES,
    Alias,
    Atom,
)

_POWER: Final = r"(?:(?:\*\*|\^)?([+-]?\d{1,2})|(?:\*\*|\^)\(([+-]?\d{1,2})\))?"
_ATOM: Final = re.compile(rf"([A-Za-z]+){_POWER}")
_SCALE: Final = re.compile(r"(?:10\*\*([+-]?\d{1,3})|1e([+-]?\d{1,3})|1(?:\.0*)?)(?=[ .*]|/|$)")
_SEPARATOR: Final = re.compile(r" *(?:\.|(?<!\*)\*(?!\*)) *| +")
_MAX_LENGTH: Final = 100
_GENERAL_MEND: Final = "write the unit in VOUnits, for example GeV, cm2 or cm3 s-1"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that was read.

    Attributes:
        text: the VOUnits text.
        mantissa: SI value is ``mantissa * 10**exponent``; kept apart so that factors between prefixes are
            exact.
        exponent: decimal exponent of the SI value.
        dimension: powers of the base units ``m kg s A K rad ct ph`` and, beyond the fast table, of others.
    """

    text: str
    mantissa: float
    exponent: int
    dimension: tuple[tuple[str, int | str], ...]

    @property
    def physical_type(self) -> str:
        """Name of the dimension (``area``, ``energy``, ...), or ``other``."""
        return PHYSICAL_TYPES.get(self.dimension, "other")  # type: ignore[arg-type]


class UnitProblem(DocumentError):
    """A text is not a unit, or two units do not measure the same thing.

    Attributes:
        unit: the text as it was written.
        reason: why it is not accepted.
        suggestion: a VOUnits text of equal value, or ``None`` when it is not known what was meant.
    """

    def __init__(
        self, unit: str, reason: str, suggestion: str | None = None, *, mend: str = _GENERAL_MEND
    ) -> None:
        shown = unit if len(unit) <= 60 else unit[:57] + "..."
        if suggestion is not None:
            mend = f'write "{suggestion}"'
        super().__init__(f'"{shown}" is not a unit that can be used here', why=reason, mend=mend)
        self.unit = unit
        self.reason = reason
        self.suggestion = suggestion


@cache
def parse_unit(text: str) -> Unit:
    """Read a VOUnits text; the empty text is dimensionless.

    Raises:
        UnitProblem: the text is not a VOUnit; carries a reason and, where known, a suggestion of equal value.
    """
    if not text.strip():
        return Unit("", 1.0, 0, ())
    if len(text) <= _MAX_LENGTH:
        fast = _parse_fast(text.strip())
        if fast is not None:
            return Unit(text, *fast)
        # Units in quotes are private to a file: astropy would accept any word.
        slow = _parse_with_astropy(text) if "'" not in text and '"' not in text else None
        if slow is not None:
            return slow
    raise _explain(text)


def conversion_factor(source: str, target: str) -> float:
    """Return the number by which values in ``source`` are multiplied to get values in ``target``.

    Decimal prefixes are exact: ``conversion_factor("MeV", "GeV")`` is the double nearest to 0.001.

    Raises:
        UnitProblem: one of the texts is not a unit, or they have different dimensions.
    """
    one, other = parse_unit(source), parse_unit(target)
    if one.dimension != other.dimension:
        reason = f'{_type_in_words(one)} cannot be converted to {_type_in_words(other)} ("{target}")'
        raise UnitProblem(source, reason, mend="check the quantity and its unit")
    ratio = one.mantissa / other.mantissa
    power = float(f"1e{one.exponent - other.exponent}")
    return power if math.isclose(ratio, 1.0, rel_tol=1e-15) else ratio * power


def physical_type(unit: str) -> str:
    """Return the name of what ``unit`` measures (``area``, ``energy``, ``volumetric flow rate``,
    ``dimensionless``, ..., ``other``).

    Raises:
        UnitProblem: the text is not a unit.
    """
    return parse_unit(unit).physical_type


def is_unit(text: str) -> bool:
    """Tell whether ``text`` is a VOUnit."""
    try:
        parse_unit(text)
    except UnitProblem:
        return False
    return True


def _type_in_words(unit: Unit) -> str:
    kind = unit.physical_type
    if kind == "other":
        return f'a quantity in "{unit.text}"'
    if kind == "dimensionless":
        return "a pure number"
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


_Value = tuple[float, int, tuple[tuple[str, int], ...]]


def _parse_fast(text: str) -> _Value | None:
    """Read products of table symbols with whole powers and at most one slash; ``None`` for anything else."""
    exponent = 0
    scale = _SCALE.match(text)
    if scale is not None:
        exponent = int(scale.group(1) or scale.group(2) or 0)
        text = text[scale.end() :]
        separator = _SEPARATOR.match(text)
        text = text[separator.end() :] if separator is not None else text
        if not text:
            return 1.0, exponent, ()
    above, slash, below = (part.strip() for part in text.partition("/"))
    if "/" in below or (slash and not below) or (not above and not slash):
        return None
    if below.startswith("(") and below.endswith(")"):
        below = below[1:-1].strip()
    elif slash and _SEPARATOR.search(below):
        return None  # the reach of the slash depends on the dialect: astropy decides
    factors = _factors(above, 1) if above else []
    divisors = _factors(below, -1) if below else []
    if factors is None or divisors is None or (slash and not divisors):
        return None
    return _multiply(factors + divisors, exponent)


def _factors(text: str, sign: int) -> list[tuple[Atom, int]] | None:
    factors: list[tuple[Atom, int]] = []
    for part in _SEPARATOR.split(text):
        match = _ATOM.fullmatch(part)
        atom = lookup(match.group(1)) if match is not None else None
        if match is None or atom is None:
            return None
        factors.append((atom, sign * int(match.group(2) or match.group(3) or 1)))
    return factors


@cache
def lookup(symbol: str) -> Atom | None:
    """Return the table entry of a symbol with its prefix applied, or ``None``."""
    atom = ATOMS.get(symbol)
    if atom is not None:
        return atom
    prefix, base = PREFIXES.get(symbol[:1]), ATOMS.get(symbol[1:])
    if prefix is None or base is None or not base.prefixable:
        return None
    return base._replace(exponent=base.exponent + prefix)


def _multiply(factors: list[tuple[Atom, int]], exponent: int) -> _Value:
    mantissa = 1.0
    powers: dict[str, int] = {}
    for atom, power in factors:
        mantissa *= atom.mantissa**power
        exponent += atom.exponent * power
        for base, count in atom.dimension:
            powers[base] = powers.get(base, 0) + count * power
    return mantissa, exponent, tuple(sorted((base, power) for base, power in powers.items() if power))


def _parse_with_astropy(text: str) -> Unit | None:
    from fairport.physics import astropy_units

    value = astropy_units.parse(text)
    if value is None:
        return None
    scale, dimension = value
    mantissa, _, exponent = f"{scale:.17e}".partition("e")
    return Unit(text, float(mantissa), int(exponent), dimension)


def _explain(text: str) -> UnitProblem:
    """Say why a text is no unit and what equal text would be one."""
    if len(text) > _MAX_LENGTH:
        return UnitProblem(text, f"a unit has at most {_MAX_LENGTH} characters")
    stripped = text.strip()
    if stripped.lower() in DIMENSIONLESS_WORDS:
        return UnitProblem(text, "a dimensionless quantity has the empty text as its unit", "")
    cleaned, reasons = _clean(stripped)
    suggestion = _translate(cleaned, reasons)
    if suggestion is None or suggestion == stripped:
        return UnitProblem(text, "it is not a unit of the VOUnits standard")
    return UnitProblem(
        text, "; ".join(dict.fromkeys(reasons)) or "it does not follow the VOUnits syntax", suggestion
    )


_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_NATURAL: Final = re.compile(r"(eV)\s*(?:/\s*c|\s+c)(?:(?:\*\*|\^)?\s*-?2)?(?![A-Za-z])")
_LENIENT: Final = re.compile(
    r"\s*([/·⋅×*.\s-]*)\s*([A-Za-zµμÅ%_]+|10(?=\*\*|\^)|1e[+-]?\d+|1(?![0-9.]))(?:(?:\*\*|\^)?\s*\(?([+-]?\d{1,3})\)?)?"
)


def _clean(text: str) -> tuple[str, list[str]]:
    """Take away mathematical typesetting and powers of the speed of light."""
    reasons: list[str] = []
    cleaned = (
        re.sub(r"\\(?:mathrm|rm|text|,|;|\s)|[${}]", "", text).translate(_SUPERSCRIPTS).replace("−", "-")
    )
    natural = _NATURAL.sub(r"\1", cleaned)
    if natural != cleaned:
        reasons.append("masses and momenta are given in natural units (c = 1)")
    if natural.startswith(("[", "(")) and natural.endswith(("]", ")")):
        natural = natural[1:-1]
    return natural, reasons


def _translate(text: str, reasons: list[str]) -> str | None:
    """Rewrite symbol by symbol through the alias table; ``None`` when a symbol stays unknown or the syntax
    is beyond repair.
    """
    exponent, parts, position, divided = 0, [], 0, False
    text = text.strip().rstrip(")") if "/" in text and "/(" in text.replace(" ", "") else text.strip()
    text = re.sub(r"/\s*\(", "/", text)
    while position < len(text):
        match = _LENIENT.match(text, position)
        if match is None or match.end() == position:
            return None
        separator, symbol, power_text = match.groups()
        divided = divided or "/" in separator
        position = match.end()
        power = int(power_text or 1) * (-1 if divided else 1)
        if symbol == "10" or symbol.startswith("1e"):
            exponent += power if symbol == "10" else int(symbol[2:])
            continue
        if symbol == "1":
            continue
        alias = ALIASES.get(symbol) or _plain(symbol)
        if alias is None:
            return None
        if alias.reason:
            reasons.append(alias.reason)
        exponent += alias.exponent * power
        if alias.unit:
            parts.append(_raise(alias.unit, power))
    suggestion = " ".join(([f"1e{exponent}"] if exponent else []) + parts)
    return suggestion if is_unit(suggestion) else None


def _plain(symbol: str) -> Alias | None:
    if lookup(symbol) is not None:
        return Alias(symbol, 0, "")
    return Alias(symbol, 0, "") if _parse_with_astropy(symbol) is not None else None


def _raise(unit: str, power: int) -> str:
    """Raise each factor of a VOUnits product such as ``count kg-1`` to a whole power."""
    factors = []
    for part in unit.split():
        match = re.fullmatch(r"([A-Za-z]+)(-?\d+)?", part)
        if match is None:  # pragma: no cover (the table holds plain products only)
            return unit
        total = int(match.group(2) or 1) * power
        factors.append(match.group(1) + ("" if total == 1 else str(total)))
    return " ".join(factors)
