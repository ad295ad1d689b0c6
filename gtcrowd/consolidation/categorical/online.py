"""Posteriors that are updated answer by answer, under the worker models of the last full fit.

An answer costs one addition per class, however many answers there are; a later full fit updates the worker models.
`drift` measures how far the incremental posteriors were from those of that fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.categorical import dependence, steps
from gtcrowd.consolidation.categorical.results import most_probable
from gtcrowd.consolidation.categorical.table import AnswerTable

MIN_PROBABILITY = 1e-12
MAX_LABELS_FOR_MATRIX = 30
"""With more labels, a worker's confusion matrix is stored as one accuracy: it would be thousands of numbers."""
ASSUMED_ACCURACY, ASSUMED_CORRELATION = 0.7, 0.1
"""Of workers before any fit."""
Json = dict[str, Any]


class NoWorkerModel(ValueError):
    """The method has no confusion matrices, so its result says nothing about a further answer."""


@dataclass(frozen=True, eq=False)
class WorkerModels:
    """The worker models of a full fit; probabilities as logarithms.

    log_prior      [labels], ln P(truth)
    log_confusion  [n_workers, answer, truth], ln P(answer | truth)
    log_crowd      [answer, truth], the same for a worker who is not in the fit
    correlation, smoothing   as estimated by or given to the fit, 0 for methods without
    """

    log_prior: FloatArray
    log_confusion: FloatArray
    log_crowd: FloatArray
    correlation: float
    smoothing: float


@dataclass(frozen=True, eq=False)
class ObjectState:
    """What the answers to an object say so far: ln P(answers | truth) and the votes, both [labels]."""

    evidence: FloatArray
    votes: FloatArray


def from_aggregation(result: Aggregation[Any]) -> WorkerModels:
    """Return the worker models of a result. Raises NoWorkerModel."""
    if result.confusion is None or result.class_prior is None:
        raise NoWorkerModel(f"{result.method} has no confusion matrices; choose dawid-skene, hierarchical or ibcc")
    weight = result.answers / max(int(result.answers.sum()), 1) if result.answers.sum() else None
    labels = len(result.class_prior)
    crowd = np.full((labels, labels), 1 / labels) if weight is None else np.tensordot(weight, result.confusion, axes=1)
    smoothing = result.parameters.get("doubt")
    return WorkerModels(
        log_prior=np.log(np.maximum(result.class_prior, MIN_PROBABILITY)),
        log_confusion=np.log(np.maximum(result.confusion, MIN_PROBABILITY)).transpose(0, 2, 1),
        log_crowd=np.log(np.maximum(crowd, MIN_PROBABILITY)).T,
        correlation=result.correlation,
        smoothing=float(smoothing) if isinstance(smoothing, int | float) else 0.0,
    )


def prior_model(labels: int) -> Json:
    """Return the shared part of `to_json` before any fit: a uniform class prior, and workers better than chance."""
    crowd = _symmetric(max(ASSUMED_ACCURACY, 1 / labels), labels)
    return {"prior": [1 / labels] * labels, "crowd": crowd.tolist(), "correlation": ASSUMED_CORRELATION, "doubt": 0.0}


def to_json(models: WorkerModels) -> tuple[Json, list[Any]]:
    """Return the models as JSON to be stored: what all workers share, and one model per worker.

    A worker's model is the matrix P(answer | truth) as [truth][answer], or with more than `MAX_LABELS_FOR_MATRIX`
    labels the mean of its diagonal.
    """
    shared = {
        "prior": np.exp(models.log_prior).tolist(),
        "crowd": np.exp(models.log_crowd).T.round(6).tolist(),
        "correlation": models.correlation,
        "doubt": models.smoothing,
    }
    matrices = np.exp(models.log_confusion).transpose(0, 2, 1).round(6)
    if len(models.log_prior) > MAX_LABELS_FOR_MATRIX:
        return shared, (np.einsum("wll->w", matrices) / len(models.log_prior)).round(6).tolist()
    return shared, matrices.tolist()


def from_json(shared: Json, workers: Sequence[Any]) -> WorkerModels:
    """Return the models that `to_json` stored, of these workers; None is a worker who was not in the fit."""
    labels, crowd = len(shared["prior"]), np.array(shared["crowd"], dtype=np.float64)
    matrices = np.empty((len(workers), labels, labels))
    for row, worker in enumerate(workers):
        model = crowd if worker is None else worker
        matrices[row] = _symmetric(model, labels) if isinstance(model, float | int) else model
    return WorkerModels(
        log_prior=np.log(np.maximum(shared["prior"], MIN_PROBABILITY)),
        log_confusion=np.log(np.maximum(matrices, MIN_PROBABILITY)).transpose(0, 2, 1),
        log_crowd=np.log(np.maximum(crowd, MIN_PROBABILITY)).T,
        correlation=float(shared["correlation"]),
        smoothing=float(shared["doubt"]),
    )


