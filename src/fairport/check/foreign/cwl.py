"""The shape of CWL v1.0 to v1.2 documents as JSON Schema, written from the specification.

It says which kind of value stands where, with the exact place; what the values mean (references, expressions,
types that fit) is the business of the parser and of :mod:`fairport.check.cwl.links`. Unknown keys are left to
the parser.
"""

from __future__ import annotations

from typing import Any, Final

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[dict[str, Any]] = {"type": "string"}
_TEXTS: Final[dict[str, Any]] = {"type": ["string", "array"], "items": _TEXT}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}
_FLAG_OR_EXPRESSION: Final[dict[str, Any]] = {"type": ["boolean", "string"]}
_NUMBER_OR_EXPRESSION: Final[dict[str, Any]] = {"type": ["number", "string"]}
_TYPE: Final[dict[str, Any]] = {
    "type": ["string", "object", "array"],
    "required": ["type"],
    "items": {"type": ["string", "object", "array"], "minItems": 1},  # engines accept a union in a union
}
_SECONDARY: Final[dict[str, Any]] = {
    "type": ["string", "object", "array"],
    "items": {"type": ["string", "object"]},
}
_INPUT_BINDING: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "position": {"type": ["integer", "string"]},
        "prefix": _TEXT,
        "separate": _FLAG,
        "itemSeparator": _TEXT,
        "valueFrom": _TEXT,
        "shellQuote": _FLAG,
        "loadContents": _FLAG,
    },
}
_OUTPUT_BINDING: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"glob": _TEXTS, "outputEval": _TEXT, "loadContents": _FLAG, "loadListing": _TEXT},
}
_PORT: Final[dict[str, Any]] = {
    "type": ["string", "array", "object"],
    "items": {"type": ["string", "object"]},
    "required": ["type"],
    "properties": {
        "id": _TEXT,
        "type": _TYPE,
        "label": _TEXT,
        "doc": _TEXTS,
        "format": _TEXTS,
        "secondaryFiles": _SECONDARY,
        "streamable": _FLAG,
        "loadContents": _FLAG,
        "loadListing": _TEXT,
        "inputBinding": _INPUT_BINDING,
        "outputBinding": _OUTPUT_BINDING,
        "outputSource": _TEXTS,
        "linkMerge": _TEXT,
        "pickValue": _TEXT,
    },
}
_LISTED_PORT: Final[dict[str, Any]] = {**_PORT, "type": "object", "required": ["id", "type"]}
_PORTS: Final[dict[str, Any]] = {
    "type": ["object", "array"],
    "additionalProperties": _PORT,
    "items": _LISTED_PORT,
}
_RESOURCES: Final[dict[str, Any]] = {
    "type": ["object", "null"],
    "properties": dict.fromkeys(
        ("coresMin", "coresMax", "ramMin", "ramMax", "tmpdirMin", "tmpdirMax", "outdirMin", "outdirMax"),
        _NUMBER_OR_EXPRESSION,
    ),
}
_DOCKER: Final[dict[str, Any]] = {
    "type": ["object", "null"],
    "properties": dict.fromkeys(
        ("dockerPull", "dockerLoad", "dockerFile", "dockerImport", "dockerImageId", "dockerOutputDirectory"),
        _TEXT,
    ),
}
_REQUIREMENTS: Final[dict[str, Any]] = {
    "type": ["object", "array"],
    "properties": {
        "ResourceRequirement": _RESOURCES,
        "DockerRequirement": _DOCKER,
        "reana": {
            "type": "object",
            "properties": {
                **dict.fromkeys(("compute_backend", "kubernetes_memory_limit"), _TEXT),
                "kerberos": _FLAG,
                "voms_proxy": _FLAG,
            },
        },
    },
    "additionalProperties": {"type": ["object", "null"]},
    "items": {"type": "object", "required": ["class"], "properties": {"class": _TEXT}},
}
_STEP_INPUT: Final[dict[str, Any]] = {
    "type": ["string", "array", "object", "null"],
    "items": _TEXT,
    "properties": {
        "id": _TEXT,
        "source": _TEXTS,
        "valueFrom": _TEXT,
        "linkMerge": _TEXT,
        "pickValue": _TEXT,
        "loadContents": _FLAG,
        "label": _TEXT,
    },
}
_STEP: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["run", "in", "out"],
    "properties": {
        "id": _TEXT,
        "label": _TEXT,
        "doc": _TEXTS,
        "run": {"type": ["string", "object"]},
        "in": {
            "type": ["object", "array"],
            "additionalProperties": _STEP_INPUT,
            "items": {**_STEP_INPUT, "type": "object", "required": ["id"]},
        },
        "out": {
            "type": "array",
            "items": {"type": ["string", "object"], "required": ["id"], "properties": {"id": _TEXT}},
        },
        "scatter": _TEXTS,
        "scatterMethod": _TEXT,
        "when": _TEXT,
        "requirements": _REQUIREMENTS,
        "hints": _REQUIREMENTS,
    },
}
_COMMON: Final[dict[str, Any]] = {
    "cwlVersion": _TEXT,
    "class": _TEXT,
    "id": _TEXT,
    "label": _TEXT,
    "doc": _TEXTS,
    "intent": {"type": "array", "items": _TEXT},
    "requirements": _REQUIREMENTS,
    "hints": _REQUIREMENTS,
    "inputs": _PORTS,
    "outputs": _PORTS,
    "$namespaces": {"type": "object", "additionalProperties": _TEXT},
    "$schemas": {"type": "array", "items": _TEXT},
}


def _process(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {
        "$schema": _DIALECT,
        "type": "object",
        "required": ["inputs", "outputs", *required],
        "properties": {**_COMMON, **properties},
    }


SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "Workflow": _process(
        ("steps",),
        steps={
            "type": ["object", "array"],
            "additionalProperties": _STEP,
            "items": {**_STEP, "required": ["id", *_STEP["required"]]},
        },
    ),
    "CommandLineTool": _process(
        (),
        baseCommand=_TEXTS,
        arguments={"type": "array", "items": {"type": ["string", "object"]}},
        stdin=_TEXT,
        stdout=_TEXT,
        stderr=_TEXT,
        successCodes={"type": "array", "items": {"type": "integer"}},
        temporaryFailCodes={"type": "array", "items": {"type": "integer"}},
        permanentFailCodes={"type": "array", "items": {"type": "integer"}},
    ),
    "ExpressionTool": _process(("expression",), expression=_TEXT),
    "Operation": _process(()),
}
"""Schema of each class of process."""

OTHER: Final[dict[str, Any]] = {
    "$schema": _DIALECT,
    "type": "object",
    "properties": {**_COMMON, "$graph": {"type": "array", "items": {"type": "object"}}},
}
"""Schema of a document whose class is unknown, missing or that of none (``$graph``)."""
