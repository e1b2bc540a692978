"""What each option changes in the tree, and that the rest of Fairport agrees with it."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairport.check import check
from fairport.check.images import MOVING_TAGS
from fairport.contract.documents import load_analysis, load_manifest
from fairport.contract.errors import UsageError
from fairport.contract.loading import load_yaml
from fairport.scaffold.questions import load_questions

Rendering = Callable[[Path, dict[str, Any]], Path]
Made = Callable[..., Path]
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


@pytest.fixture
def made(rendering: Rendering, tmp_path: Path) -> Made:
    """``made(**answers)``: a rendered scaffold."""
    return lambda **answers: rendering(tmp_path / "made", answers)


def base_of(root: Path) -> str:
    text = (root / "environment" / "Containerfile").read_text("utf-8")
    (base,) = re.findall(r"^FROM (\S+)$", text, re.MULTILINE)
    return str(base)


def images_of(root: Path) -> set[str]:
    tools = [load_yaml(path).data for path in (root / "workflow" / "tools").glob("*.cwl")]
    named = {tool["hints"]["DockerRequirement"]["dockerPull"] for tool in tools}
    return named | {load_analysis(root / "fairport.yaml").software.image or ""}


@pytest.mark.parametrize(
    ("container", "base", "pinned"),
    [
        ("python", "docker.io/library/python:3.12.13-slim-trixie", True),
        ("conda", "docker.io/mambaorg/micromamba:2.3.2", True),
        ("vre", "ghcr.io/vre-hub/vre-singleuser-py311:sha-281055c", False),
    ],
)
def test_the_container_is_built_on_the_chosen_base(
    made: Made, container: str, base: str, pinned: bool
) -> None:
    root = made(container=container)
    assert base_of(root).split("@")[0] == base
    assert bool(DIGEST.search(base_of(root))) is pinned
    (image,) = images_of(root)
    assert bool(DIGEST.search(image)) is pinned
    assert image.split("@")[0].rpartition(":")[2] not in MOVING_TAGS
    assert (root / "environment" / "environment.yaml").is_file() is (container == "conda")
    copied = re.search(
        r"COPY (?:\S+ )?(\S+) /tmp", (root / "environment" / "Containerfile").read_text("utf-8")
    )
    assert copied is not None
    assert (root / "environment" / copied[1]).is_file()


def test_the_base_of_the_research_environment_is_the_image_of_the_workflow(made: Made) -> None:
    root = made(container="vre")
    assert images_of(root) == {base_of(root)}


def test_an_image_of_ones_own_goes_before_the_base(made: Made) -> None:
    own = "registry.example.org/group/image:1.2"
    assert images_of(made(container="vre", image=own)) == {own}


def test_conda_holds_the_versions_of_the_lock(made: Made) -> None:
    root = made(container="conda")
    lock = (root / "environment" / "requirements.txt").read_text("utf-8")
    dependencies = load_yaml(root / "environment" / "environment.yaml").data["dependencies"]
    assert dependencies[0] == "python=3.12"
    for line in dependencies[1:]:
        name, version = (
            line.removeprefix("matplotlib-base").split("=")
            if "base" not in line
            else (
                "matplotlib",
                line.split("=")[1],
            )
        )
        assert re.search(
            rf"^{name}=={re.escape(version)}(?: ; python_full_version >= '3.12')? \\$", lock, re.MULTILINE
        )


BACKENDS = {
    "kubernetes": {"kubernetes_memory_limit": "1Gi", "kubernetes_job_timeout": 600},
    "htcondorcern": {"htcondor_max_runtime": "600"},
    "slurmcern": {"slurm_time": "10"},
    "compute4punch": {},
}


@pytest.mark.parametrize("kind", load_questions()["kind"].choices.values())
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_step_goes_to_the_chosen_backend(made: Made, kind: str, backend: str) -> None:
    root = made(kind=kind, reana_backend=backend)
    for path in (root / "workflow" / "tools").glob("*.cwl"):
        hint = load_yaml(path).data["hints"]["reana"]
        assert hint == {"compute_backend": backend, **BACKENDS[backend]}
    assert ("CERN_KEYTAB" in (root / "README.md").read_text("utf-8")) is backend.endswith("cern")


def test_backends_are_those_that_reana_knows() -> None:
    assert set(load_questions()["reana_backend"].choices.values()) == set(BACKENDS)


LAKES = {
    "none": {},
    "escape-vre": {
        "rucio_host": "https://vre-rucio.cern.ch",
        "auth_host": "https://vre-rucio-auth.cern.ch",
        "vo": "escape",
    },
    "other": {
        "rucio_host": "https://rucio.mine.org:443/x",
        "auth_host": "https://auth.mine.org",
        "vo": "0123",
    },
}
OTHER = {
    "lake_host": "https://rucio.mine.org:443/x",
    "lake_auth_host": "https://auth.mine.org",
    "lake_vo": "0123",
}


@pytest.mark.parametrize("lake", LAKES)
def test_the_manifest_names_the_lake(made: Made, lake: str) -> None:
    root = made(lake=lake, **(OTHER if lake == "other" else {}))
    found = load_manifest(root / "data" / "manifest.yaml").lake
    assert (found is None) is (lake == "none")
    if found is not None:
        assert {name: getattr(found, name) for name in LAKES[lake]} == LAKES[lake]
        assert found.auth_type == "oidc"


def test_the_host_of_authentication_follows_the_host(made: Made) -> None:
    found = load_manifest(
        made(lake="other", lake_host="https://rucio.mine.org") / "data" / "manifest.yaml"
    ).lake
    assert found is not None
    assert found.auth_host == "https://rucio.mine.org"
    assert found.name == "rucio.mine.org"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lake_host", "http://rucio.mine.org"),
        ("lake_host", "https://rucio.mine.org/"),
        ("lake_host", "https://user:pw@rucio.mine.org"),
        ("lake_auth_host", 'https://rucio.mine.org"'),
        ("lake_vo", "a b"),
        ("lake_vo", '"x'),
    ],
)
def test_addresses_of_a_lake_that_cannot_be(made: Made, name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f'the answer to "{name}" cannot be used'):
        made(lake="other", **{name: value})


@pytest.mark.parametrize("lake", LAKES)
@pytest.mark.parametrize(
    ("notebooks", "names"),
    [("none", set()), ("look", {"look.ipynb"}), ("lake", {"look.ipynb", "data.ipynb"})],
)
def test_notebooks(made: Made, notebooks: str, names: set[str], lake: str) -> None:
    root = made(notebooks=notebooks, lake=lake)
    assert {path.name for path in (root / "notebooks").glob("*")} == names
    assert (root / "notebooks").exists() is bool(names)
    settings = root / "environment" / "jupyter"
    assert settings.exists() is (notebooks == "lake" and lake != "none")
    if settings.exists():
        ast.parse((settings / "ipython_kernel_config.py").read_text("utf-8"))


@pytest.mark.parametrize("lake", ["escape-vre", "other"])
def test_jupyterlab_is_told_the_lake_of_the_manifest(made: Made, lake: str) -> None:
    """The keys are those of the Rucio extension's own schema (rucio-jupyterlab 41.0.0)."""
    root = made(notebooks="lake", lake=lake, **(OTHER if lake == "other" else {}))
    path = root / "environment" / "jupyter" / "jupyter_server_config.json"
    config = json.loads(path.read_text("utf-8"))["RucioConfig"]
    (instance,) = config["instances"]
    manifest = load_manifest(root / "data" / "manifest.yaml").lake
    assert manifest is not None
    assert config["default_instance"] == instance["name"]
    assert (instance["rucio_base_url"], instance["rucio_auth_url"]) == (
        manifest.rucio_host,
        manifest.auth_host,
    )
    assert instance["vo"] == manifest.vo
    assert instance["mode"] == "download"
    assert {"display_name", "rucio_ca_cert"} <= set(instance)
    assert instance["oidc_auth"] == "env"
    assert "token" not in path.read_text("utf-8").replace("RUCIO_ACCESS_TOKEN", "").lower()