def _symmetric(accuracy: float, labels: int) -> FloatArray:
    """Return P(answer | truth) [labels, labels] with uniform errors."""
    wrong = (1 - accuracy) / max(labels - 1, 1)
    return np.where(np.eye(labels, dtype=bool), accuracy, wrong)


def begin(models: WorkerModels) -> ObjectState:
    """Return the state of an object without answers."""
    return ObjectState(np.zeros(len(models.log_prior)), np.zeros(len(models.log_prior)))


def add(models: WorkerModels, state: ObjectState, *, worker: int | None, label: int) -> ObjectState:
    """Return the state after one more answer; `worker` is None for one who was not in the fit."""
    votes = state.votes.copy()
    votes[label] += 1
    answer = models.log_crowd[label] if worker is None else models.log_confusion[worker, label]
    return ObjectState(state.evidence + answer, votes)


def posterior(models: WorkerModels, state: ObjectState) -> FloatArray:
    """Return the posterior of an object, [labels]: that of a full fit which leaves the worker models unchanged."""
    return np.asarray(_posteriors(models, state.evidence[None], state.votes[None])[0])


def posteriors(models: WorkerModels, table: AnswerTable) -> FloatArray:
    """Return the posterior of every task of a table whose workers are coded as in the fit, [n_tasks, n_labels]."""
    return _posteriors(models, log_evidence(models, table), table.votes())


def value_of_more_answers(
    models: WorkerModels, evidence: FloatArray, posterior: FloatArray, more: npt.NDArray[np.int64]
) -> FloatArray:
    """Return the probability that further answers change an object's label, [n_tasks].

    evidence    [n_tasks, labels], ln P(answers | truth)
    posterior   [n_tasks, labels], as reported
    more        [n_tasks], number of further answers

    An answer of an average worker moves the log-odds between the two most probable labels by a step of known mean and
    variance, which depend on which of the two is true; the sum of the steps is taken as normal, as in Wald's
    sequential test.
    """
    odds = evidence + models.log_prior
    order = np.argsort(-odds, axis=1, kind="stable")
    first, second = order[:, 0], order[:, 1]
    rows = np.arange(len(odds))
    lead = odds[rows, first] - odds[rows, second]
    step = models.log_crowd[:, :, None] - models.log_crowd[:, None, :]  # answer, label, other label
    probability = np.exp(models.log_crowd)
    mean = np.einsum("kt,ktu->tu", probability, step)
    variance = np.einsum("kt,ktu->tu", probability, step**2) - mean**2
    correct = posterior[rows, first]
    if_correct = _below_zero(lead + more * mean[first, second], more * variance[first, second])
    if_wrong = _below_zero(lead - more * mean[second, first], more * variance[second, first])
    return np.where(more > 0, correct * if_correct + (1 - correct) * if_wrong, 0.0)


def _below_zero(mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the probability that a normal variable is negative."""
    return np.asarray(special.ndtr(-mean / np.sqrt(np.maximum(variance, MIN_PROBABILITY))))


def log_evidence(models: WorkerModels, table: AnswerTable) -> FloatArray:
    """Return ln P(answers | truth) of a table whose workers are coded as in the fit, [n_tasks, n_labels]."""
    in_fit = table.worker < len(models.log_confusion)
    of_answers = np.where(
        in_fit[:, None],
        models.log_confusion[np.where(in_fit, table.worker, 0), table.label],
        models.log_crowd[table.label],
    )
    evidence = np.zeros((table.n_tasks, table.n_labels))
    np.add.at(evidence, table.task, of_answers)
    return evidence


@dataclass(frozen=True)
class Drift:
    """The distance of two sets of posteriors.

    moved     mean total variation distance over the tasks
    changed   share of tasks whose most probable label differs
    tasks     number of tasks
    """

    moved: float
    changed: float
    tasks: int


def drift(before: FloatArray, after: FloatArray) -> Drift:
    """Compare two posteriors [n_tasks, n_labels] of the same tasks."""
    n = len(before)
    if not n:
        return Drift(0.0, 0.0, 0)
    moved = float(np.abs(before - after).sum()) / 2 / n
    return Drift(moved, float(np.mean(most_probable(before) != most_probable(after))), n)


def _posteriors(models: WorkerModels, evidence: FloatArray, votes: FloatArray) -> FloatArray:
    n = votes.sum(axis=1)
    share = dependence.effective_share(n, models.correlation)
    tempered, _ = steps.normalised((evidence + models.log_prior) * share[:, None])
    labels = votes.shape[1]
    vote_shares = np.where(n[:, None] > 0, votes / np.maximum(n, 1)[:, None], 1 / labels)
    return np.asarray((1 - models.smoothing) * tempered + models.smoothing * vote_shares)
