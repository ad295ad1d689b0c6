"""Read files of answers (CSV or Parquet) as codes, and write columns to files."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

PARQUET = (".parquet", ".pq")
PARSING = csv.ParseOptions(newlines_in_values=True)
# Rows per batch, and the approximate size of a row of a CSV file.
ROWS_A_BATCH, BYTES_A_ROW = 1 << 19, 24


class FileRefused(Exception):
    """A file cannot be used; the message names file, line, column and value, and how to fix it."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column of strings: the code of each row, [rows], and the distinct `texts` in order of first appearance."""

    codes: npt.NDArray[np.int32]
    texts: list[str]

    def __getitem__(self, row: int) -> str:
        result: str = self.texts[self.codes[row]]
        return result

    def first_rows(self) -> npt.NDArray[np.int64]:
        """Return the first row of each text, [texts]."""
        rows = np.zeros(len(self.texts), dtype=np.int64)
        # With repeated indices NumPy keeps the last assignment, so assign in reverse order.
        rows[self.codes[::-1]] = np.arange(len(self.codes))[::-1]
        return rows


def header(path: Path) -> list[str]:
    """Return the names of the columns. Raises FileRefused."""
    with _refusing(path):
        if _is_parquet(path):
            return list(parquet.read_schema(path).names)
        with csv.open_csv(path, csv.ReadOptions(use_threads=False), PARSING) as reader:
            return list(reader.schema.names)


def demand(path: Path, columns: Sequence[str]) -> None:
    """Raise FileRefused unless the file has these columns."""
    names = header(path)
    missing = [name for name in columns if name not in names]
    if missing:
        present = ", ".join(names) or "none"
        raise FileRefused(
            f"{path}: column {missing[0]!r} is missing. Required: {', '.join(columns)}. Found: {present}."
        )


def read(path: Path, columns: Sequence[str]) -> dict[str, Column]:
    """Read these columns as text, whatever their type in the file. Raises FileRefused, also for an empty field."""
    demand(path, columns)
    with _refusing(path):
        table = parquet.read_table(path, columns=list(columns)) if _is_parquet(path) else _read_csv(path, columns)
        return {name: _column(path, name, table[name]) for name in columns}


def batches(path: Path, columns: Sequence[str]) -> Iterator[dict[str, Column]]:
    """Yield batches of the columns, each with its own codes; memory does not grow with the file."""
    demand(path, columns)
    row = 0
    with _refusing(path):
        for batch in _batches(path, columns):
            table = pa.Table.from_batches([batch])
            yield {name: _column(path, name, table[name], row) for name in columns}
            row += batch.num_rows


def rows(path: Path) -> int:
    """Return the number of rows: exact for Parquet, estimated from the size for CSV. Raises FileRefused."""
    with _refusing(path):
        if _is_parquet(path):
            return int(parquet.read_metadata(path).num_rows)
        return path.stat().st_size // BYTES_A_ROW


def write(path: Path, blocks: Iterable[Mapping[str, Any]]) -> None:
    """Write blocks of columns (arrays or lists of equal length) to a file, in the format of its suffix.

    The file appears complete or not at all; of concurrent writers the last one wins. Blocks have the same columns, and
    there is at least one. Raises FileRefused.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with ExitStack() as stack:
            writer: Any = None
            for block in blocks:
                table = pa.table(dict(block))
                if writer is None:
                    writer = stack.enter_context(_writer(unfinished, table.schema, is_parquet=_is_parquet(path)))
                writer.write_table(table)
        os.replace(unfinished, path)
    except OSError as error:
        raise FileRefused(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def must_hold(path: Path) -> None:
    """Raise FileRefused unless the file can be written; call this before long work."""
    folder = path.resolve().parent
    if path.is_dir():
        raise FileRefused(f"{path} is a folder; enter the name of a file")
    if not folder.is_dir():
        raise FileRefused(f"{path} cannot be written: the folder {folder} does not exist")
    if not os.access(folder, os.W_OK):
        raise FileRefused(f"{path} cannot be written: the folder {folder} is not writable")


def place(path: Path, row: int) -> str:
    """Return the location of row `row` (from 0) for a message: file and line of a CSV, file and row of Parquet."""
    return f"{path}, row {row + 1}" if _is_parquet(path) else f"{path}, line {row + 2}"


def _read_csv(path: Path, columns: Sequence[str]) -> pa.Table:
    try:
        return csv.read_csv(path, parse_options=PARSING, convert_options=_as_texts(columns))
    except pa.ArrowInvalid:
        # Read again in order, to find the row.
        for _ in _batches(path, columns):
            pass
        raise


def _batches(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    if _is_parquet(path):
        with parquet.ParquetFile(path) as file:
            yield from file.iter_batches(batch_size=ROWS_A_BATCH, columns=list(columns))
    else:
        # Only sequential reading reports the number of an invalid row.
        reading = csv.ReadOptions(use_threads=False, block_size=ROWS_A_BATCH * BYTES_A_ROW)
        with csv.open_csv(path, reading, PARSING, _as_texts(columns)) as reader:
            yield from reader


def _as_texts(columns: Sequence[str]) -> csv.ConvertOptions:
    texts = pa.dictionary(pa.int32(), pa.string())
    return csv.ConvertOptions(
        column_types=dict.fromkeys(columns, texts),
        include_columns=list(columns),
        null_values=[],
        strings_can_be_null=False,
    )


def _writer(path: Path, schema: pa.Schema, *, is_parquet: bool) -> Any:
    if is_parquet:
        return parquet.ParquetWriter(path, schema)
    return csv.CSVWriter(path, schema, write_options=csv.WriteOptions(quoting_style="needed"))


def _column(path: Path, name: str, column: pa.ChunkedArray, first: int = 0) -> Column:
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(pc.cast(column, pa.string()))
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # an empty column stays chunked
        return Column(np.zeros(0, np.int32), [])
    codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    texts = whole.dictionary.to_pylist()
    empty = codes < 0
    if "" in texts:
        empty |= codes == texts.index("")
    if empty.any():
        raise FileRefused(f"{place(path, first + int(np.argmax(empty)))}: {name} is empty; every answer must have one")
    return Column(codes, texts)


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in PARQUET


class _refusing:  # noqa: N801 - used as a statement
    """Context manager that turns errors of Arrow and the operating system into FileRefused."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileNotFoundError):
            raise FileRefused(f"{self.path} does not exist") from error
        if isinstance(error, OSError | pa.ArrowException):
            raise FileRefused(f"{self.path}: {str(error).splitlines()[0]}") from error
