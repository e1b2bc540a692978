"""The badge: an SVG that says how many indicators are proven, and by how many places of the repository."""

from __future__ import annotations

from html import escape
from typing import Final

from fairport.check.assess.model import Assessment
from fairport.contract.errors import UsageError

_LEFT: Final = "FAIR"
_WIDTH: Final = 6.6
"""Pixels of a letter of the font, on average."""

_COLOURS: Final = ((30, "#1a7f37"), (20, "#9a6700"), (0, "#59636e"))


def badge_svg(assessment: Assessment) -> str:
    """Return the badge of an assessment as SVG.

    Raises:
        UsageError: the assessment allows none; the reason is told.
    """
    if not assessment.badge.allowed:
        raise UsageError(
            "there is no badge for this analysis yet",
            where=assessment.path,
            why=assessment.badge.reason,
            mend="mend that and assess again; `fairport check --profile release` shows what a release needs",
        )
    passed = assessment.counts["pass"]
    right = f"{passed}/41 proven · {assessment.places} places"
    colour = next(colour for least, colour in _COLOURS if passed >= least)
    left_width, right_width = _pixels(_LEFT), _pixels(right)
    width = left_width + right_width
    label = escape(
        f"FAIR: {passed} of 41 RDA indicators proven by {assessment.places} places in the repository, "
        f"{assessment.profile} profile",
        quote=True,
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" '
        f'aria-label="{label}">\n'
        f"<title>{label}</title>\n"
        f'<clipPath id="r"><rect width="{width}" height="20" rx="3"/></clipPath>\n'
        f'<g clip-path="url(#r)"><rect width="{left_width}" height="20" fill="#24292f"/>'
        f'<rect x="{left_width}" width="{right_width}" height="20" fill="{colour}"/></g>\n'
        f'<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{left_width / 2:g}" y="14">{_LEFT}</text>'
        f'<text x="{left_width + right_width / 2:g}" y="14">{escape(right)}</text></g>\n'
        f"</svg>\n"
    )


def _pixels(text: str) -> int:
    return round(len(text) * _WIDTH) + 12
