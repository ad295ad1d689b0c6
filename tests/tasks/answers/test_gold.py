"""Known objects: hidden, once a worker, and everything that follows from them."""

from decimal import Decimal

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import NotAllowed, Role
from gtcrowd.labels.models import Label
from gtcrowd.ledger import balance, names
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import gold, submit
from gtcrowd.tasks.models import Answer, Assignment, Gold, JobWorker, Task

pytestmark = pytest.mark.django_db
RULE = {"rules": [{"below": 0.6, "do": "pause"}]}


@pytest.fixture
def gold_job(alice, ask, now):
    """A job of twelve objects, of which the last `count` are known to be herons."""

    def _known(count, **config):
        job = ask(*(f"t{n}" for n in range(12)), workers_per_object=1, gold=config, max_concurrent=4)
        items = [{"object": n, "value": "heron", "explanation": "Look at the beak."} for n in range(12 - count, 12)]
        gold.declare(viewer=alice, job=job, items=items, now=now)
        return job

    return _known


def work(worker, job, label, now):
    held = claim.next_assignment(worker=worker, job=job, now=now)
    return submit.submit(assignment=held, content={"crowd-classifier": {"label": label}}, now=now)


def test_quiz_comes_first_unpaid(gold_job, hire, now):
    job, cleo = gold_job(3, quiz=2, quiz_right=1), hire("cleo")

    receipts = [work(cleo, job, label, now) for label in ("heron", "ibis", "heron")]

    assert [receipt.answer.gold for receipt in receipts] == [True, True, False]
    assert [receipt.verdict and receipt.verdict.right for receipt in receipts] == [True, False, None]
    assert receipts[1].verdict.explanation == "Look at the beak."
    assert balance.balance(names.earned(cleo.pk)) == job.price


def test_failed_quiz_ends_assignments(gold_job, hire, now):
    job, eve = gold_job(2, quiz=2, quiz_right=2), hire("eve")
    work(eve, job, "heron", now), work(eve, job, "ibis", now)

    with pytest.raises(claim.NothingToDo, match="quiz"):
        work(eve, job, "ibis", now)
    eve.refresh_from_db()
    assert (eve.gold_seen, eve.gold_right) == (2, 1)


def test_gold_is_mixed_in_once_and_paid(gold_job, hire, now, monkeypatch):
    monkeypatch.setattr(gold, "due", lambda *_facts, answers, **_more: answers % 2 == 0)
    job, cleo = gold_job(4, share=0.5), hire("cleo")

    receipts = [work(cleo, job, "heron", now) for _ in range(11)]

    tested = [receipt.answer.task_id for receipt in receipts if receipt.answer.gold]
    assert len(tested) == len(set(tested)) == 4
    assert {receipt.paid for receipt in receipts} == {Decimal("0.012")}
    assert not any(receipt.verdict for receipt in receipts)  # nobody is told, unless the job says so


def test_gold_share_holds_across_retries():
    draws = [gold.due({"share": 0.2}, worker=7, job=3, gold_seen=0, answers=n) for n in range(5000)]

    assert 0.17 < sum(draws) / 5000 < 0.23
    assert draws == [gold.due({"share": 0.2}, worker=7, job=3, gold_seen=0, answers=n) for n in range(5000)]


def test_rule_uses_upper_confidence_limit(gold_job, hire, now):
    """Three wrong of three may still be chance at 60 %; four are not."""
    job, eve = gold_job(5, quiz=5, **RULE), hire("eve")

    states = []
    for _ in range(3):
        work(eve, job, "ibis", now)
        states.append(JobWorker.objects.get(worker=eve).state)

    assert states == ["working", "working", "paused"]
    assert "0 of 3" in JobWorker.objects.get(worker=eve).reason


