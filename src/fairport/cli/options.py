"""Options and arguments that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fairport.cli.output import current

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

FOLDER = click.Path(path_type=Path, file_okay=False)
"""A folder, which need not exist."""


def format_option(*formats: str, default: str | None = None) -> Callable[[F], F]:
    """Add ``--format`` with the given choices, passed as ``fmt``; the first is the default."""
    return click.option(
        "--format",
        "fmt",
        type=click.Choice(formats),
        default=default or formats[0],
        show_default=True,
        help="How the report is written.",
    )


def path_argument(function: F) -> F:
    """Add the optional argument ``[PATH]``, passed as ``path: Path``; by default the current directory."""
    return click.argument("path", type=click.Path(path_type=Path), default=Path())(function)


def catalogue_option(function: F) -> F:
    """Add ``--catalog``, passed as ``catalog: Path | None``."""
    return click.option(
        "--catalog",
        type=FOLDER,
        default=None,
        help="Folder of the catalogue; by default this one or ./catalog.",
    )(function)


def _set_verbosity(ctx: click.Context, param: click.Parameter, value: int) -> None:
    if value:
        output = current()
        output.set_verbosity(output.verbosity + (value if param.name == "verbose" else -value))


def _set_no_colour(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        current().colour = False
        ctx.color = False


def global_options(*, hidden: bool = False) -> list[click.Option]:
    """Return fresh ``-v``, ``-q`` and ``--no-color`` options that act on the current :class:`Output`."""
    return [
        click.Option(
            ["-v", "--verbose"],
            count=True,
            expose_value=False,
            callback=_set_verbosity,
            hidden=hidden,
            help="Say more; twice for debugging.",
        ),
        click.Option(
            ["-q", "--quiet"],
            count=True,
            expose_value=False,
            callback=_set_verbosity,
            hidden=hidden,
            help="Say only what was asked for.",
        ),
        click.Option(
            ["--no-color", "--no-colour"],
            is_flag=True,
            expose_value=False,
            callback=_set_no_colour,
            hidden=hidden,
            help="No colours; the variable NO_COLOR does the same.",
        ),
    ]


def add_global_options(command: click.Command) -> None:
    """Let ``command`` take the global options too, unless it has options of these names; once is enough."""
    taken = {name for parameter in command.params for name in parameter.opts}
    for option in global_options(hidden=True):
        if not taken.intersection(option.opts):
            command.params.append(option)
