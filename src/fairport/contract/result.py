"""The result record, ``results/<id>/result.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fairport.contract.constants import NOT_STATED
from fairport.contract.structure import structure


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit (VOUnits)."""

    value: float
    unit: str
    uncertainty: float | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis and the column that holds it."""

    name: str
    role: str
    column: str
    quantity: str
    unit: str
    scale: str
    range: tuple[float, ...] | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The file that holds the numbers."""

    path: str
    media_type: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Geometry:
    """Shape of the curve and the side that it excludes."""

    shape: str
    excluded: str
    closed: bool = False
    rings: str | None = None
    sentinel: float | None = None
    ceiling: str | None = None


@dataclass(frozen=True, slots=True)
class Interpolation:
    """How to read between the points."""

    x: str
    y: str
    method: str
    outside: str = "nan"


@dataclass(frozen=True, slots=True)
class ValidRange:
    """Range of an axis in its unit."""

    axis: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Validity:
    """Where the numbers hold."""

    ranges: tuple[ValidRange, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Background:
    """Expected background events."""

    value: float
    uncertainty: float | None = None


@dataclass(frozen=True, slots=True)
class Curated:
    """A value that a person added for a field that the source leaves not-stated."""

    value: Any
    by: str
    date: str
    citation: str


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the numbers mean statistically; ``cl`` lies in (0, 1) or is ``not-stated``."""

    role: str
    cl: float | str
    method: str
    sided: str | None = None
    threshold: float | None = None
    toys: int | None = None
    power_constraint: float | str | None = None
    prior: str | None = None
    n_obs: float | None = None
    background: Background | None = None
    curated: dict[str, Curated] = field(default_factory=dict)

    @property
    def level(self) -> float | None:
        """The confidence level in (0, 1), as curated if the source states none; else ``None``."""
        value: Any = self.cl
        if value == NOT_STATED and "cl" in self.curated:
            value = self.curated["cl"].value
        return float(value) if isinstance(value, (int, float)) else None


@dataclass(frozen=True, slots=True)
class Particle:
    """The dark-matter particle."""

    spin: str | None = None
    self_conjugate: bool | str | None = None
    local_fraction: float | str | None = None


@dataclass(frozen=True, slots=True)
class Mediator:
    """The mediator of a simplified model."""

    type: str | None = None
    mass: Quantity | None = None
    width: Quantity | str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """The model under which the numbers hold."""

    dm: Particle | None = None
    interaction: str | None = None
    target: str | None = None
    mediator: Mediator | None = None
    couplings: dict[str, float | str] = field(default_factory=dict)
    channel: str | None = None
    branching: dict[str, float] = field(default_factory=dict)
    spectra: str | None = None
    form_factors: str | None = None
    migdal: bool | str | None = None
    curated: dict[str, Curated] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Halo:
    """Local halo model."""

    set: str | None = None
    rho0: Quantity | None = None
    v0: Quantity | None = None
    vesc: Quantity | None = None
    v_earth: Quantity | None = None


@dataclass(frozen=True, slots=True)
class JFactor:
    """J or D factor of one target."""

    target: str
    log10: float | str
    sigma: float | str | None = None
    unit: str | None = None
    aperture_deg: float | str | None = None
    extended: bool | None = None
    profiled: bool | None = None


@dataclass(frozen=True, slots=True)
class Astro:
    """Astrophysical inputs; either may be the text ``not-stated``."""

    halo: Halo | str | None = None
    jfactor: tuple[JFactor, ...] | str | None = None
    curated: dict[str, Curated] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a likelihood table holds."""

    quantity: str
    reference: str
    domain: tuple[float, ...] | None = None
    replica_axis: str | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """A full likelihood in a file."""

    format: str
    path: str
    poi: str
    scale: Quantity
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class PointValue:
    """One number of a point."""

    name: str
    quantity: str
    unit: str
    value: float
    minus: float | None = None
    plus: float | None = None


@dataclass(frozen=True, slots=True)
class Nuisance:
    """A nuisance parameter."""

    id: str
    kind: str
    shared_key: str | None = None
    profiled: bool | None = None
    sigma: float | None = None


@dataclass(frozen=True, slots=True)
class LiveTime:
    """Window of data taking."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class DataOverlap:
    """Which data the result contains."""

    datasets: tuple[str, ...] = ()
    live_time: LiveTime | None = None
    results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """A published number with the tolerance (relative) within which the result should agree."""

    at: dict[str, float]
    value: float
    tolerance: float
    citation: str
    column: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """A result from which this one was computed."""

    result: str
    digest: str
    transform: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HepdataTable:
    """A HEPData table."""

    record: str
    table: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class PublishedSource:
    """Where the numbers were published."""

    doi: str | None = None
    arxiv: str | None = None
    texkey: str | None = None
    inspire: str | None = None
    hepdata: HepdataTable | None = None
    figure: str | None = None
    url: str | None = None
    commit: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Digitiser:
    """Who read the numbers off a figure."""

    by: str | None = None
    tool: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """Code that made the result."""

    commit: str | None
    clean: bool
    repository: str | None = None


@dataclass(frozen=True, slots=True)
class WorkflowReference:
    """Workflow that made the result."""

    file: str
    digest: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """Container image."""

    name: str
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """Interpreter and libraries."""

    interpreter: str | None = None
    platform: str | None = None
    lock_digest: str | None = None
    packages: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InputFile:
    """An input file with its digest."""

    path: str
    sha256: str
    did: str | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """Who ran it."""

    name: str | None = None
    orcid: str | None = None


@dataclass(frozen=True, slots=True)
class RunReference:
    """The run that made the result."""

    id: str
    engine: str
    started: str
    ended: str
    engine_version: str | None = None
    agent: Agent | None = None
    crate: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the numbers came to be."""

    origin: str
    example: bool = False
    example_digest: str | None = None
    source: PublishedSource | None = None
    digitiser: Digitiser | None = None
    licence: str | None = None
    cite: tuple[str, ...] = ()
    code: Code | None = None
    workflow: WorkflowReference | None = None
    image: Image | None = None
    environment: Environment | None = None
    inputs: tuple[InputFile, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    run: RunReference | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The result record; see ``schemas/result.schema.json`` for the meaning of each field."""

    schema_version: str
    id: str
    title: str
    version: str
    status: str
    kind: str
    plane: str
    licence: str
    provenance: Provenance
    status_reason: str | None = None
    description: str | None = None
    former_ids: tuple[str, ...] = ()
    axes: tuple[Axis, ...] = ()
    data: Table | None = None
    bands: dict[str, str] = field(default_factory=dict)
    geometry: Geometry | None = None
    interpolation: Interpolation | None = None
    validity: Validity = Validity()
    statistics: Statistics | None = None
    model: Model = field(default_factory=Model)
    astro: Astro = field(default_factory=Astro)
    profile: Profile | None = None
    workspace: Workspace | None = None
    values: tuple[PointValue, ...] = ()
    exposure: Quantity | None = None
    nuisances: tuple[Nuisance, ...] = ()
    data_overlap: DataOverlap = DataOverlap()
    expectation: tuple[Expectation, ...] = ()
    derived_from: tuple[Derivation, ...] = ()

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Result:
        """Build from data that met the schema."""
        return structure(cls, data)

    @property
    def independent(self) -> tuple[Axis, ...]:
        """Axes that are not the last one."""
        return self.axes[:-1]

    @property
    def dependent(self) -> Axis | None:
        """The last axis, which a limit bounds (the y coordinate of a polyline or polygon)."""
        return self.axes[-1] if self.axes else None
