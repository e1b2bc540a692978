"""``fairport rules``."""

from __future__ import annotations

import click

from fairport.cli.options import format_option
from fairport.cli.output import current


@click.command("rules")
@format_option("text", "json", "markdown")
@click.option("--select", multiple=True, metavar="RULES", help="Only these rules or families (META,WF007).")
def command(fmt: str, select: tuple[str, ...]) -> None:
    """List the rules of `check` with their severity under each profile.

    \b
    Examples:
      fairport rules
      fairport rules --select RES --format markdown
    """
    from fairport.check.registry import all_rules
    from fairport.check.selection import choose
    from fairport.check.words import rule_data, rules_table, severities

    rules = choose(all_rules(), select, ())
    out = current()
    if fmt == "json":
        out.json([rule_data(rule) for rule in rules])
    elif fmt == "markdown":
        click.echo(rules_table(rules), nl=False)
    else:
        out.print(f"{'rule':<8} {'draft':<8} {'release':<8} {'archive':<8} title")
        for rule in rules:
            levels = severities(rule)
            cells = " ".join(f"{levels[name]:<8}" for name in ("draft", "release", "archive"))
            scope = "" if rule.scope == "repository" else f" ({rule.scope})"
            out.print(f"{rule.id:<8} {cells} {rule.title}{scope}")
        out.note("fairport explain RULE says more")
