"""Whom a claim gives what, and who gets nothing."""

from datetime import timedelta

import pytest

from gtcrowd.tasks.allocation import allocate, claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.lifecycle import release
from gtcrowd.tasks.models import JobWorker, Slot

pytestmark = pytest.mark.django_db
HERON = {"crowd-classifier": {"label": "heron"}}


def order_of(worker, job, answer, count):
    return [answer(worker, job).answer.task.position for _ in range(count)]


def test_assigns_in_manifest_order(ask, hire, answer):
    job, cleo = ask("a", "b", "c"), hire("cleo")

    positions = [answer(cleo, job).answer.task.position for _ in range(3)]

    assert positions == [0, 1, 2]
    with pytest.raises(claim.NothingToDo) as nothing:
        answer(cleo, job)
    assert nothing.value.reason_code == "all-done"


def test_claiming_again_returns_held_task(ask, hire, now):
    job, cleo = ask(), hire("cleo")

    first, second = (claim.next_assignment(worker=cleo, job=job, now=now) for _ in range(2))

    assert first == second


def test_expired_slot_is_free_at_once(ask, hire, now):
    job = ask("a", workers_per_object=1, time_limit=60)
    first = claim.next_assignment(worker=hire("cleo"), job=job, now=now)

    second = claim.next_assignment(worker=hire("dan"), job=job, now=now + timedelta(seconds=60))

    assert second.slot_id == first.slot_id
    assert second.fence > first.fence
    first.refresh_from_db()
    assert first.state == "expired"


def test_after_returning_others_come_first(ask, hire, now):
    job, cleo = ask("a", "b"), hire("cleo")

    release.give_back(assignment=claim.next_assignment(worker=cleo, job=job, now=now), now=now)

    assert claim.next_assignment(worker=cleo, job=job, now=now).task.position == 1


def test_declined_object_is_not_offered_again(ask, hire, now):
    job, cleo = ask("a"), hire("cleo")

    release.decline(assignment=claim.next_assignment(worker=cleo, job=job, now=now), now=now)

    with pytest.raises(claim.NothingToDo):
        claim.next_assignment(worker=cleo, job=job, now=now)


def test_refuses_strangers_and_suspended_workers(alice, ask, hire, now):
    from gtcrowd.workforce import invite

    job, cleo, dan = ask(), hire("cleo"), hire("dan")
    job.team.workers.remove(cleo)
    invite.suspend(viewer=alice, worker=dan, reason="")
    dan.refresh_from_db()

    for worker in (cleo, dan):
        with pytest.raises(claim.NothingToDo) as nothing:
            claim.next_assignment(worker=worker, job=job, now=now)
        assert nothing.value.reason_code == "not-in-team"


def test_opens_next_object_at_once(ask, hire, answer):
    """Nobody waits for the runner's next look, and a slow worker on one object holds up no other."""
    job = ask("a", "b", "c", max_concurrent=1, workers_per_object=1)

    assert order_of(hire("cleo"), job, answer, 3) == [0, 1, 2]


def test_returned_task_reaches_scanned_workers(ask, hire, answer, now):
    job = ask(*"abcd", workers_per_object=1, time_limit=60)
    cleo, dan = hire("cleo"), hire("dan")
    held = claim.next_assignment(worker=cleo, job=job, now=now)
    assert order_of(dan, job, answer, 2) == [1, 2]

    release.give_back(assignment=held, now=now + timedelta(seconds=30))

    assert claim.next_assignment(worker=dan, job=job, now=now + timedelta(seconds=31)).task.position == 0


def test_expired_task_comes_last_to_same_worker(ask, hire, answer, now):
    job, cleo = ask("a", "b", workers_per_object=1, time_limit=60), hire("cleo")
    claim.next_assignment(worker=cleo, job=job, now=now)

    later = now + timedelta(seconds=61)
    positions = [answer(cleo, job, now=later).answer.task.position for _ in range(2)]

    assert positions == [1, 0]


def test_no_task_left_costs_few_queries(ask, hire, answer, now, django_assert_num_queries):
    job, cleo = ask(*(f"t{n}" for n in range(30))), hire("cleo")
    for _ in range(30):
        answer(cleo, job)
    with pytest.raises(claim.NothingToDo):
        claim.next_assignment(worker=cleo, job=job, now=now)

    index = JobWorker.objects.get(worker=cleo)

    assert index.scan_rank == allocate.END
    assert (
        Slot.objects.filter(job=job, free_at__gt=index.scan_since).count() == 60
    )  # these are all that is looked at again


def test_prefetched_task_is_next_and_expires(ask, hire, now):
    job, cleo = ask("a", "b", "c", workers_per_object=1), hire("cleo")
    held = claim.next_assignment(worker=cleo, job=job, now=now)
    ahead = claim.in_advance(worker=cleo, job=job, now=now)
    assert claim.in_advance(worker=cleo, job=job, now=now) == ahead
    assert ahead.expires_at == now + timedelta(seconds=claim.AHEAD_SECONDS)

    submit.submit(assignment=held, content=HERON, now=now)
    begun = claim.next_assignment(worker=cleo, job=job, now=now + timedelta(seconds=60))

    assert (begun.pk, begun.in_advance) == (ahead.pk, False)
    assert begun.expires_at == now + timedelta(seconds=60 + job.time_limit)


def test_forgotten_prefetched_task_is_reassigned(ask, hire, now):
    job, cleo = ask("a", "b", workers_per_object=1), hire("cleo")
    claim.next_assignment(worker=cleo, job=job, now=now)
    ahead = claim.in_advance(worker=cleo, job=job, now=now)

    later = now + timedelta(seconds=claim.AHEAD_SECONDS + 1)

    assert claim.next_assignment(worker=hire("dan"), job=job, now=later).slot_id == ahead.slot_id
