"""Where the money goes: by day, by job, and by the hour."""

from dataclasses import replace
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from dashboards.address import Options
from dashboards.figures import money as figures
from dashboards.pages import shown
from dashboards.parts import Content, Number, part
from dashboards.words import dollars
from gtcrowd.analytics import frames, plan
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import people
from gtcrowd.identity.access import Viewer


def title() -> str:
    return _("Money")


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    window = shown.window(viewer, filters)
    jobs, workers = frames.jobs(viewer, filters), people.measured(frames.workers(viewer, filters, paces=False))
    days = people.every_day(frames.totals(viewer, filters, by="day", paces=False), value="paid")
    left, funds = plan.left(jobs), plan.funds(viewer)
    target = float(Decimal(settings.GTCROWD_HOURLY_TARGET))
    link = shown.to("worker", replace(filters, workers=()), options)
    paid, come = float(workers["paid"].sum()), float((left * jobs["price"]).sum())
    numbers = (
        Number(_("Paid in these days"), dollars(paid), f"n = {int(workers['submitted'].sum()):,}", name="paid"),
        Number(_("Paid by the jobs shown"), dollars(float(jobs["paid"].sum())),
               _("budget: %(budget)s") % {"budget": dollars(float(jobs["budget"].sum()))}),
        Number(_("Still to come"), dollars(come), _("if all wanted answers come")),
        Number(_("Funds"), dollars(funds), _("not set aside for a job")),
    )  # fmt: skip
    budget = float(jobs["budget"].sum())
    parts = (
        part("cost", lambda: figures.cost(days.sum(axis=1), budget=budget, window=window)),
        part("by-job", lambda: figures.by_job(jobs, left, link=shown.to("job", filters, options))),
        part("hourly", lambda: figures.hourly(workers, target=target, window=window, link=link)),
    )
    return Content(title(), _("Where the money goes: %(window)s") % {"window": window}, numbers, parts=parts)
