"""SPDX licence expressions: the typed boundary to the library ``license-expression``, with a fast path.

The licences that nearly every repository uses are known here, so that the library (2,400 symbols) is only
loaded for the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

_COMMON: Final = frozenset(
    {
        "MIT",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "Apache-2.0",
        "ISC",
        "MPL-2.0",
        "EUPL-1.2",
        "CECILL-2.1",
        "Unlicense",
    }
    | {
        f"{name}-{rest}"
        for name in ("GPL-2.0", "GPL-3.0", "LGPL-2.1", "LGPL-3.0", "AGPL-3.0")
        for rest in ("only", "or-later")
    }
    | {f"CC-{terms}-4.0" for terms in ("BY", "BY-SA", "BY-NC", "BY-ND", "BY-NC-SA", "BY-NC-ND")}
    | {"CC0-1.0", "ODbL-1.0", "ODC-By-1.0", "PDDL-1.0"}
)
_LICENCE_REF: Final = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")
_WORD: Final = re.compile(r"[^\s()]+")
_OPERATORS: Final = frozenset({"AND", "OR", "WITH"})
_MAX_LENGTH: Final = 500

DEPRECATED: Final = {
    **{
        f"{name}": f"{name}-only"
        for name in ("GPL-1.0", "GPL-2.0", "GPL-3.0", "LGPL-2.0", "LGPL-2.1", "LGPL-3.0")
    },
    **{
        f"{name}+": f"{name}-or-later"
        for name in ("GPL-1.0", "GPL-2.0", "GPL-3.0", "LGPL-2.0", "LGPL-2.1", "LGPL-3.0")
    },
    **{
        f"{name}+": f"{name}-or-later"
        for name in ("AGPL-1.0", "AGPL-3.0", "GFDL-1.1", "GFDL-1.2", "GFDL-1.3")
    },
    "AGPL-1.0": "AGPL-1.0-only",
    "Nunit": "zlib-acknowledgement",
    "bzip2-1.0.5": "bzip2-1.0.6",
    "AGPL-3.0": "AGPL-3.0-only",
    "GFDL-1.1": "GFDL-1.1-only",
    "GFDL-1.2": "GFDL-1.2-only",
    "GFDL-1.3": "GFDL-1.3-only",
    "BSD-2-Clause-FreeBSD": "BSD-2-Clause",
    "BSD-2-Clause-NetBSD": "BSD-2-Clause",
    "StandardML-NJ": "SMLNJ",
    "wxWindows": "LGPL-2.0-or-later WITH WxWindows-exception-3.1",
}
"""Identifiers that SPDX deprecates, with what replaces them."""

_ALIASES: Final = {
    "apache": "Apache-2.0",
    "apache2": "Apache-2.0",
    "apache20": "Apache-2.0",
    "apachelicense20": "Apache-2.0",
    "apachelicenseversion20": "Apache-2.0",
    "asl20": "Apache-2.0",
    "mitlicense": "MIT",
    "mitlicence": "MIT",
    "expat": "MIT",
    "bsd": "BSD-3-Clause",
    "bsd3": "BSD-3-Clause",
    "bsd3clause": "BSD-3-Clause",
    "newbsd": "BSD-3-Clause",
    "modifiedbsd": "BSD-3-Clause",
    "bsd2": "BSD-2-Clause",
    "bsd2clause": "BSD-2-Clause",
    "simplifiedbsd": "BSD-2-Clause",
    "gpl": "GPL-3.0-or-later",
    "gplv2": "GPL-2.0-only",
    "gpl2": "GPL-2.0-only",
    "gplv3": "GPL-3.0-only",
    "gpl3": "GPL-3.0-only",
    "gnugplv3": "GPL-3.0-only",
    "lgplv3": "LGPL-3.0-only",
    "lgpl3": "LGPL-3.0-only",
    "agplv3": "AGPL-3.0-only",
    "agpl3": "AGPL-3.0-only",
    "mpl2": "MPL-2.0",
    "mpl20": "MPL-2.0",
    "cc0": "CC0-1.0",
    "cc010": "CC0-1.0",
    "publicdomain": "CC0-1.0",
    "ccby": "CC-BY-4.0",
    "creativecommonsattribution40": "CC-BY-4.0",
    "creativecommonsattribution40international": "CC-BY-4.0",
    "odbl": "ODbL-1.0",
    "pddl": "PDDL-1.0",
}

_DATA: Final = re.compile(
    r"CC0-1\.0|CC-(?:BY|PDDC)\S*|ODbL-\S+|ODC-\S+|PDDL-\S+|CDLA-\S+|OGL-\S+|etalab-2\.0|DL-DE-\S+|O-UDA-\S+|C-UDA-\S+"
    r"|GFDL-\S+|LAL-\S+|OGDL-\S+|NLOD-\S+|Community-Spec-\S+|LicenseRef-\S+"
)
_OSI: Final = frozenset(
    "0BSD AAL AFL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 APSL-2.0 Artistic-1.0 "
    "Artistic-2.0 BlueOak-1.0.0 "
    "BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause BSD-3-Clause-LBNL BSL-1.0 CAL-1.0 CATOSL-1.1 "
    "CDDL-1.0 CECILL-2.1 "
    "CERN-OHL-P-2.0 CERN-OHL-S-2.0 CERN-OHL-W-2.0 CNRI-Python CPAL-1.0 CPL-1.0 ECL-1.0 ECL-2.0 EFL-2.0 "
    "Entessa EPL-1.0 EPL-2.0 "
    "EUDatagrid EUPL-1.1 EUPL-1.2 Fair Frameworx-1.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0-only "
    "GPL-3.0-or-later HPND IPA "
    "IPL-1.0 ISC LGPL-2.0-only LGPL-2.0-or-later LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only "
    "LGPL-3.0-or-later LPL-1.02 "
    "LPPL-1.3c MIT MIT-0 MirOS Motosoto MPL-1.0 MPL-1.1 MPL-2.0 MS-PL MS-RL MulanPSL-2.0 Multics NASA-1.3 "
    "Naumen NCSA NGPL Nokia "
    "NPOSL-3.0 NTP OFL-1.1 OGTSL OLDAP-2.8 OSL-2.1 OSL-3.0 PHP-3.01 PostgreSQL PSF-2.0 Python-2.0 QPL-1.0 "
    "RPL-1.5 RPSL-1.0 RSCPL "
    "SimPL-2.0 Sleepycat SPL-1.0 UCL-1.0 Unicode-3.0 Unicode-DFS-2015 Unlicense UPL-1.0 VSL-1.0 W3C "
    "Watcom-1.0 Xnet "
    "Zlib ZPL-2.0 ZPL-2.1".split()
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A licence expression that was looked at.

    Attributes:
        text: as it was written.
        symbols: the licences (and exceptions) named in it, in order.
        error: why it is no SPDX expression, or None.
        suggestion: the right text, if it is known what was meant.
        case_only: whether the suggestion differs in upper and lower case or blanks only.
    """

    text: str
    symbols: tuple[str, ...] = ()
    error: str | None = None
    suggestion: str | None = None
    case_only: bool = False


