"""Every object is at one end, and says why."""

from dataclasses import fields

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.analytics import object_flow
from gtcrowd.analytics.measures import object_flow as measures
from gtcrowd.analytics.quality_report import QualityReport, StoredReport
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import gold
from gtcrowd.tasks.lifecycle import release

ROWS = [
    ["answered", "done", True, "sure-enough", 30], ["answered", "done", True, "all-answers", 10],
    ["answered", "done", False, "all-answers", 2], ["answered", "open", False, "", 7],
    ["handed-out", "failed", False, "availability-ended", 4], ["handed-out", "failed", False, "all-declined", 1],
    ["handed-out", "open", False, "", 3], ["opened", "open", False, "", 5], ["opened", "done", False, "no-workers-needed", 6],
    ["opened", "gold", False, "known", 2], ["answered", "gold", True, "known", 1],
]  # fmt: skip


def ways(frame):
    return {tuple(row[:3]): row[3] for row in frame.itertuples(index=False)}


def test_flows_by_hand():
    result = ways(measures.links(100, ROWS))

    assert result == {
        ("imported", "known", ""): 3, ("imported", "handed-out", ""): 57, ("imported", "spared", "no-workers-needed"): 6,
        ("imported", "waiting", "not-taken"): 5, ("imported", "waiting", "not-opened"): 29,
        ("handed-out", "answered", ""): 49, ("handed-out", "waiting", "answers-wanted"): 3,
        ("handed-out", "failed", "all-declined"): 1, ("handed-out", "expired", "availability-ended"): 4,
        ("answered", "labeled", "all-answers"): 10, ("answered", "labeled", "sure-enough"): 30,
        ("answered", "unlabeled", "all-answers"): 2, ("answered", "waiting", "answers-wanted"): 7,
    }  # fmt: skip


def test_flow_is_conserved():
    result = measures.links(100, ROWS)
    came, left = (result.groupby(side)["n"].sum() for side in ("target", "source"))

    assert left["imported"] == 100
    for stage in ("handed-out", "answered"):
        assert came[stage] == left[stage]
    assert sum(n for name, n in came.items() if name not in left) == 100


def test_no_flows_without_objects():
    assert measures.links(0, []).empty


@pytest.mark.django_db
def test_counts_small_job(ask, hire, answer, alice, now):
    """Of five objects one is known, one labeled, one was given back, one is at hand, one nobody has taken."""
    job = ask("a", "b", "c", "d", "e", workers_per_object=1, method="majority")
    gold.declare(viewer=alice, job=job, items=[{"object": 4, "value": "heron"}], now=now)
    cleo = hire("cleo")
    answer(cleo, job)
    job = job_lifecycle.advance(job.pk, now=now)
    release.give_back(assignment=claim.next_assignment(worker=cleo, job=job, now=now), reason="", now=now)
    claim.next_assignment(worker=cleo, job=job, now=now)

    objects, rows, as_of = object_flow.of_job(alice, job.pk, None)

    assert (objects, as_of) == (5, None)
    result = ways(measures.links(objects, rows))
    assert result[("imported", "known", "")] == 1
    assert result[("handed-out", "answered", "")] == 1
    assert result[("handed-out", "waiting", "answers-wanted")] == 2
    assert result[("imported", "waiting", "not-taken")] == 1


@pytest.mark.django_db
def test_large_job_uses_last_run(ask, alice, bob, now, monkeypatch):
    job = ask()
    empty = dict.fromkeys(field.name for field in fields(QualityReport))
    stored = StoredReport(QualityReport(**empty | {"flow": {"objects": 2, "tasks": ROWS}}), now)
    monkeypatch.setattr(object_flow, "MOST_COUNTED", 1)

    objects, rows, as_of = object_flow.of_job(alice, job.pk, stored)

    assert (objects, rows, as_of) == (2, ROWS, now)
    assert object_flow.of_job(alice, job.pk, None) == (2, [], None)
    assert object_flow.of_job(bob, job.pk, None) == (0, [], None)
