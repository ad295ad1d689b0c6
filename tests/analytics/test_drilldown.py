"""What stands behind a number is what was counted for it, each row once, and the viewer's own only."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection

from gtcrowd import job_lifecycle
from gtcrowd.analytics import drilldown, frames, quality, rollup
from gtcrowd.analytics.drilldown import AnswerFilter
from gtcrowd.analytics.filters import Filters
from gtcrowd.jobs import signed
from gtcrowd.jobs.models import DataObject, Job
from gtcrowd.labels.models import Label, Truth
from gtcrowd.tasks.answers import gold
from gtcrowd.tasks.models import Answer, Task

pytestmark = pytest.mark.django_db
ALL = Filters()
LABELS = {"cleo": "heron heron ibis heron", "dan": "heron ibis ibis heron", "eve": "ibis ibis heron heron"}


@pytest.fixture
def crowd(hire):
    return {name: hire(name) for name in LABELS}


@pytest.fixture
def job(alice, ask, crowd, answer, now):
    """Four objects, answered on three days; the last is known to be an ibis, and of the second the truth, an ibis."""
    job = ask("a", "b", "c", "d", name="herons", method="majority", gold={"quiz": 1, "quiz_right": 0})
    gold.declare(viewer=alice, job=job, items=[{"object": 3, "value": "ibis"}], now=now)
    for days, (name, labels) in enumerate(LABELS.items()):
        for index, label in enumerate(reversed(labels.split())):  # the known object comes first
            answer(crowd[name], job, label, now=now + timedelta(days=days), seconds=10 * (days + 1) + index)
    job = job_lifecycle.advance(job.pk, now=now + timedelta(days=2))
    second = DataObject.objects.get(job=job, position=1)
    Truth.objects.create(data_object=second, job=job, value="ibis", source="audit")
    rollup.roll(zone="UTC")
    quality.form(job, now=now)
    return job


def as_sentences(result):
    frame, _after = result
    return sorted(zip(frame["worker"], frame["position"].astype(int), frame["value"], strict=True))


def every(viewer, filters, expected=None, *, size, of=drilldown.answers):
    """All pages of a table, row by row."""
    rows, after = [], ""
    for _page in range(100):
        frame, after = of(viewer, filters, expected, after=after, size=size)
        assert len(frame) <= size
        rows += frame.to_dict("records")
        if not after:
            return rows
    raise AssertionError("the pages do not end")


def of(job, *workers):
    return Filters(jobs=(job.pk,), workers=tuple(worker.pk for worker in workers))


def test_cell_lists_counted_answers(alice, job, crowd):
    report = frames.job_quality(alice, job.pk).report
    names = report.categories

    for right, row in zip(names, report.confusion, strict=True):
        for answered, n in zip(names, row, strict=True):
            result, _after = drilldown.answers(alice, of(job), AnswerFilter(right=right, answered=answered))
            assert len(result) == n
            assert set(result["right"]) <= {right == answered}
    assert np_sum(report.confusion) == Answer.objects.count() == 12
    profile = frames.profiles(alice, crowd["eve"].pk, ALL).iloc[0]["confusion"]
    for right, row in zip(names, profile, strict=True):
        for answered, n in zip(names, row, strict=True):
            assert (
                len(drilldown.answers(alice, of(job, crowd["eve"]), AnswerFilter(right=right, answered=answered))[0])
                == n
            )


def np_sum(table):
    return sum(map(sum, table))


def test_reference_precedence(alice, job):
    by_place = {(row["worker"], row["position"]): row for row in every(alice, of(job), size=50)}

    gold_labels, true, labeled = (by_place["Cleo", index] for index in (3, 1, 0))
    assert (gold_labels["gold"], gold_labels["known"], gold_labels["right"]) == (
        True,
        "ibis",
        gold_labels["value"] == "ibis",
    )
    assert (true["known"], true["right"]) == ("ibis", true["value"] == "ibis")
    assert (labeled["known"], labeled["right"]) == (None, labeled["value"] == labeled["label"])


@pytest.mark.parametrize(
    ("expected", "stored"),
    [
        (AnswerFilter(position=2), lambda row: row["position"] == 2),
        (AnswerFilter(wrong=True), lambda row: row["right"] is False),
        (AnswerFilter(answered="ibis"), lambda row: row["value"] == "ibis"),
        (AnswerFilter(slower=21.5), lambda row: row["seconds"] >= 21.5),
        (AnswerFilter(sure=(0.0, 0.9)), lambda row: row["confidence"] < 0.9),
        (AnswerFilter(sure=(0.9, 1.0)), lambda row: row["confidence"] >= 0.9),
        (AnswerFilter(reason="all-answers"), lambda row: not row["gold"]),
        (AnswerFilter(answers=3), lambda row: not row["gold"]),
        (AnswerFilter(truth=True), lambda row: row["position"] == 1),
        (AnswerFilter(state="rest"), lambda row: row["label"] is None),
        (AnswerFilter(answered="owl"), lambda _row: False),
    ],
    ids=lambda item: "" if callable(item) else repr(item).replace("None", "")[:40],
)
def test_filters_answers(alice, job, expected, stored):
    Label.objects.filter(job=job, current=True, position=0).update(confidence=1)
    Label.objects.filter(job=job, current=True, position=2).update(confidence=0.4)
    rows = every(alice, of(job), size=50)

    assert as_sentences(drilldown.answers(alice, of(job), expected)) == sorted(
        (row["worker"], row["position"], row["value"]) for row in rows if stored(row)
    )


@pytest.mark.parametrize(
    ("filters", "n"),
    [
        ({"first_day": date(2026, 11, 3), "last_day": date(2026, 11, 3)}, 4), ({"source": "gold"}, 3),
        ({"source": "real"}, 9), ({"kinds": ("boxes",)}, 0), ({"first_day": date(2026, 11, 5)}, 0), ({}, 12),
    ],
)  # fmt: skip
def test_filters_over_all_jobs(alice, job, filters, n):
    assert len(drilldown.answers(alice, Filters(**filters))[0]) == n
    assert len(drilldown.answers(alice, Filters(**filters, workforces=(job.team.workforce_id,)))[0]) == n
    assert len(drilldown.answers(alice, Filters(**filters, workforces=(10**9,)))[0]) == 0


def test_days_in_requester_time_zone(alice, job):
    alice.requester.time_zone = "Pacific/Auckland"  # nine in the morning is ten in the evening there
    result, _after = drilldown.answers(alice, Filters(first_day=date(2026, 11, 4), last_day=date(2026, 11, 4)))

    assert set(result["worker"]) == {"Eve"}
    assert {at.hour for at in result["submitted_at"]} == {22}


@pytest.mark.parametrize("size", [1, 2, 5, 11, 12])
@pytest.mark.parametrize("look", [1, 3, 50_000])
def test_pages_list_every_answer_once(alice, job, crowd, monkeypatch, size, look):
    monkeypatch.setattr(drilldown, "LOOK", look)
    for filters in (ALL, of(job), of(job, *crowd.values()), Filters(workers=(crowd["dan"].pk,))):
        for expected in (None, AnswerFilter(wrong=True), AnswerFilter(slower=20)):
            if expected and expected.of_one_job and not filters.jobs:
                continue
            whole = every(alice, filters, expected, size=50)
            rows = every(alice, filters, expected, size=size)

            assert [row["answer_id"] for row in rows] == [row["answer_id"] for row in whole]
            assert len({row["answer_id"] for row in rows}) == len(rows)
            assert rows == sorted(rows, key=lambda row: (row["submitted_at"], row["answer_id"]), reverse=True)
    assert len(every(alice, ALL, size=size)) == 12


def test_pages_keep_simultaneous_answers(alice, job, now):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # an answer never changes
        cursor.execute("UPDATE tasks_answer SET submitted_at = %s", [now])
        cursor.execute("SET session_replication_role = DEFAULT")

    assert len({row["answer_id"] for row in every(alice, of(job), size=5)}) == 12


def test_orders_answers_of_several_jobs(alice, job, ask, crowd, answer, now):
    other = ask("e", "f", name="owls")
    answer(crowd["cleo"], other, now=now + timedelta(hours=30))

    rows = every(alice, ALL, size=3)

    assert len(rows) == 13
    assert next(row["job"] for row in rows if row["worker"] == "Cleo") == "owls"
    assert rows == sorted(rows, key=lambda row: (row["submitted_at"], row["answer_id"]), reverse=True)


@pytest.mark.parametrize(
    ("expected", "stored"),
    [
        (AnswerFilter(), [0, 1, 2, 3]), (AnswerFilter(position=2), [2]), (AnswerFilter(reason="all-answers", answers=3), [0, 1, 2]),
        (AnswerFilter(reason=""), []), (AnswerFilter(sure=(0.0, 0.9)), [2]), (AnswerFilter(sure=(0.9, 1.0)), [0, 1]),
        (AnswerFilter(truth=True), [1]), (AnswerFilter(state="labeled"), [0, 1, 2]), (AnswerFilter(state="rest"), [3]),
        (AnswerFilter(state="failed"), []),
    ],
)  # fmt: skip
def test_filters_objects(alice, job, expected, stored, monkeypatch):
    Label.objects.filter(job=job, current=True, position__lt=2).update(confidence=1)
    Label.objects.filter(job=job, current=True, position=2).update(confidence=0.4)
    Label.objects.filter(job=job, position=3).update(current=False)
    for look, size in ((50_000, 50), (1, 2), (2, 1)):
        monkeypatch.setattr(drilldown, "LOOK", look)
        assert [row["position"] for row in every(alice, of(job), expected, size=size, of=drilldown.objects)] == stored


def test_objects_have_state(alice, job):
    frame, _after = drilldown.objects(alice, of(job))
    row = frame.iloc[0]

    assert (row["text"], row["thumbnail"], row["answers"], row["reason_code"]) == ("a", "", 3, "all-answers")
    assert frame["state"].tolist() == ["done", "done", "done", "gold"]


def test_refuses_foreign_job(bob, job, crowd):
    workers = tuple(item.pk for item in crowd.values())
    for filters in (ALL, Filters(jobs=(job.pk,)), Filters(workers=workers), Filters(jobs=(job.pk,), workers=workers)):
        for expected in (
            None,
            AnswerFilter(position=0),
            AnswerFilter(right="heron", answered="ibis"),
            AnswerFilter(slower=0),
        ):
            result, after = drilldown.answers(bob, filters, expected, size=1)
            assert (len(result), after) == (0, "")
            result, after = drilldown.objects(bob, filters, expected, size=1)
            assert (len(result), after) == (0, "")
    assert drilldown.job(bob, of(job)) is None
    assert drilldown.examples(bob, job.pk, [("heron", "ibis")]) == [[]]


def test_job_filter_required(alice, job, ask):
    other = ask("e", name="owls")

    assert drilldown.answers(alice, ALL, AnswerFilter(right="heron"))[0].empty
    assert drilldown.answers(alice, Filters(jobs=(job.pk, other.pk)), AnswerFilter(position=0))[0].empty


def test_examples_are_different_objects(alice, job):
    (some, none) = drilldown.examples(alice, job.pk, [("ibis", "heron"), ("owl", "heron")])

    expected = {row["position"] for row in every(alice, of(job), AnswerFilter(right="ibis", answered="heron"), size=50)}
    assert {item["position"] for item in some} == expected
    assert len(some) == len(expected) == 3
    assert none == []


def test_thumbnails_from_own_buckets_only(alice, bob, job):
    uris = ("s3://heron/1.png", "s3://ibis/2.png", "https://example.org/3.png")
    Job.objects.filter(pk=job.pk).update(medium="image")
    for index, uri in enumerate(uris):
        DataObject.objects.filter(job=job, position=index).update(line=json.dumps({"source-ref": uri}))

    frame, _after = drilldown.objects(alice, of(job))

    assert frame["text"].tolist() == ["1.png", "2.png", "3.png", "d"]
    assert frame["thumbnail"].tolist()[1:] == ["", "", ""]
    assert signed.uri(frame["thumbnail"][0].strip("/").rpartition("/")[2]) == uris[0]


def test_lists_answers_to_failed_objects(alice, job):
    Task.objects.filter(job=job, position=0).update(state="failed", reason_code="post-hook-failed")

    assert drilldown.objects(alice, of(job), AnswerFilter(state="failed"))[0]["position"].tolist() == [0]


def test_page_costs_few_statements(alice, job, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        drilldown.answers(alice, of(job), AnswerFilter(wrong=True))
        drilldown.objects(alice, of(job))
