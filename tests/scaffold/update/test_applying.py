"""kill -9, a full disk, an error, a second call at the same time: the old state, or the new one."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fairport.contract.errors import FairportError, RefusedError, UsageError
from fairport.scaffold.update import applying
from fairport.scaffold.update.applying import STAGE, apply, is_interrupted, locked, recover
from fairport.scaffold.update.model import Content, FileChange
from fairport.scaffold.update.updating import update

T = "template/"
COUNT = 12
VERSIONS = {
    "1.0.0": {f"{T}f{n}.txt": f"{n}\n" for n in range(COUNT)} | {f"{T}gone/deep.txt": "x\n"},
    "1.1.0": {f"{T}f{n}.txt": f"{n} new\n" for n in range(COUNT)}
    | {f"{T}new/deep/n{n}.txt": "n\n" for n in range(3)}
    | {f"{T}gone/deep.txt": None},
}

KILLED = """
import os, signal, sys
from pathlib import Path
import fairport.scaffold.update.applying as a
from fairport.scaffold.update.updating import update
left = int(sys.argv[2])
def counted(function):
    def call(*arguments, **names):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **names)
    return call
for name in ("_write", "_keep", "_write_journal", "_move", "_sync", "_remove_empty"):
    setattr(a, name, counted(getattr(a, name)))
update(Path(sys.argv[1]))
"""


def _killed(project: Path, step: int) -> int:
    done = subprocess.run([sys.executable, "-c", KILLED, str(project), str(step)], check=False)
    return done.returncode


def test_killed_at_every_step_the_next_call_restores_and_updates(world) -> None:
    """Each step of the apply: writing, keeping, journal, moves, flushing."""
    made = world(VERSIONS)
    before = made.snapshot()
    update(made.project)
    after = made.snapshot()
    mixed = 0
    for step in sorted(random.Random(5).sample(range(1, 52), 9)):
        subprocess.run(["git", "checkout", "-q", "."], cwd=made.project, check=True)
        subprocess.run(["git", "clean", "-fdqx"], cwd=made.project, check=True)
        assert made.snapshot() == before
        assert _killed(made.project, step) == -signal.SIGKILL
        now = {name: data for name, data in made.snapshot().items() if not name.startswith(STAGE)}
        mixed += now not in (before, after)
        assert subprocess.run(
            ["git", "status", "--porcelain", "--", STAGE], cwd=made.project, capture_output=True, check=True
        ).stdout in (b"", f"?? {STAGE}/\n".encode())
        interrupted = is_interrupted(made.project)
        with locked(made.project) as recovery:
            assert recovery.undone == interrupted
        assert made.snapshot() == (after if now == after and not interrupted else before)
    assert mixed >= 2, "some kills came while files moved"
    report = update(made.project)
    assert report.outcome in ("updated", "up-to-date")
    assert made.snapshot() == after


def test_killed_while_files_move_the_next_update_says_so(world) -> None:
    made = world(VERSIONS)
    before = made.snapshot()
    assert _killed(made.project, 38) == -signal.SIGKILL
    assert is_interrupted(made.project)
    with pytest.raises(FairportError, match="interrupted"):
        update(made.project, dry_run=True)
    report = update(made.project)
    assert report.recovered
    assert made.read("f3.txt") == "3 new\n"
    assert made.read("new/deep/n2.txt") == "n\n"
    assert set(made.snapshot()) == (set(before) | {f"new/deep/n{n}.txt" for n in range(3)}) - {
        "gone/deep.txt"
    }


@pytest.mark.slow
def test_killed_from_outside_at_any_time(world) -> None:
    made = world(VERSIONS)
    before = made.snapshot()
    update(made.project)
    after = made.snapshot()
    script = (
        "import sys; from pathlib import Path; from fairport.scaffold.update.updating import update; "
        "update(Path(sys.argv[1]))"
    )
    for share in (0.1, 0.4, 0.7, 0.85, 0.95):
        subprocess.run("git checkout -q . && git clean -fdqx", shell=True, cwd=made.project, check=True)
        started = time.monotonic()
        subprocess.run([sys.executable, "-c", script, str(made.project)], check=True)
        whole = time.monotonic() - started
        subprocess.run("git checkout -q . && git clean -fdqx", shell=True, cwd=made.project, check=True)
        child = subprocess.Popen([sys.executable, "-c", script, str(made.project)])
        time.sleep(whole * share)
        child.kill()
        child.wait()
        _taken_back(made.project)
        assert made.snapshot() in (before, after)


def _taken_back(project: Path) -> None:
    """Undo what was interrupted; a process being started at the kill may hold the lock a little longer."""
    end = time.monotonic() + 60
    while True:
        try:
            with locked(project):
                return
        except UsageError:
            assert time.monotonic() < end
            time.sleep(0.05)


def test_what_somebody_wrote_after_the_kill_is_kept(world) -> None:
    made = world(VERSIONS)
    assert _killed(made.project, 44) == -signal.SIGKILL
    moved = next(n for n in range(COUNT) if made.read(f"f{n}.txt") == f"{n} new\n")
    (made.project / f"f{moved}.txt").write_text("written later\n", encoding="utf-8")
    recovery = recover(made.project)
    assert recovery.kept == (f"f{moved}.txt",)
    assert made.read(f"f{moved}.txt") == "written later\n"
    assert made.read(f"f{moved}.txt.before-update") == f"{moved}\n"


@pytest.mark.parametrize("moves", [1, 5, 14])
def test_an_error_while_files_move_restores_them(world, monkeypatch: pytest.MonkeyPatch, moves: int) -> None:
    made = world(VERSIONS)
    before = made.snapshot()
    original, left = applying._move, iter(range(moves))

    def move(*arguments: object) -> None:
        if next(left, None) is None:
            raise OSError(28, "No space left on device", "x")
        original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "_move", move)
    with pytest.raises(FairportError, match="nothing was changed") as caught:
        update(made.project)
    assert caught.value.why == "No space left on device"
    assert made.snapshot() == before
    monkeypatch.undo()
    assert update(made.project).outcome == "updated"


def test_interrupted_from_the_keyboard_while_files_move(world, monkeypatch: pytest.MonkeyPatch) -> None:
    made = world(VERSIONS)
    before = made.snapshot()

    def stop(place: Path) -> None:
        if is_interrupted(made.project) and made.read("f5.txt") == "5 new\n":
            raise KeyboardInterrupt

    monkeypatch.setattr(applying, "_sync", stop)
    with pytest.raises(KeyboardInterrupt):
        update(made.project)
    assert made.snapshot() == before


LIMITED = """
import resource, sys
from pathlib import Path
from fairport.contract.errors import FairportError
from fairport.scaffold.update.updating import update
import copier, jinja2, copier.errors, fairport.scaffold.update.planning
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    update(Path(sys.argv[1]))
except FairportError as error:
    print(error)
    sys.exit(error.exit_code + 40)
