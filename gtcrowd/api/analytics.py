"""Measures over REST: the tables of gtcrowd.analytics.reports as JSON, CSV or Parquet, with the definitions by name."""

import io
import json
from datetime import date, datetime
from typing import Any

import pandas as pd
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gtcrowd.analytics import activity, frames
from gtcrowd.analytics.definitions import DEFINITIONS
from gtcrowd.analytics.filters import SOURCES, Filters
from gtcrowd.analytics.models import Day
from gtcrowd.analytics.reports import REPORTS
from gtcrowd.api import jobs, serializers
from gtcrowd.api.authentication import caller
from gtcrowd.api.errors import BadParameter
from gtcrowd.identity.access import Viewer
from gtcrowd.jobs.models import Job
from gtcrowd.kinds import KINDS
from gtcrowd.workforce.models import Team, Worker, Workforce

NAMED = (("job", Job, "name"), ("team", Team, "name"), ("workforce", Workforce, "name"))
PARAMETERS = [
    OpenApiParameter("job", str, many=True, description="Name of a job. Can be given several times."),
    OpenApiParameter("team", str, many=True),
    OpenApiParameter("workforce", str, many=True),
    OpenApiParameter("worker", str, many=True, description="Code of a worker."),
    OpenApiParameter("kind", str, many=True, enum=list(KINDS)),
    OpenApiParameter("from", OpenApiTypes.DATE, description="First day, in the requester's time zone."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="Last day."),
    OpenApiParameter(
        "source",
        str,
        enum=list(SOURCES),
        description="All objects, objects without gold questions, or gold questions only.",
    ),
    OpenApiParameter("format", str, enum=["json", "csv", "parquet"]),
]


class _Raw(BaseRenderer):
    """Lets a caller ask for a format; the view writes it."""

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return json.dumps(data).encode()


class CsvRenderer(_Raw):
    media_type, format = "text/csv", "csv"


class ParquetRenderer(_Raw):
    media_type, format = "application/vnd.apache.parquet", "parquet"


class Report(APIView):
    renderer_classes = (JSONRenderer, CsvRenderer, ParquetRenderer)

    @extend_schema(
        summary="Get a table of metrics",
        description="One of: " + ", ".join(REPORTS) + ". What each column means: /api/v1/analytics/definitions/.",
        parameters=PARAMETERS,
        responses={200: serializers.ReportSerializer, 400: serializers.ProblemSerializer},
    )
    def get(self, request: Request, report: str) -> HttpResponseBase:
        if report not in REPORTS:
            raise Http404
        viewer = caller(request)
        chosen = filters(request, viewer)
        frame = REPORTS[report](viewer, chosen)
        format_ = request.accepted_renderer.format
        if format_ == CsvRenderer.format:
            return _file(_flat(frame).to_csv(index=False).encode(), f"{report}.csv", CsvRenderer.media_type)
        if format_ == ParquetRenderer.format:
            file = io.BytesIO()
            _flat(frame).to_parquet(file, index=False)
            return _file(file.getvalue(), f"{report}.parquet", ParquetRenderer.media_type)
        as_of = frames.as_of(viewer)
        return Response({
            "report": report, "as_of": as_of["now"].isoformat(), "time_zone": viewer.requester.zone,
            "waiting": as_of["waiting"], "rows": _rows(frame),
        })  # fmt: skip


class JobQuality(APIView):
    @extend_schema(summary="Get the quality report of a job's latest run", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, name: str) -> Response:
        job = jobs.visible_job(request, name)
        quality = frames.job_quality(caller(request), job.pk)
        if quality is None:
            raise Http404
        return Response({**quality.report.to_json(), "made_at": quality.made_at.isoformat()})


class Definitions(APIView):
    @extend_schema(
        summary="List the definitions of metrics", responses={200: serializers.DefinitionSerializer(many=True)}
    )
    def get(self, request: Request) -> Response:
        caller(request)
        return Response(
            [
                {
                    "name": definition.name,
                    "title": str(definition.title),
                    "unit": definition.unit,
                    "meaning": str(definition.meaning),
                    "formula": definition.formula,
                    "source": definition.source,
                    "undefined": str(definition.undefined),
                }
                for definition in DEFINITIONS.values()
            ]
        )


class WorkerActivity(APIView):
    @extend_schema(
        summary="Get the worker events of a day, one per line, in the format of Ground Truth's log",
        parameters=[OpenApiParameter("day", OpenApiTypes.DATE, required=True), OpenApiParameter("job", str)],
        responses={(200, "application/x-ndjson"): OpenApiTypes.STR, 400: serializers.ProblemSerializer},
    )
    def get(self, request: Request) -> HttpResponseBase:
        viewer = caller(request)
        day = _day(request, "day")
        if day is None:
            raise BadParameter("day", None, _("is required: a day such as 2026-11-02."))
        named = request.query_params.get("job")
        job = jobs.visible_job(request, named).pk if named else None
        lines = (definition.encode() for definition in activity.lines(viewer, day=day, job_id=job))
        return StreamingHttpResponse(lines, content_type="application/x-ndjson")


def filters(request: Request, viewer: Viewer) -> Filters:
    """The filters among the query's parameters. Raises BadParameter."""
    query = request.query_params
    chosen: dict[str, Any] = {}
    for name, model, field in NAMED:
        if values := query.getlist(name):
            chosen[f"{name}s"] = _ids(name, model._default_manager.visible_to(viewer), field, values)
    if values := query.getlist("worker"):
        workers = Worker.objects.filter(pk__in=Day.objects.filter(requester=viewer.requester).values("worker"))
        chosen["workers"] = _ids("worker", workers, "code", values)
    for kind in query.getlist("kind"):
        if kind not in KINDS:
            raise BadParameter("kind", kind, _("must be one of: %(known)s.") % {"known": ", ".join(KINDS)})
    source = query.get("source", "all")
    if source not in SOURCES:
        raise BadParameter("source", source, _("must be one of: %(known)s.") % {"known": ", ".join(SOURCES)})
    first, last = _day(request, "from"), _day(request, "to")
    if first and last and first > last:
        raise BadParameter("to", str(last), _("must not be before the first day."))
    return Filters(kinds=tuple(query.getlist("kind")), first_day=first, last_day=last, source=source, **chosen)


def _ids(name: str, rows: Any, field: str, values: list[str]) -> tuple[int, ...]:
    ids = list(
        rows.filter(**{f"{field}__in": values}).values_list(field, "pk")
    )  # teams of two workforces may be namesakes
    for value in values:
        if value not in dict(ids):
            raise BadParameter(name, value, _("does not exist or belongs to another requester."))
    return tuple(pk for _name, pk in ids)


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadParameter(name, text, _("must be a day such as 2026-11-02.")) from error


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON: no NaN, times as texts."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): _plain(value) for name, value in row.items()} for row in plain.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of objects as JSON texts, for formats that have rows and columns only."""
    changed = {
        name: [json.dumps(value) for value in frame[name]]
        for name in frame.columns
        if frame[name].map(lambda value: isinstance(value, dict | list)).any()
    }
    return frame.assign(**changed).rename(columns=str)


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
