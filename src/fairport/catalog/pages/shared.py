"""Words, badges and tables that several kinds of pages show in the same way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from markupsafe import Markup

from fairport.catalog.cards import Card
from fairport.catalog.model import KINDS, ShownAnalysis, ShownPlane, ShownResult, SiteModel
from fairport.catalog.parts import Badge, Cell, Column, FailureCard, Notice, Row, TableView
from fairport.catalog.prose import plain
from fairport.catalog.site.rendering import day, number
from fairport.contract.analysis import Analysis
from fairport.contract.documents import Plane, PlaneAxis
from fairport.physics.notation import number_text, quantity_text, unit_text
from fairport.results.loaded import LoadedResult

_TONES = {"example": "warn", "superseded": "warn", "collaboration": "accent"}
_STATUS_TONES = {"withdrawn": "bad", "superseded": "warn", "corrected": "warn"}
MAX_PLACES = 4
MAX_VALUES = 100
"""Results whose values stand in the table of a plane; the file has those of all."""


def kind_badge(kind: str) -> Badge:
    """Return the badge of a kind of curve."""
    return Badge(kind, _TONES.get(kind, ""), KINDS[kind])


def status_badge(status: str) -> Badge:
    """Return the badge of a state of publication."""
    return Badge(status, _STATUS_TONES.get(status, ""))


def status_cell_badge(status: str) -> Badge | None:
    """Return the badge of a result in a list, where its state is one that nobody should miss."""
    return status_badge(status) if status in _STATUS_TONES else None


def analysis_badges(analysis: ShownAnalysis) -> tuple[Badge, ...]:
    """Return what a reader must know of an analysis at once."""
    badges = [status_badge(analysis.record.status)]
    if analysis.collection:
        badges = [Badge("collection", "", "a table of published curves of many experiments")]
    elif analysis.example:
        badges.append(kind_badge("example"))
    elif analysis.official:
        badges.append(Badge("official", "good", "signed off by the collaboration"))
    else:
        badges.append(Badge("community", "", "not signed off by a collaboration"))
    if analysis.withheld:
        badges.append(Badge(analysis.withheld, "warn"))
    if analysis.state.state == "stale":
        badges.append(Badge("not harvested lately", "warn", analysis.state.reason or ""))
    return tuple(badges)


def experiment_words(record: Analysis, *, example: bool) -> str:
    """Return whose data an analysis is about; an example only says after whom it is named."""
    experiment = record.experiment
    name = experiment.name
    if experiment.collaboration and experiment.collaboration != name:
        name = f"{name} ({experiment.collaboration})"
    return f"example named after {name}" if example else name


def authors_words(record: Analysis, limit: int = 3) -> str:
    """Return the first authors."""
    names = [plain(person.display_name) for person in record.authors]
    return ", ".join(names[:limit]) + (" and others" if len(names) > limit else "")


def orientation_words(plane: Plane) -> str:
    """Return how a limit in this plane is read, in one sentence."""
    if plane.orientation == "none":
        return "Measured values with their uncertainties; nothing is excluded by itself."
    edge = "contour" if plane.orientation == "inside" else "curve"
    return (
        f"Everything {plane.orientation} a {edge} is excluded, at its confidence level and under its "
        "assumptions."
    )


def label_of(result: ShownResult) -> str:
    """Return the short label of a result with its class, as figures print it."""
    return result.card.label


def places(plane: Plane, cards: Iterable[Card], limit: int = MAX_PLACES) -> tuple[float, ...]:
    """Choose round values of the first axis at which most results say something, in the canonical unit."""
    ranges = [(card.low, card.high) for card in cards if card.low is not None and card.high is not None]
    if not ranges or len(plane.axes) < 2:
        return ()
    low, high = min(start for start, _ in ranges), max(end for _, end in ranges)
    candidates = _round_values(plane.axes[0], low, high)
    covered = {x: sum(start <= x <= end for start, end in ranges) for x in candidates}
    middle = math.sqrt(low * high) if low > 0 else (low + high) / 2
    best = sorted(
        (x for x in candidates if covered[x]),
        key=lambda x: (-covered[x], abs(math.log(x / middle)) if x > 0 and middle > 0 else abs(x - middle)),
    )
    return tuple(sorted(best[:limit]))


def _round_values(axis: PlaneAxis, low: float, high: float) -> list[float]:
    if axis.scale == "log" and low > 0:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        decades = [float(f"1e{power}") for power in powers]
        found = [x for x in decades if low <= x <= high]
        if len(found) >= 2:
            return found
        return [float(f"{digit}e{power}") for power in powers for digit in (1, 2, 5)]
    return [float(x) for x in np.linspace(low, high, 5)]


def value_at(result: LoadedResult, x: float) -> Markup:
    """Return what a result says at ``x`` (canonical units): a value, the edges of a contour, or a dash."""
    return values_at(result, (x,))[0]


def values_at(result: LoadedResult, xs: Sequence[float]) -> list[Markup]:
    """Return what :func:`value_at` does, for several places at once."""
    return [
        Markup(", ").join(number(value) for value in reading.crossings[:4])
        if reading.crossings
        else number(reading.value)
        for reading in result.readings(xs)
    ]


def values_table(shown: ShownPlane, root: str) -> TableView:
    """Return the results of a plane with their values at a few places."""
    plane = shown.plane
    at = places(plane, (result.card for result in shown.results))
    x_unit = plane.axes[0].unit_label or unit_text(plane.axes[0].unit)
    y = plane.axes[-1]
    heads = (
        Column("Result"),
        *(Column(f"at {quantity_text(x, x_unit)}", number=True) for x in at),
        *(() if at else (Column("Value", number=True),)),
        Column("CL", number=True),
        Column("Kind"),
    )
    unit = y.unit_label or unit_text(y.unit)
    caption = f"{y.labels.unicode} in {unit}" if unit else y.labels.unicode
    rows = tuple(_values_row(result, at, root) for result in shown.results[:MAX_VALUES])
    return TableView(heads, rows, caption if at else "")


def _values_row(result: ShownResult, at: Sequence[float], root: str) -> Row:
    loaded = result.loaded
    drawn = "" if result.shown else "not drawn"
    cells = [Cell(plain(result.card.title), href=root + result.url, small=label_of(result))]
    cells += [Cell(html=value) for value in values_at(loaded, at)]
    if not at:
        cells.append(Cell(html=point_words(loaded)))
    cells.append(level_cell(result.card))
    cells.append(Cell(result.kind, small=drawn))
    return Row(tuple(cells), f"{result.card.title} {result.id} {result.kind}")


def level_cell(card: Card) -> Cell:
    """Return the confidence level of a result, a question mark where the source states none."""
    if card.role is None:
        return Cell("–")
    if card.level is None:
        return Cell(html=Markup('<span title="not stated in the source">?</span>'))
    return Cell(f"{number_text(100 * card.level)}\N{NO-BREAK SPACE}%")


def point_words(result: LoadedResult) -> Markup:
    """Return the numbers of a point with their uncertainties."""
    parts = []
    for value in result.record.values:
        text = Markup("{}").format(number(value.value, digits=5))
        if value.plus is not None:
            text += Markup("\N{NO-BREAK SPACE}+{}").format(number(value.plus))
        if value.minus is not None:
            text += Markup("\N{NO-BREAK SPACE}−{}").format(number(value.minus))
        unit = unit_text(value.unit)
        parts.append(text + (f"\N{NO-BREAK SPACE}{unit}" if unit else ""))
    return Markup("; ").join(parts) if parts else Markup("–")


def results_table(results: Sequence[ShownResult], root: str, *, analysis: bool = True) -> TableView:
    """Return a list of results."""
    heads = [
        Column("Result"),
        Column("Plane"),
        Column("Kind"),
        Column("CL", number=True),
        Column("Harvested"),
    ]
    rows = []
    for result in results:
        card = result.card
        rows.append(
            Row(
                (
                    Cell(
                        plain(card.title),
                        href=root + result.url,
                        small=result.id if analysis else "",
                        badge=status_cell_badge(card.status),
                    ),
                    Cell(plain(card.plane_title), href=f"{root}p/{card.plane}/index.html"),
                    Cell(result.kind),
                    level_cell(card),
                    Cell(day(result.state.harvested)),
                ),
                f"{card.title} {result.id} {result.kind} {card.plane_title} {card.plane}",
            )
        )
    return TableView(tuple(heads), tuple(rows))


def status_notices(status: str, reason: str | None, noun: str) -> list[Notice]:
    """Return the notice that a corrected, superseded or withdrawn document carries."""
    if status not in _STATUS_TONES:
        return []
    because = f" {plain(reason)}" if reason else ""
    return [Notice(f"**This {noun} is {status}.**{because}", _STATUS_TONES[status])]


def failure_cards(model: SiteModel, root: str, limit: int) -> tuple[FailureCard, ...]:
    """Return cards of the first repositories that could not be read, with the reason and the mend.

    Args:
        model: the catalogue.
        root: relative way to the root of the site.
        limit: number of cards; all failures stand in the list of the last harvest.
    """
    entries = {entry.id: entry for entry in model.catalogue.entries}
    cards = []
    for state in model.failures[:limit]:
        entry = entries.get(state.id)
        analysis = model.by_id.get(state.id)
        title = analysis.record.title if analysis else (entry.title if entry else None) or state.id
        cards.append(
            FailureCard(
                title,
                state.reason or "",
                state.mend,
                state.state == "stale",
                state.harvested,
                f"{root}a/{state.id}/index.html",
            )
        )
    return tuple(cards)
