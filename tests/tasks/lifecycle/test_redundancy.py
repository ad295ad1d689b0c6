"""As many answers as an object needs."""

from datetime import timedelta

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.jobs.request import JobRefused
from gtcrowd.labels.models import Run
from gtcrowd.tasks.lifecycle import redundancy
from gtcrowd.tasks.models import JobWorker, Task, WorkerModel

pytestmark = pytest.mark.django_db
NAMES = ("cleo", "dan", "eve", "fay", "gil", "hal")


@pytest.fixture
def dynamic(ask):
    def _dynamic(count, **asks):
        texts = (f"t{n}" for n in range(count))
        requested = {"workers_per_object": 5, "min_workers": 2, "target_error": 0.05, **asks}
        return ask(*texts, **requested)

    return _dynamic


def test_agreement_stops_and_doubt_adds_answers(dynamic, hire, answer):
    job = dynamic(2)
    cleo, dan = hire("cleo"), hire("dan")
    for worker, labels in ((cleo, ("heron", "heron")), (dan, ("heron", "ibis"))):
        for label in labels:
            answer(worker, job, label)

    first, second = Task.objects.order_by("position")
    assert (first.state, first.reason_code, second.state, second.target_answers) == ("done", "sure-enough", "open", 3)
    assert first.error < second.error


def test_object_ends_at_max_workers(dynamic, hire, answer, now):
    job = dynamic(1, workers_per_object=3, target_error=0.001)

    for minute, label in enumerate(("heron", "ibis", "heron")):
        answer(hire(NAMES[minute]), job, label, now=now + timedelta(minutes=minute))

    task = Task.objects.get()
    assert (task.state, task.reason_code, task.answer_count) == ("done", "most-workers", 3)


def test_job_stops_early_and_reports_savings(dynamic, hire, answer, now):
    job = dynamic(60, target_error=0.03)
    workers = [hire(name) for name in NAMES]
    for worker in workers:
        for number in range(60):
            if job.state != "InProgress" or not _waits(worker, job, now):
                break
            answer(worker, job, "heron" if number % 2 else "ibis")
        job = job_lifecycle.advance(job.pk, now=now)

    assert job.state == "Completed"
    run = Run.objects.filter(official=True, drift__isnull=False).last()
    assert 0 <= run.drift["moved"] < 0.5
    assert run.drift["objects"] > 0
    assert WorkerModel.objects.filter(job=job).exists()
    assert JobWorker.objects.filter(job=job, model__isnull=False).exists()
    reasons = set(Task.objects.values_list("reason_code", flat=True))
    assert reasons <= {"sure-enough", "target-reached", "most-workers"}
    assert reasons & {"sure-enough", "target-reached"}
    job.counters.refresh_from_db()
    saved = job.counters.saved
    assert saved["answers"] == 60 * 5 - job.counters.answers > 0
    assert saved["low"] == saved["high"] == saved["answers"]  # nothing is left to be guessed
    assert job.counters.expected_error <= 0.09


def test_reopens_object_stopped_too_early(dynamic, hire, answer, now):
    job = dynamic(1)
    for name in NAMES[:2]:
        answer(hire(name), job, "heron")
    task = Task.objects.get()
    Task.objects.update(state="done", reason_code="sure-enough", target_answers=2, consolidated=True)
    task.slots.filter(free_at__isnull=False).update(free_at=None)

    redundancy.learn(
        job, shared={"prior": [0.5, 0.5], "crowd": [[0.5, 0.5], [0.5, 0.5]], "correlation": 0.0, "doubt": 0.0},
        workers={}, errors=[(task.pk, 0.5, 0.4)], now=now,
    )  # fmt: skip

    task.refresh_from_db()
    assert (task.state, task.target_answers, task.consolidated) == ("open", 3, False)
    assert task.slots.filter(free_at__isnull=False).count() == 1


def test_most_uncertain_comes_first(dynamic, hire, answer, now):
    job = dynamic(3, task_order="most-uncertain", target_error=0.001)
    cleo, dan, eve = (hire(name) for name in NAMES[:3])
    for labels, worker in ((("heron", "heron", "heron"), cleo), (("heron", "ibis", "heron"), dan)):
        for label in labels:
            answer(worker, job, label)

    assert answer(eve, job, now=now + timedelta(minutes=1)).answer.task.position == 1


def test_refuses_conflicting_settings(dynamic):
    with pytest.raises(JobRefused) as refused:
        dynamic(1, min_workers=6, target_error=None, method="majority", task_order="sequence", order_key="x")

    assert {fault.field for fault in refused.value.faults} >= {"min_workers", "method"}


def _waits(worker, job, now):
    from gtcrowd.tasks.allocation.available_jobs import offer

    return offer(worker, job, now=now).waiting


def test_stops_early_with_multiple_labels(dynamic, hire, answer, now):
    job = dynamic(60, kind="choices", categories=["calm", "cold"], target_error=0.05, min_workers=3)
    workers = [hire(name) for name in NAMES]
    for index, worker in enumerate(workers):
        moment = now + timedelta(minutes=index)
        for number in range(60):
            if job.state != "InProgress" or not _waits(worker, job, moment):
                break
            answer(
                worker,
                job,
                ["calm", "cold"] if number % 2 else ["cold", "calm"][: (number + index) % 5 != 0],
                now=moment,
            )
        job = job_lifecycle.advance(job.pk, now=moment)

    assert job.state == "Completed"
    assert "sure-enough" in set(Task.objects.values_list("reason_code", flat=True))
    assert set(WorkerModel.objects.get().shared["labels"]) == {"calm", "cold"}
    job.counters.refresh_from_db()
    assert job.counters.saved["answers"] == 60 * 5 - job.counters.answers > 0
