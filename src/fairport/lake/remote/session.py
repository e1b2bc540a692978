"""The Rucio client of a session: made once, calls repeated while the lake is away for a moment."""

from __future__ import annotations

import logging
import os
import random
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

T = TypeVar("T")

_AWAY: Final = (
    "ServerConnectionException",
    "ConnectionError",
    "ReadTimeout",
    "ConnectTimeout",
    "ChunkedEncodingError",
)
_BUSY: Final = (
    "locked", "deadlock", "serialize", "timeout", "timed out", "temporarily", "connection",
    "closed", "(502", "(503", "(504", "bad gateway", "unavailable",
)  # fmt: skip


_TRIES: Final = 5
"""Times that a call is made whose failure the database of the lake does not explain."""

_NOT_TRUSTED: Final = re.compile(r"CERTIFICATE_VERIFY_FAILED\]? *([^()]*)")
_NOT_TAKEN: Final = re.compile(r"ALERT_(?:UNKNOWN_CA|[A-Z_]*CERTIFICATE[A-Z_]*)\]? *([^()]*)")


class UntrustedLakeError(Exception):
    """The certificate of the lake is signed by nobody whom this machine trusts."""


class RefusedCertificateError(Exception):
    """The lake does not take the certificate of the user."""


class _TlsWatch(logging.Handler):
    """Remembers a failed TLS handshake: Rucio's client only logs it, and says that the lake is away."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._found: Exception | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one log record."""
        text = record.getMessage()
        if "SSLError" not in text:
            return
        if match := _NOT_TRUSTED.search(text):
            self._found = UntrustedLakeError(match[1].strip())
        elif match := _NOT_TAKEN.search(text):
            self._found = RefusedCertificateError(match[1].strip())

    def take(self) -> Exception | None:
        """Return what was seen since the last call."""
        found, self._found = self._found, None
        return found


def is_transient(error: BaseException) -> bool:
    """Tell whether the same call may succeed in a moment: the lake is away, or its database busy."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if names.intersection(_AWAY):
        return True
    busy = {"DatabaseException", "ServiceUnavailable", "ResourceTemporaryUnavailable"}
    if type(error).__name__ == "RucioException" or names & busy:
        text = str(error).lower()
        return any(word in text for word in _BUSY)
    return isinstance(error, (ConnectionError, TimeoutError))


def _is_unexplained(error: BaseException) -> bool:
    """Tell whether the lake only says that its database failed: two writers at once are among the reasons."""
    return type(error).__name__ == "DatabaseException" and "unknown" in str(error).lower()


class Session:
    """A logged-in client.

    Args:
        access: hosts, way of logging in, options and token file, as Fairport sends them.
        patience: seconds during which a call is repeated while the lake is away.
    """

    def __init__(self, access: dict[str, Any], patience: float) -> None:
        self.patience = patience
        self._access = access
        self._client: Any = None
        self._transfer: dict[str, Any] = {}
        self._tls = _TlsWatch()
        logging.getLogger().addHandler(self._tls)
        self.configuration = _write_configuration(access)
        os.environ["RUCIO_CONFIG"] = str(self.configuration)

    @property
    def client(self) -> Any:
        """The client; logging in on first use."""
        if self._client is None:
            self._client = self.call(self._login)
        return self._client

    @property
    def downloader(self) -> Any:
        """The download client; made once, since each looks up where it is in the network."""
        if "download" not in self._transfer:
            from rucio.client.downloadclient import DownloadClient

            self._transfer["download"] = DownloadClient(client=self.client)
        return self._transfer["download"]

    @property
    def uploader(self) -> Any:
        """The upload client, made once too."""
        if "upload" not in self._transfer:
            from rucio.client.uploadclient import UploadClient

            self._transfer["upload"] = UploadClient(_client=self.client)
        return self._transfer["upload"]

    def call(self, function: Callable[[], T], *, patience: float | None = None) -> T:
        """Call ``function`` again, with growing pauses, while it fails for a transient reason.

        Raises:
            UntrustedLakeError, RefusedCertificateError: one side does not trust the other, which no
                patience mends.
            Exception: what ``function`` raised last.
        """
        limit = time.monotonic() + (self.patience if patience is None else patience)
        pause, tries = 0.2, 0
        while True:
            tries += 1
            try:
                return function()
            except Exception as error:
                tls = self._tls.take()
                if tls is not None and is_transient(error):
                    raise tls from None
                again = is_transient(error) or (_is_unexplained(error) and tries < _TRIES)
                if not again or time.monotonic() + pause > limit:
                    raise
            time.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311 - spreads clients, not a secret
            pause = min(pause * 2, 5.0)

    def _login(self) -> Any:
        from rucio.client import Client
        from rucio.common.config import get_config

        access, options = self._access, self._access["options"]
        settings = get_config()
        shutil.rmtree(self.configuration.parent, ignore_errors=True)  # read once; nothing of it stays on disk
        for key in ("username", "password", "client_cert", "client_key", "client_x509_proxy"):
            if key in options:  # parts of Rucio make clients of their own; they ask its settings, in memory
                settings.set("client", key, _escaped(options[key]))
        expand = ("client_cert", "client_key", "client_x509_proxy", "ssh_private_key")
        creds = {
            key: os.path.expanduser(value) if key in expand else value  # noqa: PTH111 - as Rucio does it
            for key, value in options.items()
            if key in (*expand, "username", "password", "oidc_issuer", "oidc_audience", "oidc_scope")
        }
        if access["auth_type"] == "oidc":
            creds["oidc_polling"] = True  # the other way asks at a terminal, and stdin is our pipe
        return Client(
            rucio_host=access["rucio_host"],
            auth_host=access["auth_host"],
            account=options.get("account"),
            auth_type=access["auth_type"],
            creds=creds or None,
            ca_cert=options.get("ca_cert"),
            vo=access["vo"],
            timeout=600,
            user_agent="fairport",
        )


def _write_configuration(access: dict[str, Any]) -> Path:
    """Write a rucio.cfg without any password into a private folder of this process."""
    kept = ("account", "auth_oidc_refresh_active", "oidc_refresh_lifetime", "ca_cert", "ssh_private_key")
    lines = ["[client]"]
    lines += [f"{key} = {_escaped(access[key])}" for key in ("rucio_host", "auth_host", "auth_type")]
    lines += [f"{key} = {_escaped(value)}" for key, value in access["options"].items() if key in kept]
    lines += [f"auth_token_file_path = {_escaped(access['token_file'])}", "request_retries = 3"]
    folder = Path(tempfile.mkdtemp(prefix="fairport-rucio-"))
    path = folder / "rucio.cfg"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def _escaped(value: str) -> str:
    """Return a value as Rucio's settings want it: a percent sign doubled."""
    return value.replace("%", "%%")
