"""One worker: metrics, figures and cases."""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pandas as pd
from django.utils.translation import gettext as _

from dashboards import address
from dashboards.address import Options
from dashboards.figures import box_errors, categories, drift, quality, throughput, worker
from dashboards.labels import dollars, odds, percent, value_labels
from dashboards.pages import comparison, links
from dashboards.view_models import CaseCard, Content, Number, Part, Switch, part
from gtcrowd.analytics import cases, frames
from gtcrowd.analytics.drilldown import AnswerFilter
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import workers
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.roles import Right

MOST_JOBS = 4
MOST_CASES = 20
WEEKLY = 45
"""Above this number of days, accuracy is drawn per week."""


def title() -> str:
    return _("Worker")


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    if options.item is None:
        return _choose(viewer, filters, options)
    own_filters = replace(filters, workers=(options.item,))
    window, rows = links.window(viewer, filters), workers.measured(frames.workers(viewer, own_filters))
    flagged = frames.cases(viewer, Filters(workers=(options.item,)), state=None)
    if rows.empty:
        text = _("No data for this worker and these filters. Choose other days, or check that the worker exists.")
        return Content(title(), text, cases=_cases(viewer, flagged, options))
    row = rows.iloc[0]
    names = value_labels()
    lead = _("%(code)s, %(type)s workforce %(workforce)s, %(state)s: %(window)s") % {
        "code": row["code"], "type": names["type"].get(row["type"], row["type"]), "workforce": row["workforce"],
        "state": names["state"].get(row["state"], row["state"]), "window": window,
    }  # fmt: skip
    other = comparison.other(viewer, own_filters, options)
    baseline = comparison.numbers(viewer, other)
    if comparison_note := comparison.note(options, other, baseline.answers if baseline else None):
        lead = f"{lead}. {comparison_note}"
    return Content(
        str(row["worker"]),
        lead,
        comparison.with_baseline(_numbers(row, baseline, sums=bool(other and other.same)), other),
        None,
        _parts(viewer, own_filters, options, row, window),
        _cases(viewer, flagged, options),
    )


def _parts(viewer: Viewer, own_filters: Filters, options: Options, row: pd.Series, window: str) -> tuple[Part, ...]:
    days = frames.totals(viewer, own_filters, by="day")
    weekly = len(days) > WEEKLY
    jobs = frames.profiles(viewer, options.item or 0, replace(own_filters, workers=()))
    jobs = jobs[jobs["confusion"].notna()].head(MOST_JOBS)
    sums = worker.weeks(days) if weekly else days
    mean = None if pd.isna(row["accuracy"]) else float(row["accuracy"])
    page_filters = replace(own_filters, workers=())
    reports = frames.kept(viewer, options.item or 0, page_filters).merge(
        jobs[["job_id", "confusion"]].rename(columns={"confusion": "own"}), on="job_id", how="left"
    )
    return (
        part(
            "over-time",
            lambda: worker.accuracy(workers.measured(sums, pooled=False), weekly=weekly, crowd=mean, window=window),
        ),
        part(
            "times",
            lambda: throughput.times(
                frames.latencies(viewer, own_filters),
                frames.latencies(viewer, own_filters, active=True),
                window=window,
                link=lambda seconds: address.drilldown(own_filters, options, AnswerFilter(slower=seconds)),
            ),
        ),
        part(
            "days",
            lambda: throughput.throughput(
                workers.every_day(days.assign(name=str(row["worker"])), group="name"),
                zone=viewer.requester.zone,
                link=links.to_days(page_filters, options),
                answers=links.to_answers(own_filters, options, {}),
                wide=False,
            ),
        ),
        *(
            part(
                f"confusion-{job['job_id']}",
                lambda job=job: quality.confusion(  # type: ignore[misc]
                    job["confusion"],
                    job["categories"],
                    of=job["job"],
                    rates=options.rates,
                    switches=links.rate_switches(page_filters, options),
                    link=links.to_cell(options, int(job["job_id"]), options.item),
                ),
            )
            for job in jobs.to_dict("records")
        ),
        *_report_parts(reports, str(row["worker"]), viewer.requester.zone),
    )


