"""Analysis records of the previews (contract 0.x)."""

from __future__ import annotations

from typing import Any


def analysis_0_to_1(data: dict[str, Any]) -> dict[str, Any]:
    """Bring a preview record to contract 1.0.

    The previews had one ``license`` for everything, ``creators`` instead of ``authors``, ``access`` as a
    plain term and the workflow as a plain path; all four became groups.
    """
    migrated = dict(data)
    migrated["schema_version"] = "1.0"
    if "license" in migrated:
        licence = migrated.pop("license")
        migrated.setdefault("licences", {"code": licence, "data": licence})
    if "creators" in migrated:
        migrated.setdefault("authors", migrated.pop("creators"))
    if isinstance(migrated.get("access"), str):
        migrated["access"] = {"level": migrated["access"]}
    if isinstance(migrated.get("workflow"), str):
        migrated["workflow"] = {"type": "cwl", "file": migrated["workflow"]}
    return migrated
