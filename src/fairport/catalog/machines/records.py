"""The files for machines beside a page, and what its head says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fairport.catalog.jsonld import dataset_ld
from fairport.catalog.machines.crates import record_crate
from fairport.catalog.machines.dcat import dataset_node
from fairport.catalog.machines.dossier import (
    CRATE_FILE,
    LINKSET_JSON,
    LINKSET_TEXT,
    VORESOURCE_FILE,
    Dossier,
)
from fairport.catalog.machines.dossiers import analysis_dossier, result_dossier, site_of
from fairport.catalog.machines.signposting import head_links, linkset_json, linkset_text
from fairport.catalog.machines.voresource import voresource
from fairport.catalog.model import ShownAnalysis, ShownResult
from fairport.catalog.pages.frame import Frame, as_json_ld

_MEDIA_TYPES: Final = {"cite.bib": "application/x-bibtex", "figure.svg": "image/svg+xml"}


def describe_result(
    frame: Frame, analysis: ShownAnalysis, result: ShownResult, words: str, kinds: Mapping[str, str]
) -> dict[str, Any]:
    """Make the files for machines of a result; returns what the head of its page says of it.

    Args:
        frame: the build; what lies beside the page is there already.
        analysis: the analysis that the result belongs to.
        result: the result.
        words: what it says, in sentences.
        kinds: media type of each download, by name.
    """
    files = _beside(frame, result.url.removesuffix("index.html"), kinds)
    return _describe(frame, result.url, result_dossier(analysis, result, words, files, frame.model.time))


def describe_analysis(frame: Frame, analysis: ShownAnalysis) -> dict[str, Any]:
    """Make the files for machines of an analysis; returns what the head of its page says of it."""
    files = _beside(frame, analysis.url.removesuffix("index.html"), {})
    return _describe(frame, analysis.url, analysis_dossier(analysis, files, frame.model.time))


def _beside(frame: Frame, folder: str, kinds: Mapping[str, str]) -> dict[str, tuple[str, bytes | str]]:
    types = {**kinds, **_MEDIA_TYPES}
    return {
        name: (kind, frame.files[folder + name])
        for name, kind in types.items()
        if folder + name in frame.files
    }


def _describe(frame: Frame, url: str, dossier: Dossier) -> dict[str, Any]:
    site, folder = site_of(frame.model.config), dossier.folder
    frame.files[folder + CRATE_FILE] = record_crate(dossier, site)
    if site.url:
        frame.files[folder + VORESOURCE_FILE] = voresource(dossier, site)
        frame.files[folder + LINKSET_JSON] = linkset_json(dossier, site)
        frame.files[folder + LINKSET_TEXT] = linkset_text(dossier, site)
        frame.descriptions[url] = dataset_node(dossier, site)
    return {"jsonld": as_json_ld(dataset_ld(dossier, site)), "signposts": head_links(dossier, site)}
