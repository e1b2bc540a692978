"""WF015: the REANA specification follows the workflow and its inputs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, Final

from fairport.check.documents import Documents
from fairport.check.issue import Issue, shown
from fairport.check.parsed import InputsFile, Parsed, ReanaFile
from fairport.check.rule import rule
from fairport.contract.finding import Edit, Fix
from fairport.interop import reana_yaml

_HELP: Final = f"run `fairport sync`, or keep the file yourself with the comment `{reana_yaml.MARK}`"
_MOST: Final = 8
"""Most differences that are told of one file."""


@rule(
    "WF015",
    "warning",
    "correctness",
    "The REANA specification has the inputs of the workflow",
    fair=("I1", "R1"),
    rda=("R1-01M",),
    fix="safe",
    after=("WF003", "WF004", "WF005"),
    good={},
    bad={
        "workflow/inputs.yaml": "points: 20\n",
        "reana.yaml": "inputs:\n  parameters:\n    ▸points: 10\nworkflow:\n  type: cwl\n"
        "  file: workflow/main.cwl\n",
    },
)
def reana_inputs(documents: Documents) -> Iterator[Issue]:
    """cwltool reads the inputs that the analysis record names, REANA those in its own specification. Where
    the two differ, a run there is another analysis than a run here. For a CWL workflow `fairport sync` makes
    files, parameters and workflow of `reana.yaml` from the record and the file of inputs, and keeps
    resources, outputs, tests and comments. Without a file of inputs the specification is the only place that
    states them, and nothing of them is compared. A specification with the comment `# fairport:
    hand-written`, and one of another workflow language, is left alone."""
    record = documents.record
    named = posixpath.normpath(record.text("workflow/reana") or "") if record else "."
    if record is None or record.text("workflow/type") != "cwl" or named == ".":
        return
    for reana in documents.all(ReanaFile):
        if posixpath.normpath(reana.path) != named:
            continue
        if reana_yaml.managed(reana.document.text, reana.data):
            yield from _drift(reana, record, documents)


def _drift(reana: ReanaFile, record: Parsed, documents: Documents) -> Iterator[Issue]:
    stated = record.text("workflow/inputs")
    if stated is None:
        return  # the specification alone states inputs; or META003
    name = posixpath.normpath(stated)
    files = [item for item in documents.all(InputsFile) if posixpath.normpath(item.path) == name]
    workflow = record.text("workflow/file")
    if workflow is None or not files:
        return  # WF004, WF005
    inputs = reana_yaml.Inputs(files[0].mapping, posixpath.dirname(name), posixpath.normpath(workflow))
    job = _job(reana, documents)
    if not _is_plain(reana.mapping, files[0].mapping):
        return  # WF003, WF005
    found = [item for item in reana_yaml.drift(reana.mapping, inputs, job) if item.pointer[0] == "inputs"]
    if not found:
        return
    fix = Fix("safe", (Edit(reana.path, content=reana_yaml.synced(reana.document.text, inputs, job)),))
    for item in found[:_MOST]:
        yield reana.issue(
            item.pointer,
            f"{'.'.join(map(str, item.pointer))} is not that of {name}",
            found=_words(item.found),
            expected=_words(item.expected),
            help=_HELP,
            fix=fix,
            cause=("WF005", name),
        )


def _is_plain(spec: dict[str, Any], job: dict[str, Any]) -> bool:
    """Tell whether specification and inputs have the shapes that a comparison needs."""
    inputs = spec.get("inputs", {})
    if not isinstance(inputs, dict) or not isinstance(spec.get("workflow", {}), dict):
        return False
    parameters = inputs.get("parameters", {})
    lists = (inputs.get("files", []), inputs.get("directories", []))
    if not isinstance(parameters, dict) or not all(isinstance(item, list) for item in lists):
        return False
    if not all(isinstance(name, str) for item in lists for name in item):
        return False
    return all(_object_is_plain(value) for value in (*parameters.values(), *job.values()))


def _object_is_plain(value: Any, depth: int = 0) -> bool:
    """Tell whether the File and Directory objects of a value name class and place by texts."""
    if depth > 20:
        return False
    if isinstance(value, dict):
        keys = ("class", "location", "path", "basename", "format")
        if "class" in value and not all(isinstance(value[key], str) for key in keys if key in value):
            return False
        return all(_object_is_plain(item, depth + 1) for item in value.values())
    if isinstance(value, list):
        return all(_object_is_plain(item, depth + 1) for item in value)
    return True


def _job(reana: ReanaFile, documents: Documents) -> dict[str, Any] | None:
    name = reana_yaml.named_job(reana.mapping)
    if name is None or name not in documents.repository:
        return None
    found = documents.parsed(name)
    data = getattr(found, "data", None)
    return data if isinstance(data, dict) else None


def _words(value: Any) -> str:
    return "nothing" if value is None else shown(value, 120)