"""


@pytest.mark.parametrize("limit", [0, 100, 3_000, 20_000])
def test_files_may_not_grow(world, limit: int) -> None:
    """RLIMIT_FSIZE stands for a disk that is full at different moments."""
    big = {f"{T}big.txt": "x" * 10_000 + "\n", f"{T}bigger.txt": "y" * 50_000 + "\n"}
    made = world({**VERSIONS, "1.2.0": big})
    before = made.snapshot()
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    assert hard == resource.RLIM_INFINITY
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(made.project), str(limit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (41, 42), done.stderr
    assert "Traceback" not in done.stderr
    assert made.snapshot() == before
    assert update(made.project).outcome == "updated"


def test_a_disk_that_is_really_full(world, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no right to mount a file system")
    try:
        made = world({**VERSIONS, "1.2.0": {f"{T}big.txt": "x" * 150_000 + "\n"}})
        project = disk / "p"
        subprocess.run(["cp", "-a", made.project, project], check=True)
        filler = disk / "filler"
        free = os.statvfs(disk)
        filler.write_bytes(b"x" * (free.f_bavail * free.f_frsize - 60_000))
        before = {p: p.read_bytes() for p in project.rglob("*") if p.is_file() and ".git" not in p.parts}
        with pytest.raises(FairportError, match="nothing was changed"):
            update(project)
        now = {p: p.read_bytes() for p in project.rglob("*") if p.is_file() and ".git" not in p.parts}
        assert now == before
        filler.unlink()
        assert update(project).outcome == "updated"
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def test_two_updates_at_once(world) -> None:
    made = world(VERSIONS)
    with locked(made.project), pytest.raises(UsageError, match="another update is at work"):
        update(made.project)
    assert update(made.project).outcome == "updated"


def test_a_folder_that_may_not_be_written(world) -> None:
    made = world(VERSIONS)
    if os.geteuid() == 0:
        (made.project / STAGE).write_text("mine", encoding="utf-8")
        with pytest.raises(RefusedError, match="name of our working folder"):
            update(made.project)
        return
    made.project.chmod(0o555)
    with pytest.raises(FairportError, match="nothing was changed"):
        update(made.project)
    made.project.chmod(0o755)


def test_a_file_that_changes_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("newer\n", encoding="utf-8")
    change = FileChange("a", "clean", before=Content(b"old\n"), after=Content(b"new\n"), written=True)
    with locked(tmp_path), pytest.raises(RefusedError, match="changed while"):
        apply(tmp_path, [change])
    assert (tmp_path / "a").read_text() == "newer\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_modes_follow_the_old_file_and_the_umask(tmp_path: Path) -> None:
    old = tmp_path / "a"
    old.write_text("old\n", encoding="utf-8")
    old.chmod(0o640)
    changes = [
        FileChange(
            "a", "clean", before=Content(b"old\n"), after=Content(b"new\n", executable=True), written=True
        ),
        FileChange("b", "new", after=Content(b"b\n"), written=True),
    ]
    with locked(tmp_path):
        apply(tmp_path, changes)
    mask = os.umask(0)
    os.umask(mask)
    assert old.stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o666 & ~mask
