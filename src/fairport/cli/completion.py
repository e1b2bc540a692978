"""``fairport completion``: the script that teaches a shell to complete commands and options."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    Example:
      fairport completion bash > ~/.local/share/bash-completion/completions/fairport
    """
    from click.shell_completion import get_completion_class

    from fairport.cli.main import make_cli

    completer = get_completion_class(shell)
    if completer is None:  # the choices above are those that click knows
        raise ValueError(f"click has no completion for {shell}")
    click.echo(completer(make_cli(), {}, "fairport", "_FAIRPORT_COMPLETE").source())
