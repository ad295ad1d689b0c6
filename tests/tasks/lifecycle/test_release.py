"""Returning and declining a task."""

from datetime import timedelta

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.lifecycle import change, close_tasks, job_worker, release
from gtcrowd.tasks.models import Assignment, Task

pytestmark = pytest.mark.django_db
HERON = {"crowd-classifier": {"label": "heron"}}


def ended(task=None):
    task = Task.objects.get() if task is None else Task.objects.get(pk=task)
    return task.state, task.reason_code


def decline(job, worker, now):
    release.decline(assignment=claim.next_assignment(worker=worker, job=job, now=now), now=now)


def not_shown(job, worker, now):
    release.give_back(assignment=claim.next_assignment(worker=worker, job=job, now=now), unseen=True, now=now)


def test_returned_task_is_free_at_once(ask, hire, now):
    job = ask("a", workers_per_object=1)
    assignment = claim.next_assignment(worker=hire("cleo"), job=job, now=now)

    release.give_back(assignment=assignment, reason="tea", now=now)

    assert claim.next_assignment(worker=hire("dan"), job=job, now=now).task_id == assignment.task_id
    with pytest.raises(submit.AssignmentEnded):
        submit.submit(assignment=assignment, content=HERON, now=now)


def test_decline_takes_object_from_one_worker(ask, hire, answer, now):
    cleo, dan = hire("cleo"), hire("dan")
    job = ask("a", workers_per_object=1)
    decline(job, cleo, now)

    with pytest.raises(claim.NothingToDo):
        claim.next_assignment(worker=cleo, job=job, now=now)
    assert ended() == ("open", "")
    answer(dan, job, "heron")
    assert ended() == ("done", "all-answers")


def test_object_declined_by_all_fails(ask, hire, now):
    workers = [hire(name) for name in ("cleo", "dan")]
    job = ask("a", workers_per_object=1)

    for worker in workers:
        assert ended() == ("open", "")
        decline(job, worker, now)

    assert ended() == ("failed", "all-declined")


def test_object_ends_with_answers_it_has(ask, hire, answer, now):
    cleo, dan = hire("cleo"), hire("dan")
    job = ask("a", workers_per_object=2)
    answer(cleo, job, "heron")
    decline(job, dan, now)

    assert ended() == ("done", "all-declined")


@pytest.mark.parametrize(("limit", "state"), [(1, "failed"), (2, "failed"), (3, "open"), (None, "open")])
def test_limit_of_declines_ends_object(ask, hire, now, limit, state):
    workers = [hire(name) for name in ("cleo", "dan", "eve", "finn")]
    job = ask("a", workers_per_object=1, max_declines=limit)
    for worker in workers[: min(limit or 2, 2)]:
        decline(job, worker, now)

    assert ended()[0] == state


def test_paused_worker_does_not_keep_object_open(alice, ask, hire, now):
    cleo, dan = hire("cleo"), hire("dan")
    job = ask("a", workers_per_object=1)
    decline(job, cleo, now)
    assert ended() == ("open", "")
    job_worker.pause(viewer=alice, job=job, worker=dan, reason="", now=now)
    job_lifecycle.advance(job.pk, now=now)

    assert ended() == ("failed", "all-declined")


def test_holder_may_finish_what_others_declined(ask, hire, now):
    cleo, dan = hire("cleo"), hire("dan")
    job = ask("a", workers_per_object=2)
    held = claim.next_assignment(worker=dan, job=job, now=now)
    decline(job, cleo, now)
    job_lifecycle.advance(job.pk, now=now)
    assert ended() == ("open", "")

    submit.submit(assignment=held, content=HERON, now=now)
    job_lifecycle.advance(job.pk, now=now)
    assert ended() == ("done", "all-declined")


def test_object_not_shown_goes_to_others(ask, hire, now):
    cleo, dan = hire("cleo"), hire("dan")
    job = ask("a", workers_per_object=1)
    not_shown(job, cleo, now)

    with pytest.raises(claim.NothingToDo):
        claim.next_assignment(worker=cleo, job=job, now=now)
    assert claim.next_assignment(worker=dan, job=job, now=now)


def test_object_not_shown_to_several_fails(ask, hire, now):
    workers = [hire(f"w{number}") for number in range(5)]
    job = ask("a", workers_per_object=1)
    for number, worker in enumerate(workers[: close_tasks.UNSEEN]):
        assert ended() == ("open", ""), number
        not_shown(job, worker, now)

    assert ended() == ("failed", "object-not-shown")


def test_object_not_shown_to_whole_team_fails(ask, hire, now):
    cleo = hire("cleo")
    job = ask("a", workers_per_object=1)
    not_shown(job, cleo, now)

    assert ended() == ("failed", "object-not-shown")


@pytest.mark.parametrize(
    ("values", "state"),
    [({"workers_per_object": 3}, "open"), ({"max_declines": 2}, "open"), ({"price": "0.024"}, "failed")],
)
def test_change_revives_declined_object(alice, ask, hire, now, values, state):
    cleo, _dan = hire("cleo"), hire("dan")
    job = ask("a", "b", workers_per_object=1, max_declines=1)
    decline(job, cleo, now)
    task = Task.objects.exclude(state="open").get()
    change.change(viewer=alice, job=job, values=values, now=now)
    job_lifecycle.advance(job.pk, now=now + timedelta(seconds=1))

    assert ended(task.pk)[0] == state
    assert not Assignment.objects.filter(task=task, state="live").exists()
