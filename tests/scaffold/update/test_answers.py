"""Answers: none is lost or changed unless somebody said so."""

from __future__ import annotations

import json

import pytest

from fairport.cli.main import main
from fairport.contract.errors import ConfigurationError, DocumentError, UsageError
from fairport.contract.schemas import validate
from fairport.scaffold.update.migrations import load_history
from fairport.scaffold.update.updating import update

BASE = "_subdirectory: template\n_templates_suffix: .jinja\n"
SHOW = {
    "template/shown.txt.jinja": "{% for k, v in _copier_answers | dictsort "
    "if k[0] != '_' %}{{ k }}={{ v }}\n{% endfor %}"
}
NAME = "name: {type: str, default: nobody}\n"
LICENCE = "licence: {type: str, default: MIT, choices: [MIT, GPL]}\n"
MIGRATIONS = "template/_shared/migrations.yaml"
EXCLUDE = "_exclude: [/_shared]\n"


def _versions(
    before: str, after: str, migrations: str | None = None, **more: str
) -> dict[str, dict[str, str]]:
    second = {"copier.yml": BASE + EXCLUDE + after, **more}
    if migrations is not None:
        second[MIGRATIONS] = migrations
    return {"1.0.0": {"copier.yml": BASE + EXCLUDE + before, **SHOW}, "1.1.0": second}


def _changes(report) -> dict[str, tuple[object, ...]]:
    return {item.name: (item.how, item.before, item.after) for item in report.answers}


@pytest.mark.parametrize(
    ("after", "name", "text"),
    [
        ("renamed: {type: str, default: nobody}\n", "name", "has no such question"),
        ("name: {type: str, default: nobody, choices: [nobody, Bob]}\n", "name", "refuses it"),
        (
            "name: {type: str, default: nobody, validator: \"{% if name == 'Ada' %}too short{% endif %}\"}\n",
            "name",
            "too short",
        ),
        ('name: {type: str, default: nobody, when: "{{ 1 > 2 }}"}\n', "name", "does not ask this"),
        ("name: {type: int, default: 3}\n", "name", ""),
    ],
)
def test_a_silent_change_stops_the_update(world, after: str, name: str, text: str) -> None:
    made = world(_versions(NAME, after, **{"template/new.txt": "x\n"}), {"name": "Ada"})
    before = made.snapshot()
    if "int" in after:
        with pytest.raises((UsageError, ConfigurationError)):
            update(made.project)
    else:
        report = update(made.project)
        assert report.outcome == "stopped"
        assert report.exit_code == 2
        assert [problem.name for problem in report.problems] == [name]
        assert report.problems[0].value == "Ada"
        assert text in report.problems[0].text
        assert report.files == ()
    assert made.snapshot() == before
    assert made.status() == []


def test_a_question_that_was_perhaps_renamed_is_named(world) -> None:
    made = world(_versions(NAME, "renamed: {type: str, default: nobody}\n"), {"name": "Ada L"})
    (problem,) = update(made.project).problems
    assert 'perhaps it is called "renamed" now' in problem.text
    assert problem.mend == "--accept name --data renamed='Ada L'"
    assert update(made.project, accept=["name"], data={"renamed": "Ada L"}).outcome == "updated"
    assert made.read("shown.txt") == "renamed=Ada L\n"


def test_the_command_says_how_to_go_on(world, capfd: pytest.CaptureFixture[str]) -> None:
    made = world(_versions(LICENCE + NAME, LICENCE.replace("GPL", "BSD")), {"licence": "GPL", "name": "Ada"})
    assert main(["update", str(made.project)]) == 2
    out = capfd.readouterr().out
    assert "Stopped: 2 answers would be lost or changed; nothing was written" in out
    assert "mend: fairport update --data licence=..." in out
    assert "mend: fairport update --accept name if it is not needed any more" in out
    assert main(["update", str(made.project), "--format", "json"]) == 2
    document = json.loads(capfd.readouterr().out)
    assert validate("update", document) == []
    assert (document["outcome"], len(document["problems"])) == ("stopped", 2)
    assert main(["update", str(made.project), "--data", "licence=BSD", "--accept", "name"]) in (0, 1)
    assert "= licence  given     GPL -> BSD" in capfd.readouterr().out


def test_answers_that_are_no_texts_are_followed_too(world) -> None:
    questions = "flag: {type: bool, default: true}\ncount: {type: int, default: 3}\n"
    questions += "many: {type: yaml, default: [a]}\n"
    made = world(_versions(questions, questions), {"flag": False, "count": 4, "many": ["b", "c"]})
    assert update(made.project).outcome == "updated"
    made.edit({})
    report = update(made.project, data={"count": "5", "flag": "true"})
    assert (report.outcome, report.problems) == ("updated", ())
    assert made.read("shown.txt") == "count=5\nflag=True\nmany=['b', 'c']\n"


def test_every_problem_is_told_at_once_and_the_call_can_solve_them(world) -> None:
    before = NAME + LICENCE + "place: {type: str, default: here}\n"
    after = "place: {type: str, default: here}\nlicence: {type: str, default: MIT, choices: [MIT, BSD]}\n"
    made = world(_versions(before, after), {"name": "Ada", "licence": "GPL", "place": "there"})
    assert {problem.name for problem in update(made.project).problems} == {"name", "licence"}
    with pytest.raises(UsageError, match="licence"):
        update(made.project, data={"licence": "WTF"})
    report = update(made.project, data={"licence": "BSD"}, accept=["name"])
    assert report.outcome == "updated"
    assert _changes(report) == {"licence": ("given", "GPL", "BSD"), "name": ("removed", "Ada", None)}
    assert made.read("shown.txt") == "licence=BSD\nplace=there\n"


