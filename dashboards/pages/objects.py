"""Objects behind a number, in the order of the job's manifest."""

from django.utils.translation import gettext as _

from dashboards import address
from dashboards.address import Options
from dashboards.figures import drilldown as figures
from dashboards.pages import links
from dashboards.view_models import Content, Switch, part
from gtcrowd.analytics import drilldown
from gtcrowd.analytics.drilldown import AnswerFilter
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer


def title() -> str:
    return _("Objects")


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    job = drilldown.job(viewer, filters)
    if job is None:
        return links.choose_job(viewer, filters, options, title())
    rows, after = drilldown.objects(viewer, filters, options.answer_filter, after=options.after)
    parts = (
        part("objects", lambda: figures.objects(
            rows, job=job["job_id"], of=job["job"], link=links.to_object(options), more=bool(after),
            switches=links.pagination(filters, options, after),
        )),
    )  # fmt: skip
    job_links = links.of_job(filters, options, job)
    if options.answer_filter != AnswerFilter():
        job_links.append(
            Switch(_("All objects of the job"), address.drilldown(filters, options, page="objects"), False)
        )
    return Content(
        title(), links.filter_summary(options.answer_filter, [job["job"]]), parts=parts, links=tuple(job_links)
    )
