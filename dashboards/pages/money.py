"""Budgets, payments and hourly pay."""

from dataclasses import replace
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from dashboards.address import Options
from dashboards.figures import money as figures
from dashboards.labels import dollars
from dashboards.pages import links
from dashboards.view_models import Content, Number, part
from gtcrowd.analytics import forecast_inputs, frames, money
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import workers
from gtcrowd.identity.access import Viewer


def title() -> str:
    return _("Money")


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    window = links.window(viewer, filters)
    jobs, per_worker = frames.jobs(viewer, filters), workers.measured(frames.workers(viewer, filters, latencies=False))
    days = workers.every_day(frames.totals(viewer, filters, by="day", latencies=False), value="paid")
    left, funds = forecast_inputs.left(jobs), forecast_inputs.funds(viewer)
    target = float(Decimal(settings.GTCROWD_HOURLY_TARGET))
    link, link_to_job = links.to("worker", replace(filters, workers=()), options), links.to("job", filters, options)
    lacking = workers.top_up(per_worker, target=target)
    paid, come = float(per_worker["paid"].sum()), float((left * jobs["price"]).sum())
    numbers: tuple[Number, ...] = (
        Number(_("Paid in this period"), dollars(paid), f"n = {int(per_worker['submitted'].sum()):,}", name="paid"),
        Number(_("Paid by the jobs shown"), dollars(float(jobs["paid"].sum())),
               _("budget: %(budget)s") % {"budget": dollars(float(jobs["budget"].sum()))}),
        Number(_("May still be spent"), dollars(come), _("if all target answers are submitted")),
        Number(_("Balance"), dollars(funds), _("not reserved for a job")),
    )  # fmt: skip
    if target:
        below = _("for all hours paid below %(target)s per hour") % {"target": dollars(target)}
        numbers += (Number(_("Shortfall against hourly target"), dollars(lacking), below, name="per_hour"),)
    budget = float(jobs["budget"].sum())
    of_one = link_to_job(int(jobs.iloc[0]["job_id"])) if len(jobs) == 1 else ""
    parts = (
        part(
            "flow",
            lambda: figures.flow(
                money.flow(viewer, filters),
                come=come,
                window=window,
                link=of_one,
                ends_now=filters.last_day is None or filters.last_day >= options.today,
            ),
        ),
        part("cost", lambda: figures.cost(days.sum(axis=1), budget=budget, window=window)),
        part("by-job", lambda: figures.by_job(jobs, left, link=link_to_job)),
        part("hourly", lambda: figures.hourly(per_worker, target=target, window=window, link=link, lacking=lacking)),
    )
    return Content(
        title(), _("Budgets, payments and hourly pay: %(window)s") % {"window": window}, numbers, parts=parts
    )
