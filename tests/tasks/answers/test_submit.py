"""What submitting an answer does, in time and late."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from gtcrowd.kinds import AnswerRefused
from gtcrowd.ledger import balance, names
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.answers.earnings import earnings
from gtcrowd.tasks.lifecycle import expire
from gtcrowd.tasks.models import Answer, Assignment, Task

pytestmark = pytest.mark.django_db
HERON = {"crowd-classifier": {"label": "heron"}}


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


def test_database_refuses_changed_answer(ask, hire, answer):
    answer(hire("cleo"), ask())

    for change in (lambda: Answer.objects.update(seconds=0), lambda: Answer.objects.all().delete()):
        with pytest.raises(DatabaseError, match="is a fact"), transaction.atomic():
            change()


@pytest.mark.parametrize(("own_template", "refused"), [(False, True), (True, False)])
def test_refuses_span_beyond_the_text(ask, hire, now, own_template, refused):
    """Another template may show another text."""
    page = '<crowd-entity-annotation name="e" text="Ana sails" labels="[\'bird\']"></crowd-entity-annotation>'
    job = ask("Ana", kind="spans", categories=["bird"], **({"template": page} if own_template else {}))
    held = claim.next_assignment(worker=hire("cleo"), job=job, now=now)
    content = {"e": {"entities": [{"label": "bird", "startOffset": 4, "endOffset": 9}]}}
    if refused:
        with pytest.raises(AnswerRefused):
            submit.submit(assignment=held, content=content, now=now)
        assert not Answer.objects.exists()
    else:
        assert submit.submit(assignment=held, content=content, now=now)
