"""The pages: modules with `title()` and `draw(viewer, filters, options)`, from frames to content."""

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from django.utils.translation import gettext as _

from dashboards import address
from dashboards.pages import answers, job, money, objects, overview, quality, system, vendors, worker, workers
from dashboards.view_models import Content, Switch
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer

from dashboards.address import Options  # isort: skip

PAGES: Mapping[str, ModuleType] = MappingProxyType({
    "overview": overview, "workers": workers, "worker": worker, "quality": quality, "job": job, "vendors": vendors,
    "money": money, "system": system, "answers": answers, "objects": objects,
})  # fmt: skip


def unknown(options: Options) -> Content:
    """Return a page that names the query parameters without a match, instead of data that was not asked for."""
    sentences = {
        "job": _("There is no job “%(name)s”."),
        "team": _("No job has a team “%(name)s”."),
        "workforce": _("No job has a workforce “%(name)s”."),
        "worker": _("No worker with the code “%(name)s” has answered."),
    }
    texts = [sentences[key] % {"name": name} for key, name in options.unknown[:5]]
    everything = Switch(_("Show all data"), address.href(Filters(), options), current=False)
    return Content(PAGES[options.page].title(), " ".join(texts), links=(everything,))


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    """Return the content of the page in the options. Raises KeyError for an unknown page."""
    if options.unknown:
        return unknown(options)
    content: Content = PAGES[options.page].draw(viewer, filters, options)
    return content
