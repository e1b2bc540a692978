# ruff: noqa: E501 - one line tells one measurement
"""Heavy trials of the lake room against a real Rucio, by hand: `python benchmarks/lake_trials.py NAME...`.

throughput   2,000 small files and one of 1 GB: `fairport data pull` beside `rucio download`, in turns
lock         2,000 files: `fairport data lock` beside one call a file
again        a second pull of 2,000 unchanged files
memory       peak memory of status and verify at 1,000 and 100,000 lock entries
lockmemory   peak memory of lock at 2,000 and 20,000 files, Fairport and its isolated client
killpush     kill -9 at random points of push
kill         kill -9 at fifty random points of inject and pull, then everything is counted
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from fairport.contract.manifest import LockedFile
from fairport.contract.progress import SilentProgress
from fairport.interop.toolenvs import ToolStore
from fairport.lake.injecting import inject, injections
from fairport.lake.lab.layout import STORAGES, Lab
from fairport.lake.lab.sample import lab_access
from fairport.lake.lab.server import start_lab, stop_lab
from fairport.lake.link import LakeLink
from fairport.lake.lockfile import LockedSet, LockHead, write_lock
from fairport.lake.workspace import Workspace

QUIET = SilentProgress()
FILES = 2000
LARGE = 1_000_000_000


class Trial:
    """A lab and a repository in a folder of their own."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.lab: Lab = start_lab(base / "lab", QUIET)
        self.tool = ToolStore().ensure("rucio-clients")
        self.environment = {**os.environ, "RUCIO_CONFIG": str(self.lab.client_config)}
        self.filled: set[str] = set()
        self.environment["FAIRPORT_STORE"] = str(base / "store")

    def repository(self, name: str, datasets: str, more: str = "") -> Workspace:
        root = self.base / name
        (root / "data").mkdir(parents=True, exist_ok=True)
        lake = f'lake: {{rucio_host: "{self.lab.url}", auth_host: "{self.lab.url}", auth_type: userpass}}\n'
        text = f'schema_version: "1.0"\n{lake}datasets:{datasets}\n{more}'
        (root / "data/manifest.yaml").write_text(text, encoding="utf-8")
        return Workspace(root)

    def fairport(self, space: Workspace, *arguments: str) -> float:
        command = [sys.executable, "-m", "fairport", "-q", "data", *arguments]
        return _timed(
            lambda: subprocess.run(command, cwd=space.root, env=self.environment, check=True, stdout=-3)
        )

    def rucio(self, folder: Path, *arguments: str) -> float:
        folder.mkdir(parents=True, exist_ok=True)
        command = [str(self.tool.bin / "rucio"), *arguments]
        environment = self.tool.environment({"RUCIO_CONFIG": str(self.lab.client_config)})
        return _timed(
            lambda: subprocess.run(command, cwd=folder, env=environment, check=True, stdout=-3, stderr=-3)
        )

    def script(self, code: str) -> str:
        environment = self.tool.environment({"RUCIO_CONFIG": str(self.lab.client_config)})
        text = f"from rucio.client import Client\nc = Client()\n{code}"
        command = [str(self.tool.bin / "python"), "-c", text]
        return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    def fill(self, dataset: str, count: int, size: int) -> None:
        if dataset in self.filled:
            return
        self.filled.add(dataset)
        root = self.lab.storage(STORAGES[0])
        self.script(
            f"""
import hashlib, random, zlib
from pathlib import Path
replicas, block = [], random.Random(1).randbytes(1 << 20)
for number in range({count}):
    name = f"{dataset}.{{number:05d}}"
    digest = hashlib.md5(("lab:" + name).encode()).hexdigest()
    target = Path({str(root)!r}) / "lab" / digest[:2] / digest[2:4] / name
    target.parent.mkdir(parents=True, exist_ok=True)
    left, adler, md5 = {size}, 1, hashlib.md5()
    with target.open("wb") as out:
        head = b"%d" % number
        while left:
            part = (head + block)[: min(left, len(block))]
            out.write(part); md5.update(part); adler = zlib.adler32(part, adler); left -= len(part); head = b""
    replicas.append(dict(scope="lab", name=name, bytes={size}, adler32="%08x" % adler, md5=md5.hexdigest(), state="A"))
c.add_dataset("lab", {dataset!r})
for start in range(0, len(replicas), 500):
    c.add_replicas({STORAGES[0]!r}, replicas[start : start + 500])
    part = [dict(scope="lab", name=item["name"]) for item in replicas[start : start + 500]]
    c.add_files_to_dataset("lab", {dataset!r}, part)
c.set_status(scope="lab", name={dataset!r}, open=False)
"""
        )

    def cut_off(self, space: Workspace, chance: random.Random, *arguments: str) -> None:
        command = [sys.executable, "-m", "fairport", "-q", "data", *arguments]
        process = subprocess.Popen(command, cwd=space.root, env=self.environment, stdout=-3, stderr=-3)
        time.sleep(chance.uniform(0.2, 3.0))
        process.kill()
        process.wait()

    def clear(self, space: Workspace) -> None:
        for name in ("data/raw", ".fairport"):
            shutil.rmtree(space.root / name, ignore_errors=True)
        shutil.rmtree(self.base / "store", ignore_errors=True)


