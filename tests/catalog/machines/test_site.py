"""A built catalogue as independent readers see it."""

from __future__ import annotations

import json
import sqlite3
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

from fairport.catalog.machines import parquet, whole
from fairport.catalog.machines.tables import TABLES
from fairport.catalog.site import index, overall
from fairport.catalog.site.build import build
from fairport.contract.schemas import Problem, validate

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<#catalog> sh:targetClass dcat:Catalog ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ], [ sh:path dct:description ; sh:minCount 1 ],
    [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ],
    [ sh:path dct:license ; sh:maxCount 1 ; sh:class dct:LicenseDocument ],
    [ sh:path dcat:dataset ; sh:minCount 1 ; sh:class dcat:Dataset ] .
<#dataset> sh:targetClass dcat:Dataset ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ], [ sh:path dct:description ; sh:minCount 1 ],
    [ sh:path dct:publisher ; sh:maxCount 1 ; sh:class foaf:Agent ],
    [ sh:path dct:license ; sh:minCount 1 ],
    [ sh:path dct:accessRights ; sh:minCount 1 ; sh:maxCount 1 ; sh:class dct:RightsStatement ],
    [ sh:path dcat:contactPoint ; sh:class vcard:Kind ],
    [ sh:path dct:issued ; sh:maxCount 1 ; sh:datatype xsd:date ],
    [ sh:path dcat:distribution ; sh:class dcat:Distribution ] .
<#distribution> sh:targetClass dcat:Distribution ;
  sh:property [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ],
    [ sh:path dct:license ; sh:maxCount 1 ; sh:class dct:LicenseDocument ],
    [ sh:path dcat:mediaType ; sh:maxCount 1 ; sh:class dct:MediaType ] .
