"""Find the scripts and styles that the page of a task needs.

Every page loads the shared modules in `static/workpage/elements`. Further elements come in groups: a folder with a
module `elements.js` that exports `ELEMENTS`, a mapping from tags to classes. The folders below
`static/workpage/elements` are groups, and so is the folder `elements` of each kind in `gtcrowd.kinds`. A page loads a
group if it contains one of the group's tags.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static

from gtcrowd import kinds

SHARED = "workpage/elements"
ROOT = Path(__file__).parent / "static" / SHARED
ENTRY = "elements.js"
EXPORT = re.compile(r"export const ELEMENTS = \{(.*?)\};", re.DOTALL)
TAG = re.compile(r'"([a-z][a-z0-9]*(?:-[a-z0-9]+)+)"\s*:')
IMPORT = re.compile(r'(?:from|import)\s*"\.\./([a-z0-9-]+)/[^"]+"')


@dataclass(frozen=True)
class Group:
    """A folder of modules that only some pages need.

    `modules` and `stylesheets` are paths below the root of static files; the module `entry` exports the elements.
    """

    tags: tuple[str, ...]
    entry: str
    modules: tuple[str, ...]
    stylesheets: tuple[str, ...]

    def is_in(self, html: str) -> bool:
        """Return whether the page names one of the group's tags; a script may create such an element later."""
        tags = "|".join(map(re.escape, self.tags))
        return re.search(rf"(?<![\w-])({tags})(?![\w-])", html, re.IGNORECASE) is not None


def groups(html: str) -> list[Group]:
    """Return the groups whose elements occur in the page."""
    return [group for group in all_groups() if group.is_in(html)]


def all_groups() -> tuple[Group, ...]:
    """Return every group of elements, those of the kinds included."""
    return _groups(kind_folders())


def modules(used: Iterable[Group]) -> list[str]:
    """Return the addresses of all modules that a page with these groups loads.

    They are named to the browser at once: it keeps no files for an opaque origin, and would otherwise discover them one
    after another, task after task.
    """
    shared = (f"{SHARED}/{file.name}" for file in sorted(ROOT.glob("*.js")))
    paths = dict.fromkeys([*shared, *(path for group in used for path in group.modules)])
    return [static(path) for path in paths]


def kind_folders() -> tuple[tuple[str, Path], ...]:
    """Return the name of each kind that brings elements, and the folder they are in."""
    folders = {
        folder.parent.name: folder for parent in kinds.__path__ for folder in sorted(Path(parent).glob("*/elements"))
    }
    return tuple(folders.items())


@lru_cache(maxsize=8)
def _groups(of_kinds: tuple[tuple[str, Path], ...]) -> tuple[Group, ...]:
    shared = ((f"{SHARED}/{entry.parent.name}", entry.parent) for entry in sorted(ROOT.glob(f"*/{ENTRY}")))
    own = ((f"kinds/{name}", folder) for name, folder in of_kinds)
    return tuple(_group(address, folder) for address, folder in [*shared, *own] if (folder / ENTRY).exists())


def _group(address: str, folder: Path) -> Group:
    export = EXPORT.search((folder / ENTRY).read_text(encoding="utf-8"))
    if export is None:
        raise ValueError(f"{folder / ENTRY} must export ELEMENTS, a mapping from tags to classes.")
    modules = [f"{address}/{path}" for path in _files(folder, "*.js")]
    if address.startswith(SHARED):
        used = {name for file in folder.glob("*.js") for name in IMPORT.findall(file.read_text(encoding="utf-8"))}
        modules += [f"{SHARED}/{name}/{path}" for name in sorted(used) for path in _files(ROOT / name, "*.js")]
    styles = tuple(f"{address}/{path}" for path in _files(folder, "*.css"))
    return Group(tuple(TAG.findall(export[1])), f"{address}/{ENTRY}", tuple(modules), styles)


def _files(folder: Path, pattern: str) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob(pattern))
