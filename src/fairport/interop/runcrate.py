"""ro-crate-metadata.json of one run: RO-Crate 1.1 with the Workflow Run Crate profiles 0.5.

Sources: https://w3id.org/ro/crate/1.1, https://w3id.org/workflowhub/workflow-ro-crate/1.0 and
https://w3id.org/ro/wfrun/{process,workflow,provenance}/0.5. The crate holds copies of the workflow files
below ``code/``. Inputs and outputs may be large and may change, so they are named by what they contain: the
``ni`` address of RFC 6920, made from their sha256, with path and DID beside it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from fairport.contract.analysis import Analysis
from fairport.contract.run import RunFile, RunRecord, Step
from fairport.interop.metadata import SPDX_BASE, json_document, licence_ids, one_or_many, pruned
from fairport.interop.rocrate import CONTEXT, FILE, LANGUAGES, MEDIA_TYPES, Graph, agent, licences

CODE_FOLDER: Final = "code"
"""Folder of the crate that holds the copies of the workflow files."""

_WORKFLOW_PROFILE: Final = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
_RUN_PROFILES: Final = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
}
_PARAMETER_PROFILE: Final = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
_RUN_TERMS: Final = {
    "sha256": "https://w3id.org/ro/terms/workflow-run#sha256",
    "containerImage": "https://w3id.org/ro/terms/workflow-run#containerImage",
    "ContainerImage": "https://w3id.org/ro/terms/workflow-run#ContainerImage",
    "DockerImage": "https://w3id.org/ro/terms/workflow-run#DockerImage",
    "registry": "https://w3id.org/ro/terms/workflow-run#registry",
    "tag": "https://w3id.org/ro/terms/workflow-run#tag",
}
_STATUSES: Final = {"finished": "CompletedActionStatus", "failed": "FailedActionStatus"}
_ENGINES: Final = {
    "local": ("cwltool", "https://github.com/common-workflow-language/cwltool"),
    "slurm": ("Toil", "https://toil.readthedocs.io/"),
    "reana": ("REANA", "https://docs.reana.io/"),
}


def render(analysis: Analysis, record: RunRecord, tools: Mapping[str, str] | None = None) -> str:
    """Return the text of the crate's ``ro-crate-metadata.json``; see :func:`crate`."""
    return json_document(crate(analysis, record, tools))


