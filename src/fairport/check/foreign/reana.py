"""The REANA specification (``reana.yaml``) as JSON Schema, from its documentation, releases 0.9 and 0.95."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
_TEXTS: Final[dict[str, Any]] = {"type": "array", "items": _TEXT}
_STRING: Final[dict[str, Any]] = {"type": "string"}
_WHOLE: Final[dict[str, Any]] = {"type": "integer"}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}


def _closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


WORKFLOW_TYPES: Final = ("cwl", "serial", "snakemake", "yadage")

_STEP: Final = _closed(
    {
        "name": _TEXT,
        "environment": {**_TEXT, "description": "The container image of the step."},
        "commands": {
            "type": "array",
            "items": _TEXT,
            "minItems": 1,
            "description": "Shell commands in order.",
        },
        "compute_backend": {"enum": ["kubernetes", "htcondorcern", "slurmcern", "compute4punch"]},
        **dict.fromkeys(("kerberos", "voms_proxy", "rucio", "unpacked_img"), _FLAG),
        **dict.fromkeys(("kubernetes_job_timeout", "kubernetes_uid"), _WHOLE),
        **dict.fromkeys(
            (
                "kubernetes_cpu_limit kubernetes_cpu_request kubernetes_memory_limit "
                "kubernetes_memory_request htcondor_max_runtime htcondor_accounting_group "
                "htcondor_request_cpus htcondor_request_memory htcondor_request_disk "
                "htcondor_requirements slurm_partition slurm_time c4p_cpu_cores c4p_memory_limit "
                "c4p_additional_requirements"
            ).split(),
            _STRING,
        ),
    },
    "commands",
    "environment",
)

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_closed(
        {
            "version": {"type": "string", "description": "Version of REANA for which it was written."},
            "inputs": _closed(
                {
                    "files": _TEXTS,
                    "directories": _TEXTS,
                    "parameters": {"type": "object"},
                    "options": _closed(
                        dict.fromkeys(
                            (
                                "CACHE",
                                "FROM",
                                "TARGET",
                                "toplevel",
                                "initdir",
                                "initfiles",
                                "accept_metadir",
                                "report",
                            ),
                            True,
                        )
                    ),
                }
            ),
            "workflow": {
                **_closed(
                    {
                        "type": {"enum": list(WORKFLOW_TYPES)},
                        "file": _TEXT,
                        "specification": {
                            "type": "object",
                            "properties": {"steps": {"type": "array", "items": _STEP, "minItems": 1}},
                        },
                        "resources": _closed(
                            {
                                "cvmfs": {**_TEXTS, "uniqueItems": True},
                                **dict.fromkeys(("kerberos", "voms_proxy", "rucio"), _FLAG),
                                "dask": {"type": "object"},
                            }
                        ),
                        "files": _TEXTS,
                        "directories": _TEXTS,
                        "parameters": {"type": "object"},
                    },
                    "type",
                ),
                "anyOf": [{"required": ["file"]}, {"required": ["specification"]}],
            },
            "outputs": _closed({"files": _TEXTS, "directories": _TEXTS}),
            "tests": _closed({"files": _TEXTS}),
            "workspace": _closed(
                {
                    "root_path": _TEXT,
                    "retention_days": {
                        "type": "object",
                        "minProperties": 1,
                        "additionalProperties": {"type": "integer", "minimum": 0},
                    },
                }
            ),
        },
        "workflow",
    ),
}
"""JSON Schema 2020-12 of the specification."""
