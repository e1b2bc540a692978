"""A real Slurm of one node on loopback: munged, slurmctld and slurmd with everything in one folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue")

CONFIG = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket={folder}/munge.socket
{listen}
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_min_interval=0,batch_sched_delay=0
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=8000
PartitionName=debug Nodes={host} Default=YES MaxTime=INFINITE State=UP
PartitionName=long Nodes={host} MaxTime=INFINITE State=UP
"""


def available() -> bool:
    return os.geteuid() == 0 and all(shutil.which(name) for name in PROGRAMS)


class SlurmCluster:
    """Start, break and stop the daemons."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("state", "spool"):
            (folder / name).mkdir()
        for parent in (folder, *folder.parents):  # munged wants its socket reachable by all
            if parent != Path(parent.anchor) and parent.stat().st_uid == os.geteuid():
                parent.chmod(parent.stat().st_mode | 0o111)
        self.config = folder / "slurm.conf"
        host = socket.gethostname().partition(".")[0]
        cpus = max(2, os.cpu_count() or 2)
        self.config.write_text(
            CONFIG.format(folder=folder, host=host, ports=_free_ports(2), cpus=cpus, listen=_listen(host)),
            "utf-8",
        )
        self.environment = {**os.environ, "SLURM_CONF": str(self.config)}
        self._host = host
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        self._munge()
        self.start_controller()
        self.start_node()
        self._wait(lambda: "idle" in self.ask("sinfo", "-h", "-o", "%T"), "an idle node")

    def start_node(self) -> None:
        self._run("slurmd", ["slurmd", "-D", "-N", self._host])

    def start_controller(self) -> None:
        self._run("slurmctld", ["slurmctld", "-D"])
        self._wait(lambda: "UP" in self.ask("scontrol", "ping"), "the controller")

    def kill_controller(self) -> None:
        self._kill("slurmctld")

    def kill_node(self) -> None:
        """Kill the daemon of the node; the jobs there go on."""
        self._kill("slurmd")

    def _kill(self, name: str) -> None:
        process = self._processes.pop(name)
        process.kill()
        process.wait()

    def saved(self, job: str) -> bool:
        """Tell whether the controller has written down its jobs since this one began to run."""
        shown = self.ask("scontrol", "show", "job", "-o", job)
        begun = shown.partition("StartTime=")[2].split()[0] if "StartTime=" in shown else ""
        state = self.folder / "state" / "job_state"
        if not begun or begun == "Unknown" or not state.exists():
            return False
        return state.stat().st_mtime > time.mktime(time.strptime(begun, "%Y-%m-%dT%H:%M:%S")) + 2

    def stop(self) -> None:
        self.ask("scancel", "--user=root")
        for name in ("slurmd", "slurmctld", "munged"):
            process = self._processes.pop(name, None)
            if process is not None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def ask(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=180, check=False
        )
        return done.stdout

    def _munge(self) -> None:
        place = self.folder / "munge"
        place.mkdir(mode=0o755)
        key = place / "key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o600)
        shutil.chown(key, "munge")
        shutil.chown(place, "munge")
        shutil.chown(self.folder, "munge")
        command = [
            "runuser", "-u", "munge", "--", "munged", "--foreground", "--num-threads=2",
            f"--key-file={key}", f"--socket={self.folder}/munge.socket", f"--pid-file={place}/pid",
            f"--log-file={place}/log", f"--seed-file={place}/seed",
        ]  # fmt: skip
        self._run("munged", command)
        self._wait((self.folder / "munge.socket").exists, "munged")

    def _run(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.out").open("ab") as stream:
            self._processes[name] = subprocess.Popen(
                command, env=self.environment, stdout=stream, stderr=stream, start_new_session=True
            )

    def _wait(self, condition: object, what: str, seconds: float = 120.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():  # type: ignore[operator]
                return
            for name, process in self._processes.items():
                if process.poll() is not None:
                    text = (self.folder / f"{name}.out").read_text("utf-8", "replace")
                    raise RuntimeError(f"{name} ended: {text[-1000:]}")
            time.sleep(0.1)
        raise RuntimeError(f"{what} is not there after {seconds:.0f} s")


def _listen(host: str) -> str:
    """Return the setting by which the daemons keep to the address of this host, if its name leads to one."""
    try:
        socket.getaddrinfo(host, None, socket.AF_INET, flags=socket.AI_ADDRCONFIG)
    except OSError:
        return ""
    return "CommunicationParameters=NoInAddrAny,NoCtldInAddrAny"


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for item in sockets:
            item.bind(("127.0.0.1", 0))
        return [item.getsockname()[1] for item in sockets]
    finally:
        for item in sockets:
            item.close()
