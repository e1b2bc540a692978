"""The wizard: from the form to a file of answers that `fairport new` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairport.scaffold.new import new
from fairport.scaffold.questions import check_answers, load_answers, load_questions

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Any, explored: Path) -> Any:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.goto((explored / "new/index.html").as_uri())
    page.locator(".fp-ask").first.wait_for()
    yield page
    context.close()


def test_defaults_follow_the_answers_before_them(page: Any) -> None:
    page.locator("#fp-ask-kind").select_option(
        label="collider: a mediator between quarks and dark matter (excluded region)"
    )
    assert "mediator" in page.locator("#fp-ask-title").input_value()
    page.locator("#fp-ask-title").fill("My own search")
    assert page.locator("#fp-ask-slug").input_value() == "my-own-search"
    assert (
        "fairport new my-own-search --defaults --data-file answers.yaml"
        in page.get_by_label("command", exact=True).inner_text()
    )
    offered = page.locator("#fp-ask-example option:not([hidden])").all_text_contents()
    assert len(offered) == 1


def test_questions_appear_when_they_matter(page: Any) -> None:
    ror = page.locator('[data-name="affiliation_ror"]')
    assert not ror.is_visible()
    page.locator("#fp-ask-affiliation").fill("CERN")
    assert ror.is_visible()


def test_wrong_answers_are_told_and_keep_the_file_back(page: Any) -> None:
    field = page.locator("#fp-ask-author_orcid")
    field.fill("0000-0002-1825-0098")
    assert "check digit" in page.locator("#fp-ask-author_orcid-problem").inner_text()
    assert field.get_attribute("aria-invalid") == "true"
    assert page.get_by_role("button", name="Save answers.yaml").is_disabled()
    field.fill("0000-0002-1825-0097")
    assert page.get_by_role("button", name="Save answers.yaml").is_enabled()


@pytest.mark.slow
def test_the_file_makes_a_repository(page: Any, tmp_path: Path) -> None:
    page.locator("#fp-ask-title").fill('A "quoted": title # with marks')
    page.locator("#fp-ask-author_family_names").fill("O'Größe")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save answers.yaml").click()
    answers = tmp_path / "answers.yaml"
    download.value.save_as(answers)
    read = load_answers(answers)
    check_answers(read, load_questions(), where="answers.yaml")
    assert read["title"] == 'A "quoted": title # with marks'
    report = new(tmp_path / "made", data_file=answers)
    text = (report.path / "fairport.yaml").read_text(encoding="utf-8")
    assert "O'Größe" in text
