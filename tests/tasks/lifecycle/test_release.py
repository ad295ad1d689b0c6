"""Returning and declining a task."""

import pytest

from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.lifecycle import release
from gtcrowd.tasks.models import Task

pytestmark = pytest.mark.django_db
HERON = {"crowd-classifier": {"label": "heron"}}


def test_returned_task_is_free_at_once(ask, hire, now):
    job = ask("a", workers_per_object=1)
    assignment = claim.next_assignment(worker=hire("cleo"), job=job, now=now)

    release.give_back(assignment=assignment, reason="tea", now=now)

    assert claim.next_assignment(worker=hire("dan"), job=job, now=now).task_id == assignment.task_id
    with pytest.raises(submit.AssignmentEnded):
        submit.submit(assignment=assignment, content=HERON, now=now)


def test_object_declined_by_all_fails(ask, hire, now):
    job = ask("a", workers_per_object=2)

    for name in ("cleo", "dan"):
        release.decline(assignment=claim.next_assignment(worker=hire(name), job=job, now=now), now=now)

    task = Task.objects.get()
    assert (task.state, task.reason_code) == ("failed", "all-declined")
