"""Access keys: made once, shown once, kept encrypted."""

import base64
import hmac
import secrets
import string
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import AccessKey, Requester, User

ALPHABET = string.ascii_uppercase + string.digits
USE_NOTED_EVERY = timedelta(minutes=5)
"""The last use is written at most this often: a row per request would be a hot row."""


class KeyRefused(Exception):
    """The key is unknown, revoked, or its secret is wrong; which of these is not told."""


def create(*, requester: Requester, name: str, role: str, created_by: User | None = None) -> tuple[AccessKey, str]:
    """A new key and its secret in the clear, which cannot be read again through the service."""
    key_id = "GTC" + "".join(secrets.choice(ALPHABET) for _ in range(17))
    clear = secrets.token_urlsafe(30)
    key = AccessKey.objects.create(
        requester=requester,
        key_id=key_id,
        secret=sealed(clear),
        name=name,
        role=role,
        created_by=created_by,
    )
    return key, clear


def secret_of(key: AccessKey) -> str:
    """The secret in the clear, for checking a signature; never for showing."""
    return unsealed(key.secret)


def authenticate(token: str, *, now: datetime) -> Viewer:
    """The caller whose bearer token is `ID.SECRET`. Raises KeyRefused."""
    key_id, _, presented = token.partition(".")
    key = AccessKey.objects.select_related("requester").filter(key_id=key_id, revoked_at=None).first()
    if key is None or not hmac.compare_digest(secret_of(key).encode(), presented.encode()):
        raise KeyRefused
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        AccessKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return Viewer(requester=key.requester, role=key.role)


def revoke(key: AccessKey, *, now: datetime) -> None:
    AccessKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)


def sealed(clear: str) -> bytes:
    """A secret as it may be kept."""
    return _box().encrypt(clear.encode())


def unsealed(secret: bytes | memoryview) -> str:
    """The secret in the clear."""
    return _box().decrypt(bytes(secret)).decode()


def _box() -> MultiFernet:
    """Encrypts with the present secret key and still decrypts what older ones encrypted."""
    return MultiFernet([_fernet(key) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]])


def _fernet(secret_key: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=b"gtcrowd access keys").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