def test_corrected_gold_rescores_everyone(alice, gold_job, hire, now):
    job, eve, cleo = gold_job(3, quiz=3, **RULE), hire("eve"), hire("cleo")
    for _ in range(3):
        work(eve, job, "ibis", now)
    work(cleo, job, "heron", now)
    assert JobWorker.objects.get(worker=eve).state == "paused"

    for item in Gold.objects.all():
        gold.correct(viewer=alice, question=item, value="ibis", now=now)

    row = JobWorker.objects.get(worker=eve)
    assert (row.gold_right, row.gold_seen, row.state, row.reason) == (3, 3, "working", "")
    eve.refresh_from_db(), cleo.refresh_from_db()
    assert (eve.gold_right, cleo.gold_right) == (3, 0)


def test_retired_gold_is_not_scored(alice, gold_job, hire, now):
    job, eve = gold_job(1, quiz=1), hire("eve")
    work(eve, job, "ibis", now)

    assert gold.retire(viewer=alice, question=Gold.objects.get(), now=now) == 1
    assert gold.retire(viewer=alice, question=Gold.objects.get(), now=now) == 0

    row = JobWorker.objects.get(worker=eve)
    assert (row.gold_seen, row.gold_right) == (0, 0)
    assert not work(eve, job, "ibis", now).answer.gold


def test_gold_keeps_label_and_informs_method(gold_job, hire, now):
    job = gold_job(2, quiz=2)
    for name in ("cleo", "dan"):
        work(hire(name), job, "ibis", now)
    cleo = job.team.workers.get(user__name="Cleo")
    for _ in range(11):
        work(cleo, job, "ibis", now)
    job = job_lifecycle.advance(job.pk, now=now)

    assert job.state == "Completed"
    assert list(Label.objects.filter(current=True, position__gte=10).values_list("value", "confidence")) == [
        ("heron", 1.0),
        ("heron", 1.0),
    ]
    assert Label.objects.filter(current=True).count() == 12


def test_weights_worker_by_gold_accuracy(gold_job, hire, now):
    from gtcrowd.labels import answers

    job, eve = gold_job(4, quiz=4, rules=[{"below": 0.6, "do": "weigh"}]), hire("eve")
    for _ in range(4):
        work(eve, job, "ibis", now)

    assert JobWorker.objects.get(worker=eve).fixed_accuracy
    assert answers.read(job).accuracy.round(2).tolist() == [0.1]


def test_refuses_invalid_gold_by_position(alice, gold_job, hire, now):
    job = gold_job(1)
    work(hire("cleo"), job, "heron", now)
    items = [{"object": 11, "value": "heron"}, {"object": 0, "value": "heron"}, {"object": 99, "value": "heron"},
             {"object": 5, "value": "owl"}, {"object": 6, "value": "ibis"}]  # fmt: skip

    with pytest.raises(gold.GoldRefused) as refused:
        gold.declare(viewer=alice, job=job, items=items, now=now)

    assert [index for index, _problem in refused.value.faults] == [0, 1, 2, 3]
    assert Gold.objects.count() == 1


def test_gold_opens_no_tasks(gold_job, hire, now):
    job = gold_job(3)

    work(hire("cleo"), job, "heron", now)

    assert Task.objects.filter(job=job, state="gold").count() == 3
    assert not Assignment.objects.filter(slot=None).exists()
    assert not Answer.objects.filter(gold=True).exists()


def test_viewer_declares_no_gold(alice, gold_job, now):
    viewer = Viewer(alice.requester, Role.VIEWER)

    with pytest.raises(NotAllowed):
        gold.declare(viewer=viewer, job=gold_job(1), items=[{"object": 0, "value": "heron"}], now=now)


def test_gold_sets_follow_category_order(alice, ask, hire, answer, now):
    job = ask("a", "b", kind="choices", categories=["calm", "cold", "late"], gold={"quiz": 1})
    gold.declare(viewer=alice, job=job, items=[{"object": 1, "value": ["late", "calm"]}], now=now)

    receipt = answer(hire("cleo"), job, ["calm", "late"])

    assert Gold.objects.get().value == ["calm", "late"]
    assert receipt.verdict.right
    gold.correct(viewer=alice, question=Gold.objects.get(), value=["late"], now=now)
    assert Gold.objects.get().value == ["late"]
    assert JobWorker.objects.get().gold_right == 0
