"""Validates crates with roc-validator, without the network: runs in the environment of that tool.

Arguments: folder for the cache, then crates. The context of RO-Crate 1.1, which a crate names by its address,
is served from the package rocrate of the same environment.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import requests
import requests_cache
from rocrate_validator import models, services
from urllib3.response import HTTPResponse

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
PROFILES = ("provenance-run-crate", "workflow-run-crate", "workflow-ro-crate", "ro-crate-1.1")


def seed(cache: Path) -> None:
    content = (files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()
    assert json.loads(content)["@id"] == CONTEXT, "rocrate carries another context"
    session = requests_cache.CachedSession(str(cache), backend="sqlite", expire_after=-1)
    response = requests.Response()
    response.status_code, response._content, response.url = 200, content, CONTEXT
    response.headers["Content-Type"] = "application/ld+json"
    response.request = requests.Request("GET", CONTEXT).prepare()
    response.raw = HTTPResponse(
        body=BytesIO(content),
        headers={"Content-Type": "application/ld+json"},
        status=200,
        preload_content=False,
        request_url=CONTEXT,
    )
    session.cache.save_response(response)


def main() -> None:
    cache = Path(sys.argv[1]) / "contexts"
    seed(cache)
    found = {}
    for crate in sys.argv[2:]:
        for profile in PROFILES:
            settings = services.ValidationSettings(
                rocrate_uri=crate,
                profile_identifier=profile,
                requirement_severity=models.Severity.REQUIRED,
                offline=True,
                cache_path=str(cache),
            )
            issues = services.validate(settings).get_issues()
            found[f"{crate} {profile}"] = [f"{item.check.identifier}: {item.message}" for item in issues]
    Path(sys.argv[1], "issues.json").write_text(json.dumps(found), "utf-8")


main()
