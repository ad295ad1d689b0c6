"""Signed addresses of objects: whoever has one can read one object for two hours.

The sandbox has no cookies, so the address itself must grant access. `gtcrowd.workpage.objects` serves these addresses.
"""

from django.core import signing
from django.urls import get_script_prefix

PREFIX = "work/object/"
"""Path of all signed addresses, below the root of the service."""
SALT = "gtcrowd.jobs.object"
VALID_SECONDS = 2 * 3600


class Expired(Exception):
    """The signature is valid but too old."""


class Forged(Exception):
    """The signature is invalid."""


def root() -> str:
    """Return the path under which all signed addresses lie, with a slash at both ends."""
    return f"{get_script_prefix()}{PREFIX}"


def address(uri: str, *, job_id: int) -> str:
    """Return a path under which anyone who has it can read the object for two hours."""
    return f"{root()}{signing.dumps({'job': job_id, 'uri': uri}, salt=SALT, compress=True)}/"


def uri(token: str) -> str:
    """Return the URI of the object that a token grants access to. Raises Expired, Forged."""
    try:
        return str(signing.loads(token, salt=SALT, max_age=VALID_SECONDS)["uri"])
    except signing.SignatureExpired as error:
        raise Expired from error
    except signing.BadSignature as error:
        raise Forged from error
