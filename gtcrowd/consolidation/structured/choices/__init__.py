"""Sets of labels: several, one or none of the labels per task.

Each label is a yes/no question to every worker who answered the task.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation import agreement
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical.table import AnswerTable
from gtcrowd.consolidation.structured.summary import summarise
from gtcrowd.consolidation.structured.table import ValueRefused, ValueTable, parse_list

Choices = tuple[str, ...]
HIGHER_IS_BETTER = frozenset({"f1", "macro_f1", "exact", "jaccard"})


def read(text: str) -> Choices:
    """Parse a JSON list of distinct label names, possibly empty. Raises ValueRefused."""
    names = parse_list(text, 'a JSON list of labels such as ["a", "b"]')
    if not all(isinstance(name, str) and name for name in names):
        raise ValueRefused(f"is {text!r:.60}; expected a JSON list of names of labels")
    if len(set(names)) < len(names):
        raise ValueRefused(f"is {text!r:.60}; expected each label once")
    return tuple(sorted(names))


def write(value: Choices) -> str:
    """Return the sorted labels as a JSON list."""
    return json.dumps(sorted(value), ensure_ascii=False)


def measure(labels: Sequence[Choices | None], truths: Sequence[Choices]) -> Mapping[str, float]:
    """Return micro and macro F1 over the labels, the share of exact sets, and the mean Jaccard index.

    A missing set counts as empty.
    """
    predicted = [set(value or ()) for value in labels]
    true = [set(value) for value in truths]
    names = sorted(set().union(*predicted, *true))
    pairs = list(zip(predicted, true, strict=True))
    hits = np.array([sum(name in a and name in b for a, b in pairs) for name in names])
    n_predicted, n_true = (
        np.array([sum(name in item for item in sets) for name in names]) for sets in (predicted, true)
    )
    both = n_predicted.sum() + n_true.sum()
    jaccard = [len(a & b) / len(a | b) if a | b else 1.0 for a, b in pairs]
    return {
        "f1": float(2 * hits.sum() / both) if both else 1.0,
        "macro_f1": float(np.mean(2 * hits / (n_predicted + n_true))) if names else 1.0,
        "exact": float(np.mean([a == b for a, b in pairs])) if truths else 0.0,
        "jaccard": float(np.mean(jaccard)) if jaccard else 0.0,
    }


@dataclass(frozen=True, eq=False)
class LabelMatrix:
    """All answers as yes or no to every label.

    task, worker   [answers]
    yes            [answers, labels]
    answered       [n_tasks], whether there are answers (or a gold answer)
    """

    task: npt.NDArray[np.int32]
    worker: npt.NDArray[np.int32]
    yes: npt.NDArray[np.bool_]
    labels: list[str]
    answered: npt.NDArray[np.bool_]
    n_workers: int

    def by_task(self, value: FloatArray) -> FloatArray:
        """Return sums of [answers, labels] over the answers of each task, [n_tasks, labels]."""
        return self._summed(self.task, value, len(self.answered))

    def by_worker(self, value: FloatArray) -> FloatArray:
        """Return sums of [answers, labels] over the answers of each worker, [n_workers, labels]."""
        return self._summed(self.worker, value, self.n_workers)

    def shares(self) -> FloatArray:
        """Return the share of answers of each task with each label, [n_tasks, labels]; 0 without answers."""
        n = np.bincount(self.task, minlength=len(self.answered))
        return self.by_task(self.yes.astype(np.float64)) / np.maximum(n, 1)[:, None]

    def _summed(self, key: npt.NDArray[np.int32], value: FloatArray, n: int) -> FloatArray:
        columns = [np.bincount(key, column, n) for column in value.T]
        return np.stack(columns, axis=1) if columns else np.zeros((n, 0))


def label_matrix(table: ValueTable[Choices], gold_answers: Mapping[int, Choices] | None = None) -> LabelMatrix:
    """Return the answers as a matrix; its labels are those of all answers and gold answers, sorted."""
    labels = sorted({name for value in (*table.value, *(gold_answers or {}).values()) for name in value})
    code = {name: index for index, name in enumerate(labels)}
    yes = np.zeros((len(table), len(labels)), dtype=bool)
    for row, value in enumerate(table.value):
        yes[row, [code[name] for name in value]] = True
    return LabelMatrix(table.task, table.worker, yes, labels, table.answers_per_task() > 0, table.n_workers)


def summary(
    table: ValueTable[Choices],
    matrix: LabelMatrix,
    probability: FloatArray,
    chosen: npt.NDArray[np.bool_],
    *,
    method: str,
    parameters: Mapping[str, float],
    worker_parameters: Mapping[str, FloatArray] | None = None,
    mean_confidence: bool = False,
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
    model: object = None,
) -> Aggregation[list[Choices | None]]:
    """Return the result of a method.

    probability       [n_tasks, labels], that each label applies
    chosen            [n_tasks, labels], which labels are in the set
    mean_confidence   whether the confidence is the mean over the chosen labels; otherwise it is the probability that
        the whole set is right, with labels taken as independent

    The other arguments are those of `summarise`.
    """
    labels: list[Choices | None] = []
    parts = []
    for task, answered in enumerate(matrix.answered.tolist()):
        columns = np.flatnonzero(chosen[task] & answered)
        labels.append(tuple(matrix.labels[column] for column in columns) if answered else None)
        parts.append(probability[task, columns])
    whole = np.where(chosen, probability, 1 - probability).prod(axis=1)
    confidence = np.array([part.mean() if len(part) else 1.0 for part in parts]) if mean_confidence else whole
    score = [
        _jaccard(set(value), set(labels[task] or ()))
        for value, task in zip(table.value, table.task.tolist(), strict=True)
    ]
    return summarise(
        table, labels, confidence=confidence, score=np.array(score, dtype=np.float64), part_confidence=parts,
        agreement=_agreement(matrix), method=method, parameters=parameters, worker_parameters=worker_parameters,
        steps=steps, converged=converged, objective=objective, model=model,
    )  # fmt: skip


def _agreement(matrix: LabelMatrix) -> float | None:
    """Return Krippendorff's alpha of the yes and no answers to all labels together."""
    n = len(matrix.labels)
    if not n:
        return None
    task = (matrix.task[:, None].astype(np.int64) * n + np.arange(n)).reshape(-1)
    answers = AnswerTable.from_codes(
        task, np.repeat(matrix.worker, n), matrix.yes.reshape(-1).astype(np.int32),
        n_tasks=len(matrix.answered) * n, n_workers=matrix.n_workers, n_labels=2,
    )  # fmt: skip
    return agreement.alpha(answers, draws=1).value


def _jaccard(first: set[str], second: set[str]) -> float:
    return len(first & second) / len(first | second) if first | second else 1.0
