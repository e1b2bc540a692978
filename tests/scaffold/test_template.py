"""What every scaffold holds, for every combination of answers."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairport.check import check
from fairport.check.report import RULE_SET
from fairport.contract import constants
from fairport.contract.documents import load_analysis, load_manifest, load_valid
from fairport.contract.loading import load_json, load_yaml
from fairport.contract.resources import template_root
from fairport.interop.derived import render_all
from fairport.scaffold.questions import load_questions

LICENCE_SIGNS = {
    "MIT": "Permission is hereby granted, free of charge",
    "BSD-3-Clause": "Neither the name of the copyright holder",
    "Apache-2.0": "Apache License\n                           Version 2.0",
    "GPL-3.0-or-later": "GNU GENERAL PUBLIC LICENSE\n                       Version 3",
    "CC-BY-4.0": "Attribution 4.0 International",
    "CC0-1.0": "CC0 1.0 Universal",
}


def _answers(tree: Path) -> dict[str, Any]:
    return load_yaml(tree / constants.ANSWERS_FILE).data


def _files(tree: Path, *suffixes: str) -> list[Path]:
    return sorted(path for path in tree.rglob("*") if path.is_file() and path.suffix in suffixes)


def test_the_record_is_valid_and_says_what_was_answered(tree: Path) -> None:
    answers = _answers(tree)
    record = load_analysis(tree / "fairport.yaml")
    (author,) = record.authors
    assert record.id == answers["slug"]
    assert record.title == answers["title"]
    assert record.description == answers["description"]
    assert author.given_names == answers["author_given_names"]
    assert author.family_names == answers["author_family_names"]
    assert [item.name for item in author.affiliations] == (
        [answers["affiliation"]] if answers["affiliation"] else []
    )
    assert record.experiment.name == answers["experiment"]
    assert (record.experiment.collaboration or "") == answers["collaboration"]
    assert (record.experiment.instrument or "") == answers["instrument"]
    assert (record.experiment.site or "") == answers["site"]
    assert record.licences.code == answers["licence_code"]
    assert record.licences.data == answers["licence_data"]
    assert record.access.level == answers["access"]
    assert record.access.conditions == answers.get("access_conditions")
    assert record.access.embargo_until == answers.get("embargo_until")
    assert record.created == answers["created"]
    assert record.software.image == answers["image"]
    assert (record.repository.url if record.repository else "") == answers["repository_url"]
    assert 50 <= len(record.description) <= 5000
    assert len(record.keywords) >= 3


def test_derived_files_have_no_drift(tree: Path) -> None:
    for name, text in render_all(load_analysis(tree / "fairport.yaml")).items():
        assert (tree / name).read_bytes().decode("utf-8") == text, name


def test_derived_files_read_the_same_in_other_readers(tree: Path) -> None:
    """YAML 1.1 readers (most of them) and JSON readers get the texts as they were answered."""
    answers = _answers(tree)
    cff = yaml.load((tree / "CITATION.cff").read_text("utf-8"), yaml.CSafeLoader)
    record = yaml.load((tree / "fairport.yaml").read_text("utf-8"), yaml.CSafeLoader)
    assert cff["title"] == record["title"] == answers["title"]
    assert cff["abstract"] == record["description"] == answers["description"]
    assert cff["authors"][0]["family-names"] == answers["author_family_names"]
    assert json.loads((tree / "codemeta.json").read_text("utf-8"))["name"] == answers["title"]
    zenodo = json.loads((tree / ".zenodo.json").read_text("utf-8"))
    assert zenodo["title"] == answers["title"]
    assert "<script" not in zenodo["description"]


def test_every_file_can_be_parsed(tree: Path) -> None:
    for path in _files(tree, ".yaml", ".yml", ".cff", ".cwl"):
        assert load_yaml(path).data, path
    for path in _files(tree, ".json", ".ipynb"):
        assert load_json(path).data, path
    for path in _files(tree, ".py"):
        ast.parse(path.read_text("utf-8"), str(path))


def test_no_expression_of_the_template_is_left(tree: Path) -> None:
    for path in [*_files(tree, ".cwl", ".feature", ".txt", ".in", ".py"), tree / "reana.yaml"]:
        assert "{%" not in path.read_text("utf-8"), path
        assert "{{ " not in path.read_text("utf-8").replace("${{ ", ""), path
    assert not [path for path in tree.rglob("*") if "{" in path.name or path.suffix == ".jinja"]
    assert not (tree / "_shared").exists()


def test_text_ends_in_a_newline_and_has_no_trailing_blanks(tree: Path) -> None:
    legal = {"LICENSE", "CC-BY-4.0.txt", "CC0-1.0.txt"}
    for path in tree.rglob("*"):
        if path.is_dir() or path.name in legal:
            continue
        text = path.read_bytes().decode("utf-8")
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        assert not re.search(r"[ \t]$", text, re.MULTILINE), path
        assert "\r" not in text, path


def test_the_manifest_is_valid(tree: Path) -> None:
    assert load_manifest(tree / "data" / "manifest.yaml").datasets == ()


def test_licence_texts_match_the_record(tree: Path) -> None:
    licences = load_analysis(tree / "fairport.yaml").licences
    assert LICENCE_SIGNS[licences.code] in (tree / "LICENSE").read_text("utf-8")
    assert [path.name for path in (tree / "LICENSES").iterdir()] == [f"{licences.data}.txt"]
    assert LICENCE_SIGNS[licences.data] in (tree / "LICENSES" / f"{licences.data}.txt").read_text("utf-8")


def test_files_that_the_record_names_exist(tree: Path) -> None:
    record = load_analysis(tree / "fairport.yaml")
    named = [
        record.workflow.file,
        record.workflow.inputs,
        record.workflow.reana,
        record.data,
        record.software.lock,
    ]
    assert all(name and (tree / name).is_file() for name in named)
    crate = json.loads((tree / "ro-crate-metadata.json").read_text("utf-8"))
    root = next(entity for entity in crate["@graph"] if entity["@id"] == "./")
    assert all((tree / part["@id"]).exists() for part in root["hasPart"])


def test_continuous_integration_fits_the_forge(tree: Path) -> None:
    forge = _answers(tree)["forge"]
    assert (tree / ".github" / "workflows" / "fairport.yml").is_file() is (forge == "github")
    assert (tree / ".gitlab-ci.yml").is_file() is (forge == "gitlab")
    assert not list(tree.glob("*.github*")) or forge == "github"


def test_readme_has_what_a_reader_looks_for(tree: Path) -> None:
    readme = (tree / "README.md").read_text("utf-8")
    for heading in ("How to run it", "What is where", "How to cite", "Licence", "Contact"):
        assert f"\n## {heading}\n" in readme
    assert "What is still the example" in readme
    for target in re.findall(r"\]\(([^)]+)\)", readme):
        assert target.startswith("https://") or (tree / target).exists(), target


@pytest.mark.parametrize("name", ["markup", "latex"])
def test_answers_stay_plain_text_in_markdown(tree_of: Callable[[str], Path], name: str) -> None:
    tree = tree_of(f"hostile-{name}")
    readme = (tree / "README.md").read_text("utf-8")
    escaped = re.sub(r"\\(.)", "", readme)
    assert "<script" not in escaped
    assert "<!--" not in escaped
    assert "$" not in re.sub(r"```console.*?```", "", escaped, flags=re.DOTALL).replace("$PWD", "")


@pytest.mark.parametrize("name", ["defaults", "pairs-07", "hostile-unicode"])
def test_a_second_copy_is_identical(
    name: str,
    cases: dict[str, dict[str, str]],
    tree_of: Callable[[str], Path],
    rendering: Callable[[Path, dict[str, Any]], Path],
    content_of: Callable[[Path], dict[str, bytes]],
    tmp_path: Path,
) -> None:
    assert content_of(rendering(tmp_path / "again", cases[name])) == content_of(tree_of(name))


def test_answers_give_the_same_tree_again(
    tree_of: Callable[[str], Path],
    rendering: Callable[[Path, dict[str, Any]], Path],
    content_of: Callable[[Path], dict[str, bytes]],
    tmp_path: Path,
) -> None:
    """The recorded answers hold everything that rendering needs."""
    tree = tree_of("hostile-quotes")
    recorded = {key: value for key, value in _answers(tree).items() if not key.startswith("_")}
    assert content_of(rendering(tmp_path / "again", recorded)) == content_of(tree)


def test_actions_are_pinned_and_may_only_read(tree_of: Callable[[str], Path]) -> None:
    path = tree_of("defaults") / ".github" / "workflows" / "fairport.yml"
    workflow = load_yaml(path).data
    assert workflow["permissions"] == {"contents": "read"}
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    for step in steps:
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]), step
        assert "${{" not in step.get("run", ""), step
    commands = "\n".join(step.get("run", "") for step in steps)
    assert "fairport check" in commands
    assert "fairport run" in commands


def test_packages_are_locked_with_hashes(tree_of: Callable[[str], Path]) -> None:
    text = (tree_of("defaults") / "environment" / "requirements.txt").read_text("utf-8")
    pins = re.findall(
        r"^(\S+)==(\S+)(?: ;[^\\\n]*)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.MULTILINE
    )
    packages = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(pins) == len(packages)
    assert {"numpy", "matplotlib", "pytest"} <= {name for name, _ in pins}
    assert "http" not in text


def test_addresses_of_fairport_are_those_of_the_constants() -> None:
    for path in (template_root() / "template").rglob("*"):
        if path.is_dir():
            continue
        for address in re.findall(r"https://[^\s\"'<>)]*fairport[^\s\"'<>)]*", path.read_text("utf-8")):
            assert address.startswith(f"{constants.BASE}/schemas/"), (path, address)


def test_editor_hints_name_the_schemas(tree_of: Callable[[str], Path]) -> None:
    tree = tree_of("defaults")
    for name, document in (("fairport.yaml", "analysis"), ("data/manifest.yaml", "manifest")):
        first = (tree / name).read_text("utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema={constants.schema_id(document)}"
        assert load_valid(document, tree / name)


def test_the_pinned_rule_set_is_the_current_one(tree_of: Callable[[str], Path]) -> None:
    assert load_analysis(tree_of("defaults") / "fairport.yaml").rules == RULE_SET


def test_template_version_is_that_of_the_package(repository: Path) -> None:
    project = (repository / "pyproject.toml").read_text("utf-8")
    assert f'\nversion = "{load_questions()["fairport_version"].default}"\n' in project


def test_every_pair_of_choices_is_among_the_cases(
    tree_of: Callable[[str], Path], cases: dict[str, Any]
) -> None:
    choices = [
        (question.name, value)
        for question in load_questions().values()
        if question.name != "kind"
        for value in question.choices.values()
    ]
    recorded = [_answers(tree_of(case)) for case in cases]
    for one in choices:
        for other in choices:
            if one[0] < other[0]:
                assert any(r[one[0]] == one[1] and r[other[0]] == other[1] for r in recorded), (one, other)


def test_a_fresh_scaffold_checks_green(tree: Path) -> None:
    """Offline and with no edit; what is only missing in a draft is a note."""
    findings = [finding for finding in check(tree).findings if finding.status == "fail"]
    assert [(f.rule, f.path, f.message) for f in findings if f.severity == "error"] == []
    if load_analysis(tree / "fairport.yaml").maturity == "draft":
        assert [(f.rule, f.path, f.message) for f in findings if f.severity == "warning"] == []
