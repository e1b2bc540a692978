"""What is recorded of a run besides its workflow, and what makes it harder to repeat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fairport.contract.analysis import Analysis
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.documents import load_valid
from fairport.contract.errors import ConfigurationError
from fairport.contract.files import inside
from fairport.contract.manifest import Lock, LockedFile
from fairport.contract.result import Agent
from fairport.contract.run import RunCode, RunFile
from fairport.engines import git
from fairport.engines.job_order import differing

_SHOWN_PATHS: Final = 3


def own_inputs(root: Path, analysis: Analysis) -> Path | None:
    """Return the file of inputs that the analysis names.

    Raises:
        ConfigurationError: it lies outside the repository.
    """
    name = analysis.workflow.inputs
    if name is None:
        return None
    path = inside(root, name)
    if path is None:
        raise ConfigurationError(
            f"workflow.inputs names {name[:200]}, outside the repository", where=ANALYSIS_FILE
        )
    return path


def locked_files(root: Path, analysis: Analysis) -> list[LockedFile]:
    """Return what the lock beside the data manifest knows; nothing when there is no lock."""
    manifest = inside(root, analysis.data)
    if manifest is None:
        return []
    path = manifest.with_name("manifest.lock.json")
    if not path.is_file():
        return []
    lock = Lock.from_data(load_valid("lock", path, name=path.relative_to(root).as_posix()).data)
    return [file for dataset in lock.datasets for file in dataset.files]


def repeatability_notes(
    root: Path, state: git.GitState, files: tuple[RunFile, ...], locked: list[LockedFile]
) -> Iterator[str]:
    """Yield what makes the run harder to repeat."""
    if not state.inside:
        yield "this is not a git repository: the results record no commit"
    elif state.commit is None:
        yield "nothing is committed yet: the results record no commit"
    elif not state.clean:
        yield f"uncommitted changes: the results say so ({some(state.changed)})"
    changed = differing(files, locked)
    if changed:
        yield f"inputs differ from data/manifest.lock.json: {some(changed)} (fairport data verify)"
    if state.inside:
        known = git.tracked(root, (item.path for item in files)) | {item.path for item in locked}
        unknown = [item.path for item in files if item.path not in known]
        if unknown:
            yield f"neither in git nor in the data manifest, so nobody else can have them: {some(unknown)}"


def some(names: tuple[str, ...] | list[str]) -> str:
    """Return the first names and how many more there are."""
    more = f" and {len(names) - _SHOWN_PATHS} more" if len(names) > _SHOWN_PATHS else ""
    return ", ".join(names[:_SHOWN_PATHS]) + more


def code_of(analysis: Analysis, state: git.GitState) -> RunCode:
    """Return the state of the code; the address is the one that the analysis names, else git's."""
    repository = analysis.repository.url if analysis.repository else state.remote
    return RunCode(clean=state.clean, commit=state.commit, repository=repository, changed=state.changed)


def agent_of(analysis: Analysis, state: git.GitState) -> Agent | None:
    """Return who runs it, as git knows the person; the ORCID when it is one of the authors."""
    name, email = state.user
    if not name:
        return None
    same = [
        author
        for author in analysis.authors
        if author.display_name == name or (email and author.email and author.email.lower() == email.lower())
    ]
    return Agent(name=name, orcid=same[0].orcid if same else None)
