import json
from datetime import timedelta

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.jobs import store
from gtcrowd.labels import bulk_copy, consolidate
from gtcrowd.labels.exports import output_manifest
from gtcrowd.labels.models import Label, Run, WorkerQuality
from gtcrowd.ledger import balance, names
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(ask, hire, answer, now):
    """A job of two objects with all their answers: heron by all, and ibis by two of three."""
    job = ask("a", "b")
    for name, labels in (("cleo", "heron ibis"), ("dan", "heron ibis"), ("eve", "heron heron")):
        worker = hire(name)
        for label in labels.split():
            answer(worker, job, label)
    return job


def test_job_consolidates_when_answers_complete(answered, now):
    job = job_lifecycle.advance(answered.pk, now=now)

    assert (job.state, job.reason_code) == ("Completed", "all-labeled")
    assert list(Label.objects.filter(current=True).order_by("position").values_list("value", "answers")) == [
        ("heron", 3),
        ("ibis", 3),
    ]
    run = Run.objects.get(official=True)
    assert (run.method, run.answers, run.labels, run.state, run.converged) == ("hierarchical", 6, 2, "done", True)
    assert run.versions["numpy"]
    assert WorkerQuality.objects.filter(run=run).count() == 3


def test_releases_unused_budget(alice, ask, hire, answer, now):
    job = ask("a", "b", task_lifetime=60)
    answer(hire("cleo"), job)

    job_lifecycle.advance(job.pk, now=now + timedelta(seconds=60))

    assert balance.balance(names.hold(job.pk)) == 0
    assert balance.balance(names.funds(alice.requester.pk)) == -job.price


def test_charges_fees_for_labeled_objects(alice, ask, hire, answer, now, settings):
    from decimal import Decimal

    settings.GTCROWD_FEE_PER_OBJECT = Decimal("0.080")
    job = ask("a", "b", task_lifetime=60)
    answer(hire("cleo"), job)

    job_lifecycle.advance(job.pk, now=now + timedelta(seconds=60))

    assert balance.balance(names.FEES) == Decimal("0.080")
    assert balance.balance(names.funds(alice.requester.pk)) == Decimal("-0.092")


def test_other_run_keeps_job_labels(alice, answered, now):
    job_lifecycle.advance(answered.pk, now=now)
    before = list(Label.objects.filter(current=True).values_list("pk", flat=True))

    run = consolidate.ask(answered, viewer=alice, method="majority", now=now)
    consolidate.perform(run, now=now)
    consolidate.perform(run, now=now)

    assert list(Label.objects.filter(current=True).values_list("pk", flat=True)) == before
    assert Label.objects.filter(run=run).count() == 2
    assert Label.objects.get(run=run, position=1).confidence == pytest.approx(2 / 3)


def test_refuses_unknown_method(alice, answered, now):
    with pytest.raises(consolidate.UnknownMethod, match="majority"):
        consolidate.ask(answered, viewer=alice, method="magic", now=now)


def test_output_manifest_has_labels_and_failures(ask, hire, answer, put, now):
    put(
        lines=['{"source": "a", "n": 1.10}', '{"source":"b"}', '{"source":"c","birds":1}'],
        key="three.manifest",
    )
    job = ask(manifest="s3://heron/three.manifest", workers_per_object=2, task_lifetime=60)
    answer(hire("cleo"), job), answer(hire("dan"), job)

    job = job_lifecycle.advance(job.pk, now=now + timedelta(seconds=60))

    with store.store().open(job.output) as file:
        labeled, failed, untouched = file.read().decode().splitlines()
    assert labeled.startswith('{"source": "a", "n": 1.10,"birds":0,"birds-metadata":{"class-name":"heron"')
    assert json.loads(failed)["birds-metadata"]["failure-reason"].startswith("ClientError: The task lifetime ended")
    assert "birds" not in json.loads(failed)
    assert untouched == '{"source":"c","birds":1}'


def test_exports_manifest_of_a_run(alice, answered, now):
    job_lifecycle.advance(answered.pk, now=now)
    run = consolidate.ask(answered, viewer=alice, method="majority", now=now)
    consolidate.perform(run, now=now)

    second = json.loads(list(output_manifest.lines(answered, run_id=run.pk))[1])

    assert second["birds-metadata"]["confidence"] == 0.666667


