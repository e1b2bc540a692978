"""Small catalogues, published at an address of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairport.catalog.site.build import build

HOSTILE = {
    "title": 'x"></script><script>alert(1)</script>',
    "description": "]]> <b>&amp; \u202e javascript:alert(1) " + "y" * 60,
    "keywords": ["<i>", '"\\'],
    "experiment": {"name": "Evil <&> ../..", "collaboration": "Toy"},
    "authors": [
        {"given_names": "<b>", "family_names": "O'Doe\"", "orcid": "https://orcid.org/0000-0002-1825-0097"}
    ],
}


@pytest.fixture
def publish(catalogue, make_repository, register, run_harvest):
    """Return ``publish(url)``, which builds a catalogue of three analyses and returns its folder."""

    def make(url: str | None) -> Path:
        if url:
            config = catalogue / "catalog.yaml"
            config.write_text(config.read_text() + f"url: {url}\n")
        doi = {"identifiers": {"doi": "https://doi.org/10.5281/zenodo.1234567"}}
        register(make_repository("toy", analysis=doi, results={"si": {}, "nc": {"licence": "CC-BY-NC-4.0"}}))
        register(make_repository("evil", analysis=HOSTILE, results={"si": {"title": HOSTILE["title"]}}))
        held = {"access": {"level": "embargoed access", "embargo_until": "2999-01-01"}}
        register(make_repository("held", analysis=held))
        run_harvest()
        return build(catalogue, docs=False, jobs=1).root

    return make