@pytest.mark.parametrize(
    ("docs", "names"), [("none", set()), ("notes", {"README.md"}), ("site", {"index.md", "method.md"})]
)
def test_documentation(made: Made, docs: str, names: set[str]) -> None:
    root = made(docs=docs)
    assert {path.name for path in (root / "docs").glob("*")} == names
    for path in ("mkdocs.yml", "environment/docs.txt", "environment/docs.in"):
        assert (root / path).exists() is (docs == "site")


@pytest.mark.parametrize("name", ["markup", "latex", "unicode", "yaml"])
def test_the_web_site_is_built_strictly(made: Made, cases: dict[str, Any], name: str, tmp_path: Path) -> None:
    root = made(docs="site", **cases[f"hostile-{name}"])
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "--site-dir",
        tmp_path / "public",
    ]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "public" / "index.html").read_text("utf-8")
    assert "<script>alert" not in page
    assert (tmp_path / "public" / "method" / "index.html").is_file()


def test_packages_of_the_web_site_are_locked_with_hashes(made: Made) -> None:
    text = (made(docs="site") / "environment" / "docs.txt").read_text("utf-8")
    packages = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert all(re.match(r"[\w-]+==[\w.]+(?: ; .*)? \\$", line) for line in packages)
    assert text.count("--hash=sha256:") >= len(packages)
    assert "http" not in text


