"""Where budgets went is what the ledger says, by day, of one's own jobs, and is found without reading its answers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from gtcrowd import job_lifecycle
from gtcrowd.analytics import money, rollup
from gtcrowd.analytics.filters import Filters
from gtcrowd.jobs import change, stop
from gtcrowd.ledger import balance, names
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def dollars(text):
    return Decimal(text)


@pytest.fixture
def crowd(hire):
    return [hire(name) for name in ("cleo", "dan", "eve")]


@pytest.fixture
def fee(settings):
    settings.GTCROWD_FEE_PER_OBJECT = dollars("0.080")


@pytest.fixture
def worked(fee, ask, alice, crowd, answer, now):
    """Two objects at three answers: four of them on the first day, one on the second, when the job is stopped."""
    job = ask("a", "b", price="0.036", method="majority")
    for worker in crowd[:2]:
        for _object in range(2):
            answer(worker, job)
    answer(crowd[2], job, now=now + DAY)
    rollup.roll(zone="UTC")
    return job


def ended(job, alice, now):
    stop.stop(viewer=alice, job=job, now=now + DAY)
    return job_lifecycle.advance(job.pk, now=now + DAY)


def test_budget_flow_over_all_days(worked, alice, now):
    running = money.flow(alice, Filters())
    job = ended(worked, alice, now)
    after = money.flow(alice, Filters())

    assert (running.jobs, running.before, running.held) == (1, 0, dollars("0.376"))  # 6 x 0.036 + 2 x 0.080
    assert (running.earned, running.fees, running.released) == (dollars("0.180"), 0, 0)
    assert running.after == dollars("0.196")
    assert (after.earned, after.fees) == (dollars("0.180"), dollars("0.160"))
    assert after.released == dollars("0.036")
    assert after.after == balance.balance(names.hold(job.pk)) == 0


def test_budget_flow_of_a_period(worked, alice, now):
    ended(worked, alice, now)
    first, second = (
        money.flow(alice, Filters(first_day=day, last_day=day)) for day in (now.date(), (now + DAY).date())
    )

    assert (first.before, first.held, first.earned, first.after) == (
        0, dollars("0.376"), dollars("0.144"), dollars("0.232"),
    )  # fmt: skip
    assert (second.before, second.held, second.earned) == (first.after, 0, dollars("0.036"))
    assert (second.fees, second.released, second.after) == (dollars("0.160"), dollars("0.036"), 0)
    assert money.flow(alice, Filters(last_day=now.date())).after == first.after


def test_changed_budget_counts(worked, alice, now):
    change.change(viewer=alice, job=worked, values={"price": Decimal("0.072")}, answered=5, live=0, now=now + DAY)

    result = money.flow(alice, Filters(first_day=(now + DAY).date()))

    assert result.held == dollars("0.036")  # for the one answer that is still wanted
    assert result.after == balance.balance(names.hold(worked.pk))


def test_distinguishes_job_id_prefixes(ask, alice):
    """hold:1: and hold:11: stand side by side in the index."""
    job = ask("a", name="one")
    connection.cursor().execute("SELECT setval(pg_get_serial_sequence('jobs_job', 'id'), %s)", [job.pk * 10])
    other = ask("a", "b", "c", name="ten")
    assert str(other.pk).startswith(str(job.pk))

    assert money.flow(alice, Filters(jobs=(job.pk,))).held == dollars("0.036")
    assert money.flow(alice, Filters()).held == dollars("0.144")


def test_extra_answers_paid_from_funds(ask, alice, crowd, answer, now):
    job = ask("a", price="0.036", workers_per_object=1, time_limit=60)
    late = claim.next_assignment(worker=crowd[0], job=job, now=now)
    answer(crowd[1], job, now=now + timedelta(minutes=5))
    content = {"crowd-classifier": {"label": "heron"}}
    assert submit.submit(assignment=late, content=content, now=now + timedelta(minutes=9)).extra
    rollup.roll(zone="UTC")

    result = money.flow(alice, Filters(first_day=now.date(), last_day=now.date()))

    assert (result.earned, result.beyond) == (dollars("0.036"), dollars("0.036"))
    assert result.after == balance.balance(names.hold(job.pk)) == 0
    earlier = money.flow(alice, Filters(last_day=now.date() - DAY))
    assert (earlier.earned, earlier.beyond) == (0, 0)
    later = money.flow(alice, Filters(first_day=now.date() + DAY))
    assert (later.before, later.earned, later.beyond, later.after) == (0, 0, 0, 0)


def test_refuses_foreign_budgets(worked, bob, now):
    nothing = money.Flow(0, *[dollars("0")] * 6)

    assert money.flow(bob, Filters()) == nothing
    assert money.flow(bob, Filters(jobs=(worked.pk,), first_day=date(2026, 1, 1))) == nothing


def test_references_use_index(worked, alice):
    """Whatever there is in the ledger, no statement walks through its transactions."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + money.MOVED.format(at="1", jobs="job.requester_id = 1"))
        plan = "\n".join(row for (row,) in cursor.fetchall())

    assert "Seq Scan on ledger_transaction" not in plan
    assert plan.count("Index Cond: (((reference)::text") + plan.count("Index Cond: ((reference)::text") == 4