@cache
def parse_licence(text: str) -> Expression:
    """Look at an SPDX licence expression; ``LicenseRef-...`` symbols are allowed."""
    words = _WORD.findall(text)
    symbols = tuple(word for word in words if word not in _OPERATORS)
    if len(words) == 1 and text == words[0] and _plain(text):
        return Expression(text, symbols)
    if not text.strip():
        return Expression(text, error="the expression is empty")
    if len(text) > _MAX_LENGTH:
        return Expression(text, error=f"an expression has at most {_MAX_LENGTH} characters")
    return _parse_slowly(text)


def _plain(word: str) -> bool:
    return word in _COMMON or _LICENCE_REF.fullmatch(word) is not None


def _parse_slowly(text: str) -> Expression:
    alias = _ALIASES.get(_squeezed(text)) or _creative_commons(text)
    # The library knows only its own references: check the grammar with a known symbol in their place.
    masked, references = _LICENCE_REF.subn("MIT", text)
    normal, error = _normalised(masked)
    if error is not None:
        return Expression(text, error=error, suggestion=alias)
    symbols = tuple(word for word in _WORD.findall(text) if word not in _OPERATORS)
    deprecated = [word for word in symbols if word in DEPRECATED]
    # Brackets that are not needed are no mistake; other words, other spelling are.
    if not references and not deprecated and _WORD.findall(normal or "") != _WORD.findall(text):
        same = normal is not None and _squeezed(normal) == _squeezed(text)
        return Expression(
            text, symbols, error="it is not written as SPDX does", suggestion=normal, case_only=same
        )
    return Expression(text, symbols)


def _normalised(text: str) -> tuple[str | None, str | None]:
    """Return (normal form, error) by the library."""
    try:
        info = _library().validate(text)
    except Exception:  # noqa: BLE001 - the library raises many things on malformed text
        return None, "the expression is malformed"
    if info.invalid_symbols and info.errors and "Unknown license" in info.errors[0]:
        unknown = ", ".join(f'"{str(symbol)[:60]}"' for symbol in info.invalid_symbols)
        return None, f"{unknown} is no SPDX identifier"
    if info.errors:
        return None, "the expression is malformed"
    return info.normalized_expression, None


@cache
def _library() -> Any:
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


def _squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9+]", "", text.lower())


def _creative_commons(text: str) -> str | None:
    match = re.fullmatch(
        r"cc[\s-]*by((?:[\s-]*(?:nc|sa|nd))*)[\s-]*v?(\d\.\d)?(?:\s*international)?", text.strip(), re.I
    )
    if match is None:
        return None
    terms = re.findall("nc|sa|nd", match[1].lower())
    return "-".join(["CC-BY", *(term.upper() for term in terms), match[2] or "4.0"])


def is_data_licence(symbol: str) -> bool:
    """Tell whether a licence is meant for data or other content."""
    return _DATA.fullmatch(symbol) is not None


def is_code_licence(symbol: str) -> bool:
    """Tell whether a licence is approved by the Open Source Initiative (or is a reference of the
    repository)."""
    return symbol in _OSI or symbol.startswith("LicenseRef-")


def licence_names(expression: Expression) -> tuple[str, ...]:
    """Return the licences without the exceptions after ``WITH``."""
    words = _WORD.findall(expression.text)
    return tuple(
        word
        for index, word in enumerate(words)
        if word not in _OPERATORS and (index == 0 or words[index - 1] != "WITH")
    )
