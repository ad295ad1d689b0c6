"""In which order, how much of it, and to whom work is handed out."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.jobs import pause
from gtcrowd.jobs.request import JobRefused
from gtcrowd.ledger import balance, names
from gtcrowd.ledger.hold import InsufficientFunds
from gtcrowd.tasks import allocate, available_jobs, change, claim, extend_lease, job_worker, release, submit
from gtcrowd.tasks.models import JobWorker, Slot, Task

pytestmark = pytest.mark.django_db
HERON = {"crowd-classifier": {"label": "heron"}}


@pytest.fixture
def told(ask, put):
    """A job whose lines carry `key`, one for each value."""

    def _told(values, **asks):
        lines = [json.dumps({"source": f"text {n}", "key": value}) for n, value in enumerate(values)]
        return ask(manifest=put(lines=lines, key="keyed.manifest"), order_key="key", **asks)

    return _told


def order_of(worker, job, answer, count):
    return [answer(worker, job).answer.task.position for _ in range(count)]


def test_assigns_highest_priority_first(told, hire, answer, now):
    job = told([1, 30, -2, 30], task_order="priority", max_concurrent=2, workers_per_object=1)

    assert order_of(hire("cleo"), job, answer, 4) == [1, 3, 0, 2]


def test_random_order_depends_on_seed(ask, hire, answer):
    cleo, texts = hire("cleo"), [f"t{n}" for n in range(12)]
    orders = [
        order_of(cleo, ask(*texts, name=f"r{n}", task_order="random", order_key=seed), answer, 12)
        for n, seed in enumerate(["a", "a", "b"])
    ]

    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[2]) == list(range(12)) != orders[2]


def test_assigns_least_answered_first(ask, hire, answer):
    job = ask("a", "b", "c", task_order="least-answered", workers_per_object=2)

    assert order_of(hire("cleo"), job, answer, 1) == [0]
    assert order_of(hire("dan"), job, answer, 3) == [1, 2, 0]


def test_sequence_stays_with_worker(told, hire, answer, now):
    job = told(["x", "y", "x", "y", "x"], task_order="sequence", workers_per_object=1, time_limit=60)
    cleo, dan = hire("cleo"), hire("dan")

    assert order_of(cleo, job, answer, 1) == [0]
    assert order_of(dan, job, answer, 2) == [1, 3]
    with pytest.raises(claim.NothingToDo):  # the rest is Cleo's
        claim.next_assignment(worker=dan, job=job, now=now)
    assert order_of(cleo, job, answer, 1) == [2]
    later = now + timedelta(seconds=100)
    assert claim.next_assignment(worker=dan, job=job, now=later).task.position == 4


def test_worker_does_whole_sequence(told, hire, answer):
    job = told(["x", "y", "x"], task_order="sequence", workers_per_object=2)

    assert [order_of(hire(name), job, answer, 3) for name in ("cleo", "dan")] == [[0, 2, 1], [0, 2, 1]]


def test_order_attribute_is_required_per_line(told):
    with pytest.raises(JobRefused) as refused:
        told([1, "much", 3], task_order="priority")

    assert "line 2" in refused.value.faults[0].problem


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

    place = JobWorker.objects.get(worker=cleo)

    assert place.scan_rank == allocate.END
    assert (
        Slot.objects.filter(job=job, free_at__gt=place.scan_since).count() == 60
    )  # these are all that is looked at again


@pytest.mark.parametrize(
    ("limits", "answers"), [({"answers": 2}, 2), ({"share": 50}, 2), ({"money": 0.03}, 2), ({"hours": 0.01}, 4)]
)
def test_worker_limit_caps_assignments(ask, hire, answer, now, limits, answers):
    job, cleo = ask(*"abcd", worker_limits=limits), hire("cleo")

    for done in range(4):
        if done == answers:
            with pytest.raises(claim.NothingToDo) as nothing:
                answer(cleo, job)
            assert nothing.value.reason_code == "limit-reached"
            break
        answer(cleo, job, seconds=9)


def test_excludes_workers_of_other_job(ask, hire, answer):
    cleo, dan = hire("cleo"), hire("dan")
    first = ask("a", name="first")
    answer(cleo, first)
    second = ask("b", name="second", excluded_jobs=["FIRST"])

    with pytest.raises(claim.NothingToDo) as nothing:
        answer(cleo, second)
    assert nothing.value.reason_code == "worked-elsewhere"
    assert answer(dan, second)


def test_orders_jobs_by_priority_deadline_pay(ask, hire, now):
    soon = (now + timedelta(days=1)).isoformat()
    ask("a", name="plain")
    ask("a", name="pays", price="0.036")
    ask("a", name="due", deadline=soon)
    ask("a", name="urgent", priority=5)

    turn = [offer.job.name for offer in available_jobs.offers(hire("cleo").user, now=now)]

    assert turn == ["urgent", "due", "pays", "plain"]


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


def test_extends_lease_until_reassigned(ask, hire, now):
    job, cleo = ask("a", workers_per_object=1, time_limit=60), hire("cleo")
    held = claim.next_assignment(worker=cleo, job=job, now=now)

    assert extend_lease.extend(assignment=held, now=now + timedelta(seconds=50)) == now + timedelta(seconds=110)
    other = claim.next_assignment(worker=hire("dan"), job=job, now=now + timedelta(seconds=111))
    with pytest.raises(extend_lease.NotExtended):
        extend_lease.extend(assignment=held, now=now + timedelta(seconds=112))
    assert other.task_id == held.task_id


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


def test_more_workers_reopen_objects(alice, ask, hire, answer, now):
    job = ask("a", "b", workers_per_object=1)
    answer(hire("cleo"), job)

    change.change(viewer=alice, job=job, values={"workers_per_object": 3}, now=now)
    job = job_lifecycle.advance(job.pk, now=now)

    assert list(Task.objects.order_by("position").values_list("state", "answer_count", "target_answers")) == [
        ("open", 1, 3),
        ("open", 0, 3),
    ]
    assert balance.balance(names.hold(job.pk)) == 5 * job.price


def test_fewer_workers_complete_objects(alice, ask, hire, answer, now):
    job, cleo, dan = ask("a", "b", workers_per_object=3), hire("cleo"), hire("dan")
    answer(cleo, job)
    held = claim.next_assignment(worker=dan, job=job, now=now)  # on the first object as well

    change.change(viewer=alice, job=job, values={"workers_per_object": 1}, now=now)
    job = job_lifecycle.advance(job.pk, now=now)

    first = Task.objects.get(position=0)
    assert (first.state, first.target_answers, first.slots.filter(free_at__isnull=False).count()) == ("open", 2, 1)
    assert not submit.submit(assignment=held, content=HERON, now=now).extra
    first.refresh_from_db()
    assert (first.state, first.answer_count) == ("done", 2)


def test_slot_beyond_target_is_not_reassigned(alice, ask, hire, answer, now):
    job, cleo = ask("a", workers_per_object=2, time_limit=60), hire("cleo")
    claim.next_assignment(worker=cleo, job=job, now=now)
    answer(hire("dan"), job)
    change.change(viewer=alice, job=job, values={"workers_per_object": 1}, now=now)
    job_lifecycle.advance(job.pk, now=now)
    later = now + timedelta(seconds=61)

    with pytest.raises(claim.NothingToDo):
        claim.next_assignment(worker=hire("eve"), job=job, now=later)
    assert job_lifecycle.advance(job.pk, now=later).state == "Completed"


def test_new_price_keeps_promised_pay(alice, ask, hire, now):
    job, cleo, dan = ask("a"), hire("cleo"), hire("dan")
    held = claim.next_assignment(worker=cleo, job=job, now=now)

    change.change(viewer=alice, job=job, values={"price": "0.036"}, now=now)

    assert submit.submit(assignment=held, content=HERON, now=now).paid == Decimal("0.012")
    assert claim.next_assignment(worker=dan, job=job, now=now).price == Decimal("0.036")


def test_refuses_change_beyond_funds(alice, ask, now):
    job = ask()
    alice.requester.credit = Decimal("0.072")

    with pytest.raises(InsufficientFunds):
        change.change(viewer=alice, job=job, values={"price": "0.036"}, now=now)
    job.refresh_from_db()
    assert (job.price, job.revision) == (Decimal("0.012"), 0)


def test_refuses_fixed_field_by_name(alice, ask, now):
    with pytest.raises(JobRefused) as refused:
        change.change(viewer=alice, job=ask(), values={"categories": ["x", "y"], "price": "free"}, now=now)

    assert {fault.field for fault in refused.value.faults} == {"categories", "price"}


def test_another_team_takes_over(alice, ask, hire, team, now):
    job, cleo = ask(), hire("cleo")
    other = team.workforce.teams.get(name="everyone")
    change.change(viewer=alice, job=job, values={"team": "everyone"}, now=now)

    with pytest.raises(claim.NothingToDo):
        claim.next_assignment(worker=cleo, job=job, now=now)
    other.workers.add(cleo)
    assert claim.next_assignment(worker=cleo, job=job, now=now)
