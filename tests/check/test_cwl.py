"""CWL: what is found in one file and between files, and agreement with cwltool."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairport.check.cwl.links import value_fits
from fairport.check.cwl.model import Port, short_types
from fairport.check.options import Options
from fairport.check.session import check_paths

Maker = Callable[..., Path]
TOOL = "workflow/tools/limit.cwl"
MAIN = "workflow/main.cwl"
STEP = (
    "steps:\n  limit:\n    doc: Limit.\n    run: {run}\n    in:\n      script: script\n"
    "      experiment: experiment\n"
    "      events: events\n      confidence_level: {level}\n    out: {out}\n"
)


def step(run: str = "tools/limit.cwl", level: str = "confidence_level", out: str = "[table, record]") -> str:
    return STEP.format(run=run, level=level, out=out)


def messages(root: Path, *rules: str) -> list[str]:
    report = check_paths([root], Options(select=rules or ("WF001",), today=date(2026, 11, 22)))
    assert not [target.internal for target in report.targets if target.internal]
    return [item.message for item in report.findings if item.status == "fail"]


BROKEN = {
    "unknown field": (
        TOOL,
        "baseComand: [python3]\n",
        'unknown key "baseComand" (did you mean "baseCommand"?)',
    ),
    "field of another type": (TOOL, "baseCommand: 5\n", "baseCommand must be text or a list"),
    "unknown class": (
        TOOL,
        "class: CommandLinTool\n",
        'unknown class "CommandLinTool" (did you mean "CommandLineTool"?)',
    ),
    "unknown version": (TOOL, "cwlVersion: v9.9\n", "Version error. Did not recognise v9.9 as a CWL version"),
    "unknown type": (TOOL, "inputs:\n  a: strng\n", 'unknown type "strng" (did you mean "string"?)'),
    "unknown type in a list": (
        TOOL,
        "inputs:\n  a:\n    type: [int, nul]\n",
        'unknown type "nul" (did you mean "null"?)',
    ),
    "unknown requirement": (
        TOOL,
        "requirements:\n  DockerRequirment: {dockerPull: x}\n",
        'unknown requirement "DockerRequirment"',
    ),
    "field of a requirement": (
        TOOL,
        "requirements:\n  ResourceRequirement: {coreMin: 1}\n",
        "ResourceRequirement has no field",
    ),
    "resource": (
        TOOL,
        "requirements:\n  ResourceRequirement: {coresMin: many}\n",
        '"coresMin" must be a number',
    ),
    "no outputs": (TOOL, "outputs: 5\n", "outputs"),
    "missing tool": (
        MAIN,
        step(run="tools/limt.cwl"),
        'step limit runs "tools/limt.cwl", which does not exist',
    ),
    "tool on the network": (MAIN, step(run="https://example.org/x.cwl"), "from the network"),
    "tool outside": (MAIN, step(run="../../x.cwl"), "outside the repository"),
    "missing source": (MAIN, step(level="confidence"), 'the source "confidence" does not exist'),
    "wrong type": (MAIN, step(level="experiment"), '"experiment" is File, but double is needed'),
    "missing output": (MAIN, step(out="[table, records]"), 'limit.cwl has no output "records"'),
    "missing input": (
        MAIN,
        step().replace("      events: events\n", ""),
        'step limit does not give "events"',
    ),
    "output without source": (
        MAIN,
        "outputs:\n  table: {type: File, outputSource: limit/tabel}\n",
        '"limit/tabel" does not exist',
    ),
    "output of another type": (
        MAIN,
        "outputs:\n  table: {type: string, outputSource: limit/table}\n",
        "is File, but string",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_found_once(case: str, make_repository: Maker) -> None:
    path, text, expected = BROKEN[case]
    found = messages(make_repository({path: text}))
    assert any(expected in message for message in found), found


@pytest.mark.parametrize(
    "text",
    [
        "inputs: []\n",
        "outputs: []\nstdout: x.txt\n",
        "outputs:\n  table: {type: File, outputBinding: {glob: si.csv}}\n  record: stdout\n"
        "stdout: si.result.json\n",
        "requirements:\n  - class: ResourceRequirement\n    ramMin: $(inputs.confidence_level)\n",
        "hints:\n  anything: {goes: here}\n",
        "doc: |\n  Many\n  lines.\n",
        "inputs:\n  - id: script\n    type: File\n  - id: experiment\n    type: File?\n",
    ],
)
def test_what_is_right_is_not_found(text: str, make_repository: Maker) -> None:
    found = messages(make_repository({TOOL: text, MAIN: "steps: {}\noutputs: []\n"}))
    assert found == []


def test_graph_documents(make_repository: Maker) -> None:
    graph = (
        "cwlVersion: v1.2\n$graph:\n- class: CommandLineTool\n  id: tool\n  baseCommand: echo\n"
        "  inputs: {x: string}\n"
        "  outputs: {y: {type: stdout}}\n- class: Workflow\n  id: main\n  inputs: {a: string}\n"
        "  outputs: {b: {type: File, outputSource: s/y}}\n"
        "  steps: {s: {run: '#tool', in: {x: a}, out: [y]}}\n"
    )
    root = make_repository()
    (root / MAIN).write_text(graph, "utf-8")
    assert messages(root) == []
    (root / MAIN).write_text(graph.replace("in: {x: a}", "in: {}").replace("s/y", "s/z"), "utf-8")
    assert sorted(messages(root)) == [
        'step s does not give "x", which tool needs',
        'the source "s/z" does not exist',
    ]


def test_answers_are_kept_by_content(
    make_repository: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from fairport.check.cwl import parser

    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "cache"))
    root = make_repository({TOOL: "baseComand: [python3]\n"})
    first = messages(root)
    monkeypatch.setattr(parser, "_parse", lambda text, fetch: pytest.fail("not from the cache"))
    assert messages(root) == first
    for path in (tmp_path / "cache").rglob("*.json"):
        path.write_text('{"problems": [[1, 2]]}', "utf-8")
    monkeypatch.undo()
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "cache"))
    assert messages(root) == first


def test_a_cache_that_cannot_be_written(
    make_repository: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "file" / "cache"))
    assert messages(make_repository()) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("File", {"File"}),
        ("int?", {"int", "null"}),
        ("File[]", {"File[]"}),
        ("string[]?", {"string[]", "null"}),
        (["null", "double"], {"null", "double"}),
        ({"type": "array", "items": "int"}, {"int[]"}),
        ({"type": "enum", "symbols": ["a"]}, {"string"}),
        ({"type": "record", "fields": []}, None),
        ("types.yml#thing", None),
        (5, None),
    ],
)
def test_short_types(value: object, expected: set[str] | None) -> None:
    assert short_types(value) == expected


@pytest.mark.parametrize(
    ("value", "kind", "fits"),
    [
        (1, "double", True),
        (1.5, "int", False),
        (2.0, "int", True),
        (True, "int", False),
        (True, "boolean", True),
        ("a", "string", True),
        (None, "string?", True),
        (None, "string", False),
        ({"class": "File", "location": "x"}, "File", True),
        ({"class": "Directory"}, "File", False),
        ([1, 2], "int[]", True),
        ([1, "a"], "int[]", False),
        ("x", "Any", True),
    ],
)
def test_values_of_a_job(value: object, kind: str, fits: bool) -> None:
    assert value_fits(value, Port("x", (), kind)) is fits


@pytest.mark.parametrize(
    ("change", "rule", "told"),
    [
        ({"workflow/inputs.yaml": "confidence_levl: 0.9\n"}, "WF005", "has no input"),
        ({"reana.yaml": "inputs:\n  files: [data/missing.json]\n"}, "WF005", "does not exist"),
        ({"reana.yaml": "inputs:\n  files: [data]\n"}, "WF005", "is a directory"),
        ({"reana.yaml": "inputs:\n  directories: [LICENSE]\n"}, "WF005", "is a file, not a directory"),
        ({"reana.yaml": "inputs:\n  files: [/home/ada/x]\n"}, "WF005", "one computer only"),
        (
            {"reana.yaml": "inputs:\n  parameters: {input: workflow/missing.yaml}\n"},
            "WF005",
            "does not exist",
        ),
        ({"workflow/inputs.yaml": "seed: 2\n"}, "WF005", "seed is 1 here, 2 in workflow/inputs.yaml"),
        ({"reana.yaml": "outputs:\n  files: [outputs/si.csv]\n"}, "WF006", "needs outputs/si.result.json"),
        (
            {"reana.yaml": "workflow: {type: snakemake, file: workflow/main.cwl}\n"},
            "WF004",
            "is no snakemake file",
        ),
        (
            {"reana.yaml": "workflow: {type: cwl, file: workflow/tools/limit.cwl}\n"},
            "WF004",
            "workflow/main.cwl in fairport.yaml",
        ),
        ({"reana.yaml": "workfow: 1\n"}, "WF003", 'did you mean "workflow"'),
        ({"reana.yaml": "workflow: {type: make, file: Makefile}\n"}, "WF003", "unknown value"),
    ],
)
def test_reana(change: dict[str, str], rule: str, told: str, make_repository: Maker) -> None:
    found = messages(make_repository(change), rule)
    assert any(told in message for message in found), found


def test_serial_workflows_of_reana(make_repository: Maker) -> None:
    root = make_repository()
    (root / "reana.yaml").write_text(
        "inputs: {files: [data/experiment.json]}\nworkflow:\n  type: serial\n  specification:\n    steps:\n"
        "      - environment: python:latest\n        commands: [python3 x.py --seed 5 > /eos/user/a/x]\n"
        "        kubernetes_memory_limit: 4GB\n",
        "utf-8",
    )
    assert "image python:latest changes over time; pin tag and digest" in messages(root, "WF007")
    assert {"a fixed seed in a step", "an absolute path in a step"} <= set(messages(root, "WF012"))
    assert any("not a Kubernetes quantity; 4Gi or 4G" in message for message in messages(root, "WF011"))


@pytest.mark.slow
def test_agreement_with_cwltool(make_repository: Maker) -> None:
    """Every case that we refuse cwltool refuses too, and the other way round."""
    from cwltool.context import LoadingContext
    from cwltool.load_tool import load_tool
    from cwltool.workflow import default_make_tool

    context = LoadingContext()
    context.construct_tool_object = default_make_tool
    logging.getLogger("cwltool").disabled = True
    logging.getLogger("salad").disabled = True
    ours_only = {"unknown requirement", "field of a requirement", "tool on the network", "tool outside"}
    cases = {case: {path: text} for case, (path, text, _) in BROKEN.items() if case not in ours_only}
    different = []
    for case, change in {"complete": {}, **cases}.items():
        root = make_repository(change, name=case.replace(" ", "-"))
        path = next(iter(change), MAIN)
        try:
            load_tool(str(root / path), context)
            refused = False
        except Exception:  # noqa: BLE001 - cwltool raises many things
            refused = True
        if refused is not bool(messages(root)):
            different.append(case)
    assert different == []
