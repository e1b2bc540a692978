"""Parquet files, where the library for them is installed (``fairport[parquet]``)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from types import ModuleType


_GROUP: Final = 20_000
"""Rows that are written together."""


class Described(Protocol):
    """A column: its name, its type and one sentence about it."""

    @property
    def name(self) -> str:
        """Name."""

    @property
    def type(self) -> str:
        """``string``, ``integer``, ``number``, ``boolean`` or ``array`` (JSON text)."""

    @property
    def description(self) -> str:
        """One sentence."""


def has_parquet() -> bool:
    """Tell whether Parquet files can be written here."""
    return find_spec("pyarrow") is not None


def parquet_bytes(
    columns: Sequence[Described], rows: Iterable[Sequence[Any]], about: Mapping[str, str]
) -> bytes | None:
    """Return a table as a Parquet file, ``None`` without the library.

    Args:
        columns: name, type and description of each column.
        rows: one value a column, ``None`` where there is none.
        about: what the file says of itself.
    """
    if not has_parquet():
        return None
    import pyarrow
    import pyarrow.parquet

    schema = pyarrow.schema(
        [
            pyarrow.field(c.name, _type(pyarrow, c.type), metadata={"description": c.description})
            for c in columns
        ],
        metadata=dict(about),
    )
    out, rest = io.BytesIO(), iter(rows)
    with pyarrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while group := list(islice(rest, _GROUP)):
            values = zip(*group, strict=True)
            arrays = [pyarrow.array(column, field.type) for column, field in zip(values, schema, strict=True)]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
    pyarrow.default_memory_pool().release_unused()
    return out.getvalue()


def _type(pyarrow: ModuleType, kind: str) -> Any:
    types = {"integer": pyarrow.int64(), "number": pyarrow.float64(), "boolean": pyarrow.bool_()}
    return types.get(kind, pyarrow.string())
