"""One worker: everything that is known, and the cases to decide."""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from django.utils.translation import gettext as _

from dashboards import address
from dashboards.address import Options
from dashboards.figures import box_errors, categories, drift, quality, throughput, worker
from dashboards.labels import dollars, likelier, percent, words
from dashboards.pages import comparison, links
from dashboards.view_models import CaseShown, Content, Number, Part, Switch, part
from gtcrowd.analytics import cases, frames
from gtcrowd.analytics.drilldown import Wanted
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import workers
from gtcrowd.identity.access import Right, Viewer

MOST_JOBS = 4
MOST_CASES = 20
WEEKLY = 45
"""With more days than this, accuracy is drawn by week."""


def title() -> str:
    return _("Worker")


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    if options.item is None:
        return _choose(viewer, filters, options)
    mine = replace(filters, workers=(options.item,))
    window, found = links.window(viewer, filters), workers.measured(frames.workers(viewer, mine))
    flagged = frames.cases(viewer, Filters(workers=(options.item,)), state=None)
    if found.empty:
        text = _("There is nothing of this worker within these filters: choose other days, or there is no such worker.")
        return Content(title(), text, cases=_cases(viewer, flagged))
    row = found.iloc[0]
    known = words()
    lead = _("%(code)s, %(type)s workforce %(workforce)s, %(state)s: %(window)s") % {
        "code": row["code"], "type": known["type"].get(row["type"], row["type"]), "workforce": row["workforce"],
        "state": known["state"].get(row["state"], row["state"]), "window": window,
    }  # fmt: skip
    other = comparison.other(viewer, mine, options)
    was = comparison.numbers(viewer, other)
    if said := comparison.told(options, other, was.answers if was else None):
        lead = f"{lead}. {said}"
    return Content(
        str(row["worker"]),
        lead,
        comparison.named(_numbers(row, was, sums=bool(other and other.same)), other),
        None,
        _parts(viewer, mine, options, row, window),
        _cases(viewer, flagged),
    )


def _parts(viewer: Viewer, mine: Filters, options: Options, row: pd.Series, window: str) -> tuple[Part, ...]:
    days = frames.totals(viewer, mine, by="day")
    weekly = len(days) > WEEKLY
    jobs = frames.profiles(viewer, options.item or 0, replace(mine, workers=()))
    jobs = jobs[jobs["confusion"].notna()].head(MOST_JOBS)
    sums = worker.weeks(days) if weekly else days
    whole = None if pd.isna(row["accuracy"]) else float(row["accuracy"])
    back = replace(mine, workers=())
    kept = frames.kept(viewer, options.item or 0, back).merge(
        jobs[["job_id", "confusion"]].rename(columns={"confusion": "own"}), on="job_id", how="left"
    )
    return (
        part(
            "over-time",
            lambda: worker.accuracy(workers.measured(sums, pooled=False), weekly=weekly, crowd=whole, window=window),
        ),
        part(
            "times",
            lambda: throughput.times(
                frames.latencies(viewer, mine),
                frames.latencies(viewer, mine, active=True),
                window=window,
                link=lambda seconds: address.behind(mine, options, Wanted(slower=seconds)),
            ),
        ),
        part(
            "days",
            lambda: throughput.throughput(
                workers.every_day(days.assign(name=str(row["worker"])), group="name"),
                zone=viewer.requester.zone,
                link=links.to_days(back, options),
                answers=links.to_answers(mine, options, {}),
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
                    switches=links.rates(back, options),
                    link=links.to_cell(options, int(job["job_id"]), options.item),
                ),
            )
            for job in jobs.to_dict("records")
        ),
        *_kept(kept, str(row["worker"]), viewer.requester.zone),
    )


def _kept(kept: pd.DataFrame, name: str, zone: str) -> tuple[Part, ...]:
    """What the runs of the worker's jobs keep of them: by category, the watch for drift, and offsets of boxes."""

    def parts(job: dict[Hashable, Any]) -> Iterator[Part]:
        pk, of = job["job_id"], job["job"]
        if isinstance(job["own"], list) and isinstance(job["confusion"], list):
            yield part(f"categories-{pk}", lambda: categories.of_worker(
                job["own"], job["confusion"], job["categories"], of=of))  # fmt: skip
        if isinstance(job["drift"], dict):
            yield part(f"drift-{pk}", lambda: drift.own(job["drift"], threshold=job["threshold"], of=of, zone=zone))
        if isinstance(job["boxes"], dict):
            yield part(f"box-offsets-{pk}", lambda: box_errors.own(job["boxes"], job["crowd"], name=name, of=of))
            yield part(f"box-likeness-{pk}", lambda: box_errors.likeness(
                job["crowd"], [job["boxes"]], {job["boxes"]["worker"]: name}, of=of))  # fmt: skip

    fallen = [isinstance(found, dict) and found["told"] is not None for found in kept["drift"]]
    there = kept["own"].notna() | kept["drift"].notna() | kept["boxes"].notna()
    # A job in which the worker has fallen off is shown, however few of their answers it has.
    shown_ = kept.assign(fallen=fallen)[there].sort_values("fallen", ascending=False, kind="stable").head(MOST_JOBS)
    return tuple(figure for job in shown_.to_dict("records") for figure in parts(job))


