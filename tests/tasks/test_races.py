"""Many workers at once: proved with the guard, and without it."""

import threading
import time
from datetime import timedelta
from itertools import count

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gtcrowd.ledger import balance, names
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.models import Answer, Assignment, Task

pytestmark = pytest.mark.django_db(transaction=True)
THREADS, OBJECTS, EACH = 20, 200, 3

FROM_ANOTHER_TABLE = """
SELECT slot.id, slot.task_id FROM tasks_slot slot
WHERE slot.job_id = %s
  AND NOT EXISTS (
      SELECT FROM tasks_assignment taken WHERE taken.slot_id = slot.id AND taken.state IN ('live', 'submitted')
  )
  AND NOT EXISTS (SELECT FROM tasks_assignment past WHERE past.task_id = slot.task_id AND past.worker_id = %s)
ORDER BY slot.rank, slot.number LIMIT 1 FOR UPDATE OF slot SKIP LOCKED
"""
"""The guard removed: the row is locked, but whether it is free is read from another table."""


def at_once(workers, work):
    """Runs `work(worker)` for each worker in a thread of its own; raises what any of them raised."""
    failures = []

    def run(worker):
        try:
            work(worker)
        except BaseException as error:  # noqa: BLE001 - told to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(worker,), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 240
    for thread in threads:
        thread.join(timeout=max(until - time.monotonic(), 0))
    assert not failures, failures[:3]
    assert not any(thread.is_alive() for thread in threads)


@pytest.fixture
def crowd(ask, hire):
    job = ask(*(f"text {n}" for n in range(OBJECTS)), max_concurrent=OBJECTS, workers_per_object=EACH)
    return job, [hire(f"worker{n}") for n in range(THREADS)]


def test_twenty_workers_give_six_hundred_answers(crowd):
    job, workers = crowd
    until = time.monotonic() + 120  # who failed holds a task that the others would wait for

    def work(worker):
        while True:
            try:
                assignment = claim.next_assignment(worker=worker, job=job, now=timezone.now())
            except claim.NothingToDo as nothing:
                if nothing.reason_code != "others-at-work" or time.monotonic() > until:
                    return
                continue
            content = {"crowd-classifier": {"label": "heron"}}
            submit.submit(assignment=assignment, content=content, now=timezone.now())

    # The job was opened at the cast's own time, in the past, and is available for thirty days from then.
    Task.objects.update(available_until=timezone.now() + timedelta(days=1))
    at_once(workers, work)

    assert Answer.objects.count() == OBJECTS * EACH
    assert set(Task.objects.values_list("answer_count", "state")) == {(EACH, "done")}
    assert Answer.objects.values("task", "worker").distinct().count() == OBJECTS * EACH
    assert not Answer.objects.filter(extra=True).exists()
    assert balance.balance(names.hold(job.pk)) == 0
    assert balance.trial_balance() == 0


def test_slots_double_without_guard(crowd):
    """The same crowd, claiming by a lock on a row that does not change: slots are doubly assigned."""
    job, workers = crowd
    now, doubled, fences = timezone.now(), [], count(1)
    with connection.cursor() as cursor:  # what stands behind the guard is taken away as well
        cursor.execute("DROP INDEX never_the_same_worker_twice_on_an_object, a_worker_holds_one_task_of_a_job")

    def work(worker):
        for _ in range(30):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(FROM_ANOTHER_TABLE, [job.pk, worker.pk])
                result = cursor.fetchone()
                if result is None:
                    return
                Assignment.objects.create(
                    slot_id=result[0], task_id=result[1], job=job, worker=worker, fence=next(fences), price=0,
                    claimed_at=now, expires_at=now + timedelta(hours=1),
                )  # fmt: skip

    try:
        at_once(workers, work)
        slots = Assignment.objects.filter(state="live").values_list("slot_id", flat=True)
        doubled = len(slots) - len(set(slots))
    finally:
        Assignment.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX never_the_same_worker_twice_on_an_object ON tasks_assignment (task_id, worker_id) "
                "WHERE state IN ('live', 'submitted', 'declined')"
            )
            cursor.execute(
                "CREATE UNIQUE INDEX a_worker_holds_one_task_of_a_job ON tasks_assignment (job_id, worker_id, in_advance) "
                "WHERE state = 'live'"
            )

    assert doubled > 0


def test_worker_in_many_tabs_holds_one_task(ask, hire):
    job, cleo = ask(*(f"text {n}" for n in range(20))), hire("cleo")
    Task.objects.update(available_until=timezone.now() + timedelta(days=1))

    at_once([cleo] * 8, lambda worker: claim.next_assignment(worker=worker, job=job, now=timezone.now()))

    assert Assignment.objects.filter(worker=cleo, state="live").count() == 1


def test_repeated_answer_is_paid_once(ask, hire, now):
    job, cleo = ask(), hire("cleo")
    assignment = claim.next_assignment(worker=cleo, job=job, now=now)
    content = {"crowd-classifier": {"label": "heron"}}

    at_once([cleo] * 8, lambda _: submit.submit(assignment=assignment, content=content, now=now))

    assert Answer.objects.count() == 1
    assert balance.balance(names.earned(cleo.pk)) == job.price


def test_database_refuses_second_slot_per_worker(ask, hire, now):
    job, cleo = ask("a"), hire("cleo")
    held = claim.next_assignment(worker=cleo, job=job, now=now)
    other = held.task.slots.exclude(pk=held.slot_id).first()

    with pytest.raises(IntegrityError, match="never_the_same_worker_twice"):
        Assignment.objects.create(
            task_id=held.task_id, slot=other, job=job, worker=cleo, fence=1, price=0, state="submitted",
            claimed_at=now, expires_at=now,
        )  # fmt: skip
