"""Handing in, returning and declining, as the work page does it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import drafts
from gtcrowd.tasks.lifecycle import release
from gtcrowd.tasks.models import Answer, Assignment, AssignmentState, Slot


def test_answer_brings_receipt_and_next_task(hand, take, pictures):
    reply = hand(take(pictures)).json()

    held = Assignment.objects.get(state=AssignmentState.LIVE)
    assert reply["receipt"]["paid"] == "0.036"
    assert reply["receipt"]["sentence"] == "Answer received: $0.036 earned."
    assert reply["next"]["assignment"] == held.pk
    assert 298 < reply["next"]["secondsLeft"] <= 300


def test_last_answer_says_where_to_go(hand, take, cleos, pictures):
    hand(take(pictures))
    reply = hand(take(pictures)).json()

    assert reply["next"] is None
    page = cleos.get(reply["go"]).content.decode()
    assert "completed all tasks" in page
    assert "$0.072" in page


def test_stopping_claims_no_next_task(hand, take, pictures):
    reply = hand(take(pictures), more=False).json()

    assert (reply["next"], reply["go"]) == (None, "/work/")
    assert not Assignment.objects.filter(state=AssignmentState.LIVE).exists()


def test_repeated_answer_counts_once(hand, take, pictures):
    assignment = take(pictures)
    hand(assignment)
    reply = hand(assignment).json()

    assert reply["receipt"]["repeated"]
    assert Answer.objects.count() == 1


def test_second_answer_keeps_first(hand, take, pictures):
    assignment = take(pictures)
    hand(assignment, "heron")
    response = hand(assignment, "ibis")

    assert response.status_code == 409
    assert response.json()["next"]
    assert Answer.objects.get().value == "heron"


def test_explains_missing_answer(hand, take, pictures):
    response = hand(take(pictures), "swan")

    assert response.status_code == 422
    assert "heron, ibis" in response.json()["expected"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"assignment": 1, "content": []}',
        '{"assignment": {}, "content": {}, "x": NaN}',
        "[" * 99_999,
    ],
)
def test_refuses_invalid_answer(cleos, pictures, body):
    response = cleos.post(f"/work/{pictures.pk}/submit/", body, content_type="application/json")

    assert response.status_code == 400


def test_refuses_nul_character(hand, take, pictures):
    assert hand(take(pictures), "heron\x00").status_code == 400


@pytest.mark.parametrize("seconds", ["x", -1, True, None, [], 1e400])
def test_ignores_invalid_active_time(hand, take, pictures, seconds):
    response = hand(take(pictures), activeSeconds=seconds if seconds != 1e400 else "inf")

    assert response.status_code == 200
    assert Answer.objects.get().active_seconds is None


def test_answer_of_another_is_not_found(hand, take, hire, signed_in, pictures):
    dan = signed_in(hire("dan").user)

    assert hand(take(pictures), client=dan).status_code == 404
    assert not Answer.objects.exists()


def test_answer_without_session_gets_json_refusal(hand, take, client, pictures):
    assert hand(take(pictures), client=client).status_code == 401


def test_explains_late_answer(hand, take, pictures):
    assignment = take(pictures)
    past = assignment.claimed_at - timedelta(hours=1)
    Assignment.objects.filter(pk=assignment.pk).update(claimed_at=past, expires_at=past + timedelta(minutes=5))

    receipt = hand(assignment).json()["receipt"]

    assert receipt["late"]
    assert receipt["sentence"] == "Late, but accepted: $0.036 earned."


def test_returned_task_goes_back(cleos, take, pictures):
    assignment = take(pictures)

    response = cleos.post(
        f"/work/{pictures.pk}/leave/", {"assignment": assignment.pk, "how": "return", "reason": "too dark"}
    )

    assignment.refresh_from_db()
    assert response.status_code == 302
    assert (assignment.state, assignment.reason) == (AssignmentState.RETURNED, "too dark")


def test_declined_task_is_not_offered_again(cleos, take, pictures):
    first = take(pictures)
    cleos.post(f"/work/{pictures.pk}/leave/", {"assignment": first.pk, "how": "decline"})

    first.refresh_from_db()
    assert first.state == AssignmentState.DECLINED
    assert take(pictures).task_id != first.task_id


def test_refuses_answer_after_returning(cleos, take, hand, pictures):
    assignment = take(pictures)
    cleos.post(f"/work/{pictures.pk}/leave/", {"assignment": assignment.pk, "how": "return"})

    assert hand(assignment).status_code == 409


def test_refuses_return_of_foreign_task(take, hire, signed_in, pictures):
    assignment = take(pictures)
    dan = signed_in(hire("dan").user)

    assert dan.post(f"/work/{pictures.pk}/leave/", {"assignment": assignment.pk, "how": "return"}).status_code == 404


def test_answer_and_next_task_cost_few_queries(hand, take, pictures):
    hand(take(pictures))  # ledger accounts come to be with the first answer
    assignment = take(pictures)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        hand(assignment)

    own = [item["sql"] for item in queries if not item["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    # Three are the portal's: session, person, assignment. The others are those of submit and claim.
    assert len(own) <= 17, "\n".join(own)
    assert Answer.objects.count() == 2
    assert sum(Answer.objects.values_list("paid", flat=True)) == Decimal("0.072")


def test_saves_draft_of_current_task_only(cleos, take, pictures, hire, signed_in):
    held = take(pictures)
    path = f"/work/{pictures.pk}/draft/"

    def save(client, state):
        body = {"assignment": held.pk, "state": state}
        return client.post(path, body, content_type="application/json")

    assert save(cleos, {"widgets": ["ibis"]}).json() == {"kept": True}
    assert save(cleos, {"widgets": ["heron"]}).json() == {"kept": True}
    assert drafts.find(held) == {"widgets": ["heron"]}
    assert save(cleos, {"widgets": ["x" * 600_000]}).status_code == 413
    assert save(cleos, "half").status_code == 400
    assert save(signed_in(hire("dan").user), {"widgets": []}).status_code == 404
    release.give_back(assignment=held, reason="", now=timezone.now())
    assert save(cleos, {"widgets": []}).json() == {"kept": False}
    assert drafts.tidy() == 1
    assert drafts.find(held) is None


@pytest.mark.parametrize("half", ["\\ud800", "x\\udfff y"])
def test_explains_refused_draft(cleos, take, give, half):
    job = give([{"source": "x"}], kind="text", categories=[])
    held = take(job)
    body = f'{{"assignment": {held.pk}, "content": {{"text": "a{half}"}}}}'

    refused = cleos.post(f"/work/{job.pk}/submit/", body, content_type="application/json")
    draft = cleos.post(f"/work/{job.pk}/draft/", body.replace("content", "state"), content_type="application/json")

    assert (refused.status_code, "unpaired surrogate" in refused.json()["problem"]) == (422, True)
    assert draft.status_code == 413
    assert not Answer.objects.exists()


def test_only_an_answer_may_be_large(cleos, take, give):
    job = give([{"source": "x"}], kind="custom", categories=[])
    held = take(job)
    large = {"assignment": held.pk, "content": {"more": "x" * 900_000, "pad": " " * 90_000}, "rest": "x" * 2_000_000}

    draft = cleos.post(f"/work/{job.pk}/draft/", large | {"state": {}}, content_type="application/json")
    beyond = cleos.post(f"/work/{job.pk}/submit/", large | {"rest": "x" * 28_000_000}, content_type="application/json")
    taken = cleos.post(f"/work/{job.pk}/submit/", large, content_type="application/json")

    assert (draft.status_code, beyond.status_code, taken.status_code) == (400, 413, 200)


def ahead(client, held):
    body = {"assignment": held.pk}
    reply = client.post(f"/work/{held.job_id}/in-advance/", body, content_type="application/json")
    return Assignment.objects.get(pk=reply.json()["next"]["assignment"])


def test_offline_task_becomes_current(cleos, hand, take, pictures):
    held = take(pictures)
    begun = ahead(cleos, held)
    Assignment.objects.filter(pk=begun.pk).update(expires_at=begun.claimed_at)  # it was fetched long ago

    reply = hand(held, at=begun.pk).json()

    assert reply["next"]["assignment"] == begun.pk
    assert 298 < reply["next"]["secondsLeft"] <= 300
    stored = Assignment.objects.get(pk=begun.pk)
    assert (stored.state, stored.in_advance, stored.claimed_at) == (AssignmentState.LIVE, False, begun.claimed_at)
    assert hand(begun).json()["receipt"]["late"] is False


def test_keeps_answer_to_reassigned_task(cleos, hand, take, hire, pictures):
    held = take(pictures)
    begun = ahead(cleos, held)
    Assignment.objects.filter(pk=begun.pk).update(expires_at=begun.claimed_at)
    Slot.objects.filter(pk=begun.slot_id).update(free_at=begun.claimed_at)
    claim.next_assignment(worker=hire("dan"), job=pictures, now=timezone.now())

    assert hand(held, at=begun.pk).json()["next"] is None
    receipt = hand(begun, more=False).json()["receipt"]
    assert (receipt["extra"], receipt["paid"]) == (True, "0.036")


def test_refuses_foreign_shown_task(hand, take, hire, pictures):
    other = claim.next_assignment(worker=hire("dan"), job=pictures, now=timezone.now())

    assert hand(take(pictures), at=other.pk).status_code == 404
    assert Assignment.objects.get(pk=other.pk).state == AssignmentState.LIVE
