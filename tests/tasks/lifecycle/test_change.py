"""Changes of a job that workers are working on."""

from datetime import timedelta
from decimal import Decimal

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.jobs.request import JobRefused
from gtcrowd.ledger import balance, names
from gtcrowd.ledger.hold import InsufficientFunds
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.lifecycle import change
from gtcrowd.tasks.models import Task

pytestmark = pytest.mark.django_db
HERON = {"crowd-classifier": {"label": "heron"}}


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
