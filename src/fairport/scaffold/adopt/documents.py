"""The files that adoption writes: record, manifest, derived metadata, drafts of results."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from fairport.contract.analysis import Analysis
from fairport.contract.constants import ANALYSIS_FILE, CONTRACT_VERSION, NOT_STATED, STATE_DIR, schema_id
from fairport.contract.files import sha256_bytes
from fairport.contract.loading import Document
from fairport.contract.resources import template_root
from fairport.contract.saving import dump_yaml
from fairport.interop.derived import RENDERERS, render_all
from fairport.scaffold.adopt import gitfacts, names
from fairport.scaffold.adopt.lake import DataSource
from fairport.scaffold.adopt.model import UNKNOWN_LICENCE, Notice
from fairport.scaffold.adopt.readme import readme_name
from fairport.scaffold.adopt.tables import NumberTable
from fairport.scaffold.adopt.tree import Tree, place

DRAFTS: Final = f"{STATE_DIR}/drafts"
"""Folder of the drafts of results: outside ``results/``, because a draft is no valid record yet."""

_DRIFT_RULE: Final = "META019"
"""The rule by which derived metadata must be those of the record."""

_LICENCE_TEXT: Final = """\
No licence was found when this repository was adopted.

Until its rights holders choose one, all rights are reserved: nobody else may copy,
change or redistribute it. When they have chosen, state the licence in fairport.yaml,
put its text into the repository and remove this file.
"""
_RESULTS_TEXT: Final = """\
# Results

One folder for each result: `result.yaml` and its table. `fairport run` installs what the workflow writes.
"""
_WORKFLOW: Final = """\
# No workflow was found when this repository was adopted. Write down the commands that make the results, in
# their order, and the image that they run in (name, tag and digest); list their inputs and outputs.
# Or state another workflow (CWL, Snakemake, Yadage) in fairport.yaml and remove this file.
workflow:
  type: serial
  specification:
    steps:
      - name: not-written-yet
        environment: state-the-image
        commands:
          - echo "The steps of this analysis are not written down yet in reana.yaml" && exit 1
