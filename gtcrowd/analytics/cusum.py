"""The paths of the sums that watch a job's workers for drift, as the pages draw them: of the worst, in few points."""

from typing import Any

import numpy as np

from gtcrowd.analytics.cases import Seen
from gtcrowd.analytics.columns import Columns
from gtcrowd.analytics.measures import drift

KNOWN_KEPT = 100
"""Answers to known objects, right ones and wrong ones each, whose places are kept for a worker."""


def kept(seen: Seen, watched: drift.Watched, given: Columns) -> dict[str, Any]:
    """In JSON: `threshold`, `watched` (workers who answered), `alarms` (of them), `answers` (of all), and `workers`,
    those whose sum rose highest: worker (id), n (answers), highest (sum), began, told (places among the own answers,
    told None without an alarm), began_at, told_at, points (place, sum, seconds since 1970), known_n, known_right, and
    known: how many own answers came before an answer to a known object, and whether that is right."""
    n = np.bincount(seen.worker, minlength=len(seen.workers))
    return {
        "threshold": round(watched.threshold, 3),
        "watched": int((n > 0).sum()),
        "alarms": int((watched.alarm >= 0).sum()),
        "answers": len(seen.task),
        "workers": [_path(seen, watched, given, worker) for worker in watched.worst().tolist()],
    }


def _path(seen: Seen, watched: drift.Watched, given: Columns, worker: int) -> dict[str, Any]:
    at = np.sort(seen.at[seen.worker == worker])
    path, began, told = watched.path(worker), int(watched.began[worker]), int(watched.alarm[worker])
    points = drift.thinned(path, also=[began, *([told] if told >= 0 else [])])
    tests = np.flatnonzero((given.worker == worker) & given.gold & (given.known >= 0))
    right = given.known[tests] == given.value[tests]
    some = np.sort(np.concatenate([_some(np.flatnonzero(right)), _some(np.flatnonzero(~right))]))
    before = np.searchsorted(at, given.at[tests])
    return {
        "worker": int(seen.workers[worker]),
        "n": len(at),
        "highest": round(float(watched.highest[worker]), 3),
        "began": began,
        "began_at": round(float(at[began])),
        "told": told if told >= 0 else None,
        "told_at": round(float(at[told])) if told >= 0 else None,
        "points": [[int(place), round(float(path[place]), 3), round(float(at[place]))] for place in points],
        "known_n": len(tests),
        "known_right": int(right.sum()),
        "known": [[int(before[place]), bool(right[place])] for place in some],
    }


def _some(places: np.ndarray) -> np.ndarray:
    """At most KNOWN_KEPT of them, evenly."""
    if len(places) <= KNOWN_KEPT:
        return places
    return places[np.linspace(0, len(places) - 1, KNOWN_KEPT).astype(int)]
