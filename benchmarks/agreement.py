"""Do Fairport's checks agree with independent validators on the validators' own test suites?

    python benchmarks/agreement.py SUITE FOLDER...     prints a table of verdicts and every disagreement
    python benchmarks/agreement.py --list              the suites

FOLDER is a checkout of the validator's (or of any other) repository; nothing of it is executed. The
independent validators run in their isolated environments or in this one (development group). What the
disagreements mean stands in site/docs/explanation/agreement.md.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fairport.check.options import Options
from fairport.check.session import check_paths
from fairport.contract.finding import Finding

ORACLES: Final = Path(__file__).parent / "oracles"
Answers = dict[str, str | None]
"""Name of a case to the first objection, or None when it is accepted."""


@dataclass(frozen=True)
class Outcome:
    """Verdicts of both sides on one case."""

    case: str
    theirs: str | None
    ours: str | None

    @property
    def kind(self) -> str:
        words = {(True, True): "both accept", (False, False): "both refuse"}
        pair = (self.theirs is None, self.ours is None)
        return words.get(pair, "only we refuse" if pair[0] else "only they refuse")


def errors(folder: Path, rules: tuple[str, ...]) -> Iterator[Finding]:
    """Yield the errors of some rules in one repository."""
    report = check_paths([folder], Options(profile="release", select=rules))
    return (item for item in report.findings if item.status == "fail" and item.severity == "error")


def first(findings: Iterator[Finding] | list[Finding]) -> str | None:
    told = [f"{item.rule} {item.path}:{item.line}: {item.message}" for item in findings]
    return told[0] if told else None


def in_tool(name: str, script: str, arguments: list[str]) -> str:
    """Run an oracle in the isolated environment of its tool; return what it printed."""
    from fairport.interop.toolenvs import ToolStore

    environment = ToolStore().ensure(name)
    done = subprocess.run(
        [environment.bin / "python", ORACLES / script, *arguments],
        env=environment.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def found(folders: list[Path], pattern: str) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob(pattern) if path.is_file())


def alone(path: Path, name: str, rules: tuple[str, ...]) -> str | None:
    """Check a copy of one file that stands alone in a folder under ``name``."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(path, Path(folder) / name)
        return first([item for item in errors(Path(folder), rules) if item.path == name])


def cff(folders: list[Path], oracle: Callable[[list[Path]], Answers]) -> Iterator[Outcome]:
    paths = found(folders, "CITATION.cff")
    theirs = oracle(paths)
    for path in paths:
        ours = alone(path, "CITATION.cff", ("META001", "META020", "META007", "META013"))
        yield Outcome(str(path), theirs[str(path)], ours)


def by_cffconvert(paths: list[Path]) -> Answers:
    answers: Answers = json.loads(
        in_tool("cffconvert", "cff.py", [str(path) for path in paths]).splitlines()[-1]
    )
    return answers


