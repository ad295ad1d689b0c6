"""The way of a job's objects: from import over hand-out and answers to a label, a failure, or where they wait.

Every object is at exactly one end, so that what comes to a stage is what leaves it or stays there, and all ends add up
to what was imported."""

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
"""Stages and ends, in the order in which they stand from left to right and from top to bottom."""
NOT_OPENED, NOT_TAKEN, WANTED = "not-opened", "not-taken", "answers-wanted"
TOO_LATE = str(Reason.AVAILABILITY_ENDED)


def links(objects: int, rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """A row for each way and reason: source, target (of NODES), reason (a code, empty on the way), n; the sums of the
    same way and reason, none of them zero.

    objects: how many were imported; rows: how far tasks came (`opened`, `handed-out`, `answered`), their state, whether
    they have a label, why they ended or wait, and how many. Objects without a task are those not opened yet.
    """
    found: list[tuple[str, str, str, int]] = []
    rest = objects
    for came, state, labeled, reason, n in rows:
        rest -= n
        if state == "gold":
            found.append((IMPORTED, KNOWN, "", n))
            continue
        way = [IMPORTED, *([HANDED_OUT] if came != "opened" else []), *([ANSWERED] if came == ANSWERED else [])]
        found += [(one, other, "", n) for one, other in pairwise(way)]
        found.append((way[-1], *_end(came, state, labeled, reason), n))
    if rest > 0:
        found.append((IMPORTED, WAITING, NOT_OPENED, rest))
    frame = pd.DataFrame(found, columns=["source", "target", "reason", "n"])
    sums = frame.groupby(["source", "target", "reason"])["n"].sum().reset_index()
    place = {name: at for at, name in enumerate(NODES)}
    order = sums[["source", "target"]].map(place.__getitem__).assign(reason=sums["reason"])
    return sums.loc[order.sort_values(["source", "target", "reason"]).index].reset_index(drop=True)


def _end(came: str, state: str, labeled: bool, reason: str) -> tuple[str, str]:
    """Where an object is, and why."""
    if state == "open":
        return WAITING, reason or (NOT_TAKEN if came == "opened" else WANTED)
    if state == "failed":
        return (EXPIRED if reason == TOO_LATE else FAILED), reason
    if came != ANSWERED:
        return SPARED, reason
    return (LABELED if labeled else UNLABELED), reason
