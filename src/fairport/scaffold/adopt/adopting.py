"""Adoption of an existing repository, from looking to writing."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from fairport.contract.constants import ANALYSIS_FILE, STATE_DIR
from fairport.contract.errors import UsageError
from fairport.contract.progress import Progress, SilentProgress
from fairport.scaffold.adopt import (
    documents,
    experiments,
    gitfacts,
    lake,
    licence,
    metadata,
    names,
    papers,
    readme,
    requirements,
    software,
    workflows,
    writing,
)
from fairport.scaffold.adopt import tables as number_tables
from fairport.scaffold.adopt.model import (
    MATERIALS,
    UNKNOWN_LICENCE,
    Evidence,
    Found,
    Material,
    Notice,
    best,
    clean,
)
from fairport.scaffold.adopt.proposal import Proposal, propose
from fairport.scaffold.adopt.tree import Tree, place

_MANY: Final = 1000
"""Files from which on adoption takes long enough to tell what it does."""


@dataclass(frozen=True, slots=True)
class AdoptReport:
    """What adoption found and wrote.

    Attributes:
        path: folder of the repository.
        already: whether it had a record before, so that nothing was done.
        fields: evidence of each field of the record.
        notices: rejected evidence, problems, what is kept, questions for a person.
        materials: workflows, images, packages, data, papers and tables that the files hold.
        files: paths that were written (with ``dry_run``: that would be).
        dry_run: whether nothing was written.
        recovered: whether a killed call before this one was undone first.
    """

    path: Path
    already: bool
    fields: tuple[Found, ...] = ()
    notices: tuple[Notice, ...] = ()
    materials: tuple[Material, ...] = ()
    files: tuple[str, ...] = ()
    dry_run: bool = False
    recovered: bool = False

    def questions(self) -> tuple[Notice, ...]:
        """Return what only a person can answer."""
        return tuple(item for item in self.notices if item.kind == "question")

    def data(self) -> dict[str, Any]:
        """Return the report as plain data for JSON."""
        return {
            "path": str(self.path),
            "already": self.already,
            "dry_run": self.dry_run,
            "recovered": self.recovered,
            "fields": [
                {
                    "field": item.field,
                    "value": item.value,
                    "source": item.source,
                    "confidence": item.confidence,
                    **({"note": item.note} if item.note else {}),
                    **({"also": [other.data() for other in item.also]} if item.also else {}),
                }
                for item in self.fields
            ],
            "materials": {
                name: [item.data() for item in self.materials if item.kind in kinds]
                for name, kinds in MATERIALS.items()
            },
            "notices": [
                {
                    "kind": item.kind,
                    "subject": item.subject,
                    "text": item.text,
                    **({"source": item.source} if item.source else {}),
                }
                for item in self.notices
            ],
            "files": list(self.files),
        }


def adopt(path: Path, *, dry_run: bool = False, progress: Progress | None = None) -> AdoptReport:
    """Bring a repository in: write ``fairport.yaml`` and what is missing beside what exists.

    Nothing of the repository is executed or changed; links are not followed.

    Args:
        path: its folder.
        dry_run: only look, write nothing.
        progress: who is told what happens when the repository is large.

    Raises:
        UsageError: it is no folder or holds no files, or another call is at work there.
        RefusedError: a file cannot be written; then none was.
    """
    if not path.is_dir():
        raise UsageError("this is no folder", where=path, mend="give the folder of the repository to adopt")
    root = path.resolve()
    recovered = False if dry_run else writing.recover(root)
    if os.path.lexists(root / ANALYSIS_FILE):
        return AdoptReport(path, already=True, dry_run=dry_run, recovered=recovered)
    tree = Tree(root)
    if not tree.files:
        raise UsageError(
            "there is nothing to adopt",
            where=path,
            why="the folder holds no files",
            mend="fairport new makes a new analysis",
        )
    tell = progress if progress is not None and len(tree.files) > _MANY else SilentProgress()
    tell.step(f"Looking for data in {len(tree.files):,} files")
    manifest = documents.manifest_path(tree)
    sources = lake.data_sources(tree)
    tell.step("Looking for tables of results")
    found = number_tables.result_tables(tree)
    tell.step("Reading workflows, metadata and the log of git")
    flows = workflows.look(tree)
    proposal = look(tree, manifest, flows.evidence)
    rejected = {item.source.partition(":")[0] for item in proposal.notices if item.kind == "rejected"}
    draft = documents.workflow_draft(tree) if not flows.known else {}
    texts = documents.planned(tree, proposal.record, manifest, sources, found, rejected) | {
        path: text for path, text in draft.items() if not tree.has(path)
    }
    notices = (
        *proposal.notices,
        *_kept_metadata(tree, documents.waived(tree, rejected)),
        *documents.data_notices(sources, manifest),
        *_results(found),
    )
    notices += _ignored(root, texts)
    tell.step("Listing packages and papers")
    listed = (*requirements.requirements(tree),)
    cited = (*papers.papers(tree),)
    if not dry_run:
        writing.write(root, texts)
    materials = (
        *flows.materials,
        *listed,
        *(
            Material(item.kind, item.value, item.source, item.confidence, {"role": item.role})
            for item in sources
        ),
        *(Material("paper", item.identifier, item.source, "sure") for item in cited),
        *(Material("table", item.path, item.path, "guess", item.summary()) for item in found),
    )
    return AdoptReport(path, False, proposal.fields, notices, materials, tuple(texts), dry_run, recovered)


def look(tree: Tree, manifest: str, flows: list[Evidence]) -> Proposal:
    """Return the record that the files of a repository tell, with its evidence.

    Args:
        tree: the repository.
        manifest: path of the data manifest.
        flows: evidence of the workflow.
    """
    git = gitfacts.evidence(tree.root)
    address = next(
        (str(item.value) for item in git if isinstance(item, Found) and item.field == "repository.url"), None
    )
    name = clean(address.rpartition("/")[2] if address else tree.root.name, 80)
    heading = readme.title(tree)
    described = readme.evidence(tree)
    titles = [text for text in (heading[0] if heading else "", name, clean(tree.root.name, 80)) if text]
    stated = metadata.evidence(tree, address, titles)
    if best(stated + described, "authors"):
        git = [item for item in git if not (isinstance(item, Notice) and item.subject == "authors")]
    evidence: list[Evidence] = [
        *_judged(licence.evidence(tree), stated, tree),
        *stated,
        *described,
        *flows,
        *software.evidence(tree),
        *_confirmed(git, stated, tree),
    ]
    title, description = best(evidence, "title"), best(evidence, "description")
    name_of_readme = readme.readme_name(tree)
    evidence += experiments.evidence(
        tree,
        str(title.value) if title else "",
        address or f"https://localhost/{name}",
        str(description.value) if description else "",
        (tree.text(name_of_readme) or "") if name_of_readme else "",
    )
    return propose(evidence, name, manifest, readme.readme_name(tree))


def undo(path: Path) -> writing.Undone:
    """Remove what adoption wrote, as far as nobody changed it.

    Raises:
        UsageError: nothing was adopted there.
    """
    if not path.is_dir():
        raise UsageError("this is no folder", where=path)
    return writing.undo(path.resolve())


def _judged(licences: list[Evidence], stated: list[Evidence], tree: Tree) -> list[Evidence]:
    """Doubt a licence text whose copyright holder is known only from metadata of another repository."""
    if not any(isinstance(item, Notice) and item.kind == "rejected" for item in stated):
        return licences
    holder = licence.copyright_holder(tree)
    document = tree.document("codemeta.json")
    if holder is None or document is None:
        return licences
    strangers = {str(who.get("family_names", "")).casefold() for who in metadata.authors_of(document)} - {""}
    if not any(name in holder[0].casefold() for name in strangers):
        return licences
    text = f"the licence names {holder[0]}, who stands only in the rejected metadata: is it yours?"
    return [
        *(
            Found(item.field, item.value, item.source, "likely", item.note)
            if isinstance(item, Found)
            else item
            for item in licences
        ),
        Notice("question", "licences.code", text, holder[1]),
    ]


def _confirmed(git: list[Evidence], stated: list[Evidence], tree: Tree) -> list[Evidence]:
    """Trust the only author of the log more when the licence names the same person as copyright holder."""
    holder = licence.copyright_holder(tree)
    who = names.person(holder[0]) if holder else None
    if who is None or any(isinstance(item, Notice) and item.kind == "rejected" for item in stated):
        return git
    return [
        replace(item, confidence="likely", note=f"the copyright holder too ({holder[1] if holder else ''})")
        if isinstance(item, Found)
        and item.field == "authors"
        and len(item.value) == 1
        and names.same_person(item.value[0], who)
        else item
        for item in git
    ]


def _ignored(root: Path, texts: dict[str, str]) -> tuple[Notice, ...]:
    """Say which of the files to write git would leave out."""
    files = [name for name in texts if not name.startswith(f"{STATE_DIR}/")]
    return tuple(
        Notice("problem", name, "git ignores this file: add it with git add --force", "")
        for name in gitfacts.ignored(root, files)
        if name in texts
    )


def _kept_metadata(tree: Tree, waived: list[str]) -> list[Notice]:
    reason = ", its difference is waived (META019)"
    return [
        Notice(
            "kept",
            name,
            f"stays as it is{reason if name in waived else ''}; fairport sync would replace it by the record",
            place(name),
        )
        for name in ("CITATION.cff", "codemeta.json", ".zenodo.json", "ro-crate-metadata.json")
        if tree.has(name)
    ]


def _results(found: list[number_tables.NumberTable]) -> list[Notice]:
    if not found:
        return []
    bare = sum(not table.columns for table in found)
    listed = ", ".join(place(table.path) for table in found[:4]) + (", ..." if len(found) > 4 else "")
    number = f"{len(found)} table{'s' if len(found) > 1 else ''}"
    text = f"plane, units, confidence level, paper of {number} ({listed})?"
    if bare:
        text += f" {bare} without a header"
    return [Notice("question", "results", text, documents.DRAFTS)]


__all__ = ["UNKNOWN_LICENCE", "AdoptReport", "adopt", "look", "undo"]
