"""Every format, written from one dossier that is as hostile as a record may be."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from fairport.catalog.jsonld import dataset_ld
from fairport.catalog.machines.crates import catalogue_crate, record_crate
from fairport.catalog.machines.dcat import catalogue_page, dataset_node, page_path
from fairport.catalog.machines.dossier import (
    Activity,
    Agent,
    Dossier,
    FileEntry,
    Part,
    Site,
    Used,
    Variable,
)
from fairport.catalog.machines.dossiers import safe_link
from fairport.catalog.machines.signposting import MAX_HEAD_ITEMS, head_links, linkset, linkset_text, signposts
from fairport.catalog.machines.sitemaps import sitemaps
from fairport.catalog.machines.voresource import ivoid, voresource
from fairport.catalog.machines.xmltext import xml_text

VR = "{http://www.ivoa.net/xml/RegistryInterface/v1.0}Resource"
EVIL = '</title>"]]><script>alert(1)</script>&amp;\x0b\ufffe'

SITE = Site(
    "Catalogue",
    "A catalogue that exists in order to be read by programs.",
    "https://example.org/dm/",
    "CC-BY-4.0",
    Agent("Group", "https://ror.org/01ggx4157", organisation=True),
    "dm@example.org",
)
BARE = replace(SITE, url=None)
TABLE = FileEntry("si.csv", "text/csv", 49, "ab" * 32, "Numbers")
BIB = FileEntry("cite.bib", "application/x-bibtex", 12, "cd" * 32, "What to cite", "about")
FIGURE = FileEntry("figure.svg", "image/svg+xml", 9, "ef" * 32, "Figure", "figure")

DOSSIER = Dossier(
    id="lz/si",
    folder="r/lz/si/",
    title=EVIL,
    description=EVIL + " " + "x" * 60,
    version="1",
    status="published",
    doi=None,
    published="2026-11-22T14:00:00Z",
    creators=(
        Agent("Ada Doe", "https://orcid.org/0000-0002-1825-0097"),
        Agent(EVIL),
        Agent("Toy", None, organisation=True),
    ),
    keywords=("dark matter", EVIL),
    licence="CC-BY-4.0",
    licence_url="https://spdx.org/licenses/CC-BY-4.0.html",
    access="open access",
    files=(TABLE, BIB, FIGURE),
    variables=(Variable("mχ", "dark matter mass", "GeV"), Variable("g", "coupling", "")),
    technique="CLs",
    sources=("https://arxiv.org/abs/1802.07198",),
    citations=("https://doi.org/10.1103/PhysRevD.98.102006",),
    part_of=Part("lz", EVIL, "a/lz/"),
    activity=Activity("run-1", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", Agent("Ada Doe")),
    inputs=(Used("scope:file", "12" * 32),),
    experiment="LZ",
    instrument="TPC & co",
)


def entities(text: str) -> dict[str, dict[str, object]]:
    """Return the entities of a crate by their identifier."""
    graph = json.loads(text)["@graph"]
    assert len({entity["@id"] for entity in graph}) == len(graph)
    return {entity["@id"]: entity for entity in graph}


def test_json_ld_says_everything_that_harvesters_score() -> None:
    data = dataset_ld(DOSSIER, SITE)
    wanted = {
        "name", "description", "@id", "identifier", "url", "creator", "publisher", "datePublished",
        "keywords", "license", "conditionsOfAccess", "distribution", "variableMeasured", "isBasedOn",
        "prov:wasDerivedFrom", "prov:wasGeneratedBy", "citation", "isPartOf", "includedInDataCatalog",
    }  # fmt: skip
    assert wanted <= data.keys()
    assert data["identifier"] == ["https://example.org/dm/r/lz/si/"]
    assert data["conditionsOfAccess"] == "http://purl.org/coar/access_right/c_abf2"
    [download] = data["distribution"]
    assert download["contentUrl"] == "https://example.org/dm/r/lz/si/si.csv"
    assert (download["contentSize"], download["encodingFormat"]) == ("49 B", "text/csv")
    assert data["prov:wasGeneratedBy"]["prov:used"][0]["identifier"] == "sha256:" + "12" * 32


def test_without_an_address_files_are_relative_and_nothing_claims_to_be_absolute() -> None:
    data = dataset_ld(DOSSIER, BARE)
    assert data["distribution"][0]["contentUrl"] == "si.csv"
    assert data["identifier"] == "lz/si"
    assert "@id" not in data
    assert "url" not in data
    links = head_links(DOSSIER, BARE)
    assert {link.rel for link in links} == {"type", "license", "author", "describedby", "item"}
    assert [link.href for link in links if link.rel == "item"] == ["si.csv"]
    assert "isPartOf" not in entities(record_crate(DOSSIER, BARE))["./"]
    for writer in (voresource, dataset_node, linkset):
        with pytest.raises(ValueError, match="no published address"):
            writer(DOSSIER, BARE)


def test_cite_as_is_the_own_doi_and_never_that_of_the_paper() -> None:
    def cited(dossier: Dossier) -> list[str]:
        return [link.href for link in signposts(dossier, SITE) if link.rel == "cite-as"]

    assert cited(DOSSIER) == ["https://example.org/dm/r/lz/si/"]
    assert cited(replace(DOSSIER, doi="https://doi.org/10.5281/zenodo.1")) == [
        "https://doi.org/10.5281/zenodo.1"
    ]


def test_link_sets_agree_with_the_head_and_hold_each_inverse() -> None:
    contexts = {context["anchor"]: context for context in linkset(DOSSIER, SITE)["linkset"]}
    page = contexts["https://example.org/dm/r/lz/si/"]
    for link in head_links(DOSSIER, SITE):
        if link.rel != "linkset":
            assert link.href in [target["href"] for target in page[link.rel]]
    for item in page["item"]:
        assert [target["href"] for target in contexts[item["href"]]["collection"]] == [
            "https://example.org/dm/r/lz/si/"
        ]
    for description in page["describedby"]:
        assert contexts[description["href"]]["describes"][0]["href"] == "https://example.org/dm/r/lz/si/"
    assert page["collection"][0]["href"] == "https://example.org/dm/a/lz/"


def test_the_head_stays_short_and_the_link_set_whole() -> None:
    parts = tuple(Part(f"lz/{n}", "One", f"r/lz/{n}/", "2026-11-22") for n in range(500))
    whole = replace(DOSSIER, parts=parts, part_of=None)
    heads = [link for link in head_links(whole, SITE) if link.rel == "item"]
    assert len(heads) == MAX_HEAD_ITEMS
    assert len(linkset(whole, SITE)["linkset"][0]["item"]) == 501
    assert len(dataset_ld(whole, SITE)["hasPart"]) == 100


def test_an_address_cannot_end_a_link_of_a_link_set() -> None:
    assert safe_link('https://example.org/a>;rel="evil"') == "https://example.org/a%3E;rel=%22evil%22"
    assert safe_link("javascript:alert(1)") is None
    hostile = replace(DOSSIER, creators=(Agent("x", 'https://example.org/>; rel="cite-as'),))
    text = linkset_text(hostile, SITE)
    assert text.count('rel="cite-as"') == 1
    assert 'example.org/%3E; rel=%22cite-as>; rel="author"' in text


def test_a_voresource_record_is_well_formed_and_in_the_order_of_the_standard() -> None:
    root = ElementTree.fromstring(voresource(DOSSIER, SITE))
    assert root.tag == VR
    assert [child.tag for child in root] == [
        "title", "shortName", "identifier", "curation", "content", "rights", "capability", "instrument",
    ]  # fmt: skip
    assert root.findtext("title") == EVIL.replace("\x0b", "\ufffd").replace("\ufffe", "\ufffd")
    assert root.findtext("identifier") == "ivo://example.org/dm/r/lz/si"
    assert root.findtext("content/source") == "10.1103/PhysRevD.98.102006"
    assert [child.tag for child in root.find("curation")] == [  # type: ignore[union-attr]
        "publisher", "creator", "creator", "creator", "date", "version", "contact",
    ]  # fmt: skip
    assert root.get("status") == "active"
    gone = ElementTree.fromstring(voresource(replace(DOSSIER, status="withdrawn"), SITE))
    assert gone.get("status") == "deleted"


def test_ivoids_only_hold_signs_of_the_standard() -> None:
    assert ivoid(SITE, "r/ä b/si/") == "ivo://example.org/dm/r/__b/si"
    assert xml_text("\ud800<") == "\ufffd&lt;"


def test_a_crate_links_files_people_and_licences() -> None:
    found = entities(record_crate(DOSSIER, SITE))
    root = found["./"]
    assert found["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert root["datePublished"] == "2026-11-22"
    assert root["license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0.html"}
    assert {part["@id"] for part in root["hasPart"]} == {"si.csv", "cite.bib", "figure.svg"}  # type: ignore[union-attr]
    assert found["si.csv"]["contentSize"] == "49"
    assert len(root["author"]) == 3  # type: ignore[arg-type]
    for value in root.values():
        for reference in value if isinstance(value, list) else [value]:
            if isinstance(reference, dict):
                assert reference["@id"] in found


def test_a_licence_that_is_no_single_one_is_described_in_the_crate() -> None:
    text = record_crate(replace(DOSSIER, licence="MIT OR CC0-1.0", licence_url=None), SITE)
    assert entities(text)["#licence-MIT-OR-CC0-1.0"]["name"] == "MIT OR CC0-1.0"


def test_the_crate_of_the_catalogue_refers_to_those_of_its_records() -> None:
    parts = [Part("lz", "LZ", "a/lz/", "2026-11-22"), Part("lz/si", EVIL, "r/lz/si/", "2026-11-22")]
    found = entities(catalogue_crate(SITE, "2026-11-22", [TABLE], parts))
    assert [part["@id"] for part in found["./"]["hasPart"]] == ["si.csv", "a/lz/", "r/lz/si/"]  # type: ignore[union-attr]
    assert found["r/lz/si/"]["subjectOf"] == {"@id": "r/lz/si/ro-crate-metadata.json"}


def test_dcat_pages_are_linked_and_hold_their_own_data_sets() -> None:
    node = dataset_node(DOSSIER, SITE)
    first = json.loads(catalogue_page(SITE, "2026-11-22T14:00:00Z", 1, 3, [node], ["https://example.org/1"]))
    catalogue, view, dataset = first["@graph"]
    assert catalogue["dcat:dataset"] == [{"@id": "https://example.org/1"}]
    assert view["hydra:next"] == {"@id": "https://example.org/dm/dcat/2.jsonld"}
    assert "hydra:previous" not in view
    assert dataset["dct:accessRights"]["@id"] == "http://purl.org/coar/access_right/c_abf2"
    last = json.loads(catalogue_page(SITE, "2026-11-22T14:00:00Z", 3, 3, [], []))["@graph"]
    assert last[1]["hydra:previous"] == {"@id": "https://example.org/dm/dcat/2.jsonld"}
    assert len(json.loads(catalogue_page(SITE, "2026-11-22T14:00:00Z", 1, 1, [], []))["@graph"]) == 1
    assert page_path(1) == "dcat.jsonld"


def test_site_maps_come_in_parts_that_the_protocol_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairport.catalog.machines.sitemaps.PART", 2)
    pages = ["index.html", *(f"r/lz/{n}/index.html" for n in range(5)), "a/lz/index.html"]
    days = {"r/lz/4/index.html": "2026-11-23"}
    files = dict(sitemaps(SITE, pages, days, "2026-11-20", ["docs/sitemap.xml"]))
    index = ElementTree.fromstring(files.pop("sitemap.xml"))
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert [node.findtext(f"{space}loc") for node in index] == [
        f"https://example.org/dm/{name}" for name in (*files, "docs/sitemap.xml")
    ]
    assert list(files) == [
        "sitemap-analyses-1.xml", "sitemap-pages-1.xml", "sitemap-results-1.xml", "sitemap-results-2.xml",
        "sitemap-results-3.xml",
    ]  # fmt: skip
    listed = [node for text in files.values() for node in ElementTree.fromstring(text)]
    assert {node.findtext(f"{space}loc") for node in listed} == {SITE.address(page) for page in pages}
    assert all(node.findtext(f"{space}lastmod") for node in listed)