"""
_RUNNERS: Final = {"sh": "bash", "py": "python", "jl": "julia"}
_SUGGESTED: Final = 10
_ASKED: Final = (
    "Which plane is it in (fairport plot and the catalogue need one)?",
    "Which quantity and unit does each column have?",
    "At which confidence level, one-sided or two-sided, by which method?",
    "Is it observed, expected or injected; your own result, or digitised from a paper (which)?",
    "May it be public?",
)


def manifest_path(tree: Tree) -> str:
    """Return where the manifest goes: ``data/manifest.yaml``, unless that is taken or ignored by git."""
    folder = tree.root / "data"
    if gitfacts.ignored(tree.root, ["data/manifest.yaml"]):
        return "fairport-manifest.yaml"
    free = not tree.has("data") or (folder.is_dir() and not folder.is_symlink())
    return "data/manifest.yaml" if free and not tree.has("data/manifest.yaml") else "fairport-manifest.yaml"


def planned(
    tree: Tree,
    record: dict[str, Any],
    manifest: str,
    sources: list[DataSource],
    tables: list[NumberTable],
    rejected: set[str],
) -> dict[str, str]:
    """Return the text of every file to write by its path; nothing that exists is in it.

    Args:
        tree: the repository.
        record: a valid analysis record.
        manifest: path of the data manifest.
        sources: identifiers and addresses of data.
        tables: tables that look like results.
        rejected: metadata files that describe another repository.
    """
    texts = {
        ANALYSIS_FILE: _yaml(_with_waivers(tree, record, rejected), "analysis"),
        manifest: _yaml(manifest_data(sources), "manifest"),
        **render_all(Analysis.from_data(record)),
    }
    if UNKNOWN_LICENCE in record["licences"].values():
        texts[f"LICENSES/{UNKNOWN_LICENCE}.txt"] = _LICENCE_TEXT
    if record["licences"].get("data") != record["licences"].get("code"):
        texts |= _licence_text(tree, record["licences"].get("data"))
    for identifier, table in drafts(tables).items():
        texts[f"{DRAFTS}/{identifier}.yaml"] = dump_yaml(_draft(tree, identifier, table))
    if readme_name(tree) is None:
        texts["README.md"] = f"# {record['title']}\n\n{record['description']}\n"
    if not tree.has("results"):
        texts["results/README.md"] = _RESULTS_TEXT
    texts[f"{STATE_DIR}/.gitignore"] = "*\n"
    return {path: text for path, text in texts.items() if not tree.has(path)}


def _licence_text(tree: Tree, data: str | None) -> dict[str, str]:
    """Return the text of a licence of the data that is stated without its text, when the template has it."""
    for source in sorted((template_root() / "template" / "LICENSES").iterdir()):
        name = re.sub(r"\{%.*?%\}", "", source.name)
        if name == f"{data}.txt" and not tree.ending(f"licenses/{name.lower()}"):
            return {f"LICENSES/{name}": source.read_text(encoding="utf-8")}
    return {}


def workflow_draft(tree: Tree) -> dict[str, str]:
    """Return a REANA specification to be written down by a person, by its path.

    Its only step stops with a message, and its image is none, so that neither ``check`` nor a run takes it
    for a workflow. Notebooks and scripts that may be its steps are named in remarks.
    """
    notebooks = [place(name) for name in tree.ending(".ipynb")][:_SUGGESTED]
    scripts = [place(name) for name in tree.ending(".sh", ".py", ".jl") if "/" not in name][:_SUGGESTED]
    commands = [
        *(f"jupyter nbconvert --to notebook --execute {json.dumps(name)}" for name in notebooks),
        *(f"{_RUNNERS[name.rpartition('.')[2]]} {json.dumps(name)}" for name in scripts),
    ]
    remarks = "".join(f"#   {command}\n" for command in commands)
    return {
        "reana.yaml": _WORKFLOW
        + (f"# What the repository holds, in case it is a step:\n{remarks}" if remarks else "")
    }


def waived(tree: Tree, rejected: set[str]) -> list[str]:
    """Return the metadata files that are kept and whose difference from the record is waived: not those of
    another repository, nor those that cannot be read.
    """
    return [name for name in RENDERERS if name not in rejected and isinstance(tree.document(name), Document)]


def _with_waivers(tree: Tree, record: dict[str, Any], rejected: set[str]) -> dict[str, Any]:
    """Accept, with the reason, that metadata files which were there before are not those of the record."""
    waivers = [
        {
            "rule": _DRIFT_RULE,
            "path": name,
            "reason": "Written before the adoption, and kept. Remove this waiver and run fairport sync.",
        }
        for name in waived(tree, rejected)
    ]
    return {**record, "waivers": waivers} if waivers else record


def manifest_data(sources: list[DataSource]) -> dict[str, Any]:
    """Return the manifest: each DID as a data set; addresses wait beside them for a checksum.

    The licence of data that nobody stated is not known; they count as restricted until somebody says more.
    """
    datasets: list[dict[str, Any]] = []
    for source in (item for item in sources if item.kind == "did"):
        datasets.append(
            {
                "id": _free(
                    names.slug(source.value.partition(":")[2]) or "data", {item["id"] for item in datasets}
                ),
                "did": source.value,
                "description": f"Found in {source.source} when the repository was adopted.",
                "licence": UNKNOWN_LICENCE,
                "access": "restricted access",
                "role": source.role,
            }
        )
    data: dict[str, Any] = {"schema_version": CONTRACT_VERSION, "datasets": datasets}
    addresses = [{"url": item.value, "found": item.source} for item in sources if item.kind == "url"]
    if addresses:
        data["x-without-checksum"] = addresses
    return data


def data_notices(sources: list[DataSource], manifest: str) -> list[Notice]:
    """Return what a person must know of the data."""
    dids = [item for item in sources if item.kind == "did"]
    urls = [item for item in sources if item.kind == "url"]
    found: list[Notice] = []
    if dids:
        listed = ", ".join(item.value for item in dids[:3])
        text = f"role, licence, access and lake of {_count(len(dids), 'DID')} ({listed})?"
        found.append(Notice("question", manifest, text, dids[0].source))
    if urls:
        text = f"{_count(len(urls), 'address', 'addresses')} of data without a checksum: which are inputs?"
        found.append(Notice("question", manifest, text, urls[0].source))
    return found


def drafts(tables: list[NumberTable]) -> dict[str, NumberTable]:
    """Return the tables by the identifier that the result would get."""
    found: dict[str, NumberTable] = {}
    for table in tables:
        base = table.path.rpartition("/")[2].rpartition(".")[0]
        found[_free(names.slug(base) or "result", set(found))] = table
    return found


def _draft(tree: Tree, identifier: str, table: NumberTable) -> dict[str, Any]:
    text = tree.text(table.path) or ""
    columns = table.columns or tuple(f"column {number}" for number in range(1, len(table.ranges) + 1))
    return {
        "draft": "of a result record: complete it as results/<id>/result.yaml beside its table",
        "id": identifier,
        "table": table.path,
        "sha256_of_text": sha256_bytes(text.encode("utf-8")),
        "rows": table.rows,
        "header": bool(table.columns),
        "columns": [
            {"name": name, "least": low, "greatest": high, "unit": NOT_STATED}
            for name, (low, high) in zip(columns, table.ranges, strict=True)
        ],
        "statistics": {"cl": NOT_STATED, "sided": NOT_STATED, "method": NOT_STATED},
        "looks_like_a_result_because": table.reason,
        "only_you_know": list(_ASKED),
    }


def _yaml(data: dict[str, Any], kind: str) -> str:
    return dump_yaml(data, header=f"yaml-language-server: $schema={schema_id(kind)}")


def _free(name: str, taken: set[str]) -> str:
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name[:74].rstrip('-')}-{number}"
    return candidate


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
