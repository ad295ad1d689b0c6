"""A file of answers into files of labels and workers, for every kind of label."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gtcrowd import consolidation
from gtcrowd.commands import answer_files
from gtcrowd.commands.answer_files import Column, FileRefused
from gtcrowd.consolidation import AnswerTable, Conclusion
from gtcrowd.consolidation.classes import measures
from gtcrowd.consolidation.values.form import Form
from gtcrowd.consolidation.values.outcome import Outcome
from gtcrowd.consolidation.values.table import ValueRefused, ValueTable

CHOICE = "choice"
RANKING = "ranking"
COLUMNS = ("task", "worker", "label")
PAIR = ("worker", "left", "right", "label")


@dataclass(frozen=True)
class Result:
    """What is written: columns of labels and of workers by name, and what is said about the run."""

    labels: Mapping[str, Any]
    workers: Mapping[str, Any]
    summary: Mapping[str, Any]


def kinds() -> list[str]:
    """Names of the kinds that can be consolidated from files."""
    return [CHOICE, *consolidation.FORMS]


def methods(kind: str) -> Mapping[str, Any]:
    """The methods of a kind by name, the default first."""
    if kind == CHOICE:
        return consolidation.METHODS
    form = consolidation.FORMS[kind]
    return {form.default: form.methods[form.default], **form.methods}


def choice(
    path: Path,
    *,
    method: str,
    labels: Sequence[str] | None,
    parameters: Mapping[str, Any],
    known: Path | None = None,
    truth: Path | None = None,
    posterior: bool = False,
) -> Result:
    """Consolidate classes. Raises FileRefused, and ParameterRefused of `consolidation`."""
    columns = answer_files.read(path, COLUMNS)
    names = _labels(path, columns["label"], labels)
    code = {name: place for place, name in enumerate(names)}
    translate = np.array([code[text] for text in columns["label"].texts], dtype=np.int32)
    task, worker = columns["task"], columns["worker"]
    table = AnswerTable.from_codes(
        task.codes, worker.codes, translate[columns["label"].codes] if len(translate) else [],
        n_tasks=len(task.texts), n_workers=len(worker.texts), n_labels=max(len(names), 1),
    )  # fmt: skip
    given = None if known is None else _codes(known, task.texts, code, must_be_known=True)
    found = consolidation.conclude(method, table, known=given, **parameters)
    label = [names[place] if place >= 0 else None for place in found.label.tolist()]
    shares = {f"p_{name}": found.posterior[:, place] for place, name in enumerate(names)} if posterior else {}
    right = None if truth is None else _codes(truth, task.texts, code, must_be_known=False)
    return Result(
        labels={"task": task.texts, "label": label, "confidence": found.confidence, **shares},
        workers=_workers(worker.texts, found.answers, found.accuracy, found.low, found.high),
        summary=_summary(found, len(table), CHOICE) | ({} if right is None else _measured(found, right)),
    )


def values(path: Path, *, kind: str, method: str, parameters: Mapping[str, Any], truth: Path | None = None) -> Result:
    """Consolidate any other kind. Raises FileRefused, and ParameterRefused of `consolidation`."""
    form = consolidation.FORMS[kind]
    table, tasks, workers = _value_columns(path, form)
    found = form.methods[method].conclude(table, **parameters)
    written = [None if value is None else form.write(value) for value in found.value]
    summary = _summary(found, len(table), kind) | {"agreement": found.agreement}
    if truth is not None:
        right = true_values(truth, kind)
        places = [place for place, name in enumerate(tasks) if name in right]
        concluded, true = [found.value[place] for place in places], [right[tasks[place]] for place in places]
        summary |= {"with_truth": len(true), **form.measure(concluded, true)}
    return Result(
        labels={"task": tasks, "label": written, "confidence": found.confidence},
        workers=_workers(workers, found.answers, found.quality, found.low, found.high),
        summary=summary,
    )


def value_table(path: Path, kind: str) -> tuple[ValueTable[Any], list[str]]:
    """The answers of a file as values of the kind, and the names of the tasks. Raises FileRefused."""
    table, tasks, _workers = _value_columns(path, consolidation.FORMS[kind])
    return table, tasks


def _value_columns(path: Path, form: Form[Any]) -> tuple[ValueTable[Any], list[str], list[str]]:
    pairs = form.name == RANKING and "left" in answer_files.header(path)
    task, worker, label = _pairs(path) if pairs else _plain(path)
    read = _read_values(path, form, label)
    given = [read[code] for code in label.codes.tolist()]
    return ValueTable(task.codes, worker.codes, given, len(task.texts), len(worker.texts)), task.texts, worker.texts


def _plain(path: Path) -> tuple[Column, Column, Column]:
    columns = answer_files.read(path, COLUMNS)
    return columns["task"], columns["worker"], columns["label"]


def _pairs(path: Path) -> tuple[Column, Column, Column]:
    """Comparisons of two items, as rankings of two: the chosen one stands first."""
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


def _read_values(path: Path, form: Form[Any], label: Column) -> list[Any]:
    read = []
    for code, text in enumerate(label.texts):
        try:
            read.append(form.read(text))
        except ValueRefused as error:
            where = answer_files.place(path, int(np.argmax(label.codes == code)))
            raise FileRefused(f"{where}: label: {error}") from error
    return read


def _labels(path: Path, column: Column, labels: Sequence[str] | None) -> list[str]:
    if labels is None:
        return sorted(column.texts)
    names = list(labels)
    for code, text in enumerate(column.texts):
        if text not in names:
            where = answer_files.place(path, int(np.argmax(column.codes == code)))
            raise FileRefused(f"{where}: label is {text!r}; expected one of {', '.join(names)}")
    return names


def _codes(path: Path, tasks: Sequence[str], code: Mapping[str, int], *, must_be_known: bool) -> npt.NDArray[np.int32]:
    """For each task the code of its label in the file, -1 where it has none; -2 for a true label nobody may give."""
    second = "truth" if "truth" in answer_files.header(path) else "label"
    columns = answer_files.read(path, ("task", second))
    texts = columns[second].texts
    if must_be_known:
        for place, text in enumerate(texts):
            if text not in code:
                where = answer_files.place(path, int(np.argmax(columns[second].codes == place)))
                raise FileRefused(f"{where}: {second} is {text!r}; expected one of {', '.join(code)}")
    translate = [code.get(text, -2) for text in texts]
    found = dict(zip(columns["task"].codes.tolist(), columns[second].codes.tolist(), strict=True))
    named = {name: translate[found[place]] for place, name in enumerate(columns["task"].texts)}
    return np.array([named.get(name, -1) for name in tasks], dtype=np.int32)


def true_values(path: Path, kind: str) -> dict[str, Any]:
    """The true value of each task of a file, or for rankings of each item its rank. Raises FileRefused."""
    form = consolidation.FORMS[kind]
    names = answer_files.header(path)
    if form.name == RANKING and "rank" in names:
        columns = answer_files.read(path, ("item", "rank"))
        ranks: dict[str, list[tuple[float, str]]] = {}
        for row in range(len(columns["item"].codes)):
            item = columns["item"][row]
            ranks.setdefault(item.rsplit(":", 1)[0], []).append((float(columns["rank"][row]), item))
        return {task: form.read(json.dumps([item for _, item in sorted(items)])) for task, items in ranks.items()}
    second = "truth" if "truth" in names else "label"
    columns = answer_files.read(path, ("task", second))
    read = _read_values(path, form, columns[second])
    pairs = zip(columns["task"].codes.tolist(), columns[second].codes.tolist(), strict=True)
    return {columns["task"].texts[task]: read[value] for task, value in pairs}


def _workers(worker: list[str], answers: Any, accuracy: Any, low: Any, high: Any) -> dict[str, Any]:
    return {"worker": worker, "answers": answers, "accuracy": accuracy, "low": low, "high": high}


def _summary(found: Conclusion | Outcome[Any], answers: int, kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "method": found.method,
        "parameters": dict(found.parameters),
        "versions": dict(found.versions),
        "tasks": len(found.confidence),
        "workers": len(found.answers),
        "answers": answers,
        "steps": found.steps,
        "converged": found.converged,
    }


def _measured(found: Conclusion, truth: npt.NDArray[np.int32]) -> dict[str, Any]:
    # A true label that nobody may give (-2) can only be missed; it is known, but in no column of the posterior.
    missed = truth == -2
    posterior = np.column_stack([found.posterior, np.zeros(len(truth))])
    code = np.where(missed, found.posterior.shape[1], truth)
    return {
        "with_truth": int((code >= 0).sum()),
        "accuracy": measures.accuracy(found.label, code),
        "accuracy_ties_shared": measures.shared_accuracy(posterior, code),
        "macro_f1": measures.macro_f1(found.label, code),
        "log_loss": measures.log_loss(posterior, code),
        "calibration_error": measures.calibration_error(found.label, found.confidence, code),
    }
