"""The official REANA client as a program in its own environment: calls, retries, no token in any text."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from fairport.contract.errors import ConfigurationError, RunFailedError, ToolError
from fairport.contract.files import write_atomic
from fairport.interop import toolenvs
from fairport.interop.cache import cache_root

if TYPE_CHECKING:
    from fairport.contract.progress import Progress

CLIENTS: Final = {"0.9": "reana-client", "0.95": "reana-client-0.95"}
"""Minor version of the server to the isolated tool that talks to it; a client refuses another minor. The last
is a preview, for servers that are one themselves."""

_TRANSIENT = re.compile(
    r"\b(429|502|503|504)\b|too many requests|unavailable|timed out|could not connect|connection"
    r"|expecting value|temporar",
    re.IGNORECASE,
)
_BUSY = re.compile(r"\b(429|503)\b|too many requests|unavailable", re.IGNORECASE)
_DELAYS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
_TIMEOUT: Final = 600.0
_LONG_TIMEOUT: Final = 24 * 3600.0
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass
class ReanaClient:
    """Calls of the client for one server.

    Attributes:
        server: address of the server.
        progress: who is told of retries and warnings.
        pause: how it waits between tries.
        tool: isolated tool that holds the client; :meth:`connect` chooses it by the server's version.
    """

    server: str
    progress: Progress
    pause: Callable[[float], None] = sleep
    tool: str = CLIENTS["0.9"]

    def __post_init__(self) -> None:
        self._token = os.environ.get("REANA_ACCESS_TOKEN", "")
        if not self._token:
            raise ConfigurationError(
                "there is no access token for REANA",
                mend="set REANA_ACCESS_TOKEN to the token that the server's web page shows",
            )

    def connect(self) -> str:
        """Reach the server and return its version.

        Raises:
            ToolError: it cannot be reached, does not take the token, or needs another client.
        """
        parts = urlsplit(self.server)
        if parts.scheme == "https":
            self.progress.note("the REANA client does not verify the server's certificate")
        elif parts.hostname not in _LOOPBACK:
            self.progress.note("the address is not https: the access token travels unencrypted")
        text = self.call("ping", again=_TRANSIENT)
        found = re.search(r"REANA server version:\s*(\S+)", text)
        version = found[1] if found else "unknown"
        minor = ".".join(version.split(".")[:2])
        self.tool = CLIENTS.get(minor, self.tool)
        if minor not in CLIENTS:
            raise ToolError(
                f"the REANA server has version {version}",
                where=self.server,
                why=f"this release of fairport talks to {', '.join(CLIENTS)}",
                mend="use a fairport that knows this server",
            )
        return version

    def secrets(self) -> list[str]:
        """Return the names of the secrets that the user keeps on the server."""
        text = self.call("secrets-list", again=_TRANSIENT)
        found = re.findall(r"^(\S+)[ \t]+(?:env|file)[ \t]*$", text, re.MULTILINE)
        return [str(name) for name in found]

    def create(self, name: str, stage: Path) -> str:
        """Create a workflow from the specification in a folder and return its name with number.

        Raises:
            RunFailedError: the server or the client does not accept it.
        """
        text = self.call("create", "-n", name, "-f", "reana.yaml", cwd=stage, again=_BUSY)
        found = re.search(r"^(\S+\.\d+)\s*$", text, re.MULTILINE)
        if found is None:
            raise RunFailedError("the REANA client names no workflow", why=text[-500:])
        return found[1]

    def upload(self, workflow: str, stage: Path) -> None:
        """Send the files that the specification names."""
        self.call("upload", "-w", workflow, cwd=stage, again=_TRANSIENT, timeout=_LONG_TIMEOUT)

    def start(self, workflow: str) -> None:
        """Set the workflow running; the client fails when the server is too busy to say that it has begun.

        Raises:
            RunFailedError: the server does not start it.
        """
        try:
            self.call("start", "-w", workflow, again=_BUSY)
        except RunFailedError:
            if str(self.status(workflow).get("status")) in {"created", "deleted"}:
                raise

    def status(self, workflow: str) -> dict[str, Any]:
        """Return name, status, progress and times of a workflow."""
        entries = self._json("status", "-w", workflow, "--json")
        if not isinstance(entries, list) or not entries or not isinstance(entries[0], dict):
            raise RunFailedError(f"the server tells nothing of the workflow {workflow}")
        return dict(entries[0])

    def logs(self, workflow: str) -> dict[str, Any]:
        """Return the logs of the workflow and of its jobs."""
        logs = self._json("logs", "-w", workflow, "--json")
        return logs if isinstance(logs, dict) else {}

    def files(self, workflow: str) -> list[str]:
        """Return the paths of all files in the workspace."""
        entries = self._json("ls", "-w", workflow, "--json")
        return [str(item["name"]) for item in entries] if isinstance(entries, list) else []

    def download(self, workflow: str, names: Sequence[str], folder: Path) -> None:
        """Bring files of the workspace into a folder, under their paths."""
        for index in range(0, len(names), 100):
            batch = names[index : index + 100]
            words = ("download", "-w", workflow, "-o", str(folder), *batch)
            self.call(*words, again=_TRANSIENT, timeout=_LONG_TIMEOUT)

    def stop(self, workflow: str) -> None:
        """Stop the workflow; one that has ended is left as it is."""
        self.call("stop", "-w", workflow, "--force", again=_TRANSIENT)

    def redact(self, text: str) -> str:
        """Return a text without the token."""
        return re.sub(r"(access_token=)[^&\s'\"]+", r"\1***", text.replace(self._token, "***"))

    def call(
        self, *words: str, cwd: Path | None = None, again: re.Pattern[str], timeout: float = _TIMEOUT
    ) -> str:
        """Run the client and return what it wrote, without the token.

        Args:
            words: command and arguments.
            cwd: folder in which it looks for files.
            again: errors after which the call is tried again, later and later.
            timeout: seconds.

        Raises:
            ToolError: the client does not work, or the server cannot be reached.
            RunFailedError: the server refuses.
        """
        variables = {**self._place(), "REANA_ACCESS_TOKEN": self._token, "NO_COLOR": "1"}
        for delay in (*_DELAYS, None):
            done = toolenvs.run(
                self.tool,
                ["reana-client", *words],
                cwd=cwd,
                env=variables,
                timeout=timeout,
                progress=self.progress,
            )
            said = self.redact(re.sub(r"\x1b\[[0-9;]*m", "", f"{done.stdout}\n{done.stderr}"))
            if done.returncode == 0:
                return self.redact(done.stdout)
            if delay is None or not again.search(said):
                break
            self.progress.note(f"REANA: {_reason(said)}; trying again in {delay:g} s")
            self.pause(delay)
        kind = ToolError if words[0] == "ping" else RunFailedError
        raise kind(
            f"REANA refuses {words[0]}: {_reason(said)}",
            where=self.server,
            mend="see whether server and token are right: REANA_SERVER_URL, REANA_ACCESS_TOKEN",
        )

    def _place(self) -> dict[str, str]:
        """Return the variables that name the server: from 0.95 on a file does, which holds nothing else."""
        if self.tool == CLIENTS["0.9"]:
            return {"REANA_SERVER_URL": self.server}
        name = hashlib.sha256(self.server.encode()).hexdigest()[:12]
        path = cache_root() / "reana" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, json.dumps({"active_server": self.server, "servers": {self.server: {}}}))
        return {"REANA_SERVER_URL": "", "REANA_CLIENT_CONFIG": str(path)}

    def _json(self, *words: str) -> Any:
        text = self.call(*words, again=_TRANSIENT)
        try:
            return json.loads(text)
        except ValueError:
            raise RunFailedError(f"the REANA client wrote no JSON for {words[0]}", why=text[:300]) from None


def _reason(said: str) -> str:
    """Return the line that tells most."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and "Warning" not in line]
    telling = [line for line in lines if re.search(r"error|cannot|not ", line, re.IGNORECASE)]
    index = lines.index(telling[0]) if telling else max(0, len(lines) - 1)
    text = " ".join(lines[index : index + 3]) if lines else "no reason given"
    return re.sub(r"^==>\s*(ERROR:\s*)?", "", text)[:300]
