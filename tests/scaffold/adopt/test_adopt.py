"""What adoption finds in repositories, what it refuses to believe, and what `check` says afterwards."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairport.check import check
from fairport.contract.documents import load_valid
from fairport.contract.errors import UsageError
from fairport.scaffold.adopt.adopting import AdoptReport, adopt

Maker = Callable[[dict[str, str]], Path]


def _snapshot(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(root).parts[:1]
    }


def _value(report: AdoptReport, field: str) -> Any:
    return next((item.value for item in report.fields if item.field == field), None)


def _said(report: AdoptReport, kind: str) -> str:
    return "\n".join(
        f"{item.subject}: {item.text} [{item.source}]" for item in report.notices if item.kind == kind
    )


def test_finds_what_the_files_hold(make: Maker, files: dict[str, str]) -> None:
    root = make(files)
    before = _snapshot(root)
    report = adopt(root)
    record = load_valid("analysis", root / "fairport.yaml").data
    assert record["title"] == "ATLAS mono-photon limits"
    assert record["version"] == "1.2"
    assert record["licences"] == {"code": "MIT", "data": "LicenseRef-not-stated"}
    assert record["repository"]["url"] == "https://example.org/ada/monophoton"
    assert record["workflow"] == {"type": "serial", "file": "reana.yaml", "reana": "reana.yaml"}
    assert record["software"]["image"] == "example.org/fit:1.2"  # the step that runs the own code
    assert record["experiment"]["name"] == "ATLAS"
    assert record["search"] == "collider"
    assert record["authors"][0]["orcid"] == "https://orcid.org/0000-0002-1825-0097"
    assert "orcid" not in record["authors"][1]  # its check digit is wrong
    assert record["access"]["level"] == "restricted access"
    assert (
        load_valid("manifest", root / "data/manifest.yaml").data["datasets"][0]["did"]
        == "MY_SCOPE:run7.dataset"
    )
    problems, questions = _said(report, "problem"), _said(report, "question")
    assert "blank in front of its digits" in problems
    assert "mistyped" in problems
    assert "example.org/rucio-client has no tag" in problems
    assert "badge 1234" in questions
    assert "data/limit.dat" in questions
    assert (root / ".fairport/drafts/limit.yaml").is_file()
    title = next(item for item in report.fields if item.field == "title")
    assert (title.source, title.confidence) == ("codemeta.json:4", "sure")
    after = _snapshot(root)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {*report.files, ".fairport/adopted.json"}


def test_only_what_a_person_must_answer_is_left(
    make: Maker, files: dict[str, str], codemeta: dict[str, Any]
) -> None:
    files["codemeta.json"] = json.dumps(
        {**codemeta, "author": [{"givenName": "Ada", "familyName": "Example"}]}
    )
    files["reana.yaml"] = files["reana.yaml"].replace("rucio-client'", "rucio-client:1.0'")
    root = make(files)
    adopt(root)
    report = check(root, profile="draft")
    errors = [item for item in report.findings if item.severity == "error" and item.status == "fail"]
    assert [(item.rule, item.path, item.message) for item in errors] == []


def test_second_call_does_nothing(make: Maker, files: dict[str, str]) -> None:
    root = make(files)
    adopt(root)
    before = _snapshot(root)
    report = adopt(root)
    assert report.already
    assert report.files == ()
    assert _snapshot(root) == before


def test_dry_run_writes_nothing_and_tells_the_same(make: Maker, files: dict[str, str]) -> None:
    root = make(files)
    before = _snapshot(root)
    planned = adopt(root, dry_run=True)
    assert _snapshot(root) == before
    assert not (root / ".fairport").exists()
    done = adopt(root)
    assert (planned.files, planned.fields, planned.notices) == (done.files, done.fields, done.notices)


def test_metadata_of_another_repository_is_rejected(
    make: Maker, files: dict[str, str], codemeta: dict[str, Any]
) -> None:
    other = {
        **codemeta,
        "name": "Gamma rays from dwarf galaxies",
        "codeRepository": "https://example.org/x/dwarfs",
    }
    text = json.dumps(other, indent=2).replace('"version"', '"version": "v0.1",\n  "version"')
    root = make({**files, "codemeta.json": text})
    report = adopt(root)
    assert 'codemeta.json: "Gamma rays from dwarf galaxies" describes another repository' in _said(
        report, "rejected"
    )
    assert "it gives https://example.org/x/dwarfs" in _said(report, "rejected")
    assert "a key twice" in _said(report, "problem")
    assert _value(report, "title") == "ATLAS mono-photon limits"
    assert _value(report, "version") == "0.1.0"
    assert next(item.source for item in report.fields if item.field == "title") == "README.md:1"
    assert "Ada Example, who stands only in the rejected metadata" in _said(report, "question")
    assert "waivers" not in load_valid("analysis", root / "fairport.yaml").data


def test_maintainer_is_the_contact_and_contributors_are_asked_for(
    make: Maker, files: dict[str, str], codemeta: dict[str, Any]
) -> None:
    codemeta["maintainer"] = {
        "@type": "Organization",
        "name": "The Collaboration",
        "email": "open@example.org",
    }
    codemeta["contributor"] = [
        {"givenName": "Ada", "familyName": "Example"},
        {"givenName": "Eve", "familyName": "Other"},
    ]
    report = adopt(make({**files, "codemeta.json": json.dumps(codemeta)}))
    assert _value(report, "contact") == {"name": "The Collaboration", "email": "open@example.org"}
    assert "authors as well: Eve Other?" in _said(report, "question")


def test_a_mirror_is_not_foreign(make: Maker, files: dict[str, str], codemeta: dict[str, Any]) -> None:
    mirrored = {
        **codemeta,
        "name": "Limits",
        "codeRepository": "https://git.example.net/former/Mono_Photon/-/tree/main",
    }
    report = adopt(make({**files, "codemeta.json": json.dumps(mirrored)}))
    assert _said(report, "rejected") == ""
    assert _value(report, "version") == "1.2"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"Snakefile": "rule all:\n"}, {"type": "snakemake", "file": "Snakefile"}),
        (
            {"reana.yml": "workflow:\n  type: yadage\n  file: specs/w.yml\n", "specs/w.yml": "stages: []\n"},
            {"type": "yadage", "file": "specs/w.yml", "reana": "reana.yml"},
        ),
        ({"wf/main.cwl": "cwlVersion: v1.2\nclass: Workflow\n"}, {"type": "cwl", "file": "wf/main.cwl"}),
    ],
)
def test_every_workflow_type(make: Maker, files: dict[str, str], expected: dict[str, str]) -> None:
    assert _value(adopt(make(files)), "workflow") == expected


def test_zenodo_gives_authors_access_and_relations(make: Maker) -> None:
    zenodo = {
        "title": "A scan of everything",
        "access_right": "open",
        "creators": [{"name": "van der Berg, Cees", "orcid": " 0000-0002-1825-0097", "affiliation": "Lab"}],
        "related_identifiers": [{"identifier": "10.1234/abc", "relation": "isSupplementTo"}],
    }
    report = adopt(make({".zenodo.json": json.dumps(zenodo)}))
    assert _value(report, "access.level") == "open access"
    assert _value(report, "authors") == [
        {
            "given_names": "Cees",
            "family_names": "van der Berg",
            "orcid": "https://orcid.org/0000-0002-1825-0097",
            "affiliations": [{"name": "Lab"}],
        }
    ]
    assert _value(report, "related") == [
        {"identifier": "https://doi.org/10.1234/abc", "relation": "IsSupplementTo"}
    ]
    assert "blank at its start [.zenodo.json:1" in _said(report, "problem")


def test_nothing_known_is_said_to_be_unknown(make: Maker) -> None:
    root = make({"notes.txt": "nothing to see\n"})
    report = adopt(root)
    unknown = {item.field for item in report.fields if item.confidence == "needs-you"}
    assert {
        "description",
        "licences.code",
        "licences.data",
        "experiment",
        "workflow",
        "access.level",
    } <= unknown
    assert load_valid("analysis", root / "fairport.yaml").data["licences"]["code"] == "LicenseRef-not-stated"
    assert (root / "LICENSES/LicenseRef-not-stated.txt").is_file()
    assert (root / "README.md").read_text(encoding="utf-8").startswith("# monophoton\n")
    assert "there is no licence file" in _said(report, "problem")


def test_hostile_text_is_harmless(make: Maker, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("# The secret title of another place\n", encoding="utf-8")
    marker = tmp_path / "executed"
    nasty = "\": \x1b[31m & <b> {{ 7*7 }} \u202e !!python/object:x '%s' # - " * 40
    root = make(
        {
            "setup.py": f"open({str(marker)!r}, 'w')\n",
            "codemeta.json": json.dumps(
                {
                    "name": nasty,
                    "description": nasty,
                    "keywords": [nasty, 3, None, {"a": []}],
                    "author": [[], 7, nasty],
                    "version": {"x": 1},
                    "license": [nasty, {}],
                    "codeRepository": ["javascript:alert(1)"],
                }
            ),
            ".zenodo.json": "[" * 60_000,
            "CITATION.cff": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b]\n",
            "reana.yaml": "workflow: {type: serial, specification: {steps: [7, null, {commands: 3}]}}\n",
            "limit.csv": "mass," + "nan," * 10 + "\n1e999,2\n",
        }
    )
    (root / "README.md").symlink_to(secret)
    (root / "data").symlink_to(tmp_path)
    (root / ".git/config").open("a").write(
        f"[core]\n\tfsmonitor = touch {marker}\n[log]\n\tshowSignature = true\n"
    )
    os.mkfifo(root / "pipe.yaml")
    report = adopt(root)
    assert not marker.exists()
    text = (root / "fairport.yaml").read_text(encoding="utf-8")
    assert "secret title" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\x1b" not in json.dumps(report.data(), ensure_ascii=False)
    assert load_valid("analysis", root / "fairport.yaml").data["data"] == "fairport-manifest.yaml"
    assert not (tmp_path / "manifest.yaml").exists()


def test_an_empty_folder_and_a_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to adopt"):
        adopt(tmp_path)
    (tmp_path / "x").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="no folder"):
        adopt(tmp_path / "x")


def test_works_without_git(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# A search with XENON1T\n", encoding="utf-8")
    report = adopt(tmp_path)
    assert _value(report, "experiment")["name"] == "XENON1T"
    assert _value(report, "repository.url") is None


def test_a_gnu_text_leaves_later_versions_open(make: Maker) -> None:
    title = "GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007\n"
    report = adopt(make({"LICENSE": title, "codemeta.json": json.dumps({"license": "GPL-3.0-or-later"})}))
    assert _value(report, "licences.code") == "GPL-3.0-or-later"


def test_the_text_of_a_licence_of_data_that_is_only_named_is_written(make: Maker) -> None:
    root = make(
        {
            "LICENSE": "MIT License\n\nPermission is hereby granted, free of charge, to any person",
            "README.md": "# Limits\n\nLimits on dark matter from two years of data of a detector.\n",
            "data/README.md": "The data are under https://creativecommons.org/licenses/by/4.0/\n",
        }
    )
    adopt(root)
    text = (root / "LICENSES/CC-BY-4.0.txt").read_text("utf-8")
    assert "Attribution 4.0 International" in text
