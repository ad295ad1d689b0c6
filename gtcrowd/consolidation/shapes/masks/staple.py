"""Warfield, Zou, Wells 2004, "Simultaneous truth and performance level estimation (STAPLE)"; the default for masks.

    P(worker j marks pixel i | i inside) = p_j,   P(j does not mark i | i outside) = q_j,   P(i inside) = f

IEEE Transactions on Medical Imaging 23, section II, with two additions. Pixels that the same workers marked are one
group: the work of a step grows with the number of different patterns (at most two to the power of the workers), not
with the pixels. And the larger of the two regions on which all agree, usually the background, is left out, as it would
make everybody's q_j one; p_j and q_j are pooled over the images of a worker and drawn to the crowd's.
"""

from __future__ import annotations

import numpy as np

from gtcrowd import language
from gtcrowd.consolidation.aggregation import Aggregation
from gtcrowd.consolidation.arrays import FloatArray
from gtcrowd.consolidation.parameters import Parameter
from gtcrowd.consolidation.shapes.rle import Mask
from gtcrowd.consolidation.shapes.segmentation import Masks, pixel_groups, summary
from gtcrowd.consolidation.structured.method import method

# Weight of the crowd's sensitivity and specificity, as a share of the pixels a worker was asked about.
POOLED = 0.1


@method(
    name="staple",
    title=language.gettext_lazy("STAPLE"),
    summary=language.gettext_lazy(
        "Estimates each worker's sensitivity and specificity together with the probability of each pixel."
    ),
    order=10,
    parameters={
        "prior_accuracy": Parameter(0.9, 0.5, 0.9999, "initial sensitivity and specificity"),
        "smoothing": Parameter(0.0, 0.0, 100.0, "standard deviation of a Gaussian smoothing, in pixels; 0: none"),
        "max_steps": Parameter(100, 1, 100_000, "maximum number of steps"),
        "tolerance": Parameter(1e-6, 0.0, 1.0, "change below which it stops"),
    },
)
def staple(
    table: Masks,
    *,
    prior_accuracy: float = 0.9,
    smoothing: float = 0.0,
    max_steps: int = 100,
    tolerance: float = 1e-6,
) -> Aggregation[list[Mask | None]]:
    """Estimate p, q and the probability of each pixel.

    prior_accuracy   initial p_j and q_j
    smoothing        standard deviation in pixels of a Gaussian over the probabilities before they are decided; 0: none
    max_steps, tolerance   stop when no p_j or q_j moves by `tolerance`

    `worker_parameters`: sensitivity p_j and specificity q_j, where the object is the smaller region. Confidences are
    those of `segmentation.summary`. The objective is the log-likelihood per pixel.
    """
    groups = pixel_groups(table)
    n = table.n_workers
    sensitivity, specificity = np.full(n, prior_accuracy), np.full(n, prior_accuracy)
    probability = [np.zeros(0)] * len(groups)
    objective: list[float] = []
    moved = np.inf
    while len(objective) < max_steps and moved >= tolerance:
        true_positives, positives, true_negatives, negatives = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
        likelihood = 0.0
        pixels = 0.0
        for index, group in enumerate(groups):
            if not group.size.size:
                continue
            f = float((group.size * group.marked.mean(axis=0)).sum() / group.size.sum())
            f = min(max(f, 1e-6), 1 - 1e-6)
            p, q = sensitivity[group.workers], specificity[group.workers]
            marked_inside, unmarked_inside = np.log(p), np.log1p(-p)
            marked_outside, unmarked_outside = np.log1p(-q), np.log(q)
            log_inside = np.log(f) + np.where(group.marked, marked_inside[:, None], unmarked_inside[:, None]).sum(
                axis=0
            )
            log_outside = np.log1p(-f) + np.where(group.marked, marked_outside[:, None], unmarked_outside[:, None]).sum(
                axis=0
            )
            total = np.logaddexp(log_inside, log_outside)
            inside = np.exp(log_inside - total)
            probability[index] = inside
            likelihood += float(group.size @ total)
            pixels += float(group.size.sum())
            np.add.at(true_positives, group.workers, group.marked @ (group.size * inside))
            np.add.at(positives, group.workers, float(group.size @ inside))
            np.add.at(true_negatives, group.workers, ~group.marked @ (group.size * (1 - inside)))
            np.add.at(negatives, group.workers, float(group.size @ (1 - inside)))
        objective.append(likelihood / max(pixels, 1.0))
        before = np.concatenate([sensitivity, specificity])
        sensitivity, specificity = _pooled(true_positives, positives), _pooled(true_negatives, negatives)
        moved = float(np.abs(np.concatenate([sensitivity, specificity]) - before).max(initial=0.0))
    parameters = {
        "prior_accuracy": prior_accuracy, "smoothing": smoothing, "max_steps": max_steps, "tolerance": tolerance,
    }  # fmt: skip
    return summary(
        table, groups, probability, [p > 0.5 for p in probability], method="staple", parameters=parameters,
        smoothing=smoothing, worker_parameters={"sensitivity": sensitivity, "specificity": specificity},
        steps=len(objective), converged=moved < tolerance, objective=tuple(objective),
    )  # fmt: skip


def _pooled(correct: FloatArray, total: FloatArray) -> FloatArray:
    """Return the rate of each worker [n_workers], drawn to the crowd's by a share of what each was asked."""
    crowd = (correct.sum() + 0.9) / (total.sum() + 1)
    strength = POOLED * total + 1
    return np.asarray(np.clip((correct + strength * crowd) / (total + strength), 1e-4, 1 - 1e-4))
