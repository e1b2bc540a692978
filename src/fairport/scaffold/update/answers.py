"""The answers of an update: none is lost or changed unless a person or a declared migration says so.

Copier takes the default, silently, for an answer that a newer template refuses, and forgets one whose
question has another name. Here each recorded answer is followed by name and value through the rendering.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fairport.contract.constants import ANSWERS_FILE
from fairport.contract.errors import ConfigurationError, DocumentError, Location, UsageError
from fairport.contract.loading import load_yaml
from fairport.scaffold.bundles import NOT_YET
from fairport.scaffold.render import UNRELEASED, render
from fairport.scaffold.update.model import AnswerChange, AnswerProblem

_REFUSED: Final = re.compile(r'the answer to "(?P<name>\w+)" cannot be used: (?P<text>.*)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answers file of a repository.

    Attributes:
        answers: name to value.
        version: recorded version of the template, without ``v``; perhaps the name of a commit.
        source: recorded address of the template.
        between: whether the repository was made between two releases.
        ahead: whether it was made before the recorded version was released.
    """

    answers: Mapping[str, Any]
    version: str
    source: str
    between: bool = False
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What rendering with the answers gave.

    Attributes:
        answers: answers as recorded afterwards.
        changes: new questions.
        problems: answers that were lost or changed.
    """

    answers: Mapping[str, Any]
    changes: list[AnswerChange] = field(default_factory=list)
    problems: list[AnswerProblem] = field(default_factory=list)


def read_recorded(folder: Path) -> Recorded:
    """Read the answers file of a repository.

    Raises:
        UsageError: there is none.
        DocumentError: it cannot be read.
        ConfigurationError: it does not say where the template is.
    """
    path = folder / ANSWERS_FILE
    if not path.is_file():
        raise UsageError(
            "this repository was not made from a template",
            where=folder,
            why=f"there is no {ANSWERS_FILE}",
            mend="fairport new makes a repository that can be updated; an adopted one has nothing to update",
        )
    document = load_yaml(path)
    data = document.data
    source = data.get("_src_path") if isinstance(data, dict) else None
    commit = data.get("_commit") if isinstance(data, dict) else None
    if not isinstance(source, str) or not isinstance(commit, str):
        raise ConfigurationError(
            "the answers file does not say which template it is of",
            where=Location(str(path)),
            why="_src_path or _commit is missing",
            mend="a template without released versions cannot be updated; Fairport's own records both",
        )
    answers = {name: value for name, value in data.items() if not name.startswith("_")}
    notes = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(UNRELEASED)]
    described = re.fullmatch(r"(.+)-\d+-g[0-9a-f]{4,40}", commit)
    return Recorded(
        answers,
        (described[1] if described else commit).removeprefix("v"),
        source,
        between=bool(notes or described),
        ahead=any(line.endswith(NOT_YET) for line in notes),
    )


def render_before(folder: Path, recorded: Recorded, *, template: Path) -> None:
    """Render the version of the template that the repository has, into ``folder``.

    Raises:
        DocumentError: a recorded answer was never one of that version.
    """
    names = question_names(template)
    known = {name: value for name, value in recorded.answers.items() if name in names}
    try:
        _render(folder, known, template=template, version=recorded.version, source=recorded.source)
    except UsageError as error:
        raise DocumentError(
            error.what,
            where=ANSWERS_FILE,
            why=f"template {recorded.version} never took it, so the file was edited by hand",
            mend="put back what stood there (git log -p .copier-answers.yml)",
        ) from None


def render_after(
    folder: Path,
    answers: Mapping[str, Any],
    *,
    template: Path,
    version: str,
    source: str,
    given: Iterable[str] = (),
    accepted: Iterable[str] = (),
) -> Outcome:
    """Render the new version into ``folder`` and follow every answer.

    Args:
        folder: where to write.
        answers: recorded answers after the migrations, and those that were given with the call.
        template: folder of the new version.
        version: that version.
        source: recorded address.
        given: names of answers that were given with the call; they are refused, not dropped.
        accepted: names of answers that may be lost.

    Raises:
        UsageError: an answer that was given cannot be used.
    """
    names = question_names(template)
    given = set(given)
    wanted, problems = dict(answers), []
    for name in [name for name in wanted if name not in names]:
        value = wanted.pop(name)
        if name in given:
            raise UsageError(
                f'there is no question "{name}" in template {version}', where="--data", mend="leave it out"
            )
        if name not in accepted:
            problems.append(_gone(name, value, version, [new for new in names if new not in answers]))
    problems += _render_refusing(folder, wanted, given, template=template, version=version, source=source)
    after = load_yaml(folder / ANSWERS_FILE).data
    after = {name: value for name, value in after.items() if not name.startswith("_")}
    for name, value in wanted.items():
        if name not in after and name not in accepted:
            problems.append(
                _lost(name, value, f"template {version} does not ask this with your other answers")
            )
        elif name in after and name not in given and str(after[name]) != str(value):
            problems.append(_changed(name, value, f"template {version} would make it {after[name]!r}"))
    refused = {problem.name for problem in problems}
    changes = [
        AnswerChange(name, None, value, "new", names[name])
        for name, value in after.items()
        if name not in wanted and name not in refused
    ]
    return Outcome(after, changes, problems)


def question_names(template: Path) -> dict[str, str]:
    """Return the names of the questions of any Copier template, with their text."""
    for file in ("copier.yml", "copier.yaml"):
        if (template / file).is_file():
            data = load_yaml(template / file).data or {}
            return {
                name: str(entry.get("help", "")) if isinstance(entry, dict) else ""
                for name, entry in data.items()
                if not name.startswith("_") and not (isinstance(entry, dict) and entry.get("when") is False)
            }
    raise ConfigurationError("this is no Copier template", where=template, why="there is no copier.yml")


def _render_refusing(
    folder: Path, wanted: dict[str, Any], given: set[str], *, template: Path, version: str, source: str
) -> list[AnswerProblem]:
    """Render; take out one refused answer after the other and return what was refused."""
    problems: list[AnswerProblem] = []
    while True:
        try:
            _render(folder, wanted, template=template, version=version, source=source)
        except UsageError as error:
            match = _REFUSED.match(error.what)
            if match is None or match["name"] not in wanted or match["name"] in given:
                raise
            value = wanted.pop(match["name"])
            text = f"template {version} refuses it: {match['text']}"
            problems.append(_changed(match["name"], value, text))
            continue
        return problems


def _render(folder: Path, answers: Mapping[str, Any], *, template: Path, version: str, source: str) -> None:
    """Render, with what a foreign template may do wrong in plain words.

    Raises:
        UsageError: an answer is refused.
        ConfigurationError: the template cannot be rendered, or wants to run code.
    """
    import copier.errors
    import jinja2

    try:
        render(folder, answers, template=template, version=version, source=source, exported=True)
    except copier.errors.UnsafeTemplateError as error:
        raise ConfigurationError(
            f"template {version} wants to run code, which an update never does",
            where=source,
            why=str(error).splitlines()[0],
            mend="use Copier itself if you trust it: copier update --trust",
        ) from None
    except (copier.errors.CopierError, jinja2.TemplateError, UsageError) as error:
        if isinstance(error, UsageError) and _REFUSED.match(error.what):
            raise
        raise ConfigurationError(
            f"template {version} cannot be rendered",
            where=source,
            why=" ".join(str(error).split()) or type(error).__name__,
            mend="tell its owners; nothing was changed",
        ) from None
    except FileNotFoundError:
        if (folder / ANSWERS_FILE).is_file():
            raise
        raise ConfigurationError(
            f"template {version} writes no {ANSWERS_FILE}", where=source, mend="tell its owners"
        ) from None


def _changed(name: str, value: Any, text: str) -> AnswerProblem:
    return AnswerProblem(name, value, text, f"--data {name}=...")


def _gone(name: str, value: Any, version: str, new: list[str]) -> AnswerProblem:
    """A question that is not there any more; perhaps it has another name and nobody declared it."""
    close = difflib.get_close_matches(name, new, n=1) or (new if len(new) == 1 else [])
    problem = _lost(name, value, f"template {version} has no such question")
    if not close:
        return problem
    text = f'{problem.text}; perhaps it is called "{close[0]}" now'
    return AnswerProblem(name, value, text, f"--accept {name} --data {close[0]}={shlex.quote(str(value))}")


def _lost(name: str, value: Any, text: str) -> AnswerProblem:
    return AnswerProblem(name, value, text, f"--accept {name} if it is not needed any more")
