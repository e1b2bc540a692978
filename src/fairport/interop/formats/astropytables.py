"""The boundary to astropy's table formats: ECSV and VOTable."""

from __future__ import annotations

import io
import json
from typing import Any


def write_ecsv(table: Any) -> str:
    """Return a table (``astropy.table.QTable``) as ECSV with comma; its ``meta`` is kept."""
    out = io.StringIO()
    # One pass through JSON leaves plain types alone, which YAML writes without tags.
    table.meta = json.loads(json.dumps(dict(table.meta)))
    table.write(out, format="ascii.ecsv", delimiter=",")
    return out.getvalue()


def write_votable(table: Any, title: str, record: str) -> bytes:
    """Return a table as VOTable 1.4 with units and descriptions.

    Args:
        table: an ``astropy.table.QTable``.
        title: description of the resource.
        record: JSON text of the result record, kept in an INFO element called ``fairport``.
    """
    from astropy.io.votable import from_table
    from astropy.io.votable.tree import Info

    votable = from_table(table)
    votable.description = title
    resource = votable.resources[0]
    resource.infos.append(Info(name="fairport", value=record))
    out = io.BytesIO()
    votable.to_xml(out)
    return out.getvalue()
