"""WF001, WF002 and WF008 to WF012: CWL files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from fairport.check.cwl.links import process_issues
from fairport.check.cwl.model import Process, Requirement, processes, roots
from fairport.check.cwl.parser import MAX_CWL_BYTES, parse_problems
from fairport.check.cwl.structure import structure_issues
from fairport.check.documents import Documents
from fairport.check.issue import Issue, from_error, quoted, shown
from fairport.check.parsed import CwlFile, ReanaFile
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.contract.loading import Pointer

_TOOL: Final = "workflow/tools/limit.cwl"
_MAIN: Final = "workflow/main.cwl"


@rule(
    "WF001",
    "error",
    "correctness",
    "CWL files follow the specification, and their steps fit together",
    fair=("I1",),
    rda=("I1-02D", "R1.3-02D"),
    fuji=("FRSM-10-I1",),
    good={},
    bad={
        _MAIN: "steps:\n  limit:\n    label: Upper limit\n    doc: Upper limit.\n    run: tools/limit.cwl\n"
        "    in:\n      script: script\n"
        "      experiment: ▸experimnt\n      events: events\n      confidence_level: confidence_level\n"
        "    out: [table, record]\n"
    },
)
def specification(documents: Documents, repository: Repository) -> Iterator[Issue]:
    """A workflow that is malformed fails in another engine, or only after hours. Each file is held against
    the CWL specification; then the links are followed: every source exists and has a type that the step
    takes, every step gives its tool what it needs and passes on what the tool makes. Nothing is run, no
    expression is evaluated, nothing is fetched."""
    for path, error in documents.failures(CwlFile):
        yield from_error(error, path)
    files = {}
    for file in documents.all(CwlFile):
        flaws = list(structure_issues(file))
        yield from flaws
        if not flaws:
            files[file.path] = file
    for file in files.values():
        links = [issue for process in processes(file) for issue in process_issues(process, files, repository)]
        yield from links
        yield from _parser_issues(file, links, repository)


def _parser_issues(file: CwlFile, links: list[Issue], repository: Repository) -> Iterator[Issue]:
    """Yield what the parser sees beyond ``links``, which are more exact about the same values."""
    if not isinstance(file.data, dict):
        yield file.issue((), "a CWL document is a mapping")
        return
    missing = [key for key in ("cwlVersion",) if key not in file.data]
    missing += ["class"] if "class" not in file.data and "$graph" not in file.data else []
    for key in missing:
        yield file.issue((key,), f'"{key}" is missing', help=f"add `{key}`")
    if missing:
        return
    if len(file.document.text) > MAX_CWL_BYTES:
        yield Issue(f"a CWL file of more than {MAX_CWL_BYTES:,} characters is not checked", path=file.path)
        return
    problems = parse_problems(file.document.text, file.path, repository.text)
    told = _lines_told(file, links) if problems and links else set()
    for problem in problems:
        if problem.line in told:
            continue
        yield Issue(
            problem.message,
            path=file.path,
            line=problem.line,
            column=problem.column,
            expected=problem.expected,
            subject=problem.message,
        )


def _lines_told(file: CwlFile, links: list[Issue]) -> set[int | None]:
    """Return the lines about which ``links`` are more exact than the parser: their own, and the head of a
    group of which it only says that something in it is wrong.
    """
    told = {issue.place().line for issue in links}
    for issue in links:
        if issue.pointer and issue.pointer[0] in {"requirements", "hints", "class"}:
            told.add(file.document.locate(issue.pointer[:1], key=True).line)
    return told


@rule(
    "WF002",
    "warning",
    "correctness",
    "CWL files use version 1.2",
    fair=("R1.3",),
    rda=("R1.3-01D",),
    after=("WF001",),
    good={_TOOL: "cwlVersion: v1.2\n"},
    bad={_TOOL: "cwlVersion: ▸v1.0\n"},
)
def version(cwl: CwlFile) -> Iterator[Issue]:
    """Version 1.2 is what engines are tested with today, REANA included. `cwl-upgrader` rewrites older
    files."""
    text = cwl.text("cwlVersion")
    if text in {"v1.0", "v1.1"}:
        yield cwl.issue(
            ("cwlVersion",),
            f"{text}: v1.2 is current",
            found=text,
            expected="v1.2",
            help="run cwl-upgrader and look at the difference",
        )


@rule(
    "WF008",
    "warning",
    "completeness",
    "Workflows, tools and steps say what they do",
    fair=("F2",),
    rda=("R1-01M",),
    fuji=("FRSM-04-F2",),
    after=("WF001",),
    good={_TOOL: "label: Upper limit\ndoc: Turns a counting experiment into an upper limit.\n"},
    bad={_TOOL: "label: Upper limit\ndoc: ▸''\n"},
)
def described(cwl: CwlFile) -> Iterator[Issue]:
    """Labels and texts are what engines and catalogues show. Who wrote the workflow and under which
    licence stands in the analysis record."""
    for process in processes(cwl):
        if process.kind not in {"Workflow", "CommandLineTool", "ExpressionTool"}:
            continue
        what = "workflow" if process.kind == "Workflow" else "tool"
        inline = process.pointer and process.pointer[-1] == "run"
        for key in ("label", "doc"):
            if not _stated(process.value.get(key)) and not inline:
                yield cwl.issue(
                    (*process.pointer, key),
                    f"the {what} {shown(process.name, 60)} has no {key}",
                    help=f"add `{key}`",
                )
        for step in process.steps():
            if not _stated(step.value.get("doc")) and not _stated(step.value.get("label")):
                yield cwl.issue(
                    (*step.pointer, "doc"), f"step {shown(step.name, 60)} has no doc", help="add `doc`"
                )


def _stated(value: Any) -> bool:
    if isinstance(value, list):
        return any(_stated(item) for item in value)
    return isinstance(value, str) and bool(value.strip())


@rule(
    "WF009",
    "warning",
    "completeness",
    "Ports have a text, and file ports a format",
    fair=("I1", "I2"),
    rda=("I2-01M", "I1-02D"),
    fuji=("FRSM-10-I1",),
    after=("WF001",),
    good={},
    bad={
        _TOOL: "outputs:\n  table:\n    ▸type: File\n    outputBinding: {glob: si.csv}\n"
        "    doc: Upper limit against mass.\n"
        "  record:\n    type: File\n    format: edam:format_3464\n    outputBinding: {glob: si.result.json}\n"
        "    doc: Record.\n"
    },
)
def ports(cwl: CwlFile) -> Iterator[Issue]:
    """The text of a port says what is meant by a number or file, with its unit. The format of a file (a
    term of the EDAM vocabulary or an IANA media type) lets an engine refuse a wrong file before hours are
    spent."""
    for process in roots(cwl):
        if process.kind not in {"Workflow", "CommandLineTool", "ExpressionTool"}:
            continue
        for kind, found in (("input", process.inputs()), ("output", process.outputs())):
            for port in found:
                if not (_stated(port.mapping.get("doc")) or _stated(port.mapping.get("label"))):
                    yield cwl.issue(
                        (*port.pointer, "doc"), f"{kind} {shown(port.name, 60)} has no doc", help="add `doc`"
                    )
                if port.is_file and not port.mapping.get("format"):
                    yield cwl.issue(
                        (*port.pointer, "format"),
                        f"{kind} {shown(port.name, 60)} has no format",
                        help="add `format`, for example http://edamontology.org/format_3752 (CSV)",
                    )


_SPECIAL: Final = {
    "InlineJavascriptRequirement": (r"javascript|expression", "evaluates JavaScript"),
    "NetworkAccess": (r"network|download|internet|fetch", "uses the network at run time"),
    "InitialWorkDirRequirement": (
        r"work(?:ing)? ?dir|stag|folder|director",
        "prepares its working directory",
    ),
    "ShellCommandRequirement": (r"shell|pipe", "runs a shell line"),
    "InplaceUpdateRequirement": (r"in.?place", "changes files in place"),
}
_FETCHING: Final = re.compile(r"\b(?:wget|curl|scp|rsync|git clone|pip install|conda install|apt-get)\b")


@rule(
    "WF010",
    "warning",
    "correctness",
    "What makes a workflow less portable is declared and explained",
    fair=("R1",),
    rda=("R1-01M",),
    good={},
    bad={
        _TOOL: "requirements:\n  ▸NetworkAccess: {networkAccess: true}\n"
        "  ResourceRequirement: {coresMin: 1, ramMin: 512}\n"
    },
)
def portable(cwl: CwlFile) -> Iterator[Issue]:
    """A step that downloads gives another result tomorrow; JavaScript, shell lines and prepared
    directories work in some engines and not in others. Sometimes they are needed: then `doc` says why."""
    for process in processes(cwl):
        text = " ".join(_words(process.value.get("doc"))).lower()
        for item in process.requirements():
            pattern, what = _SPECIAL.get(item.name, ("", ""))
            if pattern and not item.hint and not re.search(pattern, text):
                if item.name == "NetworkAccess" and item.value.get("networkAccess") is False:
                    continue
                yield cwl.issue(
                    item.pointer,
                    f"{shown(process.name, 60)} {what}",
                    at_key=True,
                    help="explain it in `doc`, or do without",
                    subject=item.name,
                )
        network = any(item.name == "NetworkAccess" for item in process.requirements())
        for pointer, word in _command(process):
            if _FETCHING.search(word) and not network:
                yield cwl.issue(
                    pointer,
                    f"{shown(process.name, 60)} downloads data at run time",
                    found=shown(word),
                    help="put the data into the manifest",
                )


def _words(value: Any) -> list[str]:
    return (
        [value]
        if isinstance(value, str)
        else [item for item in value if isinstance(item, str)]
        if isinstance(value, list)
        else []
    )


def _command(process: Process) -> Iterator[tuple[Pointer, str]]:
    """Yield the fixed words of a command line."""
    for key in ("baseCommand", "arguments"):
        value = process.value.get(key)
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            pointer: Pointer = (
                (*process.pointer, key, index) if isinstance(value, list) else (*process.pointer, key)
            )
            if isinstance(item, str):
                yield pointer, item
            elif isinstance(item, dict) and isinstance(item.get("valueFrom"), str):
                yield (*pointer, "valueFrom"), item["valueFrom"]


_MEMORY: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[KMGTPE]i|[kMGTPE])?")
_CPU: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?|[0-9]+m")


@rule(
    "WF011",
    "warning",
    "completeness",
    "Tools state the memory and cores that they need",
    fair=("R1",),
    rda=("R1-01M",),
    fuji=("FRSM-13-R1",),
    after=("WF001",),
    good={},
    bad={
        _TOOL: "hints:\n  DockerRequirement:\n    dockerPull: docker.io/library/python:3.12-slim@sha256:"
        + "0" * 64
        + "\n"
        "  reana:\n    kubernetes_memory_limit: ▸4GB\n"
    },
)
def resources(documents: Documents) -> Iterator[Issue]:
    """An engine gives a tool what it asks for and kills it when it takes more. CWL says it in
    ResourceRequirement (in MiB); REANA does not read that and wants `kubernetes_memory_limit` as a
    Kubernetes quantity such as `4Gi`."""
    for cwl in documents.all(CwlFile):
        for process in processes(cwl):
            asked = process.requirements()
            if process.kind == "CommandLineTool" and not any(
                item.name == "ResourceRequirement" for item in asked
            ):
                yield cwl.issue(
                    (*process.pointer, "requirements", "ResourceRequirement"),
                    f"{shown(process.name, 60)} does not say what it needs",
                    help="add ResourceRequirement with coresMin and ramMin (MiB)",
                )
            for item in asked:
                if item.hint:
                    yield from _kubernetes(cwl, item.pointer, item)
    for reana in documents.all(ReanaFile):
        for pointer, value in reana.select("workflow/specification/steps/*"):
            if isinstance(value, dict):
                yield from _kubernetes(reana, pointer, Requirement("reana", pointer, value, True))


def _kubernetes(file: Any, pointer: Pointer, item: Requirement) -> Iterator[Issue]:
    for key, value in item.value.items():
        memory, cpu = key.startswith("kubernetes_memory"), key.startswith("kubernetes_cpu")
        if not (memory or cpu):
            continue
        text = str(value)
        if not (_MEMORY if memory else _CPU).fullmatch(text):
            better = re.sub(r"^([0-9.]+)\s*([KMGT])i?[Bb]$", r"\1\2i or \1\2", text)
            yield file.issue(
                (*pointer, key),
                f"{quoted(text, 40)} is not a Kubernetes quantity"
                + (f"; {better}" if better != text else ""),
                found=text,
                expected=better if better != text else ("4Gi" if memory else "2 or 500m"),
                category="correctness",
                severity="error",
            )


_ABSOLUTE: Final = re.compile(
    r"(?:^|[\s=:'\"])(/(?:home|Users|afs|eos|root|scratch|data|mnt|media|private|nfs|lustre|gpfs|cvmfs)/[^\s'\"]*|~/\S+|[A-Za-z]:\\\S+)"
)
_SEED: Final = re.compile(r"--?(?:random[-_]?)?seed[= ]\d+", re.IGNORECASE)
_CLOCK: Final = re.compile(r"\$\(date\b|`date\b|\bdate \+%|\$\{?RANDOM\b")


@rule(
    "WF012",
    "warning",
    "correctness",
    "No fixed seed, absolute path or clock inside a step",
    fair=("R1.2",),
    rda=("R1.2-01M",),
    good={},
    bad={_TOOL: "arguments:\n  - ▸--output=/eos/user/a/ada/limit.csv\n"},
)
def reproducible(documents: Documents) -> Iterator[Issue]:
    """`/eos/user/a/ada` exists for one person. A seed inside a command line is recorded nowhere: make it a
    parameter, and the run record holds it. What depends on the date cannot be reproduced."""
    for cwl in documents.all(CwlFile):
        for process in processes(cwl):
            for pointer, text in _command(process):
                yield from _fixed(cwl, pointer, text, process.name)
    for reana in documents.all(ReanaFile):
        for pointer, text in reana.texts("workflow/specification/steps/*/commands/*"):
            yield from _fixed(reana, pointer, text, "a step")


def _fixed(file: Any, pointer: Pointer, text: str, name: str) -> Iterator[Issue]:
    for pattern, message, mend in (
        (_ABSOLUTE, "an absolute path", "make it an input of the workflow"),
        (_SEED, "a fixed seed", "make the seed a parameter of the workflow"),
        (_CLOCK, "the clock or chance", "make it a parameter of the workflow"),
    ):
        match = pattern.search(text)
        if match is not None and not (pattern is _ABSOLUTE and "/cvmfs/" in match.group()):
            yield file.issue(
                pointer,
                f"{message} in {shown(name, 60)}",
                found=shown(match.group().strip(), 80),
                help=mend,
                subject=message,
            )
