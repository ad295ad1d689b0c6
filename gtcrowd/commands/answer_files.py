"""Files of answers, CSV or Parquet, read as codes and written as columns."""

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
# Rows that are read at a time from a file of any size, and what a row of a CSV takes up, about.
ROWS_A_BATCH, BYTES_A_ROW = 1 << 19, 24


class FileRefused(Exception):
    """A file cannot be used; the text names file, line, column and value, and what would be right."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column of texts: for each row the code of its text; texts in the order in which they first stand there."""

    codes: npt.NDArray[np.int32]
    texts: list[str]

    def __getitem__(self, row: int) -> str:
        return self.texts[self.codes[row]]

    def first_rows(self) -> npt.NDArray[np.int64]:
        """The first row of each text, [texts]."""
        rows = np.zeros(len(self.texts), dtype=np.int64)
        # Of several values for one place the last stays.
        rows[self.codes[::-1]] = np.arange(len(self.codes))[::-1]
        return rows


def header(path: Path) -> list[str]:
    """Names of the columns. Raises FileRefused."""
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
        found = ", ".join(names) or "none"
        raise FileRefused(f"{path}: column {missing[0]!r} is missing. Required: {', '.join(columns)}. Found: {found}.")


def read(path: Path, columns: Sequence[str]) -> dict[str, Column]:
    """These columns as text, whatever their type in the file. Raises FileRefused, also for an empty field."""
    demand(path, columns)
    with _refusing(path):
        table = parquet.read_table(path, columns=list(columns)) if _is_parquet(path) else _read_csv(path, columns)
        return {name: _column(path, name, table[name]) for name in columns}


def batches(path: Path, columns: Sequence[str]) -> Iterator[dict[str, Column]]:
    """What `read` gives, some rows at a time, each with codes of its own; memory does not grow with the file."""
    demand(path, columns)
    row = 0
    with _refusing(path):
        for batch in _batches(path, columns):
            table = pa.Table.from_batches([batch])
            yield {name: _column(path, name, table[name], row) for name in columns}
            row += batch.num_rows


def rows(path: Path) -> int:
    """About how many rows a file has: exact for Parquet, guessed from the size of a CSV. Raises FileRefused."""
    with _refusing(path):
        if _is_parquet(path):
            return int(parquet.read_metadata(path).num_rows)
        return path.stat().st_size // BYTES_A_ROW


def write(path: Path, blocks: Iterable[Mapping[str, Any]]) -> None:
    """Write blocks of columns (arrays or lists of one length) one under the other, by the file's ending.

    Whoever looks finds all of it or nothing, and of two who write at once all of the last. Blocks have the same
    columns; there is at least one. Raises FileRefused.
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
    """Raise FileRefused unless a file could be written there: better before the work than after it."""
    folder = path.resolve().parent
    if path.is_dir():
        raise FileRefused(f"{path} is a folder; enter the name of a file")
    if not folder.is_dir():
        raise FileRefused(f"{path} cannot be written: the folder {folder} does not exist")
    if not os.access(folder, os.W_OK):
        raise FileRefused(f"{path} cannot be written: the folder {folder} is not writable")


def place(path: Path, row: int) -> str:
    """Where a row stands, as a person looks for it: rows count from 0, lines of a CSV from 1 after the header."""
    return f"{path}, row {row + 1}" if _is_parquet(path) else f"{path}, line {row + 2}"


def _read_csv(path: Path, columns: Sequence[str]) -> pa.Table:
    try:
        return csv.read_csv(path, parse_options=PARSING, convert_options=_as_texts(columns))
    except pa.ArrowInvalid:
        # Read once more in order, to know which row it was.
        for _ in _batches(path, columns):
            pass
        raise


def _batches(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    if _is_parquet(path):
        with parquet.ParquetFile(path) as file:
            yield from file.iter_batches(batch_size=ROWS_A_BATCH, columns=list(columns))
    else:
        # Only what is read in order knows the number of a row that is at fault.
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
    if isinstance(whole, pa.ChunkedArray):  # an empty one stays in chunks
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
