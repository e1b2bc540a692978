"""The Jinja environment of record pages: everything escaped, nothing undefined, links checked."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from fairport.catalog import prose
from fairport.catalog.addresses import safe_link, web_address
from fairport.contract.resources import site_root
from fairport.physics.notation import number_text, unit_text

if TYPE_CHECKING:
    from jinja2 import Environment

_SUBSCRIPT: Final = re.compile(r"(?<![\w/.-])([A-Za-zα-ωΑ-Ω⟨⟩])_([A-Za-zα-ω0-9ℓ]{1,6})(?![\w])")

PAGES_DIR = "pages"
OVERRIDES_DIR = "overrides"


@cache
def environment() -> Environment:
    """Return the environment that renders record pages from ``site/pages``.

    Header and footer come from ``site/overrides``, where MkDocs finds them too.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from fairport.catalog.site.bidi import FILTER, Bidi
    from fairport.catalog.site.bytecode import bytecode_cache
    from fairport.catalog.site.tablerows import table_rows

    jinja = Environment(
        extensions=[Bidi],
        loader=FileSystemLoader([site_root() / PAGES_DIR, site_root() / OVERRIDES_DIR]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=bytecode_cache(Path(__file__).parent),
    )
    jinja.filters |= {
        FILTER: prose.bidi,
        "prose": prose.prose,
        "inline": prose.inline,
        "clean": prose.clean,
        "plain": prose.plain,
        "summary": prose.summary,
        "number": number,
        "symbol": symbol,
        "unit": unit_text,
        "day": day,
        "rows": table_rows,
        "safe_link": safe_link,
        "web_address": web_address,
    }
    from fairport.catalog.browser.frontend import content_policy

    jinja.globals |= {"fairport_version": version("fairport"), "content_policy": content_policy()}
    return jinja


def render(template: str, **values: Any) -> str:
    """Render a page template."""
    return environment().get_template(template).render(**values)


@lru_cache(maxsize=8192)
def number(value: float | None, unit: str = "", digits: int = 3) -> Markup:
    """Return a number with real superscripts that carries its machine-readable value; ``None`` is a dash."""
    if value is None or math.isnan(value):
        return Markup('<span title="no value">–</span>')
    text = number_text(value, digits).replace(" × ", "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}")
    label = f"\N{NO-BREAK SPACE}{escape(unit)}" if unit else ""
    # A number and its text hold nothing that could be taken for markup.
    return Markup(f'<data value="{float(value)!r}">{text}{label}</data>')  # noqa: S704


@lru_cache(maxsize=8192)
def symbol(text: str) -> Markup:
    """Return text in which the subscripts of symbols (``v_esc``, ``σ_SI``) are set as such, and in which no
    line breaks inside a power of ten.
    """
    kept = prose.clean(text).replace(" × 10", "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10")
    return Markup(_SUBSCRIPT.sub(r"\1<sub>\2</sub>", str(escape(kept))))  # noqa: S704 - escaped


@lru_cache(maxsize=1024)
def day(instant: str | None) -> str:
    """Return an instant or date for people: ``22 November 2026``; what cannot be read stays as it is."""
    from datetime import date

    if not instant:
        return ""
    try:
        moment = date.fromisoformat(instant[:10])
    except ValueError:
        return instant
    months = "January February March April May June July August September October November December".split()
    return f"{moment.day} {months[moment.month - 1]} {moment.year}"
