"""A private PostgreSQL for a lab: own folder, own port, never as root.

PostgreSQL refuses to run as root. When Fairport does (in a container, say), the server is started as the
user ``postgres`` of the system package, else ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

from fairport.contract.errors import ToolError
from fairport.lake.lab import processes
from fairport.lake.lab.layout import Lab

_PLACES: Final = "/usr/lib/postgresql"


def find_programs() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres`` of the newest PostgreSQL here, if there is one."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    with_version = (path for path in Path(_PLACES).glob("*/bin") if path.parent.name.isdigit())
    folders += sorted(with_version, key=lambda path: -int(path.parent.name))
    return next(
        (path for path in folders if (path / "initdb").exists() and (path / "postgres").exists()), None
    )


def start(lab: Lab) -> None:
    """Make the database folder on first use and start the server.

    Raises:
        ToolError: PostgreSQL is missing or does not start.
    """
    programs = find_programs()
    if programs is None:
        raise ToolError(
            "PostgreSQL is not installed", mend="install the package postgresql, or use --database sqlite"
        )
    data = _data(lab)
    data.parent.mkdir(parents=True, exist_ok=True)
    _give_away(data.parent)
    if not (data / "PG_VERSION").exists():
        _call(lab, [str(programs / "initdb"), "-D", str(data), "-U", "rucio", "-A", "trust", "-E", "UTF8"])
    if processes.alive(_pid(lab), str(data)) is None:
        sockets = data.parent
        options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={sockets}"]
        options += ["-c", "fsync=off", "-c", "shared_buffers=64MB", "-p", str(lab.database_port)]
        command = [*_prefix(), str(programs / "postgres"), "-D", str(data), *options]
        processes.spawn(
            command,
            log=lab.root / "server" / "postgres.log",
            pid_file=_pid(lab),
            environment=_environment(),
            folder=data.parent,
        )
    _wait(lab)
    _make_database(lab, programs)


def stop(lab: Lab) -> None:
    """Stop the server (fast shutdown: connections are ended)."""
    processes.end(_pid(lab), str(_data(lab)), how=signal.SIGINT, patience=30)


def running(lab: Lab) -> bool:
    """Tell whether the server of this lab lives."""
    return processes.alive(_pid(lab), str(_data(lab))) is not None


def _data(lab: Lab) -> Path:
    return lab.root / "postgresql" / "data"


def _pid(lab: Lab) -> Path:
    return lab.root / "server" / "postgres.pid"


def _user() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise ToolError("PostgreSQL cannot run as root and there is no other user", mend="use --database sqlite")


def _prefix() -> list[str]:
    user = _user()
    return ["setpriv", f"--reuid={user}", f"--regid={_group()}", "--clear-groups", "--"] if user else []


def _group() -> int:
    return pwd.getpwnam(_user() or "").pw_gid


def _give_away(folder: Path) -> None:
    user = _user()
    if user:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    folder.chmod(0o700)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": "/"}


def _call(lab: Lab, command: list[str]) -> None:
    done = subprocess.run(
        [*_prefix(), *command],
        env=_environment(),
        cwd=_data(lab).parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise ToolError(
            f"{Path(command[0]).name} failed", where=lab.root, why=lines[-1] if lines else "no message"
        )


def _wait(lab: Lab, patience: float = 120.0) -> None:
    limit, absent = time.monotonic() + patience, 0
    while not processes.answers(lab.database_port):
        absent = 0 if running(lab) else absent + 1
        if absent > 10 or time.monotonic() > limit:
            raise ToolError("PostgreSQL did not start", where=lab.root / "server" / "postgres.log")
        time.sleep(0.1)


def _make_database(lab: Lab, programs: Path) -> None:
    psql = [str(programs / "psql"), "-h", "127.0.0.1", "-p", str(lab.database_port), "-U", "rucio", "-Atq"]
    limit = time.monotonic() + 30
    while True:  # the port opens a moment before the server takes connections
        done = subprocess.run(
            [*psql, "-d", "postgres", "-c", "SELECT 1 FROM pg_database WHERE datname = 'rucio'"],
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0 or time.monotonic() > limit:
            break
        time.sleep(0.2)
    if done.stdout.strip() != "1":
        _call(lab, [*psql, "-d", "postgres", "-c", "CREATE DATABASE rucio"])
