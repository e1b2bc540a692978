"""``fairport explain``."""

from __future__ import annotations

import click

from fairport.cli.options import format_option
from fairport.cli.output import current


@click.command("explain")
@click.argument("rule")
@format_option("text", "json", "markdown")
def command(rule: str, fmt: str) -> None:
    """Say what a rule of `check` wants, why, and how it looks when it is right.

    \b
    Examples:
      fairport explain META007
      fairport explain wf007 --format markdown
    """
    from fairport.check.registry import find_rule
    from fairport.check.words import explain, rule_data, rule_page

    found = find_rule(rule)
    out = current()
    if fmt == "json":
        out.json(rule_data(found))
    else:
        click.echo(explain(found) if fmt == "text" else rule_page(found), nl=fmt != "text")
