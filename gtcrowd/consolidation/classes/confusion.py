"""The passes over tasks that all methods with plain confusion matrices share; see `parts`."""

from __future__ import annotations

from collections.abc import Callable

from gtcrowd.consolidation.classes import convergence, steps, workers
from gtcrowd.consolidation.classes.majority import vote_shares
from gtcrowd.consolidation.classes.parts import Crowd, Model, Opinion, Part, Sums
from gtcrowd.consolidation.classes.table import FloatArray

# Logarithms of the class prior [n_labels] and of the confusion [n_workers, truth, answer], and what the priors add to
# the objective.
Logs = tuple[FloatArray, FloatArray, float]
# Expected counts of the classes [n_labels] and of the answers [n_workers, truth, answer].
Expected = tuple[FloatArray, FloatArray]


def climb(
    crowd: Crowd,
    logs_of: Callable[[FloatArray, FloatArray], Logs],
    shares_of: Callable[[FloatArray, FloatArray], Expected],
    *,
    max_steps: int,
    tolerance: float,
) -> Model:
    """Expectation maximisation from the shares of the votes.

    Both functions take expected counts of classes and answers. `logs_of` is the step to the next expectation,
    `shares_of` the class prior and the confusion that are reported. Ends when a step gains less than `tolerance` an
    answer, at the latest after `max_steps`.
    """
    logs: Logs | None = None

    def step(expected: Expected) -> tuple[Expected, float]:
        nonlocal logs
        log_prior, log_confusion, more = logs = logs_of(*expected)
        classes, answers, likelihood = crowd.total(both_steps, log_prior, log_confusion)
        return (classes, answers), likelihood + more

    classes, answers = crowd.total(start)
    climbed = convergence.climb(step, (classes, answers), max_steps=max_steps, gain=tolerance * max(crowd.n_answers, 1))
    assert logs is not None  # noqa: S101 - there is at least one step
    prior, confusion = shares_of(*climbed.last)
    return Model(
        look=look,
        tables=(*logs[:2], confusion),
        confusion=confusion,
        class_prior=prior,
        steps=len(climbed.objective),
        converged=climbed.converged,
        objective=climbed.objective,
    )


def start(part: Part) -> Sums:
    """Expected counts when the votes are believed."""
    return steps.m_step(part.counts, vote_shares(part.table, part.known))


def both_steps(part: Part, log_prior: FloatArray, log_confusion: FloatArray) -> Sums:
    """Expected counts of classes and answers, and the log-likelihood."""
    return steps.em_step(part.counts, log_prior, log_confusion, part.known)


def look(part: Part, log_prior: FloatArray, log_confusion: FloatArray, confusion: FloatArray) -> Opinion:
    """The posterior under the last step's matrices; workers are measured with `confusion`."""
    posterior, _ = steps.e_step(part.counts, log_prior, log_confusion, part.known)
    return Opinion(posterior, posterior, workers.ratio_without_own(part.table, posterior, confusion))
