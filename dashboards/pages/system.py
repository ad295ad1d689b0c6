"""State of the service."""

from django.utils.translation import gettext as _

from dashboards.address import Options
from dashboards.figures import service as figures
from dashboards.view_models import Content, Number, part
from gtcrowd.analytics import data_version, service
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer


def title() -> str:
    return _("System")


def draw(viewer: Viewer, _filters: Filters, _options: Options) -> Content:
    queue, data = service.queue(), data_version.look(viewer)
    numbers = (
        Number(_("Tasks waiting"), f"{queue.todo:,}", _("in the queue of the whole service")),
        Number(_("Tasks running"), f"{queue.doing:,}"),
        Number(
            _("Longest wait"),
            _("%(seconds)s s") % {"seconds": f"{max(queue.oldest, 0):,.0f}"},
            _("of tasks that are ready to run"),
        ),
        Number(_("Failed tasks"), f"{queue.failed:,}"),
        Number(_("Not yet aggregated"), f"{data.waiting:,}", _("events not yet shown on these pages")),
    )
    parts = (
        part("queue", lambda: figures.queue(service.queue_by_task())),
        part("latency", lambda: figures.latency(service.latency())),
    )
    return Content(title(), _("Current state of the service; filters do not apply."), numbers, parts=parts)
