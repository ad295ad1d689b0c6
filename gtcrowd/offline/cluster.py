"""Consolidate categories on many processes or machines: passes of a method over partitions, with Dask distributed."""

import logging
import operator
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
from distributed.comm.core import CommClosedError
from pyarrow import parquet

from gtcrowd import consolidation
from gtcrowd.consolidation.categorical import results
from gtcrowd.consolidation.categorical.shards import Model, Sums
from gtcrowd.offline import answer_files, consolidate, partitions
from gtcrowd.offline.answer_files import FileRefused
from gtcrowd.offline.consolidate import CHOICE, NotInParts, Result
from gtcrowd.offline.partitions import Split

# Default answers per partition: a few hundred megabytes of memory per process.
ANSWERS_A_PART = 2_000_000
# Retries of a partition whose process died.
RETRIES = 3
# Partial sums that are added in one task.
FAN = 4
SECONDS_TO_CONNECT = 10

Report = Callable[[str], None]


@dataclass(frozen=True)
class Cluster:
    """A partitioned file as a `shards.Dataset`, processed by a cluster."""

    client: Client
    split: Split
    n_tasks: int
    n_answers: int
    report: Report
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
        """Return the sum of `function` over all partitions."""
        self.report(f"pass {next(self.passes)} over {self.n_answers:,} answers")
        return added(self.client, self.split, _of_part, function, *arguments)


@contextmanager
def choice(
    path: Path,
    *,
    method: str,
    labels: Sequence[str] | None,
    parameters: Mapping[str, Any],
    gold: Path | None,
    truth: Path | None,
    posterior: bool,
    scheduler: str | None,
    folder: Path,
    parts: int | None,
    report: Report,
) -> Iterator[Result]:
    """Consolidate categories. The result reads files below `folder` that are deleted on exit.

    scheduler  address of a running Dask scheduler; None starts a local process per core
    folder     folder of the partitions; must be visible to all processes of the cluster
    parts      number of partitions; by default it depends on the number of answers, at least one per thread
    report     called with the current step

    Raises FileRefused, NotInParts and ParameterRefused.
    """
    chosen = consolidation.METHODS[method]
    if chosen.fit is None:
        able = ", ".join(name for name, candidate in consolidation.METHODS.items() if candidate.fit is not None)
        raise NotInParts(f"{method} cannot run on partitioned data. Methods that can: {able}")
    settings = chosen.with_defaults(parameters)
    answer_files.demand(path, consolidate.COLUMNS)
    for file in filter(None, (gold, truth)):
        consolidate.label_file_columns(file)
    with _workspace(folder) as workspace, _client(scheduler) as client:
        threads = sum(client.nthreads().values())
        n_parts = parts or max(threads, -(-answer_files.rows(path) // ANSWERS_A_PART))
        split = partitions.split(path, workspace, parts=n_parts, labels=labels, report=report)
        code = {name: index for index, name in enumerate(split.labels)}
        gold_codes = {} if gold is None else consolidate.gold_labels(gold, code)
        right = {} if truth is None else consolidate.true_labels(truth, code)
        report("sorting partitions")
        n_tasks, n_answers = added(client, split, _settle, gold_codes, right)
        crowd = Cluster(client, split, n_tasks, n_answers, report)
        model = chosen.fit(crowd, worker_accuracy=None, **settings)
        report("writing labels")
        workers = results.score_workers(*added(client, split, _write, model, posterior))
        summary = {
            **consolidate.summary_of(
                model, kind=CHOICE, method=method, parameters=settings, tasks=n_tasks, answers=n_answers,
                workers=len(split.workers),
            ),
            "parts": n_parts,
        }  # fmt: skip
        if truth is not None:
            summary |= consolidate.measured(*_with_truth(split))
        yield Result(
            labels=_blocks(split),
            workers=consolidate.worker_columns(
                split.workers, workers.answers, workers.accuracy, workers.low, workers.high
            ),
            summary=summary,
        )


def added(client: Client, split: Split, work: Callable[..., Sums], *tables: Any) -> Sums:
    """Return the elementwise sum of `work(split, part, *tables)` over all partitions, always in the same order.

    The tables are stored next to the partitions instead of in the memory of the cluster, where they would be lost with
    a process.
    """
    # Use a new name each time: a network file system may serve the previous content of a name for a while.
    handle, name = tempfile.mkstemp(prefix="tables-", dir=split.folder)
    with os.fdopen(handle, "wb") as file:
        pickle.dump((split, tables), file, protocol=5)
    try:
        left: list[Future[Any]] = [
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
    # Written by the process that sends this call, into a folder of its own.
    split, tables = pickle.loads(Path(shared).read_bytes())  # noqa: S301
    return work(split, part, *tables)


def _of_part(split: Split, part: int, function: Callable[..., Sums], *arguments: Any) -> Sums:
    return function(partitions.load(split, part), *arguments)


def _settle(split: Split, part: int, gold: Mapping[str, int], truth: Mapping[str, int]) -> Sums:
    return partitions.settle(split, part, gold, truth)


def _write(split: Split, part: int, model: Model, posterior: bool) -> Sums:
    """Write the labels of a partition, and separately those with truth; return the tallies of workers."""
    here = partitions.load(split, part)
    names, truth = partitions.tasks(split, part)
    inference = model.e_step(here, *model.arguments)
    label, confidence = results.decide(here.table, inference.posterior, here.gold)
    shares = inference.posterior if posterior else None
    columns = consolidate.label_columns(names, split.labels, label, confidence, shares)
    answer_files.write(_labels(split, part), [columns])
    rows = np.flatnonzero(truth != -1)
    np.savez(_scored(split, part), label[rows], confidence[rows], inference.posterior[rows], truth[rows])
    return results.worker_tallies(here.table, inference)


def _with_truth(split: Split) -> Iterator[Any]:
    """Return label, confidence, posterior and truth of all tasks with truth."""
    parts = [np.load(_scored(split, part)) for part in range(split.parts)]
    return (np.concatenate([part[name] for part in parts]) for name in parts[0].files)


def _blocks(split: Split) -> Iterator[Mapping[str, Any]]:
    """Yield the labels, partition by partition."""
    for part in range(split.parts):
        table = parquet.read_table(_labels(split, part))
        yield dict(zip(table.column_names, table.columns, strict=True))


def _labels(split: Split, part: int) -> Path:
    return split.folder / f"labels-{part}.parquet"


def _scored(split: Split, part: int) -> Path:
    return split.folder / f"scored-{part}.npz"


def _add(*sums: Sums) -> Sums:
    """Add the sums of several partitions elementwise."""
    return tuple(reduce(operator.add, values) for values in zip(*sums, strict=True))


@contextmanager
def _client(scheduler: str | None) -> Iterator[Client]:
    """Connect to the scheduler, or start a local cluster with one process per core."""
    # Silence the connection logs; errors that end the work are raised with a message.
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
def _workspace(folder: Path) -> Iterator[Path]:
    """Create a temporary folder within `folder`; delete it on exit."""
    try:
        path = Path(tempfile.mkdtemp(prefix=".partitions-", dir=folder)).resolve()
    except OSError as error:
        raise FileRefused(f"the partitions cannot be written to {folder}: {error.strerror or error}") from error
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
