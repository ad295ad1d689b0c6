"""A running job over REST: pause, gold questions, workers in the job, objects, webhook."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gtcrowd.api import pagination, serializers
from gtcrowd.api.authentication import caller
from gtcrowd.api.errors import BadParameter, problem
from gtcrowd.api.jobs import CURSOR, FORMAT, PROBLEM, SIZE, mapping, visible_job
from gtcrowd.api.throttles import WebhookThrottle
from gtcrowd.consolidation.intervals import credible_interval
from gtcrowd.hooks import signature
from gtcrowd.jobs import pause, stream_in
from gtcrowd.jobs.models import Job
from gtcrowd.platform.reasons import sentence
from gtcrowd.tasks.answers import gold
from gtcrowd.tasks.lifecycle import job_worker
from gtcrowd.tasks.models import Gold, JobWorker
from gtcrowd.workforce.models import Worker

OBJECTS = """
SELECT object.position, object.object_id, task.state, task.reason_code, task.answer_count,
       task.target_answers, task.error, object_error.reason_code, object_error.reason_params
FROM jobs_dataobject object LEFT JOIN tasks_task task ON task.data_object_id = object.id
LEFT JOIN jobs_objecterror object_error ON object_error.data_object_id = object.id
WHERE object.job_id = %s AND object.position > %s ORDER BY object.position
"""
OBJECT_FIELDS = ("object", "object_id", "state", "reason_code", "answers", "target_answers", "expected_error")
MOST_WEBHOOK = 1 << 20


class JobPause(APIView):
    @extend_schema(
        summary="Pause a job. No tasks are assigned until it is resumed",
        request=None,
        responses={202: serializers.JobSerializer},
    )
    def post(self, request: Request, name: str) -> Response:
        job = visible_job(request, name)
        pause.pause(viewer=caller(request), job=job, now=timezone.now())
        return Response(serializers.JobSerializer(job).data, status=202)


class JobResume(APIView):
    @extend_schema(summary="Resume a paused job", request=None, responses={202: serializers.JobSerializer})
    def post(self, request: Request, name: str) -> Response:
        job = visible_job(request, name)
        pause.resume(viewer=caller(request), job=job, now=timezone.now())
        return Response(serializers.JobSerializer(job).data, status=202)


class JobGold(APIView):
    @extend_schema(summary="List gold questions", responses=serializers.GoldSerializer(many=True))
    def get(self, request: Request, name: str) -> Response:
        questions = Gold.objects.visible_to(caller(request)).filter(job=visible_job(request, name))
        return Response(
            serializers.GoldSerializer(questions.select_related("task").order_by("task__position"), many=True).data
        )

    @extend_schema(
        summary="Declare gold questions",
        request=serializers.GoldRequestSerializer(many=True),
        responses={201: serializers.GoldDeclaredSerializer, **PROBLEM},
    )
    def post(self, request: Request, name: str) -> Response:
        data = request.data if isinstance(request.data, list) else [request.data]
        items = [item if isinstance(item, dict) else {} for item in data]
        declared = gold.declare(viewer=caller(request), job=visible_job(request, name), items=items, now=timezone.now())
        return Response({"declared": declared}, status=201)


class JobGoldItem(APIView):
    @extend_schema(
        summary="Correct a gold question. Accuracies and labels are recomputed",
        request=serializers.CorrectionSerializer,
        responses={202: serializers.RecountedSerializer, **PROBLEM},
    )
    def patch(self, request: Request, name: str, position: int) -> Response:
        fields = mapping(request)
        if "value" not in fields:
            raise BadParameter("value", None, _("must be the correct value of the object."))
        changed_workers = gold.correct(
            viewer=caller(request), question=self._question(request, name, position), value=fields["value"],
            explanation=None if fields.get("explanation") is None else str(fields["explanation"]), now=timezone.now(),
        )  # fmt: skip
        return Response({"workers": changed_workers}, status=202)

    @extend_schema(summary="Retire a gold question", responses={202: serializers.RecountedSerializer})
    def delete(self, request: Request, name: str, position: int) -> Response:
        question = self._question(request, name, position)
        return Response(
            {"workers": gold.retire(viewer=caller(request), question=question, now=timezone.now())}, status=202
        )

    def _question(self, request: Request, name: str, position: int) -> Gold:
        own = Gold.objects.visible_to(caller(request)).select_related("job")
        question: Gold = get_object_or_404(own, job=visible_job(request, name), task__position=position)
        return question


class JobWorkers(APIView):
    @extend_schema(
        summary="List the workers of a job with their state", responses=serializers.JobWorkerSerializer(many=True)
    )
    def get(self, request: Request, name: str) -> Response:
        own = JobWorker.objects.visible_to(caller(request)).filter(job=visible_job(request, name))
        rows = list(own.select_related("worker").order_by("-answers", "pk")[:5000])
        return Response([_job_worker_fields(row) for row in rows])


class JobWorkerView(APIView):
    @extend_schema(
        summary="Pause or resume a worker in a job",
        request=serializers.JobWorkerRequestSerializer,
        responses={200: serializers.JobWorkerSerializer, **PROBLEM},
    )
    def patch(self, request: Request, name: str, code: str) -> Response:
        fields, viewer, job = mapping(request), caller(request), visible_job(request, name)
        worker = get_object_or_404(Worker.objects.filter(workforce=job.team.workforce_id), code=code)
        if fields.get("state") == "paused":
            reason = str(fields.get("reason") or "")
            row = job_worker.pause(viewer=viewer, job=job, worker=worker, reason=reason, now=timezone.now())
        elif fields.get("state") == "working":
            own = JobWorker.objects.visible_to(viewer).select_related("worker")
            row = job_worker.resume(viewer=viewer, job_worker=get_object_or_404(own, job=job, worker=worker))
        else:
            raise BadParameter("state", fields.get("state"), _("must be paused or working."))
        return Response(_job_worker_fields(row))


class JobObjects(APIView):
    renderer_classes = pagination.RENDERERS

    @extend_schema(
        summary="List the objects of a job with their progress, in pages or as JSON lines",
        parameters=[CURSOR, SIZE, FORMAT],
        responses=serializers.ObjectPageSerializer,
    )
    def get(self, request: Request, name: str) -> HttpResponseBase:
        job = visible_job(request, name)
        after = pagination.whole_number(request, "cursor", -1, 0, 2**31)
        if request.accepted_renderer.format == pagination.LinesRenderer.format:
            return StreamingHttpResponse(_all_objects(job, after), content_type=pagination.LINES)
        size = pagination.whole_number(request, "page_size", pagination.DEFAULT_SIZE, 1, pagination.MOST_SIZE)
        with connection.cursor() as cursor:
            cursor.execute(f"{OBJECTS} LIMIT %s", [job.pk, after, size + 1])
            rows = [_object_fields(row) for row in cursor.fetchall()]
        following = None
        if len(rows) > size:
            query = request._request.GET.copy()
            query["cursor"] = str(rows[size - 1]["object"])
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        return Response({"results": rows[:size], "next": following})

    @extend_schema(
        summary="Add objects to a streaming job",
        request=serializers.ObjectsRequestSerializer,
        responses={202: serializers.ArrivedSerializer, 402: serializers.ProblemSerializer, **PROBLEM},
    )
    def post(self, request: Request, name: str) -> Response:
        viewer = caller(request)
        viewer.must(stream_in.RIGHT)
        objects = request.data.get("objects") if isinstance(request.data, dict) else request.data
        lines = objects if isinstance(objects, list) else []
        arrived = stream_in.arrive(job=visible_job(request, name), lines=lines, now=timezone.now())
        return Response({"added": arrived.added, "repeated": arrived.repeated}, status=202)


class JobWebhook(APIView):
    @extend_schema(summary="Get the URL and secret of the job's webhook", responses=serializers.WebhookSerializer)
    def get(self, request: Request, name: str) -> Response:
        viewer, job = caller(request), visible_job(request, name)
        viewer.must(stream_in.RIGHT)
        address = request.build_absolute_uri(reverse("api:webhook", args=[job.pk]))
        return Response({"url": address, "secret": stream_in.secret(job)})


class Webhook(APIView):
    """Deliveries from elsewhere: who knows the job's secret may add objects to it, and nothing else."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (WebhookThrottle,)

    @extend_schema(
        summary="Deliver objects to a streaming job by webhook, signed with its secret",
        parameters=[OpenApiParameter(signature.HEADER, str, OpenApiParameter.HEADER)],
        request=serializers.ObjectsRequestSerializer,
        responses={202: serializers.ArrivedSerializer, **PROBLEM},
    )
    def post(self, request: Request, job_id: int) -> Any:
        body = request._request.body
        job = stream_in.addressed(job_id, body, request.headers.get(signature.HEADER, ""))
        # One answer for a job that is not there and for a wrong signature: nothing is learned by trying.
        if len(body) > MOST_WEBHOOK or job is None:
            return problem(403, _("The signature is invalid."))
        arrived = stream_in.arrive(job=job, lines=_delivered(body), now=timezone.now())
        return Response({"added": arrived.added, "repeated": arrived.repeated}, status=202)


