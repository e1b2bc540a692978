"""Which lake, as whom, and with which token file; secrets come from the environment or the user's rucio.cfg.

A repository names its lake in the manifest, and a repository may be hostile: credentials are only ever sent
to the hosts they belong to. Those of a ``rucio.cfg`` belong to the hosts written there; those of the
environment to ``RUCIO_HOST``/``RUCIO_AUTH_HOST`` where set, else to the lake of the user's ``rucio.cfg``, the
lakes of :data:`PRESETS` and loopback.
"""

from __future__ import annotations

import configparser
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from fairport.contract.errors import ConfigurationError
from fairport.contract.manifest import Lake
from fairport.interop.cache import cache_root

AUTH_TYPES: Final = ("userpass", "x509", "x509_proxy", "oidc", "gss", "ssh")


@dataclass(frozen=True, slots=True)
class Preset:
    """A well-known lake."""

    name: str
    rucio_host: str
    auth_host: str
    vo: str | None
    auth_type: str
    options: Mapping[str, str] = field(default_factory=dict)


PRESETS: Final = (
    Preset(
        "ESCAPE VRE",
        "https://vre-rucio.cern.ch",
        "https://vre-rucio-auth.cern.ch",
        "escape",
        "oidc",
        {
            "oidc_scope": "openid profile offline_access",
            "oidc_polling": "true",
            "auth_oidc_refresh_active": "true",
        },
    ),
)
"""Lakes whose addresses and way of logging in Fairport knows; any other is given in full."""

_OIDC: Final = {"oidc_scope": "openid profile", "oidc_polling": "true"}
_OPTIONS: Final = (
    "account", "username", "password", "client_cert", "client_key", "client_x509_proxy", "ca_cert",
    "ssh_private_key", "oidc_issuer", "oidc_audience", "oidc_scope", "oidc_polling", "oidc_refresh_lifetime",
    "auth_oidc_refresh_active", "auth_token_file_path",
)  # fmt: skip
_SECRET: Final = ("password",)
_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "userpass": ("username", "password"),
    "x509": ("client_cert", "client_key"),
    "x509_proxy": ("client_x509_proxy",),
    "ssh": ("username", "ssh_private_key"),
}
"""What each way of logging in hands to the lake."""

_CREDENTIALS: Final = frozenset(name for names in _NEEDED.values() for name in names)
_CREDENTIAL_FILES: Final = ("client_cert", "client_key", "client_x509_proxy", "ssh_private_key")


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a lake.

    Attributes:
        rucio_host, auth_host, vo, auth_type: as in the manifest.
        options: of the ``[client]`` section of Rucio; may hold a password, so it is never printed.
        token_file: where Rucio keeps its token; another credential is another file.
        source: where the credentials come from, for people.
    """

    rucio_host: str
    auth_host: str
    auth_type: str
    options: Mapping[str, str] = field(repr=False)
    token_file: Path
    source: str
    vo: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that must never be seen in a log or a message."""
        return tuple(value for key in _SECRET if (value := self.options.get(key)))

    def message(self) -> dict[str, Any]:
        """Return what the isolated client needs; it goes through a pipe, never through a file or argument."""
        return {
            "rucio_host": self.rucio_host,
            "auth_host": self.auth_host,
            "auth_type": self.auth_type,
            "vo": self.vo,
            "options": {key: value for key, value in self.options.items() if key != "auth_token_file_path"},
            "token_file": str(self.token_file),
        }


