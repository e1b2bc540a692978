"""CFF, CodeMeta, Zenodo, RO-Crate and BibTeX made from the analysis record."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairport.contract.analysis import (
    Access,
    Affiliation,
    Analysis,
    Identifiers,
    Licences,
    Person,
    RelatedItem,
    Repository,
)
from fairport.contract.documents import load_analysis
from fairport.contract.loading import parse_yaml
from fairport.interop import bibtex, cff, codemeta, rocrate, zenodo
from fairport.interop.derived import render_all
from fairport.interop.metadata import bare_doi, json_text, licence_ids

DOI = re.compile(r"^10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-\.\(\)\[\]\\]+$")
CFF_KEYS = {
    "cff-version", "message", "type", "title", "abstract", "authors", "version", "date-released", "doi",
    "identifiers", "license", "repository-code", "keywords",
}  # fmt: skip


@pytest.fixture
def full(repository: Path) -> Analysis:
    """The full example of the contract."""
    return load_analysis(repository / "schemas" / "examples" / "analysis" / "good" / "full.yaml")


@pytest.fixture
def minimal(repository: Path) -> Analysis:
    """The record with required fields only."""
    return load_analysis(repository / "schemas" / "examples" / "analysis" / "good" / "minimal.yaml")


def _crate(record: Analysis) -> dict[str, dict[str, Any]]:
    graph = rocrate.crate(record)["@graph"]
    assert len({entity["@id"] for entity in graph}) == len(graph)
    return {entity["@id"]: entity for entity in graph}


def test_cff_has_what_the_format_demands(full: Analysis, minimal: Analysis) -> None:
    for record in (full, minimal):
        document = yaml.safe_load(cff.render(record))
        assert {"cff-version", "message", "title", "authors"} <= set(document) <= CFF_KEYS
        assert document["cff-version"] == "1.2.0"
        assert all(set(author) for author in document["authors"])


def test_cff_of_a_full_record(full: Analysis) -> None:
    document = yaml.safe_load(cff.render(full))
    assert DOI.fullmatch(document["doi"])
    assert document["date-released"] == "2026-11-02"
    assert document["license"] == "MIT"
    assert document["authors"][0]["orcid"] == "https://orcid.org/0000-0002-1825-0097"
    assert document["authors"][1] == {"name": "Example Collaboration"}
    assert [item["type"] for item in document["identifiers"]] == ["doi", "swh", "other", "url"]
    assert document["repository-code"] == "https://example.org/git/darkside50-recast"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", "MIT"),
        ("MIT OR Apache-2.0", ["MIT", "Apache-2.0"]),
        ("MIT AND Apache-2.0", None),
        ("GPL-2.0-only WITH Classpath-exception-2.0", None),
        ("LicenseRef-Ours", None),
        ("(MIT OR ISC) AND BSD-3-Clause", None),
    ],
)
def test_cff_takes_identifiers_but_no_expressions(minimal: Analysis, expression: str, expected: Any) -> None:
    record = dataclasses.replace(minimal, licences=Licences(expression, "CC-BY-4.0"))
    assert cff.citation(record).get("license") == expected


def test_codemeta_has_its_minimum(full: Analysis) -> None:
    document = json.loads(codemeta.render(full))
    assert document["@context"] == "https://w3id.org/codemeta/3.0"
    minimum = {"@type", "name", "description", "author", "codeRepository", "license", "version"}
    assert minimum <= set(document)
    assert document["license"] == "https://spdx.org/licenses/MIT"
    assert document["author"][0]["@id"] == "https://orcid.org/0000-0002-1825-0097"
    assert document["author"][0]["affiliation"] == {
        "@id": "https://ror.org/01ggx4157",
        "@type": "Organization",
        "name": "CERN",
    }
    assert document["author"][1]["@type"] == "Organization"
    assert document["embargoEndDate"] == "2027-01-31"
    assert document["citation"][0]["@id"] == "https://doi.org/10.1103/PhysRevD.98.102006"
    assert not {"creator", "embargoDate", "contIntegration"} & set(document)


@pytest.mark.parametrize(
    ("status", "expected"),
    [("draft", "wip"), ("published", "active"), ("corrected", "active"), ("withdrawn", "abandoned")],
)
def test_codemeta_status(minimal: Analysis, status: str, expected: str) -> None:
    assert codemeta.metadata(dataclasses.replace(minimal, status=status))["developmentStatus"] == expected


def test_zenodo_names_and_identifiers(full: Analysis) -> None:
    document = json.loads(zenodo.render(full))
    assert {"title", "creators", "description", "upload_type", "access_right"} <= set(document)
    assert document["creators"][0] == {
        "name": "Carberry, Josiah",
        "orcid": "0000-0002-1825-0097",
        "affiliation": "CERN",
    }
    assert document["creators"][1]["name"] == "Example Collaboration"
    assert document["access_right"] == "embargoed"
    assert document["embargo_date"] == "2027-01-31"
    assert "access_conditions" not in document
    assert document["related_identifiers"][0] == {
        "identifier": "10.1103/PhysRevD.98.102006",
        "relation": "isDerivedFrom",
    }
    assert "grants" not in document  # the funder is known by its ROR only


@pytest.mark.parametrize(
    ("access", "right", "keys"),
    [
        (Access("open access"), "open", set()),
        (Access("embargoed access", embargo_until="2030-01-01"), "embargoed", {"embargo_date"}),
        (Access("restricted access", conditions="Ask <us>"), "restricted", {"access_conditions"}),
        (Access("metadata only access"), "closed", set()),
    ],
)
def test_zenodo_access(minimal: Analysis, access: Access, right: str, keys: set[str]) -> None:
    document = zenodo.deposit(dataclasses.replace(minimal, access=access))
    assert document["access_right"] == right
    assert {"embargo_date", "access_conditions"} & set(document) == keys
    assert document.get("access_conditions", "<p>Ask &lt;us&gt;</p>") == "<p>Ask &lt;us&gt;</p>"


def test_zenodo_description_is_html_without_surprises(minimal: Analysis) -> None:
    record = dataclasses.replace(minimal, description="a < b & c\n\n<script>x</script>\nstill the second\n")
    assert zenodo.deposit(record)["description"] == (
        "<p>a &lt; b &amp; c</p><p>&lt;script&gt;x&lt;/script&gt; still the second</p>"
    )


def test_zenodo_takes_the_licence_of_the_content(full: Analysis) -> None:
    assert zenodo.deposit(full)["license"] == "MIT"
    data = zenodo.deposit(dataclasses.replace(full, resource_type="Dataset"))
    assert (data["license"], data["upload_type"]) == ("CC-BY-4.0", "dataset")


def test_crate_meets_the_specification(full: Analysis) -> None:
    entities = _crate(full)
    descriptor, root = entities["ro-crate-metadata.json"], entities["./"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert {"@id": "https://w3id.org/ro/crate/1.1"} in descriptor["conformsTo"]
    assert {"name", "description", "datePublished", "license", "mainEntity", "hasPart"} <= set(root)
    assert root["datePublished"] == "2026-11-02"
    workflow = entities[root["mainEntity"]["@id"]]
    assert set(workflow["@type"]) == {"File", "SoftwareSourceCode", "ComputationalWorkflow"}
    assert workflow["programmingLanguage"]["@id"] in entities


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        return (
            [value["@id"]] if set(value) == {"@id"} else [r for v in value.values() for r in _references(v)]
        )
    return [reference for item in value for reference in _references(item)] if isinstance(value, list) else []


@pytest.mark.parametrize("name", ["full", "minimal"])
def test_every_reference_in_the_crate_leads_somewhere(name: str, request: pytest.FixtureRequest) -> None:
    entities = _crate(request.getfixturevalue(name))
    for entity in entities.values():
        for key, value in entity.items():
            for reference in [] if key == "@id" else _references(value):
                assert reference in entities or reference.startswith("https://"), (entity["@id"], key)
        assert not any(isinstance(value, list) and not value for value in entity.values())


def test_parts_of_the_crate_are_what_the_record_names(full: Analysis, minimal: Analysis) -> None:
    parts = [part["@id"] for part in _crate(minimal)["./"]["hasPart"]]
    assert parts == [
        "Snakefile",
        "fairport.yaml",
        "data/manifest.yaml",
        "README.md",
        "CITATION.cff",
        "results/",
    ]
    assert "environment/requirements.txt" in _crate(full)
    assert _crate(full)["results/"]["@type"] == "Dataset"


@pytest.mark.parametrize("language", ["cwl", "snakemake", "serial", "yadage"])
def test_every_workflow_language_has_an_entity(minimal: Analysis, language: str) -> None:
    workflow = dataclasses.replace(minimal.workflow, type=language)
    entities = _crate(dataclasses.replace(minimal, workflow=workflow))
    assert entities[entities["Snakefile"]["programmingLanguage"]["@id"]]["@type"] == "ComputerLanguage"


def test_one_person_twice_is_one_entity(minimal: Analysis) -> None:
    cern = Affiliation("CERN", "https://ror.org/01ggx4157")
    authors = (
        Person("Ada", "Doe", orcid="https://orcid.org/0000-0002-1825-0097", affiliations=(cern,)),
        Person("Ben", "Roe", affiliations=(cern, Affiliation("Elsewhere"))),
    )
    entities = _crate(dataclasses.replace(minimal, authors=authors))
    assert entities["./"]["author"] == [
        {"@id": "https://orcid.org/0000-0002-1825-0097"},
        {"@id": "#author-2"},
    ]
    assert entities["#author-2"]["affiliation"] == [
        {"@id": "https://ror.org/01ggx4157"},
        {"@id": "#affiliation-2-2"},
    ]


def test_licences_of_code_and_data(minimal: Analysis) -> None:
    both = _crate(minimal)["./"]["license"]
    assert [item["@id"].rpartition("/")[2] for item in both] == ["MIT", "CC-BY-4.0"]
    same = _crate(dataclasses.replace(minimal, licences=Licences("MIT", "MIT")))
    assert same["./"]["license"] == {"@id": "https://spdx.org/licenses/MIT"}
    assert same["https://spdx.org/licenses/MIT"]["description"] == "Licence of code and data."
    odd = _crate(dataclasses.replace(minimal, licences=Licences("MIT AND ISC", "LicenseRef-Ours")))
    assert [item["@id"] for item in odd["./"]["license"]] == ["#licence-code", "#licence-data"]
    assert odd["#licence-code"]["name"] == "MIT AND ISC"


HOSTILE = 'x: "y" \\ {z} <b>&\n\u2028\u0085\x7f\ufeff 🎉 \t# é'


def test_any_text_survives_every_format(minimal: Analysis) -> None:
    person = Person(given_names=HOSTILE, family_names="D'Œ", affiliations=(Affiliation(HOSTILE),))
    record = dataclasses.replace(
        minimal,
        title=HOSTILE,
        description=HOSTILE,
        authors=(person,),
        publisher=HOSTILE,
        keywords=(HOSTILE, HOSTILE),
        related=(RelatedItem("https://doi.org/10.1/x", "IsDescribedBy", HOSTILE),),
        repository=Repository("https://example.org/x"),
    )
    texts = render_all(record)
    for reader in (yaml.safe_load, lambda text: parse_yaml(text, "x").data):
        document = reader(texts["CITATION.cff"])
        assert document["title"] == HOSTILE
        assert document["authors"][0]["affiliation"] == HOSTILE
        assert document["keywords"] == [HOSTILE]
    assert json.loads(texts["codemeta.json"])["author"][0]["givenName"] == HOSTILE
    assert json.loads(texts[".zenodo.json"])["title"] == HOSTILE
    root = next(e for e in json.loads(texts["ro-crate-metadata.json"])["@graph"] if e["@id"] == "./")
    assert root["name"] == HOSTILE


def test_json_text_is_also_yaml() -> None:
    for code in (*range(0x20, 0x250), *range(0x2000, 0x2070), 0xFEFF, 0xFFFE, 0xFFFF, 0x1F389):
        text = json_text(f"a{chr(code)}b")
        assert json.loads(text) == yaml.safe_load(f"key: {text}")["key"] == f"a{chr(code)}b"
    with pytest.raises(ValueError):
        json_text(float("nan"))


def test_licence_and_doi_helpers() -> None:
    assert licence_ids("MIT or Apache-2.0") == ["MIT", "Apache-2.0"]
    assert bare_doi("https://doi.org/10.5281/zenodo.1") == "10.5281/zenodo.1"
    assert bare_doi("doi:10.5281/zenodo.1") == "10.5281/zenodo.1"
    assert bare_doi("https://example.org/10.5281/zenodo.1") is None
    assert bare_doi(None) is None


def test_bibtex(full: Analysis, minimal: Analysis) -> None:
    entry = bibtex.entry(full)
    assert entry.startswith("@software{darkside50-recast-1.2.0,\n")
    assert "author = {Carberry, Josiah and {Example Collaboration}}," in entry
    assert "year = {2026}," in entry
    assert "doi = {10.5281/zenodo.1234567}," in entry
    assert "year" not in bibtex.entry(minimal)
    hostile = dataclasses.replace(
        minimal, title="50% of {σ} & $x_1$ \\input{x}", identifiers=Identifiers(), version="1 {0}"
    )
    text = bibtex.entry(hostile, key="a b}c")
    assert r"title = {{50\% of \{σ\} \& \$x\_1\$ \textbackslash{}input\{x\}}}," in text
    assert text.startswith("@software{a-b-c,\n")
    plain = re.sub(r"\\[{}]", "", text)
    assert plain.count("{") == plain.count("}")


def test_dates_before_the_first_release(minimal: Analysis) -> None:
    begun = dataclasses.replace(minimal, created="2026-09-01")
    assert _crate(begun)["./"]["datePublished"] == "2026-09-01"
    assert "date-released" not in cff.citation(begun)
    assert codemeta.metadata(begun)["dateCreated"] == "2026-09-01"
    assert "datePublished" not in codemeta.metadata(begun)
    assert "publication_date" not in zenodo.deposit(begun)


def test_no_address_or_date_ends_a_field_of_bibtex(tmp_path: Path) -> None:
    from tests.catalog.conftest import ANALYSIS

    from fairport.contract.documents import load_analysis
    from fairport.contract.saving import dump_yaml
    from fairport.interop.bibtex import entry

    evil = "https://example.org/}},@article{x,title={\\input{/etc/passwd}"
    record = {
        **ANALYSIS,
        "title": "A title\x00 of \u202e evil",
        "repository": {"url": evil},
        "released": "{{}7",
    }
    (tmp_path / "fairport.yaml").write_text(dump_yaml(record), encoding="utf-8")
    text = entry(load_analysis(tmp_path / "fairport.yaml"))
    assert text.count("\n@") == 0
    assert "\\input" not in text
    assert text.count("{") == text.count("}")
    assert "year" not in text
    assert all(character.isprintable() or character == "\n" for character in text)