def _delivered(body: bytes) -> list[Any]:
    """The objects of a delivery: one, a list of them, `{"objects": […]}`, or lines of JSON."""
    text = body.decode("utf-8", "replace")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return [line for line in text.splitlines() if line.strip()]
    if isinstance(content, dict):
        return content["objects"] if isinstance(content.get("objects"), list) else [content]
    return content if isinstance(content, list) else [text]


def _all_objects(job: Job, after: int) -> Iterator[bytes]:
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(OBJECTS, [job.pk, after])
        while rows := cursor.fetchmany(2000):
            lines = (json.dumps(_object_fields(row), ensure_ascii=False) for row in rows)
            yield ("\n".join(lines) + "\n").encode()


def _object_fields(row: tuple[Any, ...]) -> dict[str, Any]:
    *values, code, params = row
    fields = dict(zip(OBJECT_FIELDS, values, strict=True))
    fields["reason"] = None if code is None else sentence(code, json.loads(params))
    return fields


def _job_worker_fields(row: JobWorker) -> dict[str, Any]:
    low, high = (float(end) for end in credible_interval(row.gold_right, row.gold_seen))
    n = row.gold_seen
    return {
        "worker": row.worker.code, "state": row.state, "reason_code": row.reason_code, "reason": row.reason,
        "answers": row.answers, "seconds": row.seconds, "paid": row.paid,
        "gold": {"seen": n, "right": row.gold_right, "low": low if n else None, "high": high if n else None},
    }  # fmt: skip
