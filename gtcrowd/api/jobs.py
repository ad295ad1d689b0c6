"""Jobs over REST: ask, look, stop, and fetch what was answered and concluded."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gtcrowd.api import pagination, serializers
from gtcrowd.api.authentication import caller
from gtcrowd.jobs import create, stop
from gtcrowd.jobs.models import Job, JobChange
from gtcrowd.kinds.kind import manifest_confidence
from gtcrowd.labels import consolidate, exports
from gtcrowd.labels.models import Label, Run
from gtcrowd.ledger import balance, names
from gtcrowd.tasks.lifecycle import change
from gtcrowd.tasks.models import Answer

PROBLEM = {422: serializers.ProblemSerializer, 403: serializers.ProblemSerializer}
CURSOR = OpenApiParameter("cursor", str, description="Value of the field `next` of the previous page.")
SIZE = OpenApiParameter("page_size", int, description="1 to 1000. Default: 100.")
FORMAT = OpenApiParameter("format", str, enum=["json", "jsonl"], description="`jsonl`: all results, one per line.")


class JobPages(CursorPagination):
    ordering = ("-created_at", "-pk")
    page_size = 50


def visible_job(request: Request, name: str) -> Job:
    jobs = Job.objects.visible_to(caller(request)).select_related("team", "counters", "requester")
    job: Job = get_object_or_404(jobs, name__iexact=name)
    return job


class Jobs(APIView):
    @extend_schema(
        summary="List jobs, newest first",
        parameters=[OpenApiParameter("state", str), OpenApiParameter("cursor", str)],
        responses=serializers.JobSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        jobs = Job.objects.visible_to(caller(request)).select_related("team", "counters")
        if state := request.query_params.get("state"):
            jobs = jobs.filter(state=state)
        paginator = JobPages()
        page = paginator.paginate_queryset(jobs, request, self)
        return paginator.get_paginated_response(serializers.JobSerializer(page, many=True).data)

    @extend_schema(
        summary="Create a job",
        request=serializers.JobRequestSerializer,
        responses={201: serializers.JobSerializer, 402: serializers.ProblemSerializer, **PROBLEM},
    )
    def post(self, request: Request) -> Response:
        job = create.create(viewer=caller(request), values=mapping(request), now=timezone.now())
        return Response(serializers.JobSerializer(job).data, status=201)


class JobPlan(APIView):
    @extend_schema(
        summary="Validate a job and review its cost, without creating it",
        request=serializers.JobRequestSerializer,
        responses={200: serializers.PlanSerializer, **PROBLEM},
    )
    def post(self, request: Request) -> Response:
        viewer = caller(request)
        planned = create.plan(viewer=viewer, values=mapping(request), now=timezone.now())
        plan_fields = {
            "objects": planned.objects,
            "tasks": planned.cost.tasks,
            "cost_of_answers": planned.cost.answers,
            "fees": planned.cost.fees,
            "total": planned.cost.total,
            "available": balance.balance(names.funds(viewer.requester.pk)) + viewer.requester.credit,
            "warnings": planned.warnings,
        }
        return Response(serializers.PlanSerializer(plan_fields).data)


class JobDetail(APIView):
    @extend_schema(summary="Get a job", responses=serializers.JobSerializer)
    def get(self, request: Request, name: str) -> Response:
        return Response(serializers.JobSerializer(visible_job(request, name)).data)

    @extend_schema(
        summary="Change a running job. Its tasks are updated within seconds",
        request=serializers.JobChangeSerializer,
        responses={
            202: serializers.JobSerializer,
            402: serializers.ProblemSerializer,
            409: serializers.ProblemSerializer,
            **PROBLEM,
        },
    )
    def patch(self, request: Request, name: str) -> Response:
        job = visible_job(request, name)
        change.change(viewer=caller(request), job=job, values=mapping(request), now=timezone.now())
        return Response(serializers.JobSerializer(visible_job(request, name)).data, status=202)


class JobChanges(APIView):
    @extend_schema(
        summary="List the changes to a job, newest first; at most 1000",
        responses=serializers.ChangeSerializer(many=True),
    )
    def get(self, request: Request, name: str) -> Response:
        changes = (
            JobChange.objects.visible_to(caller(request)).filter(job=visible_job(request, name)).select_related("by")
        )
        return Response(serializers.ChangeSerializer(changes.order_by("-at", "-pk")[:1000], many=True).data)


class JobStop(APIView):
    @extend_schema(
        summary="Stop a job. This cannot be undone", request=None, responses={202: serializers.JobSerializer}
    )
    def post(self, request: Request, name: str) -> Response:
        job = visible_job(request, name)
        stop.stop(viewer=caller(request), job=job, now=timezone.now())
        return Response(serializers.JobSerializer(job).data, status=202)


class JobLabels(APIView):
    renderer_classes = pagination.RENDERERS

    @extend_schema(
        summary="List labels, in pages or as JSON lines",
        parameters=[
            OpenApiParameter("min_confidence", float),
            OpenApiParameter("max_confidence", float),
            OpenApiParameter("changed_since", OpenApiTypes.DATETIME),
            OpenApiParameter("run", int, description="Labels of this run instead of the current labels."),
            CURSOR,
            SIZE,
            FORMAT,
        ],
        responses=serializers.LabelPageSerializer,
    )
    def get(self, request: Request, name: str) -> HttpResponseBase:
        job = visible_job(request, name)
        labels = _labels(request, job)
        tag = f'W/"{job.pk}-{_newest(labels)}"'
        if request.headers.get("If-None-Match") == tag:
            return HttpResponse(status=304, headers={"ETag": tag})

        def show(label: Label) -> dict[str, Any]:
            return _shown(label, job.categories)

        rows = labels.select_related("run")
        response = pagination.listed(request, rows, key=("created_at", "pk"), show=show)
        response["ETag"] = tag
        return response


class JobExports(APIView):
    @extend_schema(summary="List the export formats of a job", responses=serializers.ExportSerializer(many=True))
    def get(self, request: Request, name: str) -> Response:
        formats = exports.of_job(visible_job(request, name))
        return Response(serializers.ExportSerializer(formats, many=True).data)


class JobExport(APIView):
    renderer_classes = pagination.RENDERERS

    @extend_schema(
        summary="Export the current labels of a job",
        parameters=[OpenApiParameter("run", int, description="Labels of this run instead of the current labels.")],
        responses={(200, "*/*"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, name: str, export: str) -> HttpResponseBase:
        job = visible_job(request, name)
        try:
            chosen = exports.get(export, job)
        except exports.UnknownExport as error:
            raise NotFound from error
        headers = {"Content-Disposition": f'attachment; filename="{chosen.file_name(job)}"'}
        blocks = chosen.blocks(job, _run(request, job))
        return StreamingHttpResponse(blocks, content_type=chosen.media_type, headers=headers)


class JobAnswers(APIView):
    renderer_classes = pagination.RENDERERS

    @extend_schema(
        summary="List answers as submitted, in pages or as JSON lines",
        parameters=[CURSOR, SIZE, FORMAT],
        responses=serializers.AnswerPageSerializer,
    )
    def get(self, request: Request, name: str) -> HttpResponseBase:
        job = visible_job(request, name)
        answers = Answer.objects.visible_to(caller(request)).filter(job=job).select_related("worker", "task")
        return pagination.listed(request, answers, key=("submitted_at", "pk"), show=_answer)


class JobRuns(APIView):
    @extend_schema(summary="List consolidation runs, newest first", responses=serializers.RunSerializer(many=True))
    def get(self, request: Request, name: str) -> Response:
        runs = Run.objects.visible_to(caller(request)).filter(job=visible_job(request, name)).order_by("-pk")[:200]
        return Response(serializers.RunSerializer(runs, many=True).data)

    @extend_schema(
        summary="Start a run of another method for comparison",
        request=serializers.RunRequestSerializer,
        responses={202: serializers.RunSerializer, **PROBLEM},
    )
    def post(self, request: Request, name: str) -> Response:
        job = visible_job(request, name)
        run = consolidate.ask(
            job, viewer=caller(request), method=str(mapping(request).get("method")), now=timezone.now()
        )
        return Response(serializers.RunSerializer(run).data, status=202)


def mapping(request: Request) -> dict[str, Any]:
    return request.data if isinstance(request.data, dict) else {}


def _run(request: Request, job: Job) -> int | None:
    if "run" not in request.query_params:
        return None
    number = pagination.whole_number(request, "run", 0, 1, 2**62)
    run: Run = get_object_or_404(Run.objects.visible_to(caller(request)), job=job, pk=number)
    return run.pk


def _labels(request: Request, job: Job) -> Any:
    run = _run(request, job)
    labels = Label.objects.visible_to(caller(request)).filter(job=job)
    labels = labels.filter(current=True) if run is None else labels.filter(run=run)
    least, most = pagination.share(request, "min_confidence"), pagination.share(request, "max_confidence")
    since = pagination.moment(request, "changed_since")
    bounds = {"confidence__gte": least, "confidence__lte": most, "created_at__gt": since}
    return labels.filter(**{name: bound for name, bound in bounds.items() if bound is not None})


def _newest(labels: Any) -> str:
    newest = labels.order_by("-created_at", "-pk").values_list("pk", flat=True).first()
    return str(newest or 0)


def _shown(label: Label, categories: list[str]) -> dict[str, Any]:
    posterior = None if label.posterior is None else dict(zip(categories, label.posterior, strict=True))
    return {
        "object": label.position,
        "label": label.value,
        "confidence": manifest_confidence(label.confidence),
        "posterior": posterior,
        "parts": label.parts,
        "answers": label.answers,
        "method": label.run.method,
        "run": label.run_id,
        "changed_at": label.created_at,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "id": answer.pk,
        "object": answer.task.position,
        "worker": answer.worker.code,
        "value": answer.value,
        "seconds": answer.seconds,
        "active_seconds": answer.active_seconds,
        "paid": answer.paid,
        "late": answer.late,
        "extra": answer.extra,
        "gold": answer.gold,
        "submitted_at": answer.submitted_at,
    }
