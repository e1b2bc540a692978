"""Fuzzes every parser behind `fairport check`: mutated files of a valid repository, for some seconds.

    python benchmarks/fuzz_check.py --seconds 600 [--seed N] [--keep DIR]

Each round takes the repository of the tests, spoils one to three of its files (bytes, tokens, lines), checks
it and writes all reports. The exit code is 1 when a rule failed itself, an exception got out, a report was
invalid or a round took too long; each such case is told once, with the files that provoke it in ``--keep``.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASE = ROOT / "tests" / "check" / "base"
TODAY = date(2026, 11, 22)
SLOW = 20.0
"""Seconds that no round may take, even on a loaded machine."""

WORDS = """
[ ] { } : , - # ' " | > & * ! % @ ` ? \\ / ~ $ = < ( ) ; ^ _ .nan .inf -.inf nan inf -1 0 1e400 1e-400 010
0x1F null true no ~ --- ... <<: *a &a !!python/name:os.system !!binary !!omap $import: $include: $graph: ${ $(
../../.. /etc/passwd file:///etc/passwd https://[::1 http:// 10.5281/zenodo. 0000-0002-1825-0097 swh:1:dir:
class: cwlVersion: v1.2 run: scatter: valueFrom: @id @type @graph @context conformsTo symerror asymerror
"""
TOKENS: tuple[bytes, ...] = (
    *(word.encode() for word in WORDS.split()),
    *(b"\n", b"\n\n", b"\t", b" ", b"\r\n", b"\x00", b"\x1b[31m", b"\xff", b"\xef\xbb\xbf", b"\xe2\x80\xae"),
    *(b"\xed\xa0\x80", b"[" * 200, b"9" * 400, b"- " * 300, b"a" * 3000, b": {", b"\n  - "),
)
EXTRA: dict[str, str] = {
    ".copier-answers.yml": "_commit: v0.1.0\n_src_path: https://example.org/t.git\nslug: toy\n",
    "hepdata/submission.yaml": "---\ncomment: A toy.\n---\nname: Limit\ndescription: Upper limit\n"
    "keywords: [{name: observables, values: [LIMIT]}]\ndata_file: limit.yaml\n",
    "hepdata/limit.yaml": "independent_variables:\n  - header: {name: mass, units: GeV}\n"
    "    values: [{low: 10, high: 20}, {value: 3}]\ndependent_variables:\n"
    "  - header: {name: limit, units: pb}\n    values:\n      - {value: 1.0e-9, errors: [{symerror: 1}]}\n"
    "      - {value: 2, errors: [{asymerror: {minus: -1, plus: 2}}]}\n",
    "results/si/run-crate.json": '{"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": ['
    '{"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}, '
    '"conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}}, {"@id": "./", "@type": "Dataset", '
    '"conformsTo": [{"@id": "https://w3id.org/ro/wfrun/process/0.5"}, '
    '{"@id": "https://w3id.org/ro/wfrun/provenance/0.5"}], "mainEntity": {"@id": "w"}, '
    '"mentions": {"@id": "#r"}}, '
    '{"@id": "#r", "@type": "CreateAction", "instrument": {"@id": "w"}, "startTime": "2026-01-01T00:00:00Z", '
    '"endTime": "2026-01-01T00:01:00Z"}, {"@id": "w", "@type": ["File", "ComputationalWorkflow"]}]}\n',
    "planes/own.yaml": "schema_version: '1.0'\nid: own\ntitle: Own plane\nsearch: direct\naxes: []\n",
    "notebooks/look.ipynb": '{"cells": [{"cell_type": "code", "source": ["1"], "outputs": []}], '
    '"metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n',
    "pyproject.toml": '[project]\nname = "toy"\nversion = "1.0"\nlicense = "MIT"\n',
    "uv.lock": 'version = 1\n[[package]]\nname = "numpy"\nversion = "2.0"\n',
    ".gitlab-ci.yml": "check:\n  script: [fairport check]\n",
}


@dataclass
class Tally:
    """What came of the rounds."""

    rounds: int = 0
    findings: int = 0
    slowest: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    first: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def fault(self, name: str, files: dict[str, bytes]) -> None:
        """Count a fault, and keep what provoked it first."""
        self.faults[name] += 1
        self.first.setdefault(name, files)


def seeds(folder: Path) -> dict[str, bytes]:
    """Return path to content of a complete repository, derived files included; made in ``folder``."""
    from fairport.contract.documents import load_analysis
    from fairport.interop.derived import render_all

    shutil.copytree(BASE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in (*render_all(load_analysis(folder / "fairport.yaml")).items(), *EXTRA.items()):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def mutated(content: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """Return ``content`` with a few spots spoiled."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        start = rng.randrange(len(content) + 1)
        end = min(len(content), start + rng.choice((0, 0, 1, 2, 5, 20, 200)))
        kind = rng.random()
        if kind < 0.45:
            new = rng.choice(TOKENS)
        elif kind < 0.55:
            new = b""
        elif kind < 0.65:
            new = bytes(rng.randrange(256) for _ in range(rng.randint(1, 4)))
        elif kind < 0.75:
            new = content[start:end] * rng.choice((2, 3, 50))
        elif kind < 0.9:
            content, start, end, new = _lines(content, rng)
        else:
            other = rng.choice(others)
            cut = rng.randrange(len(other) + 1)
            new = other[cut : cut + rng.choice((10, 100, 1000))]
        content = content[:start] + new + content[end:]
    return content if rng.random() > 0.02 else content[: rng.randrange(len(content) + 1)]


def _lines(content: bytes, rng: random.Random) -> tuple[bytes, int, int, bytes]:
    """Return an edit of whole lines: left out, doubled, moved in or out, or with another value."""
    rows = content.split(b"\n")
    index = rng.randrange(len(rows))
    start = sum(len(row) + 1 for row in rows[:index])
    row = rows[index]
    key = row.partition(b":")[0]
    new = rng.choice(
        (b"", row + b"\n" + row, b"  " + row, row.lstrip(), key + b": " + rng.choice(TOKENS), key + b":")
    )
    return content, start, start + len(row), new


def rounds(folder: Path, rng: random.Random, end: float, most: int | None) -> Iterator[Tally]:
    """Check spoiled repositories until ``end`` (monotonic seconds) or ``most`` rounds; yield the tally."""
    from fairport.check.options import Options
    from fairport.check.reporters import FORMATS, render
    from fairport.check.session import check_paths
    from fairport.contract.schemas import validate

    root = folder / "repository"
    original = seeds(root)
    names, contents = list(original), list(original.values())
    tally = Tally()
    while time.monotonic() < end and (most is None or tally.rounds < most):
        spoiled = {
            name: mutated(original[name], contents, rng)
            for name in rng.sample(names, rng.choice((1, 1, 2, 3)))
        }
        for name, content in spoiled.items():
            (root / name).write_bytes(content)
        started = time.monotonic()
        try:
            profile = rng.choice((None, "draft", "release", "archive"))
            report = check_paths([root], Options(profile=profile, today=TODAY))
            for rule, message in (item for target in report.targets for item in target.internal):
                tally.fault(f"{rule}: {message}", spoiled)
            for fmt in FORMATS:
                render(report, fmt).encode("utf-8")
            if tally.rounds % 10 == 0 and validate("report", report.to_data()):
                tally.fault("the report does not meet its schema", spoiled)
            tally.findings += sum(1 for _ in report.findings)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}:{where.lineno}"
            tally.fault(f"{type(error).__name__} at {place}: {str(error)[:100]}", spoiled)
        seconds = time.monotonic() - started
        tally.slowest = max(tally.slowest, seconds)
        if seconds > SLOW:
            tally.fault("a round took too long", spoiled)
        for name in spoiled:
            (root / name).write_bytes(original[name])
        tally.rounds += 1
        yield tally


def main() -> int:
    """Fuzz, print what came of it, and keep what provoked faults."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the files that provoke faults")
    options = parser.parse_args()
    started = time.monotonic()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="fairport-fuzz-") as folder:
        rng = random.Random(options.seed)
        os.environ["FAIRPORT_CACHE"] = f"{folder}/cache"  # without isolated tools, which are slow
        for tally in rounds(Path(folder), rng, started + options.seconds, options.rounds):
            if tally.rounds % 500 == 0:
                kinds = len(tally.faults)
                print(f"{tally.rounds} rounds, {kinds} kinds of fault", file=sys.stderr, flush=True)
    seconds = time.monotonic() - started
    print(
        f"{tally.rounds} rounds in {seconds:.0f} s (seed {options.seed}), {tally.findings} findings, "
        f"slowest {tally.slowest:.2f} s, {sum(tally.faults.values())} faults"
    )
    for number, (name, count) in enumerate(tally.faults.most_common()):
        print(f"{count:6} {name}")
        if options.keep is not None:
            for path, content in tally.first[name].items():
                target = options.keep / str(number) / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
