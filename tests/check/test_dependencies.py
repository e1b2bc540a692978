"""`check` works with nothing but its few libraries importable."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

ALLOWED = ("jsonschema-rs", "jsonschema", "PyYAML", "license-expression", "click", "rich", "cwl-utils")

PROGRAM = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ImportError(f"blocked: {name}")
        return None

BLOCKED = set(sys.argv[1].split(","))
sys.meta_path.insert(0, Blocker())
from fairport.cli.main import main
code = main(["check", *sys.argv[2:]])
loaded = sorted({name.partition(".")[0] for name in sys.modules})
print("LOADED", *loaded, file=sys.stderr)
sys.exit(code)
"""


def closure(names: tuple[str, ...]) -> set[str]:
    """Distributions that ``names`` need, themselves included, by normalised name."""
    found: set[str] = set()
    pending = list(names)
    while pending:
        name = re.sub(r"[-_.]+", "-", pending.pop()).lower()
        if name in found:
            continue
        try:
            needed = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        found.add(name)
        pending += [re.split(r"[\s\[;<>=!~(]", line)[0] for line in needed if "extra ==" not in line]
    return found


@cache
def blocked_modules() -> set[str]:
    """Top-level modules of every other installed distribution."""
    allowed = closure(ALLOWED) | {"fairport"}
    return {
        module
        for module, owners in packages_distributions().items()
        if not any(re.sub(r"[-_.]+", "-", owner).lower() in allowed for owner in owners)
    }


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, ",".join(blocked_modules()), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_needs_few_libraries(make_repository: Callable[..., Path]) -> None:
    blocked = blocked_modules()
    assert {"numpy", "astropy", "matplotlib", "copier", "cwltool", "mkdocs", "scipy"} <= blocked
    good = make_repository(name="good")
    bad = make_repository(
        {"fairport.yaml": "licences: {code: mit, data: CC BY 4.0}\nkeyword: [a]\n"}, name="bad"
    )
    (bad / "workflow" / "tools" / "limit.cwl").write_text(
        "cwlVersion: v1.2\nclass: CommandLineTool\ninputs: 5\n", "utf-8"
    )
    outcome = run(str(good), "--profile", "archive")
    assert outcome.returncode == 0, outcome.stderr
    outcome = run(str(good), str(bad), "--format", "json")
    assert outcome.returncode == 1, outcome.stderr
    found = {item["rule"] for target in json.loads(outcome.stdout)["targets"] for item in target["findings"]}
    assert {"META003", "META011", "WF001"} <= found
    outcome = run(str(bad), "--fix")
    assert "code: MIT" in (bad / "fairport.yaml").read_text("utf-8").replace("{", "")


def test_nothing_heavy_is_loaded_for_a_good_repository(
    make_repository: Callable[..., Path], tmp_path: Path
) -> None:
    root = make_repository()
    run(str(root))  # fills the cache of CWL answers
    outcome = run(str(root))
    loaded = set(outcome.stderr.partition("LOADED")[2].split())
    assert "fairport" in loaded
    assert not loaded & {
        "cwl_utils",
        "schema_salad",
        "jsonschema",
        "license_expression",
        "rich",
        "ruamel",
        "numpy",
        "astropy",
    }
