"""The cache of outcomes: right, quick to notice changes, and deaf to entries that cannot be trusted."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fairport.check import cache, engine
from fairport.check.options import Options
from fairport.check.report import Report
from fairport.check.session import check_paths

Maker = Callable[..., Path]
OPTIONS = Options(today=date(2026, 11, 22), cache=True)


@pytest.fixture(autouse=True)
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count the real checks, with a cache of the test's own."""
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "cache"))
    made: list[str] = []
    original = engine.check_folder

    def counted(folder: Path, shown: str, *rest: Any) -> Any:
        made.append(shown)
        return original(folder, shown, *rest)

    monkeypatch.setattr(engine, "check_folder", counted)
    return made


def told(report: Report) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = report.to_data()["targets"]
    return [{key: value for key, value in target.items() if key != "seconds"} for target in data]


def entries(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache" / "check" / "reports").glob("*/*.json"))


BAD = {"fairport.yaml": "title: Test\nkeywords: [a, a]\n", "codemeta.json": "{}\n"}


def test_the_second_time_gives_the_same_report(make_repository: Maker, calls: list[str]) -> None:
    root = make_repository(BAD)
    first, second = check_paths([root], OPTIONS), check_paths([root], OPTIONS)
    assert len(calls) == 1
    assert told(first) == told(second)
    assert first.targets[0].outcomes == second.targets[0].outcomes
    assert first.counts == second.counts
    assert first.exit_code() == second.exit_code() == 1


def test_a_copy_elsewhere_shares_the_entry(make_repository: Maker, calls: list[str]) -> None:
    one, two = make_repository(BAD, name="one"), make_repository(BAD, name="two")
    first, second = check_paths([one], OPTIONS), check_paths([two], OPTIONS)
    assert len(calls) == 1
    assert second.targets[0].path == str(two)
    assert told(first)[0]["findings"] == told(second)[0]["findings"]


@pytest.mark.parametrize(
    "change",
    [
        {"profile": "archive"},
        {"select": ("META",)},
        {"ignore": ("META004",)},
        {"today": date(2026, 11, 23)},
        {"baseline": frozenset({"0" * 32})},
        {"rules": "latest"},
    ],
    ids=str,
)
def test_other_options_are_another_entry(
    change: dict[str, Any], make_repository: Maker, calls: list[str]
) -> None:
    import dataclasses

    root = make_repository()
    check_paths([root], OPTIONS)
    check_paths([root], dataclasses.replace(OPTIONS, **change))
    assert len(calls) == 2


def test_another_program_is_another_entry(
    make_repository: Maker, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repository()
    check_paths([root], OPTIONS)
    monkeypatch.setattr(cache, "program_identity", lambda: ("another",))
    check_paths([root], OPTIONS)
    assert len(calls) == 2


def test_every_file_counts(make_repository: Maker, calls: list[str]) -> None:
    root = make_repository()
    check_paths([root], OPTIONS)
    files = [path for path in sorted(root.rglob("*")) if path.is_file()]
    for number, path in enumerate(files, 2):
        before, info = path.read_bytes(), path.stat()
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
        os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))  # same size, same time
        check_paths([root], OPTIONS)
        assert len(calls) == number, path
        path.write_bytes(before)
    check_paths([root], OPTIONS)
    assert len(calls) == len(files) + 1


def test_new_and_lost_files_and_links_count(make_repository: Maker, calls: list[str]) -> None:
    root = make_repository()
    check_paths([root], OPTIONS)
    (root / "new.md").write_text("new\n", "utf-8")
    check_paths([root], OPTIONS)
    (root / "new.md").unlink()
    (root / "new.md").symlink_to("/etc/passwd")
    assert "REPO011" in {item.rule for item in check_paths([root], OPTIONS).findings}
    (root / "docs/notes.md").unlink()
    check_paths([root], OPTIONS)
    assert len(calls) == 4


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def test_commit_tag_and_remote_count(make_repository: Maker, calls: list[str]) -> None:
    root = make_repository()
    for command in (
        ("init", "-q"),
        ("add", "-A"),
        ("commit", "-q", "-m", "first"),
        ("tag", "v9.9.9"),
        ("commit", "-q", "--allow-empty", "-m", "second"),
        ("remote", "add", "origin", "https://example.org/x/y.git"),
        ("rm", "-q", "--cached", "docs/notes.md"),
        ("pack-refs", "--all"),
    ):
        git(root, *command)
        before = len(calls)
        check_paths([root], OPTIONS)
        assert len(calls) == before + 1, command
        check_paths([root], OPTIONS)
        assert len(calls) == before + 1, command


def test_ignored_data_count(make_repository: Maker, calls: list[str]) -> None:
    lock = json.loads((Path(__file__).parent / "base/data/manifest.lock.json").read_text("utf-8"))
    place = lock["datasets"][0]["files"][0]["path"]
    root = make_repository({".gitignore": "data/raw/\n"})
    git(root, "init", "-q")
    check_paths([root], OPTIONS)
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).write_bytes(b"not what the lock says")
    report = check_paths([root], OPTIONS)
    assert len(calls) == 2
    assert "DATA005" in {item.rule for item in report.findings}
    (root / place).write_bytes(b"NOT WHAT THE LOCK SAYS")
    check_paths([root], OPTIONS)
    check_paths([root], OPTIONS)
    assert len(calls) in (2, 3)  # the size is wrong already: the content need not be read


def test_planes_of_the_repository_count(make_repository: Maker, calls: list[str]) -> None:
    root = make_repository({".gitignore": "planes/\n"})
    git(root, "init", "-q")
    check_paths([root], OPTIONS)
    (root / "planes").mkdir()
    (root / "planes/dd.si.yaml").write_text("nonsense: 1\n", "utf-8")
    report = check_paths([root], OPTIONS)
    assert len(calls) == 2
    assert "RES004" in {item.rule for item in report.findings}
    (root / "planes/dd.si.yaml").write_text("other nonsense: 1\n", "utf-8")
    check_paths([root], OPTIONS)
    assert len(calls) == 3


def resealed(data: dict[str, Any]) -> bytes:
    data["digest"] = cache._digest(data["body"])
    return json.dumps(data).encode()


def forged_key(data: dict[str, Any]) -> bytes:
    data["body"]["key"] = "0" * 64
    return resealed(data)


def forged_findings(data: dict[str, Any]) -> bytes:
    data["body"]["target"]["findings"] = []
    return json.dumps(data).encode()


def no_shape(data: dict[str, Any]) -> bytes:
    data["body"]["target"] = {"findings": [{"rule": 1}], "outcomes": []}
    return resealed(data)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: b"{",
        lambda data: b"[]",
        lambda data: b"null",
        lambda data: b"\xff\xfe",
        lambda data: b"[" * 100_000,
        lambda data: json.dumps(data).encode()[:-20],
        forged_key,
        forged_findings,
        no_shape,
    ],
)
def test_spoiled_entries_are_ignored(
    spoil: Callable[[dict[str, Any]], bytes], make_repository: Maker, calls: list[str], tmp_path: Path
) -> None:
    root = make_repository(BAD)
    first = check_paths([root], OPTIONS)
    (entry,) = entries(tmp_path)
    entry.write_bytes(spoil(json.loads(entry.read_bytes())))
    assert told(check_paths([root], OPTIONS)) == told(first)
    assert len(calls) == 2
    check_paths([root], OPTIONS)
    assert len(calls) == 2  # and replaced


def test_entries_that_others_could_write_are_ignored(
    make_repository: Maker, calls: list[str], tmp_path: Path
) -> None:
    root = make_repository(BAD)
    check_paths([root], OPTIONS)
    (entry,) = entries(tmp_path)
    content = entry.read_bytes()
    entry.chmod(0o666)
    check_paths([root], OPTIONS)
    assert len(calls) == 2
    entry.unlink()
    (tmp_path / "elsewhere.json").write_bytes(content)
    entry.symlink_to(tmp_path / "elsewhere.json")
    check_paths([root], OPTIONS)
    assert len(calls) == 3
    entry.unlink()
    os.mkfifo(entry)
    check_paths([root], OPTIONS)
    assert len(calls) == 4


def test_a_folder_that_cannot_be_written_is_no_cache(
    make_repository: Maker, calls: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "file" / "below"))
    root = make_repository(BAD)
    assert told(check_paths([root], OPTIONS)) == told(check_paths([root], OPTIONS))
    assert len(calls) == 2


def test_internal_errors_are_not_kept(
    make_repository: Maker, calls: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    def broken() -> list[object]:
        raise RuntimeError("a defect")

    rules = tuple(
        dataclasses.replace(rule, function=broken) if rule.id == "META004" else rule
        for rule in engine.all_rules()
    )
    monkeypatch.setattr(engine, "all_rules", lambda: rules)
    root = make_repository()
    assert check_paths([root], OPTIONS).exit_code() == 3
    assert check_paths([root], OPTIONS).exit_code() == 3
    assert len(calls) == 2
    assert entries(tmp_path) == []


def test_old_entries_go(make_repository: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cache, "_MOST_IN_A_DRAWER", 3)
    monkeypatch.setattr(cache, "_place", lambda key: tmp_path / "drawer" / f"{key}.json")
    root = make_repository()
    for day in range(1, 9):
        check_paths([root], Options(today=date(2026, 11, day), cache=True, select=("META004",)))
    assert 1 <= len(list((tmp_path / "drawer").iterdir())) <= 4


def test_a_warm_check_imports_no_rules(make_repository: Maker) -> None:
    import sys

    root = make_repository(BAD)
    code = (
        "import sys\n"
        "from fairport.check.session import check_paths\n"
        "from fairport.check.options import Options\n"
        f"report = check_paths([{str(root)!r}], Options(cache=True))\n"
        "from fairport.check.reporters import text_report\n"
        "text_report.render(report)\n"
        "heavy = {'yaml', 'jsonschema', 'jsonschema_rs', 'cwl_utils', 'numpy', 'fairport.check.engine',"
        " 'fairport.check.registry'}\n"
        "print(sorted(heavy & sys.modules.keys()))\n"
    )
    out = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert "fairport.check.engine" in out[0]
    assert out[1] == "[]\n"
