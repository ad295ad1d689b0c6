"""What every method returns, and the few things decided once for all of them: ties, empty tasks, intervals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.special import betaincinv

from gtcrowd.consolidation.table import AnswerTable

Floats = NDArray[np.float64]
VERSIONS = {"numpy": np.__version__, "scipy": scipy.__version__}


@dataclass(frozen=True)
class Conclusion:
    """Labels, doubt, and what was learned about the workers.

    `posterior` float64 [tasks, labels]; `label` int32 [tasks], -1 where a task has no answer; `confidence`
    float64 [tasks], 0 there. `answers` int64, `accuracy`, `low`, `high` float64 [workers]: expected share of
    right answers with its 95 % credible interval. `confusion` float64 [workers, labels, labels], rows the
    right label, columns the given one, or None. `objective`: what each step improved, one value a step.
    """

    method: str
    posterior: Floats
    label: NDArray[np.int32]
    confidence: Floats
    answers: NDArray[np.int64]
    accuracy: Floats
    low: Floats
    high: Floats
    confusion: Floats | None = None
    steps: int = 1
    converged: bool = True
    objective: tuple[float, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=lambda: dict(VERSIONS))


def conclude(method: str, table: AnswerTable, posterior: Floats, **rest: Any) -> Conclusion:
    """A conclusion from the posterior: the likeliest label, and of equally likely ones the first.

    A task without an answer keeps the posterior it was given, but gets the label -1 and confidence 0.
    """
    answered = np.bincount(table.task, minlength=table.n_tasks) > 0
    label = np.full(table.n_tasks, -1, dtype=np.int32)
    confidence = np.zeros(table.n_tasks)
    if table.n_labels:
        # Sums in another order differ in the last digits; rounding keeps a tie a tie.
        rounded = posterior.round(12)
        label[answered] = rounded.argmax(axis=1)[answered]
        confidence[answered] = rounded.max(axis=1)[answered]
    accuracy, low, high, answers = worker_accuracy(table, posterior)
    facts: dict[str, Any] = {"answers": answers, "accuracy": accuracy, "low": low, "high": high}
    facts |= {"label": label, "confidence": confidence}
    return Conclusion(method=method, posterior=posterior, **(facts | rest))


def worker_accuracy(table: AnswerTable, posterior: Floats) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    """Each worker's expected share of right answers, with interval, and number of answers."""
    right = np.bincount(table.worker, weights=posterior[table.task, table.label], minlength=table.n_workers)
    answers = np.bincount(table.worker, minlength=table.n_workers)
    low, high = credible_interval(right, answers)
    share = np.divide(right, answers, out=np.full(table.n_workers, 0.5), where=answers > 0)
    return share, np.minimum(low, share), np.maximum(high, share), answers


def credible_interval(right: NDArray[Any], answers: NDArray[Any], *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Equal-tailed interval of a share under Jeffreys' prior Beta(1/2, 1/2); from no answers almost all of 0 to 1.

    Brown, Cai & DasGupta 2001, "Interval estimation for a binomial proportion", p. 108.
    """
    a, b = np.asarray(right, float) + 0.5, np.asarray(answers, float) - right + 0.5
    tail = (1 - level) / 2
    return np.asarray(betaincinv(a, b, tail), float), np.asarray(betaincinv(a, b, 1 - tail), float)
