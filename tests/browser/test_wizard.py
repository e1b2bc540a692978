"""The wizard: from the form to a file of answers that `fairport new` takes."""

from __future__ import annotations

import random
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


def test_the_address_holds_the_answers_but_nothing_personal(browser: Any, explored: Path, page: Any) -> None:
    page.locator("#fp-ask-title").fill("Größe & more")
    page.locator("#fp-ask-kind").select_option(index=1)
    page.locator("#fp-ask-author_family_names").fill("Doe")
    chosen = page.locator("#fp-ask-kind").input_value()
    address = page.url
    assert "Doe" not in address
    other = browser.new_page()
    other.goto(address)
    other.locator("#fp-ask-title").wait_for()
    assert other.locator("#fp-ask-title").input_value() == "Größe & more"
    assert other.locator("#fp-ask-kind").input_value() == chosen
    other.get_by_role("button", name="Begin again").click()
    assert "#" not in other.url
    other.close()


def test_an_address_with_nonsense_does_no_harm(browser: Any, explored: Path) -> None:
    page = browser.new_page()
    page.goto(
        (explored / "new/index.html").as_uri() + "#kind=evil&__proto__=1&slug=%E0%A4%A&nothing=1&title=T"
    )
    page.locator("#fp-ask-title").wait_for()
    assert page.locator("#fp-ask-title").input_value() == "T"
    assert "evil" not in page.get_by_label("answers.yaml").text_content()
    page.close()


def test_answers_and_command_are_copied(page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for name, wanted in (("Copy the command", "fairport new"), ("Copy the answers", "# Answers for")):
        button = page.get_by_role("button", name=name)
        button.click()
        button.locator("xpath=following-sibling::*").get_by_text("Copied.").wait_for()
        assert page.evaluate("navigator.clipboard.readText()").startswith(wanted)


def combinations(questions: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Return random choices of every question that has some, each choice at least once."""
    chance = random.Random(3)
    options = {
        one.name: list(one.choices.values()) for one in questions.values() if one.asked and one.choices
    }
    first = [{name: value} for name, values in options.items() for value in values]
    return first + [{name: chance.choice(values) for name, values in options.items()} for _ in range(count)]


def test_whatever_the_form_accepts_the_program_accepts(page: Any, tmp_path: Path) -> None:
    questions = load_questions()
    accepted = 0
    for given in combinations(questions, 60):
        found = page.evaluate("given => window.fairport.answers(given)", given)
        text = page.evaluate("given => window.fairport.answersFile(given)", given)
        if any(one["problem"] for one in found):
            continue
        accepted += 1
        answers = tmp_path / "answers.yaml"
        answers.write_text(text, encoding="utf-8")
        check_answers(load_answers(answers), questions, where="answers.yaml")
    assert accepted > 40


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_random_combination_makes_a_repository(page: Any, tmp_path: Path, seed: int) -> None:
    able = [
        given
        for given in combinations(load_questions(), 40)[-40:]
        if not any(one["problem"] for one in page.evaluate("g => window.fairport.answers(g)", given))
    ]
    answers = tmp_path / "answers.yaml"
    answers.write_text(page.evaluate("g => window.fairport.answersFile(g)", able[seed]), encoding="utf-8")
    report = new(tmp_path / "made", data_file=answers)
    assert (report.path / "fairport.yaml").is_file()


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