def test_consolidates_batches_as_they_complete(ask, hire, answer, now, monkeypatch):
    monkeypatch.setattr(consolidate, "LEAST_NEW", 2)
    job = ask("a", "b", "c", "d", workers_per_object=1, max_concurrent=2)
    cleo = hire("cleo")
    answer(cleo, job), answer(cleo, job)

    job = job_lifecycle.advance(job.pk, now=now)

    assert job.state == "InProgress"
    assert Label.objects.filter(current=True).count() == 2
    assert Task.objects.filter(job=job, state="open").count() == 2


def test_last_run_reads_answers_once(answered, now, monkeypatch):
    monkeypatch.setattr(consolidate, "LEAST_NEW", 2)
    queries, copy = [], bulk_copy._copy
    monkeypatch.setattr(
        bulk_copy, "_copy", lambda cursor, query, params: (queries.append(query), copy(cursor, query, params))[1]
    )

    job = job_lifecycle.advance(answered.pk, now=now)

    assert (job.state, Run.objects.count(), Label.objects.count()) == ("Completed", 1, 2)
    assert sum("tasks_answer" in query for query in queries) == 1


def test_gt_compat_runs_per_batch(ask, hire, answer, now, monkeypatch):
    monkeypatch.setattr(consolidate, "LEAST_NEW", 2)
    job = ask("a", "b", "c", "d", workers_per_object=1, max_concurrent=2, method="gt-compat")
    cleo = hire("cleo")
    for _ in range(2):
        answer(cleo, job), answer(cleo, job)
        job = job_lifecycle.advance(job.pk, now=now)

    assert list(Run.objects.order_by("pk").values_list("answers", "labels")) == [(2, 2), (2, 2)]
    assert job.state == "Completed"


def test_advancing_twice_changes_nothing(answered, now):
    job_lifecycle.advance(answered.pk, now=now)
    runs = Run.objects.count()

    job_lifecycle.advance(answered.pk, now=now)

    assert Run.objects.count() == runs


@pytest.mark.django_db(transaction=True)
def test_only_one_process_advances_job(ask, now):
    from tests.tasks.test_races import at_once

    job, outcomes = ask(), []
    with job_lifecycle._alone(job.pk):

        def other(_):
            try:
                job_lifecycle.advance(job.pk, now=now)
            except job_lifecycle.Busy:
                outcomes.append("busy")

        at_once([1], other)

    assert outcomes == ["busy"]


def test_multi_label_reaches_manifest(ask, hire, answer, now):
    job = ask("a", "b", kind="choices", categories=["calm", "cold", "late"], name="why", method="per-label-vote")
    for name, labels in (("cleo", (["late", "calm"], [])), ("dan", (["calm"], [])), ("eve", (["late"], ["cold"]))):
        worker = hire(name)
        for label in labels:
            answer(worker, job, label)

    job = job_lifecycle.advance(job.pk, now=now)

    assert job.state == "Completed"
    with store.store().open(job.output) as file:
        lines = file.read().decode().splitlines()
    ended = Run.objects.get(official=True).ended_at.strftime("%Y-%m-%dT%H:%M:%S.%f")
    assert lines[0] == (
        '{"source": "a","why":[0,2],"why-metadata":{"job-name":"labeling-job/why","class-map":{"0":"calm","2":"late"},'
        '"confidence-map":{"0":0.666667,"2":0.666667},"human-annotated":"yes",'
        f'"creation-date":"{ended}","type":"groundtruth/text-classification-multilabel"}}}}'
    )
    assert json.loads(lines[1])["why"] == []
    assert json.loads(lines[1])["why-metadata"]["confidence-map"] == {}


@pytest.mark.parametrize("when", ["before", "after"])
def test_extra_answer_is_never_used(alice, ask, hire, answer, now, when):
    """Cleo's time runs out, and Dan answers the object; Cleo's answer comes before or after the job has completed."""
    cleo, dan = hire("cleo"), hire("dan")
    job = ask("a", workers_per_object=1, time_limit=30)
    lost = claim.next_assignment(worker=cleo, job=job, now=now)
    later = now + timedelta(seconds=31)
    answer(dan, job, "ibis", now=later, seconds=0)
    if when == "after":
        job_lifecycle.advance(job.pk, now=later)
    assert submit.submit(assignment=lost, content={"crowd-classifier": {"label": "heron"}}, now=later).extra
    job_lifecycle.advance(job.pk, now=later)
    compared = consolidate.ask(job, viewer=alice, method="majority", now=later)
    consolidate.perform(compared, now=later)

    labels = Label.objects.filter(job=job).values_list("value", "answers")
    assert list(labels) == [("ibis", 1), ("ibis", 1)]
