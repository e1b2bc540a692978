"""REPO004 to REPO006, REPO008, REPO010 and REPO011: CI, locked dependencies, sizes, leftovers, waivers,
odd files."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from fairport.check.documents import Documents, manifest_paths
from fairport.check.issue import Issue, quoted, shown
from fairport.check.parsed import AnalysisFile, AnswersFile
from fairport.check.report import tool_version
from fairport.check.repository import MAX_FILES, Repository
from fairport.check.rule import rule
from fairport.check.textscan import place, small_files
from fairport.check.waivers import Waivers
from fairport.contract.constants import ANALYSIS_FILE, MAX_LOCK_BYTES, TEMPLATE_URL
from fairport.contract.errors import DocumentError
from fairport.contract.finding import Severity

_CI: Final = (
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
    ".gitlab-ci.yml",
    ".gitlab/**/*.yml",
    ".forgejo/workflows/*.y*ml",
    ".woodpecker/*.y*ml",
    "Jenkinsfile",
)


@rule(
    "REPO004",
    "warning",
    "completeness",
    "Continuous integration runs the check, in a fixed version",
    fair=("R1",),
    rda=("R1.3-02M",),
    fuji=("FRSM-14-R1",),
    good={},
    bad={".github/workflows/check.yml": "jobs:\n  check:\n    steps:\n      - run: make test\n"},
)
def ci(repository: Repository) -> Iterator[Issue]:
    """What is checked on every change stays right. A fixed version of the checker gives the same answer
    tomorrow; a newer one is taken on purpose."""
    found = False
    for pattern in _CI:
        for path in repository.glob(pattern)[:50]:
            try:
                text = repository.text(path)
            except DocumentError:
                continue
            if not re.search(
                r"fairport[ /-]check|uses:.*fairport|include:.*fairport|component:.*fairport", text
            ):
                continue
            found = True
            loose = re.search(r"(?:pip|uv|pipx)[^\n]*install[^\n]*\bfairport(?![\w./=@-])", text)
            if loose is not None:
                line = text.count("\n", 0, loose.start()) + 1
                yield Issue(
                    "the version of fairport is not fixed",
                    path=path,
                    line=line,
                    column=1,
                    found=shown(loose.group().strip(), 80),
                    help=f"write fairport=={tool_version()}",
                )
    if not found:
        yield Issue(
            "no CI job runs the check", help="add a job that runs `fairport check`; the template has one"
        )


_LOCKS: Final = (
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pixi.lock",
    "conda-lock.yml",
    "pylock.toml",
    "renv.lock",
    "Manifest.toml",
)
_REQUIREMENT: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(===?|@)?")


@rule(
    "REPO005",
    "warning",
    "completeness",
    "Dependencies are locked to versions, with hashes",
    fair=("R2",),
    rda=("R1.2-01M",),
    fuji=("FRSM-13-R1",),
    good={},
    bad={"environment/requirements.txt": "▸numpy>=2\n"},
)
def locked(documents: Documents, repository: Repository) -> Iterator[Issue]:
    """The same code with another NumPy can give another number, or none. A lock names every package with
    its version and digest, so that the environment can be made again."""
    record = documents.record
    named = record.text("software/lock") if record is not None else None
    candidates = [named.removeprefix("./")] if named else []
    if not candidates:
        candidates = [path for path in repository.sizes if path.rpartition("/")[2] in _LOCKS]
        candidates = candidates or repository.glob("**/requirements*.txt")[:5]
    existing = [path for path in candidates if path in repository]
    if not existing:
        if not named:  # a lock that is named but missing is told by REPO003
            yield Issue(
                "dependencies are not locked",
                help="lock them, for example with `uv pip compile --generate-hashes`",
            )
        return
    for path in existing:
        if path.endswith(".txt"):
            yield from _unlocked(path, repository)


def _unlocked(path: str, repository: Repository) -> Iterator[Issue]:
    try:
        text = repository.text(path)
    except DocumentError:
        return
    hashes = "--hash=" in text
    for number, line in _logical_lines(text):
        match = _REQUIREMENT.match(line)
        if match is None:
            continue
        if match[2] is None:
            yield Issue(
                f"{match[1]} is not locked to a version",
                path=path,
                line=number,
                column=1,
                found=shown(line.strip(), 80),
                expected=f"{match[1]}==<version>",
                subject=match[1],
            )
        elif hashes and "--hash=" not in line:
            yield Issue(f"{match[1]} has no hash", path=path, line=number, column=1, subject=match[1])
    if not hashes and text.strip():
        yield Issue(
            "the lock has no hashes",
            path=path,
            line=1,
            column=1,
            severity="note",
            help="make it with `uv pip compile --generate-hashes`",
        )


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield (number of the first line, text) of the lines that a backslash joins, without comments."""
    start = 1
    parts: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        start = start if parts else number
        continued = line.rstrip().endswith("\\")
        parts.append(line.rstrip().removesuffix("\\").partition(" #")[0])
        if not continued:
            if not parts[0].lstrip().startswith("#"):
                yield start, " ".join(parts)
            parts = []
    if parts:
        yield start, " ".join(parts)


