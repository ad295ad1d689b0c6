"""Consolidate a file of answers into files of labels and workers, for every kind of label."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gtcrowd import consolidation
from gtcrowd import kinds as label_kinds
from gtcrowd.consolidation import Aggregation, AnswerTable, TableRefused
from gtcrowd.consolidation.aggregation import library_versions
from gtcrowd.consolidation.categorical import measures
from gtcrowd.consolidation.categorical.shards import Model
from gtcrowd.consolidation.structured.table import ValueRefused, ValueTable
from gtcrowd.consolidation.structured.value_type import ValueType
from gtcrowd.offline import answer_files
from gtcrowd.offline.answer_files import Column, FileRefused

CHOICE = "choice"
RANKING = "ranking"
COLUMNS = ("task", "worker", "label")
PAIR = ("worker", "left", "right", "label")


class NotInParts(ValueError):
    """The method cannot run on partitioned tasks."""


@dataclass(frozen=True)
class Result:
    """The columns of labels in blocks, the columns of workers, and a summary of the run."""

    labels: Iterable[Mapping[str, Any]]
    workers: Mapping[str, Any]
    summary: Mapping[str, Any]


def kinds() -> list[str]:
    """Return the names of the kinds that can be consolidated from files."""
    return list(label_kinds.KINDS)


def methods(kind: str) -> Mapping[str, Any]:
    """Return the methods of a kind by name, the default first."""
    chosen = label_kinds.kind(kind)
    return {chosen.default_method: chosen.methods[chosen.default_method], **chosen.methods}


def value_type(kind: str) -> ValueType[Any]:
    """Return the value type of a kind, which reads, writes and measures its values; for every kind but choice."""
    of_kind = label_kinds.kind(kind).value_type
    assert of_kind is not None  # noqa: S101 - only choice has none
    return of_kind


def choice(
    path: Path,
    *,
    method: str,
    labels: Sequence[str] | None,
    parameters: Mapping[str, Any],
    gold: Path | None = None,
    truth: Path | None = None,
    posterior: bool = False,
) -> Result:
    """Consolidate classes. Raises FileRefused, and ParameterRefused of `consolidation`."""
    columns = answer_files.read(path, COLUMNS)
    label = columns["label"]
    names = ordered_labels(path, dict(zip(label.texts, label.first_rows().tolist(), strict=True)), labels)
    code = {name: code for code, name in enumerate(names)}
    translate = np.array([code[text] for text in label.texts], dtype=np.int32)
    task, worker = columns["task"], columns["worker"]
    table = AnswerTable.from_codes(
        task.codes, worker.codes, translate[label.codes] if len(translate) else [],
        n_tasks=len(task.texts), n_workers=len(worker.texts), n_labels=max(len(names), 1),
    )  # fmt: skip
    gold_codes = {} if gold is None else gold_labels(gold, code)
    right = {} if truth is None else true_labels(truth, code)
    result = consolidation.consolidate(
        method, table, gold=np.array([gold_codes.get(name, -1) for name in task.texts], np.int32), **parameters
    )
    summary = summary_of(
        result, kind=CHOICE, method=result.method, parameters=result.parameters,
        tasks=len(task.texts), workers=len(worker.texts), answers=len(table),
    )  # fmt: skip
    if truth is not None:
        codes = np.array([right.get(name, -1) for name in task.texts], np.int32)
        summary |= measured(result.labels, result.confidence, result.class_posterior, codes)
    shares = result.posterior if posterior else None
    return Result(
        labels=[label_columns(task.texts, names, result.labels, result.confidence, shares)],
        workers=worker_columns(worker.texts, result.answers, result.accuracy, result.low, result.high),
        summary=summary,
    )


def values(path: Path, *, kind: str, method: str, parameters: Mapping[str, Any], truth: Path | None = None) -> Result:
    """Consolidate any other kind. Raises FileRefused, and ParameterRefused of `consolidation`."""
    form = value_type(kind)
    table, tasks, workers = _value_columns(path, kind)
    try:
        result = form.methods[method].consolidate(table, **parameters)
    except TableRefused as error:
        where = path if error.task is None else f"{path}, task {tasks[error.task]!r}"
        raise FileRefused(f"{where}: {error.fault}") from error
    written = [None if value is None else form.write(value) for value in result.labels]
    summary = summary_of(
        result, kind=kind, method=result.method, parameters=result.parameters,
        tasks=len(tasks), workers=len(workers), answers=len(table),
    )  # fmt: skip
    summary["agreement"] = result.agreement
    if truth is not None:
        right = true_values(truth, kind)
        places = [index for index, name in enumerate(tasks) if name in right]
        concluded, true = [result.labels[index] for index in places], [right[tasks[index]] for index in places]
        summary |= {"with_truth": len(true), **form.measure(concluded, true)}
    return Result(
        labels=[{"task": tasks, "label": written, "confidence": result.confidence}],
        workers=worker_columns(workers, result.answers, result.accuracy, result.low, result.high),
        summary=summary,
    )


def value_table(path: Path, kind: str) -> tuple[ValueTable[Any], list[str]]:
    """Read the answers of a file as values of the kind, and the names of the tasks. Raises FileRefused."""
    table, tasks, _workers = _value_columns(path, kind)
    return table, tasks


def _value_columns(path: Path, kind: str) -> tuple[ValueTable[Any], list[str], list[str]]:
    pairs = kind == RANKING and "left" in answer_files.header(path)
    task, worker, label = _pairs(path) if pairs else _plain(path)
    read = _read_values(path, value_type(kind), label)
    values_ = [read[code] for code in label.codes.tolist()]
    return (
        ValueTable(task.codes, worker.codes, values_, len(task.texts), len(worker.texts)),
        task.texts,
        worker.texts,
    )


def _plain(path: Path) -> tuple[Column, Column, Column]:
    columns = answer_files.read(path, COLUMNS)
    return columns["task"], columns["worker"], columns["label"]


def _pairs(path: Path) -> tuple[Column, Column, Column]:
    """Read comparisons of two items as rankings of two, the chosen item first."""
    task = "group" if "group" in answer_files.header(path) else "task"
    columns = answer_files.read(path, (task, *PAIR))
    texts: dict[str, int] = {}
    codes = np.empty(len(columns["label"].codes), dtype=np.int32)
    for row in range(len(codes)):
        left, right, chosen = (columns[name][row] for name in ("left", "right", "label"))
        if chosen not in (left, right):
            where = answer_files.place(path, row)
            raise FileRefused(f"{where}: label is {chosen!r}; expected {left!r} or {right!r}")
        codes[row] = texts.setdefault(json.dumps([chosen, right if chosen == left else left]), len(texts))
    return columns[task], columns["worker"], Column(codes, list(texts))


def _read_values(path: Path, form: ValueType[Any], label: Column) -> list[Any]:
    read = []
    for code, text in enumerate(label.texts):
        try:
            read.append(form.read(text))
        except ValueRefused as error:
            where = answer_files.place(path, int(np.argmax(label.codes == code)))
            raise FileRefused(f"{where}: label: {error}") from error
    return read


def ordered_labels(path: Path, first_rows: Mapping[str, int], labels: Sequence[str] | None) -> list[str]:
    """Return the categories in order: `labels` if given, else those of the file, sorted.

    first_rows  the labels of the file, with the first row of each

    Raises FileRefused for a label that is not among `labels`.
    """
    if labels is None:
        return sorted(first_rows)
    for text, row in first_rows.items():
        if text not in labels:
            raise FileRefused(
                f"{answer_files.place(path, row)}: label is {text!r}; expected one of {', '.join(labels)}"
            )
    return list(labels)


def gold_labels(path: Path, code: Mapping[str, int]) -> dict[str, int]:
    """Return the code of the gold label of each task of a file. Raises FileRefused for an unknown label."""
    columns, second = _task_and_label(path)
    for index, text in enumerate(columns[second].texts):
        if text not in code:
            where = answer_files.place(path, int(np.argmax(columns[second].codes == index)))
            raise FileRefused(f"{where}: {second} is {text!r}; expected one of {', '.join(code)}")
    return _by_task(columns["task"], columns[second], code)


def true_labels(path: Path, code: Mapping[str, int]) -> dict[str, int]:
    """Return the code of the true label of each task of a file; -2 for an unknown label. Raises FileRefused."""
    columns, second = _task_and_label(path)
    return _by_task(columns["task"], columns[second], code)


def label_file_columns(path: Path) -> tuple[str, str]:
    """Return the columns of a file of gold or true labels. Raises FileRefused if one is missing."""
    columns = ("task", "truth" if "truth" in answer_files.header(path) else "label")
    answer_files.demand(path, columns)
    return columns


def _task_and_label(path: Path) -> tuple[dict[str, Column], str]:
    columns = label_file_columns(path)
    return answer_files.read(path, columns), columns[1]


def _by_task(task: Column, label: Column, code: Mapping[str, int]) -> dict[str, int]:
    translate = [code.get(text, -2) for text in label.texts]
    pairs = zip(task.codes.tolist(), label.codes.tolist(), strict=True)
    return {task.texts[index]: translate[value] for index, value in pairs}


def true_values(path: Path, kind: str) -> dict[str, Any]:
    """Return the true value of each task of a file; rankings may be given as ranks of items. Raises FileRefused."""
    form = value_type(kind)
    names = answer_files.header(path)
    if kind == RANKING and "rank" in names:
        return {group: form.read(json.dumps(items)) for group, items in _ranked_items(path).items()}
    second = "truth" if "truth" in names else "label"
    columns = answer_files.read(path, ("task", second))
    read = _read_values(path, form, columns[second])
    pairs = zip(columns["task"].codes.tolist(), columns[second].codes.tolist(), strict=True)
    return {columns["task"].texts[task]: read[value] for task, value in pairs}


def _ranked_items(path: Path) -> dict[str, list[str]]:
    """Return the items of each group, best first, of a file with the columns item and rank. Raises FileRefused.

    An item is named GROUP:NAME. Items of the same rank are in the order of their names.
    """
    columns = answer_files.read(path, ("item", "rank"))
    ranks: dict[str, dict[str, float]] = {}
    first_rows: dict[str, int] = {}
    for row in range(len(columns["item"].codes)):
        item, group = columns["item"][row], columns["item"][row].rpartition(":")[0]
        if not group:
            raise FileRefused(f"{answer_files.place(path, row)}: item is {item!r:.60}; expected GROUP:NAME")
        if item in ranks.setdefault(group, {}):
            raise FileRefused(f"{answer_files.place(path, row)}: item {item!r:.60} is listed twice")
        ranks[group][item] = _rank(path, row, columns["rank"][row])
        first_rows.setdefault(group, row)
    for group, row in first_rows.items():
        if len(ranks[group]) < 2:
            where = answer_files.place(path, row)
            raise FileRefused(f"{where}: group {group!r:.60} has a single item; a ranking needs at least two")
    return {group: sorted(items, key=lambda item: (items[item], item)) for group, items in ranks.items()}


def _rank(path: Path, row: int, text: str) -> float:
    try:
        rank = float(text)
    except ValueError:
        rank = math.nan
    if not math.isfinite(rank):
        raise FileRefused(f"{answer_files.place(path, row)}: rank is {text!r:.60}; expected a number")
    return rank


def label_columns(
    tasks: Sequence[str],
    names: Sequence[str],
    label: npt.NDArray[np.int32],
    confidence: npt.NDArray[np.float64],
    posterior: npt.NDArray[np.float64] | None,
) -> dict[str, Any]:
    """Return the columns of labels for categories, one row per task; with a posterior also `p_<label>`."""
    texts = [names[index] if index >= 0 else None for index in label.tolist()]
    shares = {} if posterior is None else {f"p_{name}": posterior[:, index] for index, name in enumerate(names)}
    return {"task": tasks, "label": pa.array(texts, pa.string()), "confidence": confidence, **shares}


def worker_columns(worker: Sequence[str], answers: Any, accuracy: Any, low: Any, high: Any) -> dict[str, Any]:
    """Return the columns of workers."""
    return {"worker": worker, "answers": answers, "accuracy": accuracy, "low": low, "high": high}


def summary_of(
    result: Aggregation[Any] | Model,
    *,
    kind: str,
    method: str,
    parameters: Mapping[str, Any],
    tasks: int,
    workers: int,
    answers: int,
) -> dict[str, Any]:
    """Return the summary of a run of any kind."""
    return {
        "kind": kind,
        "method": method,
        "parameters": dict(parameters),
        "versions": library_versions(),
        "tasks": tasks,
        "workers": workers,
        "answers": answers,
        "steps": result.steps,
        "converged": result.converged,
    }


def measured(
    label: npt.NDArray[np.int32],
    confidence: npt.NDArray[np.float64],
    posterior: npt.NDArray[np.float64],
    truth: npt.NDArray[np.int32],
) -> dict[str, Any]:
    """Return the measures of labels.

    truth  [n_tasks]  code of the true label; -1 if unknown, -2 if it is not among the categories
    """
    # A true label outside the categories always counts as an error.
    missed = truth == -2
    shares = np.column_stack([posterior, np.zeros(len(truth))])
    code = np.where(missed, posterior.shape[1], truth)
    return {
        "with_truth": int((code >= 0).sum()),
        "accuracy": measures.accuracy(label, code),
        "accuracy_ties_shared": measures.shared_accuracy(shares, code),
        "macro_f1": measures.macro_f1(label, code),
        "log_loss": measures.log_loss(shares, code),
        "calibration_error": measures.calibration_error(label, confidence, code),
    }
