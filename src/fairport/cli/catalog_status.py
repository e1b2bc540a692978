"""``fairport catalog status``: the state of every entry, figures that are there twice, ready issues."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from fairport.cli.options import FOLDER, catalogue_option, format_option
from fairport.cli.output import current

if TYPE_CHECKING:
    from fairport.catalog.harvest.complaints import Complaint
    from fairport.catalog.registry import Catalogue
    from fairport.catalog.state import EntryState


@click.command()
@catalogue_option
@click.option("--same-figures", is_flag=True, help="Also compare all curves: is a figure there twice?")
@click.option("--nudge", is_flag=True, help="Write one ready issue for each repository.")
@click.option(
    "--output", "-o", type=FOLDER, default=None, help="With --nudge: folder of the issues, ENTRY.md each."
)
@format_option("text", "json")
def status(catalog: Path | None, same_figures: bool, nudge: bool, output: Path | None, fmt: str) -> int:
    """Show the state of every entry at the last harvest.

    \b
    Examples:
      fairport catalog status --catalog results-of-my-field --same-figures
      fairport catalog status --nudge --output issues
    """
    if nudge:
        return _nudge(catalog, output, fmt)
    from fairport.catalog.registry import find_catalogue, load_catalogue
    from fairport.catalog.state import read_harvest_time
    from fairport.contract.structure import unstructure

    out = current()
    loaded = load_catalogue(find_catalogue(catalog))
    states = _states(loaded)
    same = _same_figures(loaded.harvest_root) if same_figures else []
    if fmt == "json":
        found = {
            "time": read_harvest_time(loaded.harvest_root),
            "entries": [
                unstructure(state) if state else {"id": name, "state": "new"} for name, state in states
            ],
        }
        if same_figures:
            found["same_figures"] = [{"result": one, "words": words} for one, words in same]
        out.json(found)
        return 0
    width = max((len(name) for name, _ in states), default=0)
    for name, state in states:
        for line in _status_lines(name.ljust(width), state):
            out.print(line)
    for one, words in same:
        out.print(f"{one} holds {words}")
    if same_figures and not same:
        out.print("no figure is there twice")
    return 0


def _nudge(catalog: Path | None, folder: Path | None, fmt: str) -> int:
    """Print or write one issue for each repository; nothing is filed anywhere."""
    from dataclasses import asdict

    from fairport.catalog.harvest.nudge import nudges
    from fairport.catalog.registry import find_catalogue, load_catalogue
    from fairport.contract.files import write_atomic

    out = current()
    found = nudges(load_catalogue(find_catalogue(catalog)))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for item in found:
            write_atomic(folder / f"{item.entry}.md", f"# {item.title}\n\n{item.body}")
    if fmt == "json":
        out.json({"issues": [asdict(item) for item in found]})
        return 0
    for item in found:
        if folder is not None:
            out.print(str(folder / f"{item.entry}.md"))
        else:
            where = f" ({item.repository})" if item.repository else ""
            out.print(f"=== {item.entry}{where}\n# {item.title}\n\n{item.body}")
    if not found:
        out.print("no repository needs a nudge")
    return 0


def _same_figures(folder: Path) -> list[tuple[str, str]]:
    """Return each harvested result that holds a figure which is there already, and what is said of it."""
    from fairport.results.twins import known_below, pairs

    found = pairs(known_below(folder))
    return [(one.id, twin.words) for one, twin in found if one.id != twin.other.id]  # not two versions of one


def _states(catalogue: Catalogue) -> list[tuple[str, EntryState | None]]:
    from fairport.catalog.state import read_state

    names = sorted({entry.id for entry in catalogue.entries} | {entry.id for entry in catalogue.broken})
    return [(name, read_state(catalogue.harvest_root / name)) for name in names]


_REASON: Final = 500
"""Characters of a reason that are shown; its page and the JSON of the command have all."""


def _status_lines(name: str, state: EntryState | None) -> list[str]:
    from fairport.catalog.harvest.complaints import complaints
    from fairport.catalog.prose import shortened

    if state is None:
        return [f"{name}  new        not harvested yet"]
    shown = sum(result.state in {"ok", "kept"} for result in state.results)
    facts = [f"{shown} result{'' if shown == 1 else 's'}"] if state.version else []
    facts += [f"{state.check.error} errors"] if state.check and state.check.error else []
    facts += [f"harvested {state.harvested[:10]}"] if state.harvested else []
    facts += [state.withheld] if state.withheld else []
    lines = [f"{name}  {state.state:<9}  {', '.join(facts)}".rstrip()]
    lines += [f"    {shortened(state.reason, _REASON)}"] if state.reason else []
    lines += [f"    mend: {state.mend}"] if state.mend and state.reason else []
    lines += [line for item in complaints(state.results) for line in _complaint_lines(item)]
    lines += [f"    release {note.tag}: {note.problem}" for note in state.releases if note.problem]
    return lines


def _complaint_lines(complaint: Complaint) -> list[str]:
    """Return one thing that is to be mended, with the records of which it is true."""
    first, *others = complaint.paths
    more = f" and {len(others)} more" if others else ""
    lines = [f"    {first}{more}: {complaint.reason}"]
    return lines + ([f"      mend: {complaint.mend}"] if complaint.mend else [])
