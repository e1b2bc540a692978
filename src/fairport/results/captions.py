"""The lines below a figure: level, halo and couplings that its curves share, and which curves differ.

Only what stands in the records is printed. A result that differs from most others in a field that the
plane wants to agree, or does not state it, is marked with an asterisk; nothing is rescaled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fairport.contract.constants import NOT_STATED
from fairport.contract.documents import Plane
from fairport.physics.notation import number_text, quantity_text, unit_text
from fairport.results.fields import comparable, field_value
from fairport.results.loaded import LoadedResult
from fairport.results.style import clip

_FIELD_NAMES: Final[Mapping[str, str]] = {
    "statistics.cl": "confidence level",
    "statistics.threshold": "threshold",
    "statistics.role": "role",
    "statistics.sided": "one- or two-sided",
    "statistics.method": "statistical method",
    "model.dm.local_fraction": "dark-matter fraction",
    "model.dm.self_conjugate": "self-conjugate",
    "model.dm.spin": "spin",
    "model.target": "target nucleus",
    "model.migdal": "Migdal effect",
    "model.mediator.type": "mediator",
    "model.mediator.width": "mediator width",
    "model.couplings.gq": "g_q",
    "model.couplings.gl": "g_l",
    "model.couplings.gdm": "g_χ",
    "astro.halo.set": "halo model",
    "astro.jfactor": "J factor",
    "astro.halo.rho0": "ρ₀",
    "astro.halo.v0": "v₀",
    "astro.halo.vesc": "v_esc",
}


def field_name(path: str) -> str:
    """Return the short name of a dotted field for people; by default the last part of its path."""
    return _FIELD_NAMES.get(path, path.rpartition(".")[2].replace("_", " "))


SILENT: Final = frozenset({"model.channel", "model.dm.local_fraction", "statistics.role"})
"""Fields that are told only where they differ."""


@dataclass(frozen=True, slots=True)
class Caption:
    """Lines below a figure.

    Attributes:
        lines: plain text with Unicode symbols; ``v_esc`` is to be set as a subscript.
        marked: indices of the results that carry an asterisk.
    """

    lines: tuple[str, ...]
    marked: frozenset[int]


def caption(plane: Plane, results: Sequence[LoadedResult], labels: Sequence[str]) -> Caption:
    """Compose the caption of a figure.

    Args:
        plane: says which fields must agree.
        results: what is drawn.
        labels: short text for each result.
    """
    relevant = [i for i, result in enumerate(results) if result.record.kind != "line"]
    shared: list[str] = []
    differing: dict[int, list[str]] = {}
    for path in plane.agree:
        values = {i: field_value(results[i].record, path) for i in relevant}
        stated = {i: value for i, value in values.items() if value is not None and value != NOT_STATED}
        common = _most_common(list(stated.values()))
        if common is not None and (path not in SILENT or _mixed(stated)):
            shared.append(field_text(path, common))
        for i, value in values.items():
            text = _difference(path, value, common, differs=i in stated)
            if text is not None:
                differing.setdefault(i, []).append(text)
    lines = [" · ".join(shared) + (" unless marked *" if differing and shared else "")] if shared else []
    lines += _differences(differing, labels)
    lines += _benchmarks(plane, {i: results[i] for i in relevant}, labels)
    return Caption(tuple(lines), frozenset(differing))


def field_text(path: str, value: Any) -> str:
    """Return a field with its value for people: ``90 % CL``, ``ρ₀ = 0.3 GeV cm⁻³``, ``vector mediator``."""
    if path == "statistics.cl" and isinstance(value, (int, float)):
        return f"{number_text(100 * float(value))}\N{NO-BREAK SPACE}% CL"
    if path == "model.mediator.type":
        return f"{value} mediator"
    if path == "model.dm.self_conjugate" and isinstance(value, bool):
        return "self-conjugate (Majorana or real)" if value else "not self-conjugate (Dirac or complex)"
    name = field_name(path)
    return f"{name} = {value_text(value)}" if not isinstance(value, str) else f"{name}: {clip(value, 40)}"


def value_text(value: Any) -> str:
    """Return a value for people; a quantity with its unit."""
    if hasattr(value, "unit") and hasattr(value, "value"):
        unit = unit_text(str(value.unit)).replace(" ", "\N{NO-BREAK SPACE}")
        return quantity_text(float(value.value), unit)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number_text(float(value))
    return clip(str(value), 40)


_MODEL: Final = (
    "model.mediator.type",
    "model.couplings.gq",
    "model.couplings.gdm",
    "model.couplings.gl",
)


def _benchmarks(plane: Plane, results: Mapping[int, LoadedResult], labels: Sequence[str]) -> list[str]:
    """Name the model of each result that holds inside one only, in planes that do not ask for a model."""
    if _MODEL[0] in plane.agree:
        return []
    by_model: dict[str, list[str]] = {}
    for index, result in results.items():
        values = {path: field_value(result.record, path) for path in _MODEL}
        if values["model.couplings.gq"] is None:
            continue
        texts = [field_text(path, value) for path, value in values.items() if value not in {None, NOT_STATED}]
        by_model.setdefault(", ".join(texts), []).append(labels[index])
    return [f"Inside one model: {', '.join(names[:3])}: {text}" for text, names in list(by_model.items())[:4]]


def _most_common(values: Sequence[Any]) -> Any:
    if len(values) < 2:
        return values[0] if values else None
    keys = [repr(comparable(value)) for value in values]
    best, _ = Counter(keys).most_common(1)[0]
    return values[keys.index(best)]


def _mixed(values: Mapping[int, Any]) -> bool:
    return len(values) > 1 and len({repr(comparable(value)) for value in values.values()}) > 1


def _difference(path: str, value: Any, common: Any, *, differs: bool) -> str | None:
    if value is None:
        return None
    if not differs:
        return f"{field_name(path)} not stated"
    same = value is common or repr(comparable(value)) == repr(comparable(common))
    return None if same else field_text(path, value)


def _differences(differing: Mapping[int, Sequence[str]], labels: Sequence[str]) -> list[str]:
    """One entry a distinct difference, naming the results that share it; many results are counted instead
    of named.
    """
    by_text: dict[str, list[int]] = {}
    for index, texts in sorted(differing.items()):
        by_text.setdefault(", ".join(_merged(texts)), []).append(index)
    entries = []
    for text, indices in by_text.items():
        names = ", ".join(labels[i] for i in indices) if len(indices) <= 3 else f"{len(indices)} results"
        entries.append(f"{names}: {text}")
    if not entries:
        return []
    shown = entries[:4] + ([f"and {len(entries) - 4} other differences"] if len(entries) > 4 else [])
    return ["* " + "; ".join(shown)]


def _merged(texts: Sequence[str]) -> list[str]:
    """Join "a not stated", "b not stated" into one phrase."""
    missing = [text.removesuffix(" not stated") for text in texts if text.endswith(" not stated")]
    rest = [text for text in texts if not text.endswith(" not stated")]
    return rest + ([f"{', '.join(missing)} not stated"] if missing else [])
