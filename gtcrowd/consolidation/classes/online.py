"""A new answer at once: the posterior of its object under the workers as the last full fit saw them.

An answer costs one addition a class, however many answers there are; a full fit later learns about the workers from it.
`drift` says how far the quick posteriors were from those of that fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from gtcrowd.consolidation.classes import dependence, steps
from gtcrowd.consolidation.classes.conclusion import Conclusion, most_probable
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray

LEAST = 1e-12
MOST_LABELS = 30
"""With more labels, a worker's matrix of confusion is written as an accuracy: it would be thousands of numbers."""
ASSUMED_ACCURACY, ASSUMED_CORRELATION = 0.7, 0.1
"""Of workers before anything is known of them."""
Json = dict[str, Any]


class NoWorkerModel(ValueError):
    """The method of a conclusion has no confusion matrices, so nothing can be said about a new answer."""


@dataclass(frozen=True, eq=False)
class Fit:
    """What the last full fit knows: all logarithms.

    prior [labels]; confusion [n_workers, answer, truth]; crowd [answer, truth] for a worker who is not in the fit;
    correlation and doubt as the fit found or was given them, 0 for methods without
    """

    prior: FloatArray
    confusion: FloatArray
    crowd: FloatArray
    correlation: float
    doubt: float


@dataclass(frozen=True, eq=False)
class State:
    """What an object's answers said so far: ln P(answers | truth) and the votes, both [labels]."""

    evidence: FloatArray
    votes: FloatArray


def fit(found: Conclusion) -> Fit:
    """The worker model of a conclusion. Raises NoWorkerModel."""
    if found.confusion is None or found.class_prior is None:
        raise NoWorkerModel(f"{found.method} has no confusion matrices; take dawid-skene, hierarchical or ibcc")
    weight = found.answers / max(int(found.answers.sum()), 1) if found.answers.sum() else None
    labels = len(found.class_prior)
    crowd = np.full((labels, labels), 1 / labels) if weight is None else np.tensordot(weight, found.confusion, axes=1)
    doubt = found.parameters.get("doubt")
    return Fit(
        prior=np.log(np.maximum(found.class_prior, LEAST)),
        confusion=np.log(np.maximum(found.confusion, LEAST)).transpose(0, 2, 1),
        crowd=np.log(np.maximum(crowd, LEAST)).T,
        correlation=found.correlation,
        doubt=float(doubt) if isinstance(doubt, int | float) else 0.0,
    )


def unlearned(labels: int) -> Json:
    """`shared` of `written` before there is any fit: all labels alike, and workers somewhat better than chance."""
    crowd = _even(max(ASSUMED_ACCURACY, 1 / labels), labels)
    return {"prior": [1 / labels] * labels, "crowd": crowd.tolist(), "correlation": ASSUMED_CORRELATION, "doubt": 0.0}


def written(fit: Fit) -> tuple[Json, list[Any]]:
    """The fit in JSON, to be kept: what is shared, and for each worker the matrix P(answer | truth) [truth][answer], or
    where there are too many labels the mean of its diagonal."""
    shared = {
        "prior": np.exp(fit.prior).tolist(),
        "crowd": np.exp(fit.crowd).T.round(6).tolist(),
        "correlation": fit.correlation,
        "doubt": fit.doubt,
    }
    matrices = np.exp(fit.confusion).transpose(0, 2, 1).round(6)
    if len(fit.prior) > MOST_LABELS:
        return shared, (np.einsum("wll->w", matrices) / len(fit.prior)).round(6).tolist()
    return shared, matrices.tolist()


def read(shared: Json, workers: Sequence[Any]) -> Fit:
    """The fit that `written` wrote, for the workers given; None stands for one that it did not know."""
    labels, crowd = len(shared["prior"]), np.array(shared["crowd"], dtype=np.float64)
    matrices = np.empty((len(workers), labels, labels))
    for place, worker in enumerate(workers):
        known = crowd if worker is None else worker
        matrices[place] = _even(known, labels) if isinstance(known, float | int) else known
    return Fit(
        prior=np.log(np.maximum(shared["prior"], LEAST)),
        confusion=np.log(np.maximum(matrices, LEAST)).transpose(0, 2, 1),
        crowd=np.log(np.maximum(crowd, LEAST)).T,
        correlation=float(shared["correlation"]),
        doubt=float(shared["doubt"]),
    )