<#agent> sh:targetClass foaf:Agent ; sh:property [ sh:path foaf:name ; sh:minCount 1 ] .
"""
"""What DCAT-AP makes mandatory, in our words."""


def test_the_same_harvest_gives_the_same_bytes(publish, catalogue) -> None:
    root = publish("https://example.org/dm")
    report = build(catalogue, docs=False, jobs=1, clean=True)
    assert (report.written, report.removed) == (0, 0)
    text = (root / "a/held/index.html").read_text()
    assert "c_f1cf" in text
    assert '"isAccessibleForFree":false' in text
    assert not (root / "a/held/linkset.json").read_text().count("text/csv")


def test_every_format_lists_the_same_data_sets(publish) -> None:
    root = publish("https://example.org/dm")
    listed = json.loads((root / "catalog.json").read_text())
    base = "https://example.org/dm/"
    pages = {base + item["url"].removesuffix("index.html") for item in listed["analyses"] + listed["results"]}
    assert len(pages) == 6

    import pyshacl
    import rdflib

    graph = rdflib.Graph().parse(root / "dcat.jsonld", format="json-ld")
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    assert {str(node) for node in graph.subjects(rdflib.RDF.type, dcat.Dataset)} == pages
    shapes = rdflib.Graph().parse(data=SHAPES, format="turtle")
    conforms, _, report = pyshacl.validate(graph, shacl_graph=shapes)
    assert conforms, report
    graph.remove((None, dcat.accessURL, None))
    assert not pyshacl.validate(graph, shacl_graph=shapes)[0]

    locations = [
        node.text
        for path in root.glob("sitemap-*.xml")
        for node in ElementTree.parse(path).iter()
        if node.text
    ]
    assert pages <= set(locations)
    records = {
        ElementTree.parse(path).findtext("content/referenceURL") for path in root.rglob("voresource.xml")
    }
    assert records == pages
    crate = json.loads((root / "ro-crate-metadata.json").read_text())
    named = {entity["@id"] for entity in crate["@graph"]}
    assert {page.removeprefix(base) for page in pages} <= named
    for entity in crate["@graph"]:
        if entity["@type"] == "File":
            assert (root / entity["@id"]).stat().st_size == int(entity["contentSize"])
    for folder in (page.removeprefix(base) for page in pages):
        for entity in json.loads((root / folder / "ro-crate-metadata.json").read_text())["@graph"]:
            if entity["@type"] == "File":
                assert (root / folder / entity["@id"]).stat().st_size == int(entity["contentSize"])


def test_the_tables_hold_what_the_index_says(publish, monkeypatch, catalogue) -> None:
    import pyarrow.parquet

    root = publish("https://example.org/dm")
    listed = json.loads((root / "catalog.json").read_text())
    with sqlite3.connect(root / "catalog.sqlite") as base:
        rows = base.execute("SELECT id, licence, access, experiment FROM results ORDER BY id").fetchall()
        described = set(base.execute('SELECT "table", name FROM columns'))
        about = dict(base.execute("SELECT name, value FROM about"))
        assert not base.execute("PRAGMA foreign_key_check").fetchall()
        keys = {(row[3], row[2]) for row in base.execute("PRAGMA foreign_key_list(results)")}
    assert [row[0] for row in rows] == sorted(item["id"] for item in listed["results"])
    assert about["licence"] == "CC-BY-4.0"
    assert ("toy/nc", "CC-BY-NC-4.0", "http://purl.org/coar/access_right/c_14cb", "Toy-1") in rows
    assert keys == {("analysis", "analyses"), ("plane", "planes")}
    package = json.loads((root / "datapackage.json").read_text())
    named = {item["name"] for item in package["resources"]}
    for item in package["resources"]:
        assert {key["reference"]["resource"] for key in item["schema"].get("foreignKeys", ())} <= named
    for table in TABLES:
        path = root / f"tables/{table.name}.parquet"
        read = pyarrow.parquet.read_table(path)
        assert read.column("id").to_pylist() == [item["id"] for item in listed[table.name]]
        assert {(table.name, name) for name in read.column_names} <= described
        assert read.schema.metadata[b"licence"] == b"CC-BY-4.0"
        [resource] = [item for item in package["resources"] if item["path"] == f"tables/{table.name}.parquet"]
        assert [field["name"] for field in resource["schema"]["fields"]] == read.column_names
    monkeypatch.setattr(parquet, "has_parquet", lambda: False)
    build(catalogue, docs=False, jobs=1)
    assert not (root / "tables").exists()
    assert (root / "catalog.sqlite").is_file()


def test_a_large_catalogue_is_told_in_parts_with_the_same_content(publish, catalogue, monkeypatch) -> None:
    import pyarrow.parquet

    def told() -> tuple[bytes, bytes, list[dict[str, object]]]:
        table = pyarrow.parquet.read_table(root / "tables/results.parquet").to_pylist()
        return (root / "catalog.json").read_bytes(), (root / "catalog.sqlite").read_bytes(), table

    validated = []

    def watched(kind: str, data: dict[str, list[object]]) -> list[Problem]:
        validated.append([len(data[name]) for name in ("results", "analyses")])
        return validate(kind, data)

    root = publish("https://example.org/dm")
    whole_at_once = told()
    monkeypatch.setattr(index, "PART", 2)
    monkeypatch.setattr(parquet, "_GROUP", 2)
    monkeypatch.setattr(overall, "validate", watched)
    build(catalogue, docs=False, jobs=1, clean=True)
    assert told() == whole_at_once
    results, analyses = len(whole_at_once[2]), len(json.loads(whole_at_once[0])["analyses"])
    assert results > 2
    assert validated[0] == [2, analyses]
    assert sum(number for number, _ in validated) == results
    assert {count for _, count in validated[1:]} == {0}


def test_the_crate_of_a_large_catalogue_leaves_results_to_those_of_the_analyses(publish, monkeypatch) -> None:
    monkeypatch.setattr(whole, "MAX_LISTED", 1)
    root = publish("https://example.org/dm")
    results = {f"r/{item['id']}/" for item in json.loads((root / "catalog.json").read_text())["results"]}
    told = json.loads((root / "ro-crate-metadata.json").read_text())["@graph"]
    named = {entity["@id"] for entity in told}
    assert len(results) > 1
    assert not named & results
    crates = [root / name / "ro-crate-metadata.json" for name in named if name.startswith("a/")]
    listed = [entity["@id"] for path in crates for entity in json.loads(path.read_text())["@graph"]]
    assert results <= {name.removeprefix("https://example.org/dm/").removeprefix("../../") for name in listed}


def test_feeds_are_atom_with_identifiers_that_stay(publish, catalogue) -> None:
    root = publish("https://example.org/dm")
    space = "{http://www.w3.org/2005/Atom}"

    def identifiers() -> list[str]:
        feed = ElementTree.parse(root / "feed.atom").getroot()
        assert feed.findtext(f"{space}updated") == "2026-11-22T14:00:00Z"
        return [entry.findtext(f"{space}id") or "" for entry in feed.iter(f"{space}entry")]

    before = identifiers()
    assert before == [
        "tag:example.org,2026:r/evil/si",
        "tag:example.org,2026:r/toy/nc",
        "tag:example.org,2026:r/toy/si",
    ]
    experiments = list(root.glob("x/*/feed.atom"))
    assert len(experiments) == 2
    assert all(path.with_name("index.html").is_file() for path in experiments)
    config = catalogue / "catalog.yaml"
    config.write_text(config.read_text().replace("https://example.org/dm", "https://example.org/elsewhere"))
    build(catalogue, docs=False, jobs=1)
    assert identifiers() == before


def test_without_an_address_nothing_absolute_is_made_up(publish) -> None:
    root = publish(None)
    names = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert not {"dcat.jsonld", "feed.atom", "sitemap.xml", "r/toy/si/linkset.json"} & names
    assert {
        "catalog.sqlite",
        "ro-crate-metadata.json",
        "r/toy/si/ro-crate-metadata.json",
        "robots.txt",
    } <= names
    assert 'rel="cite-as"' not in (root / "r/toy/si/index.html").read_text()


def test_independent_readers_find_what_the_pages_say(publish) -> None:
    import extruct
    from signposting import find_signposting_html, find_signposting_linkset

    class Quiet(SimpleHTTPRequestHandler):
        extensions_map = {  # noqa: RUF012
            **SimpleHTTPRequestHandler.extensions_map,
            ".json": "application/linkset+json",
            ".txt": "application/linkset",
        }

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    url = f"http://127.0.0.1:{server.server_port}/"
    root = publish(url)
    server.RequestHandlerClass = partial(Quiet, directory=str(root))  # type: ignore[assignment]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        for path, identifier in (
            ("r/toy/si/", f"{url}r/toy/si/"),
            ("r/evil/si/", f"{url}r/evil/si/"),
            ("a/toy/", "https://doi.org/10.5281/zenodo.1234567"),
        ):
            html = (root / path / "index.html").read_text()
            [data] = extruct.extract(html, base_url=url + path, syntaxes=["json-ld"])["json-ld"]
            assert data["@type"] == "Dataset"
            assert identifier in data["identifier"]
            for download in data["distribution"]:
                file = root / download["contentUrl"].removeprefix(url)
                assert f"{file.stat().st_size} B" == download["contentSize"]
            found = find_signposting_html(url + path)
            assert found.citeAs.target == identifier
            assert found.license.target == "https://spdx.org/licenses/CC-BY-4.0.html"
            links = {(link.rel, link.target) for link in found.signposts if link.rel != "linkset"}
            for link in found.linksets:
                context = find_signposting_linkset(link.target).for_context(url + path)
                assert links <= {(item.rel, item.target) for item in context.signposts}
            for item in (*found.items, *found.describedBy):
                name = item.target.removeprefix(url)
                assert (root / name / "index.html" if name.endswith("/") else root / name).is_file()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
