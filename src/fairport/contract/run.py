"""The run record, ``.fairport/runs/<id>/run.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fairport.contract.result import Agent, Image
from fairport.contract.structure import structure, unstructure


@dataclass(frozen=True, slots=True)
class AnalysisReference:
    """The analysis that was run."""

    id: str
    version: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class RunFile:
    """A file with its digest; ``name`` is the workflow port."""

    path: str
    sha256: str
    bytes: int
    name: str | None = None
    did: str | None = None


@dataclass(frozen=True, slots=True)
class RunWorkflow:
    """The workflow files."""

    file: str
    type: str
    digest: str
    files: tuple[RunFile, ...] = ()


@dataclass(frozen=True, slots=True)
class RunCode:
    """State of the repository; ``commit`` is None outside git."""

    clean: bool
    commit: str | None = field(default=None, metadata={"keep": True})
    repository: str | None = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunEnvironment:
    """What the run ran in."""

    interpreter: str
    platform: str
    executable: str | None = None
    container: str | None = None
    lock_digest: str | None = None
    packages: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the workflow."""

    id: str
    status: str
    started: str | None = None
    ended: str | None = None
    command: tuple[str, ...] = ()
    exit_code: int | None = None
    log: str | None = None
    outputs: tuple[RunFile, ...] = ()


@dataclass(frozen=True, slots=True)
class InstalledResult:
    """A result record that the run completed."""

    id: str
    path: str
    changed: bool


@dataclass(frozen=True, slots=True)
class RunError:
    """Why a run failed."""

    message: str
    step: str | None = None
    log_tail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunRecord:
    """The run record; see ``schemas/run.schema.json`` for the meaning of each field."""

    schema_version: str
    id: str
    analysis: AnalysisReference
    engine: str
    status: str
    created: str
    workflow: RunWorkflow
    code: RunCode
    environment: RunEnvironment
    engine_version: str | None = None
    started: str | None = None
    ended: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[RunFile, ...] = ()
    image: Image | None = None
    agent: Agent | None = None
    steps: tuple[Step, ...] = ()
    outputs: tuple[RunFile, ...] = ()
    results: tuple[InstalledResult, ...] = ()
    error: RunError | None = None

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> RunRecord:
        """Build from data that met the schema."""
        return structure(cls, data)

    def to_data(self) -> dict[str, Any]:
        """Return plain data as in ``schemas/run.schema.json``."""
        data: dict[str, Any] = unstructure(self)
        return data
