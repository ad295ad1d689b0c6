"""When tasks open, and when they end."""

from datetime import timedelta

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.jobs import pause
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.lifecycle import job_worker
from gtcrowd.tasks.models import Task

pytestmark = pytest.mark.django_db
HERON = {"crowd-classifier": {"label": "heron"}}


def test_one_answer_suffices_after_task_lifetime(ask, hire, answer, now):
    job = ask("a", "b", task_lifetime=3600)
    answer(hire("cleo"), job)

    job = job_lifecycle.advance(job.pk, now=now + timedelta(hours=1))

    assert [(task.state, task.reason_code) for task in Task.objects.order_by("position")] == [
        ("done", "availability-ended"),
        ("failed", "availability-ended"),
    ]
    assert (job.state, job.reason_code) == ("Completed", "completed-with-errors")


def test_stopping_job_accepts_held_tasks(alice, ask, hire, now):
    from gtcrowd.jobs import stop

    job, cleo = ask("a"), hire("cleo")
    assignment = claim.next_assignment(worker=cleo, job=job, now=now)
    stop.stop(viewer=alice, job=job, now=now)

    assert job_lifecycle.advance(job.pk, now=now).state == "Stopping"
    with pytest.raises(claim.NothingToDo):
        claim.next_assignment(worker=hire("dan"), job=job, now=now)
    submit.submit(assignment=assignment, content=HERON, now=now)
    assert job_lifecycle.advance(job.pk, now=now).state == "Stopped"


def test_public_job_starts_with_ten_objects(ask, alice, now):
    from gtcrowd.workforce import setup

    setup.public()

    job = ask(*(f"t{n}" for n in range(30)), team="public-crowd")

    assert Task.objects.filter(job=job).count() == 10


def test_stopping_conditions_end_the_job(ask, hire, answer, now):
    job = ask("a", "b", "c", workers_per_object=1, max_human_labeled=2)
    cleo = hire("cleo")
    answer(cleo, job), answer(cleo, job)

    job = job_lifecycle.advance(job.pk, now=now)

    assert (job.state, job.reason_code) == ("Stopped", "stopping-condition")


def test_paused_job_accepts_held_tasks_only(alice, ask, hire, now):
    job, cleo = ask("a", "b"), hire("cleo")
    held = claim.next_assignment(worker=cleo, job=job, now=now)
    pause.pause(viewer=alice, job=job, now=now)

    assert submit.submit(assignment=held, content=HERON, now=now).paid
    with pytest.raises(claim.NothingToDo) as nothing:
        claim.next_assignment(worker=cleo, job=job, now=now)
    assert nothing.value.reason_code == "job-paused"
    pause.resume(viewer=alice, job=job, now=now)
    assert claim.next_assignment(worker=cleo, job=job, now=now)


def test_paused_worker_resumes(alice, ask, hire, now):
    job, cleo = ask(), hire("cleo")
    row = job_worker.pause(viewer=alice, job=job, worker=cleo, reason="Too fast.", now=now)

    with pytest.raises(claim.NothingToDo, match="Too fast"):
        claim.next_assignment(worker=cleo, job=job, now=now)
    job_worker.resume(viewer=alice, job_worker=row)
    assert claim.next_assignment(worker=cleo, job=job, now=now)
