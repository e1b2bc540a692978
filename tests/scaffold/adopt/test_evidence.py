"""The small readers: names, identifiers, licences, data identifiers, tables, READMEs."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairport.scaffold.adopt import lake, licence, names, readme, tables
from fairport.scaffold.adopt.model import Found
from fairport.scaffold.adopt.tree import Tree


def _tree(root: Path, **files: str) -> Tree:
    for name, text in files.items():
        (root / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return Tree(root)


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("git@github.com:a/b.git", "https://github.com/a/b"),
        ("ssh://git@gitlab.cern.ch:7999/a/b.git", "https://gitlab.cern.ch/a/b"),
        ("https://user:token@github.com/a/b.git", "https://github.com/a/b"),
        ("https://gitlab.in2p3.fr/a/b/-/tree/main", "https://gitlab.in2p3.fr/a/b"),
        ("/srv/git/b.git", None),
        ("javascript:alert(1)", None),
    ],
)
def test_repository_addresses(remote: str, expected: str | None) -> None:
    assert names.repository_address(remote) == expected


def test_orcids() -> None:
    good = "https://orcid.org/0000-0002-1825-0097"
    assert names.orcid(good) == (good, "")
    assert names.orcid("0000-0002-1825-0097")[0] == good
    assert "blank at its start" in names.orcid(" 0000-0002-1825-0097")[1]
    assert names.orcid("0000-0002-1825-0098")[0] is None
    assert names.orcid("0000-0002-9079-593X")[0] == "https://orcid.org/0000-0002-9079-593X"


def test_people() -> None:
    assert names.person("Vincent van Gogh") == {"given_names": "Vincent", "family_names": "van Gogh"}
    assert names.person("Curie, Marie") == {"given_names": "Marie", "family_names": "Curie"}
    assert names.person("XENON collaboration") == {"organisation": "XENON collaboration"}
    assert names.person("a@b.org") is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://spdx.org/licenses/MIT", "MIT"),
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("GPL-3.0", "GPL-3.0-only"),
        ("GPL-3.0+", "GPL-3.0-or-later"),
        ("cc-by-4.0", "CC-BY-4.0"),
        ("Open Source. MIT license. See LICENSE file.", None),
        ("see the file", None),
    ],
)
def test_licence_fields(written: str, expected: str | None) -> None:
    assert licence.identifier(written) == expected


def test_data_sources_of_shell_python_and_yaml(tmp_path: Path) -> None:
    tree = _tree(
        tmp_path,
        run__sh="# rucio get O:one\nrucio download --dir x LAB:name.of.data\nwget -m https://example.org/data/",
        go__py='did = "ATLAS_SP:file.root"\nurlretrieve("https://u:p@example.org/f.dat")\nx = "https:not"',
        steps__yml="cmd: 'rucio upload --rse R SP:out.root && ls'\nfile: root://eos.example.org//eos/a.root\n",
    )
    found = {(item.kind, item.value, item.role) for item in lake.data_sources(tree)}
    assert found == {
        ("did", "LAB:name.of.data", "input"),
        ("url", "https://example.org/data/", "input"),
        ("did", "ATLAS_SP:file.root", "input"),
        ("url", "https://example.org/f.dat", "input"),
        ("did", "SP:out.root", "output"),
        ("url", "root://eos.example.org//eos/a.root", "input"),
    }
    (tmp_path / "up.py").write_text("import rucio\nscope='LAB'\ndataset_sc='weekly.sc'\n", encoding="utf-8")
    assert "LAB:weekly.sc" in {item.value for item in lake.data_sources(Tree(tmp_path))}
    place = {item.value: item.source for item in lake.data_sources(tree)}
    assert place["LAB:name.of.data"] == "run.sh:2"


def test_tables_that_look_like_results(tmp_path: Path) -> None:
    rows = range(1, 9)
    tree = _tree(
        tmp_path,
        xenon__dat="".join(f"{row}\t{row}e-45\n" for row in rows),
        scan__csv="case,stat_total\n" + "".join(f"1,{row}\n" for row in rows),
        acceptance__dat="".join(f"{row} 1e-45\n" for row in rows),
        leff__dat="".join(f"{row} 0.2\n" for row in rows),
        limit_notes__txt="a limit\nof text\n",
        limit__csv="mass,limit\n1,2\n3,oops\n",
    )
    found = {table.path: table for table in tables.result_tables(tree)}
    assert set(found) == {"xenon.dat", "scan.csv"}
    assert found["xenon.dat"].columns == ()
    assert found["scan.csv"].columns == ("case", "stat_total")
    assert found["xenon.dat"].ranges == ((1.0, 8.0), (1e-45, 8e-45))


def test_a_readme_of_instructions_describes_nothing(tmp_path: Path) -> None:
    tree = _tree(
        tmp_path,
        README__md="# DarkSide recast\n_Ada Example - INFN Roma_\\\n\n## Tools folder\n\n"
        "Inside the tools subfolder you will find the following three files of Python code.\n",
    )
    found = {item.field: item.value for item in readme.evidence(tree) if isinstance(item, Found)}
    assert found["title"] == "DarkSide recast"
    assert found["authors"][0]["affiliations"] == [{"name": "INFN Roma"}]
    assert "description" not in found
