"""What a combination was made from: its members, what each adds, what they share, and a figure of all.

Every number is one of the record or of the table that stands beside it; a share that neither of them states
is not given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from markupsafe import Markup

from fairport.catalog.contributions import CONTRIBUTIONS_FILE, Contributions, read_contributions
from fairport.catalog.drawings.drawing import COLUMN_WIDTH, Drawing, draw_loaded
from fairport.catalog.licences import may_redistribute
from fairport.catalog.model import ShownResult, SiteModel
from fairport.catalog.parts import Badge, Cell, Column, Link, Row, TableView
from fairport.catalog.prose import plain
from fairport.catalog.relations import COMBINATIONS, MAX_RELATIVES, Kinship, Relative
from fairport.catalog.site.rendering import number
from fairport.contract.errors import FairportError
from fairport.contract.result import Derivation, Result
from fairport.physics.notation import number_text, quantity_text, unit_text
from fairport.results.loaded import LoadedResult
from fairport.results.store import make_result

MAX_COLUMNS: Final = 6
"""Members with a column of their own in the table of masses, and with a curve in the figure."""

MAX_MASSES: Final = 12
_COUNTS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class CombinationView:
    """A combination as its page shows it.

    Attributes:
        method: how the members were put together.
        sentences: that in words, with what the members share.
        members: one row for each member.
        masses: the combined limit beside those of the members, at some masses.
        note: how ``masses`` is to be read.
        drawing: the combined curve beside those of its members.
        downloads: the table of all masses.
    """

    method: str
    sentences: tuple[str, ...]
    members: TableView
    masses: TableView | None = None
    note: str = ""
    drawing: Drawing | None = None
    downloads: tuple[Link, ...] = ()


def combination_view(
    model: SiteModel, result: ShownResult, kinship: Kinship, root: str
) -> CombinationView | None:
    """Return what the page of a result says of its members; ``None`` unless it is a combination.

    Args:
        model: the catalogue, for colours.
        result: the result.
        kinship: its relatives.
        root: relative way to the root of the site.
    """
    record = result.loaded.record
    transform = record.derived_from[0].transform if record.derived_from else ""
    method = COMBINATIONS.get(transform)
    if method is None:
        return None
    found = read_contributions(result.folder, result.loaded) if transform == "joint-likelihood" else None
    members = _members(record, kinship, found, root)
    sentences = (_method_words(record, transform), *_shared_words(record, transform))
    if found is None:
        note = _no_numbers(transform)
        return CombinationView(method, (*sentences, note) if note else sentences, members)
    names = [_name(entry) for entry in record.derived_from]
    shown = _leading(found)
    open_numbers = may_redistribute(record.licence)
    return CombinationView(
        method,
        sentences,
        members,
        _masses(result.loaded, found, names, shown) if open_numbers else None,
        _reading(record, found, len(names) - len(shown)),
        _figure(model, result, found, names, shown),
        (Link(CONTRIBUTIONS_FILE, "All masses as CSV", download=True),) if open_numbers else (),
    )


def _name(entry: Derivation) -> str:
    """Return the identifier of a member without its version; nameless places are left out."""
    return plain(entry.result).partition("@")[0].removeprefix("local/") or "?"


def _count(number_of: int) -> str:
    return _COUNTS[number_of] if number_of < len(_COUNTS) else str(number_of)


def _method_words(record: Result, transform: str) -> str:
    count = len(record.derived_from)
    word = _count(count)
    if transform == "envelope":
        return (
            f"**The strongest of {word} limits at each mass.** This is no combination of their data: no "
            "confidence level belongs to it as a whole, and a chance downward fluctuation of any member "
            "shows undiluted."
        )
    if transform == "credible-interval":
        return (
            f"**The likelihoods of {word} member{'' if count == 1 else 's'} are multiplied** and turned into "
            "a probability with the prior stated below; the interval is the shortest that holds its level."
        )
    statistics = record.statistics
    threshold = statistics.threshold if statistics else None
    level = statistics.level if statistics else None
    words = [f"**The likelihoods of {word} members are multiplied.**"]
    if threshold is not None and level is not None:
        words.append(
            f"The limit is where −2 ln L has risen by {number_text(threshold)} above its minimum "
            f"({number_text(100 * level)} % CL)."
        )
    elif level is not None:
        words.append(f"The limit is read by pseudo-experiments at {number_text(100 * level)} % CL.")
    return " ".join(words)


def _shared_words(record: Result, transform: str) -> list[str]:
    """Say which members share a nuisance, and what is taken to be independent."""
    if transform == "envelope":
        return [
            "The members are drawn as published; nothing is rescaled, and none is weighed against another."
        ]
    groups = _groups(record)
    found = [_group_words(key, groups[key]) for key in sorted(groups)]
    own = [plain(item.id) for item in record.nuisances if plain(item.shared_key or "") not in groups]
    if own:
        names = ", ".join(f"`{name}`" for name in own[:20])
        found.append(f"Inside single members: {names}. They stay as each member treats them; none is shared.")
    if not groups:
        found.append(
            "No nuisance is shared: apart from the parameters of the plane the members are taken as "
            "independent."
        )
    sets = record.data_overlap.datasets
    data = f"Their data sets are {', '.join(plain(name) for name in sets[:20])}. " if sets else ""
    found.append(
        f"{data}No two members contain the same data, as far as their records say: overlapping results are "
        "refused."
    )
    return found


def _groups(record: Result) -> dict[str, dict[int, float | None]]:
    """Return the members of each nuisance, numbered from 1, with the width that each gives it."""
    groups: dict[str, dict[int, float | None]] = {}
    for index, entry in enumerate(record.derived_from, 1):
        key, sigma = entry.parameters.get("nuisance"), entry.parameters.get("sigma_log10")
        if isinstance(key, str):
            known = float(sigma) if isinstance(sigma, (int, float)) else None
            groups.setdefault(plain(key), {})[index] = known
    return groups


def _group_words(key: str, widths: dict[int, float | None]) -> str:
    known = sorted({width for width in widths.values() if width is not None})
    ends = known if len(known) < 2 else [known[0], known[-1]]
    spread = f" (σ = {' to '.join(map(number_text, ends))} in log₁₀)" if ends else ""
    members = [str(index) for index in widths]
    if len(members) == 1:
        return f"Member {members[0]} has the nuisance `{key}`{spread} for itself; it is profiled."
    return (
        f"Members {', '.join(members[:-1])} and {members[-1]} share the nuisance `{key}`{spread}: it is "
        "profiled once for all of them, so that they move together."
    )


def _no_numbers(transform: str) -> str:
    if transform != "joint-likelihood":
        return ""
    return (
        "What each member adds is not stated: the repository keeps no `contributions.csv` beside the record "
        "that fits it. `fairport combine` writes one."
    )


def _members(record: Result, kinship: Kinship, found: Contributions | None, root: str) -> TableView:
    heads = [Column("Nr", number=True), Column("Member")]
    if found is not None:
        heads += [Column("Strongest alone"), Column("Weight", number=True)]
    else:
        heads.append(Column("What it gives"))
    heads.append(Column("In this catalogue"))
    rows = []
    for index, entry in enumerate(record.derived_from[:MAX_RELATIVES]):
        relative = kinship.parent(entry.result)
        cells = [Cell(str(index + 1)), _member_cell(entry, relative, root)]
        cells += _weight_cells(record, found, index) if found is not None else [Cell(_gives(entry, record))]
        cells.append(_standing(entry, relative))
        rows.append(Row(tuple(cells)))
    return TableView(tuple(heads), tuple(rows))


def _member_cell(entry: Derivation, relative: Relative | None, root: str) -> Cell:
    if relative is None:
        return Cell(plain(entry.result))
    return Cell(plain(relative.title), href=root + relative.url, small=plain(entry.result))


def _standing(entry: Derivation, relative: Relative | None) -> Cell:
    """Tell whether what is shown under the name of a member is what went into the combination."""
    if relative is None or relative.source is None:
        return Cell(badge=Badge("not here"))
    try:
        digest = relative.source.load(example=relative.example)[0].digest
    except (FairportError, OSError):
        return Cell(badge=Badge("cannot be read", "warn"))
    if digest == entry.digest:
        return Cell(badge=Badge("as it went in", "good"))
    return Cell(badge=Badge("changed since", "warn"), small=f"now version {plain(relative.version)}")


def _weight_cells(record: Result, found: Contributions, index: int) -> list[Cell]:
    unit = unit_text(record.axes[0].unit)
    finite = np.where(np.isfinite(found.alone), found.alone, np.inf)
    wins = (np.argmin(finite, axis=0) == index) & np.isfinite(found.alone[index])
    words = _ranges(found, wins, unit) if np.any(wins) else "nowhere"
    shares = found.shares[index]
    known = shares[np.isfinite(shares)]
    weight = f"{_percent(float(np.mean(known)))}" if known.size else "–"
    return [Cell(words), Cell(weight)]


def _ranges(found: Contributions, wins: Any, unit: str) -> str:
    """Return in which stretches of masses something holds."""
    parts: list[tuple[float, float]] = []
    for position, here in enumerate(wins.tolist()):
        if not here:
            continue
        mass = float(found.masses[position])
        if position and wins[position - 1]:
            parts[-1] = (parts[-1][0], mass)
        else:
            parts.append((mass, mass))
    words = [
        quantity_text(low, unit) if low == high else f"{number_text(low)} to {quantity_text(high, unit)}"
        for low, high in parts[:3]
    ]
    return ", ".join(words) + (" and elsewhere" if len(parts) > 3 else "")


def _percent(share: float) -> str:
    text = f"{100 * share:.0f}".replace("-", "−")
    return f"{'0' if text == '−0' else text}\N{NO-BREAK SPACE}%"


def _gives(entry: Derivation, record: Result) -> str:
    """Return what an entry of ``derived_from`` says of its member; what is malformed says nothing."""
    parameters = entry.parameters
    if entry.transform == "envelope":
        unit = unit_text(record.axes[0].unit) if record.axes else ""
        ranges = parameters.get("strongest")
        pairs = [pair for pair in ranges if _pair(pair)] if isinstance(ranges, list) else []
        words = [f"{number_text(pair[0])} to {quantity_text(pair[1], unit)}" for pair in pairs[:3]]
        return f"strongest from {', '.join(words)}" if words else "nowhere the strongest"
    alone = parameters.get("alone")
    if isinstance(alone, dict) and _pair([alone.get("low"), alone.get("high")]):
        unit = unit_text(record.values[0].unit) if record.values else ""
        return f"alone {number_text(alone['low'])} to {quantity_text(alone['high'], unit)}"
    return "–"


def _pair(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(x, (int, float)) and not isinstance(x, bool) and math.isfinite(x) for x in value)
    )


def _leading(found: Contributions) -> list[int]:
    """Return the members with most weight, at most :data:`MAX_COLUMNS`, in the order of the record."""
    with np.errstate(invalid="ignore"):
        shares = np.nan_to_num(found.shares, nan=0.0)
    order = np.argsort(-np.mean(shares, axis=1), kind="stable")[:MAX_COLUMNS]
    return sorted(int(index) for index in order)


def _masses(
    loaded: LoadedResult, found: Contributions, names: Sequence[str], shown: Sequence[int]
) -> TableView:
    x_unit, y_unit = (unit_text(axis.unit) for axis in loaded.record.axes)
    heads = [
        Column(f"{loaded.plane.axes[0].labels.unicode} [{x_unit}]", number=True),
        Column("Together", number=True),
        Column("Gain", number=True),
        *(Column(f"{index + 1}: {names[index].rsplit('/', 1)[-1]}", number=True) for index in shown),
    ]
    count = found.masses.size
    at = sorted({round(position) for position in np.linspace(0, count - 1, min(count, MAX_MASSES)).tolist()})
    shares, gain = found.shares, found.gain
    rows = []
    for m in at:
        cells = [
            Cell(html=number(float(found.masses[m]))),
            Cell(html=number(_finite(found.joint[m]))),
            Cell("–" if not np.isfinite(gain[m]) else f"{gain[m]:.2f}"),
        ]
        for k in shown:
            share = _percent(float(shares[k, m])) if np.isfinite(shares[k, m]) else "–"
            cells.append(
                Cell(html=Markup("{} <small>{}</small>").format(number(_finite(found.alone[k, m])), share))
            )
        rows.append(Row(tuple(cells)))
    return TableView(tuple(heads), tuple(rows), f"Limits in {y_unit}" if y_unit else "Limits")


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _reading(record: Result, found: Contributions, left: int) -> str:
    role = record.statistics.role if record.statistics else "observed"
    what = (
        "its share of the expected sensitivity: of the rise of −2 ln L up to the expected limit"
        if role == "expected"
        else "its share of the rise of −2 ln L up to the combined limit, in the data; the record holds no "
        "expected likelihoods, so that shares of the expected sensitivity cannot be told"
    )
    negative = (
        " A negative share means that the data of the member prefer a signal there, which weakens the limit."
        if np.any(found.added < 0)
        else ""
    )
    more = f" The {left} members with least weight are in the file." if left > 0 else ""
    return (
        "Gain is the strongest limit of a member alone over the combined one: above 1, putting them together "
        f"helped. Below each member stand its limit alone and {what}.{negative}{more}"
    )


def _figure(
    model: SiteModel, result: ShownResult, found: Contributions, names: Sequence[str], shown: Sequence[int]
) -> Drawing | None:
    loaded = result.loaded
    singles = [_single(loaded, found, names[k], k) for k in shown if np.any(np.isfinite(found.alone[k]))]
    curves = [_titled(loaded, "Together"), *singles]
    return draw_loaded(model, result, curves, prefix="members", width=COLUMN_WIDTH)


def _titled(loaded: LoadedResult, label: str) -> LoadedResult:
    columns = {axis.column: loaded.columns[axis.column] for axis in loaded.record.axes}
    data = {key: value for key, value in loaded.data.items() if key not in {"expectation", "bands"}}
    return make_result(data, columns, loaded.plane, analysis="members", experiment=label)


def _single(loaded: LoadedResult, found: Contributions, name: str, index: int) -> LoadedResult:
    """Return the limit of a member alone as a result in memory."""
    x, y = (axis.column for axis in loaded.record.axes)
    data = {key: value for key, value in loaded.data.items() if key not in {"expectation", "bands"}}
    data |= {"id": f"member-{index + 1}", "title": f"{name} alone"}
    return make_result(
        data,
        {x: found.masses, y: found.alone[index]},
        loaded.plane,
        analysis="members",
        experiment=f"{index + 1}: {name.rsplit('/', 1)[-1]}",
    )


__all__ = ["CombinationView", "combination_view"]
