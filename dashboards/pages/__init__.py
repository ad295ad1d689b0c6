"""The pages: modules with `title()` and `draw(viewer, filters, options)`, from frames to content."""

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
    """Return the content of the page in the options. Raises KeyError for an unknown page."""
    content: Content = PAGES[options.page].draw(viewer, filters, options)
    return content
