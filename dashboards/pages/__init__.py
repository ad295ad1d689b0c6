"""The pages: each a module with `title()` and `draw(viewer, filters, options)`, from frames to content."""

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from dashboards.pages import answers, job, money, objects, overview, quality, system, vendors, worker, workers
from dashboards.view_models import Content
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer

from dashboards.address import Options  # isort: skip

PAGES: Mapping[str, ModuleType] = MappingProxyType({
    "overview": overview, "workers": workers, "worker": worker, "quality": quality, "job": job, "vendors": vendors,
    "money": money, "system": system, "answers": answers, "objects": objects,
})  # fmt: skip


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    """The content of the page that the options name. Raises KeyError for a page there is not."""
    content: Content = PAGES[options.page].draw(viewer, filters, options)
    return content
