"""What a CWL workflow makes, as far as the text says it."""

from __future__ import annotations

from collections.abc import Mapping

from fairport.check.cwl.model import Process, resolve, roots
from fairport.check.documents import Documents
from fairport.check.parsed import CwlFile

_NESTING = 10


def main_process(documents: Documents) -> Process | None:
    """Return the process that the analysis runs, when it is CWL and can be read."""
    record = documents.record
    path = (record.text("workflow/file") if record else None) or "workflow/main.cwl"
    name, _, fragment = path.removeprefix("./").partition("#")
    file = next((file for file in documents.all(CwlFile) if file.path == name), None)
    found = roots(file) if file is not None else []
    wanted = [process for process in found if process.name == (fragment or "main")]
    return next(iter(wanted or found), None)


def output_globs(documents: Documents) -> frozenset[str] | None:
    """Return the file names (or globs) of the outputs of the main workflow; ``None`` when one cannot be
    told."""
    main = main_process(documents)
    if main is None:
        return None
    files = {file.path: file for file in documents.all(CwlFile)}
    found: set[str] = set()
    for port in main.outputs():
        globs = _globs(main, port.name, files, 0)
        if globs is None:
            return None
        found |= globs
    return frozenset(found)


def _globs(process: Process, name: str, files: Mapping[str, CwlFile], depth: int) -> set[str] | None:
    """Return the globs of one output of a process, through the steps that make it."""
    port = next((port for port in process.outputs() if port.name == name), None)
    if port is None or depth > _NESTING:
        return None
    if process.kind == "CommandLineTool":
        return _tool_globs(process, port.mapping.get("type"), port.mapping.get("outputBinding"))
    source = port.mapping.get("outputSource")
    if process.kind != "Workflow" or not isinstance(source, str):
        return None
    step_name, _, output = source.rpartition("#")[2].rpartition("/")
    step = next((step for step in process.steps() if step.name == step_name.rpartition("/")[2]), None)
    inner = resolve(step, files) if step is not None else None
    return _globs(inner, output, files, depth + 1) if inner is not None else None


def _tool_globs(tool: Process, kind: object, binding: object) -> set[str] | None:
    if kind in ("stdout", "stderr"):
        text = tool.value.get(str(kind))
        return {text} if isinstance(text, str) and "$" not in text else None
    glob = binding.get("glob") if isinstance(binding, dict) else None
    texts = glob if isinstance(glob, list) else [glob]
    if not texts or not all(isinstance(text, str) and "$" not in text for text in texts):
        return None
    return {str(text).rpartition("/")[2] for text in texts}
