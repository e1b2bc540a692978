"""Manners towards servers: each address is asked once, each host by few at a time, failures wait longer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Final, TypeVar
from urllib.parse import urlsplit

from fairport.catalog.harvest import git
from fairport.catalog.harvest.git import SourceError, Unanswered
from fairport.catalog.harvest.gitwords import COMES_BACK, transient

PER_HOST: Final = 4
"""Requests that one host gets side by side, whatever ``--jobs`` says."""

MAX_JOBS: Final = 64

PAUSES: Final = (2.0, 8.0)
"""Seconds before the second and the third try of a request that failed for a moment's reason."""

PATIENCE: Final = 3
"""Requests that a host may leave unanswered before it is not asked any more in this harvest."""

T = TypeVar("T")


@dataclass
class _Host:
    seats: BoundedSemaphore
    unanswered: int = 0


class Remotes:
    """The remotes of one harvest.

    Args:
        sleep: waits for so many seconds.
    """

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Begin with nothing known."""
        self._sleep = sleep
        self._lock = Lock()
        self._hosts: dict[str, _Host] = {}
        self._addresses: dict[str, Lock] = {}
        self._refs: dict[str, dict[str, str]] = {}

    def refs(self, address: str) -> dict[str, str]:
        """Return the refs of a remote, asked once; see :func:`fairport.catalog.harvest.git.remote_refs`."""
        with self._alone(address):
            if address not in self._refs:
                self._refs[address] = self._ask(address, lambda: git.remote_refs(address))
            return self._refs[address]

    def fetch(self, address: str, refs: Sequence[str], store: Path) -> list[str]:
        """Fetch refs into a store; see :func:`fairport.catalog.harvest.git.fetch_commits`.

        Entries that share a repository share its store: they fetch one after the other.
        """
        with self._alone(address):
            return self._ask(address, lambda: git.fetch_commits(address, refs, store))

    def _ask(self, address: str, request: Callable[[], T]) -> T:
        host = self._host(address)
        with host.seats:
            for pause in (*PAUSES, None):
                if host.unanswered >= PATIENCE:
                    raise SourceError(
                        f"{host_of(address) or 'this machine'} was not asked",
                        why=f"it left {host.unanswered} requests of this harvest unanswered",
                        mend=COMES_BACK,
                    )
                try:
                    answer = request()
                except Unanswered:
                    host.unanswered += 1
                    raise
                except SourceError as error:
                    if pause is None and error.mend == COMES_BACK:
                        host.unanswered += 1
                    if pause is None or not transient(f"{error.what} {error.why}"):
                        raise
                    self._sleep(pause)
                else:
                    host.unanswered = 0
                    return answer
        raise AssertionError  # the last try returns or raises

    def _host(self, address: str) -> _Host:
        name = host_of(address)
        seats = PER_HOST if name else MAX_JOBS  # files of this machine need no manners
        with self._lock:
            return self._hosts.setdefault(name, _Host(BoundedSemaphore(seats)))

    @contextmanager
    def _alone(self, address: str) -> Iterator[None]:
        with self._lock:
            lock = self._addresses.setdefault(address, Lock())
        with lock:
            yield


def host_of(address: str) -> str:
    """Return the host of a git address, empty for this machine."""
    if "://" in address:
        return (urlsplit(address).hostname or "").lower()
    return address.partition(":")[0].rpartition("@")[2].lower()


__all__ = ["Remotes", "host_of"]
