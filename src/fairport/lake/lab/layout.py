"""What a lab consists of on disk: folders, record, configuration of server and client."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from fairport.contract.errors import ConfigurationError
from fairport.contract.files import write_atomic
from fairport.interop.cache import cache_root

RECORD: Final = "lab.json"
ACCOUNT: Final = "root"
SCOPE: Final = "lab"
STORAGES: Final = ("LAB-DISK-A", "LAB-DISK-B")
"""Storage elements of a lab: two folders."""

_ALEMBIC_LOGGING: Final = """
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = WARN
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain
[formatter_plain]
format = %(levelname)s %(message)s
"""


@dataclass(frozen=True, slots=True)
class Lab:
    """One lab.

    Attributes:
        folder: where everything of it lies.
        port: of the Rucio server, on 127.0.0.1.
        database: ``sqlite`` or ``postgresql``.
        database_port: of PostgreSQL; 0 with SQLite.
        username: name that logs in.
        password: made at random for each lab.
    """

    folder: str
    port: int
    database: str
    database_port: int
    username: str
    password: str

    @property
    def url(self) -> str:
        """Address of the server (Rucio and authentication alike)."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def root(self) -> Path:
        """Its folder as a path."""
        return Path(self.folder)

    @property
    def client_config(self) -> Path:
        """The ``rucio.cfg`` of its clients, readable by the owner only."""
        return self.root / "rucio.cfg"

    @property
    def server_config(self) -> Path:
        """The ``rucio.cfg`` of the server."""
        return self.root / "server" / "rucio.cfg"

    @property
    def log(self) -> Path:
        """What the server wrote."""
        return self.root / "server" / "server.log"

    def storage(self, name: str) -> Path:
        """Return the folder of a storage element."""
        return self.root / "storage" / name


def default_folder() -> Path:
    """Return where the lab of this user lies unless told otherwise."""
    return cache_root() / "lab"


def create_lab(folder: Path, *, port: int, database: str, database_port: int) -> Lab:
    """Write the folders and the configuration of a new lab and return it."""
    lab = Lab(str(folder), port, database, database_port, "lab", secrets.token_urlsafe(18))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o711 if database == "postgresql" else 0o700)
    for name in STORAGES:
        lab.storage(name).mkdir(parents=True, exist_ok=True)
    lab.log.parent.mkdir(exist_ok=True, mode=0o700)
    write_configuration(lab)
    write_atomic(folder / RECORD, json.dumps(asdict(lab), indent=2) + "\n", mode=0o600)
    return lab


def read_lab(folder: Path) -> Lab | None:
    """Return the lab in ``folder``, or ``None`` when there is none.

    Raises:
        ConfigurationError: its record cannot be read.
    """
    path = folder / RECORD
    try:
        lab = Lab(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(
            "the record of the lab cannot be read",
            where=path,
            why=str(error)[:200],
            mend=f"remove {folder} and start again",
        ) from error
    return lab


def database_url(lab: Lab) -> str:
    """Return the address of the database as SQLAlchemy writes it."""
    if lab.database == "sqlite":
        return f"sqlite:///{lab.root}/server/rucio.db?timeout=60"
    return f"postgresql+psycopg://rucio@127.0.0.1:{lab.database_port}/rucio"


def write_configuration(lab: Lab) -> None:
    """Write the configuration files of the server and of its clients."""
    client = (
        f"[client]\nrucio_host = {lab.url}\nauth_host = {lab.url}\nauth_type = userpass\n"
        f"username = {lab.username}\npassword = {lab.password}\naccount = {ACCOUNT}\nrequest_retries = 3\n"
    )
    write_atomic(lab.client_config, client, mode=0o600)
    schema = "" if lab.database == "sqlite" else "schema = rucio\n"
    pool = "" if lab.database == "sqlite" else "pool_size = 4\nmax_overflow = 8\n"
    alembic = lab.server_config.parent / "alembic.ini"
    version_schema = "" if lab.database == "sqlite" else "version_table_schema = rucio\n"
    server = (
        f"[common]\nlogdir = {lab.server_config.parent}\nloglevel = WARNING\n\n"
        f"{client}\n"
        f"[database]\ndefault = {database_url(lab)}\n{schema}{pool}echo = 0\n\n"
        f"[bootstrap]\nuserpass_identity = {lab.username}\nuserpass_pwd = {lab.password}\n"
        "userpass_email = lab@example.org\n\n"
        "[policy]\npermission = generic\nschema = generic\nlfn2pfn_algorithm_default = hash\n\n"
        f"[alembic]\ncfg = {alembic}\n"
    )
    write_atomic(lab.server_config, server, mode=0o600)
    write_atomic(
        alembic,
        f"[alembic]\nscript_location = rucio.db.sqla:migrate_repo\n"
        f"sqlalchemy.url = {database_url(lab)}\n{version_schema}{_ALEMBIC_LOGGING}",
        mode=0o600,
    )
