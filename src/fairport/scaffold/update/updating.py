"""`update`: a repository brought to a later release of its template.

The template is rendered twice with the recorded answers, as it was and as it is now; what changed between the
two is merged into the repository, file by file. All of it happens in temporary folders: the repository is
only read until :func:`fairport.scaffold.update.applying.apply` moves the finished files into place. (A git
worktree, which Copier's own update needs since it writes while it merges, is not needed for that; untracked
files and unrelated changes are never in the way.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fairport.contract.constants import ANALYSIS_FILE, ANSWERS_FILE
from fairport.contract.errors import ConfigurationError, FairportError, UsageError
from fairport.contract.progress import Progress, SilentProgress
from fairport.scaffold.bundles import NOT_YET
from fairport.scaffold.releases import Releases, is_own, open_releases
from fairport.scaffold.render import record_source
from fairport.scaffold.update.answers import (
    Outcome,
    Recorded,
    read_recorded,
    render_after,
    render_before,
)
from fairport.scaffold.update.applying import apply, is_interrupted, locked
from fairport.scaffold.update.gitstate import GitState, read_state
from fairport.scaffold.update.merging import Labels, read_content, read_tree
from fairport.scaffold.update.migrations import History, load_history, migrate_answers
from fairport.scaffold.update.model import AnswerChange, FileChange, UpdateReport
from fairport.scaffold.update.planning import Plan, make_plan
from fairport.scaffold.update.record import migrate_contract
from fairport.scaffold.update.versions import Step, choose_step


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller wants.

    Attributes:
        folder: top of the repository.
        to: version; ``None`` takes the newest final one.
        data: answers given with the call.
        accept: answers that may be lost.
        include: paths of the user that may be touched.
    """

    folder: Path
    to: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    accept: tuple[str, ...] = ()
    include: tuple[str, ...] = ()


def update(
    path: Path,
    *,
    to: str | None = None,
    data: Mapping[str, str] | None = None,
    accept: Iterable[str] = (),
    include: Iterable[str] = (),
    dry_run: bool = False,
    progress: Progress | None = None,
) -> UpdateReport:
    """Bring a repository to a later version of its template.

    Args:
        path: folder of the analysis repository.
        to: version; the newest final one by default.
        data: answers that change, or that replace answers which the new version refuses.
        accept: names of answers that may be lost.
        include: paths of the user that the update may touch after all.
        dry_run: only say what would happen.
        progress: receiver of progress.

    Returns:
        The report; its outcome is ``stopped`` when an answer would be lost: then nothing was written.

    Raises:
        UsageError: the folder, the version or an answer cannot be used.
        ConfigurationError: not a git repository, uncommitted changes in the way, template out of reach.
        DocumentError: the answers file cannot be read.
        FairportError: the disk refused; nothing was changed.
    """
    folder = path.resolve()
    if not folder.is_dir():
        raise UsageError("there is no such folder", where=path)
    request = Request(folder, to, dict(data or {}), tuple(accept), tuple(include))
    progress = progress or SilentProgress()
    try:
        if dry_run:
            if is_interrupted(folder):
                raise ConfigurationError(
                    "an update was interrupted here and is half done",
                    where=path,
                    mend="fairport update, without --dry-run, takes it back first",
                )
            return _foretold(replace(_planned(request, progress, dry_run=True), path=path))
        with locked(folder) as recovery:
            report = replace(_planned(request, progress, dry_run=False), path=path, recovered=recovery.undone)
            if recovery.kept:
                kept = ", ".join(recovery.kept)
                note = f"changed since the interrupted update and left alone: {kept} (see *.before-update)"
                report = replace(report, notes=(*report.notes, note))
            if report.outcome == "updated":
                count = sum(change.written for change in report.files)
                progress.step(f"Moving {count} file{'' if count == 1 else 's'} into place")
                apply(folder, report.files)
            return report
    except OSError as error:
        raise FairportError(
            "the update could not be written; nothing was changed",
            where=str(error.filename or folder),
            why=error.strerror or str(error),
            mend="make room, or see to it that you may write there",
        ) from error


def _planned(request: Request, progress: Progress, *, dry_run: bool) -> UpdateReport:
    """Plan, and refuse what would mix with changes that are in no commit."""
    if not (request.folder / ANSWERS_FILE).is_file() and (record := _record_only(request)) is not None:
        return _checked(record, read_state(request.folder), dry_run=dry_run)
    recorded = read_recorded(request.folder)
    git = read_state(request.folder)
    with open_releases(recorded.source) as releases:
        step = choose_step(releases, recorded, request.to)
        if step.nothing and not request.data:
            report = _up_to_date(request, recorded, step)
        else:
            report = _merged(request, recorded, releases, step, git, progress)
    return _checked(report, git, dry_run=dry_run)


