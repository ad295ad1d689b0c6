"""Labels that a job's own post-processing makes."""

import json
from datetime import timedelta
from decimal import Decimal
from importlib.metadata import EntryPoint, EntryPoints
from urllib.parse import urlsplit

import pytest
from django.test import Client

from gtcrowd import job_lifecycle
from gtcrowd.hooks import outgoing, post_annotation, retries
from gtcrowd.jobs import stop, store
from gtcrowd.jobs.models import Counters, Hook, ObjectError
from gtcrowd.jobs.request import JobRefused
from gtcrowd.labels import consolidate
from gtcrowd.labels.exports import output_manifest
from gtcrowd.labels.models import Label, PostAnnotationBatch, Run
from gtcrowd.labels.post_annotation import batches
from gtcrowd.ledger import balance, names
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import gold, submit
from gtcrowd.tasks.lifecycle import change
from gtcrowd.tasks.models import Answer, Task

pytestmark = pytest.mark.django_db
DONE = {"source": "a"}


def read(uri):
    with store.store().open(uri) as file:
        return json.load(file)


def agreed(event):
    """What a hook does that takes the answer most workers gave."""
    answer = Client().get(urlsplit(event["payload"]["url"]).path)
    values = json.loads(b"".join(answer.streaming_content))
    labels = []
    for item in values:
        message = [annotation["annotationData"]["content"] for annotation in item["annotations"]]
        most = max(sorted(message), key=message.count)
        content = {event["labelAttributeName"]: json.loads(most), "birds-metadata": {"votes": message.count(most)}}
        labels.append({"datasetObjectId": item["datasetObjectId"], "consolidatedAnnotation": {"content": content}})
    return labels


@pytest.fixture
def custom(ask, hook):
    """A job of pages of one's own, whose labels the hook makes."""
    hook.reply = agreed

    def _custom(*texts, **asks):
        return ask(*texts, kind="custom", categories=[], **{"post_hook": hook.url, "workers_per_object": 1, **asks})

    return _custom


@pytest.fixture
def give(hire, now):
    """A worker answers so many objects of a job."""
    workers = {}

    def _give(name, job, *contents):
        worker = workers.setdefault(name, None) or hire(name)
        workers[name] = worker
        for content in contents:
            held = claim.next_assignment(worker=worker, job=job, now=now)
            submit.submit(assignment=held, content=content, now=now)

    return _give


def output(job):
    with store.store().open(job.output) as file:
        return [json.loads(text) for text in file.read().splitlines()]


def test_from_manifest_to_manifest_with_both_hooks(custom, hook, give, now):
    def both(event):
        if "dataObject" in event:
            return {"taskInput": {"text": event["dataObject"]["source"]}}
        return agreed(event)

    hook.reply = both
    job = custom("a", pre_hook=hook.url, workers_per_object=3)
    for name, bird in (("cleo", "heron"), ("dan", "heron"), ("eve", "ibis")):
        give(name, job, {"bird": bird})
    job = job_lifecycle.advance(job.pk, now=now)

    assert (job.state, job.reason_code) == ("Completed", "all-labeled")
    assert output(job) == [
        {
            "source": "a",
            "birds": {"bird": "heron"},
            "birds-metadata": {
                "votes": 2,
                "job-name": "labeling-job/birds",
                "type": "groundtruth/custom",
                "human-annotated": "yes",
                "creation-date": "2026-11-02T09:00:00.000000",
            },
        }
    ]
    run = Run.objects.get()
    assert (run.method, run.official, run.labels, run.answers, run.versions) == ("hook", True, 1, 3, {"hook": "1"})
    assert run.parameters == {"hook": hook.url, "number": 1}


