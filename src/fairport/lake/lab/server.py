"""Start, stop and look at a lab: the Rucio server behind gunicorn on 127.0.0.1, and its database."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fairport.contract.errors import ToolError, UsageError
from fairport.interop.toolenvs import ToolStore
from fairport.lake.lab import postgres, processes
from fairport.lake.lab.layout import ACCOUNT, SCOPE, STORAGES, Lab, create_lab, read_lab, write_configuration

if TYPE_CHECKING:
    from fairport.contract.progress import Progress
    from fairport.interop.toolenvs import ToolEnv

_MARKER: Final = "rucio.web.rest.flaskapi.v1.main:application"
_READY: Final = "ready"
_GONE: Final = 10


def start_lab(
    folder: Path,
    progress: Progress,
    *,
    database: str = "sqlite",
    port: int = 0,
    workers: int = 2,
    tools: ToolStore | None = None,
) -> Lab:
    """Start the lab in ``folder``, made on first use; a running one is left alone.

    Args:
        folder: where it lies.
        progress: told about each stage.
        database: ``sqlite`` or ``postgresql``; only looked at when the lab is made.
        port: of the server; 0 takes a free one. Only looked at when the lab is made.
        workers: processes of the server.
        tools: where the isolated environments are.

    Raises:
        ToolError: a program is missing or does not start.
        UsageError: the lab exists with another database.
    """
    environment = (tools or ToolStore()).ensure("rucio-server", progress)
    lab = read_lab(folder)
    if lab is None:
        ports = port or processes.free_port(), processes.free_port() if database == "postgresql" else 0
        lab = create_lab(folder, port=ports[0], database=database, database_port=ports[1])
    elif lab.database != database:
        raise UsageError(
            f"the lab in {folder} uses {lab.database}", mend="stop it with --purge, or choose another --dir"
        )
    write_configuration(lab)
    if lab.database == "postgresql":
        postgres.start(lab)
    if not (lab.root / _READY).exists():
        progress.step(f"Making the tables of the lab ({lab.database})")
        _initialise(lab, environment)
    launch_server(lab, environment, workers=workers)
    if not (lab.root / _READY).exists():
        progress.step("Making the storage elements of the lab")
        stores = {name: str(lab.storage(name)) for name in STORAGES}
        _script(lab, environment, "furnish.py", {"storages": stores, "scope": SCOPE, "account": ACCOUNT})
        (lab.root / _READY).touch()
    return lab


def launch_server(lab: Lab, environment: ToolEnv, *, workers: int = 2) -> None:
    """Start gunicorn and wait until Rucio answers.

    Raises:
        ToolError: it ends, or does not answer within a minute.
    """
    if processes.alive(_pid(lab), _marker(lab)) is None:
        if processes.answers(lab.port):
            raise ToolError(
                f"port {lab.port} is taken by another program",
                where=lab.root,
                mend="stop that program, or purge the lab: fairport data lab stop --purge",
            )
        command = [str(environment.bin / "gunicorn"), "--bind", f"127.0.0.1:{lab.port}"]
        command += [
            "--workers",
            str(workers),
            "--name",
            _marker(lab),
            "--timeout",
            "120",
            "--log-level",
            "warning",
        ]
        command += ["--graceful-timeout", "1", "--no-control-socket", _MARKER]
        processes.spawn(
            command,
            log=lab.log,
            pid_file=_pid(lab),
            environment=_variables(lab, environment),
            folder=lab.server_config.parent,
        )
    _wait_for_server(lab)


def stop_lab(folder: Path, *, purge: bool = False) -> bool:
    """Stop the lab in ``folder``; with ``purge`` remove everything of it.

    Returns:
        Whether something was running.
    """
    lab = read_lab(folder)
    if lab is None:
        return False
    was = stop_server(lab)
    if lab.database == "postgresql":
        was = postgres.running(lab) or was
        postgres.stop(lab)
    if purge:
        shutil.rmtree(folder)
    return was


def stop_server(lab: Lab, *, how: int = signal.SIGINT) -> bool:
    """End gunicorn (at once, by default); the database of PostgreSQL goes on."""
    return processes.end(_pid(lab), _marker(lab), how=how)


def lab_status(folder: Path) -> dict[str, Any]:
    """Return what is known of the lab in ``folder`` as plain data; its password is not among it."""
    lab = read_lab(folder)
    if lab is None:
        return {"state": "absent", "folder": str(folder)}
    running = processes.alive(_pid(lab), _marker(lab)) is not None and processes.answers(lab.port)
    return {
        "state": "running" if running else "stopped",
        "folder": lab.folder,
        "url": lab.url,
        "database": lab.database,
        "scope": SCOPE,
        "storages": list(STORAGES),
        "client_config": str(lab.client_config),
        "log": str(lab.log),
    }


def _initialise(lab: Lab, environment: ToolEnv) -> None:
    database = lab.root / "server" / "rucio.db"
    if lab.database == "sqlite":
        database.unlink(missing_ok=True)  # the rest of an interrupted start
    arguments = [str(database)] if lab.database == "sqlite" else []
    _script(lab, environment, "initialise.py", None, *arguments)


def _script(lab: Lab, environment: ToolEnv, name: str, data: object, *arguments: str) -> None:
    done = subprocess.run(
        [str(environment.bin / "python"), str(Path(__file__).with_name(name)), *arguments],
        input="" if data is None else json.dumps(data),
        env=_variables(lab, environment),
        cwd=lab.root / "server",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise ToolError("the lab could not be set up", where=lab.root, why=lines[-1][:300])


def _variables(lab: Lab, environment: ToolEnv) -> Mapping[str, str]:
    own = {"RUCIO_CONFIG": str(lab.server_config), "RUCIO_HOME": str(lab.root / "server")}
    variables = environment.environment(own)
    return {key: value for key, value in variables.items() if key not in ("RUCIO_ACCOUNT", "RUCIO_AUTH_TYPE")}


def _wait_for_server(lab: Lab, patience: float = 180.0) -> None:
    from urllib.error import URLError
    from urllib.request import urlopen

    limit, absent = time.monotonic() + patience, 0
    while time.monotonic() < limit:
        try:
            with urlopen(f"{lab.url}/ping", timeout=5) as answer:  # noqa: S310 - loopback
                if answer.status == 200:
                    return
        except (URLError, OSError):
            pass
        absent = absent + 1 if processes.alive(_pid(lab), _marker(lab)) is None else 0
        if absent > _GONE:  # a process that was just started has no command line for a moment
            break
        time.sleep(0.1)
    raise ToolError(
        "the Rucio server of the lab did not start", where=lab.log, mend="see the end of that file"
    )


def _pid(lab: Lab) -> Path:
    return lab.root / "server" / "server.pid"


def _marker(lab: Lab) -> str:
    return f"fairport-lab-{lab.port}"
