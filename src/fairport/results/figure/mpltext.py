"""Text for matplotlib: raised and lowered parts as mathematics, everything that comes from a record as
plain text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from fairport.contract.documents import PlaneAxis
from fairport.results.figure.richtext import plain, runs

_HARMLESS: Final = re.compile(r"[\w,+\N{MINUS SIGN}\N{PRIME}.-]{1,20}")


def mathtext(text: str) -> str:
    """Return text in which super- and subscripts are set by mathtext and nothing else is; dollar signs are
    escaped.
    """
    parts: list[str] = []
    for run in runs(text):
        after_backslash = bool(parts) and parts[-1].endswith("\\")  # it would escape the dollar sign
        if run.level != "base" and _HARMLESS.fullmatch(run.text) and not after_backslash:
            mark = "^" if run.level == "sup" else "_"
            content = run.text.replace("\N{MINUS SIGN}", "-").replace("_", r"\_")
            parts.append(rf"$\mathrm{{}}{mark}{{\mathrm{{{content}}}}}$")
        else:
            parts.append(run.text.replace("$", r"\$"))
    return "".join(parts)


def axis_title(axis: PlaneAxis, *, short: bool = False) -> str:
    """Return the title of an axis: words, symbol by the LaTeX label if mathtext can read it, unit in
    brackets.
    """
    name = axis.labels.plain[:1].upper() + axis.labels.plain[1:]
    symbol = f"${axis.labels.latex}$" if _readable(axis.labels.latex) else mathtext(axis.labels.unicode)
    unit = f" [{mathtext(axis.unit_label)}]" if axis.unit_label else ""
    return f"{symbol}{unit}" if short else f"{mathtext(name)} {symbol}{unit}"


@cache
def _readable(latex: str) -> bool:
    """Tell whether mathtext can set a label; a plane may come from anywhere."""
    from matplotlib.mathtext import MathTextParser

    if "$" in latex or len(latex) > 200:
        return False
    try:
        MathTextParser("path").parse(f"${latex}$")
    except (ValueError, RuntimeError, RecursionError):
        return False
    return True


__all__ = ["axis_title", "mathtext", "plain"]
