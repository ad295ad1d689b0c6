"""What a method hands out: a label for each task, the doubt in it, and how good each worker was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy

from gtcrowd.consolidation.classes import workers
from gtcrowd.consolidation.classes.parts import Model, Opinion, Part, Sums
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray, IntArray

# Two probabilities nearer than this (relatively) are a tie: the order in which logarithms were summed must not
# decide a label.
TIE = 1e-9

Json = bool | int | float | str | None


def library_versions() -> dict[str, str]:
    """Versions of the libraries that computed a conclusion; part of its provenance."""
    return {"numpy": np.__version__, "scipy": scipy.__version__}


@dataclass(frozen=True, eq=False)
class Conclusion:
    """The result of one method on one table. No array ever holds NaN.

    posterior   float64 [n_tasks, n_labels], rows sum to 1; a task without answers has the class prior of the method
    label       int32 [n_tasks], the most probable label, the lowest code in a tie; -1 without any answer
    confidence  float64 [n_tasks], 0 to 1; 0 without any answer
    answers     int64 [n_workers], number of answers in the table
    accuracy    float64 [n_workers], expected share of right answers; 0.5 without any answer
    low, high   float64 [n_workers], 95 % interval around it
    confusion   float64 [n_workers, n_labels, n_labels], P(answer | truth), or None if the method has none
    objective   one float a step, never falling for the methods that climb a likelihood
    difficulty  float64 [n_tasks], above 0, for methods that model it; otherwise None
    class_prior float64 [n_labels], probability of each class beforehand, for methods with confusion matrices
    correlation of the answers to one task, by which the posterior was tempered; 0 for methods that do not
    """

    posterior: FloatArray
    label: IntArray
    confidence: FloatArray
    answers: npt.NDArray[np.int64]
    accuracy: FloatArray
    low: FloatArray
    high: FloatArray
    confusion: FloatArray | None
    steps: int
    converged: bool
    objective: tuple[float, ...]
    method: str
    parameters: Mapping[str, Json]
    versions: Mapping[str, str] = field(default_factory=library_versions)
    difficulty: FloatArray | None = None
    class_prior: FloatArray | None = None
    correlation: float = 0.0


@dataclass(frozen=True, eq=False)
class Workers:
    """How good each worker is; all [n_workers], see `Conclusion`."""

    answers: npt.NDArray[np.int64]
    accuracy: FloatArray
    low: FloatArray
    high: FloatArray


def of_model(part: Part, model: Model, *, method: str, parameters: Mapping[str, Json]) -> Conclusion:
    """What a model concludes when all tasks are in one part."""
    opinion = model.look(part, *model.tables)
    return from_posterior(
        part.table,
        opinion.posterior,
        method=method,
        parameters=parameters,
        known=part.known,
        confusion=model.confusion,
        judged=opinion.judged,
        ratio=opinion.ratio,
        class_prior=model.class_prior,
        correlation=model.correlation,
        steps=model.steps,
        converged=model.converged,
        objective=model.objective,
    )


def from_posterior(
    table: AnswerTable,
    posterior: FloatArray,
    *,
    method: str,
    parameters: Mapping[str, Json],
    known: IntArray | None = None,
    confidence: FloatArray | None = None,
    confusion: FloatArray | None = None,
    judged: FloatArray | None = None,
    ratio: FloatArray | None = None,
    difficulty: FloatArray | None = None,
    class_prior: FloatArray | None = None,
    correlation: float = 0.0,
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
) -> Conclusion:
    """Decide labels and measure workers in the one way that all methods share.

    `confidence` replaces the highest probability where a method has its own scale. Workers are judged by `posterior`,
    or by `judged` where the one handed out is tempered. `ratio` [n] is what `workers.tally` takes; without it each
    answer's own evidence is taken out by `confusion`, and where a method has none the answer itself is part of the
    view.
    """
    view = posterior if judged is None else judged
    if ratio is None and confusion is not None:
        ratio = workers.ratio_without_own(table, view, confusion)
    elif ratio is None:
        ratio = workers.even_ratio(view.reshape(-1)[table.cells()], table.n_labels)
    label, sure = decided(table, posterior, known, confidence)
    judgement = of_workers(*tallies(table, Opinion(posterior, view, ratio)))
    return Conclusion(
        posterior=posterior,
        label=label,
        confidence=sure,
        answers=judgement.answers,
        accuracy=judgement.accuracy,
        low=judgement.low,
        high=judgement.high,
        confusion=confusion,
        steps=steps,
        converged=converged,
        objective=objective,
        method=method,
        parameters=dict(parameters),
        difficulty=difficulty,
        class_prior=class_prior,
        correlation=correlation,
    )


def decided(
    table: AnswerTable, posterior: FloatArray, known: IntArray | None, confidence: FloatArray | None = None
) -> tuple[IntArray, FloatArray]:
    """Label and confidence of each task, both [n_tasks]; a task is decided when it has an answer or a known label."""
    sure = posterior.max(axis=1) if confidence is None else confidence
    decided = table.answers_per_task() > 0
    if known is not None:
        decided |= known >= 0
    label = np.where(decided, most_probable(posterior), -1).astype(np.int32)
    return label, np.where(decided, np.clip(sure, 0.0, 1.0), 0.0)


def tallies(table: AnswerTable, opinion: Opinion) -> Sums:
    """What is to be added up over parts to measure workers by `of_workers`."""
    correct = workers.expected_correct(table, opinion.judged)
    return table.answers_per_worker(), correct, *workers.tally(table, opinion.ratio)


def of_workers(
    answers: npt.NDArray[np.int64], correct: FloatArray, groups: npt.NDArray[np.int64], logs: FloatArray
) -> Workers:
    """Accuracy and interval of each worker, from `tallies` of all parts."""
    accuracy = np.full(len(answers), 0.5)
    np.divide(np.minimum(correct, answers), answers, out=accuracy, where=answers > 0)
    low, high = workers.interval(groups, logs)
    # The interval leaves the ends 0 and 1 out, where a share of none or all lies.
    return Workers(answers, accuracy, np.minimum(low, accuracy), np.maximum(high, accuracy))


def most_probable(posterior: FloatArray) -> IntArray:
    """The most probable label of each row; of labels within rounding of each other, the lowest code."""
    top = posterior.max(axis=1, keepdims=True)
    first: IntArray = np.argmax(posterior >= top * (1 - TIE), axis=1).astype(np.int32)
    return first