def _even(accuracy: float, labels: int) -> FloatArray:
    """P(answer | truth) of somebody who is wrong in all ways alike."""
    wrong = (1 - accuracy) / max(labels - 1, 1)
    return np.where(np.eye(labels, dtype=bool), accuracy, wrong)


def begin(fit: Fit) -> State:
    """An object without an answer."""
    return State(np.zeros(len(fit.prior)), np.zeros(len(fit.prior)))


def add(fit: Fit, state: State, *, worker: int | None, label: int) -> State:
    """The state after one more answer; `worker` None is somebody the fit does not know."""
    votes = state.votes.copy()
    votes[label] += 1
    said = fit.crowd[label] if worker is None else fit.confusion[worker, label]
    return State(state.evidence + said, votes)


def posterior(fit: Fit, state: State) -> FloatArray:
    """Probability of each label, [labels]; what the full fit would say if it learned nothing new about the workers."""
    return np.asarray(_posteriors(fit, state.evidence[None], state.votes[None])[0])


def posteriors(fit: Fit, table: AnswerTable) -> FloatArray:
    """The same for all tasks of a table whose workers are coded as in the fit, [n_tasks, n_labels]."""
    return _posteriors(fit, evidence(fit, table), table.votes())


def avoidable(fit: Fit, evidence: FloatArray, posterior: FloatArray, more: npt.NDArray[np.int64]) -> FloatArray:
    """Probability that `more` further answers [n_tasks] would change an object's label, [n_tasks].

    `evidence` [n_tasks, labels]: ln P(answers | truth), `posterior` as handed out. An answer of somebody of the crowd
    moves the log-odds between the likeliest label and the next by a step with known mean and variance, which differ by
    which of the two is right; so many steps together are taken as normal, as in Wald's sequential test.
    """
    odds = evidence + fit.prior
    order = np.argsort(-odds, axis=1, kind="stable")
    first, second = order[:, 0], order[:, 1]
    rows = np.arange(len(odds))
    lead = odds[rows, first] - odds[rows, second]
    step = fit.crowd[:, :, None] - fit.crowd[:, None, :]  # answer, label, other label
    chance = np.exp(fit.crowd)
    mean = np.einsum("kt,ktu->tu", chance, step)
    spread = np.einsum("kt,ktu->tu", chance, step**2) - mean**2
    right = posterior[rows, first]
    if_right = _below_zero(lead + more * mean[first, second], more * spread[first, second])
    if_wrong = _below_zero(lead - more * mean[second, first], more * spread[second, first])
    return np.where(more > 0, right * if_right + (1 - right) * if_wrong, 0.0)


def _below_zero(mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Probability that a normal variable is below 0."""
    return np.asarray(special.ndtr(-mean / np.sqrt(np.maximum(variance, LEAST))))


def evidence(fit: Fit, table: AnswerTable) -> FloatArray:
    """ln P(answers | truth) of all tasks of a table whose workers are coded as in the fit, [n_tasks, n_labels]."""
    known = table.worker < len(fit.confusion)
    said = np.where(
        known[:, None], fit.confusion[np.where(known, table.worker, 0), table.label], fit.crowd[table.label]
    )
    found = np.zeros((table.n_tasks, table.n_labels))
    np.add.at(found, table.task, said)
    return found


@dataclass(frozen=True)
class Drift:
    """How far two sets of posteriors are apart: mean total variation over the tasks, share of labels changed."""

    moved: float
    changed: float
    tasks: int


def drift(before: FloatArray, after: FloatArray) -> Drift:
    """Compare posteriors [n_tasks, n_labels] of the same tasks."""
    n = len(before)
    if not n:
        return Drift(0.0, 0.0, 0)
    moved = float(np.abs(before - after).sum()) / 2 / n
    return Drift(moved, float(np.mean(most_probable(before) != most_probable(after))), n)


def _posteriors(fit: Fit, evidence: FloatArray, votes: FloatArray) -> FloatArray:
    n = votes.sum(axis=1)
    left = dependence.effective_share(n, fit.correlation)
    honest, _ = steps.normalised((evidence + fit.prior) * left[:, None])
    labels = votes.shape[1]
    shares = np.where(n[:, None] > 0, votes / np.maximum(n, 1)[:, None], 1 / labels)
    return np.asarray((1 - fit.doubt) * honest + fit.doubt * shares)
