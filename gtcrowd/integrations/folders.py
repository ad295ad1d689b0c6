"""Objects in folders: one folder per bucket under GTCROWD_STORE_DIR. The default store."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings

from gtcrowd.jobs import store

MOST_PART_BYTES = 255
"""Of a name of a file or folder."""
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class FolderStore:
    """Answers gtcrowd.jobs.store.Store."""

    def __init__(self) -> None:
        self.root = Path(settings.GTCROWD_STORE_DIR).resolve()

    def open(self, uri: str) -> BinaryIO:
        try:
            return self._path(uri).open("rb")
        except OSError as error:
            raise store.ObjectMissing(uri) from error

    def size(self, uri: str) -> int:
        try:
            return self._path(uri).stat().st_size
        except OSError as error:
            raise store.ObjectMissing(uri) from error

    def version(self, uri: str) -> str:
        try:
            status = self._path(uri).stat()
        except OSError as error:
            raise store.ObjectMissing(uri) from error
        # A write makes a new file; the time of change catches one that was edited in place and given its old date.
        return f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}"

    @contextmanager
    def write(self, uri: str) -> Iterator[BinaryIO]:
        path = self._path(uri)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:  # a part of the path is an object
            raise store.BadKey(uri) from error
        if path.is_dir():
            raise store.BadKey(uri)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as part:
            try:
                yield cast(BinaryIO, part)
                part.flush()
                Path(part.name).replace(path)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise

    def _path(self, uri: str) -> Path:
        bucket, key = store.split(uri)
        if not BUCKET.fullmatch(bucket):
            raise store.BadAddress(uri)
        if not _is_path(key):
            raise store.BadKey(uri)
        path = (self.root / bucket / key).resolve()
        # `..` in a key, or a link, must not lead out of the bucket.
        if not path.is_relative_to(self.root / bucket):
            raise store.BadAddress(uri)
        return path


def _is_path(key: str) -> bool:
    """Return whether a key can be the path of a file, which no other key shares."""
    try:
        parts = [part.encode() for part in key.split("/")]
    except UnicodeEncodeError:
        return False
    return all(part not in (b"", b".", b"..") and len(part) <= MOST_PART_BYTES and b"\0" not in part for part in parts)
