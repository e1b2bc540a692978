"""A click group that knows its commands from the static table and imports one only when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from fairport.cli.options import add_global_options
from fairport.cli.table import COMMANDS, GROUPS, Entry

if TYPE_CHECKING:
    from collections.abc import Sequence


def load(entry: Entry) -> click.Command:
    """Import the module of ``entry`` and return its command under the name that the table gives.

    Raises:
        TypeError: the attribute is not a click command.
    """
    command = getattr(import_module(entry.module), entry.attribute)
    if not isinstance(command, click.Command):
        raise TypeError(f"{entry.module}:{entry.attribute} is not a click command")
    command.name = entry.path.rpartition(" ")[2]
    add_global_options(command)
    return command


class LazyGroup(click.Group):
    """Group over table entries whose path begins with ``prefix``.

    Help and completion read the table; :meth:`get_command` imports.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        prefix: str = "",
        entries: Sequence[Entry] = COMMANDS,
        groups: dict[str, str] = GROUPS,
        **attributes: object,
    ) -> None:
        super().__init__(name, **attributes)  # type: ignore[arg-type]
        self._prefix = prefix
        self._entries = {e.path[len(prefix) :]: e for e in entries if e.path.startswith(prefix)}
        self._group_helps = groups if not prefix else {}

    def short_helps(self) -> dict[str, str]:
        """Return the short help of each direct command, in the order of the table."""
        helps: dict[str, str] = {}
        for path, entry in self._entries.items():
            head, _, rest = path.partition(" ")
            helps.setdefault(head, self._group_helps.get(head, "") if rest else entry.help)
        return helps

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the direct commands, in the order of the table."""
        return list(self.short_helps())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; a group comes without importing anything."""
        entry = self._entries.get(cmd_name)
        if entry is not None:
            return load(entry)
        inner = [e for path, e in self._entries.items() if path.startswith(cmd_name + " ")]
        if not inner:
            return None
        return LazyGroup(
            cmd_name,
            prefix=f"{self._prefix}{cmd_name} ",
            entries=inner,
            help=self._group_helps.get(cmd_name, "") + ".",
        )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of ``args``; an unknown name fails with the nearest names."""
        name = args[0]
        unknown = not name.startswith("-") and self.get_command(ctx, name) is None
        if unknown and not ctx.resilient_parsing:
            ctx.fail(f"no such command {name!r}.{self._nearest(name)}")
        return super().resolve_command(ctx, args)

    def _nearest(self, name: str) -> str:
        from difflib import get_close_matches

        close = get_close_matches(name, self.short_helps(), n=3)
        return f" Did you mean {', '.join(close)}?" if close else ""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command list from the table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.short_helps().items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete command names from the table, then the options of the group."""
        items = [
            CompletionItem(name, help=text)
            for name, text in self.short_helps().items()
            if name.startswith(incomplete)
        ]
        return [*items, *click.Command.shell_complete(self, ctx, incomplete)]
