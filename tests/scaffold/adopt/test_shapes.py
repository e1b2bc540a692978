"""Repositories of the shapes that the community has, made up here: what adoption finds, field by field."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairport.check import check
from fairport.contract.documents import load_valid
from fairport.scaffold.adopt.adopting import AdoptReport, adopt

Maker = Callable[[dict[str, str]], Path]

YADAGE = {
    "LICENSE": "Apache License\nVersion 2.0, January 2004\n",
    "README.md": "# Emerging jets on REANA\n\nThe emerging-jet analysis of ATLAS as a workflow: "
    "https://results.example.org/PHYSICS/PAPERS/EXOT-1/\n\nThe workflow has two steps:\n1. select\n2. fit\n",
    "reana.yaml": "inputs:\n  directories: [specs]\n  parameters:\n"
    "    events: 'root://eos.example.org//eos/signal.root'\n"
    "workflow:\n  type: yadage\n  file: specs/workflow.yml\noutputs:\n  directories: [limits]\n",
    "specs/workflow.yml": "stages:\n- name: select\n  scheduler: {scheduler_type: singlestep-stage}\n"
    "- name: fit\n  scheduler: {scheduler_type: singlestep-stage}\n",
    "specs/steps.yml": "select:\n  process: {process_type: string-interpolated-cmd,"
    " cmd: 'rucio get MY_SCOPE:histograms.root'}\n  environment:\n    environment_type: docker-encapsulated\n"
    "    image: registry.example.org/select\n    imagetag: latest\n"
    "fit:\n  environment:\n    environment_type: docker-encapsulated\n    imagetag: '2.0'\n"
    "    image: registry.example.org/fit\n",
}
RECAST = {
    "README.md": "# DarkSide50 recast\n_Ada Example - Institute of One_\\\n_Bo Sample - Institute of Two_\n\n"
    "## Repository contents\n\n1. **look.ipynb**: This notebook reproduces the analysis of the experiment "
    "with its published acceptances.\n\n## Run\n\n```\npip install numericalunits\n```\n",
    "notebook/look.ipynb": json.dumps(
        {"cells": [{"source": ["import numpy as np\n", "import os\n", "from scipy.stats import norm\n"]}]}
    ),
    "tools/rate.py": "import pandas\n# acceptance of Fig. 3 of https://arxiv.org/abs/1802.07198\n",
    "data/acceptance.dat": "".join(f"{x} 0.{x}\n" for x in range(1, 9)),
}
PACKAGE = {
    "README.rst": ".. image:: https://example.org/b.svg\n   :alt: badge\n\ndwarflimits\n===========\n\n"
    "Limits on dark matter annihilation from dwarf galaxies with the Fermi-LAT.\n\nContact\n-------\n\n"
    "Mail example [at] lab.example.com\n",
    "setup.py": "setup(\n    author='Ada Example, Bo Sample',\n"
    "    author_email='ada@lab.example.com, bo@lab.example.com',\n"
    "    license='BSD',\n    keywords=['gamma rays', 'limits'],\n    install_requires=[\n"
    "        'numpy >= 1.19',\n        'iminuit <= 1.5',\n    ],\n)\n",
    "envs/environment.yml": "dependencies:\n  - python=3.8\n  - pip\n  - pip:\n      - astropy>=4\n",
    "data/sync.ipynb": "\"link_p='https://archive.example.org/FTP/weekly/photon/'\\n\"\n# url only\n",
    ".github/workflows/ci.yml": "run: wget https://example.org/miniconda/latest.tar.gz\n",
}


def _value(report: AdoptReport, field: str) -> Any:
    return next((item.value for item in report.fields if item.field == field), None)


def _listed(report: AdoptReport, name: str) -> dict[str, dict[str, Any]]:
    return {item["value"]: item for item in report.data()["materials"][name]}


def _errors(root: Path) -> list[tuple[str, str | None, int | None]]:
    findings = check(root, profile="draft").findings
    return [
        (item.rule, item.path, item.line)
        for item in findings
        if item.severity == "error" and item.status == "fail"
    ]


def test_yadage_with_rucio(make: Maker) -> None:
    root = make(YADAGE)
    report = adopt(root)
    assert _value(report, "workflow") == {
        "type": "yadage",
        "file": "specs/workflow.yml",
        "reana": "reana.yaml",
    }
    flow = _listed(report, "workflows")["specs/workflow.yml"]
    assert (flow["steps"], flow["inputs"], flow["parameters"], flow["outputs"]) == (
        2,
        ["specs"],
        ["events"],
        ["limits"],
    )
    images = _listed(report, "images")
    assert images["registry.example.org/select:latest"]["source"] == "specs/steps.yml:5"
    assert images["registry.example.org/fit:2.0"]["source"] == "specs/steps.yml:11"
    data = _listed(report, "data")
    assert data["MY_SCOPE:histograms.root"]["kind"] == "did"
    assert data["root://eos.example.org//eos/signal.root"]["source"] == "reana.yaml:4"
    assert _value(report, "experiment") == {"name": "ATLAS", "collaboration": "ATLAS"}
    assert "two steps" not in _value(report, "description")
    assert list(_listed(report, "papers")) == ["https://results.example.org/PHYSICS/PAPERS/EXOT-1/"]
    assert _errors(root) == [("WF007", "specs/steps.yml", 5)]  # the tag latest: theirs to answer


def test_a_notebook_recast_without_licence_and_workflow(make: Maker) -> None:
    root = make(RECAST)
    report = adopt(root)
    assert _value(report, "authors") == [
        {"given_names": "Ada", "family_names": "Example", "affiliations": [{"name": "Institute of One"}]},
        {"given_names": "Bo", "family_names": "Sample", "affiliations": [{"name": "Institute of Two"}]},
    ]
    description = next(item for item in report.fields if item.field == "description")
    assert (description.source, description.confidence) == ("README.md:7", "guess")
    assert "reproduces the analysis" in description.value
    needed = _listed(report, "requirements")
    assert set(needed) == {"numericalunits", "numpy", "scipy", "pandas"}
    assert needed["numericalunits"]["confidence"] == "likely"
    assert needed["pandas"] == {
        "value": "pandas",
        "source": "tools/rate.py:1",
        "confidence": "guess",
        "import": "pandas",
    }
    assert _value(report, "related") == [
        {"identifier": "https://arxiv.org/abs/1802.07198", "relation": "References"}
    ]
    assert _listed(report, "tables") == {}  # an acceptance is an input
    assert _errors(root) == [("WF007", "reana.yaml", 9)]
    draft = (root / "reana.yaml").read_text(encoding="utf-8")
    assert '#   jupyter nbconvert --to notebook --execute "notebook/look.ipynb"' in draft
    assert "exit 1" in draft


def test_a_python_package(make: Maker) -> None:
    root = make(PACKAGE)
    report = adopt(root)
    assert _value(report, "title") == "dwarflimits"
    assert _value(report, "description").startswith("Limits on dark matter annihilation")
    assert _value(report, "contact") == {"name": "Ada Example", "email": "example@lab.example.com"}
    assert [who["email"] for who in _value(report, "authors")] == [
        "ada@lab.example.com",
        "bo@lab.example.com",
    ]
    assert _value(report, "keywords") == ["gamma rays", "limits"]
    assert _value(report, "licences.code") == "LicenseRef-not-stated"  # BSD names no licence
    assert set(_listed(report, "requirements")) >= {
        "numpy >= 1.19",
        "iminuit <= 1.5",
        "python=3.8",
        "astropy>=4",
    }
    data = _listed(report, "data")
    assert list(data) == ["https://archive.example.org/FTP/weekly/photon/"]
    assert data["https://archive.example.org/FTP/weekly/photon/"]["confidence"] == "guess"
    record = load_valid("analysis", root / "fairport.yaml").data
    assert record["readme"] == "README.rst"
    crate = json.loads((root / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert "README.rst" in {item["@id"] for item in crate["@graph"]}
    assert "LINK003" not in {rule for rule, _, _ in _errors(root)}


def test_snakemake_with_containers_and_included_rules(make: Maker) -> None:
    root = make(
        {
            "README.md": "# Counts of the survey\n\nCounts and exposures of a gamma-ray survey, by source.\n",
            "workflow/Snakefile": 'configfile: "config/config.yaml"\ninclude: "rules/fit.smk"\nrule all:\n'
            '    input: "fit.csv"\n',
            "workflow/rules/fit.smk": "rule fit:\n    container:\n"
            '        "docker://example.org/fit:1@sha256:' + "0" * 64 + '"\n    shell: "fit"\n',
            "config/config.yaml": "a: 1\n",
        }
    )
    report = adopt(root)
    assert _value(report, "workflow") == {"type": "snakemake", "file": "workflow/Snakefile"}
    flow = _listed(report, "workflows")["workflow/Snakefile"]
    assert (flow["steps"], flow["inputs"]) == (1, ["config/config.yaml"])
    assert _value(report, "software.image").startswith("example.org/fit:1@sha256:")
    assert _errors(root) == []


def test_the_specification_that_a_script_starts_is_chosen(make: Maker) -> None:
    spec = "workflow:\n  type: serial\n  specification:\n    steps:\n"
    spec += "      - {environment: 'x/y:1', commands: [a]}\n"
    root = make(
        {
            "run/reana_a.yml": spec,
            "run/reana_b.yml": spec,
            "start.sh": "# reana-client run -f run/reana_a.yml\nreana-client run -f run/reana_b.yml\n",
        }
    )
    report = adopt(root)
    assert _value(report, "workflow")["file"] == "run/reana_b.yml"
    assert set(_listed(report, "workflows")) == {"run/reana_a.yml", "run/reana_b.yml"}


def test_a_workflow_in_a_submodule_that_was_not_fetched(make: Maker) -> None:
    root = make({"reana.yaml": "workflow:\n  type: snakemake\n  file: modules/ml/Snakefile\n"})
    report = adopt(root)
    assert _value(report, "workflow") == {
        "type": "snakemake",
        "file": "modules/ml/Snakefile",
        "reana": "reana.yaml",
    }
    assert ("WF004", "fairport.yaml") in {(rule, path) for rule, path, _ in _errors(root)}


def test_other_values_are_told_with_their_places(make: Maker, files: dict[str, str]) -> None:
    files["pyproject.toml"] = '[project]\nversion = "9.9"\nkeywords = ["photon"]\n'
    report = adopt(make(files))
    version = next(item for item in report.data()["fields"] if item["field"] == "version")
    assert version["value"] == "1.2"
    assert version["also"] == [{"value": "9.9", "source": "pyproject.toml:2", "confidence": "likely"}]


def test_a_manifest_that_git_ignores_goes_elsewhere(make: Maker, files: dict[str, str]) -> None:
    root = make({**files, ".gitignore": "data/*\n"})
    report = adopt(root)
    assert "fairport-manifest.yaml" in report.files
    assert load_valid("analysis", root / "fairport.yaml").data["data"] == "fairport-manifest.yaml"


@pytest.mark.parametrize(
    ("readme", "expected"),
    [
        (
            "# T for me\n\nCode of our paper ([arXiv:2001.00001](https://arxiv.org/abs/2001.00001)).\n",
            "2001.00001",
        ),
        ("# T for me\n\nBased on the published paper arXiv:2001.00001 with more.\n", None),
        ("# T for me\n\nIn our paper arXiv:2001.00001.\n\nAnd in our paper arXiv:2001.00002.\n", None),
        ("# T for me\n\nIt uses the spectra of arXiv:2001.00001 as they are.\n", None),
    ],
)
def test_the_own_paper_only_where_it_is_called_so(make: Maker, readme: str, expected: str | None) -> None:
    assert _value(adopt(make({"README.md": readme})), "identifiers.arxiv") == expected


@pytest.mark.parametrize(
    ("readme", "expected"),
    [
        (
            "[![DOI](https://zenodo.org/badge/DOI/10.5281/zenodo.11.svg)](https://doi.org/10.5281/zenodo.11)"
            "\n\n# A title\n",
            "https://doi.org/10.5281/zenodo.11",
        ),
        (
            "# A title\n\nIt follows the work of others:\n"
            "[![DOI](https://zenodo.org/badge/DOI/10.5281/zenodo.12.svg)](https://doi.org/10.5281/zenodo.12)\n",
            None,
        ),
    ],
)
def test_a_badge_in_the_text_is_of_others(make: Maker, readme: str, expected: str | None) -> None:
    assert _value(adopt(make({"README.md": readme})), "identifiers.doi") == expected
