"""Results of other planes inside a benchmark, for the interactive plane page: one script for each benchmark.

The page loads such a script when somebody chooses the benchmark; see ``site/frontend/src/types.ts``.
"""

from __future__ import annotations

from typing import Any

from fairport.catalog.browser.benchmarks import Chapter, Translated, chapters_of
from fairport.catalog.browser.exactdata import exact_result
from fairport.catalog.browser.planedata import curve_data, facts_of, script
from fairport.catalog.model import ShownPlane, SiteModel
from fairport.catalog.prose import plain
from fairport.results.figure.items import Item
from fairport.results.figure.scene import build_scene
from fairport.results.style import clip


def benchmark_files(model: SiteModel, shown: ShownPlane) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return what a plane page says of its benchmarks, and the script of each by file name."""
    entries, files = [], {}
    for chapter in chapters_of(model, shown):
        data = _chapter(model, shown, chapter)
        if not data["curves"]:
            continue
        name = f"model-{chapter.benchmark.name.lower()}.js"
        entries.append(
            {
                "id": chapter.benchmark.name,
                "title": chapter.benchmark.title,
                "file": name,
                "count": len(data["curves"]),
                **({} if chapter.natives is None else {"natives": list(chapter.natives)}),
            }
        )
        files[name] = script("translated", data)
    return entries, files


def _chapter(model: SiteModel, shown: ShownPlane, chapter: Chapter) -> dict[str, Any]:
    curves, exact = [], {}
    for result in chapter.results:
        item = _item(model, shown, result)
        if item is None:
            continue
        curves.append(_curve(shown, chapter, result, item))
        exact[result.id] = exact_result(shown.plane, result)
    return {"id": chapter.benchmark.name, "curves": curves, "exact": exact}


def _item(model: SiteModel, shown: ShownPlane, result: Translated) -> Item | None:
    try:
        scene = build_scene(shown.plane, [result.loaded], colours=model.colours, details=True)
    except Exception:  # noqa: BLE001 - as everywhere on this page: one odd record must not cost the others
        return None
    return scene.items[0] if scene.items else None


def _curve(shown: ShownPlane, chapter: Chapter, result: Translated, item: Item) -> dict[str, Any]:
    source = result.source
    label = f"{clip(plain(source.card.label), 60)} ({chapter.benchmark.name})"
    data = curve_data(shown.plane, result, item, ())
    notes = [clip(plain(note), 300) for note in result.notes]
    return data | {
        "label": label,
        "tip": f"{label}: {'; '.join(notes)}",
        "line": "translated",
        "marker": None,
        "from": source.card.plane,
        "base": source.kind,
        "shown": source.shown,
        "notes": notes,
        "says": facts_of(result.loaded, shown.plane),
    }
