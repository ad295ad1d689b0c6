"""How far the answers to one object hang together, and how much less they therefore say.

Workers do not err independently: a blurred picture misleads all of them. Ten answers of which each two correlate by
rho carry the information of 10 / (1 + 9 rho) independent ones: Kish 1965, "Survey sampling", section 5.4 (design
effect). Multiplying their product as if they were independent is what makes posteriors of the Dawid–Skene family so
much too sure.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gtcrowd.consolidation.classes.conclusion import TIE
from gtcrowd.consolidation.classes.parts import Crowd, Part, Sums
from gtcrowd.consolidation.classes.table import AnswerTable, FloatArray


def residual_correlation(crowd: Crowd, believed: str, *, prior_answers: float) -> float:
    """Mean correlation of being right between two answers to a task, beyond what the accuracy of their workers says.

    Intraclass correlation of the residuals `right - expected`, where an answer is right with the probability of its
    label in what the parts keep as `believed` [n_tasks, n_labels], and expected is the accuracy of the worker over
    the other answers, drawn to the crowd's by `prior_answers`. Computed from sums a task, so in time linear in the
    answers. 0 where no task has two answers, and never below 0: answers that repel each other are not worth more than
    independent ones.
    """
    if not crowd.n_answers:
        return 0.0
    answers, correct = crowd.total(_correct, believed)
    together, most = crowd.total(_products, believed, answers, correct, prior_answers)
    return float(np.clip(together / most, 0, 1)) if most > 0 else 0.0


def effective_share(answers: FloatArray, correlation: float) -> FloatArray:
    """Share of the evidence of so many answers a task that is left when each two of them correlate, [n_tasks]."""
    return np.asarray(1 / (1 + np.maximum(answers - 1, 0) * correlation))


def _correct(part: Part, believed: str) -> Sums:
    """Number of answers, and expected number of right ones, of each worker."""
    right = part.kept[believed].reshape(-1)[part.table.cells()]
    return part.table.answers_per_worker(), np.bincount(part.table.worker, right, part.table.n_workers)


def _products(
    part: Part, believed: str, answers: npt.NDArray[np.int64], correct: FloatArray, prior_answers: float
) -> Sums:
    """Sum over pairs of answers to a task of the products of their residuals, and of their standard deviations."""
    table = part.table
    right = part.kept[believed].reshape(-1)[table.cells()]
    others = correct[table.worker] - right + prior_answers * correct.sum() / answers.sum()
    expected = others / (answers[table.worker] - 1 + prior_answers)
    expected = np.clip(expected, TIE, 1 - TIE)
    spread = np.sqrt(expected * (1 - expected))
    return _sum_of_products(table, right - expected), _sum_of_products(table, spread)


def _sum_of_products(table: AnswerTable, value: FloatArray) -> float:
    """Sum over all ordered pairs of different answers to a task of the product of their values."""
    total = np.bincount(table.task, value, table.n_tasks)
    return float(total @ total - value @ value)
