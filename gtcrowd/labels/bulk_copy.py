"""Whole columns out of the database and into it by COPY, without a Python object for each value."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

HEADER, TRAILER = 19, 2
"""Bytes before the first and after the last row of PostgreSQL's binary COPY format."""


def read(query: str, parameters: Mapping[str, object], columns: Mapping[str, str]) -> dict[str, npt.NDArray[Any]]:
    """The columns that `query` selects, by name.

    `columns`: name and NumPy type ("i4", "i8", "f8") of each, in the order of the query; none of them may be null,
    so that every row has the same length and the whole stream is one array.
    """
    with connection.cursor() as cursor, _copy(cursor, query, parameters) as copy:
        stream = bytearray()  # joining a million blocks costs four times as much: they would all be kept until then
        for block in copy:
            stream += block
    # A row: the number of its fields, then for each field its length and its bytes; all big-endian.
    fields = [part for name, kind in columns.items() for part in ((f"{name} length", ">i4"), (name, f">{kind}"))]
    row = np.dtype([("fields", ">i2"), *fields])
    rows = np.frombuffer(stream, row, count=(len(stream) - HEADER - TRAILER) // row.itemsize, offset=HEADER)
    return {name: rows[name].astype(kind) for name, kind in columns.items()}


def rows(query: str, parameters: Mapping[str, object]) -> Iterator[tuple[int, int, str]]:
    """Rows of two whole numbers and a text, where the texts are too many to be numbered beforehand."""
    with connection.cursor() as cursor, _copy(cursor, query, parameters) as copy:
        copy.set_types(["int8", "int8", "text"])
        yield from copy.rows()


def write(table: str, columns: Mapping[str, pa.Array], *, rows: int) -> None:
    """Add rows to a table; each column is an Arrow array of that length or of length 1 (the same in every row).

    Strings stand as COPY's text format wants them: see `escaped`. Other types are written as Arrow prints them.
    """
    if not rows:
        return
    texts = [_spread(pc.cast(column, pa.large_string()), rows) for column in columns.values()]
    lines = _joined(_joined(*texts, by="\t"), "", by="\n")
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        copy.write(_content(lines))


def escaped(text: str) -> str:
    """Text as one field of COPY's text format."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def json_lists(values: npt.NDArray[np.float64], *, places: int) -> pa.Array:
    """Return each row of `values` [rows, columns] as the text of a JSON list, rounded to `places` decimals."""
    numbers = [pc.cast(pa.array(column), pa.large_string()) for column in np.round(values, places).T]
    return _joined("[", _joined(*numbers, by=", "), "]", by="")


def _joined(*texts: pa.Array | str, by: str) -> pa.Array:
    parts = [pa.scalar(text, pa.large_string()) if isinstance(text, str) else text for text in (*texts, by)]
    return pc.binary_join_element_wise(*parts)


def _spread(column: pa.Array, rows: int) -> pa.Array:
    return column if len(column) == rows else pa.repeat(column[0], rows)


def _content(lines: pa.Array) -> memoryview:
    """All characters of an array of large strings, one after the other."""
    _valid, offsets, characters = lines.buffers()
    ends = np.frombuffer(offsets, np.int64)[lines.offset : lines.offset + len(lines) + 1]
    return memoryview(characters)[ends[0] : ends[-1]]


def _copy(cursor: Any, query: str, parameters: Mapping[str, object]) -> Any:
    """Of the driver's own cursor: the one that Django puts around it while statements are counted takes no
    parameters."""
    return cursor.cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", parameters)