def entry(name: str) -> str:
    return f'\n  - {{id: {name}, did: "lab:{name}", type: dataset, role: input, licence: CC0-1.0, access: open access}}'


def throughput(trial: Trial, turns: int = 3) -> None:
    for name, count, size in (("small", FILES, 1000), ("large", 1, LARGE)):
        trial.fill(name, count, size)
        space = trial.repository(f"pull-{name}", entry(name))
        trial.fairport(space, "lock")
        ours, cold, raw = [], [], []
        for _ in range(turns):
            raw.append(trial.rucio(trial.base / "raw", "download", f"lab:{name}"))
            shutil.rmtree(trial.base / "raw")
            trial.clear(space)
            ours.append(trial.fairport(space, "pull"))
            trial.clear(space)
            metalink = space.metalink.read_bytes()
            space.metalink.unlink()
            cold.append(trial.fairport(space, "pull"))
            space.metalink.write_bytes(metalink)
        ratios = median(raw) / median(ours), median(raw) / median(cold)
        print(
            f"{name}: rucio download {_list(raw)} s; fairport data pull {_list(ours)} s, ratio of medians "
            f"{ratios[0]:.2f}; without metalink {_list(cold)} s, ratio {ratios[1]:.2f}",
            flush=True,
        )


def lock(trial: Trial) -> None:
    trial.fill("small", FILES, 1000)
    space = trial.repository("locking", entry("small"))
    full = [trial.fairport(space, "lock") for _ in range(3)]
    plain = [trial.fairport(space, "lock", "--no-metalink") for _ in range(3)]
    sample = 200
    single = float(
        trial.script(
            f"import time\nt = time.time()\n"
            f"for i in range({sample}): list(c.list_replicas([dict(scope='lab', name=f'small.{{i:05d}}')]))\n"
            "print(time.time() - t)"
        )
    )
    per_file = single / sample * FILES
    print(
        f"lock of {FILES} files: with metalink {_list(full)} s, without {_list(plain)} s; one call a file "
        f"{per_file:.0f} s (from {sample}); factors {per_file / min(full):.1f} and {per_file / min(plain):.1f}",
        flush=True,
    )


def again(trial: Trial) -> None:
    trial.fill("small", FILES, 1000)
    space = trial.repository("again", entry("small"))
    trial.fairport(space, "lock")
    trial.fairport(space, "pull")
    print(
        f"second pull of {FILES} unchanged files: {_list([trial.fairport(space, 'pull') for _ in range(5)])} s"
    )


def memory(trial: Trial) -> None:
    for count in (1_000, 100_000):
        space = trial.repository(f"memory{count}", "\n  []")
        folder = space.root / "data/many"
        folder.mkdir(exist_ok=True)
        files = []
        for number in range(count):
            path = f"data/many/{number % 100:02d}/{number:06d}"
            (space.root / path).parent.mkdir(exist_ok=True)
            (space.root / path).write_bytes(b"abc")
            files.append(
                (
                    "many",
                    LockedFile(
                        path, 3, f"lab:{number:06d}", None, "024d0127", "900150983cd24fb0d6963f7d28e17f72"
                    ),
                )
            )
        head = LockHead(
            "sha256:" + "0" * 64,
            "2026-11-22T14:00:00Z",
            [LockedSet("many", count, 3 * count, "sha256:" + "0" * 64)],
        )
        write_lock(space.lock, head, files)
        files.clear()
        for command in (("status",), ("verify",), ("status",), ("pull", "--offline")):
            before = time.monotonic()
            text = (
                "import resource, sys; from fairport.cli.main import main; main(sys.argv[1:]); "
                "print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
            )
            done = subprocess.run(
                [sys.executable, "-c", text, "-q", "data", *command],
                cwd=space.root, env=trial.environment, capture_output=True, text=True, check=True,
            )  # fmt: skip
            peak = done.stdout.split("PEAK")[1].strip()
            print(
                f"{count:>7,} entries, {' '.join(command):<15} peak {peak} MB, {time.monotonic() - before:.1f} s",
                flush=True,
            )


def lockmemory(trial: Trial) -> None:
    for count in (2_000, 20_000):
        name = "small" if count == FILES else "many"
        trial.fill(name, count, 10 if name == "many" else 1000)
        space = trial.repository(f"lockmemory{count}", entry(name))
        text = (
            "import resource, sys; from fairport.cli.main import main; main(sys.argv[1:]); "
            "print('PEAK', *(resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))"
        )
        before = time.monotonic()
        command = [sys.executable, "-c", text, "-q", "data", "lock"]
        done = subprocess.run(
            command, cwd=space.root, env=trial.environment, capture_output=True, text=True, check=True
        )
        own, child = done.stdout.split("PEAK")[1].split()
        print(
            f"lock of {count:,} files: peak {own} MB, isolated client {child} MB, {time.monotonic() - before:.1f} s",
            flush=True,
        )


