"""The REST interface describes the job fields that the table has, with the limits in force."""

import pytest

from gtcrowd.jobs.fields import CHANGEABLE, FIELDS
from gtcrowd.jobs.fields.types import OfRequester

pytestmark = pytest.mark.django_db
OF_REQUESTER = [(name, row.type.maximum.attribute) for name, row in FIELDS.items()
                if isinstance(getattr(row.type, "maximum", None), OfRequester)]  # fmt: skip


def properties(client, component):
    return client.get("/api/v1/schema/?format=json").json()["components"]["schemas"][component]["properties"]


def test_schema_has_every_field(client):
    assert set(properties(client, "JobRequest")) == set(FIELDS)
    assert set(properties(client, "PatchedJobChange")) == set(CHANGEABLE)


@pytest.mark.parametrize(("name", "attribute"), OF_REQUESTER)
def test_schema_states_limits_of_caller(call, client, alice, name, attribute):
    setattr(alice.requester, attribute, 7)
    alice.requester.save()

    assert properties(call, "JobRequest")[name]["maximum"] == 7
    assert "maximum" not in properties(client, "JobRequest")[name]


@pytest.mark.parametrize(("name", "attribute"), OF_REQUESTER)
def test_limit_of_requester_is_enforced(call, alice, team, put, name, attribute):
    setattr(alice.requester, attribute, 7)
    alice.requester.save()
    request = {
        "name": "limits", "medium": "text", "categories": ["heron", "ibis"], "manifest": put("a"), "team": team.name,
        "title": "t", "description": "d", "price": "0.012", "workers_per_object": 7, "target_error": 0.1,
    }  # fmt: skip

    for value, status in ((7, 200), (8, 422)):
        response = call.post("/api/v1/jobs/plan/", request | {"min_workers": 1, name: value}, format="json")
        faulty = [fault["field"] for fault in response.json().get("faults", [])]
        assert (response.status_code, name in faulty) == (status, status == 422), response.json()
