"""What every test may rely on: a private cache, a known git identity, no network, and services by name."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# In CI the same cases are tried each time; elsewhere new ones are looked for. A slow machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", UNHURRIED, derandomize=True)
settings.register_profile("search", UNHURRIED)
settings.load_profile("ci" if os.environ.get("FAIRPORT_CI") == "1" else "search")

ROOT = Path(__file__).resolve().parent.parent

RequireService = Callable[[str, object, str], None]


@pytest.fixture(scope="session", autouse=True)
def isolated_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests away from the user's cache, git settings and colours; child processes write byte code."""
    home = tmp_path_factory.mktemp("environment")
    config = home / "gitconfig"
    config.write_text(
        "[user]\n\tname = Test Person\n\temail = test@example.org\n"
        "[init]\n\tdefaultBranch = main\n[commit]\n\tgpgSign = false\n[tag]\n\tgpgSign = false\n"
        f"[safe]\n\tdirectory = {ROOT}\n\tdirectory = {ROOT}/.git\n",  # the checkout may be somebody else's
        encoding="utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAIRPORT_CACHE", str(home / "cache"))
        patch.setenv("GIT_CONFIG_GLOBAL", str(config))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("MPLBACKEND", "Agg")
        for name in ("FAIRPORT_DEBUG", "NO_COLOR", "PYTHONDONTWRITEBYTECODE", "FORCE_COLOR"):
            patch.delenv(name, raising=False)
        for name in [
            key for key in os.environ if key.startswith("GIT_") and not key.startswith("GIT_CONFIG_")
        ]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection of this process that leaves the machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise OSError(f"a test tried to reach {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def require_service() -> RequireService:
    """Return ``require(name, there, why)``: without the service a test skips, or fails if FAIRPORT_CI=1."""

    def require(name: str, there: object, why: str = "") -> None:
        if there:
            return
        message = f"{name} is missing" + (f": {why}" if why else "") + " (make services)"
        if os.environ.get("FAIRPORT_CI") == "1":
            pytest.fail(message)
        pytest.skip(message)

    return require


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top folder of the source tree."""
    return ROOT


@pytest.fixture(scope="session")
def whole_history(isolated_environment: None) -> None:
    """Skip in a shallow clone, which lacks the commits of the released templates."""
    if not (ROOT / ".git").exists():
        return
    command = ["git", "rev-parse", "--is-shallow-repository"]
    if subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout == "true\n":
        pytest.skip("a shallow clone lacks the released templates (git fetch --unshallow)")


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The reference data at ``$FAIRPORT_REFERENCE_DATA``; once it is set, missing data is a failure."""
    named = os.environ.get("FAIRPORT_REFERENCE_DATA")
    if not named:
        pytest.skip("no reference data (FAIRPORT_REFERENCE_DATA is not set)")
    path = Path(named)
    if not path.is_dir():
        pytest.fail(f"FAIRPORT_REFERENCE_DATA names no folder: {path}")
    return path
