from decimal import Decimal

import pytest

from gtcrowd import job_lifecycle
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import NotAllowed, Role
from gtcrowd.jobs import create, ingest, state, stop, store
from gtcrowd.jobs.models import Job
from gtcrowd.jobs.request import JobRefused
from gtcrowd.ledger import balance, names
from gtcrowd.ledger.hold import InsufficientFunds
from gtcrowd.tasks.models import Task

pytestmark = pytest.mark.django_db


def faults(refused):
    return {fault.field for fault in refused.value.faults}


def test_creates_job_and_holds_budget(alice, ask):
    job = ask("a", "b", opened=False)

    assert (job.state, job.objects_total) == ("Initializing", 2)
    assert balance.balance(names.hold(job.pk)) == Decimal("0.072")


def test_reports_all_errors_at_once(alice, ask):
    with pytest.raises(JobRefused) as refused:
        ask(
            name="a b", label_attribute="x-ref", categories=["one"], title="", price="0.0001", workers_per_object=10,
            time_limit=5, team="nobody", method="magic", max_percentage=101, typo=1, medium="sound",
        )  # fmt: skip

    assert faults(refused) == {
        "name", "label_attribute", "categories", "title", "price", "workers_per_object", "time_limit", "team",
        "method", "max_percentage", "typo", "medium",
    }  # fmt: skip
    assert not Job.objects.exists()


def test_manifest_error_names_line(ask, put):
    put(lines=['{"source":"a"}', '{"text":"b"}', "nonsense"], key="bad.manifest")

    with pytest.raises(JobRefused) as refused:
        ask(manifest="s3://heron/bad.manifest")

    problems = [fault.problem for fault in refused.value.faults]
    assert ["line 2" in problems[0], "line 3" in problems[1]] == [True, True]


def test_refuses_foreign_bucket_unread(bob, ask):
    with store.store().write("s3://ibis/secret.manifest") as file:
        file.write(b"not a manifest")

    with pytest.raises(JobRefused) as refused:
        ask(manifest="s3://ibis/secret.manifest")

    assert [fault.problem for fault in refused.value.faults] == ["must be in one of your buckets: heron."]


def test_foreign_bucket_error_names_line(ask, put):
    put(lines=['{"source-ref":"s3://heron/a.png"}', '{"source-ref":"s3://ibis/b.png"}'], key="i.manifest")

    with pytest.raises(JobRefused) as refused:
        ask(manifest="s3://heron/i.manifest", medium="image")

    assert "line 2" in refused.value.faults[0].problem


def test_job_names_ignore_case(ask):
    ask(name="birds", opened=False)

    with pytest.raises(JobRefused) as refused:
        ask(name="BIRDS", opened=False)
    assert faults(refused) == {"name"}


def test_insufficient_funds_create_nothing(alice, ask):
    alice.requester.credit = 0

    with pytest.raises(InsufficientFunds):
        ask()
    assert not Job.objects.exists()


def test_price_is_tier_or_within_bounds(alice, ask):
    alice.requester.min_price, alice.requester.max_price = Decimal("0.05"), Decimal("0.1")

    assert ask(name="ladder", price="0.012", opened=False).price == Decimal("0.012")
    assert ask(name="bounds", price="0.077", opened=False).price == Decimal("0.077")
    with pytest.raises(JobRefused):
        ask(name="neither", price="0.013")


def test_viewer_creates_nothing(alice):
    with pytest.raises(NotAllowed):
        create.create(viewer=Viewer(alice.requester, Role.VIEWER), values={}, now=None)


def test_killed_ingest_resumes(ask, now, monkeypatch):
    job = ask(*(f"text {n}" for n in range(25)), opened=False)
    monkeypatch.setattr(ingest, "PORTION", 10)
    brought, bring = [], ingest._bring_in

    def killed(job, portion):
        if len(brought) == 2:
            raise KeyboardInterrupt
        bring(job, portion)
        brought.append(len(portion))

    monkeypatch.setattr(ingest, "_bring_in", killed)
    with pytest.raises(KeyboardInterrupt):
        ingest.ingest(job, now=now)
    monkeypatch.setattr(ingest, "_bring_in", bring)
    job = job_lifecycle.advance(job.pk, now=now)

    assert job.state == "InProgress"
    assert list(job.data_objects.order_by("position").values_list("line", flat=True)) == [
        f'{{"source": "text {n}"}}' for n in range(25)
    ]


def test_changed_manifest_fails_job_and_refunds(alice, ask, put, now):
    job = ask(opened=False)
    put("something", "else", key="birds.manifest")

    job = job_lifecycle.advance(job.pk, now=now)

    assert (job.state, job.reason_code) == ("Failed", "manifest-unreadable")
    assert "was changed" in job.reason
    assert balance.balance(names.funds(alice.requester.pk)) == 0


def test_opens_at_most_max_concurrent_objects(ask):
    job = ask("a", "b", "c", "d", max_concurrent=2)

    assert Task.objects.filter(job=job, state="open").count() == 2


def test_skips_object_labeled_before(ask, put):
    put(lines=['{"source":"a","birds":0}', '{"source":"b"}'], key="chained.manifest")

    job = ask(manifest="s3://heron/chained.manifest")

    assert Task.objects.filter(job=job).values_list("position", flat=True).get() == 1


def test_job_stops_once(alice, ask, now):
    job = ask()

    stop.stop(viewer=alice, job=job, now=now)
    job = job_lifecycle.advance(job.pk, now=now)

    assert (job.state, job.reason_code) == ("Stopped", "stopped-by-requester")
    with pytest.raises(state.NotPossible):
        stop.stop(viewer=alice, job=job, now=now)


@pytest.mark.parametrize(
    "uri", ["s3://heron/../ibis/x", "s3://heron/a/../../ibis/x", "s3:///x", "file:///etc/passwd", "s3://.."]
)
def test_paths_stay_within_bucket(uri):
    with pytest.raises((store.BadAddress, store.ObjectMissing)):
        store.store().open(uri)


def test_interrupted_write_leaves_nothing():
    def broken():
        with store.store().write("s3://heron/half") as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    with pytest.raises(store.ObjectMissing):
        store.store().size("s3://heron/half")
