"""Rows of tables as HTML: the lists of a large catalogue have very many cells, for which a template takes
several times as long.
"""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape

from fairport.catalog.parts import Cell, Column, TableView
from fairport.catalog.prose import bidi, clean, plain


def table_rows(table: TableView) -> Markup:
    """Return the rows of a table; the first cell of each is its head, the others name their column."""
    starts = [_start(index, column) for index, column in enumerate(table.columns)]
    parts: list[str] = []
    for row in table.rows:
        searched = f' data-text="{escape(plain(row.text).lower())}"' if row.text else ""
        parts.append(f"\n    <tr{searched}>")
        for index, cell in enumerate(row.cells):
            parts += ("\n", starts[index], _content(cell), "</td>" if index else "</th>")
        parts.append("\n    </tr>")
    return Markup("".join(parts))  # noqa: S704 - every text is escaped below


def _start(index: int, column: Column) -> str:
    kind = ' class="fp-num"' if column.number else ""
    return f'<td data-label="{escape(clean(column.title))}"{kind}>' if index else f'<th scope="row"{kind}>'


def _content(cell: Cell) -> str:
    if cell.href:
        text = f'<a href="{escape(cell.href)}">{_shown(cell.text)}</a>'
    elif cell.html is not None:
        text = str(escape(cell.html))
    else:
        text = _shown(cell.text)
    if cell.badge is not None:
        tone = f" fp-badge--{escape(cell.badge.tone)}" if cell.badge.tone else ""
        text += f' <span class="fp-badge{tone}">{_shown(plain(cell.badge.text))}</span>'
    if cell.small:
        text += f'<br><span class="fp-small">{_shown(cell.small)}</span>'
    return text


@lru_cache(maxsize=8192, typed=True)  # HTML is another type of text
def _shown(text: str) -> str:
    """Return text as HTML, as templates print it."""
    return str(escape(bidi(clean(text))))
