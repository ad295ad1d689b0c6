"""Follow the objects of a job from import over hand-out and answers to their outcome.

Every object has exactly one outcome, so the flow into a stage equals the flow out of it, and the outcomes add up to the
imported objects.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from gtcrowd.platform.reasons import Reason

IMPORTED, KNOWN, HANDED_OUT, ANSWERED = "imported", "known", "handed-out", "answered"
LABELED, UNLABELED, WAITING, FAILED, EXPIRED, SPARED = (
    "labeled", "unlabeled", "waiting", "failed", "expired", "spared",
)  # fmt: skip
NODES = (IMPORTED, KNOWN, HANDED_OUT, ANSWERED, LABELED, UNLABELED, WAITING, FAILED, EXPIRED, SPARED)
"""Stages and outcomes, in display order: left to right, top to bottom."""
NOT_OPENED, NOT_TAKEN, WANTED = "not-opened", "not-taken", "answers-wanted"
TOO_LATE = str(Reason.AVAILABILITY_ENDED)


def links(objects: int, rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Return the flows between stages: source, target (of NODES), reason (a code; empty between stages), n > 0.

    objects  number of imported objects
    rows     tasks by stage (`opened`, `handed-out`, `answered`), state, whether labeled, reason code; and their number

    Objects without a task are not opened yet.
    """
    flows: list[tuple[str, str, str, int]] = []
    rest = objects
    for stage, state, labeled, reason, n in rows:
        rest -= n
        if state == "gold":
            flows.append((IMPORTED, KNOWN, "", n))
            continue
        stages = [IMPORTED, *([HANDED_OUT] if stage != "opened" else []), *([ANSWERED] if stage == ANSWERED else [])]
        flows += [(source, target, "", n) for source, target in pairwise(stages)]
        flows.append((stages[-1], *_end(stage, state, labeled, reason), n))
    if rest > 0:
        flows.append((IMPORTED, WAITING, NOT_OPENED, rest))
    frame = pd.DataFrame(flows, columns=["source", "target", "reason", "n"])
    sums = frame.groupby(["source", "target", "reason"])["n"].sum().reset_index()
    rank = {name: position for position, name in enumerate(NODES)}
    order = sums[["source", "target"]].map(rank.__getitem__).assign(reason=sums["reason"])
    return sums.loc[order.sort_values(["source", "target", "reason"]).index].reset_index(drop=True)


def _end(stage: str, state: str, labeled: bool, reason: str) -> tuple[str, str]:
    """Return the outcome of a task, and its reason code."""
    if state == "open":
        return WAITING, reason or (NOT_TAKEN if stage == "opened" else WANTED)
    if state == "failed":
        return (EXPIRED if reason == TOO_LATE else FAILED), reason
    if stage != ANSWERED:
        return SPARED, reason
    return (LABELED if labeled else UNLABELED), reason
