"""Names that appear in documents and links; the only place where they are written."""

from __future__ import annotations

from typing import Final

BASE: Final = "https://w3id.org/fairport"
"""Persistent base of every identifier that Fairport mints (schemas, rules, planes)."""

DOCS_URL: Final = "https://fairport.readthedocs.io/en/stable"
"""Where the documentation of a release is published; the owner of the project sets it here."""

REPOSITORY_URL: Final = "https://github.com/fairport-project/fairport"
"""Source repository of Fairport; the owner of the project sets it here."""

TEMPLATE_URL: Final = f"{REPOSITORY_URL}.git"
"""Git address that scaffolded repositories record as the source of their template."""

CONTRACT_VERSION: Final = "1.0"
"""``schema_version`` that this release writes."""

CONTRACT_MAJOR: Final = 1
CONTRACT_MINOR: Final = 0

MAX_DOCUMENT_BYTES: Final = 5_000_000
"""Largest hand-written document that is read."""

MAX_LOCK_BYTES: Final = 100_000_000
"""Largest data lock that is read whole: some 300,000 files. `fairport data` reads locks as streams."""

MAX_TABLE_BYTES: Final = 256_000_000
"""Largest result table that is read."""

MAX_DEPTH: Final = 100
"""Deepest nesting of a document."""

MAX_ALIAS_EXPANSION: Final = 10
"""How many times its own size a YAML document may grow when its aliases are expanded."""

ANALYSIS_FILE: Final = "fairport.yaml"
STATE_DIR: Final = ".fairport"
OUTPUTS_DIR: Final = "outputs"
RESULTS_DIR: Final = "results"
RESULT_FILE: Final = "result.yaml"
ANSWERS_FILE: Final = ".copier-answers.yml"

NOT_STATED: Final = "not-stated"
"""The honest value of a statistical or astrophysical field that the source does not give."""

PROFILES: Final = ("draft", "release", "archive")


def schema_id(document: str, major: int = CONTRACT_MAJOR) -> str:
    """Return the ``$id`` of the JSON Schema of ``document`` (``analysis``, ``result``, ...)."""
    return f"{BASE}/schemas/{document}/{major}/schema.json"


def rule_url(rule: str) -> str:
    """Return the documentation page of a check rule."""
    return f"{DOCS_URL}/reference/rules/{rule.lower()}/"
