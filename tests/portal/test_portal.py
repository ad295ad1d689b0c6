import json

import pytest
from django.utils import timezone

from gtcrowd.jobs import store
from gtcrowd.portal import pages
from gtcrowd.tasks import claim
from gtcrowd.tasks.models import Answer, Assignment

pytestmark = pytest.mark.django_db


@pytest.fixture
def cleo(client, hire):
    worker = hire("cleo")
    client.force_login(worker.user)
    return worker


@pytest.fixture
def job(ask):
    return ask("<script>alert(1)</script> & 'heron'", "b", now=timezone.now())


def send(client, job, **body):
    return client.post(f"/work/{job.pk}/submit/", json.dumps(body), content_type="application/json")


def test_looking_never_claims(client, cleo, job):
    assert client.get("/work/").status_code == 200
    assert client.get(f"/work/{job.pk}/").status_code == 200

    assert not Assignment.objects.exists()


def test_starting_claims_and_submitting_brings_the_next(client, cleo, job):
    client.post(f"/work/{job.pk}/start/")
    held = Assignment.objects.get()

    reply = send(client, job, assignment=held.pk, content={"crowd-classifier": {"label": "ibis"}}, activeSeconds=0.1)

    assert reply.json()["receipt"]["paid"] == "0.012"
    assert reply.json()["next"]["assignment"] == Assignment.objects.latest("pk").pk
    assert Answer.objects.get().active_seconds <= 0.1


def test_the_last_answer_says_that_all_is_done(client, cleo, job):
    for _ in range(2):
        held = claim.next_assignment(worker=cleo, job=job, now=timezone.now())
        reply = send(client, job, assignment=held.pk, content={"crowd-classifier": {"label": "ibis"}})

    assert reply.json()["next"] is None
    assert "done everything" in reply.json()["over"]


@pytest.mark.parametrize(
    "body", [b"nonsense", b"[]", b'{"assignment": "x"}', b'{"assignment": 99}', b'{"assignment": true}']
)
def test_nonsense_is_refused(client, cleo, job, body):
    reply = client.post(f"/work/{job.pk}/submit/", body, content_type="application/json")

    assert reply.status_code == 404


def test_a_wrong_answer_is_explained(client, cleo, job):
    held = claim.next_assignment(worker=cleo, job=job, now=timezone.now())

    reply = send(client, job, assignment=held.pk, content={"crowd-classifier": {"label": "owl"}})

    assert reply.status_code == 422
    assert "heron, ibis" in reply.json()["problem"]


def test_somebody_elses_task_is_not_there(client, cleo, hire, job):
    held = claim.next_assignment(worker=hire("dan"), job=job, now=timezone.now())

    assert send(client, job, assignment=held.pk, content={}).status_code == 404
    assert client.get(f"/work/frame/{held.pk}/").status_code == 404


def test_jobs_of_other_teams_are_not_there(client, bob, job):
    client.force_login(bob.user)

    for path in (f"/work/{job.pk}/", f"/work/{job.pk}/submit/", f"/work/{job.pk}/start/"):
        assert client.post(path).status_code in (404, 405)
    assert "not in a workforce" in client.get("/work/").content.decode()


def test_without_a_session_one_signs_in(client, job):
    assert client.get("/work/")["Location"].startswith("/account/login/")


def test_a_source_stays_text(client, cleo, job):
    held = claim.next_assignment(worker=cleo, job=job, now=timezone.now())

    page = client.get(f"/work/frame/{held.pk}/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; " in page


def test_the_frame_is_locked_up(client, cleo, job):
    held = claim.next_assignment(worker=cleo, job=job, now=timezone.now())

    policy = client.get(f"/work/frame/{held.pk}/")["Content-Security-Policy"]

    for part in ("sandbox allow-scripts allow-forms", "default-src 'none'", "frame-ancestors 'self'"):
        assert part in policy
    assert "connect-src" not in policy
    assert "unsafe-inline" not in policy


def test_our_own_pages_are_never_framed(client):
    answer = client.get("/account/login/")

    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


def test_an_object_is_shown_under_its_signed_address(client, alice):
    with store.store().write("s3://heron/a.png") as file:
        file.write(b"\x89PNG")
    address = pages.object_address("s3://heron/a.png", requester_id=alice.requester.pk)

    answer = client.get(address)

    assert (b"".join(answer.streaming_content), answer["Content-Type"]) == (b"\x89PNG", "image/png")
    assert client.get(address.replace("object/", "object/x")).status_code == 404


def test_a_signature_does_not_reach_into_foreign_buckets(client, alice, bob):
    with store.store().write("s3://ibis/a.png") as file:
        file.write(b"\x89PNG")

    address = pages.object_address("s3://ibis/a.png", requester_id=alice.requester.pk)

    assert client.get(address).status_code == 404


def test_a_signed_address_expires(client, alice, monkeypatch):
    address = pages.object_address("s3://heron/a.png", requester_id=alice.requester.pk)
    monkeypatch.setattr(pages, "SECONDS_VALID", -1)

    assert client.get(address).status_code == 410


def test_other_files_are_not_shown_in_the_page(client, alice):
    with store.store().write("s3://heron/a.svg") as file:
        file.write(b"<svg onload='alert(1)'/>")

    answer = client.get(pages.object_address("s3://heron/a.svg", requester_id=alice.requester.pk))

    answer.close()
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


def test_an_invitation_sets_a_password_and_signs_in(client, alice, team):
    from gtcrowd.identity import invitations
    from gtcrowd.workforce import invite

    (worker,) = invite.invite(viewer=alice, emails=["gus@example.org"], team=team, now=timezone.now())
    token = invitations.create(worker.user, now=timezone.now())

    weak = client.post(f"/join/{token}/", {"password": "123", "again": "123", "name": "Gus"})
    unlike = client.post(f"/join/{token}/", {"password": "a long one here", "again": "another", "name": "Gus"})
    good = client.post(f"/join/{token}/", {"password": "a long one here", "again": "a long one here", "name": "Gus"})

    assert (weak.status_code, unlike.status_code, good.status_code) == (422, 422, 302)
    assert client.get("/work/").status_code == 200
    assert client.get(f"/join/{token}/").status_code == 410


def test_nobody_signs_up_uninvited(client):
    assert client.post("/account/signup/", {"email": "x@example.org"}).status_code == 200
    from gtcrowd.identity.models import User

    assert not User.objects.filter(email="x@example.org").exists()


def test_returning_and_declining(client, cleo, job):
    held = claim.next_assignment(worker=cleo, job=job, now=timezone.now())
    body = {"assignment": held.pk, "how": "decline", "reason": "no"}
    declined = client.post(f"/work/{job.pk}/leave/", json.dumps(body), content_type="application/json").json()

    body = {"assignment": declined["next"]["assignment"], "how": "return"}
    returned = client.post(f"/work/{job.pk}/leave/", json.dumps(body), content_type="application/json").json()

    assert returned["next"] is None
    assert list(Assignment.objects.order_by("pk").values_list("state", flat=True)) == ["declined", "returned"]


def test_the_pages_cost_few_queries(client, cleo, job, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        client.get("/work/")
    held = claim.next_assignment(worker=cleo, job=job, now=timezone.now())
    with django_assert_max_num_queries(32):
        send(client, job, assignment=held.pk, content={"crowd-classifier": {"label": "ibis"}})
