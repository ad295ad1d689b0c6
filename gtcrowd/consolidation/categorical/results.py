"""Turn posteriors into labels and worker accuracies, in the one way that all categorical methods share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.aggregation import Aggregation, Json
from gtcrowd.consolidation.arrays import FloatArray, IntArray
from gtcrowd.consolidation.categorical import worker_accuracy
from gtcrowd.consolidation.categorical.shards import Inference, Model, Shard, Sums
from gtcrowd.consolidation.categorical.table import AnswerTable

# Two probabilities whose relative difference is below this are a tie: the order in which logarithms were summed must
# not decide a label.
TIE = 1e-9


@dataclass(frozen=True, eq=False)
class WorkerAccuracy:
    """The accuracy of each worker; all [n_workers], see `Aggregation`."""

    answers: npt.NDArray[np.int64]
    accuracy: FloatArray
    low: FloatArray
    high: FloatArray


def from_model(shard: Shard, model: Model, *, method: str, parameters: Mapping[str, Json]) -> Aggregation[IntArray]:
    """Return the result of a model when all tasks are in one shard."""
    inference = model.e_step(shard, *model.arguments)
    return from_posterior(
        shard.table,
        inference.posterior,
        method=method,
        parameters=parameters,
        gold=shard.gold,
        confusion=model.confusion,
        scoring_posterior=inference.scoring_posterior,
        likelihood_ratio=inference.likelihood_ratio,
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
    gold: IntArray | None = None,
    confidence: FloatArray | None = None,
    confusion: FloatArray | None = None,
    scoring_posterior: FloatArray | None = None,
    likelihood_ratio: FloatArray | None = None,
    difficulty: FloatArray | None = None,
    class_prior: FloatArray | None = None,
    correlation: float = 0.0,
    steps: int = 1,
    converged: bool = True,
    objective: tuple[float, ...] = (),
) -> Aggregation[IntArray]:
    """Decide labels and score workers.

    posterior           [n_tasks, n_labels]
    gold                [n_tasks], code or -1
    confidence          [n_tasks], in place of the highest probability where a method has a scale of its own
    scoring_posterior   [n_tasks, n_labels], by which workers are scored where the posterior that is reported is
        tempered; by default `posterior`
    likelihood_ratio    [n], for `worker_accuracy.tally`. Without it each answer's own evidence is taken out by
        `confusion`; where a method has no confusion matrices, the answer remains part of the evidence
    """
    scoring = posterior if scoring_posterior is None else scoring_posterior
    if likelihood_ratio is None and confusion is not None:
        likelihood_ratio = worker_accuracy.leave_one_out_ratio(table, scoring, confusion)
    elif likelihood_ratio is None:
        likelihood_ratio = worker_accuracy.uniform_error_ratio(scoring.reshape(-1)[table.vote_index()], table.n_labels)
    labels, label_confidence = decide(table, posterior, gold, confidence)
    workers = score_workers(*worker_tallies(table, Inference(posterior, scoring, likelihood_ratio)))
    return Aggregation(
        labels=labels,
        confidence=label_confidence,
        answers=workers.answers,
        accuracy=workers.accuracy,
        low=workers.low,
        high=workers.high,
        steps=steps,
        converged=converged,
        objective=objective,
        method=method,
        parameters=dict(parameters),
        posterior=posterior,
        confusion=confusion,
        class_prior=class_prior,
        difficulty=difficulty,
        correlation=correlation,
    )


def decide(
    table: AnswerTable, posterior: FloatArray, gold: IntArray | None, confidence: FloatArray | None = None
) -> tuple[IntArray, FloatArray]:
    """Return the label and the confidence of each task, both [n_tasks]; a task needs an answer or a gold answer."""
    highest = posterior.max(axis=1) if confidence is None else confidence
    decided = table.answers_per_task() > 0
    if gold is not None:
        decided |= gold >= 0
    labels = np.where(decided, most_probable(posterior), -1).astype(np.int32)
    return labels, np.where(decided, np.clip(highest, 0.0, 1.0), 0.0)


def worker_tallies(table: AnswerTable, inference: Inference) -> Sums:
    """Return the sums that `score_workers` needs; they can be added over shards."""
    correct = worker_accuracy.expected_correct(table, inference.scoring_posterior)
    return table.answers_per_worker(), correct, *worker_accuracy.tally(table, inference.likelihood_ratio)


def score_workers(
    answers: npt.NDArray[np.int64], correct: FloatArray, groups: npt.NDArray[np.int64], logs: FloatArray
) -> WorkerAccuracy:
    """Return accuracy and interval of each worker from the `worker_tallies` of all shards."""
    accuracy = np.full(len(answers), 0.5)
    np.divide(np.minimum(correct, answers), answers, out=accuracy, where=answers > 0)
    low, high = worker_accuracy.interval(groups, logs)
    # The interval excludes 0 and 1, which are possible values of the accuracy.
    return WorkerAccuracy(answers, accuracy, np.minimum(low, accuracy), np.maximum(high, accuracy))


def most_probable(posterior: FloatArray) -> IntArray:
    """Return the most probable label of each row [n_tasks]; of labels tied up to rounding, the lowest code."""
    top = posterior.max(axis=1, keepdims=True)
    first: IntArray = np.argmax(posterior >= top * (1 - TIE), axis=1).astype(np.int32)
    return first
