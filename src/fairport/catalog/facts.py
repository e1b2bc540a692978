"""What a result assumes and where it comes from, as labelled facts."""

from __future__ import annotations

import re
from typing import Any, Final

from markupsafe import Markup

from fairport.catalog.parts import Cell, Fact, Row, TableView, Value, code, columns, fact, facts, link
from fairport.catalog.site.rendering import day, number, symbol
from fairport.contract.constants import NOT_STATED
from fairport.contract.result import Halo, JFactor, Quantity, Result
from fairport.physics.notation import number_text, quantity_text, unit_text

NOT_STATED_WORDS: Final = Markup("<em>not stated in the source</em>")

_SIDES: Final = {"one": "one-sided", "two": "two-sided", "credible": "credible interval"}
_METHODS: Final = {
    "CLs": "CLs",
    "CLs-asymptotic": "CLs, asymptotic",
    "profile-likelihood": "profile likelihood",
    "unified": "unified (Feldman-Cousins)",
    "classical-poisson": "classical Poisson",
    "yellin": "Yellin",
    "bayesian": "Bayesian",
    "recast": "recast",
}
_SELF: Final = {
    True: "self-conjugate (Majorana or real)",
    False: "not self-conjugate (Dirac or complex)",
    "any": "self-conjugate or not",
}
_COUPLINGS: Final = {"gq": "g_q", "gl": "g_ℓ", "gdm": "g_χ"}


def quantity(value: Quantity | None) -> Markup | None:
    """Return a quantity with unit and uncertainty."""
    if value is None:
        return None
    shown = number(value.value, "" if value.uncertainty is not None else unit_text(value.unit), 4)
    if value.uncertainty is None:
        return shown
    unit = unit_text(value.unit)
    return Markup("{}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{}").format(
        shown, number(value.uncertainty, unit, 3)
    )


def assumption_facts(record: Result) -> tuple[Fact, ...]:
    """Return statistics, model and astrophysical inputs of a result; what is not stated is said to be so."""
    return facts(*_statistics(record), *_model(record), *_astro(record), *_content(record))


def _statistics(record: Result) -> list[Fact | None]:
    statistics = record.statistics
    if statistics is None:
        return []
    level = statistics.level
    curated = _curation(statistics.curated)
    background = statistics.background
    return [
        fact(
            "Confidence level",
            f"{number_text(100 * level)}\N{NO-BREAK SPACE}% CL" if level is not None else NOT_STATED_WORDS,
            _SIDES.get(statistics.sided or "", ""),
            curated.get("cl"),
        ),
        fact("Method", _stated(statistics.method, _METHODS), curated.get("method")),
        fact("Role", statistics.role),
        fact("Threshold on −2 ln L", _number(statistics.threshold)),
        fact("Power constraint", _stated(statistics.power_constraint), curated.get("power_constraint")),
        fact("Pseudo-experiments", _number(statistics.toys or None)),
        fact("Prior", statistics.prior),
        fact(
            "Events",
            _events(
                statistics.n_obs,
                background.value if background else None,
                background.uncertainty if background else None,
            ),
        ),
    ]


def _model(record: Result) -> list[Fact | None]:
    model = record.model
    particle = model.dm
    couplings = [
        f"{_COUPLINGS.get(name, name)} = {number_text(value)}"
        if not isinstance(value, str)
        else f"{_COUPLINGS.get(name, name)} not stated"
        for name, value in model.couplings.items()
    ]
    branching = [f"{name}: {number_text(value)}" for name, value in model.branching.items()]
    mediator = model.mediator
    width = mediator.width if mediator else None
    return [
        fact(
            "Dark matter",
            _spin(particle.spin) if particle else None,
            _SELF.get(particle.self_conjugate) if particle and particle.self_conjugate is not None else None,
            _fraction(particle.local_fraction) if particle else None,
        ),
        fact("Interaction", model.interaction),
        fact("Target", model.target),
        fact(
            "Mediator",
            mediator.type if mediator else None,
            quantity(mediator.mass) if mediator else None,
            ("minimal width" if width == "minimal" else None)
            if not isinstance(width, Quantity)
            else quantity(width),
        ),
        fact("Couplings", *couplings),
        fact("Channel", model.channel),
        fact("Branching", *branching),
        fact("Spectra", model.spectra),
        fact("Form factors", model.form_factors),
        fact("Migdal effect", None if model.migdal is None else ("used" if model.migdal else "not used")),
    ]


def _astro(record: Result) -> list[Fact | None]:
    halo, curated = record.astro.halo, _curation(record.astro.curated)
    shown: list[Fact | None] = []
    if isinstance(halo, Halo):
        parts = (("ρ₀", halo.rho0), ("v₀", halo.v0), ("v_esc", halo.vesc), ("v_Earth", halo.v_earth))
        values = [
            Markup("{} = {}").format(symbol(name), quantity(value))
            for name, value in parts
            if value is not None
        ]
        shown.append(fact("Halo", halo.set, *values, curated.get("halo")))
    elif halo is not None:
        shown.append(fact("Halo", _stated(halo), curated.get("halo")))
    if isinstance(record.astro.jfactor, str):
        shown.append(fact("J factors", _stated(record.astro.jfactor), curated.get("jfactor")))
    return shown


def _content(record: Result) -> list[Fact | None]:
    overlap = record.data_overlap
    live = overlap.live_time
    nuisances = [
        f"{item.id} ({item.kind}"
        + (f", σ = {number_text(item.sigma)}" if item.sigma is not None else "")
        + ")"
        for item in record.nuisances
    ]
    return [
        fact("Exposure", quantity(record.exposure)),
        fact("Data", *overlap.datasets, f"{day(live.start)} to {day(live.end)}" if live else None),
        fact("Contains", *overlap.results),
        fact("Nuisance parameters", *nuisances),
    ]