def crate(analysis: Analysis, record: RunRecord, tools: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the crate of a run that has ended, as plain JSON-LD.

    Args:
        analysis: record of the analysis that was run.
        record: the run.
        tools: step name to the workflow file that the step runs, where it is known.
    """
    return _Crate(analysis, record, tools or {}).document()


def content_address(sha256: str) -> str:
    """Return the ``ni`` address of RFC 6920 of a file.

    Args:
        sha256: 64 hexadecimal digits.
    """
    text = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode("ascii").rstrip("=")
    return f"ni:///sha-256;{text}"


class _Crate:
    """Builds the graph of one run."""

    def __init__(self, analysis: Analysis, record: RunRecord, tools: Mapping[str, str]) -> None:
        self.analysis, self.record, self.tools = analysis, record, tools
        self.graph = Graph()
        self.parts: list[dict[str, str]] = []
        self.main = f"{CODE_FOLDER}/{record.workflow.file}"
        self.files: dict[str, list[dict[str, str]]] = {}
        """Path to the files that stood there, to find what a step read."""

    def document(self) -> dict[str, Any]:
        """Return the whole crate."""
        self.graph.add(
            {
                "@id": FILE,
                "@type": "CreativeWork",
                "about": {"@id": "./"},
                "conformsTo": [{"@id": "https://w3id.org/ro/crate/1.1"}, {"@id": _WORKFLOW_PROFILE}],
            }
        )
        root: dict[str, Any] = {"@id": "./", "@type": "Dataset"}
        self.graph.entities["./"] = root
        profiles = [*_RUN_PROFILES.items(), (_WORKFLOW_PROFILE, "Workflow RO-Crate")]
        for address, name in profiles:
            version = address.rpartition("/")[2]
            self.graph.add({"@id": address, "@type": "CreativeWork", "name": name, "version": version})
        agent_reference = self._agent()
        run = self._run(agent_reference)
        self._workflow()
        mentions = [run, *self._orchestration(run, agent_reference)]
        root.update(self._root(profiles, mentions))
        context = [CONTEXT, _RUN_TERMS]
        return {"@context": context, "@graph": list(self.graph.entities.values())}

    def _root(self, profiles: list[tuple[str, str]], mentions: list[dict[str, str]]) -> dict[str, Any]:
        analysis, record = self.analysis, self.record
        authors = [agent(person, number, self.graph) for number, person in enumerate(analysis.authors, 1)]
        commit = record.code.commit
        based_on = None
        if record.code.repository and commit:
            based_on = self.graph.add(
                {
                    "@id": f"{record.code.repository.rstrip('/')}#{commit}",
                    "@type": "SoftwareSourceCode",
                    "name": f"{analysis.id} at commit {commit[:12]}",
                    "codeRepository": record.code.repository,
                    "version": commit,
                }
            )
        return pruned(
            {
                "name": f"Run {record.id} of {analysis.title}",
                "description": f"How the run {record.id} of the analysis {analysis.id} went: workflow, "
                "steps, inputs and outputs by their digests, environment.",
                "datePublished": record.ended or record.created,
                "identifier": record.id,
                "license": one_or_many(licences(analysis, self.graph)),
                "author": one_or_many(authors),
                "isBasedOn": based_on,
                "conformsTo": [{"@id": address} for address, _ in profiles],
                "mainEntity": {"@id": self.main},
                "hasPart": [{"@id": self.main}, *self.parts],
                "mentions": one_or_many(mentions),
            }
        )

    def _agent(self) -> dict[str, str] | None:
        person = self.record.agent
        if person is None or not (person.name or person.orcid):
            return None
        return self.graph.add({"@id": person.orcid or "#agent", "@type": "Person", "name": person.name})

    def _run(self, who: dict[str, str] | None) -> dict[str, str]:
        record = self.record
        objects = [self._file(item, "input") for item in record.inputs]
        objects += [self._value(name, value) for name, value in record.parameters.items()]
        outputs = [self._file(item, "output") for item in record.outputs]
        return self.graph.add(
            {
                "@id": f"#run-{record.id}",
                "@type": "CreateAction",
                "name": f"Run {record.id} of {record.workflow.file}",
                "description": "; ".join(self._circumstances()),
                "instrument": {"@id": self.main},
                "agent": who,
                "startTime": record.started or record.created,
                "endTime": record.ended,
                "actionStatus": _status("finished" if record.status == "running" else record.status),
                "error": record.error.message if record.error else None,
                "object": objects,
                "result": outputs,
                "containerImage": self._image(),
            }
        )

    def _circumstances(self) -> list[str]:
        environment, code = self.record.environment, self.record.code
        texts = [environment.interpreter, environment.platform]
        texts += [f"{name} {version}" for name, version in environment.packages.items()]
        if environment.lock_digest:
            texts.append(f"lock file {environment.lock_digest}")
        state = "" if code.clean else " with uncommitted changes"
        return [*texts, f"commit {code.commit}{state}" if code.commit else "no commit"]

    def _image(self) -> dict[str, str] | None:
        image = self.record.image
        if image is None:
            return None
        name, _, tag = (
            image.name.rpartition(":") if ":" in image.name.rpartition("/")[2] else (image.name, "", "")
        )
        first, _, rest = name.partition("/")
        registry = first if rest and re.search(r"[.:]|^localhost$", first) else "docker.io"
        return self.graph.add(
            {
                "@id": "#image",
                "@type": "ContainerImage",
                "additionalType": {"@id": _RUN_TERMS["DockerImage"]},
                "name": rest if registry == first else name,
                "registry": registry,
                "tag": tag or "latest",
                "sha256": image.digest.removeprefix("sha256:") if image.digest else None,
            }
        )

    def _file(self, item: RunFile, role: str) -> dict[str, str]:
        """Add a file by what it contains; the same bytes at two paths are one entity with two names."""
        identifier = content_address(item.sha256)
        known = identifier in self.graph.entities
        reference = self.graph.add(
            {
                "@id": identifier,
                "@type": "File",
                "name": item.path,
                "encodingFormat": MEDIA_TYPES.get(PurePosixPath(item.path).suffix),
                "contentSize": str(item.bytes),
                "sha256": item.sha256,
                "identifier": item.did,
            }
        )
        entity = self.graph.entities[identifier]
        if not known:
            self.parts.append(reference)
        elif entity["name"] != item.path:
            names = entity.setdefault("alternateName", [])
            if item.path not in names:
                names.append(item.path)
        stood = self.files.setdefault(item.path, [])
        if reference not in stood:
            stood.append(reference)
        if item.name and role != "step":
            parameter = self._parameter(role, item.name, "File", identifier)
            examples = entity.setdefault("exampleOfWork", [])
            if parameter not in examples:
                examples.append(parameter)
        return reference

    def _value(self, name: str, value: Any) -> dict[str, str]:
        identifier = f"#value-{_fragment(name)}"
        plain = isinstance(value, (bool, int, float, str))
        text = value if plain else json_document(value).strip()
        kind = _type_of(value)
        parameter = self._parameter("input", name, kind, identifier)
        shown = str(text).lower() if isinstance(text, bool) else str(text)
        return self.graph.add(
            {
                "@id": identifier,
                "@type": "PropertyValue",
                "name": name,
                "value": shown or '""',
                "exampleOfWork": parameter,
            }
        )

    def _parameter(self, role: str, name: str, kind: str, example: str) -> dict[str, str]:
        identifier = f"#{role}-{_fragment(name)}"
        reference = self.graph.add(
            {
                "@id": identifier,
                "@type": "FormalParameter",
                "name": name,
                "additionalType": kind,
                "conformsTo": {"@id": _PARAMETER_PROFILE},
            }
        )
        self.graph.add(
            {"@id": _PARAMETER_PROFILE, "@type": "CreativeWork", "name": "Bioschemas FormalParameter"}
        )
        examples = self.graph.entities[identifier].setdefault("workExample", [])
        if {"@id": example} not in examples:
            examples.append({"@id": example})
        return reference

    def _workflow(self) -> None:
        """Add the main workflow and the files that it consists of."""
        record = self.record
        language = self.graph.add(LANGUAGES[record.workflow.type])
        ids = licence_ids(self.analysis.licences.code)
        licence = one_or_many([{"@id": SPDX_BASE + name} for name in ids]) or {"@id": "#licence-code"}
        parameters = {role: self._parameters(role) for role in ("input", "output")}
        for item in record.workflow.files:
            main = item.path == record.workflow.file
            entity: dict[str, Any] = {
                "@id": f"{CODE_FOLDER}/{item.path}",
                "@type": ["File", "SoftwareSourceCode"],
                "name": item.path,
                "encodingFormat": MEDIA_TYPES.get(PurePosixPath(item.path).suffix),
                "contentSize": str(item.bytes),
                "sha256": item.sha256,
            }
            if main:
                entity |= {
                    "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
                    "name": f"Workflow of {self.analysis.id}",
                    "description": f"digest of all its files: {record.workflow.digest}",
                    "programmingLanguage": language,
                    "license": licence,
                    **parameters,
                }
            elif item.path.endswith(".cwl"):
                entity["programmingLanguage"] = language
            reference = self.graph.add(entity)
            if not main:
                self.parts.append(reference)

    def _parameters(self, role: str) -> list[dict[str, str]]:
        found = [name for name in self.graph.entities if name.startswith(f"#{role}-")]
        return [{"@id": name} for name in found]

    def _orchestration(self, run: dict[str, str], who: dict[str, str] | None) -> list[dict[str, str]]:
        """Add the engine, and step by step what ran; return the references to the actions."""
        record = self.record
        name, url = _ENGINES.get(record.engine, (record.engine, ""))
        version = (record.engine_version or "").rpartition(" ")[2]
        engine = self.graph.add(
            {
                "@id": "#engine",
                "@type": "SoftwareApplication",
                "name": name,
                "softwareVersion": version or "unknown",
                "url": {"@id": url} if url else None,
            }
        )
        if url:
            self.graph.add({"@id": url, "@type": "WebSite", "name": name})
        steps: dict[str, dict[str, str]] = {}
        tools: dict[str, dict[str, str]] = {}
        actions, controls = [], []
        for number, step in enumerate(record.steps, 1):
            base = _base_name(step.id, self.tools)
            tool = tools[base] = self._tool(base, step)
            if base not in steps:
                steps[base] = self.graph.add(
                    {
                        "@id": f"{self.main}#{_fragment(base)}",
                        "@type": "HowToStep",
                        "name": base,
                        "position": str(len(steps) + 1),
                        "workExample": tool,
                    }
                )
            action = self._step_action(number, step, tool, who)
            actions.append(action)
            control = {
                "@id": f"#control-{number}",
                "@type": "ControlAction",
                "name": f"Control of {step.id}",
                "instrument": steps[base],
                "object": action,
            }
            controls.append(self.graph.add(control))
        main = self.graph.entities[self.main]
        parts = {item["@id"]: item for item in tools.values()} or {engine["@id"]: engine}
        main["hasPart"] = list(parts.values())
        if steps:
            main["step"] = list(steps.values())
        if not controls:  # the engine tells nothing of steps: the run itself is all that is known
            self.graph.entities[self.main]["hasPart"] = [self._whole(run)]
            return []
        organised = {
            "@id": "#organised",
            "@type": "OrganizeAction",
            "name": f"Run of {name}",
            "instrument": engine,
            "agent": who,
            "startTime": record.started or record.created,
            "endTime": record.ended,
            "object": one_or_many(controls),
            "result": run,
        }
        return [*actions, self.graph.add(organised)]

    def _whole(self, run: dict[str, str]) -> dict[str, str]:
        """Add one tool that stands for all steps, and let the run name it."""
        tool = {
            "@id": "#steps",
            "@type": "SoftwareApplication",
            "name": "steps",
            "softwareVersion": "unknown",
        }
        action = self.graph.entities[run["@id"]]
        action["instrument"] = [action["instrument"], self.graph.add(tool)]
        return {"@id": "#steps"}

    def _tool(self, base: str, step: Step) -> dict[str, str]:
        path = self.tools.get(base)
        known = path is not None and any(item.path == path for item in self.record.workflow.files)
        if known and path != self.record.workflow.file:
            return {"@id": f"{CODE_FOLDER}/{path}"}
        return self.graph.add(
            {
                "@id": f"#tool-{_fragment(base)}",
                "@type": "SoftwareApplication",
                "name": PurePosixPath(step.command[0]).name if step.command else base,
                "softwareVersion": self.record.environment.interpreter,
            }
        )

    def _step_action(
        self, number: int, step: Step, tool: dict[str, str], who: dict[str, str] | None
    ) -> dict[str, str]:
        # What a step read is told by its command line, as far as a word names one known file and no other.
        read = [self.files[word][0] for word in step.command if len(self.files.get(word, ())) == 1]
        written = [self._file(item, "step") for item in step.outputs]
        return self.graph.add(
            {
                "@id": f"#step-{number}",
                "@type": "CreateAction",
                "name": f"Step {step.id}",
                "description": " ".join(step.command) or None,
                "instrument": tool,
                "agent": who,
                "startTime": step.started,
                "endTime": step.ended,
                "actionStatus": _status(step.status),
                "error": f"exit code {step.exit_code}" if step.exit_code else None,
                "object": [item for item in _unique(read) if item not in written],
                "result": written,
            }
        )


def _unique(references: list[dict[str, str]]) -> list[dict[str, str]]:
    return list({item["@id"]: item for item in references}.values())


def _status(status: str) -> dict[str, str]:
    return {"@id": f"http://schema.org/{_STATUSES.get(status, 'FailedActionStatus')}"}


def _base_name(step: str, tools: Mapping[str, str]) -> str:
    """Return the step of the workflow to which a scattered job belongs (``sim_3`` to ``sim``)."""
    if step in tools:
        return step
    base = re.sub(r"_\d+$", "", step)
    return base if base in tools or not tools else step


def _fragment(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-") or "x"


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        return "Integer"
    if isinstance(value, float):
        return "Float"
    return "Text" if isinstance(value, str) else "PropertyValue"
