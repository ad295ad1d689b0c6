"""Consolidating classes over many processes or machines: the passes of a method over parts, on Dask distributed."""

import logging
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from distributed import Client, Future, KilledWorker, LocalCluster
from distributed.client import FutureCancelledError
from distributed.comm import CommClosedError
from pyarrow import parquet

from gtcrowd import consolidation
from gtcrowd.commands import answer_files, consolidation_files, partitions
from gtcrowd.commands.answer_files import FileRefused
from gtcrowd.commands.consolidation_files import CHOICE, NotInParts, Result
from gtcrowd.commands.partitions import Split
from gtcrowd.consolidation.categorical import results
from gtcrowd.consolidation.categorical.shards import Model, Sums

# Answers of a part where nothing is said: some hundred megabytes of memory in the process that works on it.
ANSWERS_A_PART = 2_000_000
# A part whose process died is done again elsewhere, so many times.
RETRIES = 3
# Sums of so many parts are added up in one go.
FAN = 4
SECONDS_TO_CONNECT = 10

Said = Callable[[str], None]


@dataclass(frozen=True)
class Cluster:
    """All parts of a split file as a `shards.Dataset`, worked on by the processes of a cluster."""

    client: Client
    split: Split
    n_tasks: int
    n_answers: int
    said: Said
    passes: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def n_workers(self) -> int:
        """Number of workers."""
        return len(self.split.workers)

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return self.split.n_labels

    def total(self, function: Callable[..., Sums], *arguments: Any) -> Sums:
        """What `function` gives for all parts together, added up on the way."""
        self.said(f"pass {next(self.passes)} over {self.n_answers:,} answers")
        return added(self.client, self.split, _of_part, function, *arguments)


