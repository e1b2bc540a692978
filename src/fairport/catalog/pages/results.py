"""Pages of results: in words, drawn, in numbers, with assumptions, provenance and citation."""

from __future__ import annotations

from typing import Any

import numpy as np

from fairport.catalog.contributions import CONTRIBUTIONS_FILE
from fairport.catalog.drawings.drawing import draw_one
from fairport.catalog.drawings.lineage import Place, lineage, stages_of
from fairport.catalog.drawings.lineagedrawing import draw_lineage
from fairport.catalog.facts import assumption_facts, jfactor_table, provenance_facts
from fairport.catalog.harvest.runcrates import RUN_CRATE_FILE
from fairport.catalog.licences import licence_url, licence_words, may_redistribute
from fairport.catalog.machines.records import describe_result
from fairport.catalog.model import ShownAnalysis, ShownResult
from fairport.catalog.pages.agreement import agreement_view, quotes_none
from fairport.catalog.pages.combinations import combination_view
from fairport.catalog.pages.frame import Alternate, Frame
from fairport.catalog.pages.shared import (
    experiment_words,
    kind_badge,
    places,
    status_badge,
    status_notices,
    values_at,
)
from fairport.catalog.pages.standing import changed_since, corrections, frozen_table
from fairport.catalog.pages.usage import use_lines
from fairport.catalog.pages.verdicts import rerun_facts
from fairport.catalog.pages.versions import add_versions
from fairport.catalog.parts import (
    Badge,
    Cell,
    Column,
    Fact,
    Link,
    Notice,
    Row,
    TableView,
    Value,
    columns,
    fact,
    facts,
    link,
)
from fairport.catalog.prose import plain
from fairport.catalog.relations import NOBODY, Kinship
from fairport.catalog.site.exports import record_json
from fairport.catalog.site.rendering import day, number
from fairport.contract.constants import RESULT_FILE
from fairport.contract.result import Result
from fairport.physics.notation import number_text, quantity_text, unit_text
from fairport.results.bibtex import bibliography, record_entry
from fairport.results.offered import offered_table
from fairport.results.words import describe

_HEAD_ROWS, _TAIL_ROWS, _ALL_ROWS = 6, 4, 14
_EXAMPLE = "This is an example"  # the notice on the page says it already


def add_result(frame: Frame, analysis: ShownAnalysis, result: ShownResult, kinship: Kinship = NOBODY) -> None:
    """Make the page of a result with its downloads."""
    record, loaded = result.loaded.record, result.loaded
    sentences = describe(loaded)
    files = _files(frame, result)
    sources = bibliography([loaded])
    bibtex = sources or record_entry(loaded, url=frame.absolute("r/"))
    folder = result.url.removesuffix("index.html")
    frame.files[f"{folder}cite.bib"] = bibtex
    drawn = draw_one(frame.model, result, prefix="result")
    drawing = drawn[0] if drawn else None
    if drawn is not None:
        frame.files[f"{folder}figure.svg"] = drawn[1]
    page = frame.page(
        result.url,
        record.title,
        f"{record.description or ''} {' '.join(sentences)}",
        section="results",
        alternates=tuple(
            Alternate(name, kind, name) for name, kind in files.items() if kind == "application/json"
        ),
        **describe_result(frame, analysis, result, " ".join(sentences), files),
    )
    values = _values(result)
    frame.add(
        "result.html.jinja",
        page,
        trail=[
            Link(f"{page.root}index.html", frame.model.config.title),
            Link(f"{page.root}p/{loaded.plane.id}/index.html", loaded.plane.title),
            Link(page.root + analysis.url, analysis.record.title),
        ],
        marks=_marks(analysis, result),
        notices=[*_notices(result), *changed_since(result, kinship, page.root)],
        description=record.description,
        words=[text for text in sentences if not text.startswith(_EXAMPLE)],
        drawing=drawing,
        downloads=_downloads(result, drawing is not None),
        values=values,
        glance_title=_values_title(result) if values else "",
        glance=_glance(analysis, result, page.root),
        agreement=agreement_view(result.loaded),
        assumptions=assumption_facts(record),
        jfactors=jfactor_table(record),
        numbers=_numbers(result),
        values_note=_values_note(analysis, result),
        notes=record.validity.notes,
        versions=add_versions(frame, analysis, result),
        frozen=frozen_table(result, kinship, page.root),
        commands=f"{page.root}{analysis.url}#rerun" if not analysis.collection else "",
        reruns=(*rerun_facts(analysis, result), *(() if result.state.reproduction else quotes_none(loaded))),
        provenance=(
            *provenance_facts(record, result.state.harvested, result.state.commit, result.digest),
            *_crate_facts(result),
        ),
        inputs=_inputs(record),
        history=_history(result, kinship, page.root),
        derived=[Link(page.root + child.url, child.title, child.transform) for child in kinship.children],
        combination=combination_view(frame.model, result, kinship, page.root),
        use=use_lines(frame, result),
        licence=link(licence_words(record.licence), licence_url(record.licence) or ""),
        corrections=corrections(result),
        cite_sentence=_cite_sentence(record, sourced=bool(sources)),
        bibtex=bibtex,
    )


