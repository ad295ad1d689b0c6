"""Limits of time, count, money and accuracy: just before, at the very point, and just after."""

from datetime import timedelta
from decimal import Decimal

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.identity import invitations
from gtcrowd.identity.models import User
from gtcrowd.jobs.models import Job
from gtcrowd.labels import consolidate
from gtcrowd.ledger import hold
from gtcrowd.tasks import messages
from gtcrowd.tasks.allocation import claim, limits
from gtcrowd.tasks.answers import gold, submit
from gtcrowd.tasks.lifecycle import expire, extend_lease, open_tasks
from gtcrowd.tasks.models import Assignment, JobWorker, Task

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
LABEL = {"crowd-classifier": {"label": "heron"}}


def sides(outcomes):
    """What is expected just before an instant, at it, and just after."""
    return list(zip([-TICK, timedelta(0), TICK], outcomes, strict=True))


@pytest.fixture
def held(ask, hire, now):
    """A task that must be handed in within a minute."""
    return claim.next_assignment(worker=hire("cleo"), job=ask(time_limit=60), now=now)


@pytest.mark.parametrize(("side", "late"), sides([False, False, True]))
def test_answer_is_late_after_its_last_moment(held, side, late):
    assert submit.submit(assignment=held, content=LABEL, now=held.expires_at + side).late == late


@pytest.mark.parametrize(("side", "expired"), sides([0, 1, 1]))
def test_task_expires_at_its_last_moment(held, side, expired):
    assert expire.tidy(now=held.expires_at + side) == expired


@pytest.mark.parametrize(("side", "holds"), sides([True, False, False]))
def test_task_is_held_until_its_last_moment(held, side, holds):
    result = claim.holding(worker=held.worker, job=held.job, now=held.expires_at + side)

    assert (result is not None) == holds


@pytest.mark.parametrize(("side", "free"), sides([False, True, True]))
def test_slot_is_free_at_its_last_moment(ask, hire, now, side, free):
    job = ask("a", time_limit=60, workers_per_object=1)
    held = claim.next_assignment(worker=hire("cleo"), job=job, now=now)
    dan = hire("dan")

    def take():
        return claim.next_assignment(worker=dan, job=job, now=held.expires_at + side)

    if free:
        assert take().task_id == held.task_id
    else:
        with pytest.raises(claim.NothingToDo):
            take()


@pytest.mark.parametrize(
    ("extended", "possible"), [(0, True), (extend_lease.MOST - 1, True), (extend_lease.MOST, False)]
)
def test_extensions_are_limited(held, now, extended, possible):
    Assignment.objects.update(extended=extended)
    held.refresh_from_db()

    if possible:
        assert extend_lease.extend(assignment=held, now=now) == now + timedelta(seconds=60)
    else:
        with pytest.raises(extend_lease.NotExtended):
            extend_lease.extend(assignment=held, now=now)


@pytest.mark.parametrize(("side", "open_"), sides([True, False, False]))
def test_object_is_available_until_its_last_moment(ask, now, side, open_):
    job = ask("a", task_lifetime=3600)
    (task,) = Task.objects.all()

    job_lifecycle.advance(job.pk, now=task.available_until + side)

    task.refresh_from_db()
    assert (task.state == "open") == open_


NOTHING = {"answers": 0, "seconds": 0.0, "paid": Decimal(0), "price": Decimal("0.012"), "objects": 10}


@pytest.mark.parametrize(
    ("limit", "done", "reached"),
    [
        ({"answers": 3}, {"answers": 2}, False),
        ({"answers": 3}, {"answers": 3}, True),
        # A share of 25 % of 10 objects is 2.5 of them: three may be answered, the fourth may not.
        ({"share": 25}, {"answers": 2}, False),
        ({"share": 25}, {"answers": 3}, True),
        ({"share": 20}, {"answers": 1}, False),
        ({"share": 20}, {"answers": 2}, True),
        ({"share": 1}, {"answers": 0}, False),
        ({"share": 1}, {"answers": 1}, True),
        ({"hours": 0.5}, {"seconds": 1799.9}, False),
        ({"hours": 0.5}, {"seconds": 1800.0}, True),
        ({"money": 0.036}, {"paid": Decimal("0.023")}, False),
        ({"money": 0.036}, {"paid": Decimal("0.024")}, False),
        ({"money": 0.036}, {"paid": Decimal("0.025")}, True),
    ],
)
def test_worker_limit(limit, done, reached):
    assert (limits.reached(limit, **NOTHING | done) is not None) == reached