@contextmanager
def choice(
    path: Path,
    *,
    method: str,
    labels: Sequence[str] | None,
    parameters: Mapping[str, Any],
    known: Path | None,
    truth: Path | None,
    posterior: bool,
    scheduler: str | None,
    folder: Path,
    parts: int | None,
    said: Said,
) -> Iterator[Result]:
    """Consolidate classes; what is read from the result lies in files below `folder` that are gone afterwards.

    scheduler   address of a running Dask scheduler; without one, a process is started here for each core
    folder      where parts are put: all processes of the cluster must see it
    parts       how many; by default by the number of answers, and at least one for each thread of the cluster
    Raises FileRefused, NotInParts and ParameterRefused.
    """
    chosen = consolidation.METHODS[method]
    if chosen.fit is None:
        able = ", ".join(name for name, one in consolidation.METHODS.items() if one.fit is not None)
        raise NotInParts(f"{method} cannot run on partitioned data. Methods that can: {able}")
    settled = chosen.with_defaults(parameters)
    answer_files.demand(path, consolidation_files.COLUMNS)
    for told in filter(None, (known, truth)):
        consolidation_files.told_columns(told)
    with _room(folder) as room, _client(scheduler) as client:
        threads = sum(client.nthreads().values())
        n_parts = parts or max(threads, -(-answer_files.rows(path) // ANSWERS_A_PART))
        split = partitions.split(path, room, parts=n_parts, labels=labels, said=said)
        code = {name: place for place, name in enumerate(split.labels)}
        given = {} if known is None else consolidation_files.known_labels(known, code)
        right = {} if truth is None else consolidation_files.true_labels(truth, code)
        said("sorting partitions")
        n_tasks, n_answers = added(client, split, _settle, given, right)
        crowd = Cluster(client, split, n_tasks, n_answers, said)
        model = chosen.fit(crowd, worker_accuracy=None, **settled)
        said("writing labels")
        workers = results.score_workers(*added(client, split, _write, model, posterior))
        summary = {
            **consolidation_files.summary_of(
                model, kind=CHOICE, method=method, parameters=settled, tasks=n_tasks, answers=n_answers,
                workers=len(split.workers),
            ),
            "parts": n_parts,
        }  # fmt: skip
        if truth is not None:
            summary |= consolidation_files.measured(*_with_truth(split))
        yield Result(
            labels=_blocks(split),
            workers=consolidation_files.worker_columns(
                split.workers, workers.answers, workers.accuracy, workers.low, workers.high
            ),
            summary=summary,
        )


def added(client: Client, split: Split, work: Callable[..., Sums], *tables: Any) -> Sums:
    """What `work(split, part, *tables)` gives for all parts, added place by place, always in the same order.

    The tables lie beside the parts and not in the memory of the cluster, where they would die with a process.
    """
    # Under a new name each time: a network file system may show for a while what stood under a name before.
    handle, name = tempfile.mkstemp(prefix="tables-", dir=split.folder)
    with os.fdopen(handle, "wb") as file:
        pickle.dump((split, tables), file, protocol=5)
    try:
        left: list[Future] = [
            client.submit(_with_tables, work, name, part, pure=False, retries=RETRIES) for part in range(split.parts)
        ]
        while len(left) > 1:
            left = [
                client.submit(_add, *left[first : first + FAN], pure=False, retries=RETRIES)
                for first in range(0, len(left), FAN)
            ]
        result: Sums = left[0].result()
    except (FileNotFoundError, PermissionError) as error:
        raise FileRefused(
            f"{split.folder} is not visible to every process of the cluster; set --partitions to a shared folder"
        ) from error
    except ImportError as error:
        raise FileRefused(
            f"every process of the cluster must have this version of gtcrowd installed: {error}"
        ) from error
    except KilledWorker as error:
        raise FileRefused(
            "processes of the cluster died while working on a partition, perhaps for lack of memory; increase --parts "
            f"({error})"
        ) from error
    except (FutureCancelledError, CommClosedError) as error:
        raise FileRefused(f"the connection to the cluster was lost: {error}") from error
    finally:
        os.unlink(name)
    return result


def _with_tables(work: Callable[..., Sums], shared: str, part: int) -> Sums:
    # Written by the process that sends this very call, into a folder of its own.
    split, tables = pickle.loads(Path(shared).read_bytes())  # noqa: S301
    return work(split, part, *tables)


def _of_part(split: Split, part: int, function: Callable[..., Sums], *arguments: Any) -> Sums:
    return function(partitions.load(split, part), *arguments)


def _settle(split: Split, part: int, known: Mapping[str, int], truth: Mapping[str, int]) -> Sums:
    return partitions.settle(split, part, known, truth)


def _write(split: Split, part: int, model: Model, posterior: bool) -> Sums:
    """Write the labels of a part, and those whose truth is known once more; gives what measures workers."""
    here = partitions.load(split, part)
    names, truth = partitions.tasks(split, part)
    inference = model.e_step(here, *model.arguments)
    label, confidence = results.decide(here.table, inference.posterior, here.gold)
    shares = inference.posterior if posterior else None
    columns = consolidation_files.label_columns(names, split.labels, label, confidence, shares)
    answer_files.write(_labels(split, part), [columns])
    told = np.flatnonzero(truth != -1)
    np.savez(_told(split, part), label[told], confidence[told], inference.posterior[told], truth[told])
    return results.worker_tallies(here.table, inference)


def _with_truth(split: Split) -> Iterator[Any]:
    """Label, confidence, posterior and truth of all tasks whose truth is known."""
    parts = [np.load(_told(split, part)) for part in range(split.parts)]
    return (np.concatenate([part[name] for part in parts]) for name in parts[0].files)


def _blocks(split: Split) -> Iterator[Mapping[str, Any]]:
    """The labels, part after part."""
    for part in range(split.parts):
        table = parquet.read_table(_labels(split, part))
        yield dict(zip(table.column_names, table.columns, strict=True))


def _labels(split: Split, part: int) -> Path:
    return split.folder / f"labels-{part}.parquet"


def _told(split: Split, part: int) -> Path:
    return split.folder / f"told-{part}.npz"


def _add(*sums: Sums) -> Sums:
    """Sums of several parts, place by place."""
    return tuple(reduce(lambda one, other: one + other, place) for place in zip(*sums, strict=True))


@contextmanager
def _client(scheduler: str | None) -> Iterator[Client]:
    """A connection to the scheduler, or to one of our own with a process for each core."""
    # Who connects to whom is nothing that a caller wants to read; what ends the work is refused in words.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=SECONDS_TO_CONNECT)
        except (OSError, ValueError) as error:
            raise FileRefused(f"no Dask scheduler responds at {scheduler!r}: {error}") from error
        with client:
            try:
                client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
            except TimeoutError as error:
                raise FileRefused(f"the Dask scheduler at {scheduler!r} has no workers") from error
            yield client
    else:
        cores = os.cpu_count() or 1
        with (
            LocalCluster(n_workers=cores, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster,
            Client(cluster) as client,
        ):
            yield client


@contextmanager
def _room(folder: Path) -> Iterator[Path]:
    """A new folder within `folder`, gone afterwards."""
    try:
        room = Path(tempfile.mkdtemp(prefix=".partitions-", dir=folder)).resolve()
    except OSError as error:
        raise FileRefused(f"the partitions cannot be written to {folder}: {error.strerror or error}") from error
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
