from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from gtcrowd import job_lifecycle
from gtcrowd.kinds import AnswerRefused
from gtcrowd.ledger import balance, names
from gtcrowd.tasks import available_jobs, claim, expire, release, submit
from gtcrowd.tasks.earnings import earnings
from gtcrowd.tasks.models import Answer, Assignment, Task

pytestmark = pytest.mark.django_db
HERON = {"crowd-classifier": {"label": "heron"}}


def test_assigns_in_manifest_order(ask, hire, answer):
    job, cleo = ask("a", "b", "c"), hire("cleo")

    positions = [answer(cleo, job).answer.task.position for _ in range(3)]

    assert positions == [0, 1, 2]
    with pytest.raises(claim.NothingToDo) as nothing:
        answer(cleo, job)
    assert nothing.value.reason_code == "all-done"


def test_pays_answer_on_submit(ask, hire, answer, now):
    job, cleo = ask(), hire("cleo")

    receipt = answer(cleo, job)

    assert (receipt.paid, receipt.late, receipt.answer.value) == (Decimal("0.012"), False, "heron")
    assert balance.balance(names.earned(cleo.pk)) == Decimal("0.012")
    assert earnings(cleo.user, now=now).total == Decimal("0.012")


def test_repeated_submit_returns_same_receipt(ask, hire, now):
    job, cleo = ask(), hire("cleo")
    assignment = claim.next_assignment(worker=cleo, job=job, now=now)

    first = submit.submit(assignment=assignment, content=HERON, now=now)
    again = submit.submit(assignment=assignment, content=HERON, now=now)

    assert (again.repeated, again.answer) == (True, first.answer)
    assert balance.balance(names.earned(cleo.pk)) == Decimal("0.012")
    with pytest.raises(submit.AlreadyAnswered):
        submit.submit(assignment=assignment, content={"crowd-classifier": {"label": "ibis"}}, now=now)


def test_invalid_answer_changes_nothing(ask, hire, now):
    job, cleo = ask(), hire("cleo")
    assignment = claim.next_assignment(worker=cleo, job=job, now=now)

    with pytest.raises(AnswerRefused):
        submit.submit(assignment=assignment, content={"crowd-classifier": {"label": "owl"}}, now=now)
    assert claim.holding(worker=cleo, job=job, now=now) == assignment


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


def test_keeps_and_pays_extra_late_answer(alice, ask, hire, now):
    job, cleo, dan = ask("a", workers_per_object=1, time_limit=60), hire("cleo"), hire("dan")
    late = claim.next_assignment(worker=cleo, job=job, now=now)
    after = now + timedelta(seconds=61)
    other = claim.next_assignment(worker=dan, job=job, now=after)

    receipt = submit.submit(assignment=late, content=HERON, now=after)
    in_time = submit.submit(assignment=other, content=HERON, now=after)

    assert (receipt.late, receipt.extra, receipt.paid) == (True, True, Decimal("0.012"))
    assert not in_time.extra
    assert Task.objects.get().answer_count == 1
    assert Answer.objects.count() == 2
    assert balance.balance(names.hold(job.pk)) == 0  # the extra one came out of the funds


def test_late_answer_is_unpaid_by_policy(ask, hire, now):
    job = ask("a", workers_per_object=1, time_limit=60, late_answers_paid=False)
    late = claim.next_assignment(worker=hire("cleo"), job=job, now=now)
    claim.next_assignment(worker=hire("dan"), job=job, now=now + timedelta(seconds=61))

    receipt = submit.submit(assignment=late, content=HERON, now=now + timedelta(seconds=62))

    assert (receipt.extra, receipt.paid) == (True, 0)


def test_late_answer_fills_free_slot(ask, hire, now):
    job = ask("a", workers_per_object=1, time_limit=60)
    assignment = claim.next_assignment(worker=hire("cleo"), job=job, now=now)
    expire.tidy(now=now + timedelta(hours=1))

    receipt = submit.submit(assignment=assignment, content=HERON, now=now + timedelta(hours=1))

    assert (receipt.late, receipt.extra) == (True, False)
    assert Task.objects.get().state == "done"


def test_answer_to_expired_assignment_counts(ask, hire, now):
    job, cleo = ask("a", workers_per_object=2, time_limit=60), hire("cleo")
    old = claim.next_assignment(worker=cleo, job=job, now=now)
    after = now + timedelta(seconds=61)
    new = claim.next_assignment(worker=cleo, job=job, now=after)

    receipt = submit.submit(assignment=old, content=HERON, now=after)

    assert receipt.answer.pk == new.pk
    assert Assignment.objects.filter(state="submitted").count() == 1


def test_returned_task_is_free_at_once(ask, hire, now):
    job = ask("a", workers_per_object=1)
    assignment = claim.next_assignment(worker=hire("cleo"), job=job, now=now)

    release.give_back(assignment=assignment, reason="tea", now=now)

    assert claim.next_assignment(worker=hire("dan"), job=job, now=now).task_id == assignment.task_id
    with pytest.raises(submit.AssignmentEnded):
        submit.submit(assignment=assignment, content=HERON, now=now)


def test_after_returning_others_come_first(ask, hire, now):
    job, cleo = ask("a", "b"), hire("cleo")

    release.give_back(assignment=claim.next_assignment(worker=cleo, job=job, now=now), now=now)

    assert claim.next_assignment(worker=cleo, job=job, now=now).task.position == 1


def test_declined_object_is_not_offered_again(ask, hire, now):
    job, cleo = ask("a"), hire("cleo")

    release.decline(assignment=claim.next_assignment(worker=cleo, job=job, now=now), now=now)

    with pytest.raises(claim.NothingToDo):
        claim.next_assignment(worker=cleo, job=job, now=now)


def test_object_declined_by_all_fails(ask, hire, now):
    job = ask("a", workers_per_object=2)

    for name in ("cleo", "dan"):
        release.decline(assignment=claim.next_assignment(worker=hire(name), job=job, now=now), now=now)

    task = Task.objects.get()
    assert (task.state, task.reason_code) == ("failed", "all-declined")


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


def test_database_refuses_changed_answer(ask, hire, answer):
    answer(hire("cleo"), ask())

    for change in (lambda: Answer.objects.update(seconds=0), lambda: Answer.objects.all().delete()):
        with pytest.raises(DatabaseError, match="is a fact"), transaction.atomic():
            change()


def test_offers_show_pay_and_open_tasks(ask, hire, answer, now):
    job, cleo = ask("a", "b"), hire("cleo")
    answer(cleo, job, seconds=36)

    (offer,) = available_jobs.offers(cleo.user, now=now)

    assert (offer.waiting, offer.submitted, offer.pay_per_hour) == (1, 1, Decimal("1.20"))


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
