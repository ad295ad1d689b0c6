"""Label quality of one job: agreement, confusions, drift, calibration and gold questions."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
from django.utils.translation import gettext as _

from dashboards import address
from dashboards.address import Options
from dashboards.figures import box_errors, categories, drift
from dashboards.figures import quality as figures
from dashboards.figures.drilldown import Link, thumbnail
from dashboards.pages import links
from dashboards.view_models import Content, Part, Switch, Thumbnail, part
from gtcrowd.analytics import drilldown, frames
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import workers as measures
from gtcrowd.analytics.quality_report import BoxErrors, QualityReport
from gtcrowd.identity.access import Viewer

MOST_LINKS = 12


def title() -> str:
    return _("Quality")


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    jobs = frames.jobs(viewer, filters)
    if jobs.empty:
        return Content(title(), _("No jobs match these filters. Choose a job in the filters."))
    newest = frames.newest_with_report(viewer, jobs["job_id"].tolist())
    job = jobs.iloc[0] if newest is None else jobs[jobs["job_id"] == newest].iloc[0]
    stored = None if newest is None else frames.job_quality(viewer, newest)
    job_links = _links(jobs, filters, options, int(job["job_id"]))
    if stored is None:
        text = _(
            "%(job)s has no labels yet. Quality is measured after the first consolidation. Choose another job:"
        ) % {"job": job["job"]}
        return Content(title(), text, links=job_links)
    name, report = str(job["job"]), stored.report
    people = frames.names(viewer, sorted(_workers(report)))
    pk = int(job["job_id"])
    changes = frames.changes(viewer, pk)
    to_worker = links.to("worker", filters, options)
    cell, to_object = links.to_cell(options, pk), links.to_object(options)
    top = measures.top_pairs(report.confusion, [str(category) for category in report.categories])
    parts = (
        part(
            "agreement",
            lambda: figures.agreement(report.by_day, report.agreement, job=name, changes=changes),
        ),
        part(
            "confusion",
            lambda: figures.confusion(
                report.confusion,
                report.categories,
                of=name,
                rates=options.rates,
                switches=links.rate_switches(filters, options),
                link=cell,
            ),
        ),
        part("pairs", lambda: figures.pairs(top, of=name, link=cell, examples=_examples(viewer, pk, top, to_object))),
        part("categories", lambda: categories.of_job(report.confusion, report.categories, of=name)),
        part(
            "drift",
            lambda: drift.worst_workers(report.drift, people, of=name, zone=viewer.requester.zone, link=to_worker),
        ),
        *_boxes(report.boxes, people, filters, name, to_worker),
        part(
            "matrix",
            lambda: figures.matrix(report.matrix, people, of=name, link=to_worker),
        ),
        part(
            "reliability",
            lambda: figures.reliability(report.reliability, of=name, link=links.to_objects(options, pk)),
        ),
        part("gold", lambda: figures.gold(report.gold, of=name, link=lambda index: to_object(pk, index))),
    )
    lead = _("%(job)s, all days, latest consolidation (%(time)s). Other jobs:") % {
        "job": name, "time": f"{stored.made_at:%Y-%m-%d %H:%M}",
    }  # fmt: skip
    return Content(title(), lead, parts=parts, links=job_links)


def _workers(report: QualityReport) -> set[int]:
    """Return the IDs of all workers in a job's figures."""
    drifts, boxes = report.drift["workers"] if report.drift else [], report.boxes["workers"] if report.boxes else []
    pairs = report.matrix["workers"] if report.matrix else []
    return {*pairs, *(worker["worker"] for worker in drifts), *(worker["worker"] for worker in boxes)}


def _boxes(
    content: BoxErrors | None, people: dict[int, str], filters: Filters, name: str, link: Callable[[int], str]
) -> tuple[Part, ...]:
    """Return the figures of jobs with boxes: offsets per worker, and IoU of the crowd and of the filtered workers."""
    if content is None:
        return ()
    selected = [worker for worker in content["workers"] if worker["worker"] in filters.workers]
    return (
        part("box-offsets", lambda: box_errors.bias(content, people, of=name, link=link)),
        part("box-likeness", lambda: box_errors.similarity(content["crowd"], selected, people, of=name)),
    )


def _examples(viewer: Viewer, job: int, top: pd.DataFrame, link: Link) -> list[tuple[Thumbnail, ...]]:
    """Return example objects of the most frequent confusions."""
    pairs = list(zip(top["right"], top["answered"], strict=True))
    return [
        tuple(thumbnail(job, example["position"], example["thumbnail"], example["text"], link) for example in examples)
        for examples in drilldown.examples(viewer, job, pairs)
    ]


def _links(jobs: pd.DataFrame, filters: Filters, options: Options, current: int) -> tuple[Switch, ...]:
    return tuple(
        Switch(
            str(row["job"]),
            address.href(replace(filters, jobs=(int(row["job_id"]),)), options),
            int(row["job_id"]) == current,
        )
        for row in jobs.head(MOST_LINKS).to_dict("records")
    )
