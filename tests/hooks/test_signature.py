"""Signatures and secrets, as a receiver computes them."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from gtcrowd.hooks import signature, signing_secret

BODY = b'{"source": "a"}'
CREATED = datetime(2026, 5, 4, tzinfo=UTC)


def digest(message):
    return hmac.new(b"s3cret", message, hashlib.sha256).hexdigest()


def test_signs_moment_and_body_of_call():
    signed = signature.of_call(BODY, secret="s3cret", moment=1777888999)

    assert signed == f"t=1777888999,v1={digest(b'1777888999.' + BODY)}"


def test_accepts_signed_delivery():
    assert signature.is_of_delivery(f"sha256={digest(BODY)}", BODY, secret="s3cret")


@pytest.mark.parametrize(
    "wrong", ["", "sha256=", digest(BODY), f"sha256={digest(BODY)[:-1]}", f"sha256={digest(b'b')}", "é"]
)
def test_refuses_wrong_signature(wrong):
    assert not signature.is_of_delivery(wrong, BODY, secret="s3cret")


def test_each_webhook_has_its_secret():
    secrets = {
        signing_secret.of_webhook(job_id=job_id, created_at=created_at)
        for job_id in (1, 2)
        for created_at in (CREATED, CREATED + timedelta(seconds=1))
    }

    assert len(secrets) == 4