def test_event_and_payload_match_ground_truth(custom, hook, give, now):
    job = custom("Möwe")
    give("cleo", job, {"bird": "gull"})
    job_lifecycle.advance(job.pk, now=now)

    (event,) = hook.events
    url = event["payload"].pop("url")
    folder = "s3://heron/output/birds/annotations"
    request = f"{folder}/consolidated-annotation/consolidation-request/iteration-1/2026-11-02_09:00:00.json"
    assert list(event) == [
        "version", "labelingJobArn", "labelCategories", "labelAttributeName", "roleArn", "payload", "outputConfig",
        "maxHumanWorkersPerDataObject",
    ]  # fmt: skip
    assert event == {
        "version": "2018-10-16",
        "labelingJobArn": f"arn:aws:sagemaker:local:{job.requester_id:012d}:labeling-job/birds",
        "labelCategories": [],
        "labelAttributeName": "birds",
        "roleArn": f"arn:aws:iam::{job.requester_id:012d}:role/gtcrowd",
        "payload": {"s3Uri": request},
        "outputConfig": folder,
        "maxHumanWorkersPerDataObject": 1,
    }
    code = Answer.objects.get().worker.code
    with store.store().open(request) as file:
        assert file.read().decode() == (
            '[{"datasetObjectId":"0","dataObject":{"content":"Möwe"},"annotations":[{"workerId":"private.local.'
            + code
            + '","annotationData":{"content":"{\\"bird\\": \\"gull\\"}"}}]}]'
        )
    response = read(request.replace("request", "response"))
    assert response[0]["consolidatedAnnotation"]["content"]["birds"] == {"bird": "gull"}
    assert url.startswith("http://127.0.0.1:8000/work/object/")


def test_sends_at_most_fifty_objects(custom, hook, give, now):
    job = custom(*map(str, range(120)))
    give("cleo", job, *({"n": number} for number in range(120)))

    job = job_lifecycle.advance(job.pk, now=now)

    sizes = [len(read(event["payload"]["s3Uri"])) for event in hook.events]
    assert sizes == [50, 50, 20]
    assert job.state == "Completed"
    assert Label.objects.filter(job=job, current=True).count() == 120
    assert Counters.objects.get(job=job).consolidated == 120


def test_labels_arrive_while_job_runs(custom, hook, give, now):
    job = custom(*map(str, range(60)))
    give("cleo", job, *({"n": 1} for _number in range(50)))
    assert job_lifecycle.advance(job.pk, now=now).state == "InProgress"
    assert Label.objects.count() == 50

    give("cleo", job, {"n": 1})
    job_lifecycle.advance(job.pk, now=now)
    assert Label.objects.count() == 50
    job_lifecycle.advance(job.pk, now=now + batches.AGE)
    assert Label.objects.count() == 51


def test_error_changes_nothing_and_retries(custom, hook, give, now):
    job = custom("a")
    give("cleo", job, {"bird": "heron"})
    hook.reply = lambda event: (500, b"")

    job = job_lifecycle.advance(job.pk, now=now)

    assert (job.state, job.reason_code) == ("InProgress", "waiting-for-hook")
    assert job.reason == "Waiting for the hook. Attempt 1 failed: The hook answered with status 500."
    assert (Label.objects.count(), Task.objects.get().state, Task.objects.get().consolidated) == (0, "done", False)
    job_lifecycle.advance(job.pk, now=now + timedelta(seconds=29))
    assert len(hook.asked) == 1
    hook.reply = agreed
    job = job_lifecycle.advance(job.pk, now=now + timedelta(seconds=30))
    assert job.state == "Completed"
    first, second = ((headers["idempotency-key"], body) for headers, body in hook.asked)
    assert first[0] == second[0]
    assert json.loads(first[1])["payload"]["s3Uri"] == json.loads(second[1])["payload"]["s3Uri"]


def test_objects_fail_after_last_attempt(custom, hook, give, now):
    job = custom("a", "b")
    give("cleo", job, {"bird": "heron"}, {"bird": "ibis"})
    hook.reply = lambda event: (500, b"")
    for _try in range(len(retries.LATER) + 1):
        assert job.state == "InProgress"
        job = job_lifecycle.advance(job.pk, now=now)
        now += timedelta(hours=1)

    assert (job.state, job.reason_code) == ("Completed", "completed-with-errors")
    assert len(hook.asked) == 8
    message = "ClientError: The hook answered with status 500."
    assert [item["birds-metadata"]["failure-reason"] for item in output(job)] == [message, message]
    assert set(Task.objects.values_list("state", "reason_code")) == {("failed", "post-hook-failed")}
    assert Answer.objects.count() == 2
    assert balance.balance(names.hold(job.pk)) == Decimal(0)


def test_new_hook_gets_failed_objects(custom, hook, give, alice, now):
    job = custom("a", "b")
    give("cleo", job, {"bird": "heron"})
    hook.reply = lambda event: (500, b"")
    for _try in range(len(retries.LATER) + 1):
        now += timedelta(hours=1)
        job = job_lifecycle.advance(job.pk, now=now)
    assert Task.objects.get(position=0).state == "failed"

    hook.reply = agreed
    change.change(viewer=alice, job=job, values={"post_hook": f"{hook.url}/2"}, now=now)
    job_lifecycle.advance(job.pk, now=now + batches.AGE)

    label = Label.objects.get()
    assert (label.value, label.run.versions) == ({"bird": "heron"}, {"hook": "2"})
    assert (Task.objects.get(position=0).state, ObjectError.objects.count()) == ("done", 0)
    assert Hook.objects.filter(stage="post").count() == 2


