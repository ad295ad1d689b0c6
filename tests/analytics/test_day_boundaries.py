"""Days begin and end where the requester's clock says so: at instants whose date differs between time zones."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from gtcrowd.analytics import activity, data_version, filters, frames, rollup
from gtcrowd.analytics.measures import latency
from gtcrowd.analytics.models import Day, RequesterDay
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.lifecycle import release

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
LABEL = {"crowd-classifier": {"label": "heron"}}
ZONES = {
    "UTC": date(2026, 11, 3),
    "Asia/Seoul": date(2026, 11, 3),
    "America/New_York": date(2026, 11, 3),
    "Asia/Kathmandu": date(2026, 11, 3),
    "Pacific/Kiritimati": date(2026, 11, 3),
    "Pacific/Pago_Pago": date(2026, 11, 3),
}
CHANGES = {
    "America/New_York": [date(2026, 11, 1), date(2027, 3, 14)],
    "Europe/Berlin": [date(2026, 10, 25), date(2027, 3, 28)],
    "America/Santiago": [date(2026, 9, 6), date(2027, 4, 4)],
}
"""Days of 25 and 23 hours; in Santiago the clock changes at midnight itself."""
MIDNIGHTS = list(ZONES.items()) + [
    (zone, day + timedelta(days=more)) for zone, days in CHANGES.items() for day in days for more in (0, 1)
]


def midnight(zone, day):
    """The first instant of a day, which is not 0:00 where the clock is put forward at midnight."""
    begin = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    while begin.astimezone(ZoneInfo(zone)).date() < day:
        begin += timedelta(minutes=15)
    return begin


@pytest.fixture
def answer_at(alice, ask, hire):
    """Cleo hands in an answer at each of these instants; returns how many were counted on which day."""

    def _answer_at(zone, instants):
        alice.requester.time_zone = zone
        alice.requester.save()
        job = ask(
            *(str(n) for n in range(len(instants))),
            workers_per_object=1,
            time_limit=28_800,
            now=min(instants) - timedelta(days=1),
        )
        cleo = hire("cleo")
        for instant in instants:
            held = claim.next_assignment(worker=cleo, job=job, now=instant - timedelta(seconds=10))
            submit.submit(assignment=held, content=LABEL, now=instant)
        rollup.roll(zone="UTC")
        return dict(Day.objects.order_by("day").values_list("day", "submitted"))

    return _answer_at


@pytest.mark.parametrize(("zone", "day"), MIDNIGHTS)
def test_answer_counts_on_one_day(answer_at, alice, zone, day):
    begin = midnight(zone, day)
    instants = [begin - TICK, begin, begin + TICK, begin + timedelta(hours=3)]
    expected = {day - timedelta(days=1): 1, day: 3}

    assert {instant.astimezone(ZoneInfo(zone)).date() for instant in instants} == set(expected)
    assert answer_at(zone, instants) == expected
    assert dict(RequesterDay.objects.values_list("day", "submitted")) == expected

    list(rollup.rebuild(zone="UTC"))
    assert dict(Day.objects.values_list("day", "submitted")) == expected


@pytest.mark.parametrize("zone", ZONES)
def test_hours_in_time_zone(answer_at, zone):
    instant = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)

    answer_at(zone, [instant])

    (day,) = Day.objects.all()
    local = instant.astimezone(ZoneInfo(zone))
    assert day.day == local.date()
    assert latency.unpacked([day.hours], size=24)[0].argmax() == local.hour


@pytest.mark.parametrize("zone", ZONES)
def test_returned_task_counted_on_its_day(alice, ask, hire, zone):
    alice.requester.time_zone = zone
    alice.requester.save()
    begin = midnight(zone, date(2026, 11, 3))
    job, cleo = ask("a", "b", workers_per_object=1, time_limit=28_800), hire("cleo")
    for instant in (begin - TICK, begin):
        held = claim.next_assignment(worker=cleo, job=job, now=begin - timedelta(hours=1))
        release.give_back(assignment=held, now=instant)

    rollup.roll(zone="UTC")
    rolled = dict(Day.objects.values_list("day", "returned"))
    list(rollup.rebuild(zone="UTC"))

    assert rolled == {date(2026, 11, 2): 1, date(2026, 11, 3): 1}
    assert dict(Day.objects.values_list("day", "returned")) == rolled


def test_default_time_zone(alice, ask, hire, answer):
    """At 23:30 in London it is the next day in Seoul."""
    answer(hire("cleo"), ask(), now=datetime(2026, 11, 2, 23, 29, tzinfo=UTC), seconds=60)

    rollup.roll(zone="Asia/Seoul")

    assert Day.objects.get().day == date(2026, 11, 3)


@pytest.mark.parametrize("zone", ZONES)
def test_filter_includes_whole_day(answer_at, alice, zone):
    begin = midnight(zone, date(2026, 11, 3))
    end = midnight(zone, date(2026, 11, 4))

    answer_at(zone, [begin - TICK, begin, end - TICK, end])

    chosen = filters.Filters(first_day=date(2026, 11, 3), last_day=date(2026, 11, 3))
    assert frames.workers(alice, chosen)["submitted"].tolist() == [2]


@pytest.mark.parametrize("zone", ZONES)
def test_activity_log_in_time_zone(answer_at, alice, zone):
    begin = midnight(zone, date(2026, 11, 3))
    answer_at(zone, [begin - TICK, begin, begin + timedelta(hours=23)])

    submitted = [line for line in activity.lines(alice, day=date(2026, 11, 3)) if "Submitted" in line]

    assert len(submitted) == 2


def test_as_of_in_time_zone(alice):
    """The clock shown with a page is the requester's; Kiritimati and Pago Pago are a day apart at any moment."""
    days = []
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        alice.requester.time_zone = zone
        days.append(data_version.look(alice).now)

    assert timedelta(hours=24, minutes=59) < days[0] - days[1] < timedelta(hours=25, minutes=1)
