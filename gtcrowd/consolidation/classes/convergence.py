"""Repeating a step until it gains nothing more, and saying whether that happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gtcrowd.consolidation.classes.table import FloatArray


@dataclass(frozen=True, eq=False)
class Climb:
    """Where the steps ended: last posterior, objective after each step, and whether the last gain was small."""

    posterior: FloatArray
    objective: tuple[float, ...]
    converged: bool


def climb(
    step: Callable[[FloatArray], tuple[FloatArray, float]], start: FloatArray, *, max_steps: int, gain: float
) -> Climb:
    """Apply `step` until the objective rises by less than `gain`, at most `max_steps` (at least one) times."""
    posterior, objective = step(start)
    passed = [objective]
    while len(passed) < max_steps:
        posterior, objective = step(posterior)
        passed.append(objective)
        if objective - passed[-2] < gain:
            return Climb(posterior, tuple(passed), converged=True)
    return Climb(posterior, tuple(passed), converged=False)
