"""One job: progress, forecast, cost, and the labels with the lowest confidence."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pandas as pd
from django.utils.translation import gettext as _

from dashboards import address
from dashboards.address import Options
from dashboards.figures import money, object_flow, quality, throughput
from dashboards.labels import dollars, percent, value_labels
from dashboards.pages import links
from dashboards.view_models import Content, Number, Switch, part
from gtcrowd.analytics import forecast_inputs, frames
from gtcrowd.analytics import object_flow as counting
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import forecast
from gtcrowd.identity.access import Viewer

MOST_LINKS = 12


def title() -> str:
    return _("Job")


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    if options.item is None:
        jobs = frames.jobs(viewer, filters)
        if jobs.empty:
            return Content(title(), _("No jobs match these filters."))
    else:
        jobs = frames.jobs(viewer, Filters(jobs=(options.item,)))
        if jobs.empty:
            return Content(title(), _("This job does not exist."))
    answered = jobs[jobs["answers"] > 0]
    job = (jobs if answered.empty else answered).head(1)  # the newest with something to show
    row = job.iloc[0]
    pk = int(row["job_id"])
    stored = frames.job_quality(viewer, pk)
    history, rest = _history(viewer, row, options), int(forecast_inputs.left(job).sum())
    finish = links.expected_finish(viewer, job, history, options)
    name, saved = str(row["job"]), row["saved_answers"]
    object_counts = counting.of_job(viewer, pk, stored)
    state_names, objects = value_labels()["state"], links.to_objects(options, pk)
    parts = (
        part(
            "progress",
            lambda: throughput.progress(
                job, link=links.to("quality", replace(filters, jobs=(pk,)), options), objects=objects
            ),
        ),
        part("burn-down", lambda: throughput.burn_down(history, finish, what=name)),
        part(
            "flow",
            lambda: object_flow.flow(*object_counts[:2], as_of=object_counts[2], zone=viewer.requester.zone, of=name),
        ),
        part(
            "redundancy",
            lambda: quality.redundancy(
                stored.report.redundancy if stored else [],
                saved=None if pd.isna(saved) else int(saved),
                price=float(row["price"]),
                link=objects,
            ),
        ),
        part("cost", lambda: money.by_job(job, forecast_inputs.left(job), link=links.to("job", filters, options))),
        part(
            "doubtful",
            lambda: quality.least_confident(
                stored.report.least_confident if stored else [],
                of=name,
                link=lambda position: links.to_object(options)(pk, position),
            ),
        ),
    )
    reason = _(row["reason"]) if row["reason"] else ""
    lead = _("%(state)s. %(reason)s") % {"state": state_names.get(row["state"], row["state"]), "reason": reason}
    return Content(name, lead, _numbers(row, rest, finish), None, parts, links=_links(jobs, filters, options, name, pk))


def _numbers(row: pd.Series, rest: int, finish: forecast.Forecast) -> tuple[Number, ...]:
    share = row["labeled"] / row["objects"] if row["objects"] else None
    band = (
        _("%(low)s to %(high)s") % {"low": finish.finish_low, "high": finish.finish_high or "…"}
        if finish.finish
        else ""
    )
    return (
        Number(_("Objects labeled"), f"{int(row['labeled']):,} / {int(row['objects']):,}", percent(share)),
        Number(
            _("Answers"),
            f"{int(row['answers']):,} / {int(row['target_answers']):,}",
            _("%(rest)s remaining") % {"rest": f"{rest:,}"},
        ),
        Number(_("Expected finish"), str(finish.finish or "–"), band, name="forecast"),
        Number(
            _("Paid"), dollars(row["paid"]), _("budget: %(budget)s") % {"budget": dollars(row["budget"])}, name="paid"
        ),
        Number(
            _("Projected cost"), dollars(row["paid"] + rest * row["price"]), _("if all target answers are submitted")
        ),
        Number(_("Expected error rate"), percent(row["expected_error"]), _("from label confidence")),
    )


def _history(viewer: Viewer, row: pd.Series, options: Options) -> pd.Series:
    """Return answers per whole day since the start of the job, over at most forecast.LOOKS_BACK days."""
    yesterday = options.today - timedelta(days=1)
    first = max((row["started_at"] if pd.notna(row["started_at"]) else row["created_at"]).date(),
                options.today - timedelta(days=forecast.LOOKS_BACK))  # fmt: skip
    days = pd.date_range(first, yesterday, name="day")
    if not len(days):
        return pd.Series(dtype=float)
    answers = forecast_inputs.answers_by_day(
        viewer, Filters(jobs=(int(row["job_id"]),), first_day=first, last_day=yesterday)
    )
    return answers.reindex(days, fill_value=0.0).astype(float)


def _links(jobs: pd.DataFrame, filters: Filters, options: Options, name: str, pk: int) -> tuple[Switch, ...]:
    # The console shows the session's requester only.
    home = (Switch(_("Open in console"), f"/jobs/{quote(name)}/", current=False),) if options.at_home else ()
    related = (
        *home,
        Switch(
            _("Label quality"),
            address.href(replace(filters, jobs=(pk,)), options, page="quality"),
            current=False,
        ),
        Switch(_("Workers"), address.href(replace(filters, jobs=(pk,)), options, page="workers"), current=False),
        Switch(_("Objects"), address.drilldown(Filters(jobs=(pk,)), options, page="objects"), current=False),
        Switch(_("Answers"), address.drilldown(replace(filters, jobs=(pk,)), options), current=False),
    )
    others = tuple(
        Switch(
            str(row["job"]),
            address.href(filters, options, page="job", item=int(row["job_id"])),
            int(row["job_id"]) == pk,
        )
        for row in jobs.head(MOST_LINKS).to_dict("records")
    )
    return related + (others if len(others) > 1 else ())
