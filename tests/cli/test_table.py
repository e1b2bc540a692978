"""Every line of the command table is true."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from fairport.cli.lazy import LazyGroup, load
from fairport.cli.main import make_cli
from fairport.cli.table import COMMANDS, GROUPS, Entry


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.path)
def test_entry_imports_and_explains_itself(entry: Entry) -> None:
    result = CliRunner().invoke(make_cli(), [*entry.path.split(), "--help"])
    assert result.exit_code == 0, result.output
    assert f"fairport {entry.path}" in result.output
    assert load(entry).help, "a command says what it does"


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.path)
def test_entry_shows_an_example(entry: Entry) -> None:
    assert "Example" in str(load(entry).help)


def test_paths_are_unique_and_groups_are_described() -> None:
    paths = [entry.path for entry in COMMANDS]
    assert len(paths) == len(set(paths))
    assert {path.split()[0] for path in paths if " " in path} <= GROUPS.keys()
    assert not {path for path in paths if " " not in path} & GROUPS.keys()


def test_short_helps_are_one_plain_line() -> None:
    for entry in COMMANDS:
        assert entry.help == entry.help.strip()
        assert len(entry.help) <= 80
        assert not entry.help.endswith(".")


def test_short_helps_come_from_the_table_for_groups_too() -> None:
    entries = (
        Entry("one", "no.such.module", "x", "First"),
        Entry("grp two", "no.such.module", "x", "Second"),
    )
    group = LazyGroup("fairport", entries=entries, groups={"grp": "A group"})
    assert group.short_helps() == {"one": "First", "grp": "A group"}
    inner = group.get_command(click.Context(group), "grp")
    assert isinstance(inner, LazyGroup)
    assert inner.short_helps() == {"two": "Second"}


def test_global_options_follow_the_command_once() -> None:
    entry = COMMANDS[0]
    for _ in range(2):
        command = load(entry)
    names = [name for parameter in command.params for name in parameter.opts]
    assert names.count("--quiet") == 1
    assert names.count("--no-color") == 1
