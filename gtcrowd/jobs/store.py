"""Where objects lie: one interface, answered by the class that the setting GTCROWD_STORE names."""

from contextlib import AbstractContextManager
from functools import cache
from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from gtcrowd.platform.reasons import Explained, Reason

MOST_KEY_BYTES = 1024
"""Of the key of an object, as in S3."""


class ObjectMissing(Explained):
    """There is no object at this address, or it cannot be read."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        super().__init__(Reason.OBJECT_MISSING, uri=uri)


class BadAddress(ValueError):
    """Not an address of the store, which are `s3://BUCKET/KEY`."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        super().__init__(_("%(uri)s is not a valid address. Addresses have the form s3://BUCKET/KEY.") % {"uri": uri})


class BadKey(BadAddress):
    """A key that the store cannot keep an object under."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri)
        text = _(
            "%(uri)s: the store cannot keep an object under this key. A key has at most %(most)s bytes, at most 255 in "
            "each part between slashes, no part that is empty, . or .., and is not the folder of another object."
        )
        self.args = (text % {"uri": ascii(uri)[1:-1] if not uri.isprintable() else uri, "most": f"{MOST_KEY_BYTES:,}"},)


class Store(Protocol):
    """Objects in buckets. Addresses are `s3://BUCKET/KEY` whatever stands behind."""

    def open(self, uri: str) -> BinaryIO:
        """The object's bytes, seekable. Raises ObjectMissing, BadAddress."""

    def write(self, uri: str) -> AbstractContextManager[BinaryIO]:
        """A file to write the object into; it appears whole when the block ends well, and not at all otherwise."""

    def size(self, uri: str) -> int:
        """Bytes. Raises ObjectMissing, BadAddress."""

    def version(self, uri: str) -> str:
        """Return a text that every write of the object changes, such as an ETag. Raises ObjectMissing, BadAddress."""


@cache
def store() -> Store:
    answering: Store = import_string(settings.GTCROWD_STORE)()
    return answering


def split(uri: str) -> tuple[str, str]:
    """Bucket and key of an address. Raises BadAddress."""
    scheme, _sep, rest = uri.partition("://")
    bucket, _sep, key = rest.partition("/")
    if scheme != "s3" or not bucket or not key:
        raise BadAddress(uri)
    if len(key.encode("utf-8", "surrogatepass")) > MOST_KEY_BYTES:
        raise BadKey(uri)
    return bucket, key


def bucket(uri: str) -> str | None:
    """The bucket of an address, or None if it is not one."""
    try:
        return split(uri.strip())[0]
    except BadAddress:
        return None
