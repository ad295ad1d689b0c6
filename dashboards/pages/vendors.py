"""Workforces compared."""

from dataclasses import replace

from django.utils.translation import gettext as _

from dashboards import address
from dashboards.address import Options
from dashboards.figures import workers as figures
from dashboards.pages import links
from dashboards.view_models import Content, part
from gtcrowd.analytics import reports
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer


def title() -> str:
    return _("Vendors")


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    window = links.window(viewer, filters)
    rows = reports.REPORTS["workforces"](viewer, filters)

    def link(pk: int) -> str:
        return address.href(replace(filters, workforces=(pk,)), options, page="workers")

    parts = (
        part("vendors", lambda: figures.vendors(rows, window=window)),
        part("vendor-accuracy", lambda: figures.forest(rows, window=window, link=link, key="workforce")),
    )
    return Content(title(), _("Workforces compared: %(window)s") % {"window": window}, parts=parts)
