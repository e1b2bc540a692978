"""The link to the isolated Rucio client: child processes that take requests as lines of JSON."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from fairport.contract.errors import ToolError
from fairport.contract.progress import Progress
from fairport.interop.toolenvs import ToolEnv, ToolStore
from fairport.lake.access import Access
from fairport.lake.failures import RemoteError, explain
from fairport.lake.remote.wire import encode, redact

PATIENCE: Final = 60.0
"""Seconds during which calls are repeated while the lake is away."""

_BOOT: Final = """
import sys, types, runpy
package = types.ModuleType("fairport")
package.__path__ = [sys.argv.pop(1)]
sys.modules["fairport"] = package
runpy.run_module("fairport.lake.remote", run_name="__main__", alter_sys=True)
"""


class Client:
    """One isolated client process; used by one thread at a time."""

    def __init__(
        self,
        tool: ToolEnv,
        access: Access,
        *,
        patience: float,
        note: Callable[[str], None],
        debug: bool = False,
    ) -> None:
        package = str(Path(__file__).resolve().parent.parent)
        kept = tool.environment({"FAIRPORT_ISOLATED": "1"})
        variables = {key: value for key, value in kept.items() if not key.startswith("RUCIO_")}
        variables.pop("X509_USER_PROXY", None)  # the proxy that is meant for this lake, or none
        if "client_x509_proxy" in access.options:
            variables["X509_USER_PROXY"] = access.options["client_x509_proxy"]
        self._access, self._note, self._number = access, note, 0
        self._tail: deque[str] = deque(maxlen=20)
        self._process = subprocess.Popen(
            [str(tool.bin / "python"), "-c", _BOOT, package],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=variables,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        level = 10 if debug else 30
        self._send(
            {"access": access.message(), "patience": patience, "secrets": access.secrets, "log_level": level}
        )
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()

    def stream(self, operation: str, **arguments: Any) -> Iterator[Any]:
        """Send a request and yield its items; the last value, if any, is yielded too.

        Raises:
            RemoteError: the operation failed.
            ToolError: the process ended.
        """
        self._number += 1
        self._send({"id": self._number, "op": operation, "args": arguments})
        while True:
            answer = self._receive()
            if "item" in answer:
                yield answer["item"]
            elif "error" in answer:
                error = answer["error"]
                raise RemoteError(error["kinds"], error["text"], error["transient"])
            else:
                if answer["done"] is not None:
                    yield answer["done"]
                return

    def call(self, operation: str, **arguments: Any) -> Any:
        """Send a request and return its answer; raises as :meth:`stream`."""
        result = list(self.stream(operation, **arguments))
        return result[0] if result else None

    def close(self) -> None:
        """Let the process end; it is killed when it does not within five seconds."""
        with suppress(OSError):
            self._pipe(self._process.stdin).close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(2)
        for stream in (self._process.stdout, self._process.stderr):
            self._pipe(stream).close()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()

    def _send(self, message: object) -> None:
        pipe = self._pipe(self._process.stdin)
        try:
            pipe.write(encode(message))
            pipe.flush()
        except OSError:
            raise self._ended() from None

    def _receive(self) -> dict[str, Any]:
        line = self._pipe(self._process.stdout).readline()
        if not line.endswith("\n"):
            raise self._ended()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _ended(self) -> ToolError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(2)
        last = self._tail[-1] if self._tail else "no message"
        return ToolError(
            "the isolated Rucio client ended by itself", why=last, mend="try again; see fairport -v"
        )

    def _read_errors(self) -> None:
        for line in self._pipe(self._process.stderr):
            text = redact(line.rstrip(), self._access.secrets)
            if text:
                self._tail.append(text)
                self._note(text)

    @staticmethod
    def _pipe(stream: IO[str] | None) -> IO[str]:
        if stream is None:
            raise RuntimeError("a pipe of the isolated client is missing")
        return stream


class LakeLink:
    """A pool of isolated clients for one lake; safe to use from several threads.

    Args:
        access: which lake, as whom.
        progress: told when the client has to be installed, and what a login wants the user to do.
        jobs: requests side by side.
        patience: seconds during which calls are repeated while the lake is away.
        tools: where the isolated environments are.
        detail: receives every line that the clients log (redacted).
        ask: receives what a login wants the user to do; ``progress`` does by default.
    """

    def __init__(
        self,
        access: Access,
        progress: Progress,
        *,
        jobs: int = 2,
        patience: float = PATIENCE,
        tools: ToolStore | None = None,
        detail: Callable[[str], None] | None = None,
        ask: Callable[[str], None] | None = None,
    ) -> None:
        self.access, self.jobs, self.patience = access, jobs, patience
        self._ask, self._detail = ask or progress.note, detail
        self._tool = (tools or ToolStore()).ensure("rucio-clients", progress)
        self._free: queue.LifoQueue[Client] = queue.LifoQueue()
        self._all: list[Client] = []
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(jobs + 1)  # one more for a long answer beside the work

    def __enter__(self) -> LakeLink:
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        for client in self._all:
            if kind is not None:
                client.kill()
            client.close()

    @contextmanager
    def client(self) -> Iterator[Client]:
        """Give a client for a while; a client that ended is not given again."""
        with self._slots:
            client = self._take()
            try:
                yield client
            except ToolError:
                with self._lock:
                    self._all.remove(client)
                client.kill()
                client.close()
                raise
            self._free.put(client)

    def call(self, operation: str, *, subject: str | None = None, **arguments: Any) -> Any:
        """Send a request to any client and return its answer.

        Args:
            operation: name of the operation.
            subject: what an error names as its place.
            **arguments: of the operation.

        Raises:
            FairportError: as :func:`explain` words the failure.
        """
        try:
            return self.raw_call(operation, **arguments)
        except RemoteError as error:
            raise explain(error, subject=subject) from error

    def raw_call(self, operation: str, **arguments: Any) -> Any:
        """As :meth:`call`, but failures stay :class:`RemoteError`."""
        with self._handed() as client:
            return client.call(operation, **arguments)

    @contextmanager
    def _handed(self) -> Iterator[Client]:
        """As :meth:`client`, and the client is handed back after a remote error too."""
        failure: RemoteError | None = None
        with self.client() as client:
            try:
                yield client
            except RemoteError as error:
                failure = error
        if failure is not None:
            raise failure

    @contextmanager
    def stream(self, operation: str, **arguments: Any) -> Iterator[Iterator[Any]]:
        """Give the items of an answer one by one; all of them must be taken. Raises RemoteError."""
        with self._handed() as client:
            yield client.stream(operation, **arguments)

    def _take(self) -> Client:
        try:
            return self._free.get_nowait()
        except queue.Empty:
            client = Client(self._tool, self.access, patience=self.patience, note=self._heard, debug=False)
            with self._lock:
                self._all.append(client)
            return client

    def _heard(self, line: str) -> None:
        if self._detail is not None:
            self._detail(line)
        if self.access.auth_type == "oidc" and ("http" in line or "browser" in line):
            self._ask(line.strip())