def test_editors_get_the_schemas(made: Made) -> None:
    root = made()
    schemas = json.loads((root / ".vscode" / "settings.json").read_text("utf-8"))["yaml.schemas"]
    assert {name for name in schemas.values() if "*" not in name} == {"fairport.yaml", "data/manifest.yaml"}
    assert all((root / name).is_file() for name in schemas.values() if "*" not in name)


def test_the_readme_says_how_to_start_without_installing(made: Made) -> None:
    readme = (made() / "README.md").read_text("utf-8")
    version = load_questions()["fairport_version"].default
    assert f"uvx fairport@{version} run" in readme


def _one_of_each_kind(cases: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return for each kind the pairwise case with the most answers that are not the default."""
    defaults = {name: question.default for name, question in load_questions().items()}
    best: dict[str, tuple[int, str]] = {}
    for name, answers in cases.items():
        if name.startswith("pairs-"):
            score = sum(value != defaults[key] for key, value in answers.items())
            best[answers["kind"]] = max(best.get(answers["kind"], (0, "")), (score, name))
    return {kind: name for kind, (_, name) in best.items()}


@pytest.mark.parametrize("kind", load_questions()["kind"].choices.values())
def test_other_answers_than_the_defaults_run_and_stay_green(
    rendering: Rendering, cases: dict[str, dict[str, str]], tmp_path: Path, kind: str
) -> None:
    """One pairwise case of each kind; with FAIRPORT_EVERY_CASE set, all of them."""
    chosen = [_one_of_each_kind(cases)[kind]]
    if "FAIRPORT_EVERY_CASE" in os.environ:
        chosen = [name for name, answers in cases.items() if answers.get("kind") == kind]
    for name in chosen:
        root = rendering(tmp_path / name, cases[name])
        for arguments in (["run", "--container", "none"], ["check", "--profile", "draft"]):
            command = [sys.executable, "-m", "fairport", *arguments]
            done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
            assert done.returncode == 0, (name, done.stdout, done.stderr)
        assert list(root.glob("results/*/result.yaml"))


def _left(root: Path) -> set[str | None]:
    return {item.path for item in check(root).findings if item.rule == "REPO012" and item.status == "fail"}


@pytest.mark.parametrize("kind", load_questions()["kind"].choices.values())
def test_what_is_still_the_example_is_listed_until_it_is_replaced(made: Made, kind: str) -> None:
    root = made(kind=kind)
    assert _left(root) == {"data/experiment.json", "fairport.yaml"}
    assert "[data/experiment.json](data/experiment.json)" in (root / "README.md").read_text("utf-8")
    experiment = (root / "data" / "experiment.json").read_text("utf-8")
    (root / "data" / "experiment.json").write_text(experiment.replace('"title"', '"title" ', 1), "utf-8")
    record = (root / "fairport.yaml").read_text("utf-8")
    description = 'description: "A search of our own, with data that nobody has seen before today."'
    record = re.sub(r"^description: .*$", description, record, count=1, flags=re.MULTILINE)
    (root / "fairport.yaml").write_text(record, encoding="utf-8")
    assert _left(root) == set()
