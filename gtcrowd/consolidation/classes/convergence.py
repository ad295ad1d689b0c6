"""Repeating a step until it gains nothing more, and saying whether that happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")


@dataclass(frozen=True, eq=False)
class Climb(Generic[S]):
    """Where the steps ended: what the last gave, the objective after each, and whether the last gain was small."""

    last: S
    objective: tuple[float, ...]
    converged: bool


def climb(step: Callable[[S], tuple[S, float]], start: S, *, max_steps: int, gain: float) -> Climb[S]:
    """Apply `step` until the objective rises by less than `gain`, at most `max_steps` (at least one) times."""
    last, objective = step(start)
    passed = [objective]
    while len(passed) < max_steps:
        last, objective = step(last)
        passed.append(objective)
        if objective - passed[-2] < gain:
            return Climb(last, tuple(passed), converged=True)
    return Climb(last, tuple(passed), converged=False)
