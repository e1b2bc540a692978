"""What a repository would look like in a catalogue, shown to its author before anybody else sees it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from fairport.catalog.harvest.complaints import complaints
from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.model import KINDS
from fairport.catalog.registry import add_entry, init_catalogue
from fairport.catalog.site.build import build
from fairport.catalog.state import EntryState
from fairport.contract.errors import UsageError
from fairport.contract.progress import Progress, SilentProgress


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview.

    Attributes:
        state: what a harvest finds.
        page: the page to look at first.
        obstacles: what holds results or the analysis back, most serious first.
    """

    state: EntryState
    page: Path
    obstacles: tuple[str, ...]


def preview(source: str, output: Path | None = None, *, progress: Progress | None = None) -> Preview:
    """Build a catalogue of one entry.

    Args:
        source: folder of a repository, or a git URL.
        output: folder of the site; by default a temporary one.
        progress: receiver of progress.

    Raises:
        UsageError: the source is neither, or the output holds something else.
    """
    progress = progress or SilentProgress()
    with TemporaryDirectory(prefix="fairport-preview-", ignore_cleanup_errors=True) as work:
        catalogue = init_catalogue(Path(work) / "catalogue", title="Preview", show=tuple(KINDS))
        entry = add_entry(catalogue, source)
        report = harvest(catalogue, progress=progress)
        state = next((state for state in report.states if state.id == entry.stem), None)
        if state is None:
            raise UsageError("the repository was not looked at", where=source)
        output = output or Path(mkdtemp(prefix="fairport-preview-site-"))
        site = build(catalogue, output=output, docs=False, progress=progress)
    page = site.root / "a" / state.id / "index.html"
    return Preview(state, page if page.is_file() else site.root / "index.html", obstacles(state))


def obstacles(state: EntryState) -> tuple[str, ...]:
    """Return what keeps an entry from being shown in full, in plain words."""
    found = []
    if state.state in {"failed", "stale", "withdrawn"}:
        found.append(_with_mend(state.reason or state.state, state.mend))
    if state.withheld:
        found.append(f"numbers are withheld: {state.withheld}")
    for complaint in complaints(state.results):
        where = complaint.paths[0] + (f" and {len(complaint.paths) - 1} more" if complaint.paths[1:] else "")
        found.append(_with_mend(f"{where}: {complaint.reason}", complaint.mend))
    found += [
        f"{result.path}: an example of a starter, never shown as a result of the experiment"
        for result in state.results
        if result.example and result.state in {"ok", "withheld"}
    ]
    if state.state == "ok" and not state.results:
        found.append("no result record yet: `fairport run` installs them")
    if state.check_problem:
        found.append(f"the check could not be run: {state.check_problem}")
    if state.check is not None and state.check.error:
        plural = "" if state.check.error == 1 else "s"
        found.append(f"the check finds {state.check.error} error{plural}: `fairport check`")
    return tuple(found)


def _with_mend(reason: str, mend: str | None) -> str:
    return f"{reason} -> {mend}" if mend else reason
