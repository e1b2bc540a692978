"""Files of a page, sorted by who takes them."""

from __future__ import annotations

from fairport.catalog.pages.downloads import downloads_of


def test_people_get_buttons_in_one_order_and_programs_a_line() -> None:
    found = downloads_of(["cite.bib", "figure.svg", "linkset.json", "si.csv", "voresource.xml"], "a/")
    assert [link.title for link in found.people] == ["SVG", "CSV", "BibTeX"]
    assert [link.href for link in found.people] == ["a/figure.svg", "a/si.csv", "a/cite.bib"]
    assert [link.title for link in found.machines] == ["linkset", "VOResource"]


def test_two_files_of_one_format_are_told_apart_by_their_names() -> None:
    found = downloads_of(["result.json", "table.json", "notes.txt"])
    assert [link.title for link in found.people] == ["result.json", "table.json", "notes.txt"]
    assert found.machines == ()