def _report_parts(reports: pd.DataFrame, name: str, zone: str) -> tuple[Part, ...]:
    """Return figures from the quality reports of the worker's jobs: categories, drift and box offsets."""

    def parts(job: dict[Hashable, Any]) -> Iterator[Part]:
        pk, of = job["job_id"], job["job"]
        if isinstance(job["own"], list) and isinstance(job["confusion"], list):
            yield part(f"categories-{pk}", lambda: categories.of_worker(
                job["own"], job["confusion"], job["categories"], of=of))  # fmt: skip
        if isinstance(job["drift"], dict):
            yield part(f"drift-{pk}", lambda: drift.own(job["drift"], threshold=job["threshold"], of=of, zone=zone))
        if isinstance(job["boxes"], dict):
            yield part(f"box-offsets-{pk}", lambda: box_errors.own(job["boxes"], job["crowd"], name=name, of=of))
            yield part(f"box-likeness-{pk}", lambda: box_errors.similarity(
                job["crowd"], [job["boxes"]], {job["boxes"]["worker"]: name}, of=of))  # fmt: skip

    fallen = [isinstance(drift_report, dict) and drift_report["told"] is not None for drift_report in reports["drift"]]
    present = reports["own"].notna() | reports["drift"].notna() | reports["boxes"].notna()
    # Jobs with a drift alarm come first, however few answers the worker gave there.
    top = reports.assign(fallen=fallen)[present].sort_values("fallen", ascending=False, kind="stable").head(MOST_JOBS)
    return tuple(figure for job in top.to_dict("records") for figure in parts(job))


def _numbers(row: pd.Series, baseline: workers.Numbers | None, *, sums: bool) -> tuple[Number, ...]:
    """Return the metrics.

    `sums`: whether sums can be compared with the baseline, which is not the case for groups.
    """

    def change(name: str, before: float | None, *, points: bool = False) -> str:
        return "" if pd.isna(row[name]) else links.change(float(row[name]), before, points=points)

    def interval(low: str, high: str, n: str) -> str:
        return "" if pd.isna(row[low]) else f"{percent(row[low])}–{percent(row[high])}, n = {int(row[n]):,}"

    def seconds(name: str) -> str:
        return "–" if pd.isna(row[name]) else f"{row[name]:.1f}"

    left = _("returned %(returned)s, declined %(declined)s, expired %(expired)s") % {
        "returned": percent(row["return_rate"]),
        "declined": percent(row["decline_rate"]),
        "expired": percent(row["expire_rate"]),
    }
    return (
        Number(
            _("Estimated accuracy"),
            percent(row["accuracy"]),
            interval("low", "high", "n"),
            change("accuracy", baseline.accuracy if baseline else None, points=True),
            "accuracy",
        ),
        Number(
            _("Gold accuracy"),
            percent(row["gold_accuracy"]),
            interval("gold_low", "gold_high", "gold_n"),
            change("gold_accuracy", baseline.gold_accuracy if baseline else None, points=True),
            "gold_accuracy",
        ),
        Number(
            _("Agreement with others"),
            percent(row["agreement"]),
            interval("agreement_low", "agreement_high", "compared"),
            change("agreement", baseline.agreement if baseline else None, points=True),
            "agreement",
        ),
        Number(
            _("Answers"),
            f"{int(row['submitted']):,}",
            left,
            change("submitted", baseline.answers if baseline and sums else None),
            "submitted",
        ),
        Number(_("Active days"), f"{int(row['days']):,}", _("last active %(day)s") % {"day": row["last_day"]}),
        Number(
            _("Median seconds"),
            seconds("p50"),
            _("active time: %(seconds)s") % {"seconds": seconds("active_p50")},
            change("p50", baseline.median_seconds if baseline else None),
            "p50",
        ),
        Number(
            _("Paid"), dollars(row["paid"]), "", change("paid", baseline.paid if baseline and sums else None), "paid"
        ),
        Number(
            _("Pay per hour"),
            dollars(row["per_hour"]),
            _("by active time: %(pay)s") % {"pay": dollars(row["active_per_hour"])},
            change("per_hour", baseline.per_hour if baseline else None),
            "per_hour",
        ),
    )