def _numbers(row: pd.Series, was: workers.Numbers | None, *, sums: bool) -> tuple[Number, ...]:
    """`was`: what is compared with; `sums`: whether sums are, which of many people say nothing of one."""

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
            change("accuracy", was.accuracy if was else None, points=True),
            "accuracy",
        ),
        Number(
            _("Known objects right"),
            percent(row["gold_accuracy"]),
            interval("gold_low", "gold_high", "gold_n"),
            change("gold_accuracy", was.gold_accuracy if was else None, points=True),
            "gold_accuracy",
        ),
        Number(
            _("Agreement with others"),
            percent(row["agreement"]),
            interval("agreement_low", "agreement_high", "compared"),
            change("agreement", was.agreement if was else None, points=True),
            "agreement",
        ),
        Number(
            _("Answers"),
            f"{int(row['submitted']):,}",
            left,
            change("submitted", was.answers if was and sums else None),
            "submitted",
        ),
        Number(_("Days active"), f"{int(row['days']):,}", _("last on %(day)s") % {"day": row["last_day"]}),
        Number(
            _("Median seconds"),
            seconds("p50"),
            _("active: %(seconds)s") % {"seconds": seconds("active_p50")},
            change("p50", was.median_seconds if was else None),
            "p50",
        ),
        Number(_("Paid"), dollars(row["paid"]), "", change("paid", was.paid if was and sums else None), "paid"),
        Number(
            _("Pay per hour"),
            dollars(row["per_hour"]),
            _("by active time: %(pay)s") % {"pay": dollars(row["active_per_hour"])},
            change("per_hour", was.per_hour if was else None),
            "per_hour",
        ),
    )


def _cases(viewer: Viewer, flagged: pd.DataFrame) -> tuple[CaseShown, ...]:
    may, states = viewer.may(Right.MANAGE_WORKERS), words()["state"]
    zone = ZoneInfo(viewer.requester.zone)
    shown_ = []
    flagged = (
        flagged.assign(open=flagged["state"] == "open")
        .sort_values(["open", "ratio"], ascending=False, kind="stable")
        .head(MOST_CASES)
    )
    known = [row["with"] for row in flagged["evidence"] if "with" in row]
    names = frames.names(viewer, known) if known else {}
    for row in flagged.to_dict("records"):
        category = cases.CATEGORIES.get(row["category"])
        facts = [(_("Job"), row["job"] or "–"), (_("Seen"), f"{row['opened_at'].astimezone(zone):%Y-%m-%d %H:%M}"),
                 (_("Likelihood ratio"), _("%(likelier)s than the innocent story") % {
                     "likelier": likelier(row["ratio"])})]  # fmt: skip
        evidence = row["evidence"] | (
            {"with": names.get(row["evidence"]["with"], "–")} if "with" in row["evidence"] else {}
        )
        facts += [(_evidence().get(name, name), _told(name, value, zone)) for name, value in evidence.items()]
        shown_.append(
            CaseShown(
                int(row["case_id"]),
                str(category.title if category else row["category"]),
                str(category.meaning if category else ""),
                tuple(facts),
                tuple(str(text) for text in category.innocent) if category else (),
                states.get(row["state"], row["state"]),
                row["state"] == "open",
                row["note"],
                may,
            )
        )
    return tuple(shown_)


def _evidence() -> dict[str, str]:
    """What the figures a case rests on are called."""
    return {
        "seen": _("Seen with this worker"),
        "expected": _("Expected"),
        "answers": _("Answers looked at"),
        "began_after": _("Began after so many answers"),
        "told_after": _("Told after so many answers"),
        "began_at": _("Began"),
        "told_at": _("Told"),
        "sum": _("Sum of the evidence"),
        "threshold": _("Threshold"),
        "budget": _("False alarms a month, at most"),
        "with": _("With"),
        "shared": _("Objects shared"),
        "same": _("Errors in common"),
        "ring": _("Workers who hang together"),
    }


def _told(name: str, value: Any, zone: ZoneInfo) -> str:
    if name.endswith("_at") and isinstance(value, int | float):
        return f"{datetime.fromtimestamp(value, UTC).astimezone(zone):%Y-%m-%d %H:%M}"
    return f"{value:,.4g}" if isinstance(value, int | float) else str(value)


def _choose(viewer: Viewer, filters: Filters, options: Options) -> Content:
    """Without a worker in the address: the busiest to choose from."""
    rows = frames.workers(viewer, filters).sort_values("submitted", ascending=False).head(100)
    links = tuple(
        Switch(
            str(row["worker"]), address.href(filters, options, page="worker", item=int(row["worker_id"])), current=False
        )
        for row in rows.to_dict("records")
    )
    return Content(
        title(),
        _("Choose a worker, the busiest first:") if links else _("Nobody has answered in these days."),
        links=links,
    )
