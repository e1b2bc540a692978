"""WF016: the workflow in a language that many engines read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairport.check.cwl.model import roots
from fairport.check.documents import Documents
from fairport.check.issue import Issue
from fairport.check.parsed import AnalysisFile, CwlFile
from fairport.check.rule import rule
from fairport.contract.constants import ANALYSIS_FILE

_LANGUAGES: Final = {
    "serial": "a list of commands that REANA alone runs",
    "snakemake": "a Snakemake workflow",
    "yadage": "a Yadage workflow",
}
"""Workflow types that are kept as they are, and what each is."""


@rule(
    "WF016",
    "note",
    "completeness",
    "The workflow is there in CWL, which many engines run",
    fair=("I1", "R1.3"),
    rda=("I1-01D", "R1.3-02D"),
    fuji=("FRSM-10-I1",),
    after=("META003",),
    good={},
    bad={
        ANALYSIS_FILE: "workflow:\n  type: ▸snakemake\n  file: workflow/Snakefile\n",
        "workflow/main.cwl": None,
        "workflow/tools/limit.cwl": None,
        "workflow/Snakefile": "rule all:\n    input: 'outputs/limit.csv'\n",
        "reana.yaml": "workflow:\n  type: snakemake\n  file: workflow/Snakefile\n",
    },
)
def portable(record: AnalysisFile, documents: Documents) -> Iterator[Issue]:
    """Snakemake, Yadage and serial workflows of REANA are kept as they are: they run, and most analyses of
    the community use them. What is to be run in twenty years needs a description that does not depend on one
    engine. CWL is such a standard; a CWL workflow beside the other one is enough. Before the archive profile
    this is a note only."""
    language = _LANGUAGES.get(record.text("workflow/type") or "")
    if language is None:
        return
    for file in documents.all(CwlFile):
        if any(process.kind == "Workflow" for process in roots(file)):
            return
    yield record.issue(
        ("workflow", "type"),
        f"{language}: no CWL describes it for other engines",
        help="it may stay; add a CWL workflow of the same steps before the analysis is archived",
    )
