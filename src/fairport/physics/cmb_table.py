"""Efficiencies f_eff of channels whose products decay or shower, computed from public spectra.

f_eff(m) = 1/(2 m) int dE E [2 f_e(E) dN/dE(positrons) + f_gamma(E) dN/dE(photons)] (T. R. Slatyer,
arXiv:1506.03811, eq. 2), with f_e and f_gamma of :mod:`fairport.physics.cmb` and the spectra at production
of M. Cirelli et al., JCAP 03 (2011) 051 (arXiv:1012.4515, tables with electroweak corrections), made by
``benchmarks/derive_f_eff.py``. Neutrinos are lost; what (anti)protons deposit is left out, as there: quarks
and gauge bosons gain less than 10 % from it. Together with what f_e and f_gamma are good to: about 10 %.

Gluons are left out: the column of those spectra is that of c quarks to 0.5 %, which cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CITATION: Final = "arXiv:1012.4515"

_BB: Final = (
    "6 .263 8 .252 10 .241 15 .226 20 .217 30 .209 50 .204 80 .202 100 .202 200 .202 300 .201 500 .198 "
    "1000 .194 2000 .191 5000 .187 10000 .185 30000 .183 100000 .181"
)
_CC: Final = (
    "5 .232 6 .226 8 .218 10 .213 15 .206 20 .204 30 .202 50 .202 100 .202 200 .199 300 .198 500 .196 "
    "1000 .193 2000 .191 5000 .188 10000 .186 30000 .184 100000 .182"
)
_QQ: Final = (
    "5 .231 6 .225 8 .216 10 .211 15 .204 20 .201 30 .199 50 .200 100 .200 200 .198 300 .196 500 .194 "
    "1000 .191 2000 .189 5000 .186 10000 .184 30000 .182 100000 .181"
)
_TT: Final = (
    "180 .185 200 .186 300 .185 500 .184 1000 .182 2000 .180 5000 .178 10000 .176 30000 .175 100000 .174"
)
_WW: Final = (
    "90 .174 100 .173 130 .170 200 .170 300 .171 500 .172 1000 .172 2000 .173 5000 .173 10000 .175 "
    "30000 .179 100000 .185"
)
_ZZ: Final = (
    "100 .163 130 .161 180 .160 200 .160 300 .161 1000 .161 2000 .160 5000 .159 10000 .159 30000 .160 "
    "100000 .162"
)
_HH: Final = (
    "130 .187 200 .187 300 .187 500 .187 1000 .184 2000 .181 5000 .177 10000 .175 30000 .171 100000 .168"
)
_TAUTAU: Final = (
    "5 .141 6 .140 8 .140 10 .141 15 .145 20 .147 30 .149 50 .148 80 .144 100 .141 130 .138 200 .135 "
    "300 .133 500 .132 1000 .130 2000 .129 5000 .127 10000 .126 30000 .124 100000 .120"
)


def _pairs(text: str) -> tuple[tuple[float, float], ...]:
    numbers = [float(part) for part in text.split()]
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


TABLE: Final[Mapping[str, tuple[tuple[float, float], ...]]] = {
    "bb": _pairs(_BB),
    "cc": _pairs(_CC),
    "qq": _pairs(_QQ),
    "tt": _pairs(_TT),
    "WW": _pairs(_WW),
    "ZZ": _pairs(_ZZ),
    "hh": _pairs(_HH),
    "tautau": _pairs(_TAUTAU),
}
"""Channel to (mass in GeV, f_eff) in rising order of mass."""
