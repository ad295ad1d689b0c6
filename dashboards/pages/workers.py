"""Workers compared: accuracy with its uncertainty, and a table of all metrics."""

import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.address import Options
from dashboards.figures import workers as figures
from dashboards.pages import comparison, links
from dashboards.view_models import Content, FigureCard, part
from gtcrowd.analytics import frames
from gtcrowd.analytics.filters import Filters
from gtcrowd.analytics.measures import workers
from gtcrowd.identity.access import Viewer

COLUMNS = (
    "worker",
    "code",
    "workforce",
    "type",
    "state",
    "submitted",
    "accuracy",
    "low",
    "high",
    "n",
    "agreement",
    "gold_accuracy",
    "gold_n",
    "truth_accuracy",
    "p50",
    "p75",
    "p90",
    "active_p50",
    "return_rate",
    "decline_rate",
    "expire_rate",
    "late_rate",
    "paid",
    "per_hour",
    "active_per_hour",
    "days",
    "last_day",
    "open_cases",
)
"""Columns of the table, in this order."""


def title() -> str:
    return _("Workers")


def measured(viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """Return all workers within the filters, with the table's columns."""
    return workers.measured(frames.workers(viewer, filters))[["worker_id", *COLUMNS]]


def draw(viewer: Viewer, filters: Filters, options: Options) -> Content:
    window, rows = links.window(viewer, filters), workers.measured(frames.workers(viewer, filters))
    link = links.to("worker", filters, options)
    other = comparison.other(viewer, filters, options)
    baseline = comparison.accuracy(viewer, other)
    parts = (
        part("accuracy", lambda: figures.forest(rows, window=window, link=link, other=baseline)),
        part("funnel", lambda: figures.funnel(rows, window=window, link=link)),
        part(
            "table",
            lambda: FigureCard(
                ngettext("%(n)s worker, all metrics", "%(n)s workers, all metrics", len(rows))
                % {"n": f"{len(rows):,}"},
                _("Select a heading to sort or a row to open the worker; n = %(n)s answers; %(window)s")
                % {"n": f"{int(rows['submitted'].sum()):,}", "window": window},
                rows[["worker_id", *COLUMNS]],
                explain=(
                    "accuracy",
                    "agreement",
                    "gold_accuracy",
                    "truth_accuracy",
                    "p50",
                    "active_p50",
                    "per_hour",
                    "active_per_hour",
                    "return_rate",
                    "decline_rate",
                    "expire_rate",
                    "late_rate",
                ),
                grid=True,
                wide=True,
                links=tuple(link(int(pk)) for pk in rows["worker_id"]),
            ),
        ),
    )
    return Content(title(), _("Accuracy, speed and cost: %(window)s") % {"window": window}, parts=parts)
