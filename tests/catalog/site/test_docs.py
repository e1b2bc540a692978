"""The narrative pages: they build, and what is generated is complete."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.catalog import sitecheck

from fairport.catalog.site.docs import DocsContext, build_docs, stackable
from fairport.catalog.site.schemadocs import schema_pages, schema_path
from fairport.check.registry import all_rules
from fairport.cli.reference import reference
from fairport.cli.table import COMMANDS
from fairport.contract.constants import schema_id
from fairport.contract.schemas import DOCUMENTS, schema


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation on its own; broken links and pages without a place fail the build."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    build_docs(folder)
    return folder


def test_every_narrative_page_is_there(docs: Path, repository: Path) -> None:
    for source in (repository / "site" / "docs").rglob("*.md"):
        page = docs / source.relative_to(repository / "site" / "docs").with_suffix(".html")
        assert page.is_file(), page


def test_generated_references_are_complete(docs: Path) -> None:
    rules = {path.stem for path in (docs / "reference" / "rules").glob("*.html")} - {"index"}
    assert rules == {rule.id.lower() for rule in all_rules()}
    schemas = {path.stem for path in (docs / "reference" / "schemas").glob("*.html")}
    assert schemas == set(DOCUMENTS)


def test_pages_ask_nobody_for_anything(docs: Path) -> None:
    for path in docs.rglob("*.html"):
        page = sitecheck.read_page(path)
        assert [url for url in page.loads if "//" in url] == [], path


def test_the_same_sources_give_the_same_bytes(docs: Path, tmp_path: Path) -> None:
    build_docs(tmp_path / "again")
    for path in sorted(p for p in docs.rglob("*") if p.is_file()):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(docs)).read_bytes(), path


def test_inside_a_catalogue_the_header_leads_back(tmp_path: Path) -> None:
    title = "Limits & <b>bold</b> claims"
    build_docs(tmp_path / "docs", DocsContext(title, None, "A note & <i>more</i>"))
    page = sitecheck.read_page(tmp_path / "docs" / "how-to" / "publish.html")
    assert {"../../index.html", "../../r/index.html", "../../status/index.html"} <= {
        str(Path(link)) for link in page.links
    }
    text = " ".join(page.text)
    assert title in text
    assert "A note & <i>more</i>" in text


def test_the_command_line_reference_has_every_command_and_option() -> None:
    from fairport.cli.lazy import load

    page = reference()
    for entry in COMMANDS:
        assert f"fairport {entry.path}\n" in page
        for parameter in load(entry).params:
            if not getattr(parameter, "hidden", False) and parameter.param_type_name == "option":
                assert parameter.opts[0] in page, (entry.path, parameter.opts)


def test_schema_pages_tell_every_field() -> None:
    pages = schema_pages()
    for name in DOCUMENTS:
        text = pages[f"schemas/{name}.md"]
        for field in schema(name)["properties"]:
            assert f"| `{field}` |" in text, (name, field)
    assert "| `axes[].column` | text | required | " in pages["schemas/result.md"]
    assert all(schema_id(name).endswith("/" + schema_path(name)) for name in DOCUMENTS)


def test_headings_of_the_command_line_stand_once() -> None:
    headings = [line for line in reference().splitlines() if line.startswith("#")]
    assert len(headings) == len(set(headings))


def test_cells_of_wide_tables_name_their_columns() -> None:
    names = ("rule", '<code>a</code> &amp; "b"', "c", "d")
    head = f"<thead>\n<tr>\n{''.join(f'<th>{name}</th>' for name in names)}\n</tr>\n</thead>\n"
    row = '<tr>\n<td>1</td>\n<td class="fp-num">2</td>\n<td></td>\n<td>4</td>\n</tr>\n'
    body = f"<tbody>\n{row}</tbody>\n</table>"
    page = stackable(f"<p><table>\n{head}{body}")
    assert "<table data-stack>\n<thead>" in page
    assert '<td data-label="a &amp; &quot;b&quot;" class="fp-num">2</td>' in page
    assert '<td data-label="d">4</td>' in page
    narrow = "<table>\n<thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    assert stackable(narrow) == narrow
