"""The pinned interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from fairport.engines import interpreter_probe
from fairport.engines.environment import imported_modules, locked_names, pin_environment


def test_imports_are_found_by_parsing(tmp_path: Path) -> None:
    (tmp_path / "fit.py").write_text(
        "raise SystemExit('executed')\nimport numpy.linalg as n, json\nfrom yaml import safe_load\n"
        "import tools\ndef f():\n    import click\nfrom . import other\n",
        "utf-8",
    )
    (tmp_path / "tools.py").write_text("from __future__ import annotations\n", "utf-8")
    (tmp_path / "broken.py").write_text("def (:\n", "utf-8")
    scripts = [tmp_path / name for name in ("fit.py", "tools.py", "broken.py")]
    assert imported_modules(scripts) == ["click", "json", "numpy", "yaml"]


def test_packages_of_the_imports_are_recorded(tmp_path: Path) -> None:
    script = tmp_path / "fit.py"
    script.write_text("import json, numpy, yaml, nowhere_to_be_found\n", "utf-8")
    environment = pin_environment(tmp_path, container="none", lock=None, scripts=[script])
    assert environment.recorded.packages == {"numpy": version("numpy"), "PyYAML": version("PyYAML")}
    assert environment.recorded.interpreter == f"CPython {'.'.join(map(str, sys.version_info[:3]))}"
    assert environment.recorded.lock_digest is None


def test_packages_of_the_lock_without_imports(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(
        "# comment\nnumpy==1.0 \\\n    --hash=sha256:00\nclick[x]==8 ; python_version > '3'\nnot-there==1\n",
        "utf-8",
    )
    assert locked_names(lock) == ["click", "not-there", "numpy"]
    environment = pin_environment(tmp_path, container="none", lock="requirements.txt")
    assert set(environment.recorded.packages) == {"click", "numpy"}
    assert environment.recorded.lock_digest is not None
    assert environment.recorded.lock_digest.startswith("sha256:")
    assert pin_environment(tmp_path, container="none", lock="../none").recorded.lock_digest is None


def test_in_a_container_the_image_decides(tmp_path: Path) -> None:
    environment = pin_environment(tmp_path, container="podman", lock=None)
    assert environment.recorded.container == "podman"
    assert environment.recorded.packages == {}
    assert "MPLCONFIGDIR" not in environment.variables


@pytest.mark.parametrize("name", ["python3", "python"])
def test_shim_for_an_interpreter_without_python3(tmp_path: Path, name: str) -> None:
    environment = pin_environment(tmp_path, container="none", lock=None)
    lone = tmp_path / "it's here" / "python3.99"
    lone.parent.mkdir()
    lone.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
    lone.chmod(0o755)
    odd = type(environment)(lone, environment.recorded)
    first = odd.search_path(tmp_path / "shims").split(":")[0]
    assert first == str(tmp_path / "shims")
    done = subprocess.run(
        [Path(first) / name, "-c", "print(6*7)"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "42\n"


def test_probe_script_agrees_with_the_module() -> None:
    done = subprocess.run(
        [sys.executable, "-I", interpreter_probe.__file__, '[["yaml", "json"], ["click"]]'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == json.dumps(interpreter_probe.describe(["yaml", "json"], ["click"]))
