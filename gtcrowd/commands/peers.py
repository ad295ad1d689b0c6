"""Measure our methods beside a peer's on recorded crowds, each pair in the same run."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from gtcrowd import consolidation
from gtcrowd.commands import crowd_files
from gtcrowd.consolidation.classes import measures

PEERS = {"majority": "MajorityVote", "dawid-skene": "DawidSkene"}
"""Our methods that crowd-kit has too, and its names for them."""


@dataclass(frozen=True)
class Row:
    """One method on one set: its accuracy (ties by share) and seconds, and the peer's, where it is installed.

    `ratio`: the peer's seconds by ours.
    """

    set: str
    method: str
    accuracy: float
    seconds: float
    peer_accuracy: float | None = None
    peer_seconds: float | None = None

    @property
    def ratio(self) -> float | None:
        return None if self.peer_seconds is None else self.peer_seconds / self.seconds


def measure(folder: Path) -> list[Row]:
    """Every method on the recording in `folder`, which must have a truth. Raises crowd_files.FolderRefused."""
    recording = crowd_files.read(folder)
    frame = pd.DataFrame(
        [(one.task, one.worker, one.label) for one in recording.answers], columns=["task", "worker", "label"]
    )
    coded = consolidation.from_frame(frame, labels=recording.labels)
    truth = pd.Index(list(coded.labels), dtype=object).get_indexer(
        pd.Index([recording.truth.get(str(task), "\0") for task in coded.tasks])
    )
    rows = []
    for method in consolidation.METHODS:
        seconds, found = _timed(partial(consolidation.conclude, method, coded.table))
        accuracy = measures.shared_accuracy(found.posterior, truth)
        rows.append(Row(recording.name, method, accuracy, seconds, *_peer(method, frame, recording.truth)))
    return rows


def _peer(method: str, frame: pd.DataFrame, truth: dict[str, str]) -> tuple[float | None, float | None]:
    if method not in PEERS or not find_spec("crowdkit"):
        return None, None
    from crowdkit import aggregation  # noqa: PLC0415 - only where it is installed

    seconds, labels = _timed(lambda: getattr(aggregation, PEERS[method])().fit_predict(frame))
    right = pd.Series(truth)
    return float((labels.reindex(right.index) == right).mean()), seconds


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the second of two runs, so that nothing is measured that happens only once."""
    work()
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done
