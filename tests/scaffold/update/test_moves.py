"""Files that a template moved, and declared changes of the record."""

from __future__ import annotations

from fairport.scaffold.update.migrations import Migration
from fairport.scaffold.update.record import migrate_contract, migrate_record
from fairport.scaffold.update.updating import update

LINES = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
T = "template/"
CONFIG = {"copier.yml": "_subdirectory: template\n_templates_suffix: .jinja\n_exclude: [/_shared]\n"}


def _moving(
    moved: str, before: dict[str, str], after: dict[str, str | None]
) -> dict[str, dict[str, str | None]]:
    text = f'migrations: [{{version: "1.1.0", files: {{moved: {moved}}}}}]\n'
    return {
        "1.0.0": CONFIG | {T + name: content for name, content in before.items()},
        "1.1.0": {T + name: content for name, content in after.items()}
        | {f"{T}_shared/migrations.yaml": text},
    }


def test_a_moved_file_takes_the_changes_of_the_user_along(world) -> None:
    made = world(
        _moving(
            "{docs/old.md: docs/new.md, other.md: docs/other.md}",
            {"docs/old.md": LINES, "other.md": LINES},
            {
                "docs/old.md": None,
                "other.md": None,
                "docs/new.md": LINES.replace("one", "ONE"),
                "docs/other.md": LINES,
            },
        )
    )
    made.edit({"docs/old.md": LINES + "mine\n"})
    report = update(made.project)
    found = {change.path: (change.state, change.moved_from) for change in report.files}
    assert found["docs/new.md"] == ("merged", "docs/old.md")
    assert found["docs/other.md"] == ("moved", "other.md")
    assert made.read("docs/new.md") == LINES.replace("one", "ONE") + "mine\n"
    assert made.read("docs/other.md") == LINES
    assert not (made.project / "docs/old.md").exists()
    assert not (made.project / "other.md").exists()
    assert set(report.migrations) == {"docs/old.md moved to docs/new.md", "other.md moved to docs/other.md"}


def test_a_moved_folder_disappears_when_it_is_empty(world) -> None:
    made = world(
        _moving(
            "{old/: new/deep/}",
            {"old/a": "a\n", "old/b": "b\n"},
            {"old/a": None, "old/b": None, "new/deep/a": "a\n", "new/deep/b": "b2\n"},
        )
    )
    update(made.project)
    assert made.read("new/deep/a") == "a\n"
    assert made.read("new/deep/b") == "b2\n"
    assert not (made.project / "old").exists()


def test_a_deleted_file_is_not_moved_back_to_life(world) -> None:
    made = world(_moving("{a: b}", {"a": "x\n"}, {"a": None, "b": "y\n"}))
    made.edit({"a": None})
    report = update(made.project)
    assert [(c.path, c.state) for c in report.files if c.path in "ab"] == [("a", "absent")]
    assert not (made.project / "b").exists()


def test_a_file_of_the_new_name_is_not_replaced(world) -> None:
    made = world(_moving("{a: b}", {"a": "x\n"}, {"a": None, "b": "y\n"}))
    made.edit({"b": "mine\n"})
    report = update(made.project)
    assert [(c.path, c.state) for c in report.conflicts] == [("a", "conflict")]
    assert made.read("a") == "x\n"
    assert made.read("b") == "mine\n"


def test_a_conflict_in_a_moved_file(world) -> None:
    made = world(_moving("{a: b}", {"a": LINES}, {"a": None, "b": LINES.replace("four", "template")}))
    made.edit({"a": LINES.replace("four", "mine")})
    report = update(made.project)
    assert report.conflicts[0].path == "b"
    assert "<<<<<<< yours\nmine\n=======\ntemplate\n" in made.read("b")
    assert not (made.project / "a").exists()


def test_paths_of_the_user_are_not_moved(world) -> None:
    made = world(_moving("{src/a.py: src/b.py}", {"src/a.py": "x\n"}, {"src/a.py": None, "src/b.py": "x\n"}))
    report = update(made.project)
    assert {c.path: c.state for c in report.files if c.path.startswith("src")} == {
        "src/a.py": "user-owned",
        "src/b.py": "user-owned",
    }
    assert made.read("src/a.py") == "x\n"


RECORD = """# a comment
schema_version: "1.0"
status: wip  # kept
software:
  lockfile: 'a.txt'  # kept, too
title: >-
  A long
  title
"""


def test_declared_changes_of_the_record_touch_nothing_else() -> None:
    migration = Migration(
        "1.1.0",
        "shorter",
        record_renamed={"/software/lockfile": "lock", "/no/such": "key"},
        record_values={"/status": {"wip": "draft"}, "/software/lockfile": {"a.txt": "it's.txt"}},
    )
    text, said = migrate_record(RECORD, [migration])
    assert text == RECORD.replace("wip", "draft").replace("lockfile: 'a.txt'", "lock: 'it''s.txt'")
    assert len(said) == 3
    assert all("shorter" in line for line in said)
    assert migrate_record(text, [migration]) == (text, [])


def test_a_record_that_is_no_yaml_is_left_alone() -> None:
    text = "status: [wip\n"
    assert migrate_record(text, [Migration("1", record_values={"/status": {"wip": "x"}})]) == (text, [])
    assert migrate_contract(text) == (text, [])


def test_a_record_of_an_older_contract_is_rewritten(world) -> None:
    made = world({"1.0.0": {f"{T}a.txt": "1\n"}})
    old = '# mine\nschema_version: "0.9"\nid: x  # the same for ever\nlicense: MIT\naccess: open access\n'
    made.edit({"fairport.yaml": old})
    report = update(made.project)
    assert report.outcome == "updated"
    assert "contract 0.9 rewritten as 1.0" in report.migrations[0]
    text = made.read("fairport.yaml")
    assert text.startswith('# mine\nschema_version: "1.0"\nid: x  # the same for ever\n')
    assert "license:" not in text
    assert "level: open access" in text
    made.edit({})
    assert update(made.project).outcome == "up-to-date"
    (made.project / ".copier-answers.yml").unlink()
    made.edit({"fairport.yaml": old})
    assert update(made.project).outcome == "updated"
    assert made.read("fairport.yaml") == text


def test_a_declared_change_of_the_record_reaches_an_edited_record(world) -> None:
    versions = {
        "1.0.0": CONFIG | {f"{T}fairport.yaml": "status: wip\ntitle: x\nfoo: 1\nbar: 2\nlast: 3\n"},
        "1.1.0": {
            f"{T}fairport.yaml": "status: draft\ntitle: x\nfoo: 1\nbar: 2\nlast: 4\n",
            f"{T}_shared/migrations.yaml": 'migrations: [{version: "1.1.0", '
            "record: {values: {/status: {wip: draft}}}}]",
        },
    }
    made = world(versions)
    made.edit({"fairport.yaml": made.read("fairport.yaml").replace("title: x", "title: mine")})
    report = update(made.project)
    assert made.read("fairport.yaml") == "status: draft\ntitle: mine\nfoo: 1\nbar: 2\nlast: 4\n"
    assert report.migrations == ("fairport.yaml: /status is draft now, was wip",)
