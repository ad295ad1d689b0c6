"""Answers behind a number, newest first, or one object with all its answers."""

from dataclasses import replace
from typing import Any

import pandas as pd
from django.utils.translation import gettext as _

from dashboards import address
from dashboards.address import Options
from dashboards.figures import drilldown as figures
from dashboards.labels import DASH, object_number, percent, reasons, value, value_labels
from dashboards.pages import links
from dashboards.view_models import Content, Number, Switch, part
from gtcrowd.analytics import drawing, drilldown, frames
from gtcrowd.analytics.drilldown import AnswerFilter
from gtcrowd.analytics.filters import Filters
from gtcrowd.identity.access import Viewer


def title() -> str:
    return _("Answers")


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    job = drilldown.job(viewer, filters)
    if job is None and options.answer_filter.of_one_job:
        return links.choose_job(viewer, filters, options, title())
    if job is not None and options.answer_filter.position is not None:
        return _object(viewer, filters, options, job)
    people = frames.names(viewer, filters.workers) if filters.workers else {}
    rows, after = drilldown.answers(viewer, filters, options.answer_filter, after=options.after)
    back_to = drilldown.reached(viewer, after)
    parts = (
        part("answers", lambda: figures.answers(
            rows, window=links.window(viewer, filters), link=links.to_object(options),
            worker=links.to("worker", replace(filters, workers=()), options),
            switches=links.pagination(filters, options, after), back_to=f"{back_to:%Y-%m-%d %H:%M}" if back_to else "",
        )),
    )  # fmt: skip
    lead = links.filter_summary(options.answer_filter, [*([job["job"]] if job else []), *people.values()])
    return Content(title(), lead, parts=parts, links=_links(filters, options, job, people))


def _links(
    filters: Filters, options: Options, job: dict[str, Any] | None, people: dict[int, str]
) -> tuple[Switch, ...]:
    """Return links to the workers and the job, and to the same answers with other filters."""
    wide = replace(filters, workers=())
    switches = [
        Switch(
            _("Worker %(name)s") % {"name": name}, address.href(wide, options, page="worker", item=pk), current=False
        )
        for pk, name in people.items()
    ]
    if job is not None:
        switches += links.of_job(filters, options, job)
        if job["categories"] is not None and not (options.answer_filter.right and options.answer_filter.answered):
            other = replace(options.answer_filter, wrong=not options.answer_filter.wrong)
            switches.append(
                Switch(
                    _("Wrong answers only"),
                    address.drilldown(filters, options, other),
                    current=options.answer_filter.wrong,
                )
            )
    if options.answer_filter != AnswerFilter():
        switches.append(Switch(_("All answers for these filters"), address.drilldown(filters, options), current=False))
    return tuple(switches)


def _object(viewer: Viewer, filters: Filters, options: Options, job: dict[str, Any]) -> Content:
    """Return the page of one object: preview, label, and all answers of all days."""
    only, answer_filter = Filters(jobs=(job["job_id"],)), AnswerFilter(position=options.answer_filter.position)
    values = {"number": object_number(answer_filter.position or 0), "job": job["job"]}
    rows, _after = drilldown.objects(viewer, only, answer_filter)
    heading = _("Object %(number)s of %(job)s") % values
    if rows.empty:
        return Content(heading, _("This object does not exist."), links=tuple(links.of_job(only, options, job)))
    row = rows.iloc[0]
    answers, after = drilldown.answers(viewer, only, answer_filter, after=options.after)
    values_by_name = [
        (source, row[key])
        for source, key in ((_("Label"), "label"), (_("Gold or truth"), "known"))
        if row[key] is not None
    ] + list(zip(answers["worker"], answers["value"], strict=True))
    drawings = [(name, drawing.draw(job["kind"], value)) for name, value in values_by_name]
    link = links.to_object(options)
    neighbours = tuple(
        Switch(text, link(job["job_id"], row["position"] + step), current=False)
        for step, text in ((-1, _("Previous object")), (1, _("Next object")))
        if row["position"] + step >= 0
    )
    back_to = drilldown.reached(viewer, after)
    parts = (
        part("object", lambda: figures.single_object(row, drawings, of=job["job"], switches=neighbours)),
        part("answers", lambda: figures.answers(
            answers, window=links.window(viewer, only), link=link, worker=links.to("worker", filters, options),
            switches=links.pagination(filters, options, after), back_to=f"{back_to:%Y-%m-%d %H:%M}" if back_to else "",
            of_one=True,
        )),
    )  # fmt: skip
    job_links = (*links.of_job(only, options, job), Switch(
        _("All answers for these filters"), address.drilldown(filters, options), current=False))  # fmt: skip
    return Content(heading, str(row["reason"]), _numbers(row), None, parts, links=job_links)


def _numbers(row: pd.Series) -> tuple[Number, ...]:
    state = value_labels()["state"].get(row["state"], row["state"])
    confidence = _("confidence %(share)s") % {"share": percent(row["confidence"])} if row["label"] is not None else ""
    return (
        Number(_("Label"), value(row["label"]), confidence),
        Number(
            _("Gold or truth"), value(row["known"]), "" if row["known"] is None else _("gold question or known truth")
        ),
        Number(_("State"), state, reasons().get(row["reason_code"], row["reason_code"]) if row["state"] else DASH),
        Number(_("Answers"), f"{int(row['answers']):,}", _("counted")),
    )