_BIG: Final = 10_000_000
_DATA_BIG: Final = 1_000_000
_DATA_SUFFIXES: Final = (
    ".root",
    ".h5",
    ".hdf5",
    ".fits",
    ".fit",
    ".fz",
    ".parquet",
    ".npy",
    ".npz",
    ".pkl",
    ".pickle",
    ".tar",
    ".zip",
    ".gz",
    ".sqlite",
)
_FIXTURES: Final = re.compile(r"(?:^|/)(?:tests?|fixtures?|examples?)/")


@rule(
    "REPO006",
    "warning",
    "correctness",
    "No large file and no data set in git",
    fair=("A1",),
    rda=("A1-04D",),
    good={},
    bad={"data/events.root": "x" * 1_100_000},
)
def large(documents: Documents, repository: Repository) -> Iterator[Issue]:
    """Git keeps every version of a file for ever, and everybody who clones pays for all of them. Data
    belong into the lake or a data repository, with a checksum in the manifest. The lock of the data itself
    belongs into git, however long."""
    lock = manifest_paths(documents)[1]
    for path, size in sorted(repository.sizes.items()):
        if path == lock and size <= MAX_LOCK_BYTES:
            continue
        if repository.tracked is not None and path not in repository.tracked and size <= _BIG:
            continue
        data = path.lower().endswith(_DATA_SUFFIXES) and not _FIXTURES.search(path) and size > _DATA_BIG
        if size > _BIG or data:
            what = "data" if path.lower().endswith(_DATA_SUFFIXES) else "file"
            yield Issue(
                f"{size / 1e6:.1f} MB {what} in git: put it into the data lake or a data repository",
                path=path,
                help="add it to data/manifest.yaml and take it out of git",
            )


_MARKERS: Final = re.compile(rb"^(?:<{7} \S|>{7} \S)", re.MULTILINE)


@rule(
    "REPO008",
    "warning",
    "correctness",
    "No leftovers of an update, and the template is not old",
    fair=("R1.3",),
    rda=("R1.3-01M",),
    good={},
    bad={
        "docs/notes.md": "# Notes\n\n## Method\n\n▸<<<<<<< before updating\nCounting.\n=======\nFitting.\n"
        ">>>>>>> after updating\n"
    },
)
def leftovers(documents: Documents, repository: Repository) -> Iterator[Issue]:
    """An update that met changes of your own leaves both versions between markers, or in a `.rej` file:
    until somebody chooses, the file is broken. A template that is several versions old lacks what was
    mended since."""
    for path in repository.glob("**/*.rej"):
        yield Issue(
            "a change that could not be merged",
            path=path,
            severity="error",
            help="merge it by hand and delete the file",
        )
    for path, content in small_files(repository):
        match = _MARKERS.search(content) if b"<<<<<<< " in content or b">>>>>>> " in content else None
        if match is not None and re.search(rb"^={7}$", content, re.MULTILINE):
            line, column = place(content, match.start())
            yield Issue(
                "conflict markers",
                path=path,
                line=line,
                column=column,
                severity="error",
                help="choose one version and remove the markers",
            )
    for stage, command in _STAGES.items():
        if repository.exists_on_disk(f"{stage}/journal.json"):
            yield Issue(
                f"a call of `fairport {command}` was interrupted: files may be half old, half new",
                path=f"{stage}/journal.json",
                severity="error",
                help=f"run `fairport {command}` again: it first puts back what was there before",
            )
    for answers in documents.all(AnswersFile):
        yield from _template_issues(answers)


_STAGES: Final = {".fairport-update": "update", ".fairport-new": "new"}
"""Folders in which a change of several files is prepared, and who prepares it; their journal is there only
while files move.
"""


def _template_issues(answers: AnswersFile) -> Iterator[Issue]:
    source, commit = answers.text("_src_path"), answers.text("_commit")
    if source is not None and re.match(r"[^/]*//[^/@]*:[^/@]*@", source):
        yield answers.issue(
            ("_src_path",),
            "the address of the template holds a password",
            severity="error",
            help="remove it and change the password",
        )
    elif source is not None and not re.match(r"(?:https?|ssh|git)://|git@|gh:|gl:", source):
        yield answers.issue(
            ("_src_path",),
            f"{quoted(source, 80)} works on one computer only",
            expected="the public address of the template",
        )
    if _address(source or "") != _address(TEMPLATE_URL):
        return  # another template has versions of its own
    mine, current = _minor(commit or ""), _minor(tool_version())
    if (
        mine is not None
        and current is not None
        and (mine[0] < current[0] or (mine[0] == current[0] and mine[1] + 1 < current[1]))
    ):
        yield answers.issue(
            ("_commit",),
            f"template {mine[0]}.{mine[1]}, current {current[0]}.{current[1]}",
            help="run `fairport update`",
        )


