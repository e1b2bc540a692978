"""Runs every ``bench_*.py`` beside it and writes ``results.md``; called by ``make bench``.

A benchmark module has a docstring, whose first line is its title, and a function ``cases(folder)`` that
prepares what it needs in an empty folder and returns its cases.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from harness import Timing, measure, table  # noqa: E402 - found beside this file


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmarks; the exit code is 1 when a case is over its budget."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", help="benchmarks to run, without bench_ (all)")
    parser.add_argument("--output", type=Path, default=HERE / "results.md")
    options = parser.parse_args(argv)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

    found = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    unknown = set(options.names) - set(found)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(found)}")
    parts = [f"# Benchmarks\n\n{machine()}"]
    over: list[str] = []
    for name in options.names or found:
        title, timings = run(name)
        text = table(timings)
        print(f"{title}\n{text}\n", flush=True)
        parts.append(f"## {title}\n\n{text}")
        over += [timing.case.name for timing in timings if timing.over_budget]
    options.output.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"written: {options.output}")
    if over:
        print(f"over budget: {', '.join(over)}", file=sys.stderr)
    return 1 if over else 0


def run(name: str) -> tuple[str, list[Timing]]:
    """Return the title and the timings of one benchmark."""
    module = importlib.import_module(f"bench_{name}")
    with tempfile.TemporaryDirectory(prefix=f"fairport-bench-{name}-") as folder:
        return (module.__doc__ or name).splitlines()[0].rstrip("."), measure(module.cases(Path(folder)))


def machine() -> str:
    """Return one line on what the figures were measured with."""
    command = ["git", "describe", "--always", "--dirty"]
    described = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False).stdout.strip()
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    today = datetime.now(UTC).date().isoformat()
    return f"Fairport at {described or 'no commit'}, Python {platform.python_version()}, {system}, {today}."


if __name__ == "__main__":
    sys.exit(main())
