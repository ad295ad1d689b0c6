"""The objects behind a number: a page of one job's objects, in the order of its manifest."""

from django.utils.translation import gettext as _

from dashboards import address
from dashboards.address import Options
from dashboards.figures import behind as figures
from dashboards.pages import shown
from dashboards.parts import Content, Switch, part
from gtcrowd.analytics import behind
from gtcrowd.analytics.behind import Wanted
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer


def title() -> str:
    return _("Objects")


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    job = behind.job(viewer, filters)
    if job is None:
        return shown.choose_job(viewer, filters, options, title())
    found, after = behind.objects(viewer, filters, options.wanted, after=options.after)
    parts = (
        part("objects", lambda: figures.objects(
            found, job=job["job_id"], of=job["job"], link=shown.to_object(options), more=bool(after),
            switches=shown.turning(filters, options, after),
        )),
    )  # fmt: skip
    links = shown.of_job(filters, options, job)
    if options.wanted != Wanted():
        links.append(Switch(_("All objects of the job"), address.behind(filters, options, page="objects"), False))
    return Content(title(), shown.narrowed(options.wanted, [job["job"]]), parts=parts, links=tuple(links))
