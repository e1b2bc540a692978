"""Pages of analyses: what, who, how to run it again, what the check says, how to cite it."""

from __future__ import annotations

from shlex import quote
from typing import Any, Final

from fairport.catalog.addresses import refusal, safe_link, web_address, without_credentials
from fairport.catalog.drawings.drawing import COLUMN_WIDTH, Drawing, draw_results
from fairport.catalog.harvest.manifests import read_manifest
from fairport.catalog.machines.records import describe_analysis
from fairport.catalog.model import ShownAnalysis
from fairport.catalog.pages.collections import curve_groups, experiment_links
from fairport.catalog.pages.findings import findings_table, who_checked
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.paging import leaves, page_title, page_url, pager
from fairport.catalog.pages.shared import (
    analysis_badges,
    experiment_words,
    results_table,
    status_notices,
)
from fairport.catalog.pages.unshown import unshown_records
from fairport.catalog.pages.verdicts import fair_sentence, fair_table, rerun_table
from fairport.catalog.parts import (
    Cell,
    Fact,
    Link,
    Notice,
    Row,
    TableView,
    Value,
    code,
    columns,
    fact,
    facts,
    link,
)
from fairport.catalog.prose import plain
from fairport.catalog.site.rendering import day
from fairport.catalog.state import CheckSummary
from fairport.contract.analysis import Person
from fairport.interop.bibtex import entry as bibtex_entry

_MAX_CURVES = 12
"""Curves in the figure of an analysis; its other results are in the table."""

MAX_ROWS: Final = 500
"""Results on one page; an analysis with more has a list of all of them."""

_MAX_DATA = 100


def add_analysis(frame: Frame, analysis: ShownAnalysis) -> None:
    """Make the page of an analysis, and the pages that list its results when there are many."""
    _add_results(frame, analysis)
    record = analysis.record
    bibtex = bibtex_entry(record)
    frame.files[f"a/{analysis.id}/cite.bib"] = bibtex
    page = frame.page(
        analysis.url,
        record.title,
        record.description,
        section="analyses",
        **describe_analysis(frame, analysis),
    )
    frame.add(
        "analysis.html.jinja",
        page,
        trail=[
            Link(f"{page.root}index.html", frame.model.config.title),
            Link(f"{page.root}a/index.html", "Analyses"),
        ],
        marks=analysis_badges(analysis),
        notices=_notices(analysis),
        description=record.description,
        results=None
        if analysis.collection
        else results_table(analysis.results[:MAX_ROWS], page.root, analysis=False),
        every=_every(analysis),
        groups=curve_groups(analysis, page.root) if analysis.collection else (),
        experiments=experiment_links(analysis, page.root) if analysis.collection else (),
        no_results=_no_results(analysis),
        unshown=unshown_records(analysis.state, frame.model.problems.get(analysis.id, ())),
        drawing=_drawing(frame, analysis, page.root),
        rerun=_rerun(analysis),
        data=_data(analysis),
        history=_history(analysis, page.root),
        check=_check(frame, analysis.state.check, page.root),
        checked=not analysis.collection,
        reruns=rerun_table(analysis, page.root, MAX_ROWS),
        fair=_fair(analysis),
        check_problem=analysis.state.check_problem or "The check was not run at the last harvest.",
        bibtex=bibtex,
        downloads=(Link("cite.bib", "BibTeX", download=True),),
        who=_who(analysis),
        record=_record(analysis),
    )


def _every(analysis: ShownAnalysis) -> Link | None:
    """Return the way to the list of all results, when the page of the analysis cannot show them."""
    count = len(analysis.results)
    what = "curves" if analysis.collection else "results"
    return Link("results/index.html", f"All {count:,} {what}") if count > MAX_ROWS else None


def _add_results(frame: Frame, analysis: ShownAnalysis) -> None:
    """List all results, :data:`MAX_ROWS` on a page, when the page of the analysis cannot show them."""
    if _every(analysis) is None:
        return
    folder = analysis.url.rpartition("/")[0] + "/results"
    parts = list(leaves(analysis.results, MAX_ROWS))
    for at, part in enumerate(parts):
        page = frame.page(
            page_url(folder, at),
            page_title(f"Results of {analysis.record.title}", at),
            f"{len(analysis.results):,} limits, regions, projections and measured values.",
            section="analyses",
        )
        frame.add(
            "list.html.jinja",
            page,
            content=results_table(part, page.root, analysis=False),
            links=(Link(page.root + analysis.url, analysis.record.title),),
            sections=(),
            pager=pager(page.root, folder, at, len(parts)),
        )


