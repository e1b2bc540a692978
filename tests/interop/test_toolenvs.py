"""Isolated tools are made once, whole or not at all, by one process at a time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from fairport.contract.errors import ToolError, UsageError
from fairport.interop import toolenvs
from fairport.interop.toolenvs import ToolSpec, ToolStore
from fairport.interop.toolinstall import child_environment, failure_reason, install_environment

Done = subprocess.CompletedProcess


class FakeInstaller:
    """Makes an environment that holds one program; counts and can be told to fail."""

    def __init__(self, *, fails: bool = False, seconds: float = 0.0) -> None:
        self.calls = 0
        self.fails = fails
        self.seconds = seconds

    def __call__(self, path: Path, requirements: Path) -> subprocess.CompletedProcess[str]:
        self.calls += 1
        assert not path.exists(), "the rest of an earlier attempt is removed first"
        (path / "bin").mkdir(parents=True)
        time.sleep(self.seconds)
        if self.fails:
            return Done([], 1, "", "collecting\nerror: no route to the index\n")
        (path / "bin" / "python").symlink_to(sys.executable)
        program = path / "bin" / "tool"
        program.write_text('#!/bin/sh\ncat\necho "$@"; echo "$PATH" >&2; exit 3\n', encoding="utf-8")
        program.chmod(0o755)
        return Done([], 0, "", "")


@pytest.fixture
def tools(tmp_path: Path) -> dict[str, ToolSpec]:
    lock = tmp_path / "tool.txt"
    lock.write_text("tool==1.2.3 \\\n    --hash=sha256:00\n", encoding="utf-8")
    return {"tool": ToolSpec("tool", "for tests", lock)}


def _store(tmp_path: Path, tools: dict[str, ToolSpec], install: FakeInstaller) -> ToolStore:
    return ToolStore(tmp_path / "tools", tools, install)


def test_made_once_and_found_again(tmp_path: Path, tools: dict[str, ToolSpec]) -> None:
    install = FakeInstaller()
    first = _store(tmp_path, tools, install).ensure("tool")
    second = _store(tmp_path, tools, install).ensure("tool")
    assert first == second
    assert install.calls == 1
    assert re.fullmatch(r"tool-[0-9a-f]{12}", first.path.name)


def test_another_lock_is_another_environment(tmp_path: Path, tools: dict[str, ToolSpec]) -> None:
    store = _store(tmp_path, tools, FakeInstaller())
    first = store.ensure("tool")
    tools["tool"].lock.write_text("tool==1.2.4\n", encoding="utf-8")
    second = store.ensure("tool")
    assert first.path != second.path
    assert first.path.is_dir()


def test_status_creates_nothing_and_tells_states_apart(tmp_path: Path, tools: dict[str, ToolSpec]) -> None:
    store = _store(tmp_path, tools, FakeInstaller())
    (absent,) = store.status()
    assert (absent.state, absent.version, absent.size) == ("absent", "1.2.3", 0)
    assert not (tmp_path / "tools").exists()
    environment = store.ensure("tool")
    (present,) = store.status()
    assert present.state == "present"
    assert present.size > 0
    (environment.path / ".complete").unlink()
    assert store.status()[0].state == "broken"


@pytest.mark.parametrize("broken", ["stamp", "interpreter"])
def test_broken_environment_is_made_anew(tmp_path: Path, tools: dict[str, ToolSpec], broken: str) -> None:
    install = FakeInstaller()
    store = _store(tmp_path, tools, install)
    path = store.ensure("tool").path
    if broken == "stamp":
        (path / ".complete").unlink()
    else:
        (path / "bin" / "python").unlink()
        (path / "bin" / "python").symlink_to(tmp_path / "no-such-python")
    (path / "rubbish").write_text("x", encoding="utf-8")
    assert store.ensure("tool").path == path
    assert install.calls == 2
    assert not (path / "rubbish").exists()


def test_failed_installation_leaves_nothing_but_its_log(tmp_path: Path, tools: dict[str, ToolSpec]) -> None:
    store = _store(tmp_path, tools, FakeInstaller(fails=True))
    with pytest.raises(ToolError) as caught:
        store.ensure("tool")
    assert caught.value.why == "error: no route to the index"
    assert caught.value.mend is not None
    assert "network" in caught.value.mend
    assert "no route" in Path(str(caught.value.where)).read_text(encoding="utf-8")
    assert store.status()[0].state == "absent"


def test_interrupted_installation_leaves_nothing(tmp_path: Path, tools: dict[str, ToolSpec]) -> None:
    def interrupted(path: Path, requirements: Path) -> subprocess.CompletedProcess[str]:
        (path / "bin").mkdir(parents=True)
        raise KeyboardInterrupt

    store = ToolStore(tmp_path / "tools", tools, interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.ensure("tool")
    assert store.status()[0].state == "absent"


def test_many_at_once_install_once(tmp_path: Path, tools: dict[str, ToolSpec]) -> None:
    install = FakeInstaller(seconds=0.1)
    found: list[toolenvs.ToolEnv] = []
    threads = [
        threading.Thread(target=lambda: found.append(_store(tmp_path, tools, install).ensure("tool")))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(found) == 6
    assert install.calls == 1


def test_lock_is_held_across_processes_and_freed_by_death(tmp_path: Path, tools: dict[str, ToolSpec]) -> None:
    install = FakeInstaller()
    store = _store(tmp_path, tools, install)
    name = store.status()[0].path.name
    (tmp_path / "tools").mkdir()
    script = (
        "import fcntl, sys, time; stream = open(sys.argv[1], 'w'); fcntl.flock(stream, fcntl.LOCK_EX); "
        "print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "tools" / f"{name}.lock")], stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    waiting = threading.Thread(target=store.ensure, args=("tool",))
    waiting.start()
    waiting.join(timeout=0.3)
    assert waiting.is_alive()
    assert install.calls == 0
    holder.kill()
    holder.wait()
    holder.stdout.close()
    waiting.join(timeout=120)
    assert install.calls == 1


def test_run_gives_output_and_finds_own_programs_first(tmp_path: Path, tools: dict[str, ToolSpec]) -> None:
    store = _store(tmp_path, tools, FakeInstaller())
    done = store.run("tool", ["tool", "a", "b c"], stdin="in\n", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "in\na b c\n")
    assert done.stderr.split(os.pathsep)[0] == str(store.ensure("tool").bin)
    with pytest.raises(ToolError, match="no program sh"):
        store.run("tool", ["sh", "-c", "true"])


def test_run_is_stopped_after_its_time(tmp_path: Path, tools: dict[str, ToolSpec]) -> None:
    store = _store(tmp_path, tools, FakeInstaller())
    (store.ensure("tool").bin / "slow").symlink_to("/bin/sleep")
    with pytest.raises(ToolError, match=r"did not end within 0.2 s"):
        store.run("tool", ["slow", "30"], timeout=0.2)


def test_progress_is_told_once(tmp_path: Path, tools: dict[str, ToolSpec]) -> None:
    class Recorder:
        def __init__(self) -> None:
            self.steps: list[str] = []

        def step(self, text: str) -> None:
            self.steps.append(text)

        def note(self, text: str) -> None:
            raise AssertionError(text)

    recorder = Recorder()
    store = _store(tmp_path, tools, FakeInstaller())
    store.ensure("tool", recorder)
    store.ensure("tool", recorder)
    assert recorder.steps == ["Installing tool 1.2.3 in an environment of its own (only once)"]


def test_unknown_tool_and_unwritable_cache(tmp_path: Path, tools: dict[str, ToolSpec]) -> None:
    with pytest.raises(UsageError, match="no isolated tool 'other'"):
        _store(tmp_path, tools, FakeInstaller()).ensure("other")
    (tmp_path / "tools").write_text("in the way", encoding="utf-8")
    with pytest.raises(ToolError, match="cannot be made"):
        _store(tmp_path, tools, FakeInstaller()).ensure("tool")


def test_child_environment_drops_what_bends_python(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "1")
    environment = child_environment(Path("/x/bin"), {"A": "b"})
    assert environment["PATH"].startswith("/x/bin" + os.pathsep)
    assert environment["A"] == "b"
    assert not environment.keys() & {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}


def test_real_installer_makes_an_environment_without_the_network(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("", encoding="utf-8")
    done = install_environment(tmp_path / "a folder", empty)
    assert done.returncode == 0, failure_reason(done)
    probe = [
        str(tmp_path / "a folder" / "bin" / "python"),
        "-c",
        "import sys; print(sys.prefix, sys.version_info[:2])",
    ]
    answer = subprocess.run(probe, capture_output=True, text=True, check=True).stdout
    assert answer.strip() == f"{tmp_path / 'a folder'} {sys.version_info[:2]}"


def test_installer_that_is_not_there_is_an_error_and_no_traceback(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FAIRPORT_UV", str(tmp_path / "no-uv"))
    done = install_environment(tmp_path / "env", tmp_path / "empty.txt")
    assert done.returncode == 127
    assert "no-uv" in failure_reason(done)


@pytest.mark.parametrize("name", toolenvs.known_tools())
def test_locks_pin_the_tool_and_hash_everything(name: str) -> None:
    spec = toolenvs.known_tools()[name]
    text = spec.lock.read_text(encoding="utf-8")
    assert spec.version != "unknown"
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==[^\n]*\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE))
    assert (spec.package or name) in pinned
    assert "://" not in text
    assert spec.lock.with_suffix(".in").is_file()


def test_locks_keep_to_the_known_traps() -> None:
    tools = toolenvs.known_tools()
    for name in ("reana-client", "runcrate"):
        text = tools[name].lock.read_text(encoding="utf-8")
        (major,) = re.findall(r"^setuptools==(\d+)", text, re.MULTILINE)
        assert int(major) < 81, "pkg_resources is needed"
    assert tools["reana-client"].version.startswith("0.9.")
