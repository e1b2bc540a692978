"""Rows of tables: what a template would print, hostile texts escaped."""

from __future__ import annotations

from markupsafe import Markup

from fairport.catalog.parts import Badge, Cell, Column, Row, TableView
from fairport.catalog.site.rendering import environment
from fairport.catalog.site.tablerows import table_rows

HOSTILE = '</td><script>alert("1")</script>'


def test_a_row_names_its_columns_for_narrow_screens() -> None:
    table = TableView(
        (Column("Result"), Column("CL", number=True)),
        (Row((Cell("one", href="../r/one.html", small="a/one"), Cell("90 %"))),),
    )
    assert table_rows(table) == (
        '\n    <tr>\n<th scope="row"><a href="../r/one.html">one</a>'
        '<br><span class="fp-small">a/one</span></th>'
        '\n<td data-label="CL" class="fp-num">90 %</td>\n    </tr>'
    )


def test_nothing_of_a_text_is_taken_for_markup() -> None:
    cells = (
        Cell(HOSTILE, href=HOSTILE, small=HOSTILE, badge=Badge(HOSTILE, 'x" onclick="')),
        Cell(HOSTILE),
        Cell(html=Markup("<em>ours</em>")),
    )
    rows = table_rows(TableView(tuple(Column(HOSTILE) for _ in cells), (Row(cells, HOSTILE),)))
    assert "<script" not in rows
    assert 'onclick="' not in rows
    assert "<em>ours</em>" in rows


def test_html_that_was_seen_does_not_make_the_same_text_html() -> None:
    columns = (Column("a"), Column("b"))
    rows = table_rows(TableView(columns, (Row((Cell(Markup("<b>x</b>")), Cell("<b>x</b>"))),)))
    assert '<th scope="row"><b>x</b></th>' in rows
    assert "&lt;b&gt;x&lt;/b&gt;</td>" in rows


def test_right_to_left_text_is_set_apart() -> None:
    template = environment().from_string("<p>{{ text }}</p>")
    text = "limit \u05d0\u05d1 90"
    printed = template.render(text=text).removeprefix("<p>").removesuffix("</p>")
    assert "<bdi>" in printed
    assert f'<th scope="row">{printed}</th>' in table_rows(TableView((Column(""),), (Row((Cell(text),)),)))
