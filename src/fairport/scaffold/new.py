"""A new analysis repository: answers, files, first commit, in place at once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairport.contract.constants import ANSWERS_FILE
from fairport.contract.errors import FairportError, UsageError
from fairport.contract.loading import load_yaml
from fairport.contract.progress import Progress, SilentProgress
from fairport.contract.resources import template_root
from fairport.scaffold import place
from fairport.scaffold.questions import Question, check_answers, load_answers, load_questions
from fairport.scaffold.render import render
from fairport.scaffold.repository import GitOutcome, start

_OCCUPIED = GitOutcome(False, "the folder was not empty: look at the files and commit them yourself")


@dataclass(frozen=True, slots=True)
class NewReport:
    """What was made.

    Attributes:
        path: folder of the repository.
        answers: every answer, as recorded in the repository.
        version: version of the template.
        files: number of files.
        git: what became of the git repository.
        note: in what the template differs from the released one of this version.
    """

    path: Path
    answers: Mapping[str, Any]
    version: str
    files: int
    git: GitOutcome
    note: str | None = None


def new(
    destination: Path | None = None,
    *,
    kind: str | None = None,
    data: Mapping[str, Any] | None = None,
    data_file: Path | None = None,
    ask: bool = False,
    suggestions: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> NewReport:
    """Make a new analysis repository.

    Args:
        destination: its folder; by default a folder in the current one, named by the answer ``slug``.
        kind: kind of search; the same as the answer ``kind``.
        data: answers by name; they go before those of ``data_file``.
        data_file: YAML or JSON file of answers.
        ask: ask for the other answers on the terminal; otherwise the defaults hold.
        suggestions: defaults that go before those of the template (the day, the user's name).
        overwrite: replace files of the same names in a folder that is not empty.
        progress: receiver of progress.

    Raises:
        UsageError: an answer or the destination cannot be used.
        DocumentError: ``data_file`` cannot be read.
        FairportError: the disk refused.
    """
    progress = progress or SilentProgress()
    root = template_root()
    questions = load_questions(root)
    answers = _answers(questions, kind, data or {}, data_file)
    if not ask:
        answers.setdefault("kind", questions["kind"].default)
    version = str(questions["fairport_version"].default)
    target = destination.resolve() if destination is not None else None
    if target is not None:
        place.check_destination(target, overwrite=overwrite)
    progress.step("Rendering the template")
    try:
        with place.staged(target or Path.cwd(), name=target.name if target else None) as tree:
            note = render(tree, answers, template=root, version=version, ask=ask, suggestions=suggestions)
            recorded = _recorded(tree)
            target = target or _named(recorded)
            files = sum(1 for path in tree.rglob("*") if not path.is_dir())
            occupied = _occupied(target)
            git = None if place.is_kept(target) else start(tree, target, _message(version))
            progress.step(f"Moving {files} files into place")
            place.put(tree, target)
    except OSError as error:
        raise FairportError(
            "the repository could not be written; nothing was changed",
            where=str(target or Path.cwd()),
            why=_reason(error),
            mend="make room there and for temporary files (TMPDIR), or choose a folder that you may write to",
        ) from error
    if git is None:
        git = _OCCUPIED if occupied else start(target, target, _message(version))
    return NewReport(target, recorded, version, files, git, note)


def _reason(error: OSError) -> str:
    """Say in a few words what the system refused; copying a folder collects its errors in a list."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        text = str(error.args[0][0][-1])
        said = re.match(r"\[Errno \d+\] ([^:]+)", text)
        return said[1] if said else text
    return error.strerror or str(error)


def _occupied(target: Path) -> bool:
    """Tell whether the folder holds anything but our own stage."""
    return target.is_dir() and any(entry.name != place.STAGE for entry in target.iterdir())


def _named(answers: Mapping[str, Any]) -> Path:
    """Return the folder in the current one that is named by the identifier of the analysis."""
    target = Path.cwd() / str(answers["slug"])
    if target.exists():
        raise UsageError(
            "there is already something of this name",
            where=target,
            mend=f"name the folder: fairport new {target.name}-2",
        )
    return target


def _message(version: str) -> str:
    return f"Start from the Fairport template {version}"


def _answers(
    questions: Mapping[str, Question], kind: str | None, data: Mapping[str, Any], data_file: Path | None
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    if data_file is not None:
        answers = load_answers(data_file)
        check_answers(answers, questions, where=str(data_file))
    check_answers(data, questions, where="--data")
    answers.update(data)
    if kind is not None:
        if answers.get("kind", kind) != kind:
            raise UsageError(
                f'two kinds are asked for: "{kind}" and "{answers["kind"]}"', where="--kind", mend="give one"
            )
        check_answers({"kind": kind}, questions, where="--kind")
        answers["kind"] = kind
    return answers


def _recorded(tree: Path) -> dict[str, Any]:
    recorded: dict[str, Any] = load_yaml(tree / ANSWERS_FILE).data
    return recorded