def by_check_jsonschema(paths: list[Path]) -> Answers:
    line = [
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.citation-file-format",
        "--output-format",
        "json",
    ]
    names = [str(path) for path in paths]
    done = subprocess.run([sys.executable, *line, *names], capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    answers: Answers = dict.fromkeys(names)
    for item in told["errors"]:
        answers[item["filename"]] = f"{item['path']}: {item['message']}"[:200]
    for item in told["parse_errors"]:
        answers[item["filename"]] = item["message"][:200]
    return answers


def crates(folders: list[Path]) -> Iterator[Outcome]:
    # Other contexts are not to be had without a network, and version 1.2 has other rules.
    context = re.compile(r'"@context":\s*(?:\[\s*)?"https://w3id\.org/ro/crate/1\.1/context"\s*[,\]]')
    other = re.compile(r"w3id\.org/ro/terms/|w3id\.org/ro/crate/1\.2")
    texts = {
        path.parent: path.read_text("utf-8", "replace") for path in found(folders, "ro-crate-metadata.json")
    }
    roots = [root for root, text in texts.items() if context.search(text) and not other.search(text)]
    with tempfile.TemporaryDirectory() as work:
        in_tool("roc-validator", "crates.py", [work, *map(str, roots)])
        theirs = json.loads((Path(work) / "answers.json").read_text("utf-8"))
        for number, root in enumerate(roots):
            copied = Path(work) / str(number)
            shutil.copytree(root, copied, symlinks=True)
            ours = first(
                [
                    item
                    for item in errors(copied, ("META001", "LINK003"))
                    if item.path == "ro-crate-metadata.json"
                ]
            )
            yield Outcome(str(root), theirs[str(root)], ours)


def cwl(folders: list[Path]) -> Iterator[Outcome]:
    for folder in folders:
        ours: dict[str, list[Finding]] = {}
        for item in errors(folder, ("WF001",)):
            ours.setdefault(item.path, []).append(item)
        for path in found([folder], "*.cwl"):
            yield Outcome(
                str(path), by_cwltool(path), first(ours.get(path.relative_to(folder).as_posix(), []))
            )


def by_cwltool(path: Path) -> str | None:
    from cwltool.main import main

    errors_of = io.StringIO()
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            code = main(
                ["--validate", "--disable-color", "--enable-ext", "--enable-dev", str(path)],
                stdout=io.StringIO(),
                stderr=errors_of,
            )
        except Exception as error:  # noqa: BLE001 - whatever it says is its answer
            return f"{type(error).__name__}: {error}"[:200]
    if code == 0:
        return None
    lines = [
        line.strip() for line in errors_of.getvalue().splitlines() if not line.startswith(("INFO", "WARN"))
    ]
    return " ".join(lines)[:240]


def licences(folders: list[Path]) -> Iterator[Outcome]:
    """Every SPDX key of the library, the expressions of its tests, and expressions made of keys."""
    from license_expression import get_license_index, get_spdx_licensing

    from fairport.check.licences import parse_licence

    licensing = get_spdx_licensing()
    keys = [item["spdx_license_key"] for item in get_license_index() if item.get("spdx_license_key")]
    keys += [key for item in get_license_index() for key in item.get("other_spdx_license_keys", ())]
    plain = sorted({key for key in keys if not key.startswith("LicenseRef-")})
    source = random.Random(1)
    words = ("OR", "AND", "WITH", "or", "", "XOR")
    made = [f"{source.choice(plain)} {source.choice(words)} {source.choice(plain)}" for _ in range(400)]
    made += [f"({text}" if source.random() < 0.1 else f"({text}) AND MIT" for text in made[:200]]
    quoted = re.compile(r"""(?:parse|validate)\(\s*['"]([^'"\n]{1,200})['"]""")
    tests = [text for path in found(folders, "test_*.py") for text in quoted.findall(path.read_text("utf-8"))]
    for text in dict.fromkeys([*plain, *made, *tests]):
        told = licensing.validate(text).errors
        yield Outcome(text, told[0] if told else None, parse_licence(text).error)


def orcid(folders: list[Path]) -> Iterator[Outcome]:
    """Random identifiers against ISNI of python-stdnum, which has the same check digit."""
    from stdnum import isni
    from stdnum.exceptions import ValidationError

    from fairport.check.identifiers import check_orcid

    source = random.Random(2)
    for number in range(20_000):
        issued = number % 2  # half of them in the range that ORCID has issued
        block = (
            f"{source.randrange(15_000_000, 35_000_000):015d}"
            if issued
            else f"{source.randrange(10**15):015d}"
        )
        digits = block + source.choice("0123456789X")
        text = "-".join(digits[start : start + 4] for start in range(0, 16, 4))
        try:
            isni.validate(text)
            theirs = None
        except ValidationError as error:
            theirs = str(error)
        flaw = check_orcid(f"https://orcid.org/{text}")
        yield Outcome(text, theirs, flaw.message if flaw is not None else None)


def reana(folders: list[Path]) -> Iterator[Outcome]:
    """Specifications of public analyses, as they are and with one key less or one type changed."""
    import jsonschema
    import yaml

    schema_file = next(iter(found(folders, "reana_analysis_schema.json")))
    validator = jsonschema.Draft7Validator(json.loads(schema_file.read_text("utf-8")))
    for path in [item for pattern in ("reana*.yaml", "reana*.yml") for item in found(folders, pattern)]:
        try:
            data = yaml.safe_load(path.read_text("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError):
            continue
        if not isinstance(data, dict) or "workflow" not in data:
            continue
        for name, changed in mutations(data):
            # REANA itself turns unknown keys into warnings, and so do we.
            wrong = [
                item for item in validator.iter_errors(changed) if item.validator != "additionalProperties"
            ]
            theirs = f"{wrong[0].json_path}: {wrong[0].message}"[:160] if wrong else None
            with tempfile.TemporaryDirectory() as folder:
                (Path(folder) / "reana.yaml").write_text(json.dumps(changed), "utf-8")
                ours = first(list(errors(Path(folder), ("WF003",))))
            yield Outcome(f"{path} {name}", theirs, ours)


def mutations(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the document, and it with each key removed, of another type, or beside an unknown one."""
    yield "as it is", data
    for pointer in places(data):
        for name, value in (
            ("removed", None),
            ("a number", 5),
            ("a text", "x"),
            ("a list", [1]),
            ("unknown", {}),
        ):
            changed = copy.deepcopy(data)
            parent: Any = changed
            for part in pointer[:-1]:
                parent = parent[part]
            if name == "removed":
                del parent[pointer[-1]]
            elif name == "unknown":
                parent[f"x{pointer[-1]}"] = parent.pop(pointer[-1])
            else:
                parent[pointer[-1]] = value
            yield f"{'/'.join(map(str, pointer))} {name}", changed


def places(data: Any, prefix: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every key, parameters and steps beyond the first left out."""
    if isinstance(data, dict) and prefix[-1:] != ("parameters",) and prefix[-1:] != ("options",):
        for key, value in data.items():
            yield (*prefix, key)
            yield from places(value, (*prefix, key))
    elif isinstance(data, list) and data:
        yield from places(data[0], (*prefix, 0))


def hepdata(folders: list[Path]) -> Iterator[Outcome]:
    """Data files: what the validator takes must be readable as a table; what it refuses must not."""
    from fairport.contract.errors import FairportError
    from fairport.contract.loading import load_yaml
    from fairport.interop.formats.hepdata import read

    paths = [
        path
        for path in found(folders, "*.yaml")
        if "submission" not in path.name and "dependent_variables" in path.read_text("utf-8", "replace")
    ]
    theirs = json.loads(
        in_tool("hepdata-validator", "hepdata.py", [str(path) for path in paths]).splitlines()[-1]
    )
    for path in paths:
        try:
            read(load_yaml(path), path.name)
            ours = None
        except FairportError as error:
            ours = error.what
        yield Outcome(str(path), theirs[str(path)], ours)


SUITES: Final[dict[str, Callable[[list[Path]], Iterator[Outcome]]]] = {
    "cffconvert": lambda folders: cff(folders, by_cffconvert),
    "check-jsonschema": lambda folders: cff(folders, by_check_jsonschema),
    "roc-validator": crates,
    "cwltool": cwl,
    "license-expression": licences,
    "python-stdnum": orcid,
    "reana": reana,
    "hepdata-validator": hepdata,
}


def main() -> None:
    """Compare one suite."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("suite", choices=SUITES, nargs="?")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--list", action="store_true", help="name the suites")
    parser.add_argument("--all", action="store_true", help="print the cases that agree, too")
    parser.add_argument("--most", type=int, default=100_000, help="most disagreements that are printed")
    given = parser.parse_args()
    if given.list or given.suite is None:
        print("\n".join(SUITES))
        return
    os.environ.setdefault("GIT_CONFIG_GLOBAL", os.devnull)
    outcomes = list(SUITES[given.suite]([folder.resolve() for folder in given.folders]))
    counts = Counter(item.kind for item in outcomes)
    print(
        f"{given.suite}: {len(outcomes)} cases, "
        + ", ".join(f"{counts[kind]} {kind}" for kind in sorted(counts))
    )
    differing = [item for item in outcomes if given.all or (item.theirs is None) != (item.ours is None)]
    for item in differing[: given.most]:
        print(f"  {item.kind}: {item.case}\n      theirs: {item.theirs}\n      ours:   {item.ours}")


if __name__ == "__main__":
    main()