def _merged(
    request: Request,
    recorded: Recorded,
    releases: Releases,
    step: Step,
    git: GitState,
    progress: Progress,
) -> UpdateReport:
    own = is_own(recorded.source)
    with TemporaryDirectory(prefix="fairport-update-") as name:
        work = Path(name)
        progress.step(f"Rendering template {step.before}")
        kind = str(recorded.answers.get("kind") or "") if own else ""
        before = releases.export(step.before, work / "template-before", kind=kind)
        render_before(work / "before", recorded, template=before)
        progress.step(f"Rendering template {step.after}")
        after = releases.export(step.after, work / "template-after", kind="" if request.data else kind)
        history = _history(after)
        answers, changes = migrate_answers(recorded.answers, history.between(step.low, step.after))
        changes += _given(answers, request.data)
        outcome = render_after(
            work / "after",
            {**answers, **request.data},
            template=after,
            version=step.after,
            source=recorded.source,
            given=request.data,
            accepted=request.accept,
        )
        if releases.working == step.after:
            note = f"template {step.after} {NOT_YET}"
            record_source(work / "after", step.after, source=recorded.source, note=note)
        if step.after in releases.bare:
            _record_bare_tag(work / "after" / ANSWERS_FILE, step.after)
        report = _report(request, recorded, step, changes, outcome)
        if outcome.problems:
            return report
        progress.step("Merging")
        plan = make_plan(
            request.folder,
            read_tree(work / "before"),
            read_tree(work / "after"),
            history=history,
            migrations=history.between(step.low, step.after),
            labels=Labels("yours", f"template {step.before}", f"template {step.after}"),
            tracked=git.tracked,
            include=request.include,
        )
    return _with_plan(report, plan)


def _record_bare_tag(path: Path, version: str) -> None:
    """Write the tag as the template has it, so that Copier itself finds it, too."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"_commit: v{version}\n", f"_commit: {version}\n", 1), encoding="utf-8")


def _history(template: Path) -> History:
    from fairport.contract.loading import load_yaml

    names = [template / file for file in ("copier.yml", "copier.yaml") if (template / file).is_file()]
    configuration = load_yaml(names[0]).data if names else {}
    subdirectory = str((configuration or {}).get("_subdirectory") or ".")
    return load_history(template / subdirectory)


def _given(answers: Mapping[str, Any], data: Mapping[str, str]) -> list[AnswerChange]:
    return [
        AnswerChange(name, answers.get(name), value, "given")
        for name, value in data.items()
        if str(answers.get(name)) != value
    ]


def _report(
    request: Request, recorded: Recorded, step: Step, changes: list[AnswerChange], outcome: Outcome
) -> UpdateReport:
    given = [change.name for change in changes if change.how == "given"]
    known = [change for change in changes if change.how == "given" or change.name not in given]
    dropped = [
        AnswerChange(name, recorded.answers[name], None, "removed", "as you accepted")
        for name in request.accept
        if name in recorded.answers and name not in outcome.answers
    ]
    return UpdateReport(
        request.folder,
        recorded.source,
        step.before,
        step.after,
        "stopped" if outcome.problems else "updated",
        answers=(*known, *dropped, *outcome.changes),
        problems=tuple(outcome.problems),
        notes=step.notes,
    )


def _with_plan(report: UpdateReport, plan: Plan) -> UpdateReport:
    written = any(change.written for change in plan.files)
    return replace(
        report,
        outcome="updated" if written or any(c.state == "conflict" for c in plan.files) else "up-to-date",
        files=plan.files,
        migrations=plan.migrations,
        notes=(*report.notes, *plan.notes),
    )


def _foretold(report: UpdateReport) -> UpdateReport:
    return replace(report, outcome="dry-run") if report.outcome == "updated" else report


def _up_to_date(request: Request, recorded: Recorded, step: Step) -> UpdateReport:
    """Nothing to do for the template; the record may still follow an older contract."""
    base = UpdateReport(
        request.folder, recorded.source, step.before, step.after, "up-to-date", notes=step.notes
    )
    found = _record_change(request.folder)
    if found is None:
        return base
    return replace(base, outcome="updated", files=(found[0],), migrations=tuple(found[1]))


def _record_only(request: Request) -> UpdateReport | None:
    """Without a template: the record of an adopted repository may follow an older contract."""
    found = _record_change(request.folder)
    if found is None:
        return None
    return UpdateReport(request.folder, "", "", "", "updated", files=(found[0],), migrations=tuple(found[1]))


def _record_change(folder: Path) -> tuple[FileChange, list[str]] | None:
    now = read_content(folder / ANALYSIS_FILE)
    if now is None or now.link:
        return None
    text, said = migrate_contract(now.data.decode("utf-8", "surrogateescape"))
    if not said:
        return None
    after = replace(now, data=text.encode("utf-8", "surrogateescape"))
    return FileChange(ANALYSIS_FILE, "clean", said[0], before=now, after=after, written=True), said


def _loose(files: Iterable[FileChange], git: GitState) -> list[str]:
    """Return the files that an update would change although their present content is in no commit."""
    touched = {change.moved_from or change.path: change for change in files if change.written}
    untracked = [
        path
        for path, change in touched.items()
        if path not in git.tracked and change.before is not None and change.state in ("merged", "conflict")
    ]
    return sorted({*git.uncommitted(touched), *untracked})


def _checked(report: UpdateReport, git: GitState, *, dry_run: bool) -> UpdateReport:
    """Refuse to touch files with changes that are in no commit, since the update could not be taken back.

    Raises:
        ConfigurationError: there are such files; a dry run only notes them.
    """
    found = _loose(report.files, git)
    if not found or report.outcome != "updated":
        return report
    shown = ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
    if dry_run:
        return replace(report, notes=(*report.notes, f"commit or stash your changes first: {shown}"))
    raise ConfigurationError(
        "files that the update would change hold changes that are not committed",
        where=shown,
        why="you could not tell yours from those of the update afterwards; nothing was changed",
        mend="git commit or git stash them first (other files may stay as they are)",
    )