def find_access(lake: Lake, environment: Mapping[str, str] | None = None) -> Access:
    """Put together how to reach ``lake``.

    The way of logging in is ``RUCIO_AUTH_TYPE``, else that of the manifest, else that of the user's
    rucio.cfg for this lake, else that of the preset.

    Args:
        lake: from the manifest.
        environment: variables; those of the process by default.

    Raises:
        ConfigurationError: no credentials for this lake, or the user's rucio.cfg cannot be read.
    """
    variables = os.environ if environment is None else environment
    preset = next((item for item in PRESETS if _same_host(item.auth_host, lake.auth_host)), None)
    written, path = _user_options(lake, variables)
    given, meant = _environment_options(lake, variables, known=preset is not None or bool(written))
    auth_type = given.pop("auth_type", None) or lake.auth_type or written.pop("auth_type", None)
    written.pop("auth_type", None)
    auth_type = auth_type or (preset.auth_type if preset else "userpass")
    if auth_type not in AUTH_TYPES:
        raise ConfigurationError(
            f'"{auth_type}" is no way to log in', mend=f"use one of {', '.join(AUTH_TYPES)}"
        )
    if auth_type == "x509_proxy":
        _default_proxy({**written, **given}, given)
    given = _where_they_belong(given, auth_type, lake, meant=meant)
    base = dict(preset.options) if preset and auth_type == preset.auth_type else {}
    base = {**_OIDC, **base} if auth_type == "oidc" else {}
    options = {**base, **_used(written, auth_type), **given}
    source = "the environment" if given else str(path) if written else "nowhere"
    _require(auth_type, options, lake, source)
    vo = lake.vo or variables.get("RUCIO_VO") or (preset.vo if preset else None)
    token = _token_file(lake, vo, auth_type, options)
    return Access(lake.rucio_host, lake.auth_host, auth_type, options, token, source, vo)


def config_path(variables: Mapping[str, str]) -> Path | None:
    """Return the ``rucio.cfg`` of the user, looked for where Rucio looks."""
    named = variables.get("RUCIO_CONFIG")
    if named:
        return Path(named)
    places = [
        Path(value) / "etc" / "rucio.cfg"
        for key in ("RUCIO_HOME", "VIRTUAL_ENV")
        if (value := variables.get(key))
    ]
    places += [Path("/opt/rucio/etc/rucio.cfg"), Path("~/.rucio/rucio.cfg").expanduser()]
    return next((path for path in places if path.is_file()), None)


def _user_options(lake: Lake, variables: Mapping[str, str]) -> tuple[dict[str, str], Path | None]:
    path = config_path(variables)
    if path is None:
        return {}, None
    parser = configparser.ConfigParser()  # with interpolation, as Rucio reads it
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise ConfigurationError(
            "the configuration of Rucio cannot be read",
            where=path,
            why=reason,
            mend="mend it or unset RUCIO_CONFIG",
        ) from None
    if not parser.has_section("client"):
        return {}, path
    names = (*_OPTIONS, "auth_type", "rucio_host", "auth_host")
    try:
        client = {key: value for key in names if (value := parser.get("client", key, fallback=""))}
    except configparser.Error as error:
        raise ConfigurationError(
            "the configuration of Rucio has a value that Rucio cannot read",
            where=path,
            why=type(error).__name__,
            mend="write a percent sign as %%",
        ) from None
    hosts = client.pop("rucio_host", lake.rucio_host), client.pop("auth_host", "")
    if not (_same_host(hosts[0], lake.rucio_host) and _same_host(hosts[1], lake.auth_host)):
        return {}, path
    return {key: os.path.expandvars(value) for key, value in client.items()}, path


def _environment_options(
    lake: Lake, variables: Mapping[str, str], *, known: bool
) -> tuple[dict[str, str], bool]:
    """Return the options of the environment, and whether they are meant for this lake."""
    found: dict[str, str] = {}
    for key in (*_OPTIONS, "auth_type"):
        upper = key.upper()
        value = variables.get(f"RUCIO_{upper}") or variables.get(f"RUCIO_CFG_CLIENT_{upper}")
        if value:
            found[key] = value
    for name in ("RUCIO_CLIENT_PROXY", "X509_USER_PROXY"):
        if variables.get(name):
            found.setdefault("client_x509_proxy", variables[name])
    hosts = [
        variables.get(name) or variables.get(f"RUCIO_CFG_CLIENT_{name}")
        for name in ("RUCIO_HOST", "AUTH_HOST")
    ]
    hosts[1] = variables.get("RUCIO_AUTH_HOST") or hosts[1]
    named = [host for host in hosts if host]
    if named:
        ours = all(any(_same_host(host, own) for own in (lake.rucio_host, lake.auth_host)) for host in named)
        return (found, True) if ours else ({}, False)
    return found, known or _is_loopback(lake)


