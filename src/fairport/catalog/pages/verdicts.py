"""What others may rely on: the two verdicts of a rerun, and how FAIR an analysis is, in plain words."""

from __future__ import annotations

from typing import Final

from fairport.catalog.model import ShownAnalysis, ShownResult
from fairport.catalog.parts import Badge, Cell, Fact, Row, TableView, code, columns, fact, facts
from fairport.catalog.prose import plain
from fairport.catalog.site.rendering import day
from fairport.catalog.state import FairSummary, ReproductionNote
from fairport.physics.notation import number_text

RERUNS: Final = {
    "same-bytes": ("yes, byte for byte", "good"),
    "within-tolerance": ("yes, within tolerance", "good"),
    "differs": ("no, other numbers", "bad"),
    "could-not-run": ("could not be run", "warn"),
}
AGREES: Final = {"agrees": ("yes", "good"), "differs": ("no", "bad"), "not-stated": ("cannot be told", "")}
AREAS: Final = {"F": "Findable", "A": "Accessible", "I": "Interoperable", "R": "Reusable"}
_NOT_RERUN: Final = "nobody has rerun it yet"


def rerun_facts(analysis: ShownAnalysis, result: ShownResult) -> tuple[Fact, ...]:
    """Return what is known of a rerun of a result; one verdict never stands for the other."""
    note = result.state.reproduction
    if note is None:
        why = "not possible: there is no code" if analysis.collection else _NOT_RERUN
        return facts(fact("Reruns", why, plain(result.state.reproduction_problem or "")))
    return facts(
        fact("Reruns", _words(RERUNS, note.reruns), plain(note.reason or "")),
        fact("Agrees with the paper", _words(AGREES, note.agrees), _of(note)),
        fact("Rerun", f"{day(note.at)}, engine {note.engine}", code(note.commit)),
        fact("Tolerance", number_text(note.tolerance, 3) if note.tolerance is not None else None),
        fact("Changed since", *(plain(text) for text in note.changed)),
    )


def rerun_table(analysis: ShownAnalysis, root: str, limit: int) -> TableView | None:
    """Return the verdicts on the results of an analysis, ``None`` while nobody has rerun any."""
    rows = tuple(
        Row(
            (
                Cell(plain(result.card.title), href=root + result.url),
                _cell(RERUNS, result.state.reproduction.reruns if result.state.reproduction else None),
                _cell(AGREES, result.state.reproduction.agrees if result.state.reproduction else None),
                Cell(day(result.state.reproduction.at) if result.state.reproduction else "–"),
            )
        )
        for result in analysis.results[:limit]
    )
    if not any(result.state.reproduction for result in analysis.results):
        return None
    return TableView(columns("Result", "Reruns", "Agrees with the paper", "Rerun on"), rows)


def fair_table(fair: FairSummary) -> TableView:
    """Return the maturity of each area of FAIR."""
    rows = tuple(
        Row(
            (
                Cell(AREAS.get(level.area, level.area)),
                Cell(str(level.proven)),
                Cell("" if level.possible == level.proven else f"up to {level.possible}"),
            )
        )
        for level in fair.levels
    )
    return TableView(columns("Area", "Level of 5", "If all that is open holds", numbers=(1,)), rows)


def fair_sentence(fair: FairSummary) -> str:
    """Return the assessment in one sentence: what is proven, and what nobody could assess from here."""
    earned, open_points, points = fair.fuji
    return (
        f"Of the {sum(fair.rda)} indicators of the RDA FAIR data maturity model {fair.rda[0]} are proven by "
        f"the repository itself, {fair.rda[1]} fail and {fair.rda[2]} cannot be assessed from it. It earns "
        f"{number_text(earned, 3)} of {number_text(points, 3)} F-UJI points ({number_text(open_points, 3)} "
        f"are open until it is archived), and proves {fair.software[0]} of {sum(fair.software)} principles "
        "for research software (FAIR4RS)."
    )


def _of(note: ReproductionNote) -> str:
    return "the numbers of the rerun" if note.of == "rerun" else "the numbers as recorded"


def _words(table: dict[str, tuple[str, str]], verdict: str) -> str:
    return table.get(verdict, (verdict, ""))[0]


def _cell(table: dict[str, tuple[str, str]], verdict: str | None) -> Cell:
    if verdict is None:
        return Cell("–")
    return Cell(badge=Badge(*table.get(verdict, (verdict, ""))))


__all__ = ["fair_sentence", "fair_table", "rerun_facts", "rerun_table"]
