"""Files of answers, CSV or Parquet, read as codes and written as columns."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

PARQUET = (".parquet", ".pq")


class FileRefused(Exception):
    """A file cannot be used; the text names file, line, column and value, and what would be right."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column of texts: for each row the code of its text; texts in the order in which they first stand there."""

    codes: npt.NDArray[np.int32]
    texts: list[str]

    def __getitem__(self, row: int) -> str:
        return self.texts[self.codes[row]]


def header(path: Path) -> list[str]:
    """Names of the columns. Raises FileRefused."""
    with _refusing(path):
        if _is_parquet(path):
            return list(parquet.read_schema(path).names)
        with csv.open_csv(path) as reader:
            return list(reader.schema.names)


def read(path: Path, columns: Sequence[str]) -> dict[str, Column]:
    """These columns as text, whatever their type in the file. Raises FileRefused, also for an empty field."""
    missing = [name for name in columns if name not in header(path)]
    if missing:
        found = ", ".join(header(path)) or "none"
        raise FileRefused(f"{path}: column {missing[0]!r} is missing; needed are {', '.join(columns)}. Found: {found}")
    with _refusing(path):
        table = parquet.read_table(path, columns=list(columns)) if _is_parquet(path) else _read_csv(path, columns)
        return {name: _column(path, name, table[name]) for name in columns}


def write(path: Path, columns: Mapping[str, Any]) -> None:
    """Write columns (arrays or lists of one length) by the file's ending; whoever looks finds all of it or nothing."""
    table = pa.table(dict(columns))
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        if _is_parquet(path):
            parquet.write_table(table, unfinished)
        else:
            csv.write_csv(table, unfinished, csv.WriteOptions(quoting_style="needed"))
        os.replace(unfinished, path)
    except OSError as error:
        raise FileRefused(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def place(path: Path, row: int) -> str:
    """Where a row stands, as a person looks for it: rows count from 0, lines of a CSV from 1 after the header."""
    return f"{path}, row {row + 1}" if _is_parquet(path) else f"{path}, line {row + 2}"


def _read_csv(path: Path, columns: Sequence[str]) -> pa.Table:
    texts = pa.dictionary(pa.int32(), pa.string())
    return csv.read_csv(
        path,
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(columns, texts),
            include_columns=list(columns),
            null_values=[],
            strings_can_be_null=False,
        ),
    )


def _column(path: Path, name: str, column: pa.ChunkedArray) -> Column:
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(pc.cast(column, pa.string()))
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # an empty one stays in chunks
        return Column(np.zeros(0, np.int32), [])
    codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    texts = whole.dictionary.to_pylist()
    empty = codes < 0
    if "" in texts:
        empty |= codes == texts.index("")
    if empty.any():
        raise FileRefused(f"{place(path, int(np.argmax(empty)))}: {name} is empty; every answer needs one")
    return Column(codes, texts)


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in PARQUET


class _refusing:  # noqa: N801 - reads as the statement it is
    """Turns what Arrow and the system say about a file into a FileRefused."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileNotFoundError):
            raise FileRefused(f"{self.path} does not exist") from error
        if isinstance(error, OSError | pa.ArrowException):
            raise FileRefused(f"{self.path}: {str(error).splitlines()[0]}") from error