def _files(frame: Frame, result: ShownResult) -> dict[str, str]:
    """Keep the downloads of a result; returns media type by name."""
    record = result.loaded.record
    if not may_redistribute(record.licence):
        return {}
    folder = result.url.removesuffix("index.html")
    files = {"result.json": "application/json", "result.yaml": "application/yaml"}
    frame.files[folder + "result.json"] = record_json(result)
    frame.files[folder + "result.yaml"] = (result.folder / RESULT_FILE).read_bytes()
    source = record.data.path if record.data else (record.workspace.path if record.workspace else None)
    if source is not None:
        name = _table_name(record)
        frame.files[folder + name] = (result.folder / source).read_bytes()
        files[name] = record.data.media_type if record.data else "application/octet-stream"
    if record.derived_from and (result.folder / CONTRIBUTIONS_FILE).is_file():
        frame.files[folder + CONTRIBUTIONS_FILE] = (result.folder / CONTRIBUTIONS_FILE).read_bytes()
        files[CONTRIBUTIONS_FILE] = "text/csv"
    if _has_crate(result):
        frame.files[folder + RUN_CRATE_FILE] = (result.folder / RUN_CRATE_FILE).read_bytes()
        files[RUN_CRATE_FILE] = "application/ld+json"
    return files


def _crate_facts(result: ShownResult) -> tuple[Fact, ...]:
    """Return what the crate of the run tells, with a link to it where it may be passed on."""
    offered = may_redistribute(result.loaded.record.licence) and _has_crate(result)
    words = result.state.crate
    return facts(fact("Run crate", Value(words, href=RUN_CRATE_FILE if offered else None) if words else None))


def _has_crate(result: ShownResult) -> bool:
    return result.state.crate is not None and (result.folder / RUN_CRATE_FILE).is_file()


def _history(result: ShownResult, kinship: Kinship, root: str) -> dict[str, Any] | None:
    """Return where the result comes from as a figure and as a list, ``None`` where nothing is known."""
    record = result.loaded.record
    offered = may_redistribute(record.licence)
    crate = result.folder / RUN_CRATE_FILE if _has_crate(result) else None
    place = Place(
        root,
        _table_name(record) if offered and record.data is not None else None,
        RUN_CRATE_FILE if offered and crate is not None else None,
        crate,
    )
    graph = lineage(record, kinship, place)
    drawn = draw_lineage(graph)
    return {"wide": drawn[0], "narrow": drawn[1], "stages": stages_of(graph)} if drawn else None


def _table_name(record: Result) -> str:
    """Return the name under which a table is offered; never a name of the record's own making."""
    if record.data is None:
        return f"{record.id}-workspace" + (
            ".json" if record.workspace and record.workspace.path.endswith(".json") else ""
        )
    return offered_table(record.id, record.data.media_type)


def _downloads(result: ShownResult, drawn: bool) -> tuple[Link, ...]:
    record = result.loaded.record
    links = []
    if may_redistribute(record.licence):
        if record.data is not None:
            links.append(Link(_table_name(record), "CSV", download=True, first=True))
        elif record.workspace is not None:
            links.append(Link(_table_name(record), "Workspace", download=True, first=True))
        links += [Link("result.json", "JSON", download=True), Link("result.yaml", "YAML", download=True)]
        if _has_crate(result):
            links.append(Link(RUN_CRATE_FILE, "Run crate", download=True))
    if drawn:
        links.append(Link("figure.svg", "SVG", download=True))
    return (*links, Link("cite.bib", "BibTeX", download=True))


def _marks(analysis: ShownAnalysis, result: ShownResult) -> tuple[Badge, ...]:
    record = result.loaded.record
    badges = [kind_badge(result.kind)]
    if result.kind != record.provenance.origin and result.kind in {"example", "superseded"}:
        badges.append(kind_badge(record.provenance.origin))
    if result.kind != "superseded":
        badges.append(status_badge(record.status))
    if result.kind != "example" and analysis.official:
        badges.append(Badge("official", "good", "signed off by the collaboration"))
    badges.append(Badge(f"version {plain(record.version)}"))
    return tuple(badges)


