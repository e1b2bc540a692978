"""WF005 to WF007: what a workflow is given, what it makes, in which image it runs."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Iterator
from typing import Any, Final

from fairport.check.cwl.links import value_fits
from fairport.check.cwl.model import Process
from fairport.check.cwl.outputs import main_process, output_globs
from fairport.check.documents import Documents, manifest_paths
from fairport.check.globs import Glob
from fairport.check.images import MOVING_TAGS, ImageReference, image_references
from fairport.check.inputs import file_references, manifest_destinations
from fairport.check.issue import Issue, from_error, quoted, shown
from fairport.check.parsed import InputsFile, Parsed, ReanaFile, ResultFile, folder_of
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.check.rules.data_quality import is_known
from fairport.contract.loading import Document, Pointer

_INPUTS: Final = "workflow/inputs.yaml"
_REANA: Final = "reana.yaml"


@rule(
    "WF005",
    "error",
    "correctness",
    "The workflow gets the inputs that it asks for, here and on REANA",
    fair=("I3",),
    rda=("I3-02M",),
    after=("WF003",),
    good={},
    bad={_INPUTS: "confidence_level: ▸ninety\n"},
)
def given(documents: Documents, repository: Repository) -> Iterator[Issue]:
    """`reana-client validate` passes a specification whose input files do not exist and whose job lacks
    inputs; the run fails an hour later. Names and types of the parameters are held against the workflow,
    files against the repository and the manifest, and the job on REANA against the job here: a parameter
    with two values gives two results."""
    for path, error in documents.failures(InputsFile):
        yield from_error(error, path)
    main = main_process(documents)
    jobs: list[tuple[Parsed, Pointer, dict[str, Any]]] = []
    for job in documents.all(InputsFile):
        if isinstance(job.data, dict) or job.data is None:
            jobs.append((job, (), job.mapping))
        else:
            yield job.issue((), "the inputs of a workflow are a mapping")
    for reana in documents.all(ReanaFile):
        yield from _listed(reana, documents, repository)
        jobs += list(_reana_job(reana, documents))
    if main is None:
        return
    for file, pointer, values in jobs:
        yield from _job_issues(file, pointer, values, main)
    yield from _two_values(jobs, main)


def _reana_job(reana: ReanaFile, documents: Documents) -> Iterator[tuple[Parsed, Pointer, dict[str, Any]]]:
    """Yield the job of a CWL specification, when it is written in the specification itself."""
    record = documents.record
    named = (record.text("workflow/reana") if record else None) or _REANA
    parameters: Any = next((value for _, value in reana.select("inputs/parameters")), {})
    if (
        reana.text("workflow/type") != "cwl"
        or reana.path != named.removeprefix("./")
        or not isinstance(parameters, dict)
    ):
        return
    if set(parameters) == {"input"} and isinstance(parameters["input"], str):
        path = posixpath.normpath(posixpath.join(reana.base, parameters["input"]))
        found = documents.parsed(path)
        if (
            isinstance(found, Document)
            and isinstance(found.data, dict)
            and path not in {f.path for f in documents.all(InputsFile)}
        ):
            yield Parsed(path, found), (), found.data
        return
    yield reana, ("inputs", "parameters"), parameters


def _listed(reana: ReanaFile, documents: Documents, repository: Repository) -> Iterator[Issue]:
    """Yield what is wrong with the files that are uploaded, and the parameters that name others."""
    destinations = manifest_destinations(documents)
    uploaded = set()
    references = list(file_references(reana))
    for reference in references:
        if not reference.listed:
            continue
        if reference.path is None:
            yield reana.issue(
                reference.pointer,
                f"{quoted(reference.text, 80)}: "
                f"{reference.problem or 'REANA uploads files of the repository only'}",
                found=reference.text,
            )
            continue
        uploaded.add(reference.path)
        if reference.folder and reference.path in repository:
            yield reana.issue(
                reference.pointer,
                f"{shown(reference.path)} is a file, not a directory",
                help="list it under inputs.files",
            )
        elif not reference.folder and reference.path in repository.folders:
            yield reana.issue(
                reference.pointer,
                f"{shown(reference.path)} is a directory",
                help="list it under inputs.directories",
            )
        elif not is_known(reference, repository, destinations):
            yield reana.issue(
                reference.pointer,
                f"{shown(reference.path)} does not exist",
                found=reference.text,
                expected="a file of the repository, or the destination of a data set",
                cause=("DATA001", manifest_paths(documents)[0]),
            )
    for reference in references:
        path = reference.path
        if (
            not reference.listed
            and path
            and not any(path == item or path.startswith(f"{item}/") for item in uploaded)
        ):
            yield reana.issue(
                reference.pointer,
                f"{shown(path)} is not uploaded",
                found=reference.text,
                help="list it under inputs.files",
                subject="upload",
            )
    value = next((value for _, value in reana.select("inputs/parameters/input")), None)
    if (
        reana.text("workflow/type") in {"cwl", "snakemake"}
        and isinstance(value, str)
        and len(reana.mapping["inputs"]["parameters"]) == 1
    ):
        path = posixpath.normpath(posixpath.join(reana.base, value))
        if path not in repository:
            yield reana.issue(
                ("inputs", "parameters", "input"),
                f"{shown(path)} does not exist",
                found=value,
                expected="a file of inputs",
            )


def _job_issues(file: Parsed, pointer: Pointer, values: dict[str, Any], main: Process) -> Iterator[Issue]:
    ports = {port.name: port for port in main.inputs()}
    for name, port in ports.items():
        if name not in values and not port.optional:
            where = main.file.document.locate(port.pointer)
            yield file.issue(
                (*pointer, name),
                f"parameter {shown(name, 60)} missing, needed by {main.file.path}:{where.line}",
                help=f"add `{name}`",
                cause=("WF001", main.file.path),
            )
    for name, value in values.items():
        if name.startswith(("cwl:", "$")) or ":" in name:
            continue
        known = ports.get(name)
        if known is None:
            near = difflib.get_close_matches(name, ports, 1, 0.6)
            yield file.issue(
                (*pointer, name),
                f"the workflow has no input {quoted(name, 60)}"
                + (f' (did you mean "{near[0]}"?)' if near else ""),
                at_key=True,
                expected=near[0] if near else ", ".join(ports),
                cause=("WF001", main.file.path),
            )
        elif flaw := _object_flaw(value):
            yield file.issue((*pointer, name, *flaw), f"{flaw[-1]} must be text", expected="text")
        elif not value_fits(value, known):
            wanted = " or ".join(sorted(known.types or ()))
            yield file.issue(
                (*pointer, name),
                f"parameter {shown(name, 60)} is not of type {wanted}",
                found=shown(value),
                expected=wanted,
                cause=("WF001", main.file.path),
            )


def _object_flaw(value: Any) -> Pointer | None:
    """Return the field of a File or Directory object that is no text."""
    if not isinstance(value, dict) or not {"class", "location", "path"} & value.keys():
        return None
    fields = ("class", "location", "path", "basename", "format", "checksum")
    return next(((key,) for key in fields if key in value and not isinstance(value[key], str)), None)


def _two_values(jobs: list[tuple[Parsed, Pointer, dict[str, Any]]], main: Process) -> Iterator[Issue]:
    if len(jobs) < 2:
        return
    ports = {port.name: port for port in main.inputs()}
    (first, _, values), *others = jobs
    for file, pointer, other in others:
        for name, value in other.items():
            mine = values.get(name)
            if (
                name in values
                and not isinstance(mine, (dict, list))
                and (name not in ports or (value_fits(value, ports[name]) and value_fits(mine, ports[name])))
                and not isinstance(value, (dict, list))
                and (mine != value or isinstance(mine, bool) != isinstance(value, bool))
            ):
                yield file.issue(
                    (*pointer, name),
                    f"{shown(name, 60)} is {shown(value, 40)} here, {shown(mine, 40)} in {first.path}",
                    severity="warning",
                    found=shown(value),
                    expected=shown(mine),
                    help="give both runs the same value",
                )


@rule(
    "WF006",
    "error",
    "correctness",
    "The outputs that REANA keeps are made by the workflow and hold the results",
    fair=("R1.2",),
    rda=("R1.2-01M",),
    after=("WF001", "WF003"),
    good={},
    bad={
        _REANA: "outputs:\n  files:\n    - outputs/si.csv\n    - outputs/si.result.json\n"
        "    - ▸outputs/limit.csv\n"
    },
)
def kept(documents: Documents) -> Iterator[Issue]:
    """A file that no step makes fails the download at the end of a run; a result that is not listed stays
    on the cluster until it is deleted. REANA puts the final outputs of a CWL workflow into `outputs/`."""
    record = documents.record
    named = ((record.text("workflow/reana") if record else None) or _REANA).removeprefix("./")
    globs = output_globs(documents)
    main = main_process(documents)
    for reana in documents.all(ReanaFile):
        files = list(reana.texts("outputs/files/*"))
        folders = [text.rstrip("/") for _, text in reana.texts("outputs/directories/*")]
        if reana.text("workflow/type") == "cwl" and reana.path == named and globs is not None:
            for pointer, text in files:
                if not any(Glob(f"outputs/{glob}").matches(text) for glob in globs):
                    yield reana.issue(
                        pointer,
                        f"no step writes {quoted(text, 80)}",
                        found=text,
                        expected=", ".join(sorted(f"outputs/{glob}" for glob in globs))
                        or "an output of the workflow",
                        help="list what the workflow makes, with outputs/ in front",
                        cause=("WF001", main.file.path) if main is not None else None,
                    )
        if reana.path == named and (files or folders):
            yield from _uncovered(reana, [text for _, text in files], folders, documents)


def _uncovered(
    reana: ReanaFile, files: list[str], folders: list[str], documents: Documents
) -> Iterator[Issue]:
    for result in documents.all(ResultFile):
        name = posixpath.basename(folder_of(result.path).rstrip("/"))
        if result.text("provenance/origin") in {"collaboration", "digitised"}:
            continue  # imported, not made by the workflow
        for wanted in (result.text("data/path"), f"{name}.result.json"):
            path = f"outputs/{wanted}"
            if wanted and path not in files and not any(path.startswith(f"{folder}/") for folder in folders):
                yield reana.issue(
                    ("outputs", "files"),
                    f"the result {shown(name, 40)} needs {path}, which is not kept",
                    at_key=True,
                    expected=path,
                    subject=path,
                )


@rule(
    "WF007",
    "error",
    "correctness",
    "Container images have a tag that stays and a digest",
    fair=("R1.2",),
    rda=("R1.2-01M",),
    fuji=("FRSM-13-R1",),
    good={},
    bad={
        "workflow/tools/limit.cwl": "hints:\n  DockerRequirement:\n    dockerPull: ▸python:latest\n"
        "  reana:\n    compute_backend: kubernetes\n"
    },
)
def images(documents: Documents) -> Iterator[Issue]:
    """`python:latest` is another image next month. A tag with a version says what was meant, and the
    sha256 digest makes sure that it is what one gets: `docker.io/library/python:3.12-slim@sha256:...`."""
    for reference in image_references(documents):
        yield from _image_issues(reference)


def _image_issues(reference: ImageReference) -> Iterator[Issue]:
    parts = reference.parts
    if parts is None:
        if "$" not in reference.text and not reference.text.endswith((".sif", ".img")):
            yield _image_issue(
                reference,
                f"{quoted(reference.text, 80)} is no image name",
                expected="registry/name:tag@sha256:...",
            )
        return
    name, tag, digest = parts
    if tag is None and digest is None:
        yield _image_issue(
            reference,
            f"image {shown(name, 60)} has no tag: it changes over time; pin tag and digest",
            expected=f"{name}:<version>@sha256:...",
        )
    elif tag in MOVING_TAGS and digest is None:
        yield _image_issue(
            reference,
            f"image {shown(name, 60)}:{tag} changes over time; pin tag and digest",
            expected=f"{name}:<version>@sha256:...",
        )
    elif digest is None:
        yield _image_issue(
            reference,
            f"image {shown(name, 60)}:{tag} has no digest",
            expected=f"{name}:{tag}@sha256:...",
            help="look it up with `docker buildx imagetools inspect` or `skopeo inspect`",
            severity="warning",
            category="completeness",
        )


def _image_issue(reference: ImageReference, message: str, **details: Any) -> Issue:
    if reference.file is not None:
        return reference.file.issue(reference.pointer, message, found=reference.text, **details)
    return Issue(
        message,
        path=reference.path,
        line=reference.line,
        column=reference.column,
        found=reference.text,
        subject=reference.text,
        **details,
    )
