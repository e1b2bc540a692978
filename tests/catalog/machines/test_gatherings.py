"""Pages of several results and of earlier contents say to machines what pages of records say."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.catalog.conftest import NOW, write_result

from fairport.catalog.registry import load_catalogue
from fairport.catalog.site.build import build
from fairport.catalog.site.release import freeze_release

URL = "https://example.org/dm/"
PAGES = {
    "home": "",
    "plane": "p/dd.si/",
    "experiment": "x/toy-1/",
    "release": "v/1.0/",
    "released": "v/1.0/r/toy/si/",
    "version": "r/toy/si/v/1/",
}
LINK = re.compile(r'<link rel="([a-z-]+)" href="([^"]+)"')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a release, an earlier version, and a result that may not be handed on."""
    from tests.catalog.conftest import ANALYSIS

    from fairport.catalog.harvest.harvesting import harvest
    from fairport.catalog.registry import add_entry, init_catalogue
    from fairport.catalog.state import CheckSummary
    from fairport.contract.saving import dump_yaml

    root = tmp_path_factory.mktemp("gatherings")
    catalogue = init_catalogue(root / "catalogue", title="Limits <b>", show=("collaboration",))
    config = catalogue / "catalog.yaml"
    config.write_text(config.read_text() + f"url: {URL}\n")
    folder = root / "toy"
    folder.mkdir()
    (folder / "fairport.yaml").write_text(dump_yaml({**ANALYSIS, "id": "toy"}), encoding="utf-8")
    results = {"si": "CC-BY-4.0", "free": "CC0-1.0", "closed": "LicenseRef-none"}
    for name, licence in results.items():
        write_result(folder / "results" / name, {"id": name, "licence": licence})
    add_entry(catalogue, str(folder))

    def run(days: int) -> Path:
        harvest(catalogue, now=NOW + timedelta(days=days), checker=lambda *_: (CheckSummary("draft"), None))
        return build(catalogue, today=date(2026, 11, 22), docs=False, jobs=1).root

    built = run(0)
    freeze_release(load_catalogue(catalogue), built, "1.0", now=datetime(2026, 11, 22, tzinfo=UTC))
    points = {"mass": [10.0, 100.0, 1000.0], "sigma": [1e-44, 2.02e-45, 1.5e-44]}
    write_result(folder / "results/si", {"id": "si", "version": "2"}, points)
    return run(1)


def described(site: Path, page: str) -> tuple[dict[str, Any], set[tuple[str, str]]]:
    """Return the JSON-LD and the typed links of a page."""
    import extruct

    text = (site / page / "index.html").read_text()
    [data] = extruct.extract(text, base_url=URL + page, syntaxes=["json-ld"])["json-ld"]
    return data, set(LINK.findall(text))


def size_of(site: Path, address: str) -> int:
    return (site / address.removeprefix(URL)).stat().st_size


@pytest.mark.parametrize("kind", PAGES)
def test_the_page_names_its_files_as_they_are(site: Path, kind: str) -> None:
    data, links = described(site, PAGES[kind])
    assert "Dataset" in data["@type"]
    assert data["@id"] == URL + PAGES[kind]
    assert {"description", "license", "creator", "publisher", "keywords", "conditionsOfAccess"} <= data.keys()
    assert data["distribution"]
    for file in data["distribution"]:
        assert size_of(site, file["contentUrl"]) == int(file["contentSize"].removesuffix(" B"))
        assert file["license"].startswith("https://spdx.org/licenses/CC")
    assert ("cite-as", URL + PAGES[kind]) in links
    items = {href for rel, href in links if rel == "item"}
    assert {file["contentUrl"] for file in data["distribution"]} <= items
    for rel, href in links:
        if rel in {"item", "describedby", "linkset"}:
            target = site / href.removeprefix(URL)
            assert target.is_file() or (target / "index.html").is_file(), href


@pytest.mark.parametrize("kind", PAGES)
def test_its_crate_holds_what_it_lists(site: Path, kind: str) -> None:
    folder = site / PAGES[kind]
    crate = json.loads((folder / "ro-crate-metadata.json").read_text())
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    terms = {key for entity in crate["@graph"] for key in entity}
    assert "sha256" not in terms or "sha256" in crate["@context"][1]
    files = [entity for entity in crate["@graph"] if entity["@type"] == "File"]
    assert files or entities["./"]["hasPart"]
    for file in files:
        assert (folder / file["@id"]).is_file()
        assert file["license"]["@id"] in entities
        if "contentSize" in file:
            assert (folder / file["@id"]).stat().st_size == int(file["contentSize"])
    assert entities["./"]["author"]["@id"] in entities


@pytest.mark.parametrize("kind", [kind for kind in PAGES if kind != "released"])
def test_link_sets_say_the_same(site: Path, kind: str) -> None:
    _, links = described(site, PAGES[kind])
    text = json.loads((site / PAGES[kind] / "linkset.json").read_text())
    page = next(item for item in text["linkset"] if item["anchor"] == URL + PAGES[kind])
    told = {(rel, target["href"]) for rel, targets in page.items() if rel != "anchor" for target in targets}
    kept = {"cite-as", "type", "license", "author", "describedby", "item"}
    assert {pair for pair in links if pair[0] in kept} <= told


def test_what_is_made_from_several_follows_the_strictest_licence(site: Path) -> None:
    data, _ = described(site, "p/dd.si/")
    assert {file["license"] for file in data["distribution"]} == {"https://spdx.org/licenses/CC-BY-4.0.html"}
    assert {figure["license"] for figure in data["image"]} == {"LicenseRef-none"}
    rows = (site / "p/dd.si/dd.si.csv").read_text().splitlines()
    assert {row.rsplit(",", 1)[1] for row in rows} == {"licence", "CC-BY-4.0", "CC0-1.0"}


def test_figures_say_their_licence_in_themselves(site: Path) -> None:
    from PIL import Image

    assert "<dc:rights>CC0-1.0</dc:rights>" in (site / "r/toy/free/figure.svg").read_text()
    assert "LicenseRef-none" in (site / "p/dd.si/dd.si.svg").read_text()
    with Image.open(site / "p/dd.si/dd.si.png") as picture:
        assert picture.info["Copyright"].startswith("LicenseRef-none")
    assert b"/Subject" in (site / "p/dd.si/dd.si.pdf").read_bytes()


def test_a_result_that_may_not_be_handed_on_offers_nothing_in_a_release_either(site: Path) -> None:
    data, links = described(site, "v/1.0/r/toy/closed/")
    assert "distribution" not in data
    assert data["conditionsOfAccess"] == "http://purl.org/coar/access_right/c_14cb"
    assert not [href for rel, href in links if rel in {"item", "linkset"}]
