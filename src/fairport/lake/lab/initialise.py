"""Make the tables and the first account of a Rucio server; runs in the environment of the server only."""

from __future__ import annotations

import sqlite3
import sys
from typing import Any


def initialise(database: str) -> None:
    """Build the database that ``RUCIO_CONFIG`` names.

    Args:
        database: path of the SQLite file, or nothing for PostgreSQL. SQLite gets a write-ahead log, so that
            readers and the writer do not stop each other.
    """
    if database:
        with sqlite3.connect(database) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    from rucio.db.sqla import util

    tools: Any = util
    tools.build_database()
    tools.create_base_vo()
    tools.create_root_account()


if __name__ == "__main__":
    initialise(sys.argv[1] if len(sys.argv) > 1 else "")
