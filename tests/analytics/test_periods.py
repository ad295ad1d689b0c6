"""Days added up say the same as the days themselves, whatever the period, and are as few as can be."""

from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from itertools import product

import pandas as pd
import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from gtcrowd.analytics import frames, periods, rollup
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import periods as measure
from gtcrowd.analytics.models import Day, PeriodTotal, RequesterDay
from gtcrowd.tasks.models import DirtyDay

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(DAYS, st.integers(1, 5000))
def test_few_blocks_cover_period_once(first, length):
    last = first + timedelta(days=length - 1)

    result = measure.cover(first, last)

    index = first
    for size, begin in result:
        assert begin == index
        assert (begin - measure.EPOCH).days % size == 0
        index += timedelta(days=size)
    assert index == last + timedelta(days=1)
    assert len(result) <= 6 * (len(measure.SIZES) - 1) + length // measure.SIZES[-1]


def test_covers_open_period():
    assert sum(size for size, _first in measure.cover(None, None)) == (measure.LAST - measure.EPOCH).days + 1
    assert measure.cover(None, date(2026, 11, 27))[-1] == (4, date(2026, 11, 24))


@pytest.fixture
def worked(alice, ask, hire, answer, now):
    """Two workers in two jobs on many days, one of them on known objects as well."""
    cleo, dan = hire("cleo"), hire("dan")
    jobs = [
        ask(*map(str, range(12)), name=name, workers_per_object=2, price="0.012", task_lifetime=30 * 86_400)
        for name in ("one", "two")
    ]
    for index, day in enumerate((0, 0, 1, 3, 4, 9, 17, 18, 25, 27)):
        answer(cleo, jobs[index % 2], now=now + timedelta(days=day), seconds=3 + index)
        if index % 3 == 0:
            answer(dan, jobs[0], now=now + timedelta(days=day), seconds=20)
    rollup.roll(zone="UTC")
    # Some of the days were spent on known objects.
    Day.objects.filter(pk__in=Day.objects.order_by("day", "worker", "job").values_list("pk", flat=True)[::3]).update(
        gold=True
    )
    periods.rebuild(alice.requester.pk)
    return jobs


PERIODS = [
    Filters(first_day=date(2026, 11, 2) + timedelta(days=start), last_day=date(2026, 11, 2) + timedelta(days=start + n))
    for start, n in product((0, 1, 4), (0, 2, 16, 27))
] + [Filters(), Filters(first_day=date(2026, 11, 4)), Filters(last_day=date(2026, 11, 20))]


@pytest.mark.django_db
@pytest.mark.parametrize("source", ["all", "real", "gold"])
@pytest.mark.parametrize("by", ["worker", "workforce", "day", None])
def test_periods_match_days(alice, worked, source, by):
    """A filter that names all jobs reads the days, one that names none what is added up from them."""
    for period in PERIODS:
        plain = replace(period, source=source)
        named = replace(plain, jobs=tuple(job.pk for job in worked))
        pd.testing.assert_frame_equal(frames.totals(alice, plain, by=by), frames.totals(alice, named, by=by))
        assert frames.latencies(alice, plain).tolist() == frames.latencies(alice, named).tolist()
        assert frames.hours(alice, plain).equals(frames.hours(alice, named))
        assert frames.daily(alice, plain, by="worker", most=1).equals(frames.daily(alice, named, by="worker", most=1))
        if by == "worker":
            ours, theirs = frames.workers(alice, plain), frames.workers(alice, named)
            assert ours[["worker", "days", "last_day"]].equals(theirs[["worker", "days", "last_day"]])


@pytest.mark.django_db
def test_undone_answer_leaves_no_period(alice, worked):
    cells = [(day.requester_id, day.worker_id, (day.day - measure.EPOCH).days) for day in Day.objects.all()]
    Day.objects.all().delete()

    periods.follow(*zip(*cells, strict=True))

    assert (PeriodTotal.objects.count(), RequesterDay.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_existing_days_become_dirty(worked):
    """An upgrade marks all days there are, so that what is added up from them is formed like anything new."""
    PeriodTotal.objects.all().delete()
    RequesterDay.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.execute("ALTER TABLE tasks_dirtyday RENAME TO tasks_mark")  # its name at that migration
        import_module("gtcrowd.analytics.migrations.0002_spans").mark(apps, editor)
        editor.execute("ALTER TABLE tasks_mark RENAME TO tasks_dirtyday")
    assert DirtyDay.objects.exists()

    rollup.roll(zone="UTC")

    created = PeriodTotal.objects.count(), RequesterDay.objects.count()
    assert all(created)
    list(rollup.rebuild(zone="UTC"))
    assert (PeriodTotal.objects.count(), RequesterDay.objects.count()) == created
