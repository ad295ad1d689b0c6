import pytest
from rest_framework.test import APIClient

from gtcrowd.identity import keys


@pytest.fixture
def call(alice):
    """A program of Alice's, with an access key."""
    return program(alice.requester, "requester")


def program(requester, role):
    key, secret = keys.create(requester=requester, name="test", role=role)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key.key_id}.{secret}")
    return client


@pytest.fixture
def labeled(ask, hire, answer, now):
    """A completed job of three objects."""
    from gtcrowd import job_lifecycle

    job = ask("a", "b", "c", workers_per_object=1)
    cleo = hire("cleo")
    for label in ("heron", "ibis", "heron"):
        answer(cleo, job, label)
    return job_lifecycle.advance(job.pk, now=now)