def _next_steps(row: dict[Hashable, Any], options: Options) -> tuple[Switch, ...]:
    """Return links to the console's actions for the worker of a confirmed case: pause, message, suspend."""
    if not options.at_home or row["state"] != "confirmed":  # the console shows the session's requester only
        return ()
    steps = []
    if row["job"]:
        job_page = f"/jobs/{quote(row['job'])}/"
        steps = [
            Switch(_("Pause worker in this job"), f"{job_page}#worker-{row['code']}", current=False),
            Switch(_("Write a message"), f"{job_page}?write={row['code']}#write", current=False),
        ]
    if row["type"] == "private":
        steps.append(Switch(_("Suspend worker"), f"/people/?q={row['code']}#worker-{row['code']}", current=False))
    return tuple(steps)


def _cases(viewer: Viewer, flagged: pd.DataFrame, options: Options) -> tuple[CaseCard, ...]:
    may, states = viewer.may(Right.MANAGE_WORKERS), value_labels()["state"]
    zone = ZoneInfo(viewer.requester.zone)
    cards = []
    flagged = (
        flagged.assign(open=flagged["state"] == "open")
        .sort_values(["open", "ratio"], ascending=False, kind="stable")
        .head(MOST_CASES)
    )
    ids = [row["with"] for row in flagged["evidence"] if "with" in row]
    names = frames.names(viewer, ids) if ids else {}
    for row in flagged.to_dict("records"):
        category = cases.CATEGORIES.get(row["category"])
        evidence_rows = [
            (_("Job"), row["job"] or "–"),
            (_("Opened"), f"{row['opened_at'].astimezone(zone):%Y-%m-%d %H:%M}"),
            (_("Evidence"), _("%(odds)s against an innocent explanation") % {"odds": odds(row["ratio"])}),
        ]
        evidence = row["evidence"] | (
            {"with": names.get(row["evidence"]["with"], "–")} if "with" in row["evidence"] else {}
        )
        evidence_rows += [
            (_evidence_titles().get(name, name), _evidence_value(name, value, zone)) for name, value in evidence.items()
        ]
        cards.append(
            CaseCard(
                int(row["case_id"]),
                str(category.title if category else row["category"]),
                str(category.meaning if category else ""),
                tuple(evidence_rows),
                tuple(str(text) for text in category.innocent) if category else (),
                states.get(row["state"], row["state"]),
                row["state"] == "open",
                row["note"],
                may,
                _next_steps(row, options) if may else (),
            )
        )
    return tuple(cards)


def _evidence_titles() -> dict[str, str]:
    """Return the titles of the evidence of cases."""
    return {
        "seen": _("Observed for this worker"),
        "expected": _("Expected"),
        "accuracy": _("Agreement with the probable labels"),
        "low": _("Lower end of its 95 % interval"),
        "high": _("Upper end of its 95 % interval"),
        "chance": _("Expected when guessing"),
        "crowd": _("Expected of the other workers"),
        "answers": _("Answers examined"),
        "began_after": _("Answers before the drop"),
        "told_after": _("Answers until the alarm"),
        "began_at": _("Since"),
        "told_at": _("Alarm at"),
        "sum": _("CUSUM"),
        "threshold": _("Alarm threshold"),
        "budget": _("Maximum false alarms per month"),
        "with": _("Other worker"),
        "shared": _("Shared objects"),
        "same": _("Shared errors"),
        "ring": _("Suspected ring"),
    }


def _evidence_value(name: str, value: Any, zone: ZoneInfo) -> str:
    if name.endswith("_at") and isinstance(value, int | float):
        return f"{datetime.fromtimestamp(value, UTC).astimezone(zone):%Y-%m-%d %H:%M}"
    return f"{value:,.4g}" if isinstance(value, int | float) else str(value)


def _choose(viewer: Viewer, filters: Filters, options: Options) -> Content:
    """Return a list of workers with the most answers, if the address names none."""
    rows = frames.workers(viewer, filters).sort_values("submitted", ascending=False).head(100)
    links = tuple(
        Switch(
            str(row["worker"]), address.href(filters, options, page="worker", item=int(row["worker_id"])), current=False
        )
        for row in rows.to_dict("records")
    )
    return Content(
        title(),
        _("Choose a worker (most answers first):") if links else _("No answers in this period."),
        links=links,
    )
