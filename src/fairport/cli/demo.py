"""`fairport demo`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairport.cli.options import format_option
from fairport.cli.output import current

if TYPE_CHECKING:
    from fairport.cli.output import Output
    from fairport.flows.demo import DemoReport
    from fairport.results.agreement import Agreement


@click.command("demo")
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("fairport-demo"),
    show_default=True,
    help="Where everything goes; nothing is written elsewhere.",
)
@click.option("--open", "open_site", is_flag=True, help="Open the site in the browser at the end.")
@format_option("text", "json")
def command(directory: Path, open_site: bool, fmt: str) -> None:
    """Scaffold, run, check and publish three example analyses.

    All three are counting experiments computed from published numbers: DarkSide-50 in argon, XENON1T in
    xenon, and a projection for a future argon detector. Takes less than two minutes.

    \b
    Example:
      fairport demo --dir /tmp/demo
    """
    from fairport.flows.demo import run_demo

    output = current()
    with output.progress() as progress:
        report = run_demo(directory, progress=progress)
    if fmt == "json":
        output.json(_data(report))
    else:
        _print(output, report)
    if open_site:
        click.launch(report.site.as_uri())


def _print(output: Output, report: DemoReport) -> None:
    output.print()
    output.print("Against the published limits")
    for outcome in report.outcomes:
        for item in outcome.agreement:
            output.print(f"  {outcome.slug:<24} {_compared(item)}")
    output.print()
    output.print(f"Site       {report.site}")
    output.print(f"Analyses   {report.outcomes[0].path.parent}")
    output.print(f"Took       {report.seconds:.0f} s")
    output.print()
    program, first = _program(), _shown(report.outcomes[0].path)
    hints = {
        f"{program} check {first} --profile release": "what this example lacks for a release",
        f"{program} run {first}": "run it again: nothing changes",
        f"{program} new my-analysis": "start your own",
    }
    output.print("Try next")
    for line, meaning in hints.items():
        output.print(f"  {line:<{max(map(len, hints))}}   {meaning}")


def _program() -> str:
    """Return how this program can be called from here: by name where it is on the path, else by its file."""
    name = Path(sys.argv[0]).stem
    if shutil.which("fairport") or name != "fairport":
        return "fairport"
    return str(_shown(Path(sys.argv[0]).absolute()))


def _compared(item: Agreement) -> str:
    place = ", ".join(f"{value:g}" for value in item.at.values())
    if item.value is None or item.ratio is None:
        published = f"{item.published:.2e}"
        return f"at {place:>5} GeV  outside the range of the recast, published {published} {item.unit}"
    verdict = "agrees" if item.verdict == "agrees" else "differs"
    return (
        f"at {place:>5} GeV  {item.value:.2e} {item.unit}, published {item.published:.2e}: "
        f"ratio {item.ratio:.2f}, {verdict} within {item.tolerance:.0%}"
    )


def _shown(path: Path) -> Path:
    """Return the path relative to the current folder where that is shorter."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _data(report: DemoReport) -> dict[str, object]:
    return {
        "directory": str(report.directory),
        "site": str(report.site),
        "seconds": round(report.seconds, 1),
        "analyses": [
            {
                "id": outcome.slug,
                "path": str(outcome.path),
                "run_seconds": round(outcome.seconds, 2),
                "findings": dict(outcome.findings),
                "agreement": [
                    {
                        "at": item.at,
                        "value": item.value,
                        "published": item.published,
                        "unit": item.unit,
                        "tolerance": item.tolerance,
                        "verdict": item.verdict,
                        "citation": item.citation,
                    }
                    for item in outcome.agreement
                ],
            }
            for outcome in report.outcomes
        ],
    }
