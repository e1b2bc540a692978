"""A Rucio server behind TLS that asks for client certificates, with a certificate authority of its own.

Rucio reads the subject of the client certificate from ``SSL_CLIENT_S_DN``, which Apache sets in production;
here a WSGI wrapper sets it from the connection that gunicorn accepted.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from fairport.interop.toolenvs import ToolEnv
from fairport.lake.lab.layout import Lab
from fairport.lake.lab.processes import free_port

SUBJECT = "/O=Fairport lab/CN=Ada Example"

_WSGI = """
import ssl

from rucio.web.rest.flaskapi.v1.main import application as rucio


def application(environ, start_response):
    certificate = environ["gunicorn.socket"].getpeercert()
    if certificate:
        short = {"organizationName": "O", "commonName": "CN"}
        names = [(short[key], value) for part in certificate["subject"] for key, value in part]
        environ["SSL_CLIENT_S_DN"] = "".join(f"/{key}={value}" for key, value in names)
    return rucio(environ, start_response)
"""
_SETTINGS = """
import ssl

def ssl_context(config, default):
    context = default()
    context.verify_flags |= ssl.VERIFY_ALLOW_PROXY_CERTS
    return context
"""
_PROXY_EXTENSION = """\
keyUsage = critical, digitalSignature
proxyCertInfo = critical, language:id-ppl-inheritAll
"""


@dataclass(frozen=True)
class Certificates:
    """Paths of certificates and keys."""

    authority: Path
    server: Path
    user: Path
    proxy: Path
    stranger: Path

    @staticmethod
    def key(certificate: Path) -> Path:
        """Return the key of a certificate."""
        return certificate.with_suffix(".key")


def make_certificates(folder: Path) -> Certificates:
    """Make an authority, a server, a user with a proxy (RFC 3820), and a user of another authority."""
    folder.mkdir()

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    def sign(name: str, subject: str, authority: str, extension: str) -> None:
        (folder / f"{name}.ext").write_text(extension, encoding="utf-8")
        made = ("-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl("req", "-new", *made, "-subj", subject)
        by = ("-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial", "-days", "2")
        openssl("x509", "-req", "-in", f"{name}.csr", *by, "-extfile", f"{name}.ext", "-out", f"{name}.pem")
        (folder / f"{name}.key").chmod(0o600)

    for name in ("authority", "another"):
        made = ("-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem")
        openssl("req", "-x509", "-days", "2", "-subj", f"/O=Fairport lab/CN={name}", *made)
    sign("server", "/CN=localhost", "authority", "subjectAltName = DNS:localhost, IP:127.0.0.1\n")
    sign("user", SUBJECT, "authority", "keyUsage = critical, digitalSignature\n")
    sign("stranger", SUBJECT, "another", "keyUsage = critical, digitalSignature\n")
    sign("proxy", f"{SUBJECT}/CN=1234567", "user", _PROXY_EXTENSION)
    whole = [(folder / name).read_text(encoding="ascii") for name in ("proxy.pem", "proxy.key", "user.pem")]
    (folder / "x509up").write_text("".join(whole), encoding="ascii")
    (folder / "x509up").chmod(0o600)
    names = ("authority.pem", "server.pem", "user.pem", "x509up", "stranger.pem")
    return Certificates(*(folder / name for name in names))


@contextmanager
def tls_server(lab: Lab, server: ToolEnv, certificates: Certificates, folder: Path) -> Iterator[str]:
    """Serve the lake of a lab on another port, by TLS; gives the address."""
    (folder / "tls_wsgi.py").write_text(_WSGI, encoding="utf-8")
    (folder / "tls_settings.py").write_text(_SETTINGS, encoding="utf-8")
    port = free_port()
    command = [str(server.bin / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--pythonpath", str(folder)]
    command += [
        "--certfile",
        str(certificates.server),
        "--keyfile",
        str(certificates.key(certificates.server)),
    ]
    command += ["--ca-certs", str(certificates.authority), "--cert-reqs", "1", "--no-control-socket"]
    command += ["--config", str(folder / "tls_settings.py"), "--log-level", "warning", "tls_wsgi:application"]
    home = lab.root / "server"
    variables = server.environment({"RUCIO_CONFIG": str(lab.server_config), "RUCIO_HOME": str(home)})
    with (folder / "tls.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=home, env=variables, stdout=log, stderr=log, start_new_session=True
        )
    try:
        url = f"https://localhost:{port}"
        _wait(url, certificates, process, folder / "tls.log")
        yield url
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(url: str, certificates: Certificates, process: subprocess.Popen[bytes], log: Path) -> None:
    import ssl

    context = ssl.create_default_context(cafile=str(certificates.authority))
    limit = time.monotonic() + 120
    while time.monotonic() < limit and process.poll() is None:
        try:
            with urlopen(f"{url}/ping", timeout=30, context=context):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the TLS server did not start: {log.read_text(encoding='utf-8')[-2000:]}")