@pytest.mark.parametrize(
    ("objects", "percentage", "labeled"), [(10, 10, 1), (10, 11, 2), (10, 19, 2), (10, 20, 2), (10, 21, 3), (3, 1, 1)]
)
def test_percentage_of_objects_is_rounded_up(objects, percentage, labeled):
    assert open_tasks.most_labeled(Job(objects_total=objects, max_percentage=percentage)) == labeled


@pytest.mark.parametrize(("needed", "enough"), [("9.999", True), ("10.000", True), ("10.001", False)])
def test_funds_cover_to_the_last_tenth_of_a_cent(alice, now, needed, enough):
    hold.deposit(requester_id=alice.requester.pk, amount=Decimal("4.000"), reference="x", now=now)
    details = {"requester_id": alice.requester.pk, "job_id": 1, "credit": Decimal("6.000"), "now": now}

    if enough:
        hold.hold(**details, amount=Decimal(needed))
    else:
        with pytest.raises(hold.InsufficientFunds):
            hold.hold(**details, amount=Decimal(needed))


@pytest.mark.parametrize(("side", "valid"), sides([True, False, False]))
def test_invitation_ends_at_its_last_moment(db, now, side, valid):
    token = invitations.create(User.objects.create_user("fay@example.org"), now=now)

    if valid:
        assert invitations.find(token, now=now + invitations.VALID_FOR + side)
    else:
        with pytest.raises(invitations.InvitationRefused):
            invitations.find(token, now=now + invitations.VALID_FOR + side)


@pytest.mark.parametrize(("more", "fires"), [(-1e-9, False), (0.0, False), (1e-9, True)])
def test_gold_rule_fires_below_its_accuracy(ask, hire, now, monkeypatch, more, fires):
    """A rule compares the upper end of the interval: exactly at the line is not below it."""
    job_worker = JobWorker.objects.create(
        job=ask(), worker=hire("cleo"), gold_seen=9, gold_right=3, scan_since=now, scan_restarted_at=now
    )
    monkeypatch.setattr(gold, "credible_interval", lambda *_: (0.1, 0.6))

    gold.apply_rules(job_worker, {"rules": [{"below": 0.6 + more, "do": "pause"}]})

    assert (job_worker.state == "paused") == fires


@pytest.mark.parametrize(("right", "paused"), [(1, True), (2, False), (3, False)])
def test_quiz_is_passed_with_enough_right(ask, hire, now, right, paused):
    job_worker = JobWorker.objects.create(
        job=ask(), worker=hire("cleo"), gold_seen=3, gold_right=right, scan_since=now, scan_restarted_at=now
    )

    gold.apply_rules(job_worker, {"quiz": 3, "quiz_right": 2})

    assert (job_worker.state == "paused") == paused


@pytest.mark.parametrize(("observed", "paused"), [(2, False), (3, True)])
def test_quiz_is_judged_when_it_is_over(ask, hire, now, observed, paused):
    job_worker = JobWorker.objects.create(
        job=ask(), worker=hire("cleo"), gold_seen=observed, scan_since=now, scan_restarted_at=now
    )

    gold.apply_rules(job_worker, {"quiz": 3, "quiz_right": 2})

    assert (job_worker.state == "paused") == paused


@pytest.mark.parametrize(
    ("new", "concluded", "due"), [(49, 0, False), (50, 0, True), (52, 1000, False), (53, 1000, True)]
)
def test_run_is_due_with_enough_new_objects(ask, now, new, concluded, due):
    """Fifty objects, or one in twenty of all that ended: 53 of 1053 are more, 52 of 1052 are fewer."""
    job = ask(*(str(n) for n in range(new)))
    Task.objects.update(state="done", reason_code="all-answers")
    job.counters.consolidated = concluded

    assert consolidate.due(job) == due


@pytest.mark.parametrize(
    ("length", "accepted"), [(messages.MOST_CHARACTERS, True), (messages.MOST_CHARACTERS + 1, False)]
)
def test_limits_message_length(ask, hire, now, length, accepted):
    job, cleo = ask(), hire("cleo")

    if accepted:
        assert messages.write(worker=cleo, job=job, text="x" * length, now=now)
    else:
        with pytest.raises(messages.MessageRefused):
            messages.write(worker=cleo, job=job, text="x" * length, now=now)


@pytest.mark.parametrize(("side", "again"), [(-TICK, True), (timedelta(0), False), (TICK, False)])
def test_deduplicates_message_within_ten_minutes(ask, hire, now, side, again):
    job, cleo = ask(), hire("cleo")
    first = messages.write(worker=cleo, job=job, text="The beak is hidden.", now=now)

    second = messages.write(worker=cleo, job=job, text="The beak is hidden.", now=now + messages.AGAIN + side)

    assert (second.pk == first.pk) == again