def _default_proxy(known: Mapping[str, str], given: dict[str, str]) -> None:
    """Take the proxy certificate from where the grid tools put it, unless another one is named."""
    path = Path(f"/tmp/x509up_u{os.geteuid()}")  # noqa: S108 - the place is a convention of the grid
    if "client_x509_proxy" not in known and path.is_file():
        given["client_x509_proxy"] = str(path)


def _where_they_belong(given: dict[str, str], auth_type: str, lake: Lake, *, meant: bool) -> dict[str, str]:
    """Return the options without credentials that this way of logging in does not need.

    Raises:
        ConfigurationError: it needs some that are not known to be meant for this lake.
    """
    if not meant and given.keys() & set(_NEEDED.get(auth_type, ())):
        raise ConfigurationError(
            f"the credentials in the environment are not known to be meant for {_origin(lake.auth_host)}",
            why="the manifest of a repository names the lake; credentials only go where they belong",
            mend=f"if you trust this lake: export RUCIO_AUTH_HOST={_origin(lake.auth_host)}",
        )
    return _used(given, auth_type)


def _used(options: Mapping[str, str], auth_type: str) -> dict[str, str]:
    """Leave out the credentials of other ways of logging in."""
    needed = _NEEDED.get(auth_type, ())
    return {key: value for key, value in options.items() if key in needed or key not in _CREDENTIALS}


def _require(auth_type: str, options: Mapping[str, str], lake: Lake, source: str) -> None:
    missing = [name for name in _NEEDED.get(auth_type, ()) if not options.get(name)]
    if missing:
        raise ConfigurationError(
            f"no {' and no '.join(missing)} for {_origin(lake.auth_host)} (login by {auth_type})",
            why=None if source == "nowhere" else f"the credentials come from {source}",
            mend=f"set {', '.join('RUCIO_' + name.upper() for name in missing)}, or write them to the "
            "[client] section of your rucio.cfg together with rucio_host and auth_host",
        )
    for name in _CREDENTIAL_FILES:
        path = options.get(name)
        if path and not Path(path).expanduser().is_file():
            raise ConfigurationError(
                f"{name} does not exist", where=path, mend="correct its path, or renew it"
            )


def _token_file(lake: Lake, vo: str | None, auth_type: str, options: Mapping[str, str]) -> Path:
    """Return the token file for exactly these credentials.

    The name is a keyed digest (HMAC-SHA256 with a random key of this user) over host, account and the
    credentials themselves: with another password there is no token yet, so that the server has to be asked.
    """
    folder = cache_root() / "lake" / "tokens"
    parts = [_origin(lake.auth_host), vo or "", auth_type, options.get("account", "")]
    parts += [
        f"{name}={options.get(name, '')}" for name in ("username", "password", "oidc_issuer", "oidc_audience")
    ]
    for name in _CREDENTIAL_FILES:
        path = options.get(name)
        content = Path(path).expanduser().read_bytes() if path else b""
        parts.append(hashlib.sha256(content).hexdigest())
    digest = hmac.new(_key(folder), "\0".join(parts).encode(), hashlib.sha256).hexdigest()
    own = folder / digest[:32]  # a folder of its own, since Rucio keeps more than one file beside a token
    own.mkdir(mode=0o700, exist_ok=True)
    return own / "token"


def _key(folder: Path) -> bytes:
    path = folder / "key"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "wb") as out:
                out.write(secrets.token_bytes(32))
        key = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            "the folder for tokens cannot be used",
            where=folder,
            why=error.strerror,
            mend="set FAIRPORT_CACHE",
        ) from None
    if len(key) != 32:  # the rest of an interrupted start
        path.unlink(missing_ok=True)
        return _key(folder)
    return key


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _same_host(one: str, other: str) -> bool:
    a, b = urlsplit(one), urlsplit(other)
    ports = [part.port or {"https": 443, "http": 80}.get(part.scheme) for part in (a, b)]
    return bool(a.hostname) and (a.scheme, a.hostname, ports[0]) == (b.scheme, b.hostname, ports[1])


def _is_loopback(lake: Lake) -> bool:
    hosts = {urlsplit(lake.rucio_host).hostname, urlsplit(lake.auth_host).hostname}
    return hosts <= {"127.0.0.1", "localhost", "::1"}
