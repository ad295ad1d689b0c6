"""Compare our methods with a peer's on recorded crowds, each pair in the same run."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gtcrowd import consolidation
from gtcrowd.bench import report
from gtcrowd.bench.measuring import timed
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report
from gtcrowd.consolidation.structured import ranking
from gtcrowd.offline import answer_files, consolidate
from gtcrowd.offline.answer_files import FileRefused

CLASS_PEERS = {
    "majority": "MajorityVote",
    "dawid-skene": "DawidSkene",
    "one-coin": "OneCoinDawidSkene",
    "glad": "GLAD",
    "mace": "MACE",
}
"""Our methods for classes that crowd-kit has too, and its names for them."""
MOST_FOR_SLOW = 20_000
"""Answers beyond which crowd-kit's GLAD and MACE are left out: they take minutes."""
SINGLE = "mean single worker"

KINDS = {"class": "choice", "numeric": "number", "pairs": "ranking"}
"""Kinds as meta.json calls them, where that is not our name."""


@dataclass(frozen=True)
class Row:
    """One method on one set.

    measures: by name, the main one first: for classes accuracy (ties by share), calibration_error and log_loss, for
    others those of the form. `peer`: the main measure of the peer's method, `peer_seconds` its time, where installed.
    """

    set: str
    kind: str
    method: str
    measures: Mapping[str, float]
    seconds: float | None
    peer: float | None = None
    peer_seconds: float | None = None

    @property
    def ratio(self) -> float | None:
        """The peer's seconds by ours."""
        return None if self.peer_seconds is None or not self.seconds else self.peer_seconds / self.seconds


def measure(folder: Path) -> list[Row]:
    """Every method on the answers in `folder`, which must have a truth. Raises answer_files.FileRefused."""
    answers, truth = folder / "answers.csv", folder / "truth.csv"
    if not truth.exists():
        raise FileRefused(f"{truth} does not exist; without a truth there is nothing to measure by")
    kind = _kind(folder)
    return _classes(folder.name, answers, truth) if kind == "choice" else _values(folder.name, kind, answers, truth)


def _kind(folder: Path) -> str:
    meta = folder / "meta.json"
    named = json.loads(meta.read_text("utf-8")).get("kind", "class") if meta.exists() else "class"
    return KINDS.get(named, named)


def _classes(name: str, answers: Path, truth: Path) -> list[Row]:
    columns = answer_files.read(answers, ("task", "worker", "label"))
    right = answer_files.read(truth, ("task", "truth"))
    labels = sorted({*columns["label"].texts, *right["truth"].texts})
    rows = []
    for method in consolidation.METHODS:

        def run(method: str = method) -> consolidate.Result:
            return consolidate.choice(answers, method=method, labels=labels, parameters={}, truth=truth)

        run()  # what happens only once, such as compiling, is not measured
        seconds, result = timed(run)
        measures = {
            "accuracy": result.summary["accuracy_ties_shared"],
            "calibration_error": result.summary["calibration_error"],
            "log_loss": result.summary["log_loss"],
        }
        peer = _class_peer(method, columns, right)
        rows.append(Row(name, "choice", method, measures, seconds, *peer))
    return rows


def _class_peer(method: str, columns: Mapping[str, Any], right: Mapping[str, Any]) -> tuple[float | None, float | None]:
    n = len(columns["label"].codes)
    if method not in CLASS_PEERS or not find_spec("crowdkit") or (method in ("glad", "mace") and n > MOST_FOR_SLOW):
        return None, None
    from crowdkit import aggregation  # noqa: PLC0415 - only where it is installed

    frame = pd.DataFrame({name: np.array(item.texts, dtype=object)[item.codes] for name, item in columns.items()})
    seconds, labels = timed(lambda: getattr(aggregation, CLASS_PEERS[method])().fit_predict(frame))
    true = pd.Series({right["task"][row]: right["truth"][row] for row in range(len(right["task"].codes))})
    return float((labels.reindex(true.index) == true).mean()), seconds


def _values(name: str, kind: str, answers: Path, truth: Path) -> list[Row]:
    form = consolidate.value_type(kind)
    rows = [Row(name, kind, SINGLE, _single(kind, answers, truth), None)]
    for method in consolidate.methods(kind):

        def run(method: str = method) -> consolidate.Result:
            return consolidate.values(answers, kind=kind, method=method, parameters={}, truth=truth)

        run()  # what happens only once, such as compiling, is not measured
        seconds, result = timed(run)
        main = next(iter(form.measure([], [])))
        measures = {key: result.summary[key] for key in form.measure([], []) if key in result.summary}
        peer = _value_peer(kind, method, answers, truth) if main in measures else (None, None)
        rows.append(Row(name, kind, method, measures, seconds, *peer))
    return rows