def _notices(analysis: ShownAnalysis) -> list[Notice]:
    record = analysis.record
    notices = status_notices(record.status, record.status_reason, "analysis")
    if analysis.collection:
        notices.append(
            Notice(
                "**A collection of published curves.** Each has its own source, citation and licence; "
                "there is no workflow to run again. What its files do not state is said to be not stated.",
            )
        )
    if analysis.withheld:
        reason = f"Its numbers are withheld: {analysis.withheld}."
        conditions = f" {plain(record.access.conditions)}" if record.access.conditions else ""
        notices.append(Notice(f"{reason} What it is about and who made it is public.{conditions}", "warn"))
    if analysis.example:
        notices.append(
            Notice(
                "**An example, not a result of the experiment.** It was made from the inputs that Fairport's "
                "starter brings along, to show how an analysis is built and published.",
                "warn",
            )
        )
    if analysis.state.state == "stale":
        notices.append(
            Notice(
                f"The repository could not be harvested on {day(analysis.state.checked)}: "
                f"{analysis.state.reason}. The version of {day(analysis.state.harvested)} is shown.",
                "warn",
            )
        )
    return notices


def _no_results(analysis: ShownAnalysis) -> str:
    withheld = [state for state in analysis.state.results if state.state == "withheld"]
    if analysis.withheld:
        names = ", ".join(plain(state.title or state.id or state.path) for state in withheld)
        count = f"{len(withheld)} result{'' if len(withheld) == 1 else 's'}"
        return f"The analysis lists {count}: {names}." if withheld else "Its numbers are withheld."
    return "The analysis has published no result record yet."


def _drawing(frame: Frame, analysis: ShownAnalysis, root: str) -> Drawing | None:
    """Draw the results of the analysis in that of its planes which comes first in the catalogue.

    The curves of a collection are drawn on the pages of their planes: a few of many would mislead.
    """
    if analysis.collection:
        return None
    for shown in frame.model.planes:
        members = [result for result in shown.results if result.analysis_id == analysis.id]
        if members:
            return draw_results(
                frame.model,
                shown.plane,
                members[:_MAX_CURVES],
                root=root,
                prefix="analysis",
                width=COLUMN_WIDTH,
                hidden=members[_MAX_CURVES:],
            )
    return None


def _rerun(analysis: ShownAnalysis) -> list[dict[str, str]]:
    """Return the commands that run the analysis again, for those places that its record supports."""
    record = analysis.record
    if analysis.collection:
        return []
    workflow = record.workflow
    file, inputs, reana = (
        quote(plain(text or "")) for text in (workflow.file, workflow.inputs, workflow.reana)
    )
    steps = [("Get it", _fetch(analysis.address, record.id))]
    steps.append(("With Fairport", "fairport run"))
    if workflow.type == "cwl" and workflow.inputs:
        steps.append(("With any CWL runner", f"cwltool --outdir outputs {file} {inputs}"))
    if workflow.type == "snakemake":
        steps.append(("With Snakemake", f"snakemake --cores 1 --snakefile {file}"))
    if workflow.reana:
        steps.append(("On REANA", f"fairport run --engine reana\n# or: reana-client run --file {reana}"))
    if workflow.type == "cwl":
        steps.append(("On a Slurm cluster", "fairport run --engine slurm"))
    steps.append(("Compare with the published numbers", "fairport reproduce"))
    return [{"title": title, "commands": commands} for title, commands in steps if commands]


def _fetch(address: str | None, identifier: str) -> str:
    """Return the commands that get the repository; every part is quoted, since people paste them."""
    if address is None or refusal(address) is not None:
        return ""
    return f"git clone {quote(plain(address))} {identifier}\ncd {identifier}"


def _data(analysis: ShownAnalysis) -> TableView | None:
    """Return the data that the analysis names: where they are, and under which licence."""
    manifest = read_manifest(analysis.folder)
    if manifest is None or not manifest.datasets:
        return None
    rows = []
    for item in manifest.datasets[:_MAX_DATA]:
        places = [plain(without_credentials(source.url)) for source in item.sources]
        first = safe_link(places[0]) if places and not item.did else None
        rows.append(
            Row(
                (
                    Cell(plain(item.title or item.id), small=plain(item.description or "")[:300]),
                    Cell(item.role),
                    Cell(plain(item.did or (places[0] if places else "–")), href=first),
                    Cell(plain(item.licence)),
                    Cell(plain(item.access)),
                )
            )
        )
    return TableView(columns("Data", "Role", "DID or address", "Licence", "Access"), tuple(rows))


