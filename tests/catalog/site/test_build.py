"""The site: valid, complete, the same every time, and safe against what records say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.catalog import sitecheck

from fairport.catalog.drawings import figures
from fairport.catalog.site.build import BuildReport, build
from fairport.contract.errors import ConfigurationError, UsageError
from fairport.contract.schemas import validate
from fairport.contract.tables import parse_table

TODAY = date(2026, 11, 22)
EVIL = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{7*7}}${7*7}&lt;\u202egnp.exe \u0000"
)
EVIL = EVIL.replace("\u0000", "")

Build = Callable[..., BuildReport]


@pytest.fixture
def run_build(catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Return ``run(...)``, which builds without narrative pages and with stand-ins for matplotlib's files."""

    def draw(plane: Any, results: Any, colours: Any, files: dict[str, Path], start: Any) -> None:
        for suffix, path in files.items():
            path.write_text(f"{suffix} of {plane.id} with {len(results)} results")

    monkeypatch.setattr(figures, "_draw_elsewhere", draw)
    return lambda **options: build(catalogue, **{"docs": False, "today": TODAY, **options})


def tree(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def text_of(path: Path) -> str:
    return " ".join("".join(sitecheck.read_page(path).text).split())


@pytest.fixture
def site(catalogue: Path, make_repository, register, run_harvest, run_build) -> Path:
    """A site with one analysis of two results."""
    register(make_repository(results={"si": {}, "sdp": {"plane": "dd.sdp", "title": "Other limit"}}))
    run_harvest()
    return run_build().root


def test_every_page_is_sound(site: Path) -> None:
    assert sitecheck.problems(site) == []
    names = {path.relative_to(site).as_posix() for path in sitecheck.record_pages(site)}
    assert names - {"new/index.html", "s/index.html"} == {
        "index.html", "a/index.html", "a/toy/index.html", "p/index.html", "p/dd.si/index.html",
        "p/dd.sdp/index.html", "r/index.html", "r/toy/si/index.html", "r/toy/sdp/index.html",
        "r/toy/si/v/1/index.html", "r/toy/sdp/v/1/index.html",
        "c/index.html", "status/index.html", "v/index.html", "x/index.html", "x/toy-1/index.html",
    }  # fmt: skip


def test_the_front_page_opens_with_the_figure(site: Path) -> None:
    page = sitecheck.read_page(site / "index.html")
    assert page.tags.index("svg", page.tags.index("main")) < page.tags.index("h2")
    assert "r/toy/si/index.html" in page.links


def test_the_page_of_a_result_says_what_it_must(site: Path) -> None:
    text = text_of(site / "r/toy/si/index.html")
    for words in ("90 % CL", "Agrees with the paper? Yes", "0.3 GeV cm⁻³", "2 × 10⁻⁴⁵", "CC-BY-4.0", "Toy-1",
                  "Published in", "BibTeX"):  # fmt: skip
        assert words in text.replace("\N{NO-BREAK SPACE}", " "), words
    folder = site / "r/toy/si"
    assert parse_table((folder / "si.csv").read_text()).columns["mass"] == [10.0, 100.0, 1000.0]
    assert json.loads((folder / "result.json").read_text())["id"] == "si"
    assert "@" in (folder / "cite.bib").read_text()
    assert (folder / "figure.svg").read_text().startswith("<svg")


def test_the_page_of_an_analysis_says_how_to_run_it(site: Path) -> None:
    text = text_of(site / "a/toy/index.html")
    for words in (
        "Ada Doe",
        "fairport run",
        "cwltool --outdir outputs workflow/main.cwl",
        "MIT",
        "check says",
    ):
        assert words in text, words


def test_the_page_of_a_plane_has_values_and_merged_numbers(site: Path) -> None:
    text = text_of(site / "p/dd.si/index.html").replace("\N{NO-BREAK SPACE}", " ")
    assert "at 100 GeV/c²" in text
    assert "2 × 10⁻⁴⁵" in text
    csv = (site / "p/dd.si/dd.si.csv").read_text().splitlines()
    assert csv[0] == "result,experiment,kind,cl,piece,mass [GeV],cross_section [cm2],licence"
    assert csv[1] == "toy/si,Toy-1,collaboration,0.9,0,10.0,1e-44,CC-BY-4.0"
    merged = json.loads((site / "p/dd.si/dd.si.json").read_text())
    assert merged["results"][0]["pieces"][0][1] == [100.0, 2e-45]
    assert (site / "p/dd.si/dd.si.png").is_file()


def test_the_index_is_valid_and_its_files_exist(site: Path) -> None:
    index = json.loads((site / "catalog.json").read_text())
    assert validate("index", index) == []
    assert index["generated"] == "2026-11-22T14:00:00Z"
    named = [value for result in index["results"] for key, value in result.items()
             if key in {"url", "record", "table", "bibtex"}]  # fmt: skip
    named += [analysis["url"] for analysis in index["analyses"]]
    named += [plane["url"] for plane in index["planes"]] + [
        f for plane in index["planes"] for f in plane["figures"]
    ]
    assert [name for name in named if not (site / name).is_file()] == []


def test_schemas_are_published_at_the_paths_of_their_ids(site: Path) -> None:
    for path in (site / "schemas").rglob("schema.json"):
        identifier = json.loads(path.read_text())["$id"]
        assert identifier.endswith(path.relative_to(site).as_posix())
    assert (site / "schemas/result/1/schema.json").is_file()


def test_json_ld_describes_result_analysis_and_catalogue(site: Path) -> None:
    (result,) = map(json.loads, sitecheck.read_page(site / "r/toy/si/index.html").json_ld)
    assert result["@type"] == "Dataset"
    assert 50 <= len(result["description"]) <= 5000
    assert result["license"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert result["creator"][0]["@id"] == "https://orcid.org/0000-0002-1825-0097"
    assert {item["encodingFormat"] for item in result["distribution"]} >= {"text/csv", "application/json"}
    (analysis,) = map(json.loads, sitecheck.read_page(site / "a/toy/index.html").json_ld)
    assert len(analysis["hasPart"]) == 2
    (home,) = map(json.loads, sitecheck.read_page(site / "index.html").json_ld)
    assert home["@type"] == ["DataCatalog", "Dataset"]


def test_the_same_harvest_gives_the_same_bytes(site: Path, run_build, tmp_path: Path) -> None:
    run_build(output=tmp_path / "again")
    assert tree(site) == tree(tmp_path / "again")


def test_a_second_build_writes_nothing(site: Path, run_build) -> None:
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*.html")}
    report = run_build()
    assert (report.written, report.removed) == (0, 0)
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*.html")} == before


def test_pages_of_what_is_gone_are_removed_and_other_files_are_not(
    site: Path, make_repository, run_harvest, run_build
) -> None:
    (site / "CNAME").write_text("example.org\n")
    shutil.rmtree(make_repository() / "results" / "sdp")
    run_harvest()
    assert run_build().removed > 0
    left = {path.name for path in (site / "r/toy/sdp").iterdir()}
    assert left == {"index.html", "ro-crate-metadata.json"}
    assert "no longer holds it" in text_of(site / "r/toy/sdp/index.html")
    assert {path.name for path in (site / "p/dd.sdp").iterdir()} == {"index.html", "ro-crate-metadata.json"}
    assert (site / "CNAME").read_text() == "example.org\n"
    assert sitecheck.problems(site) == []


def test_a_killed_build_is_cleaned_up_by_the_next(site: Path, run_build, monkeypatch) -> None:
    from fairport.catalog.site.output import FileWriter, Written

    good = tree(site)
    write_all = FileWriter.write_all
    shutil.rmtree(site.parent / ".cache" / "parcels")

    def dying(self: FileWriter, files: dict[str, bytes | str]) -> tuple[Written, ...]:
        written = write_all(self, {path.replace("r/toy", "r/doomed"): text for path, text in files.items()})
        if "r/toy/si/index.html" in files:
            raise KeyboardInterrupt
        return written

    monkeypatch.setattr(FileWriter, "write_all", dying)
    with pytest.raises(KeyboardInterrupt):
        run_build()
    assert (site / "r/doomed").is_dir()
    for name, content in good.items():
        if name.endswith(".html"):
            assert (site / name).read_bytes() == content
    monkeypatch.setattr(FileWriter, "write_all", write_all)
    run_build()
    assert tree(site) == good


def test_a_folder_that_is_no_site_is_left_alone(site: Path, run_build, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.tex").write_text("x")
    with pytest.raises(UsageError, match="no site of Fairport"):
        run_build(output=tmp_path / "home")
    assert [p.name for p in (tmp_path / "home").iterdir()] == ["thesis.tex"]


def test_without_a_harvest_the_mend_is_told(run_build) -> None:
    with pytest.raises(ConfigurationError, match="nothing is harvested"):
        run_build()


def test_an_empty_catalogue_has_a_site(run_harvest, run_build) -> None:
    run_harvest()
    root = run_build().root
    assert sitecheck.problems(root) == []
    assert "No result is harvested yet" in text_of(root / "index.html")


def _poisoned(value: Any, keep: frozenset[str]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every text of a record with its place, except those whose values the schema fixes."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in keep:
                for place, text in _poisoned(inner, keep):
                    yield (key, *place), text
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            for place, text in _poisoned(inner, keep):
                yield (index, *place), text
    elif isinstance(value, str):
        yield (), value


FIXED = frozenset(
    "schema_version id status maturity search type role scale kind plane shape excluded x y method outside "
    "sided origin media_type sha256 rows column quantity unit example level results data date embargo_until "
    "started ended digest example_digest licence engine released image commit".split()
)


def _put(data: Any, place: tuple[str | int, ...], value: str) -> None:
    for part in place[:-1]:
        data = data[part]
    data[place[-1]] = value


RICH_ANALYSIS: dict[str, Any] = {
    "status": "corrected", "status_reason": "why", "keywords": ["one"], "publisher": "Z",
    "contact": {"name": "Ada", "email": "ada@example.org", "url": "https://example.org"},
    "experiment": {"name": "Toy-1", "collaboration": "Toy", "instrument": "TPC", "site": "Here", "url": "https://x.org"},
    "funding": [{"funder": "F", "award": "1"}],
    "identifiers": {"doi": "https://doi.org/10.5281/zenodo.1", "swhid": "swh:1:dir:x", "arxiv": "1802.07198"},
    "related": [{"identifier": "https://doi.org/10.1/x", "relation": "IsSupplementTo", "title": "Paper"}],
    "repository": {"url": "https://example.org/repo", "issues": "https://example.org/issues"},
    "software": {"language": "Python", "lock": "requirements.txt"},
    "workflow": {"type": "cwl", "file": "workflow/main.cwl", "inputs": "in.yaml", "reana": "reana.yaml"},
    "access": {"level": "open access", "conditions": "none", "contact": "me"},
    "signed_off": {"by": "S", "role": "spokesperson", "date": "2026-01-01"},
    "authors": [{"given_names": "Ada", "family_names": "Doe", "orcid": "https://orcid.org/0000-0002-1825-0097",
                 "affiliations": [{"name": "Institute", "ror": "https://ror.org/01ggx4157"}]},
                {"organisation": "Toy Collaboration"}],
}  # fmt: skip
RICH_RESULT: dict[str, Any] = {
    "description": "What it is.", "status": "corrected", "status_reason": "why",
    "validity": {"notes": ["A note."]},
    "model": {"interaction": "SI", "target": "Xe", "channel": "bb", "spectra": "PPPC", "form_factors": "Helm",
              "branching": {"bb": 1.0}},
    "astro": {"halo": {"set": "SHM", "rho0": {"value": 0.3, "unit": "GeV cm-3", "citation": "c"}},
              "jfactor": [{"target": "Draco", "log10": 18.8}]},
    "nuisances": [{"id": "n", "kind": "other", "shared_key": "k"}],
    "data_overlap": {"datasets": ["run 1"]},
    "statistics": {"cl": "not-stated", "prior": "flat", "power_constraint": "none",
                   "curated": {"cl": {"value": 0.9, "by": "B", "date": "2026-01-01", "citation": "c"}}},
    "expectation": [{"at": {"mass": 100}, "value": 2e-45, "tolerance": 0.05, "citation": "x", "note": "n"}],
    "provenance": {
        "source": {"doi": "https://doi.org/10.1/x", "arxiv": "1802.07198", "texkey": "T:1", "inspire": "https://i.org",
                   "figure": "1", "url": "https://u.org", "hepdata": {"record": "ins1", "table": "T"}},
        "digitiser": {"by": "B", "tool": "W"}, "cite": ["https://doi.org/10.1/x"],
        "code": {"repository": "https://example.org/r", "commit": "a" * 40, "clean": False},
        "workflow": {"file": "w.cwl", "digest": "sha256:" + "a" * 64},
        "image": {"name": "python:3"},
        "environment": {"interpreter": "CPython", "platform": "L", "packages": {"n": "1"}},
        "inputs": [{"path": "p", "did": "s:n", "sha256": "0" * 64}],
        "run": {"id": "r", "engine": "local", "engine_version": "c", "started": "2026-01-01T00:00:00Z",
                "ended": "2026-01-01T00:00:00Z", "agent": {"name": "A", "orcid": "https://orcid.org/0"}},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    "evil", [EVIL, "javascript:alert(1)//", "x" * 4000, "=cmd()", "../../../etc/passwd", "%n{0}$x\\"]
)
def test_hostile_texts_in_every_field(
    evil: str, catalogue: Path, make_repository, register, run_harvest, run_build
) -> None:
    """Every text of both records is replaced, except where the schema fixes its form."""
    from fairport.contract.loading import load_yaml
    from fairport.contract.saving import dump_yaml

    repository = make_repository(analysis=RICH_ANALYSIS, results={"si": RICH_RESULT})
    register(repository)
    poisoned = 0
    for kind, path in (
        ("analysis", repository / "fairport.yaml"),
        ("result", repository / "results/si/result.yaml"),
    ):
        data = load_yaml(path).data
        assert validate(kind, data) == []
        for place, text in list(_poisoned(data, FIXED)):
            if place == ("data", "path"):
                continue
            for attempt in (evil, evil.replace("\u202e", "")):  # words hold no mark of direction
                _put(data, place, attempt)
                if not validate(kind, data):
                    poisoned += 1
                    break
            else:
                _put(data, place, text)
        path.write_text(dump_yaml(data))
    assert poisoned > 40
    (state,) = run_harvest().states
    assert (state.state, [result.state for result in state.results]) == ("ok", ["ok"])
    report = run_build()
    assert report.warnings == ()
    assert sitecheck.problems(report.root) == []
    for path in sitecheck.record_pages(report.root):
        raw = path.read_text()
        assert "alert(1)</script><img" not in raw
        links = sitecheck.read_page(path).links
        assert [link for link in links if link.strip().lower().startswith(("javascript:", "data:"))] == []
        assert "\u202e" not in raw
    outside = {p for p in catalogue.parent.rglob("*") if p.is_file()} - {
        p for folder in ("catalogue", "repositories") for p in (catalogue.parent / folder).rglob("*")
    }
    assert outside == set()


def test_one_two_and_all_repositories_failing(make_repository, register, run_harvest, run_build) -> None:
    folders = [make_repository(f"toy-{number}") for number in range(4)]
    for folder in folders:
        register(folder)
    (folders[0] / "fairport.yaml").write_text("nonsense: <b>\n")
    run_harvest()
    report = run_build()
    assert (report.results, report.failures) == (3, 1)
    status = text_of(report.root / "status/index.html")
    assert "toy-0" in status
    assert "is missing" in status
    for folder in folders:
        shutil.rmtree(folder)
    run_harvest()
    report = run_build()
    assert (report.results, report.failures) == (3, 4)
    assert "The last good version is shown" in text_of(report.root / "index.html")
    assert sitecheck.problems(report.root) == []


def test_examples_never_stand_under_the_name_of_an_experiment(
    make_repository, register, run_harvest, run_build
) -> None:
    register(make_repository("own"))
    register(make_repository("starter", results={"si": {"provenance": {"example": True}}}))
    run_harvest()
    root = run_build().root
    experiments = text_of(root / "x/index.html")
    assert experiments.index("Examples") < experiments.index("starter/si")
    assert "own/si" not in experiments
    own = text_of(root / "x/toy-1/index.html")
    assert "own/si" in own
    assert "starter/si" not in own
    page = text_of(root / "r/starter/si/index.html")
    assert "An example, not a result of the experiment." in page
    assert "example named after Toy-1" in page
    index = {
        result["id"]: result["example"]
        for result in json.loads((root / "catalog.json").read_text())["results"]
    }
    assert index == {"own/si": False, "starter/si": True}
    rows = (root / "p/dd.si/dd.si.csv").read_text().splitlines()
    assert {row.split(",")[1] for row in rows if row.startswith("starter/")} == {""}


def test_kinds_that_are_off_are_listed_but_not_drawn(
    catalogue, make_repository, register, run_harvest, run_build
) -> None:
    config = catalogue / "catalog.yaml"
    head = config.read_text().split("show:")[0]
    config.write_text(head + "show: [collaboration]\n")
    register(make_repository(results={"si": {}, "old": {"status": "superseded"},
                                      "read": {"provenance": {"origin": "digitised"}}}))  # fmt: skip
    run_harvest()
    root = run_build().root
    home = sitecheck.read_page(root / "index.html")
    drawn = {link for link in home.links if link.startswith("r/toy/")}
    assert drawn == {"r/toy/si/index.html"}
    assert "Not drawn by default: 1 digitised" in text_of(root / "index.html")
    plane = text_of(root / "p/dd.si/index.html")
    assert "Draw all 3 curves" in plane
    every = sitecheck.read_page(root / "p/dd.si/all.html")
    assert {link for link in every.links if "/r/toy/" in link} == {
        f"../../r/toy/{name}/index.html" for name in ("si", "old", "read")
    }
    assert "toy/read" in text_of(root / "r/index.html")


def test_a_catalogue_of_nothing_but_hidden_kinds_says_so(
    catalogue, make_repository, register, run_harvest, run_build
) -> None:
    config = catalogue / "catalog.yaml"
    config.write_text(config.read_text().split("show:")[0] + "show: [collaboration]\n")
    register(make_repository(results={"si": {"provenance": {"example": True}}}))
    run_harvest()
    root = run_build().root
    text = text_of(root / "index.html")
    assert "Nothing is drawn by default in this catalogue: its one result" in text
    assert "is of the kind example" in text
    assert "None of the 1 results" not in text_of(root / "p/dd.si/index.html")
    assert sitecheck.problems(root) == []


def test_numbers_without_a_licence_are_drawn_not_copied(
    make_repository, register, run_harvest, run_build
) -> None:
    register(make_repository(results={"si": {"licence": "LicenseRef-none"}, "nc": {"licence": "CC-BY-NC-4.0"},
                                      "free": {}}))  # fmt: skip
    run_harvest()
    root = run_build().root
    for name in ("si", "nc"):
        names = {p.name for p in (root / "r/toy" / name).iterdir()}
        assert names == {"index.html", "cite.bib", "figure.svg", "ro-crate-metadata.json", "v"}
        assert "not offered for download" in text_of(root / f"r/toy/{name}/index.html")
    rows = (root / "p/dd.si/dd.si.csv").read_text().splitlines()[1:]
    assert {row.split(",")[0] for row in rows} == {"toy/free"}
    by_id = {
        result["id"]: result for result in json.loads((root / "p/dd.si/dd.si.json").read_text())["results"]
    }
    assert ["pieces" in by_id[f"toy/{name}"] for name in ("si", "nc", "free")] == [False, False, True]


def test_an_embargo_is_measured_again_when_building(
    make_repository, register, run_harvest, run_build
) -> None:
    """The store may be older or the clock of the harvest wrong: no page shows a number before its day."""
    from datetime import UTC, datetime

    access = {"level": "embargoed access", "embargo_until": "2026-12-01"}
    register(make_repository(analysis={"access": access}))
    run_harvest(now=datetime(2027, 1, 1, tzinfo=UTC))
    early = run_build(today=date(2026, 11, 30))
    assert early.results == 0
    assert not list(early.root.rglob("*.csv"))
    assert "2e-45" not in "".join(p.read_text(errors="replace") for p in early.root.rglob("*") if p.is_file())
    assert "embargoed until 2026-12-01" in text_of(early.root / "a/toy/index.html")
    assert run_build(today=date(2026, 12, 1)).results == 1


def test_withdrawn_entries_keep_their_address(
    catalogue, make_repository, register, run_harvest, run_build
) -> None:
    path = register(make_repository())
    path.write_text(path.read_text().replace("status: community", "status: withdrawn\nreason: A mistake."))
    run_harvest()
    root = run_build().root
    assert "Withdrawn. A mistake." in text_of(root / "a/toy/index.html")
    assert not (root / "r/toy").exists()


def test_official_needs_the_sign_off(make_repository, register, run_harvest, run_build) -> None:
    register(make_repository("claimed"), status="official")
    signed = {"signed_off": {"by": "S. Pokes", "role": "spokesperson", "date": "2026-11-01"}}
    register(make_repository("signed", analysis=signed), status="official")
    run_harvest()
    index = json.loads((run_build().root / "catalog.json").read_text())
    assert {a["id"]: a["official"] for a in index["analyses"]} == {"claimed": False, "signed": True}


def test_a_published_catalogue_has_canonical_links_and_a_sitemap(
    catalogue, make_repository, register, run_harvest, run_build
) -> None:
    config = catalogue / "catalog.yaml"
    config.write_text(config.read_text() + "url: https://example.org/dm/\n")
    register(make_repository())
    run_harvest()
    root = run_build().root
    assert (
        '<link rel="canonical" href="https://example.org/dm/r/toy/si/">'
        in (root / "r/toy/si/index.html").read_text()
    )
    assert '<link rel="canonical" href="https://example.org/dm/">' in (root / "index.html").read_text()
    assert "<loc>https://example.org/dm/sitemap-results-1.xml</loc>" in (root / "sitemap.xml").read_text()
    sitemap = "".join(path.read_text() for path in sorted(root.glob("sitemap-*.xml")))
    assert "<loc>https://example.org/dm/r/toy/si/</loc><lastmod>2026-11-22</lastmod>" in sitemap
    missing = sitecheck.read_page(root / "404.html")
    assert "https://example.org/dm/index.html" in missing.links
    assert "404" not in sitemap
    assert "Sitemap: https://example.org/dm/sitemap.xml" in (root / "robots.txt").read_text()


def test_a_result_that_cannot_be_drawn_is_a_card(
    make_repository, register, run_harvest, run_build, monkeypatch
) -> None:
    from fairport.catalog.drawings import drawing

    register(make_repository("good"))
    register(make_repository("bad"))
    run_harvest()
    real = drawing.scene_of

    def fragile(plane: Any, results: Any, **options: Any) -> Any:
        if any(result.analysis == "bad" for result in results):
            raise RuntimeError("boom")
        return real(plane, results, **options)

    monkeypatch.setattr(drawing, "scene_of", fragile)
    report = run_build()
    assert any("bad: results/si/result.yaml: it cannot be drawn" in warning for warning in report.warnings)
    assert "r/good/si/index.html" in sitecheck.read_page(report.root / "index.html").links
    assert "it cannot be drawn" in text_of(report.root / "status/index.html")
    assert sitecheck.problems(report.root) == []


@pytest.mark.slow
def test_matplotlib_figures_are_drawn_once(catalogue, make_repository, register, run_harvest) -> None:
    register(make_repository())
    run_harvest()
    report = build(catalogue, docs=False, today=TODAY)
    assert report.warnings == ()
    folder = report.root / "p" / "dd.si"
    assert (folder / "dd.si.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "dd.si.pdf").read_bytes().startswith(b"%PDF")
    assert b"<svg" in (folder / "dd.si.svg").read_bytes()
    first = {p.name: p.stat().st_mtime_ns for p in (catalogue / ".cache" / "figures").iterdir()}
    build(catalogue, docs=False, today=TODAY)
    assert {p.name: p.stat().st_mtime_ns for p in (catalogue / ".cache" / "figures").iterdir()} == first


def test_no_place_of_this_machine_and_no_credential_is_published(
    catalogue: Path, make_repository, commit_all, register, run_harvest, run_build
) -> None:
    secret = {"repository": {"url": "https://user:token@example.org/group/toy"}}
    remote = make_repository("remote", analysis={"repository": None})
    commit_all(remote)
    register(remote.resolve().as_uri())
    register(make_repository("secret", analysis=secret))
    register(make_repository("gone"))
    shutil.rmtree(catalogue.parent / "repositories" / "gone")
    (make_repository("broken") / "results/si/limit.csv").unlink()
    register(catalogue.parent / "repositories" / "broken")
    run_harvest()
    root = run_build().root
    everything = "\n".join(p.read_text(errors="replace") for p in root.rglob("*") if p.is_file())
    assert str(catalogue.parent) not in everything
    assert "token@" not in everything
    assert "remote/si" in everything