def test_method_replaces_removed_hook(custom, hook, give, alice, now):
    job = custom("a")
    give("cleo", job, {"bird": "heron"})
    hook.reply = lambda event: (500, b"")
    job = job_lifecycle.advance(job.pk, now=now)

    change.change(viewer=alice, job=job, values={"post_hook": ""}, now=now)
    job = job_lifecycle.advance(job.pk, now=now)

    assert (job.state, job.reason_code) == ("Completed", "all-labeled")
    assert Run.objects.get().method == job.method


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({}, "must be a list of labels"),
        ([], "no label for these objects: 0"),
        (["x"], "not in the request, or has one twice: ?"),
        ([{"datasetObjectId": "7"}], "not in the request, or has one twice: 7"),
        ([{"datasetObjectId": "0"}], "content must have birds, may have birds-metadata, and nothing else"),
        (
            [{"datasetObjectId": "0", "consolidatedAnnotation": {"content": {"gulls": 1}}}],
            "content must have birds",
        ),
        ([{"datasetObjectId": "0", "consolidatedAnnotation": {"content": {"birds": 1, "x": 1}}}], "and nothing else"),
        (
            [{"datasetObjectId": "0", "consolidatedAnnotation": {"content": {"birds": 1, "birds-metadata": 1}}}],
            "birds-metadata must be a JSON object",
        ),
        (
            [{"datasetObjectId": "0", "consolidatedAnnotation": {"content": {"birds": "\ud800"}}}],
            "no U+0000 or unpaired surrogates",
        ),
        ([{"datasetObjectId": "0", "consolidatedAnnotation": {"content": {"birds": 1}}}] * 2, "or has one twice: 0"),
    ],
)
def test_reports_invalid_hook_reply(custom, hook, give, now, answer, message):
    job = custom("a")
    give("cleo", job, {"bird": "heron"})
    hook.reply = lambda event: answer

    job = job_lifecycle.advance(job.pk, now=now)

    assert message in job.reason
    assert Label.objects.count() == 0


def test_keeps_label_metadata_of_hook(custom, hook, give, now):
    job = custom("a")
    give("cleo", job, {"bird": "heron"})
    message = {"confidence": 0.25, "type": "groundtruth/bird", "human-annotated": "no"}
    content = {"birds": [1, None], "birds-metadata": message}
    hook.reply = lambda event: [{"datasetObjectId": 0, "consolidatedAnnotation": {"content": content}}]

    job = job_lifecycle.advance(job.pk, now=now)

    (result,) = output(job)
    assert result["birds"] == [1, None]
    assert result["birds-metadata"] == message | {
        "job-name": "labeling-job/birds", "creation-date": "2026-11-02T09:00:00.000000",
    }  # fmt: skip
    assert Label.objects.get().confidence == 0.25