def _history(analysis: ShownAnalysis, root: str) -> TableView | None:
    """Return what became of the results since they were first harvested, with the reasons, newest first."""
    notes = [
        (note.ended, result, note, following)
        for result in analysis.results
        for note, following in zip(
            result.state.versions,
            (result.card.version, *(note.version for note in result.state.versions)),
            strict=False,
        )
    ]
    if not notes:
        return None
    newest = sorted(notes, key=lambda item: item[0], reverse=True)[:_MAX_DATA]
    rows = tuple(
        Row(
            (
                Cell(plain(result.card.title), href=f"{root}{result.url}#versions"),
                Cell(f"{plain(note.version)} to {plain(following)}"),
                Cell(day(ended)),
                Cell(plain(note.reason or "no reason is stated")),
            )
        )
        for ended, result, note, following in newest
    )
    return TableView(columns("Result", "Version", "Replaced on", "Why"), rows)


def _check(frame: Frame, check: CheckSummary | None, root: str) -> dict[str, Any] | None:
    if check is None:
        return None
    counts = [(check.error, "error"), (check.warning, "warning"), (check.note, "note")]
    words = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts)
    waived = f", {check.waived} waived" if check.waived else ""
    table = findings_table(frame, check.findings, root)
    return {
        "sentence": f"{words}{waived}, measured by the profile {check.profile}.{who_checked(check)}",
        "table": table,
        "open": 0 < len(table.rows) <= 5,
    }


def _fair(analysis: ShownAnalysis) -> dict[str, Any] | None:
    fair = analysis.state.check.fair if analysis.state.check is not None else None
    if fair is None:
        return None
    sentence = fair_sentence(fair)
    if analysis.example:
        return {"sentence": f"{sentence} What a starter brought along proves nothing.", "table": None}
    return {"sentence": sentence, "table": fair_table(fair)}


def _who(analysis: ShownAnalysis) -> tuple[Fact, ...]:
    record = analysis.record
    experiment = record.experiment
    contact = record.contact
    if analysis.collection:
        return facts(fact("Compiled by", *(p.display_name for p in record.authors)))
    return facts(
        fact("Experiment", link(experiment_words(record, example=analysis.example), experiment.url or "")),
        fact("Instrument", experiment.instrument),
        fact("Site", experiment.site),
        fact("Authors", *(_author(person) for person in record.authors[:20])),
        fact(
            "Contact",
            link(contact.name or contact.email or contact.url, _contact(contact)) if contact else None,
        ),
        fact("Funding", *(plain(f"{grant.funder} {grant.award or ''}") for grant in record.funding)),
        fact(
            "Signed off",
            f"{record.signed_off.by}, {record.signed_off.role}, {day(record.signed_off.date)}"
            if record.signed_off
            else None,
        ),
    )


def _contact(contact: Any) -> str:
    return f"mailto:{contact.email}" if contact.email else contact.url or ""


def _author(person: Person) -> Value | None:
    return link(person.display_name, person.orcid or person.ror or "")


def _record(analysis: ShownAnalysis) -> tuple[Fact, ...]:
    record, state = analysis.record, analysis.state
    identifiers = record.identifiers
    if analysis.collection:
        return facts(
            fact("Curves", str(len(analysis.results))),
            fact("Licence", record.licences.data),
            fact("Repository", link(analysis.address, web_address(analysis.address) or "")),
            fact("Harvested", day(state.harvested), state.ref, code(state.commit)),
        )
    return facts(
        fact("Version", record.version),
        fact("Search", record.search),
        fact("Keywords", ", ".join(record.keywords)),
        fact("Workflow", f"{record.workflow.type}: {record.workflow.file}"),
        fact("Container", code(record.software.image)),
        fact("Licence of the code", record.licences.code),
        fact("Licence of the data", record.licences.data),
        fact("Access", record.access.level),
        fact("DOI", link(identifiers.doi)),
        fact("arXiv", link(f"arXiv:{identifiers.arxiv}") if identifiers.arxiv else None),
        fact("Software Heritage", code(identifiers.swhid)),
        fact("Repository", link(analysis.address, web_address(analysis.address) or "")),
        fact(
            "Related", *(link(item.title or item.identifier, item.identifier) for item in record.related[:20])
        ),
        fact("Harvested", day(state.harvested), state.ref, code(state.commit)),
    )
