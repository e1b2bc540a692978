"""The reference page of the command line, told by the program: ``python -m fairport.cli.reference``."""

from __future__ import annotations

import click

from fairport.cli.lazy import load
from fairport.cli.table import COMMANDS, GROUPS, Entry

WIDTH = 96


def reference() -> str:
    """Return a Markdown page with the help of every command, in the order of the table."""
    lines = [
        "# Command line",
        "",
        "Every command takes `--help`. Options that stand before the command may also follow it: `-v` says",
        "more, `-q` less, `--no-color` (or the variable `NO_COLOR`) leaves colours out. Exit codes: 0 fine,",
        "1 findings or a failed run, 2 usage or configuration, 3 an error inside Fairport.",
    ]
    group = ""
    for entry in COMMANDS:
        head, _, rest = entry.path.partition(" ")
        if rest and head != group:
            lines += ["", f"## fairport {head}", "", f"{GROUPS.get(head, '')}."]
        group = head
        lines += ["", f"{'###' if rest else '##'} fairport {entry.path}", "", "```text", _help(entry), "```"]
    return "\n".join(lines) + "\n"


def _help(entry: Entry) -> str:
    command = load(entry)
    context = click.Context(
        command, info_name=f"fairport {entry.path}", max_content_width=WIDTH, terminal_width=WIDTH
    )
    context.help_option_names = ["-h", "--help"]
    return command.get_help(context).strip()


if __name__ == "__main__":
    click.echo(reference(), nl=False)
