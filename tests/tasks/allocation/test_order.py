"""The order in which a worker gets the tasks of a job."""

import json
from datetime import timedelta

import pytest

from gtcrowd.jobs.request import JobRefused
from gtcrowd.tasks.allocation import claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def keyed_job(ask, put):
    """A job whose lines carry `key`, one for each value."""

    def _keyed_job(values, **asks):
        lines = [json.dumps({"source": f"text {n}", "key": value}) for n, value in enumerate(values)]
        return ask(manifest=put(lines=lines, key="keyed.manifest"), order_key="key", **asks)

    return _keyed_job


def order_of(worker, job, answer, count):
    return [answer(worker, job).answer.task.position for _ in range(count)]


def test_assigns_highest_priority_first(keyed_job, hire, answer, now):
    job = keyed_job([1, 30, -2, 30], task_order="priority", max_concurrent=2, workers_per_object=1)

    assert order_of(hire("cleo"), job, answer, 4) == [1, 3, 0, 2]


def test_random_order_depends_on_seed(ask, hire, answer):
    cleo, texts = hire("cleo"), [f"t{n}" for n in range(12)]
    orders = [
        order_of(cleo, ask(*texts, name=f"r{n}", task_order="random", order_key=seed), answer, 12)
        for n, seed in enumerate(["a", "a", "b"])
    ]

    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[2]) == list(range(12)) != orders[2]


def test_assigns_least_answered_first(ask, hire, answer):
    job = ask("a", "b", "c", task_order="least-answered", workers_per_object=2)

    assert order_of(hire("cleo"), job, answer, 1) == [0]
    assert order_of(hire("dan"), job, answer, 3) == [1, 2, 0]


def test_sequence_stays_with_worker(keyed_job, hire, answer, now):
    job = keyed_job(["x", "y", "x", "y", "x"], task_order="sequence", workers_per_object=1, time_limit=60)
    cleo, dan = hire("cleo"), hire("dan")

    assert order_of(cleo, job, answer, 1) == [0]
    assert order_of(dan, job, answer, 2) == [1, 3]
    with pytest.raises(claim.NothingToDo):  # the rest is Cleo's
        claim.next_assignment(worker=dan, job=job, now=now)
    assert order_of(cleo, job, answer, 1) == [2]
    later = now + timedelta(seconds=100)
    assert claim.next_assignment(worker=dan, job=job, now=later).task.position == 4


def test_worker_does_whole_sequence(keyed_job, hire, answer):
    job = keyed_job(["x", "y", "x"], task_order="sequence", workers_per_object=2)

    assert [order_of(hire(name), job, answer, 3) for name in ("cleo", "dan")] == [[0, 2, 1], [0, 2, 1]]


def test_order_attribute_is_required_per_line(keyed_job):
    with pytest.raises(JobRefused) as refused:
        keyed_job([1, "much", 3], task_order="priority")

    assert "line 2" in refused.value.faults[0].problem
