"""Signed addresses of objects: each opens one object for a while to whoever has it.

The sandboxed frame has no cookies, so the address itself must say that it may be read.
"""

from django.core import signing
from django.urls import reverse

SALT = "gtcrowd.portal.object"
VALID_SECONDS = 2 * 3600


class Expired(Exception):
    """The address was good once."""


class Forged(Exception):
    """The address is not one of ours."""


def address(uri: str, *, job_id: int) -> str:
    """Path under which the object can be read for two hours by whoever has it."""
    return reverse("portal:object", args=[signing.dumps({"job": job_id, "uri": uri}, salt=SALT, compress=True)])


def uri(token: str) -> str:
    """What an address opens. Raises Expired, Forged."""
    try:
        return str(signing.loads(token, salt=SALT, max_age=VALID_SECONDS)["uri"])
    except signing.SignatureExpired as error:
        raise Expired from error
    except signing.BadSignature as error:
        raise Forged from error
