"""Hand what a full fit found to where answers come in, and see how far the posteriors kept up meanwhile had drifted."""

from datetime import datetime
from typing import Any

import numpy as np

from gtcrowd import kinds
from gtcrowd.consolidation import Aggregation
from gtcrowd.jobs.models import Job
from gtcrowd.labels import bulk_copy
from gtcrowd.labels.answers import Answers
from gtcrowd.tasks.lifecycle import redundancy

BEFORE = "SELECT data_object_id, error FROM tasks_task WHERE job_id = %(job)s AND error IS NOT NULL"


def pass_on(job: Job, concluded: Aggregation[list[Any]], answers: Answers, *, now: datetime) -> dict[str, float] | None:
    """Update the online posteriors of the job from a full fit; return the drift since the previous fit.

    `moved`: mean absolute difference between the online and the fitted error probabilities; `objects`: number of
    objects compared. None if the method has no worker model.
    """
    kind = kinds.online(kinds.kind(job.kind))
    learned = kind.worker_models(concluded) if kind else None
    if kind is None or learned is None:
        return None
    shared, models = learned
    answered = np.bincount(np.asarray(answers.columns.objects), minlength=answers.columns.n_objects)
    more = np.maximum(job.workers_per_object - answered, 0)
    values_of_more = kind.value_of_more_answers(shared, models, answers.columns, categories=job.categories, more=more)
    is_gold = np.isin(np.arange(len(answered)), np.fromiter(answers.gold_answers, np.int64, len(answers.gold_answers)))
    chosen = np.flatnonzero((answered > 0) & ~is_gold)
    tasks, errors = answers.objects[chosen], 1 - concluded.confidence[chosen]
    drift = _drift(job, tasks, errors)
    redundancy.learn(
        job,
        shared=shared,
        workers=dict(zip(answers.workers.tolist(), models, strict=True)),
        errors=list(zip(tasks.tolist(), errors.tolist(), values_of_more[chosen].tolist(), strict=True)),
        now=now,
    )
    return drift


def _drift(job: Job, tasks: np.ndarray, errors: np.ndarray) -> dict[str, float]:
    before = bulk_copy.read(BEFORE, {"job": job.pk}, {"task": "i8", "error": "f8"})
    both, first, second = np.intersect1d(before["task"], tasks, return_indices=True)
    moved = np.abs(before["error"][first] - errors[second])
    return {"objects": len(both), "moved": float(moved.mean()) if len(both) else 0.0}
