"""Repeat a step until the objective stops rising."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")


@dataclass(frozen=True, eq=False)
class Climb(Generic[S]):
    """The state after the last step, the objective after each step, and whether the last gain was small enough."""

    last: S
    objective: tuple[float, ...]
    converged: bool


def climb(step: Callable[[S], tuple[S, float]], start: S, *, max_steps: int, gain: float) -> Climb[S]:
    """Apply `step` until the objective rises by less than `gain`, at most `max_steps` (and at least one) times."""
    last, objective = step(start)
    objectives = [objective]
    while len(objectives) < max_steps:
        last, objective = step(last)
        objectives.append(objective)
        if objective - objectives[-2] < gain:
            return Climb(last, tuple(objectives), converged=True)
    return Climb(last, tuple(objectives), converged=False)
