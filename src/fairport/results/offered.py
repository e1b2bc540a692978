"""The name under which a catalogue offers the table of a record, beside the record."""

from __future__ import annotations


def offered_table(identifier: str, media_type: str) -> str:
    """Return the name of the offered table: the identifier of the record, never a name of its own making.

    A record keeps its bytes, so that its digest stays; a table that is not where it says is looked for here.

    Args:
        identifier: identifier of the record.
        media_type: media type of the table as the record states it.
    """
    return f"{identifier}.csv.gz" if media_type == "application/gzip" else f"{identifier}.csv"


__all__ = ["offered_table"]
