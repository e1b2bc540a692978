"""WF007 and WF004 on workflows that are no CWL: Snakemake and Yadage."""

from __future__ import annotations

from pathlib import Path

from fairport.check import check

SNAKEFILE = """\
rule fit:
    output: "fit.csv"
    container: "docker://example.org/fit:latest"
    shell: "fit"

rule plot:
    container:
        "docker://example.org/plot"
    shell: "plot"
"""
STEPS = """\
fit:
  process: {process_type: string-interpolated-cmd, cmd: fit}
  environment:
    environment_type: docker-encapsulated
    image: example.org/fit
    imagetag: latest
"""


def _found(root: Path, rule: str) -> list[tuple[str, int | None, str]]:
    report = check(root, profile="draft")
    return [(item.path, item.line, item.message) for item in report.findings if item.rule == rule]


def test_images_of_snakemake(tmp_path: Path) -> None:
    (tmp_path / "reana.yaml").write_text("workflow:\n  type: snakemake\n  file: workflow/Snakefile-slurm\n")
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow/Snakefile-slurm").write_text(SNAKEFILE)
    found = _found(tmp_path, "WF007")
    assert [(path, line) for path, line, _ in found] == [
        ("workflow/Snakefile-slurm", 3),
        ("workflow/Snakefile-slurm", 8),
    ]
    assert "latest changes over time" in found[0][2]
    assert "has no tag" in found[1][2]
    assert _found(tmp_path, "WF004") == []


def test_images_of_yadage(tmp_path: Path) -> None:
    (tmp_path / "reana.yaml").write_text("workflow:\n  type: yadage\n  file: specs/workflow.yml\n")
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/workflow.yml").write_text("stages: []\n")
    (tmp_path / "specs/steps.yml").write_text(STEPS)
    (tmp_path / "compose.yml").write_text("services:\n  db:\n    image: example.org/db:latest\n")
    found = _found(tmp_path, "WF007")
    assert [(path, line) for path, line, _ in found] == [("specs/steps.yml", 5)]
    assert "example.org/fit:latest changes over time" in found[0][2]


def test_a_tag_is_no_port(tmp_path: Path) -> None:
    (tmp_path / "reana.yaml").write_text("workflow:\n  type: cwl\n  file: main.cwl\n")
    (tmp_path / "Dockerfile").write_text("FROM almalinux:9\n")
    assert "has no digest" in _found(tmp_path, "WF007")[0][2]
