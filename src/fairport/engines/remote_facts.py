"""What is known of a run that happens on another machine: workflow in any language, inputs, images."""

from __future__ import annotations

from pathlib import Path

from fairport.contract.analysis import Analysis
from fairport.engines.containers import Container, split_image
from fairport.engines.job_order import JobOrder, read_job_order
from fairport.engines.reana_spec import read_specification
from fairport.engines.workflow_files import WorkflowFiles, read_workflow


def remote_facts(
    root: Path, analysis: Analysis, inputs: Path | None
) -> tuple[WorkflowFiles, JobOrder, Container]:
    """Return workflow, inputs and container of an analysis that a REANA server runs.

    A CWL workflow is read as for any other engine; a Snakefile, serial steps or a Yadage workflow go to the
    server as ``reana.yaml`` describes them, and only their files are recorded.

    Raises:
        DocumentError, ConfigurationError: workflow or inputs are invalid.
    """
    if analysis.workflow.type == "cwl":
        workflow = read_workflow(root, analysis.workflow.file)
        job = read_job_order(root, workflow, inputs)
    else:
        specification = read_specification(root, analysis.workflow.reana)
        workflow, job = specification.foreign()
    image = split_image(workflow.images[0]) if workflow.images else None
    return workflow, job, Container("docker", image)
