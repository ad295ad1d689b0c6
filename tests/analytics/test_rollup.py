"""Totals of days follow what happens, late and undone as well, and are the same when all of them are formed again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gtcrowd.analytics import rollup
from gtcrowd.analytics.measures import latency
from gtcrowd.analytics.models import Day, PeriodTotal, RequesterDay
from gtcrowd.platform import locks
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.lifecycle import expire, release
from gtcrowd.tasks.models import DirtyDay
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LABEL = {"crowd-classifier": {"label": "heron"}}


def totals():
    """All that is formed, but for the numbers of its rows."""
    return {
        model.__name__: sorted(
            model._default_manager.values_list(*[field.name for field in model._meta.fields if field.name != "id"]),
            key=repr,
        )
        for model in (Day, PeriodTotal, RequesterDay)
    }


def roll():
    return rollup.roll(zone="UTC")


def test_answer_counts_on_its_day(ask, hire, answer, now):
    job, cleo = ask(price="0.036"), hire("cleo")
    answer(cleo, job, seconds=10)

    assert roll() == 1

    day = Day.objects.get()
    assert (day.requester, day.job, day.worker, day.day) == (job.requester, job, cleo, date(2026, 11, 2))
    assert (day.submitted, day.seconds, day.paid) == (1, 10, Decimal("0.036"))
    assert latency.percentile(latency.unpacked([day.latency]), 0.5)[0] == pytest.approx(10, rel=0.1)
    assert latency.unpacked([day.hours], size=24)[0].tolist() == [0] * 9 + [1] + [0] * 14
    assert DirtyDay.objects.count() == 0


def test_ended_task_counts_on_its_day(ask, hire, now):
    job, cleo = ask("a", "b", "c", workers_per_object=1), hire("cleo")
    for how in (release.give_back, release.decline):
        how(assignment=claim.next_assignment(worker=cleo, job=job, now=now), now=now + timedelta(seconds=5))
    claim.next_assignment(worker=cleo, job=job, now=now)
    expire.tidy(now=now + timedelta(days=1))

    roll()

    day = Day.objects.get()
    assert (day.submitted, day.returned, day.declined, day.expired) == (0, 1, 1, 1)
    assert day.lost_seconds == 10 + job.time_limit


def test_late_answer_replaces_expiry(ask, hire, now):
    job, cleo = ask(time_limit=60), hire("cleo")
    held = claim.next_assignment(worker=cleo, job=job, now=now)
    expire.tidy(now=now + timedelta(seconds=61))
    roll()
    assert Day.objects.get().expired == 1

    submit.submit(assignment=held, content=LABEL, now=now + timedelta(days=1))
    roll()

    day = Day.objects.get()
    assert (day.day, day.submitted, day.late, day.expired) == (date(2026, 11, 3), 1, 1, 0)


def test_taken_over_task_counts_as_expired(ask, hire, now):
    """Nobody has tidied up: Dan takes the slot that Cleo let run out."""
    job, cleo, dan = ask("a", time_limit=60, workers_per_object=1), hire("cleo"), hire("dan")
    claim.next_assignment(worker=cleo, job=job, now=now)
    claim.next_assignment(worker=dan, job=job, now=now + timedelta(seconds=100))
    roll()

    day = Day.objects.get()
    assert (day.worker_id, day.expired, day.lost_seconds) == (cleo.pk, 1, 60)


def test_days_in_time_zone(alice, ask, hire, answer, now):
    alice.requester.time_zone = "Asia/Seoul"
    alice.requester.save()
    answer(hire("cleo"), ask(), now=now + timedelta(hours=7))

    roll()

    day = Day.objects.get()
    assert day.day == date(2026, 11, 3)
    assert latency.unpacked([day.hours], size=24)[0].argmax() == 1


def test_time_zone_change_rebuilds_totals(alice, ask, hire, answer, now):
    from gtcrowd.identity import zones
    from gtcrowd.runner import queued

    answer(hire("cleo"), ask(), now=now + timedelta(hours=7))
    roll()

    zones.change(viewer=alice, name="Asia/Seoul")
    queued.rebuild_totals(requester=alice.requester.pk)

    assert Day.objects.get().day == date(2026, 11, 3)
    with pytest.raises(zones.UnknownZone):
        zones.change(viewer=alice, name="Asia/Nowhere")


def test_uncommitted_answer_stays_dirty(ask, hire, answer):
    answer(hire("cleo"), ask())
    roll()

    assert roll() == 0


def test_single_rollup_process(ask, hire, answer):
    """While somebody else forms totals, marks stay for later."""
    import psycopg
    from django.db import connection

    answer(hire("cleo"), ask())
    details = connection.get_connection_params()
    plain = {name: details[name] for name in ("host", "port", "user", "password", "dbname") if details.get(name)}
    with psycopg.connect(autocommit=True, **plain) as other:
        other.execute("SELECT pg_advisory_lock(%s, 0)", [locks.Lock.TOTALS])
        assert roll() == 0
    assert DirtyDay.objects.count() == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["submit", "return", "decline", "forget", "late", "roll", "tidy"]),
        st.integers(0, 2),
        st.integers(1, 40_000),
    ),
    min_size=5,
    max_size=40,
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_rebuild_gives_same_totals(alice, ask, hire, steps):
    """Whatever happens, and whenever totals are formed: in the end they are what the facts say, byte for byte."""
    from django.db import transaction

    sure = transaction.atomic()
    with sure:
        number = Day.objects.count() + DirtyDay.objects.count() + hash(str(steps)) % 10**9
        alice.requester.credit = 10**6
        alice.requester.save()
        job = ask(*"abcdefgh", name=f"job{number}", workers_per_object=3, time_limit=60)
        crowd, clock, forgotten = [hire(f"{name}-{number}") for name in ("cleo", "dan", "eve")], NOW, []
        for what, who, seconds in steps:
            clock += timedelta(seconds=seconds)
            _do(what, job, crowd[who], clock, forgotten)
        roll()
        stored = totals()

        list(rollup.rebuild(zone="UTC"))

        assert totals() == stored
        transaction.set_rollback(True)


def _do(what, job, worker, clock, forgotten):
    if what == "roll":
        roll()
        return
    if what == "tidy":
        expire.tidy(now=clock)
        return
    try:
        if what == "late":
            held = forgotten.pop() if forgotten else None
            if held:
                submit.submit(assignment=held, content=LABEL, now=clock)
            return
        held = claim.next_assignment(worker=worker, job=job, now=clock)
        ended = clock + timedelta(seconds=7)
        if what == "submit":
            submit.submit(assignment=held, content=LABEL, active_seconds=3.5, now=ended)
        elif what == "forget":
            forgotten.append(held)
        else:
            (release.give_back if what == "return" else release.decline)(assignment=held, now=ended)
    except (claim.NothingToDo, submit.AlreadyAnswered, submit.AssignmentEnded):
        return