def _notices(result: ShownResult) -> list[Notice]:
    record = result.loaded.record
    notices = status_notices(record.status, record.status_reason, "result")
    if result.kind == "example":
        notices.append(
            Notice(
                "**An example, not a result of the experiment.** It was made from the inputs that a starter "
                "of Fairport brings along, and enters no comparison, envelope or combination.",
                "warn",
            )
        )
    if result.state.state == "kept":
        notices.append(
            Notice(
                f"The record cannot be read as it stands now: {result.state.reason}. "
                f"The version harvested on {day(result.state.harvested)} is shown.",
                "warn",
            )
        )
    return notices


def _glance(analysis: ShownAnalysis, result: ShownResult, root: str) -> tuple[Fact, ...]:
    record, plane = result.loaded.record, result.loaded.plane
    return facts(
        fact("Experiment", _whose(analysis, result)),
        fact("Plane", Value(plain(plane.title), href=f"{root}p/{plane.id}/index.html")),
        fact("Analysis", Value(plain(analysis.record.title), href=root + analysis.url)),
        fact("Identifier", Value(result.id, code=True)),
        fact("Licence", link(licence_words(record.licence), licence_url(record.licence) or "")),
    )


def _whose(analysis: ShownAnalysis, result: ShownResult) -> str:
    """Return whose data a result is about: a curve of a collection has an experiment of its own."""
    if result.state.experiment is not None:
        return plain(result.state.experiment)
    return experiment_words(analysis.record, example=result.kind == "example")


def _values(result: ShownResult) -> tuple[Fact, ...]:
    """Return what the result says at a few round places."""
    loaded = result.loaded
    x = loaded.plane.axes[0]
    unit = x.unit_label or unit_text(x.unit)
    at = places(loaded.plane, [result.card])
    return facts(
        *(
            fact(f"at {quantity_text(place, unit)}", value)
            for place, value in zip(at, values_at(loaded, at), strict=True)
        )
    )


def _values_title(result: ShownResult) -> str:
    y = result.loaded.plane.axes[-1]
    unit = y.unit_label or unit_text(y.unit)
    return f"{y.labels.unicode} in {unit}" if unit else y.labels.unicode


def _numbers(result: ShownResult) -> TableView | None:
    """Return the first and last rows of the table as published, in the units of the record."""
    loaded = result.loaded
    if not loaded.columns or not may_redistribute(loaded.record.licence):
        return None
    units = {axis.column: unit_text(axis.unit) for axis in loaded.record.axes}
    dependent = loaded.record.dependent
    if dependent is not None:
        units |= {
            column: "" if band == "p_value" else unit_text(dependent.unit)
            for band, column in loaded.record.bands.items()
        }
    names = list(loaded.columns)
    heads = tuple(
        Column(f"{plain(name)} [{units[name]}]" if units.get(name) else plain(name), number=True)
        for name in names
    )
    values = np.column_stack([loaded.columns[name] for name in names]).tolist()
    short = len(values) <= _ALL_ROWS
    rows = [
        Row(tuple(Cell(html=number(value, digits=4)) for value in row))
        for row in (values if short else values[:_HEAD_ROWS])
    ]
    if not short:
        rows.append(Row(tuple(Cell("⋮") for _ in names)))
        rows += [
            Row(tuple(Cell(html=number(value, digits=4)) for value in row)) for row in values[-_TAIL_ROWS:]
        ]
    return TableView(heads, tuple(rows))


def _values_note(analysis: ShownAnalysis, result: ShownResult) -> str:
    record = result.loaded.record
    if not may_redistribute(record.licence):
        return (
            f"The licence of these numbers is {licence_words(record.licence)}: the curve is drawn and its "
            "source linked, but the table is not offered for download here."
        )
    if record.values:
        return "; ".join(
            f"{value.name}: {number_text(value.value, 5)} {unit_text(value.unit)}".strip()
            for value in record.values
        )
    if record.data is not None and record.data.rows > _ALL_ROWS:
        shown = f"The first {_HEAD_ROWS} and last {_TAIL_ROWS} of {record.data.rows} rows"
        return f"{shown}, rounded for reading; the file has every digit."
    return ""


def _inputs(record: Result) -> TableView:
    rows = tuple(
        Row(
            (
                Cell(plain(item.did or item.path)),
                Cell(html=None, text=item.sha256),
                Cell(f"{item.bytes:,}" if item.bytes else "–"),
            )
        )
        for item in record.provenance.inputs
    )
    return TableView(columns("File", "sha256", "Bytes", numbers=(2,)), rows)


def _cite_sentence(record: Result, *, sourced: bool) -> str:
    if record.provenance.example:
        return "Cite the publication from which the inputs were taken, not this example."
    if not sourced:
        return "The record names no source. Look for the publication and cite it; this is the record itself."
    return "Cite the source of the numbers, and the analysis if you use its code."