def test_a_removed_choice_that_was_not_chosen_is_no_problem(world) -> None:
    made = world(_versions(LICENCE, LICENCE.replace(", GPL", "")), {"licence": "MIT"})
    assert update(made.project).outcome == "updated"


def test_a_changed_default_changes_no_answer(world) -> None:
    made = world(_versions(NAME, NAME.replace("nobody", "somebody")))
    report = update(made.project)
    assert report.answers == ()
    assert made.read("shown.txt") == "name=nobody\n"


def test_a_new_question_takes_its_default_and_is_told(world) -> None:
    after = NAME + "place: {type: str, help: 'Where?', default: here}\n"
    made = world(_versions(NAME, after), {"name": "Ada"})
    report = update(made.project)
    assert _changes(report) == {"place": ("new", None, "here")}
    assert report.answers[0].why == "Where?"
    assert "place: here" in made.read(".copier-answers.yml")


def test_a_new_question_can_be_answered_at_once_and_any_answer_later(world) -> None:
    made = world(_versions(NAME, NAME + "place: {type: str, default: here}\n"), {"name": "Ada"})
    assert _changes(update(made.project, data={"place": "there"})) == {"place": ("given", None, "there")}
    made.edit({})
    report = update(made.project, data={"name": "Bob"})
    assert (report.before, report.after, report.outcome) == ("1.1.0", "1.1.0", "updated")
    assert made.read("shown.txt") == "name=Bob\nplace=there\n"


def test_an_unknown_answer_is_refused(world) -> None:
    made = world(_versions(NAME, NAME))
    with pytest.raises(UsageError, match='no question "nmae"'):
        update(made.project, data={"nmae": "x"})


def test_declared_changes_are_applied_and_told(world) -> None:
    migrations = """
migrations:
  - version: "1.1.0"
    why: plainer words
    questions: {renamed: {name: author}, removed: [gone]}
    choices: {licence: {GPL: GPL-3.0-or-later}}
"""
    after = NAME.replace("name:", "author:") + LICENCE.replace("GPL", "GPL-3.0-or-later")
    before = NAME + LICENCE + "gone: {type: str, default: x}\n"
    made = world(_versions(before, after, migrations), {"name": "Ada", "licence": "GPL", "gone": "y"})
    report = update(made.project)
    assert report.outcome == "updated"
    assert _changes(report) == {
        "author": ("renamed", "Ada", "Ada"),
        "licence": ("migrated", "GPL", "GPL-3.0-or-later"),
        "gone": ("removed", "y", None),
    }
    assert all("plainer words" in item.why for item in report.answers)
    assert made.read("shown.txt") == "author=Ada\nlicence=GPL-3.0-or-later\n"


def test_a_chain_of_renamings_over_several_versions(world) -> None:
    first = {"copier.yml": BASE + EXCLUDE + "a: {type: str, default: x}\n", **SHOW}
    step = '  - {{version: "{}", questions: {{renamed: {{{}: {}}}}}}}\n'
    one = "migrations:\n" + step.format("1.1.0", "a", "b")
    two = one + step.format("1.2.0", "b", "c")
    versions = {
        "1.0.0": first,
        "1.1.0": {"copier.yml": BASE + EXCLUDE + "b: {type: str, default: x}\n", MIGRATIONS: one},
        "1.2.0": {"copier.yml": BASE + EXCLUDE + "c: {type: str, default: x}\n", MIGRATIONS: two},
    }
    made = world(versions, {"a": "mine"})
    report = update(made.project)
    assert _changes(report) == {"c": ("renamed", "mine", "mine")}
    assert made.read("shown.txt") == "c=mine\n"


def test_migrations_of_the_version_that_is_there_do_not_apply_again(world) -> None:
    migrations = 'migrations: [{version: "1.1.0", choices: {licence: {MIT: GPL}}}]\n'
    versions = _versions(LICENCE, LICENCE, migrations)
    versions["1.2.0"] = {"template/x.txt": "x\n"}
    made = world(versions, {"licence": "MIT"}, at="1.1.0")
    assert update(made.project).answers == ()
    assert "licence=MIT" in made.read("shown.txt")


def test_an_answer_edited_by_hand_that_the_old_version_never_took(world) -> None:
    made = world(_versions(LICENCE, LICENCE + NAME))
    made.edit({".copier-answers.yml": made.read(".copier-answers.yml").replace("MIT", "WTFPL")})
    with pytest.raises(DocumentError, match="licence") as caught:
        update(made.project)
    assert "by hand" in str(caught.value.why)


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        "migration: []",
        "migrations: {a: 1}",
        "migrations: [{version: x}]",
        'migrations: [{version: "1.0", questions: {renames: {}}}]',
        'migrations: [{version: "1.0", files: {moved: {a: ../b}}}]',
        'migrations: [{version: "1.0", files: {moved: {/a: b}}}]',
        'migrations: [{version: "1.0", files: {moved: {a: .git/hooks/x}}}]',
        'migrations: [{version: "1.0", questions: {renamed: {a: 1}}}]',
        "owned: x",
    ],
)
def test_migrations_that_cannot_be_read(tmp_path, text: str) -> None:
    (tmp_path / "_shared").mkdir()
    (tmp_path / "_shared/migrations.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="migrations of the template"):
        load_history(tmp_path)
