"""How calls of hooks and deliveries to webhooks are signed: HMAC-SHA256 of the body, in hexadecimal digits."""

import hashlib
import hmac

HEADER = "X-Gtcrowd-Signature"


def of_call(body: bytes, *, secret: str, moment: int) -> str:
    """Return the signature of a call: `t=` the moment in Unix seconds, and `v1=` the HMAC of `MOMENT.BODY`."""
    return f"t={moment},v1={_digest(secret, f'{moment}.'.encode() + body)}"


def of_delivery(body: bytes, *, secret: str) -> str:
    """Return the signature that a delivery to a job's webhook must have: `sha256=` and the HMAC of the body."""
    return f"sha256={_digest(secret, body)}"


def is_of_delivery(signature: str, body: bytes, *, secret: str) -> bool:
    """Return whether a delivery is signed with the secret; takes the same time for every wrong signature."""
    return hmac.compare_digest(of_delivery(body, secret=secret).encode(), signature.encode())


def _digest(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