def kill(trial: Trial, times: int = 50) -> None:
    source = (
        "\ninjection:\n  - {id: job, source: {directory: incoming}, did: 'lab:killed', rse: "
        + STORAGES[0]
        + "}\n"
    )
    space = trial.repository("kill", entry("killed"), source)
    contents = {f"{number:03d}.dat": random.Random(number).randbytes(200_000) for number in range(120)}
    (space.root / "incoming").mkdir()
    chance = random.Random(7)

    names = sorted(contents)
    for turn in range(times // 2):
        for name in names[turn * 5 : turn * 5 + 5]:
            (space.root / "incoming" / name).write_bytes(contents[name])
        trial.cut_off(space, chance, "inject", "--settle", "0")
    trial.fairport(space, "inject", "--settle", "0")
    members = trial.script("print(*sorted(f['name'] for f in c.list_files('lab', 'killed')))").split()
    written = sorted(path.name for path in (space.root / "incoming").iterdir())
    good = members == [f"/killed/{name}" for name in written]
    stored = {
        path.name: path.read_bytes()
        for path in trial.lab.storage(STORAGES[0]).rglob("*")
        if path.is_file() and "killed" in str(path)
    }
    whole = stored == {name: contents[name] for name in written}
    print(
        f"inject killed {times // 2} times: {len(members)} of {len(written)} in the lake, exactly these {good}, whole {whole}",
        flush=True,
    )
    trial.fairport(space, "lock")
    visible, partial = 0, 0
    for _ in range(times - times // 2):
        trial.cut_off(space, chance, "pull")
        for path in (space.root / "data/raw/killed").glob("*"):
            visible += 1
            partial += path.read_bytes() != contents[path.name]
        if chance.random() < 0.3:
            shutil.rmtree(space.root / "data/raw/killed", ignore_errors=True)
            shutil.rmtree(trial.base / "store", ignore_errors=True)
    trial.fairport(space, "pull")
    trial.fairport(space, "verify")
    same = all((space.root / "data/raw/killed" / name).read_bytes() == contents[name] for name in written)
    rest = [*(space.state / "parts").iterdir(), *(trial.base / "store/staging").iterdir()]
    print(
        f"pull killed {times - times // 2} times: {visible} files seen, {partial} of them partial; in the end all right {same}, left over {len(rest)}",
        flush=True,
    )
    with LakeLink(lab_access(trial.lab), QUIET) as link:
        report = inject(space, injections(space, ())[0], link, QUIET, settle=0)
    print(f"one more inject: {report.known} known, {report.upload.stored} stored", flush=True)
    killpush(trial, times // 4)


def killpush(trial: Trial, turns: int = 25) -> None:
    chance = random.Random(11)
    contents = {f"{number:03d}.dat": random.Random(number).randbytes(200_000) for number in range(120)}
    names = sorted(contents)
    output = entry("pushed").replace("role: input", "role: output, destination: results")
    space = trial.repository("kill-push", output)
    (space.root / "results").mkdir()
    for name in names:
        (space.root / "results" / name).write_bytes(contents[name])
    for _ in range(turns):
        trial.cut_off(space, chance, "push", "--rse", STORAGES[0])
    trial.fairport(space, "push", "--rse", STORAGES[0])
    told = trial.script(
        "print(c.get_did('lab', 'pushed')['open'], *sorted(f['name'] for f in c.list_files('lab', 'pushed')))"
    ).split()
    stored = {
        path.name: path.read_bytes()
        for path in trial.lab.storage(STORAGES[0]).rglob("*")
        if path.is_file() and "pushed" in str(path)
    }
    good = told == ["False", *(f"/pushed/{name}" for name in names)] and stored == contents
    print(
        f"push killed {turns} times: {len(told) - 1} files, closed and exactly these, whole: {good}",
        flush=True,
    )


def _timed(call: Callable[[], object]) -> float:
    started = time.monotonic()
    call()
    return time.monotonic() - started


def _list(values: list[float]) -> str:
    return "/".join(f"{value:.1f}" for value in values)


TRIALS: dict[str, Callable[[Trial], None]] = {
    "throughput": throughput, "lock": lock, "again": again, "memory": memory, "lockmemory": lockmemory, "kill": kill, "killpush": killpush,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", choices=[*TRIALS, []])
    names = parser.parse_args().names or list(TRIALS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    base = Path(tempfile.mkdtemp(prefix="fairport-trial-"))
    try:
        trial = Trial(base)
        for name in names:
            TRIALS[name](trial)
    finally:
        stop_lab(base / "lab")
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
