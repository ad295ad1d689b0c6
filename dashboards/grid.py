"""The workers' table: the browser requests rows, which are sorted and filtered here, on the frame."""

from collections.abc import Callable
from typing import Any

import pandas as pd
from dash_ag_grid import AgGrid  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from dashboards import ids, labels
from gtcrowd.analytics.definitions import DEFINITIONS

HIDDEN = {"worker_id"}
"""Columns of a frame that are not displayed."""
MOST_ROWS = 500
"""Rows per request."""


def table(frame: pd.DataFrame) -> AgGrid:
    """Return the workers' table without rows."""
    heads = labels.column_titles()
    columns = []
    for name in frame.columns:
        if name in HIDDEN:
            continue
        number = labels.is_number(frame, name)
        column: dict[str, Any] = {
            "field": name,
            "headerName": heads.get(name, name),
            "filter": "agNumberColumnFilter" if number else "agTextColumnFilter",
        }
        if number:
            column |= {"type": "rightAligned"}
        if name in DEFINITIONS:
            column |= {"headerTooltip": str(DEFINITIONS[name].meaning)}
        if name == "worker":
            column |= {"pinned": "left", "cellRenderer": "WorkerLink", "minWidth": 120}
        if name == "code":
            column |= {"minWidth": 170}
        columns.append(column)
    return AgGrid(
        id=ids.GRID,
        getRowId="params.data.worker_id",
        columnDefs=columns,
        rowModelType="infinite",
        columnSize="autoSize",
        style={"height": "32rem", "width": "100%"},
        defaultColDef={"sortable": True, "resizable": True, "minWidth": 90, "filterParams": {"maxNumConditions": 1}},
        dashGridOptions={
            "cacheBlockSize": 100,
            "maxBlocksInCache": 10,
            "animateRows": False,
            "suppressCellFocus": False,
            "blockLoadDebounceMillis": 200,
            "tooltipShowDelay": 400,
            "localeText": _locale_text(),
        },
    )


def _locale_text() -> dict[str, str]:
    return {
        "contains": _("contains"),
        "notContains": _("does not contain"),
        "equals": _("equals"),
        "notEqual": _("does not equal"),
        "startsWith": _("begins with"),
        "endsWith": _("ends with"),
        "blank": _("is empty"),
        "notBlank": _("is not empty"),
        "lessThan": _("less than"),
        "greaterThan": _("more than"),
        "lessThanOrEqual": _("at most"),
        "greaterThanOrEqual": _("at least"),
        "inRange": _("between"),
        "filterOoo": _("Filter"),
        "loadingOoo": _("Loading …"),
        "noRowsToShow": _("No workers have answered for these filters. Choose more days, or other jobs."),
        "inRangeStart": _("from"),
        "inRangeEnd": _("to"),
    }


def rows(frame: pd.DataFrame, request: dict[str, Any], link: Callable[[int], str]) -> dict[str, Any]:
    """Return the rows that the browser requests: `rowData` and `rowCount`."""
    names = [str(name) for name in frame.columns]
    matches = filter_rows(frame, request)
    start = max(int(request.get("startRow") or 0), 0)
    part = matches.iloc[start : min(int(request.get("endRow") or 0), start + MOST_ROWS)]
    data = [
        dict(zip(names, cells, strict=True)) | {"worker_id": str(pk), "href": link(int(pk))}
        for cells, pk in zip(labels.rows(part), part["worker_id"], strict=True)
    ]
    return {"rowData": data, "rowCount": len(matches)}


def filter_rows(frame: pd.DataFrame, request: dict[str, Any]) -> pd.DataFrame:
    """Return the frame filtered and sorted as requested; unknown columns are ignored."""
    for name, rule in (request.get("filterModel") or {}).items():
        if name in frame:
            frame = frame[_matches(frame[name], rule)]
    order = [sort for sort in request.get("sortModel") or [] if sort.get("colId") in frame]
    if not order:
        return frame
    return frame.sort_values(
        [sort["colId"] for sort in order], ascending=[sort.get("sort") == "asc" for sort in order], kind="stable"
    )


def _matches(column: "pd.Series[Any]", rule: dict[str, Any]) -> "pd.Series[bool]":
    kind, value = rule.get("type"), rule.get("filter")
    if kind in ("blank", "notBlank"):
        return column.isna() if kind == "blank" else column.notna()
    if rule.get("filterType") == "number":
        number, upper = _float(value), _float(rule.get("filterTo"))
        tests = (
            {
                "equals": column == number,
                "notEqual": column != number,
                "lessThan": column < number,
                "lessThanOrEqual": column <= number,
                "greaterThan": column > number,
                "greaterThanOrEqual": column >= number,
                "inRange": (column >= number) & (column <= upper),
            }
            if pd.api.types.is_numeric_dtype(column)
            else {}
        )
    else:
        text, written = str(value or "").casefold(), column.astype(str).str.casefold()
        tests = {
            "contains": written.str.contains(text, regex=False),
            "notContains": ~written.str.contains(text, regex=False),
            "equals": written == text,
            "notEqual": written != text,
            "startsWith": written.str.startswith(text),
            "endsWith": written.str.endswith(text),
        }
    return tests.get(str(kind), column.notna() | True)


def _float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