def _single(kind: str, answers: Path, truth: Path) -> Mapping[str, float]:
    """The measures of every answer by itself."""
    table, tasks = consolidate.value_table(answers, kind)
    right = consolidate.true_values(truth, kind)
    rows = [row for row, task in enumerate(table.task.tolist()) if tasks[task] in right]
    return consolidate.value_type(kind).measure(
        [table.value[row] for row in rows], [right[tasks[table.task[row]]] for row in rows]
    )


def _value_peer(kind: str, method: str, answers: Path, truth: Path) -> tuple[float | None, float | None]:
    """Main measure and seconds of crowd-kit's method for the kind that is nearest to ours."""
    run = {("text", "rover"): _rover, ("ranking", "bradley-terry"): _bradley_terry,
           ("ranking", "noisy-bradley-terry"): _noisy_bradley_terry}.get((kind, method))  # fmt: skip
    if run is None or not find_spec("crowdkit"):
        return None, None
    table, tasks = consolidate.value_table(answers, kind)
    right = consolidate.true_values(truth, kind)
    seconds, result = timed(lambda: run(table, tasks))
    named = [task for task in right if task in result]
    measured = consolidate.value_type(kind).measure([result[task] for task in named], [right[task] for task in named])
    return next(iter(measured.values())), seconds


def _rover(table: Any, tasks: list[str]) -> dict[str, Any]:
    from crowdkit.aggregation import ROVER  # noqa: PLC0415 - only where it is installed

    frame = pd.DataFrame({"task": [tasks[t] for t in table.task], "worker": table.worker, "text": table.value})
    frame["text"] = frame["text"].str.lower()
    return dict(ROVER(str.split, " ".join).fit_predict(frame))


def _bradley_terry(table: Any, tasks: list[str]) -> dict[str, Any]:
    from crowdkit.aggregation import BradleyTerry  # noqa: PLC0415 - only where it is installed

    return _ranked(table, tasks, lambda frame: BradleyTerry(n_iter=100).fit_predict(frame))


def _noisy_bradley_terry(table: Any, tasks: list[str]) -> dict[str, Any]:
    from crowdkit.aggregation import NoisyBradleyTerry  # noqa: PLC0415 - only where it is installed

    return _ranked(table, tasks, lambda frame: NoisyBradleyTerry(n_iter=100).fit_predict(frame))


def _ranked(table: Any, tasks: list[str], scores: Callable[[pd.DataFrame], pd.Series]) -> dict[str, Any]:
    pairs = ranking.comparisons(table)
    result = {}
    for task, name in enumerate(tasks):
        here = np.flatnonzero(pairs.task[pairs.winner] == task)
        names = [[pairs.names[item] for item in side[here]] for side in (pairs.winner, pairs.loser)]
        frame = pd.DataFrame({"worker": table.worker[pairs.row[here]], "left": names[0], "right": names[1]})
        score = scores(frame.assign(label=frame["left"]))
        result[name] = tuple(score.sort_values(ascending=False).index)
    return result


@benchmark(
    "consolidation",
    argument("folders", nargs="+", type=Path, help="folders with answers.csv and truth.csv"),
    help="accuracy and time of every method on recorded answers, compared with crowd-kit",
)
def run(*, folders: list[Path]) -> Report:
    """Measure every method on every folder, and for categories the mean of each method over all sets."""
    rows = [row for folder in report.each(folders) for row in measure(folder)]
    names = ("set", "method", "measures", "crowd-kit", "seconds", "crowd-kit / ours")
    return Report(report.plain(rows), [report.table(names, [*map(_cells, rows), *_means(rows)])])


def _cells(row: Row) -> tuple[str, ...]:
    peer, seconds = report.number(row.peer, "{:.4f}"), report.number(row.seconds, "{:.3f}")
    return row.set, row.method, _measures(row.measures), peer, seconds, report.number(row.ratio, "{:.0f}")


def _means(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    """Yield the cells of the mean measures of each method for categories."""
    for method in dict.fromkeys(row.method for row in rows if row.kind == "choice"):
        sets = [row.measures for row in rows if row.method == method and row.kind == "choice"]
        means = {name: sum(measures[name] for measures in sets) / len(sets) for name in sets[0]}
        yield f"mean of {len(sets)}", method, _measures(means), "", "", ""


def _measures(measures: Mapping[str, float]) -> str:
    return "  ".join(f"{name} {value:.4f}" for name, value in measures.items())
