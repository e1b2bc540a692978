"""`fairport new`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fairport.cli.output import current


@click.command("new")
@click.argument("destination", required=False, type=click.Path(path_type=Path))
@click.option("--kind", help="Kind of search: direct, ...")
@click.option(
    "--data", "pairs", multiple=True, metavar="NAME=VALUE", help="An answer; may be given many times."
)
@click.option(
    "--data-file", type=click.Path(path_type=Path), metavar="FILE", help="A YAML or JSON file of answers."
)
@click.option("--defaults", is_flag=True, help="Ask nothing; take the defaults for what is not given.")
@click.option(
    "--overwrite", is_flag=True, help="Replace files of the same names in a folder that is not empty."
)
def command(
    destination: Path | None,
    kind: str | None,
    pairs: tuple[str, ...],
    data_file: Path | None,
    defaults: bool,
    overwrite: bool,
) -> None:
    """Make a new analysis repository in DESTINATION.

    Asks some questions, each with a default; writes the repository with a working example analysis and makes
    the first commit. Without DESTINATION the folder is named by the identifier of the analysis.

    \b
    Examples:
      fairport new my-analysis
      fairport new my-analysis --defaults --data example=xenon1t --data "title=My recast"
    """
    from datetime import datetime

    from fairport.scaffold.new import new
    from fairport.scaffold.questions import is_slug

    output = current()
    ask = not defaults and sys.stdin.isatty() and sys.stdout.isatty()
    if not ask and not defaults:
        output.note("There is no terminal to ask on: the defaults hold for what --data does not give.")
    suggestions = {"created": datetime.now().astimezone().date().isoformat()}
    if destination is not None and is_slug(destination.name):
        suggestions["slug"] = destination.name
    if ask:
        suggestions |= _author()
        output.note("Press Enter to take an answer as it stands; every answer can be changed later.")
    report = new(
        destination,
        kind=kind,
        data=parse_pairs(pairs),
        data_file=data_file,
        ask=ask,
        suggestions=suggestions,
        overwrite=overwrite,
    )
    place = _shown(report.path)
    commit = ", with a first commit" if report.git.committed else ""
    output.print(f"Made {place} ({report.files} files, template {report.version}{commit})")
    if report.git.note:
        output.note(f"Note: {report.git.note}.")
    if report.note:
        output.note(f"Note: {report.note}; an update compares with the release before.")
    output.print("")
    output.print("Next:")
    if report.path != Path.cwd():
        output.print(f"  cd {_quoted(place)}")
    output.print("  fairport run      # runs the example analysis and installs its result")
    output.print("  fairport check    # says what is missing, and how to mend it")
    output.print("README.md says what is still the example and where your own numbers go.")


def parse_pairs(pairs: tuple[str, ...]) -> dict[str, str]:
    """Read ``NAME=VALUE`` pairs.

    Raises:
        UsageError: a pair has no ``=``, or a name is given twice.
    """
    from fairport.contract.errors import UsageError

    answers: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f'"{pair}" is no answer', where="--data", mend='write --data "NAME=VALUE"')
        if name in answers:
            raise UsageError(f'the answer "{name}" is given twice', where="--data", mend="give it once")
        answers[name] = value
    return answers


def _author() -> dict[str, str]:
    """Suggest the name that git knows as the first author."""
    from fairport.scaffold.repository import git_identity

    identity = git_identity()
    given, _, family = identity[0].strip().rpartition(" ") if identity else ("", "", "")
    return {"author_given_names": given.strip(), "author_family_names": family} if given and family else {}


def _shown(path: Path) -> str:
    try:
        return f"{path.relative_to(Path.cwd())}"
    except ValueError:
        return f"{path}"


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
