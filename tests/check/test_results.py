"""Results: what is found in records and tables beyond the examples of the rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fairport.check.options import Options
from fairport.check.session import check_paths
from fairport.contract.examples import example_digests
from fairport.contract.finding import Finding

Maker = Callable[..., Path]
RECORD = "results/si/result.yaml"
TABLE = "results/si/si.csv"
HEADER = "mass,limit,p2.5,p16,p50,p84,p97.5\n"
ROW = "{mass},1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n"


def findings(root: Path, *rules: str, profile: str = "release") -> list[Finding]:
    report = check_paths([root], Options(profile=profile, select=rules, today=date(2026, 11, 22)))
    assert not [target.internal for target in report.targets if target.internal]
    return [item for item in report.findings if item.status == "fail"]


def messages(root: Path, *rules: str) -> list[str]:
    return [item.message for item in findings(root, *rules)]


@pytest.mark.parametrize(
    ("change", "rule", "told"),
    [
        ("plane: dd.si2\n", "RES004", 'there is no plane "dd.si2"'),
        ("exposure: {value: 1, unit: GeV}\n", "RES004", "exposure has unit GeV"),
        ("astro:\n  halo:\n    rho0: {value: 0.3, unit: km s-1}\n", "RES004", "rho0 has unit km s-1"),
        ("astro:\n  halo: not-stated\n", "RES012", "astro.halo is not stated"),
        (
            "statistics: {role: observed, cl: not-stated, method: CLs}\n",
            "RES011",
            "confidence level not stated",
        ),
        (
            "statistics: {role: observed, cl: 95, sided: one, method: CLs}\n",
            "RES011",
            "confidence level 95: use 0.95",
        ),
        ("exposure: {value: 1, unit: dimensionless}\n", "RES002", "a pure number has the empty text"),
        ("exposure: {value: 1, unit: t yr}\n", "RES003", "is not a VOUnit"),
        ("licence: CC-BY\n", "RES021", "use CC-BY-4.0"),
        ("model: {}\n", "RES012", "model.target is not given"),
        ("provenance: {origin: recast}\n", "RES013", "provenance lacks the commit that made it"),
        ("provenance: {origin: digitised}\n", "RES013", "the publication is not named"),
        (
            "provenance: {origin: digitised, source: {arxiv: 1802.07198v1}}\n",
            "RES013",
            "the figure that was digitised",
        ),
        ("provenance: {origin: collaboration, source: {arxiv: '1802.07198'}}\n", "RES013", "without version"),
        (
            "data_overlap:\n  live_time: {start: '2024-02-01', end: '2024-01-01'}\n",
            "META013",
            "before it starts",
        ),
    ],
)
def test_records(change: str, rule: str, told: str, make_repository: Maker) -> None:
    found = messages(make_repository({RECORD: change}), rule)
    assert any(told in message for message in found), found


def test_swapped_axes(make_repository: Maker) -> None:
    axes = (
        "axes:\n  - {name: limit, role: independent, column: limit, quantity: cross_section, unit: cm2, "
        "scale: log}\n"
        "  - {name: mass, role: dependent, column: mass, quantity: dark_matter_mass, unit: GeV, scale: log}\n"
    )
    assert any("another order" in text for text in messages(make_repository({RECORD: axes}), "RES004"))


@pytest.mark.parametrize(
    ("table", "rule", "told", "place"),
    [
        (HEADER + ROW.format(mass=10) + "20,x,1,2,3,4,5\n", "RES017", "is not a number", (3, 4)),
        (HEADER + ROW.format(mass=10) + "20,1\n", "RES005", "2 cells", (3, 1)),
        (HEADER.replace("p16", "p2.5"), "RES017", "stands twice", (1, 17)),
        (HEADER + ROW.format(mass=10) * 2, "RES007", "stands twice at 10", (3, 1)),
        (HEADER + ROW.format(mass=-1), "RES008", "mass -1 in row 1", (2, 1)),
        (HEADER + "10,,1e-46,2e-46,3e-46,4e-46,5e-46\n", "RES006", "1 cell is empty without a reason", None),
        (HEADER + "10,inf,1e-46,2e-46,3e-46,4e-46,5e-46\n", "RES006", "limit is infinite in row 1", (2, 4)),
        (HEADER + "10,1e-10,1e-46,2e-46,3e-46,4e-46,5e-46\n", "RES008", "is the unit right", None),
        (HEADER[:-1] + ",extra\n" + ROW.format(mass=10)[:-1] + ",1\n", "RES002", '"extra"', (1, 35)),
        ("mass,limit\n1,1\n2,2\n3,3\n", "RES008", "is a copy of", None),
    ],
)  # fmt: skip
def test_tables(
    table: str, rule: str, told: str, place: tuple[int, int] | None, make_repository: Maker
) -> None:
    found = findings(make_repository({TABLE: table}), rule)
    assert any(told in item.message and place in (None, (item.line, item.column)) for item in found), found


def test_decreasing_axes_and_polygons(make_repository: Maker) -> None:
    rows = "".join(ROW.format(mass=mass) for mass in (30, 20, 10))
    assert messages(make_repository({TABLE: HEADER + rows}), "RES007") == []
    jumping = HEADER + "".join(ROW.format(mass=mass) for mass in (10, 30, 20))
    closed = "geometry: {shape: polygon, excluded: inside, closed: true}\n"
    assert messages(make_repository({TABLE: jumping, RECORD: closed}, name="b"), "RES007") == []


def test_inputs_that_changed_since(make_repository: Maker) -> None:
    root = make_repository()
    (root / "data" / "experiment.json").write_text("{}", "utf-8")
    (found,) = findings(root, "RES015")
    assert found.severity == "warning"
    assert "data/experiment.json changed after the run" in found.message


EXAMPLES = sorted(example_digests())


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize(
    ("profile", "severity"), [("draft", "note"), ("release", "error"), ("archive", "error")]
)
def test_an_example_never_passes_for_a_result(profile: str, severity: str, make_repository: Maker) -> None:
    digest = EXAMPLES[0]
    changes = (
        "provenance: {origin: recast, example: true}\n",
        f"provenance: {{origin: recast, example_digest: 'sha256:{'f' * 64}'}}\n",
        f"provenance:\n  origin: recast\n  inputs:\n    - {{path: data/other.json, sha256: {digest}}}\n",
    )
    for number, change in enumerate(changes):
        root = make_repository({RECORD: change}, name=f"r{number}")
        (found,) = findings(root, "RES018", profile=profile)
        assert found.severity == severity
        assert "the starter's example numbers" in found.message


def test_an_example_whose_record_tells_nothing(make_repository: Maker) -> None:
    from fairport.contract.resources import template_root

    root = make_repository({RECORD: "provenance: {origin: recast}\n"})
    assert findings(root, "RES018") == []
    example = next((template_root() / "template").glob("*/data/*/experiment.json"))
    (root / "data" / "experiment.json").write_bytes(example.read_bytes())
    assert len(findings(root, "RES018")) == 1


def test_an_example_in_another_layout_is_still_one(make_repository: Maker) -> None:
    from fairport.contract.resources import template_root

    def rounded(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: rounded(item) for key, item in reversed(value.items())}
        if isinstance(value, list):
            return [rounded(item) for item in value]
        return float(f"{value:.3g}") if isinstance(value, float) else value

    for number, path in enumerate((template_root() / "template").glob("*/data/*/experiment.json")):
        data = {**json.loads(path.read_text("utf-8")), "title": "My own search", "source": {"doi": "10.1/x"}}
        root = make_repository({"data/experiment.json": json.dumps(rounded(data))}, name=f"r{number}")
        (found,) = findings(root, "RES018")
        assert found.pointer == "/provenance/inputs/0"
        data["exposure" if "exposure" in data else "halo"] = {"value": 1234.5, "more": [1, 2, 3]}
        (root / "data/experiment.json").write_text(json.dumps(data), "utf-8")
        assert findings(root, "RES018") == []


def test_derived_results_need_no_run(make_repository: Maker) -> None:
    derived = (
        f"derived_from:\n  - {{result: a/b, digest: 'sha256:{'1' * 64}', transform: joint-likelihood}}\n"
    )
    root = make_repository({RECORD: "provenance: {origin: recast}\n" + derived})
    assert findings(root, "RES013", "RES018") == []


def test_planes_of_the_repository_come_first(make_repository: Maker) -> None:
    from fairport.contract.resources import catalog_root

    text = (catalog_root() / "planes" / "dd.si.yaml").read_text("utf-8")
    own = text.replace("id: dd.si", "id: my.plane").replace(
        "model: [dm.local_fraction", "model: [spectra, dm.local_fraction"
    )
    root = make_repository({RECORD: "plane: my.plane\n", "planes/my.plane.yaml": own})
    assert messages(root, "RES004") == []
    assert messages(root, "RES012") == ["model.spectra is not given, and my.plane needs it"]
    (root / "planes" / "my.plane.yaml").write_text("id: [\n", "utf-8")
    assert any("the plane cannot be used" in text for text in messages(root, "RES004"))


def test_the_same_figure_twice(make_repository: Maker) -> None:
    source = (
        "provenance:\n  origin: digitised\n  source: {doi: https://doi.org/10.1103/x, figure: Figure 1}\n"
    )
    root = make_repository({RECORD: source})
    for name in ("one", "two"):
        folder = root / "results" / name
        folder.mkdir()
        for path in (root / "results" / "si").iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        record = (folder / "result.yaml").read_text("utf-8").replace("id: si\n", f"id: {name}\n")
        (folder / "result.yaml").write_text(record, "utf-8")
    assert sorted(messages(root, "RES019")) == ["same figure as one", "same figure as one"]


def test_the_same_curve_from_two_collections(make_repository: Maker) -> None:
    root = make_repository(
        {RECORD: "provenance:\n  origin: digitised\n  source: {doi: https://doi.org/10.1103/x}\n"}
    )
    other = root / "results" / "other"
    other.mkdir()
    record = (
        (root / RECORD)
        .read_text("utf-8")
        .replace("id: si\n", "id: other\n")
        .replace("10.1103/x", "10.1103/y")
    )
    for path in (root / "results" / "si").iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    (other / "result.yaml").write_text(record, "utf-8")
    found = messages(root, "RES019")
    assert len(found) == 1
    assert "the same curve as" in found[0]
    assert "number by number; they cite different sources" in found[0]
    declared = record + "data_overlap:\n  results: [toy-recast/si]\n"
    (other / "result.yaml").write_text(declared, "utf-8")
    assert messages(root, "RES019") == []


def test_a_compressed_table(make_repository: Maker) -> None:
    import gzip

    root = make_repository()
    content = gzip.compress((root / TABLE).read_bytes(), mtime=0)
    (root / "results/si/si.csv.gz").write_bytes(content)
    record = (
        (root / RECORD)
        .read_text("utf-8")
        .replace("path: si.csv", "path: si.csv.gz")
        .replace("text/csv", "application/gzip")
    )
    (root / RECORD).write_text(record, "utf-8")
    assert {item.rule for item in findings(root, "RES")} == {"RES015"}
    (root / "results/si/si.csv.gz").write_bytes(b"\x1f\x8b" + b"x" * 100)
    assert "RES017" in {item.rule for item in findings(root, "RES")}


def test_json_records(make_repository: Maker) -> None:
    from fairport.contract.loading import load_document

    root = make_repository({"fairport.yaml": "results: results/*/result.json\n"})
    data = load_document(root / RECORD).data
    data["interpolation"]["method"] = "spline"
    (root / "results/si/result.json").write_text(json.dumps(data, indent=1), "utf-8")
    (found,) = findings(root, "RES001")
    assert found.path == "results/si/result.json"
    assert found.line
