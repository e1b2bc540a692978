"""The report as JSON by ``schemas/report.schema.json``."""

from __future__ import annotations

import json

from fairport.check.report import Report


def render(report: Report) -> str:
    """Return indented JSON with a final newline."""
    return json.dumps(report.to_data(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
