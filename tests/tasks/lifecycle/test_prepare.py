"""Objects that a hook prepares before workers see them."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.hooks import calls
from gtcrowd.jobs import store, stream_in
from gtcrowd.jobs.models import Counters, Hook, Job, ObjectError, PreAnnotation
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import gold, submit
from gtcrowd.tasks.lifecycle import change, open_tasks, prepare
from gtcrowd.tasks.models import Task
from gtcrowd.workpage import rendering

pytestmark = pytest.mark.django_db
PAGE = "<crowd-form>{{ task.input | to_json }}</crowd-form>"
ARN = "arn:aws:sagemaker:local:{:012d}:labeling-job/birds"


def rendered(worker, job, now):
    held = claim.next_assignment(worker=worker, job=job, now=now)
    return rendering.render(held).html


def output(job):
    with store.store().open(job.output) as file:
        return [json.loads(text) for text in file.read().splitlines()]


def test_hook_reply_becomes_task_input(hook, ask, hire, now):
    hook.reply = lambda event: {"taskInput": {"bird": event["dataObject"]["source"].upper()}}

    job = ask("heron", pre_hook=hook.url, template=PAGE)

    assert rendered(hire("cleo"), job, now) == "<crowd-form>{&#34;bird&#34;: &#34;HERON&#34;}</crowd-form>"
    assert PreAnnotation.objects.get().hook.target == hook.url


def test_request_matches_ground_truth(hook, ask, put, now):
    manifest = put(lines=['{"source":"Möwe","site":{"n":1.50}}'], key="own.manifest")

    job = ask(pre_hook=hook.url, manifest=manifest)

    ((_headers, body),) = hook.asked
    arn = ARN.format(job.requester_id)
    assert body.decode() == (
        '{"version":"2018-10-16","labelingJobArn":"' + arn + '","dataObject":{"source":"Möwe","site":{"n":1.5}}}'
    )


@pytest.mark.parametrize(
    "answer",
    [
        {"taskInput": {"x": 1}, "isHumanAnnotationRequired": True},
        {"taskInput": {"x": 1}, "isHumanAnnotationRequired": "true"},
        {"taskInput": {"x": 1}, "humanAnnotationRequired": "True"},
        {"taskInput": {"x": 1}},
    ],
)
def test_workers_are_needed_by_default(hook, ask, answer):
    hook.reply = lambda event: answer

    job = ask("a", pre_hook=hook.url)

    assert Task.objects.get(job=job).state == "open"


@pytest.mark.parametrize(
    "answer", [{"isHumanAnnotationRequired": False}, {"humanAnnotationRequired": "false", "taskInput": {}}]
)
def test_object_may_need_no_workers(hook, ask, answer, now):
    hook.reply = lambda event: answer if event["dataObject"]["source"] == "b" else {"taskInput": {}}

    job = ask("a", "b", "c", pre_hook=hook.url)

    states = list(
        Task.objects.filter(job=job).order_by("position").values_list("state", "reason_code", "target_answers")
    )
    assert states == [("open", "", 3), ("done", "no-workers-needed", 0), ("open", "", 3)]
    assert Counters.objects.get(job=job).failed == 0


def test_job_without_needed_workers_completes(hook, ask):
    hook.reply = lambda event: {"isHumanAnnotationRequired": False}

    job = ask("a", "b", pre_hook=hook.url)

    assert (job.state, job.reason_code) == ("Completed", "all-labeled")
    assert output(job) == [{"source": "a"}, {"source": "b"}]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((500, b""), "The hook answered with status 500."),
        ((200, b"<html>"), "The hook's response is not valid JSON."),
        ([], "The hook's response must be a JSON object with taskInput"),
        ({}, "The response must have taskInput"),
        ({"taskInput": "x"}, "The response must have taskInput"),
        ({"taskInput": {"x": "\0"}}, "taskInput must have at most 1,000,000 characters"),
        ({"taskInput": {"x": "y" * 1_000_000}}, "taskInput must have at most 1,000,000 characters"),
        ({"taskInput": {}, "isHumanAnnotationRequired": "maybe"}, "isHumanAnnotationRequired must be true or false"),
    ],
)  # fmt: skip
def test_hook_error_fails_object_only(hook, ask, hire, answer, message, now):
    hook.reply = lambda event: answer if event["dataObject"]["source"] == "a" else {"taskInput": {"b": 1}}
    job = ask("a", "b", kind="custom", categories=[], pre_hook=hook.url, workers_per_object=1)

    failed = Task.objects.get(job=job, position=0)
    assert (failed.state, failed.reason_code) == ("failed", "pre-hook-failed")
    assert ObjectError.objects.get().reason.startswith(message)
    assert Counters.objects.get(job=job).failed == 1
    submit.submit(assignment=claim.next_assignment(worker=hire("cleo"), job=job, now=now), content={"x": 1}, now=now)
    job = job_lifecycle.advance(job.pk, now=now)
    first, second = output(job)
    assert job.reason_code == "completed-with-errors"
    assert first["birds-metadata"]["failure-reason"].startswith(f"ClientError: {message}")
    assert second["birds"] == {"x": 1}


def test_killed_preparation_runs_once(hook, ask, now, monkeypatch):
    job = ask("a", "b", opened=False)
    Job.objects.update(pre_hook=hook.url)
    Hook.objects.create(job=job, stage="pre", number=1, target=hook.url, set_at=now)

    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(prepare, "_store", killed)
        with pytest.raises(KeyboardInterrupt):
            job_lifecycle.advance(job.pk, now=now)
    assert not Task.objects.exists()
    job = job_lifecycle.advance(job.pk, now=now)
    job_lifecycle.advance(job.pk, now=now)

    keys = [headers["idempotency-key"] for headers, _body in hook.asked]
    assert (len(keys), len(set(keys))) == (4, 2)
    assert (PreAnnotation.objects.count(), Task.objects.count()) == (2, 2)
    assert prepare.portion(job, now=now) == 0
    assert len(hook.asked) == 4


def test_prepares_objects_ahead(hook, ask):
    job = ask(*map(str, range(200)), pre_hook=hook.url, max_concurrent=5)

    assert Task.objects.filter(job=job).count() == 5
    assert PreAnnotation.objects.filter(job=job).count() == 5 + prepare.LEAST_AHEAD


@pytest.mark.parametrize("order", [{}, {"task_order": "random", "order_key": "7"}, {"task_order": "least-answered"}])
def test_assigns_prepared_objects_only(hook, ask, hire, now, monkeypatch, order):
    monkeypatch.setattr(prepare, "PORTION", 3)
    monkeypatch.setattr(prepare, "LEAST_AHEAD", 3)
    job = ask(*map(str, range(9)), pre_hook=hook.url, max_concurrent=1, workers_per_object=1, template=PAGE, **order)
    cleo, observed = hire("cleo"), []

    for _object in range(4):
        held = claim.next_assignment(worker=cleo, job=job, now=now)
        observed.append(held.task_id)
        submit.submit(assignment=held, content={"crowd-classifier": {"label": "heron"}}, now=now)
    with pytest.raises(claim.NothingToDo, match="being prepared") as nothing:
        claim.next_assignment(worker=cleo, job=job, now=now)
    assert nothing.value.reason_code == "being-prepared"
    assert set(observed) == set(PreAnnotation.objects.values_list("pk", flat=True))
    assert not open_tasks.exhausted(job)
    assert len(hook.asked) == 4

    job_lifecycle.advance(job.pk, now=now)
    claim.next_assignment(worker=cleo, job=job, now=now)


def test_new_hook_applies_to_unopened_objects(hook, ask, alice, hire, now):
    job = ask("a", "b", max_concurrent=1, workers_per_object=1, template=PAGE)
    change.change(viewer=alice, job=job, values={"pre_hook": hook.url}, now=now)

    assert open_tasks.open_next(job, now=now) == 0
    assert open_tasks.release(Job.objects.get(), now=now) == 0
    change.change(viewer=alice, job=job, values={"max_concurrent": 5}, now=now)
    job_lifecycle.advance(job.pk, now=now)
    assert [event["dataObject"]["source"] for event in hook.events] == ["b"]
    assert Task.objects.count() == 2


def test_keeps_every_hook_version(hook, ask, alice, now):
    job = ask("a", pre_hook=hook.url)
    later = now + timedelta(hours=1)
    change.change(viewer=alice, job=job, values={"pre_hook": f"{hook.url}2"}, now=later)
    change.change(viewer=alice, job=job, values={"pre_hook": f"{hook.url}2", "priority": 3}, now=later)
    change.change(viewer=alice, job=job, values={"pre_hook": ""}, now=later)

    stored = list(Hook.objects.order_by("number").values_list("number", "target", "set_at", "set_by"))
    user = alice.user.pk
    assert stored == [(1, hook.url, now, user), (2, f"{hook.url}2", later, user), (3, "", later, user)]
    assert PreAnnotation.objects.get().hook.number == 1


def test_assigns_gold_after_preparation(hook, ask, alice, hire, now):
    job = ask("a", "b", pre_hook=hook.url, max_concurrent=1, gold={"quiz": 1}, template=PAGE)
    PreAnnotation.objects.all().delete()
    gold.declare(viewer=alice, job=job, items=[{"object": 1, "value": "heron"}], now=now)
    cleo = hire("cleo")

    assert claim.next_assignment(worker=cleo, job=job, now=now).slot_id is not None
    job_lifecycle.advance(job.pk, now=now)
    assert claim.next_assignment(worker=hire("dan"), job=job, now=now).slot_id is None


def test_first_public_batch_counts_visible_objects(hook, ask, team, now):
    team.workforce.type, team.workforce.requester = "public", None
    team.workforce.save()
    hook.reply = lambda event: (400, b"") if int(event["dataObject"]["source"]) < 15 else {"taskInput": {}}

    job = ask(*map(str, range(40)), pre_hook=hook.url)

    states = list(Task.objects.filter(job=job).order_by("position").values_list("state", flat=True))
    assert states == ["failed"] * 15 + ["open"] * 5
    assert 0 < states.count("open") <= open_tasks.PROBE


def test_objects_that_arrive_are_prepared_too(hook, ask, now):
    job = ask(pre_hook=hook.url, manifest="", streaming=True)
    stream_in.arrive(job=job, lines=[{"source": "a"}, {"source": "b"}], now=now)
    assert not Task.objects.exists()

    job_lifecycle.advance(job.pk, now=now)

    assert sorted(event["dataObject"]["source"] for event in hook.events) == ["a", "b"]
    assert Task.objects.filter(state="open").count() == 2


def test_job_shows_waiting_for_hook(hook, ask, now, monkeypatch):
    monkeypatch.setattr(prepare, "portion", lambda job, **details: 0)
    job = ask("a", pre_hook=hook.url)

    assert (job.state, job.reason_code) == ("InProgress", "preparing")
    monkeypatch.undo()
    assert job_lifecycle.advance(job.pk, now=now).reason_code in ("preparing", "waiting-for-workers")


def test_slow_hook_does_not_block_jobs(hook, ask, now, monkeypatch):
    """A second passes with each answer of the hook."""
    clock = SimpleNamespace(monotonic=lambda: len(hook.asked))
    for module in (job_lifecycle, prepare):
        monkeypatch.setattr(module, "time", clock)
    job = ask(*map(str, range(100)), pre_hook=hook.url, opened=False)

    job_lifecycle.advance(job.pk, now=now)

    some = Task.objects.count()
    assert 8 <= some < 32
    job_lifecycle.advance(job.pk, now=now)
    positions = list(Task.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(len(positions)))
    assert len(positions) > some


def test_hooks_run_one_job_at_a_time(hook, ask, now):
    job = ask("a", pre_hook=hook.url, opened=False)

    with calls.turn(wait=True):
        job_lifecycle.advance(job.pk, now=now)
        assert hook.asked == []
    assert job_lifecycle.advance(job.pk, now=now).reason_code == "waiting-for-workers"
    assert len(hook.asked) == 1
