"""Corrections: right, idempotent, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairport.check.fixes import apply, plan, replaced
from fairport.check.options import Options
from fairport.check.registry import all_rules
from fairport.check.rule import Rule
from fairport.check.session import check_paths
from fairport.contract.loading import parse_yaml

Maker = Callable[..., Path]
OPTIONS = Options(profile="archive", today=date(2026, 11, 22))

WRONG = """\
licences:
  code: mit   # the code
  data: 'cc-by-4.0'
authors:
  - given_names: Ada
    family_names: Lovelace  # Countess
    orcid: " 0000-0002-1825-0097"
    affiliations:
      - {name: CERN, ror: ror.org/01ggx4157}
keywords: [dark matter, Dark Matter, argon, "direct detection"]   # four
resource_type: workflow
identifiers:
  doi: doi:10.5281/zenodo.1234567
released: 01.02.2026
"""
RIGHT = (
    WRONG.replace("code: mit ", "code: MIT ")
    .replace("'cc-by-4.0'", '"CC-BY-4.0"')
    .replace('" 0000-0002-1825-0097"', '"https://orcid.org/0000-0002-1825-0097"')
    .replace("ror: ror.org/01ggx4157", "ror: https://ror.org/01ggx4157")
    .replace(
        '[dark matter, Dark Matter, argon, "direct detection"]', "[dark matter, argon, direct detection]"
    )
    .replace("resource_type: workflow", "resource_type: Workflow")
    .replace("doi: doi:10.5281/zenodo.1234567", "doi: https://doi.org/10.5281/zenodo.1234567")
    .replace("released: 01.02.2026", 'released: "2026-02-01"')
)


def correct(root: Path, *, unsafe: bool = False) -> int:
    total = 0
    for _ in range(6):
        count = apply(root, plan(root, check_paths([root], OPTIONS).findings, unsafe=unsafe))
        total += count
        if not count:
            return total
    raise AssertionError("the corrections do not converge")


def test_safe_fixes_keep_comments_and_layout(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": WRONG})
    before = (root / "fairport.yaml").read_text("utf-8")
    assert correct(root) >= 8
    after = (root / "fairport.yaml").read_text("utf-8")
    changed = [
        (one, two) for one, two in zip(before.splitlines(), after.splitlines(), strict=True) if one != two
    ]
    wanted = [
        (one, two) for one, two in zip(WRONG.splitlines(), RIGHT.splitlines(), strict=True) if one != two
    ]
    assert sorted(changed) == sorted(wanted)
    assert check_paths([root], OPTIONS).exit_code() == 0


def test_fixes_are_idempotent(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": WRONG})
    correct(root)
    files = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert correct(root) == 0
    assert files == {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_unsafe_fixes_only_when_asked(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": "licences: {code: GPL-3.0, data: CC BY 4.0}\n"})
    findings = [item for item in check_paths([root], OPTIONS).findings if item.rule in {"META011", "META012"}]
    assert plan(root, findings) == []
    assert "code: GPL-3.0-only, data: CC-BY-4.0" in plan(root, findings, unsafe=True)[0].new


def test_derived_files_are_made_again(make_repository: Maker) -> None:
    root = make_repository()
    good = (root / "codemeta.json").read_text("utf-8")
    (root / "codemeta.json").write_text(good.replace("Toy recast", "Another"), "utf-8")
    assert correct(root) >= 1
    assert (root / "codemeta.json").read_text("utf-8") == good


def test_units_of_results(make_repository: Maker) -> None:
    root = make_repository({"results/si/result.yaml": "exposure:\n  value: 1.0  # about\n  unit: tonne yr\n"})
    correct(root)
    assert "unit: 1e3 kg yr" in (root / "results/si/result.yaml").read_text("utf-8").replace(
        '"', ""
    ) or "1e3 kg" in (root / "results/si/result.yaml").read_text("utf-8")


def test_nothing_is_written_through_a_link(make_repository: Maker, tmp_path: Path) -> None:
    root = make_repository({"fairport.yaml": "licences: {code: mit, data: CC0-1.0}\n"})
    outside = tmp_path / "outside.yaml"
    outside.write_bytes((root / "fairport.yaml").read_bytes())
    findings = list(check_paths([root], OPTIONS).findings)
    (root / "fairport.yaml").unlink()
    (root / "fairport.yaml").symlink_to(outside)
    assert [change.path for change in plan(root, findings) if change.path == "fairport.yaml"] == []
    (root / "fairport.yaml").unlink()
    inner = root / "inner.yaml"
    inner.write_bytes(outside.read_bytes())
    (root / "fairport.yaml").symlink_to("inner.yaml")
    assert [change.path for change in plan(root, findings) if change.path == "fairport.yaml"] == []


@pytest.mark.parametrize(
    ("text", "pointer", "value", "expected"),
    [
        ("a: b # c\n", "/a", "d", "a: d # c\n"),
        ("a: 'b'\n", "/a", 'd"e', 'a: "d\\"e"\n'),
        ("a: b\n", "/a", "yes", 'a: "yes"\n'),
        ("a: b\n", "/a", "x: y", 'a: "x: y"\n'),
        ("a: b\n", "/a", "x #y", 'a: "x #y"\n'),
        ("a: b\n", "/a", "", 'a: ""\n'),
        ("a: b\n", "/a", 0.9, "a: 0.9\n"),
        ("a: [b, c]\n", "/a/1", "d", "a: [b, d]\n"),
        ("a:\n  - b: &x 1\n", "/a/0/b", 2, "a:\n  - b: 2\n"),
        ("é: {ü: ß}  # ö\n", "/é/ü", "ä", 'é: {ü: "ä"}  # ö\n'),
        ("a~/b: c\n", "/a~0~1b", "d", "a~/b: d\n"),
        ("a: b\n", "/missing", "d", None),
        ("a: b\n", "/a/x", "d", None),
    ],
)
def test_replaced(text: str, pointer: str, value: object, expected: str | None) -> None:
    assert replaced(text, "x.yaml", pointer, value) == expected


def test_replaced_in_json() -> None:
    text = '{\n  "a": [1, {"b" : "c"}]\n}\n'
    assert replaced(text, "x.json", "/a/1/b", "dé") == '{\n  "a": [1, {"b" : "dé"}]\n}\n'


def test_block_text_and_lists() -> None:
    text = "a: |\n  long\n  text\nb:\n  - x  # one\n  - X\n"
    assert replaced(text, "x.yaml", "/b", ["x"]) == "a: |\n  long\n  text\nb:\n  - x\n"
    changed = replaced(text, "x.yaml", "/a", "short")
    assert changed is not None
    assert parse_yaml(changed).data["a"] == "short"
    assert "- x  # one" in changed


CORRECTABLE: dict[str, dict[str, str | None]] = {
    "META007": {
        "fairport.yaml": "authors:\n  - given_names: Ada\n    family_names: Lovelace\n"
        "    orcid: 0000-0002-1825-0097  # hers\n"
    },
    "DATA001": {"data/manifest.yaml": 'lake: {name: "toy\\u200b"}\n'},
    "META003": {"fairport.yaml": 'version: "1.0.0\\u200b"\n'},
    "RES001": {"results/si/result.yaml": 'licence: "CC-BY-4.0\\u200b"\n'},
    "META009": {
        "fairport.yaml": "authors:\n  - given_names: Ada\n    family_names: Lovelace\n"
        "    affiliations: [{name: CERN, ror: 01ggx4157}]\n"
    },
    "META021": {
        "codemeta.json": '{"@context": "https://doi.org/10.5063/schema/codemeta-2.0", "@type": '
        '"SoftwareSourceCode"}\n'
    },
    "META024": {"fairport.yaml": "identifiers:\n  arxiv: arXiv:2601.01234v1\n"},
    "RES002": {"results/si/result.yaml": "exposure: {value: 3.0, unit: none}\n"},
}
"""Examples for the rules whose bad example no program can correct."""

FIXABLE = [rule for rule in all_rules() if rule.fix is not None]


@pytest.mark.parametrize("rule", FIXABLE, ids=lambda rule: rule.id)
def test_each_fix_settles_at_once(rule: Rule, make_repository: Maker) -> None:
    """The correction of each bad example goes away with its finding, touches nothing the second time, and is
    shown before as a diff that says the same."""
    root = make_repository(CORRECTABLE.get(rule.id, rule.bad.files))
    options = Options(profile="archive", today=date(2026, 11, 22), select=(rule.id,))
    found = [item for item in check_paths([root], options).findings if item.rule == rule.id and item.fix]
    assert found
    changes = plan(root, found, unsafe=True)
    assert changes
    for change in changes:
        assert change.diff().startswith(f"--- a/{change.path}\n+++ b/{change.path}\n@@")
    for _ in range(3):  # derived files may follow the record one round later
        apply(root, changes)
        left = [item for item in check_paths([root], options).findings if item.rule == rule.id and item.fix]
        changes = plan(root, left, unsafe=True)
    assert changes == []
    fixed = {item.fingerprint for item in found}
    assert not fixed & {item.fingerprint for item in left}
