"""Overview: open issues, throughput and forecast."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards import address, ids
from dashboards.address import Options
from dashboards.figures import spark, throughput
from dashboards.labels import DASH, dollars, odds, percent
from dashboards.pages import comparison, links
from dashboards.view_models import Content, Level, Notice, Number, Part, Spark, part
from gtcrowd.analytics import cases, forecast_inputs, frames
from gtcrowd.analytics.drilldown import AnswerFilter
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import forecast, latency, workers
from gtcrowd.analytics.reasons import Reason
from gtcrowd.identity.access import Viewer

MOST_NEEDS = 8
STALLED = {Reason.WAITING_FOR_OBJECTS}
IN_A_WEEK = 7


def title() -> str:
    return _("Overview")


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    window = links.window(viewer, filters)
    jobs, (times, hours) = frames.jobs(viewer, filters), frames.times(viewer, filters)
    by_day = frames.totals(viewer, filters, by="day", latencies=False)
    totals = workers.together(by_day, workers=frames.active_workers(viewer, filters))
    metrics = workers.numbers(totals, jobs, median_seconds=float(latency.percentile(times, 0.5)))
    other = comparison.other(viewer, filters, options)
    baseline = comparison.numbers(viewer, other)
    daily = frames.daily(viewer, filters, by=options.by)
    days = workers.every_day(daily, group="group", most=13)
    members = {str(name): some["pk"].unique() for name, some in daily.dropna(subset="pk").groupby("group")}
    history, rest = _history(viewer, filters, jobs, options), int(forecast_inputs.left(jobs).sum())
    length = filters.days or len(days) or 1
    parts = (
        part(
            "throughput",
            lambda: throughput.throughput(
                days,
                zone=viewer.requester.zone,
                link=links.to_days(filters, options),
                answers=links.to_answers(filters, options, members),
                switches=links.group_switches(filters, options),
                other=Level(other.name, baseline.answers / length) if other and baseline else None,
            ),
        ),
        part(
            "burn-down",
            lambda: throughput.burn_down(
                history,
                links.expected_finish(viewer, jobs, history, options),
                what=_("all running jobs shown"),
            ),
        ),
        part("hours", lambda: throughput.hours(hours, zone=viewer.requester.zone, window=window)),
        part("progress", lambda: throughput.progress(jobs, link=links.to("job", filters, options))),
    )
    lead = _("Open issues, throughput and forecast: %(window)s") % {"window": window}
    if comparison_note := comparison.note(options, other, baseline.answers if baseline else None):
        lead = f"{lead}. {comparison_note}"
    last = min(filters.last_day, options.today) if filters.last_day else None
    lines = spark.lines(by_day, first=filters.first_day, last=last)
    numbers = comparison.with_baseline(_with_links(_numbers(metrics, baseline), lines, parts, filters, options), other)
    return Content(title(), lead, numbers, _notices(viewer, filters, options, jobs, rest), parts)


def _numbers(now: workers.Numbers, before: workers.Numbers | None) -> tuple[Number, ...]:
    baseline = before or workers.numbers(
        pd.DataFrame(columns=["submitted"]), comparison.NO_JOBS, median_seconds=float("nan")
    )

    def interval(low: float | None, high: float | None, n: int) -> str:
        return f"{percent(low)}–{percent(high)}, n = {n:,}" if low is not None else ""

    change = links.change
    none = DASH if now.median_seconds is None else f"{now.median_seconds:.1f}"
    return (
        Number(_("Objects labeled"), f"{now.labeled:,} / {now.objects:,}", _("all jobs shown, all days")),
        Number(_("Answers"), f"{now.answers:,}", "", change(now.answers, baseline.answers), "submitted"),
        Number(
            _("Workers"),
            f"{now.workers:,}",
            _("with at least one answer"),
            change(now.workers, baseline.workers),
            "workers",
        ),
        Number(
            _("Estimated accuracy"),
            percent(now.accuracy),
            interval(now.low, now.high, now.measured),
            change(now.accuracy, baseline.accuracy, points=True),
            "accuracy",
        ),
        Number(
            _("Gold accuracy"),
            percent(now.gold_accuracy),
            interval(now.gold_low, now.gold_high, now.gold_n),
            change(now.gold_accuracy, baseline.gold_accuracy, points=True),
            "gold_accuracy",
        ),
        Number(
            _("Agreement with others"),
            percent(now.agreement),
            "",
            change(now.agreement, baseline.agreement, points=True),
            "agreement",
        ),
        Number(
            _("Median seconds"),
            none,
            f"n = {now.answers:,}",
            change(now.median_seconds, baseline.median_seconds),
            "p50",
        ),
        Number(
            _("Paid"),
            dollars(now.paid),
            _("budget of the jobs shown: %(budget)s") % {"budget": dollars(now.budget)},
            change(now.paid, baseline.paid),
            "paid",
        ),
        Number(
            _("Pay per hour"),
            dollars(now.per_hour),
            _("per hour on tasks"),
            change(now.per_hour, baseline.per_hour),
            "per_hour",
        ),
    )


def _with_links(
    numbers: tuple[Number, ...],
    lines: dict[str, Spark],
    parts: tuple[Part, ...],
    filters: Filters,
    options: Options,
) -> tuple[Number, ...]:
    """Return the numbers with sparklines and with links to details: a figure of this page, or another page."""
    figures = {number.name for number in parts if number.card and number.card.figure is not None}
    figure_of = {"": "progress", "submitted": "throughput"}
    page_of = {
        "workers": "workers", "accuracy": "workers", "gold_accuracy": "workers", "agreement": "quality",
        "p50": "workers", "paid": "money", "per_hour": "money",
    }  # fmt: skip
    linked = []
    for number in numbers:
        href = address.href(filters, options, page=page_of[number.name]) if number.name in page_of else ""
        if figure_of.get(number.name) in figures:
            href = f"#{ids.container(figure_of[number.name])}"
        linked.append(replace(number, spark=lines.get(number.name), href=href))
    return tuple(linked)


def _history(viewer: Viewer, filters: Filters, jobs: pd.DataFrame, options: Options) -> pd.Series:
    """Return answers per day to the jobs that are still running; zero on days without answers."""
    running = forecast_inputs.left(jobs) > 0
    if not running.any():
        return pd.Series(dtype=float)
    yesterday, begun = options.today - timedelta(days=1), jobs["created_at"][running].min().date()
    first = max(options.today - timedelta(days=forecast.LOOKS_BACK), begun)
    days = pd.date_range(first, yesterday, name="day")
    if not len(days):
        return pd.Series(dtype=float)
    running_filters = replace(filters, first_day=first, last_day=yesterday, workers=(), workforces=(), source="all")
    return (
        forecast_inputs.answers_to(viewer, running_filters, jobs, running).reindex(days, fill_value=0.0).astype(float)
    )


def _notices(viewer: Viewer, filters: Filters, options: Options, jobs: pd.DataFrame, rest: int) -> tuple[Notice, ...]:
    """Return jobs that wait, are paused or failed lately, messages, objects that workers could not see, open cases, and
    a negative balance.
    """
    notices = []
    recent = pd.Timestamp(options.today - timedelta(days=IN_A_WEEK), tz="UTC")
    for row in jobs.to_dict("records"):
        link = address.href(filters, options, page="job", item=int(row["job_id"]))
        running = row["state"] in forecast_inputs.RUNNING
        if row["state"] == "Failed" and row["ended_at"] is not None and row["ended_at"] >= recent:
            notices.append(
                Notice(_("%(job)s failed") % {"job": row["job"]}, _(row["reason"]) if row["reason"] else "", link)
            )
        elif running and row["paused"]:
            notices.append(
                Notice(_("%(job)s is paused") % {"job": row["job"]}, _(row["reason"]) if row["reason"] else "", link)
            )
        elif running and (
            row["reason_code"] in STALLED
            or (row["answers"] == 0 and row["created_at"] < pd.Timestamp(options.today, tz="UTC"))
        ):
            notices.append(
                Notice(_("%(job)s is waiting") % {"job": row["job"]}, _(row["reason"]) if row["reason"] else "", link)
            )
    notices = [*_of_workers(viewer, options, jobs, recent), *notices]
    notices += _cases(frames.cases(viewer, filters), filters, options)
    if rest and (balance := forecast_inputs.funds(viewer)) < 0:
        notices.append(Notice(_("Credit is in use"), _("The balance is %(funds)s.") % {"funds": dollars(balance)},
                            address.href(filters, options, page="money")))  # fmt: skip
    if len(notices) > MOST_NEEDS + 1:
        more = _("and %(n)s more") % {"n": len(notices) - MOST_NEEDS}
        notices = [*notices[:MOST_NEEDS], Notice(more, "", address.href(filters, options, page="workers"))]
    return tuple(notices)


def _of_workers(viewer: Viewer, options: Options, jobs: pd.DataFrame, recent: pd.Timestamp) -> list[Notice]:
    """Return the jobs with messages that wait for a reply, and those with objects that workers could not see.

    Objects of jobs that ended before `recent` are left out.
    """
    by_id = {int(row["job_id"]): row for row in jobs.to_dict("records")}
    notices = []
    for row in frames.concerns(viewer, list(by_id)).to_dict("records"):
        pk, threads, count, failed = (int(row[name]) for name in ("job_id", "threads", "not_shown", "failed"))
        name, ended = str(by_id[pk]["job"]), by_id[pk]["ended_at"]
        if threads:
            title = ngettext("%(n)s worker waits for a reply", "%(n)s workers wait for a reply", threads)
            # The console shows the session's requester only.
            href = f"/jobs/{quote(name)}/#messages" if options.at_home else ""
            notices.append(Notice(title % {"n": threads}, _("in %(job)s") % {"job": name}, href))
        if count and (pd.isna(ended) or ended >= recent):
            notices.append(_not_shown(options, pk, name, count, failed))
    return notices


def _not_shown(options: Options, pk: int, name: str, count: int, failed: int) -> Notice:
    title = ngettext(
        "%(n)s object could not be shown to workers", "%(n)s objects could not be shown to workers", count
    ) % {"n": f"{count:,}"}
    text = ngettext("in %(job)s; %(n)s object failed", "in %(job)s; %(n)s objects failed", failed) % {
        "n": f"{failed:,}", "job": name,
    }  # fmt: skip
    failures = AnswerFilter(state="failed", reason=str(Reason.OBJECT_NOT_SHOWN)) if failed else AnswerFilter()
    return Notice(title, text, address.drilldown(Filters(jobs=(pk,)), options, failures, page="objects"))


def _cases(opened: pd.DataFrame, filters: Filters, options: Options) -> list[Notice]:
    """Return workers with open cases, strongest evidence first."""
    ranked = []
    strength = opened["ratio"].astype(float).fillna(0)
    for rows in (group for _id, group in opened.assign(ratio=strength).groupby("worker_id")):
        strongest = rows.sort_values("ratio", ascending=False).iloc[0]
        titles = [
            str(cases.CATEGORIES[name].title) if name in cases.CATEGORIES else name
            for name in dict.fromkeys(rows["category"])
        ]
        text = ngettext(
            "%(n)s open case; evidence %(odds)s, in %(job)s",
            "%(n)s open cases; strongest evidence %(odds)s, in %(job)s",
            len(rows),
        ) % {"n": len(rows), "odds": odds(float(strongest["ratio"])), "job": strongest["job"] or DASH}
        link = address.href(filters, options, page="worker", item=int(strongest["worker_id"]))
        link += f"#{ids.case(int(strongest['case_id']))}"
        ranked.append((float(strongest["ratio"]), Notice(f"{strongest['worker']}: {', '.join(titles)}", text, link)))
    return [notice for _ratio, notice in sorted(ranked, key=lambda pair: -pair[0])]
