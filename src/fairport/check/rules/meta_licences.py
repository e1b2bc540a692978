"""META011 and META012: licences that machines and lawyers read alike."""

from __future__ import annotations

from collections.abc import Iterator

from fairport.check.issue import Issue, quoted, replace_value
from fairport.check.licences import DEPRECATED, is_code_licence, is_data_licence, licence_names, parse_licence
from fairport.check.parsed import AnalysisFile, Parsed, ResultFile
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.loading import Pointer


@rule(
    "META011",
    "error",
    "correctness",
    "Licences are SPDX expressions, or references with a text",
    fair=("R1.1",),
    rda=("R1.1-01M", "R1.1-02M", "R1.1-03M"),
    fuji=("FsF-R1.1-01M", "FRSM-16-R1.1"),
    fix="safe",
    good={ANALYSIS_FILE: "licences:\n  code: MIT\n  data: CC-BY-4.0\n"},
    bad={ANALYSIS_FILE: "licences:\n  code: MIT\n  data: ▸CC BY 4.0\n"},
)
def licence(record: AnalysisFile, repository: Repository) -> Iterator[Issue]:
    """Without a licence nobody may use the analysis; with one that only a person can guess, no machine
    will. SPDX identifiers are unambiguous: `CC-BY-4.0`, `BSD-3-Clause`, `MIT OR Apache-2.0`. A licence of
    your own is `LicenseRef-name` with its text in `LICENSES/LicenseRef-name.txt`."""
    for pointer, text in record.texts("licences/code", "licences/data"):
        yield from licence_issues(record, pointer, text, repository)


@rule(
    "META012",
    "warning",
    "correctness",
    "Licences are current, and fit what they are for",
    fair=("R1.1",),
    rda=("R1.1-02M",),
    fuji=("FRSM-15-R1.1",),
    fix="unsafe",
    good={ANALYSIS_FILE: "licences:\n  code: GPL-3.0-or-later\n  data: CC0-1.0\n"},
    bad={ANALYSIS_FILE: "licences:\n  code: ▸GPL-3.0\n  data: CC0-1.0\n"},
)
def fitting(record: AnalysisFile) -> Iterator[Issue]:
    """`GPL-3.0` leaves open whether later versions are allowed, so SPDX has retired it. Software licences
    speak of source and binaries and say nothing useful of a table of numbers; Creative Commons advises
    against its licences for code."""
    for pointer, text in record.texts("licences/code", "licences/data"):
        expression = parse_licence(text)
        names = licence_names(expression)
        if expression.error is not None:
            continue
        yield from deprecated_issues(record, pointer, text)
        if any(name in DEPRECATED for name in names):
            continue
        if pointer[-1] == "data":
            strange = [name for name in names if not is_data_licence(name)]
            if strange:
                yield record.issue(
                    pointer,
                    f"{strange[0]} is a software licence, not one for data",
                    found=text,
                    expected="CC-BY-4.0, CC0-1.0, ODbL-1.0 or another content licence",
                )
        else:
            strange = [name for name in names if not is_code_licence(name)]
            if strange:
                yield record.issue(
                    pointer,
                    f"{strange[0]} is not approved for software by the Open Source Initiative",
                    found=text,
                    expected="MIT, BSD-3-Clause, Apache-2.0, GPL-3.0-or-later or another open-source licence",
                )


def licence_issues(file: Parsed, pointer: Pointer, text: str, repository: Repository) -> Iterator[Issue]:
    """Yield what is wrong with one licence expression."""
    expression = parse_licence(text)
    if expression.error is not None:
        better = expression.suggestion
        yield file.issue(
            pointer,
            f"{quoted(text, 60)} is not an SPDX expression" + (f"; use {better}" if better else ""),
            found=quoted(text),
            expected=better or "an SPDX expression such as MIT or CC-BY-4.0",
            help=None if better else f"{expression.error}; see spdx.org/licenses",
            fix=replace_value(file.path, pointer, better, safe=expression.case_only) if better else None,
        )
        return
    if isinstance(file, ResultFile):
        return  # the licence of an imported result is the source's, its text is not ours to keep
    for name in licence_names(expression):
        path = f"LICENSES/{name}.txt"
        if name.startswith("LicenseRef-") and path not in repository:
            yield file.issue(
                pointer,
                f"there is no text of {name}",
                expected=path,
                help=f"put the licence text into {path}",
                subject=name,
            )


def deprecated_issues(file: Parsed, pointer: Pointer, text: str) -> Iterator[Issue]:
    """Yield the retired identifiers of an expression."""
    for name in licence_names(parse_licence(text)):
        if name not in DEPRECATED:
            continue
        only = DEPRECATED[name]
        choice = f"{name}-only or {name}-or-later" if only == f"{name}-only" else only
        fix = (
            replace_value(file.path, pointer, text.replace(name, only), safe=False) if text == name else None
        )
        yield file.issue(
            pointer, f"{name} is deprecated; use {choice}", found=text, expected=choice, fix=fix, subject=name
        )
