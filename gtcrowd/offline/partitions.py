"""Partition answers by task on disk, so no process holds all of them.

The file is read once; each answer goes into the partition of the hash of its task, and workers and labels get codes
that are common to all partitions. Then each partition is sorted by task, in any process. Memory holds one partition and
the names of workers and labels.
"""

import os
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from gtcrowd.consolidation import AnswerTable
from gtcrowd.consolidation.categorical.shards import Shard
from gtcrowd.offline import answer_files, consolidate
from gtcrowd.offline.answer_files import Column

RAW = pa.schema([("task", pa.string()), ("worker", pa.int32()), ("label", pa.int32())])


@dataclass(frozen=True)
class Split:
    """A partitioned file of answers: its folder, and the names behind the codes of workers and labels."""

    folder: Path
    parts: int
    workers: list[str]
    labels: list[str]
    translate: npt.NDArray[np.int32]

    @property
    def n_labels(self) -> int:
        """Number of labels; at least one, as a table needs."""
        return max(len(self.labels), 1)


def split(
    path: Path, folder: Path, *, parts: int, labels: Sequence[str] | None, report: Callable[[str], None]
) -> Split:
    """Write each answer of a file into its partition, unsorted. Raises FileRefused."""
    workers: dict[str, int] = {}
    codes: dict[str, int] = {}
    first: dict[str, int] = {}
    rows = 0
    with ExitStack() as stack:
        writers = [
            stack.enter_context(parquet.ParquetWriter(_raw(folder, part), RAW, compression="lz4"))
            for part in range(parts)
        ]
        for batch in answer_files.batches(path, consolidate.COLUMNS):
            label = batch["label"]
            for text, row in zip(label.texts, label.first_rows().tolist(), strict=True):
                first.setdefault(text, rows + row)
            chosen = _part_of(batch["task"].texts, parts)[batch["task"].codes]
            columns = (_names(batch["task"]), _codes(batch["worker"], workers), _codes(label, codes))
            for part, writer in enumerate(writers):
                here = np.flatnonzero(chosen == part)
                if len(here):
                    writer.write_table(pa.table([column.take(here) for column in columns], schema=RAW))
            rows += len(chosen)
            report(f"{rows:,} answers partitioned")
    ordered = consolidate.ordered_labels(path, first, labels)
    index = {text: code for code, text in enumerate(ordered)}
    return Split(folder, parts, list(workers), ordered, np.array([index[text] for text in codes], dtype=np.int32))


def settle(split: Split, part: int, gold: Mapping[str, int], truth: Mapping[str, int]) -> tuple[int, int]:
    """Sort a partition by task, and store the codes of the gold and the true label of each task, -1 for none.

    Returns the number of tasks and of answers.
    """
    raw = parquet.read_table(_raw(split.folder, part))
    column = raw["task"].combine_chunks().dictionary_encode()
    task = column.indices.to_numpy().astype(np.int32, copy=False)
    names = column.dictionary.to_pylist()
    label = raw["label"].to_numpy()
    label = split.translate[label] if len(label) else label
    order = np.argsort(task, kind="stable")
    answers = {"task": task[order], "worker": raw["worker"].to_numpy()[order], "label": label[order]}
    tasks = {
        "task": pa.array(names, pa.string()),
        "gold": np.array([gold.get(name, -1) for name in names], np.int32),
        "truth": np.array([truth.get(name, -1) for name in names], np.int32),
    }
    # Read in every pass: decompressing would cost more than reading them uncompressed.
    parquet.write_table(pa.table(answers), _answers(split.folder, part), compression="none", use_dictionary=False)
    parquet.write_table(pa.table(tasks), _tasks(split.folder, part))
    return len(names), len(task)


def load(split: Split, part: int) -> Shard:
    """Load a sorted partition."""
    answers = parquet.read_table(_answers(split.folder, part))
    gold = parquet.read_table(_tasks(split.folder, part), columns=["gold"])["gold"].to_numpy()
    table = AnswerTable.from_codes(
        *(answers[name].to_numpy() for name in ("task", "worker", "label")),
        n_tasks=len(gold), n_workers=len(split.workers), n_labels=split.n_labels,
    )  # fmt: skip
    return Shard(table, gold if (gold >= 0).any() else None, StateFiles(split.folder, part))


def tasks(split: Split, part: int) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Return the names of the tasks of a partition in order, and the codes of their true labels."""
    table = parquet.read_table(_tasks(split.folder, part), columns=["task", "truth"])
    return table["task"].to_pylist(), table["truth"].to_numpy()


class StateFiles(MutableMapping[str, Any]):
    """The arrays that a partition stores between passes, as files that other processes can read."""

    def __init__(self, folder: Path, part: int) -> None:
        self.folder, self.part = folder, part

    def __getitem__(self, name: str) -> Any:
        try:
            return np.load(self._path(name))
        except FileNotFoundError as error:
            raise KeyError(name) from error

    def __setitem__(self, name: str, value: npt.NDArray[Any]) -> None:
        unfinished = self._path(name).with_suffix(".unfinished")
        with unfinished.open("wb") as file:
            np.save(file, value)
        os.replace(unfinished, self._path(name))

    def __delitem__(self, name: str) -> None:
        try:
            self._path(name).unlink()
        except FileNotFoundError as error:
            raise KeyError(name) from error

    def __iter__(self) -> Iterator[str]:
        start = f"kept-{self.part}-"
        return (path.stem.removeprefix(start) for path in sorted(self.folder.glob(f"{start}*.npy")))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _path(self, name: str) -> Path:
        return self.folder / f"kept-{self.part}-{name}.npy"


def _raw(folder: Path, part: int) -> Path:
    return folder / f"raw-{part}.parquet"


def _answers(folder: Path, part: int) -> Path:
    return folder / f"answers-{part}.parquet"


def _tasks(folder: Path, part: int) -> Path:
    return folder / f"tasks-{part}.parquet"


def _part_of(names: list[str], parts: int) -> npt.NDArray[np.int64]:
    """Return the partition of each name, by a hash that is the same in every run."""
    if not names:
        return np.zeros(0, dtype=np.int64)
    hashed = pd.util.hash_array(np.array(names, dtype=object), categorize=False)
    return (hashed % np.uint64(parts)).astype(np.int64)


def _names(column: Column) -> pa.Array:
    return pa.DictionaryArray.from_arrays(column.codes, pa.array(column.texts, pa.string())).cast(pa.string())


def _codes(column: Column, codes: dict[str, int]) -> pa.Array:
    """Return the column with codes that are common to all batches; new names get the next codes."""
    here = np.array([codes.setdefault(text, len(codes)) for text in column.texts], dtype=np.int32)
    return pa.array(here[column.codes] if len(here) else here)