def test_killed_delivery_runs_once(custom, hook, give, now, monkeypatch):
    job = custom("a")
    give("cleo", job, {"bird": "heron"})

    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(batches, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            job_lifecycle.advance(job.pk, now=now)
    assert (Label.objects.count(), Run.objects.count()) == (0, 0)
    job = job_lifecycle.advance(job.pk, now=now)

    assert job.state == "Completed"
    assert (Label.objects.count(), Run.objects.count(), PostAnnotationBatch.objects.count()) == (1, 1, 1)
    assert len({headers["idempotency-key"] for headers, _body in hook.asked}) == 1


def test_stopped_job_waits_for_labels(custom, hook, give, alice, now):
    job = custom("a", "b")
    give("cleo", job, {"bird": "heron"})
    hook.reply = lambda event: (500, b"")
    stop.stop(viewer=alice, job=job, now=now)
    job = job_lifecycle.advance(job.pk, now=now)
    assert (job.state, job.reason_code) == ("Stopping", "stopped-by-requester")
    assert "Waiting for the hook" in job.reason

    hook.reply = agreed
    job = job_lifecycle.advance(job.pk, now=now + timedelta(minutes=1))

    assert (job.state, job.reason_code) == ("Stopped", "stopped-by-requester")
    assert output(job)[0]["birds"] == {"bird": "heron"}


def test_reopened_object_is_sent_again(custom, hook, give, alice, now):
    job = custom("a", "b")
    give("cleo", job, {"bird": "heron"})
    job = job_lifecycle.advance(job.pk, now=now + batches.AGE)
    assert Label.objects.get().answers == 1

    change.change(viewer=alice, job=job, values={"workers_per_object": 2}, now=now)
    job = job_lifecycle.advance(job.pk, now=now)
    give("dan", job, {"bird": "ibis"})
    job_lifecycle.advance(job.pk, now=now + batches.AGE)

    assert list(Label.objects.order_by("pk").values_list("current", "answers")) == [(False, 1), (True, 2)]


def test_rerun_keeps_job_labels(custom, hook, give, alice, now):
    job = custom("a", "b")
    give("cleo", job, {"bird": "heron"}, {"bird": "ibis"})
    job = job_lifecycle.advance(job.pk, now=now)
    before = list(output_manifest.lines(job))

    run = consolidate.ask(job, viewer=alice, method="hook", now=now)
    batches.perform(run, now=now + timedelta(days=1))

    run.refresh_from_db()
    assert (run.state, run.official, run.labels, run.answers) == ("done", False, 2, 2)
    assert list(output_manifest.lines(job)) == before
    assert "2026-11-03" in next(output_manifest.lines(job, run_id=run.pk))


def test_interrupted_run_resumes(custom, hook, give, alice, now, monkeypatch):
    job = custom(*map(str, range(60)))
    give("cleo", job, *({"n": 1} for _number in range(60)))
    job = job_lifecycle.advance(job.pk, now=now)
    run = consolidate.ask(job, viewer=alice, method="hook", now=now)
    monkeypatch.setattr(batches, "SECONDS", 0)
    requested = len(hook.asked)

    for labels in (50, 60):
        batches.perform(Run.objects.get(pk=run.pk), now=now)
        assert Run.objects.get(pk=run.pk).labels == labels
    batches.perform(Run.objects.get(pk=run.pk), now=now)

    run.refresh_from_db()
    assert (run.state, run.labels, run.answers, len(hook.asked) - requested) == ("done", 60, 60, 2)


def test_failed_run_has_reason(custom, hook, give, alice, now):
    job = custom("a")
    give("cleo", job, {"bird": "heron"})
    job = job_lifecycle.advance(job.pk, now=now)
    hook.reply = lambda event: (404, b"")

    run = consolidate.ask(job, viewer=alice, method="hook", now=now)
    batches.perform(run, now=now)

    assert (run.state, run.reason) == ("failed", "The hook answered with status 404.")


def test_gold_keeps_its_label(custom, hook, give, alice, now):
    job = custom("a", "b", max_concurrent=1, gold={"share": 0})
    gold.declare(viewer=alice, job=job, items=[{"object": 1, "value": {"bird": "ibis"}}], now=now)
    give("cleo", job, {"bird": "heron"})

    job = job_lifecycle.advance(job.pk, now=now)

    assert job.state == "Completed"
    assert [item["birds"] for item in output(job)] == [{"bird": "heron"}, {"bird": "ibis"}]
    assert len(read(hook.events[0]["payload"]["s3Uri"])) == 1


def test_installed_hook_gets_inline_payload(custom, give, alice, now, monkeypatch):
    labels = EntryPoints([EntryPoint("first", "tests.labels.test_post_annotation:first_answer", "gtcrowd.post")])
    monkeypatch.setattr(outgoing, "entry_points", labels.select)
    job = custom("a", post_hook="first")
    give("cleo", job, {"bird": "heron"})

    job = job_lifecycle.advance(job.pk, now=now)

    assert output(job)[0]["birds"] == {"bird": "heron"}


def first_answer(event):
    return [
        {
            "datasetObjectId": item["datasetObjectId"],
            "consolidatedAnnotation": {
                "content": {
                    event["labelAttributeName"]: json.loads(item["annotations"][0]["annotationData"]["content"])
                }
            },
        }
        for item in event["payload"]["data"]
    ]


def test_each_kind_has_own_methods(ask, hook):
    with pytest.raises(JobRefused, match="can only be used with the task type custom"):
        ask(post_hook=hook.url)


def test_confidence_is_fraction_or_none():
    for values, confidence in ((0.5, 0.5), (1, 1.0), (2, 0.0), ("x", 0.0), (True, 0.0), (None, 0.0)):
        assert post_annotation.HookResult(1, {"confidence": values}, 1).confidence == confidence