def jfactor_table(record: Result) -> TableView | None:
    """Return the J factors of a result as a table, ``None`` when it has none."""
    items = record.astro.jfactor
    if not items or isinstance(items, str):
        return None
    return TableView(
        columns("Target", "log₁₀ J", "σ", "Unit", "Aperture", numbers=(1, 2)),
        tuple(Row(tuple(_jfactor_cells(item))) for item in items),
    )


def _jfactor_cells(item: JFactor) -> list[Cell]:
    def plain(value: float | str | None, unit: str = "") -> Cell:
        if isinstance(value, (int, float)):
            return Cell(html=number(float(value), unit, 5))
        return Cell("not stated" if value == NOT_STATED else value or "–")

    return [
        Cell(item.target),
        plain(item.log10),
        plain(item.sigma),
        Cell(unit_text(item.unit or "")),
        plain(item.aperture_deg, "°"),
    ]


def provenance_facts(
    record: Result, harvested: str | None, commit: str | None, digest: str
) -> tuple[Fact, ...]:
    """Return how the numbers came to be."""
    provenance = record.provenance
    run, made = provenance.run, provenance.code
    environment, image = provenance.environment, provenance.image
    agent = run.agent if run else None
    derived = [f"{item.transform} of {item.result}" for item in record.derived_from]
    return facts(
        fact("Origin", provenance.origin + (", example of a starter" if provenance.example else "")),
        *source_facts(record),
        fact("Derived from", *derived),
        fact(
            "Code",
            link(made.repository) if made else None,
            code(made.commit) if made else None,
            None if made is None or made.clean else "with uncommitted changes",
        ),
        fact(
            "Workflow",
            code(provenance.workflow.file) if provenance.workflow else None,
            code(provenance.workflow.digest) if provenance.workflow else None,
        ),
        fact("Container", code(image.name) if image else None, code(image.digest) if image else None),
        fact(
            "Environment",
            environment.interpreter if environment else None,
            environment.platform if environment else None,
            *(
                f"{name} {version}"
                for name, version in sorted((environment.packages if environment else {}).items())
            ),
        ),
        fact(
            "Run",
            code(run.id) if run else None,
            run.engine_version or run.engine if run else None,
            run.started if run else None,
        ),
        fact("Run by", link(agent.name or agent.orcid, agent.orcid or "") if agent else None),
        fact("Harvested", day(harvested), code(commit)),
        fact("Digest", code(digest)),
    )


def source_facts(record: Result) -> tuple[Fact, ...]:
    """Return where the numbers were published, with links that were checked."""
    source, digitiser = record.provenance.source, record.provenance.digitiser
    if source is None:
        return ()
    hepdata = source.hepdata
    return facts(
        fact(
            "Published in",
            link(source.doi),
            link(
                f"arXiv:{source.arxiv.removeprefix('arXiv:')}", f"arXiv:{source.arxiv.removeprefix('arXiv:')}"
            )
            if source.arxiv
            else None,
            link(f"INSPIRE {source.texkey}" if source.texkey else source.inspire, source.inspire or ""),
            source.figure,
        ),
        fact(
            "HEPData",
            _hepdata(hepdata.record) if hepdata else None,
            hepdata.table if hepdata else None,
            f"version {hepdata.version}" if hepdata and hepdata.version else None,
        ),
        fact("Taken from", link(source.url), code(source.commit)),
        fact(
            "Digitised by",
            digitiser.by if digitiser else None,
            digitiser.tool if digitiser else None,
            day(digitiser.date) if digitiser else None,
        ),
    )


def _hepdata(record: str) -> Value | None:
    """Link a HEPData record by its number or that of INSPIRE; anything else is only text."""
    known = re.fullmatch(r"(?:ins)?\d{1,12}", record) is not None
    return link(record, f"https://www.hepdata.net/record/{record}" if known else "")


def _curation(curated: dict[str, Any]) -> dict[str, str]:
    return {
        name: f"curated: {entry.value}, by {entry.by} on {day(entry.date)} ({entry.citation})"
        for name, entry in curated.items()
    }


def _stated(value: Any, words: dict[str, str] | None = None) -> Markup | str | None:
    if value is None:
        return None
    if value == NOT_STATED:
        return NOT_STATED_WORDS
    return (words or {}).get(str(value), str(value))


def _number(value: float | None) -> Markup | None:
    return None if value is None else number(float(value), digits=5)


def _spin(spin: str | None) -> str | None:
    return {None: None, "any": "any spin", NOT_STATED: "spin not stated"}.get(spin, f"spin {spin}")


def _fraction(value: float | str | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return "share of the dark matter not stated"
    return (
        "all of the local dark matter"
        if value == 1
        else f"{number_text(100 * value)}\N{NO-BREAK SPACE}% of the local dark matter"
    )


def _events(observed: float | None, background: float | None, uncertainty: float | None) -> str | None:
    if observed is None and background is None:
        return None
    parts = []
    if observed is not None:
        parts.append(f"{number_text(observed)} observed")
    if background is not None:
        spread = f" ± {number_text(uncertainty)}" if uncertainty is not None else ""
        parts.append(f"{number_text(background)}{spread} background expected")
    return ", ".join(parts)


def value_text(value: float, unit: str) -> Value:
    """Return a number with its unit as plain text."""
    return Value(quantity_text(value, unit_text(unit)))