def _address(source: str) -> str:
    """Return host and path of a git address, however it is spelled: ``host/owner/name``."""
    text = re.sub(r"^(?:[\w+.-]+://)?(?:[^/@]*@)?", "", source.strip().lower())
    text = re.sub(r"^gh:", "github.com/", re.sub(r"^gl:", "gitlab.com/", text))
    return text.replace(":", "/", 1).rstrip("/").removesuffix(".git")


def _minor(text: str) -> tuple[int, int] | None:
    match = re.match(r"v?(\d{1,6})\.(\d{1,6})", text)
    return (int(match[1]), int(match[2])) if match else None


@rule(
    "REPO010",
    "error",
    "correctness",
    "Waivers have a reason, have not expired and are still needed",
    last=True,
    good={},
    bad={
        ANALYSIS_FILE: "waivers:\n  - rule: META008\n    reason: The author has no ORCID yet.\n"
        "    expires: ▸'2026-10-01'\n"
    },
)
def waivers(given: Waivers, today: date) -> Iterator[Issue]:
    """A waiver accepts a finding for a reason that others can read: in the record, or in a comment beside the
    place (`# fairport: ignore WF007 -- the site allows this tag only until 2027-03-31`). When it has expired,
    or the finding is gone, it only hides the next one."""
    from fairport.check.registry import all_rules

    known = [item.id for item in all_rules()]
    yield from _comments(given, known, today)
    if given.file is not None:
        yield from _entries(given.file, given, known, today)


def _entries(file: AnalysisFile, given: Waivers, known: list[str], today: date) -> Iterator[Issue]:
    """Yield what is wrong with the waivers of the record."""
    for entry in given.entries:
        if entry.rule not in known:
            near = difflib.get_close_matches(entry.rule, known, 1, 0.6)
            yield file.issue(
                (*entry.pointer, "rule"),
                f"there is no rule {quoted(entry.rule, 40)}",
                expected=near[0] if near else "a rule of `fairport rules`",
            )
        elif entry.expires == date.min:
            yield file.issue(
                (*entry.pointer, "expires"), "the last day is no calendar date", expected="YYYY-MM-DD"
            )
        elif entry.expired(today):
            yield file.issue(
                (*entry.pointer, "expires"),
                f"waiver for {entry.rule} expired {entry.expires}",
                help="mend the finding, or give a new date",
            )
        elif not entry.used and entry.rule in given.ran:
            yield file.issue(
                entry.pointer,
                f"waiver for {entry.rule} is not needed any more",
                severity="warning",
                help="remove it",
                subject=entry.rule,
            )


def _comments(given: Waivers, known: list[str], today: date) -> Iterator[Issue]:
    """Yield what is wrong with the waivers in comments."""
    for comment in given.inline:
        told: tuple[str, Severity, str] | None = None
        if comment.problem is not None:
            told = (comment.problem, "error", "a waiver that does not count hides nothing")
        elif comment.rule not in known:
            told = (f"there is no rule {quoted(comment.rule, 40)}", "error", "see `fairport rules`")
        elif comment.expired(today):
            text = f"waiver for {comment.rule} expired {comment.expires}"
            told = (text, "error", "mend the finding, or give a new date")
        elif not comment.used and comment.rule in given.ran:
            told = (f"waiver for {comment.rule} is not needed any more", "warning", "remove it")
        if told is not None:
            yield Issue(
                told[0],
                path=comment.path,
                line=comment.line,
                column=comment.column,
                severity=told[1],
                help=told[2],
                subject=comment.rule,
            )


@rule(
    "REPO011",
    "error",
    "correctness",
    "Everything in the repository is a plain file that others can read",
    fair=("A1",),
    good={},
    bad={ANALYSIS_FILE: "schema_version: '1.0'\n", "notes\u202efdp.txt": "A name that reads backwards.\n"},
)
def plain_files(repository: Repository) -> Iterator[Issue]:
    """A link that leads out of the repository works on one computer only, and REANA leaves links out
    without a word. Pipes and devices are no data. Names with control characters break scripts and can
    deceive readers."""
    for oddity in repository.oddities:
        yield Issue(oddity.problem, path=oddity.path, help=oddity.mend)
    if repository.truncated:
        yield Issue(
            f"more than {MAX_FILES:,} files: the rest is not looked at",
            help="keep data out of the repository",
        )
