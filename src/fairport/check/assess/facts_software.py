"""The software of the analysis: README, workflow, dependencies, tests, history."""

from __future__ import annotations

import re
from typing import Final

from fairport.check.assess.facts import fact
from fairport.check.assess.view import Found, Missing, View, said
from fairport.check.parsed import CwlFile
from fairport.contract.errors import DocumentError

_README: Final = re.compile(r"README(?:\.(?:md|rst|txt|org|adoc))?", re.IGNORECASE)
_TESTS: Final = re.compile(
    r"tests?/(?:.*/)?(?:test_[^/]+\.py|[^/]+_test\.\w+|[^/]+\.(?:feature|bats|cwltest\.ya?ml))"
)
_CODE: Final = re.compile(r"def test_|Scenario|@test|assert|- job:|it\(")
_LOCKS: Final = frozenset(
    "uv.lock poetry.lock pdm.lock Pipfile.lock pixi.lock conda-lock.yml pylock.toml renv.lock "
    "Manifest.toml".split()
)
_PINNED: Final = re.compile(r"^[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?==\S", re.MULTILINE)


@fact
def readme(view: View) -> Found:
    """A README of more than a few lines."""
    if isinstance(view.own_record, Missing):
        return view.own_record
    repository = view.documents.repository
    for path in sorted(name for name in repository.sizes if _README.fullmatch(name)):
        try:
            text = repository.text(path)
        except DocumentError:
            return Missing(f"{path} cannot be read", assessed=False)
        if len(text.split()) >= 30:
            return (view.of(path, "README"),)
    return Missing("there is no README of more than a few words")


@fact
def workflow(view: View) -> Found:
    """A CWL workflow with steps, which is also what the record names."""
    record = view.own_record
    if isinstance(record, Missing):
        return record
    name = (record.text("workflow/file") or "").removeprefix("./")
    for file in view.documents.all(CwlFile):
        if file.path == name and file.mapping.get("class") == "Workflow" and file.mapping.get("steps"):
            return (view.at(file, ("class",), said(("workflow",), file.path)),)
    if record.text("workflow/type") in {"snakemake", "serial", "yadage"}:
        return Missing("workflows other than CWL are not read", assessed=False)
    return Missing("the record names no CWL workflow with steps")


@fact
def locked(view: View) -> Found:
    """Dependencies with their versions."""
    record = view.own_record
    if isinstance(record, Missing):
        return record
    repository = view.documents.repository
    named = (record.text("software/lock") or "").removeprefix("./")
    names = (
        [named] if named else sorted(path for path in repository.sizes if path.rpartition("/")[2] in _LOCKS)
    )
    for path in names:
        if path not in repository or not repository.sizes[path]:
            continue
        try:
            if path.rpartition("/")[2] in _LOCKS or _PINNED.search(repository.text(path)):
                return (view.of(path, "locked dependencies"),)
        except DocumentError:
            return Missing(f"{path} cannot be read", assessed=False)
    return Missing("dependencies are not locked to versions")


@fact
def tests(view: View) -> Found:
    """Test files with a test in them."""
    if isinstance(view.own_record, Missing):
        return view.own_record
    repository = view.documents.repository
    evidence = []
    for path in sorted(name for name in repository.sizes if _TESTS.fullmatch(name))[:50]:
        try:
            if _CODE.search(repository.text(path)):
                evidence.append(view.of(path, "test"))
        except DocumentError:
            continue
    return tuple(evidence) or Missing("there is no test")


@fact
def history(view: View) -> Found:
    """A history in git."""
    if isinstance(view.own_record, Missing):
        return view.own_record
    git = view.documents.repository.git
    if git is None or not git.own:
        return Missing("the folder is no git repository", assessed=False)
    head = git.head()
    if head is None:
        return Missing("git has no commit yet")
    return (view.of("", f"commit {head[:12]}"),)
