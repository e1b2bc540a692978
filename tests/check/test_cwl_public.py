"""CWL as found in public repositories: what engines take is taken, what is wrong in it is still told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fairport.check.options import Options
from fairport.check.session import check_paths
from fairport.contract.finding import Finding

Maker = Callable[..., Path]

READGROUP = "- name: readgroup\n  type: record\n  fields:\n    - {name: ID, type: string}\n"
IMPORTING = """cwlVersion: v1.2
class: CommandLineTool
requirements:
  SchemaDefRequirement:
    types:
      - $import: TYPES
hints:
  - $import: ../container.yml
inputs:
  group: {type: string}
outputs: {}
baseCommand: [cat]
"""
CONTAINER = "class: DockerRequirement\ndockerPull: debian:12\n"
RECORD = {"name": "pair", "type": "record", "fields": [{"name": "table", "type": "File"}]}


def findings(root: Path) -> list[Finding]:
    report = check_paths([root], Options(select=("WF001",), today=date(2026, 11, 22)))
    assert not any(target.internal for target in report.targets)
    return [item for item in report.findings if item.status == "fail"]


def packed(version: str = "v1.0", **tool: Any) -> str:
    """Return a packed workflow with one tool, with the namespaces where cwltool puts them."""
    part = {
        "class": "CommandLineTool",
        "id": "#tool.cwl",
        "inputs": [{"id": "#tool.cwl/table", "type": "File", "format": "iana:text/csv"}],
        "outputs": [{"id": "#tool.cwl/lines", "type": "File", "outputBinding": {"glob": "lines.csv"}}],
        "baseCommand": "sort",
        "stdout": "lines.csv",
        **tool,
    }
    workflow = {
        "class": "Workflow",
        "id": "#main",
        "inputs": [{"id": "#main/table", "type": "File"}],
        "outputs": [{"id": "#main/lines", "type": "File", "outputSource": "#main/sort/lines"}],
        "steps": [
            {
                "id": "#main/sort",
                "run": "#tool.cwl",
                "in": [{"id": "#main/sort/table", "source": "#main/table"}],
                "out": ["#main/sort/lines"],
            }
        ],
        "$namespaces": {"iana": "https://www.iana.org/assignments/media-types/"},
    }
    document = {"cwlVersion": version, "$graph": [workflow, part], "$schemas": ["https://schema.org/a.rdf"]}
    return json.dumps(document, indent=1)


def test_imports_from_folders_above(make_repository: Maker) -> None:
    files = {
        "workflow/tools/deep/a.cwl": IMPORTING.replace("TYPES", "../../../types/readgroup.yml"),
        "workflow/tools/container.yml": CONTAINER,
        "types/readgroup.yml": READGROUP,
    }
    assert findings(make_repository(files)) == []


def test_imports_from_outside_are_refused(make_repository: Maker, tmp_path: Path) -> None:
    (tmp_path / "types.yml").write_text(READGROUP)
    root = make_repository(
        {
            "workflow/tools/deep/a.cwl": IMPORTING.replace("TYPES", "../../../../types.yml"),
            "workflow/tools/container.yml": CONTAINER,
        }
    )
    (root.parent / "types.yml").write_text(READGROUP)
    assert [item.path for item in findings(root)] == ["workflow/tools/deep/a.cwl"]


def test_namespaces_inside_a_packed_document(make_repository: Maker) -> None:
    assert findings(make_repository({"workflow/packed.cwl": packed()})) == []


def test_the_wrong_part_of_a_packed_document_is_named(make_repository: Maker) -> None:
    text = packed(baseComand="sort")
    (found,) = findings(make_repository({"workflow/packed.cwl": text}))
    assert found.message == 'unknown key "baseComand" (did you mean "baseCommand"?)'
    assert found.line is not None
    assert '"id": "#tool.cwl"' in "\n".join(text.splitlines()[found.line - 1 : found.line + 3])


@pytest.mark.parametrize("version", ["v1.0", "v1.1", "v1.2"])
def test_output_records_have_names(version: str, make_repository: Maker) -> None:
    document = {
        "cwlVersion": version,
        "class": "ExpressionTool",
        "requirements": [{"class": "InlineJavascriptRequirement"}],
        "inputs": [],
        "outputs": [{"id": "pairs", "type": {"type": "array", "items": RECORD}}],
        "expression": "$({pairs: []})",
    }
    assert findings(make_repository({"workflow/a.cwl": json.dumps(document)})) == []


def test_unions_in_unions(make_repository: Maker) -> None:
    text = (
        "cwlVersion: v1.0\nclass: CommandLineTool\ninputs:\n  a:\n    type:\n    - [File, string]\n"
        "outputs: {}\nbaseCommand: cat\n"
    )
    assert findings(make_repository({"workflow/a.cwl": text})) == []
    (found,) = findings(make_repository({"workflow/a.cwl": text.replace("[File, string]", "5")}))
    assert found.line == 6
