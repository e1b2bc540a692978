"""Small repositories of the kinds that exist, made in a temporary folder."""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MIT = (
    "MIT License\n\nCopyright (c) 2021 Ada Example\n\nPermission is hereby granted, free of charge, to any "
    "person obtaining a copy\nof this software"
)
REANA = """\
version: 0.9.0
workflow:
  type: serial
  specification:
    steps:
      - name: get
        environment: 'example.org/rucio-client'
        commands: [rucio get MY_SCOPE:run7.dataset]
      - name: limit
        environment: 'example.org/fit:1.2'
        commands: [python python/limit.py]
"""
README = """\
# ATLAS mono-photon limits

[![DOI](https://zenodo.org/badge/1234.svg)](https://zenodo.org/badge/latestdoi/1234)

We set limits on simplified models of dark matter with the photon and missing momentum signature.
"""
CODEMETA = {
    "@context": "https://doi.org/10.5063/schema/codemeta-2.0",
    "@type": "SoftwareSourceCode",
    "name": "ATLAS mono-photon limits",
    "license": "https://spdx.org/licenses/MIT",
    "codeRepository": "https://example.org/ada/monophoton",
    "version": "v1.2",
    "author": [
        {"givenName": "Ada", "familyName": "Example", "@id": "https://orcid.org/ 0000-0002-1825-0097"},
        {"givenName": "Bo", "familyName": "Sample", "@id": "https://orcid.org/0000-0002-1825-0098"},
    ],
}

Maker = Callable[[dict[str, str]], Path]


@pytest.fixture
def make(tmp_path: Path) -> Maker:
    """Return a function that makes a git repository of files with one commit and a remote."""

    def maker(files: dict[str, str], remote: str = "git@example.org:ada/monophoton.git") -> Path:
        root = tmp_path / "some place" / "monophoton"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        run = ["git", "-c", "user.name=Ada Example", "-c", "user.email=ada@example.org"]
        for arguments in (
            ["init", "-q"],
            ["remote", "add", "origin", remote],
            ["add", "-A"],
            ["commit", "-qm", "x"],
        ):
            subprocess.run([*run, *arguments], cwd=root, check=True)
        return root

    return maker


@pytest.fixture
def codemeta() -> dict[str, Any]:
    """Return the CodeMeta of :func:`files`."""
    return copy.deepcopy(CODEMETA)


@pytest.fixture
def files() -> dict[str, str]:
    """Return the files of an analysis with a serial REANA workflow, CodeMeta, a limit and a licence."""
    table = "".join(f"{mass} {1e-40 / mass}\n" for mass in range(1, 12))
    return {
        "LICENSE": MIT,
        "README.md": README,
        "codemeta.json": json.dumps(CODEMETA, indent=2),
        "reana.yaml": REANA,
        "python/limit.py": "raise SystemExit('never run')\n",
        "data/limit.dat": table,
    }
