"""Serve the elements that kinds bring along: `gtcrowd/kinds/NAME/elements/FILE` as `kinds/NAME/FILE`."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles import utils
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from gtcrowd.workpage import elements

PREFIX = "kinds"


class KindElementsFinder(BaseFinder):
    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        """Return the file behind a path below the root of static files, or a list of all such files."""
        matches = [storage.path(path.removeprefix(f"{storage.prefix}/")) for storage in self._storages_of(path)]
        return matches if find_all else next(iter(matches), [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield each file and the storage it is in."""
        for storage in _storages():
            for path in utils.get_files(storage, list(ignore_patterns or ())):
                yield path, storage

    def _storages_of(self, path: str) -> "Iterator[_ElementStorage]":
        for storage in _storages():
            inside = path.removeprefix(f"{storage.prefix}/")
            if inside != path and storage.exists(inside):
                yield storage


class _ElementStorage(FileSystemStorage):
    """The folder `elements` of a kind; `prefix` is where its files appear below the root of static files."""

    def __init__(self, name: str, location: str) -> None:
        super().__init__(location=location)
        self.prefix = f"{PREFIX}/{name}"


def _storages() -> Iterator[_ElementStorage]:
    """Read anew each time: a kind may be added to `gtcrowd.kinds.__path__` at run time."""
    for name, folder in elements.kind_folders():
        yield _ElementStorage(name, str(folder))
