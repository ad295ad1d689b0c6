"""What workers write about a job over REST: read, answered, marked as done."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gtcrowd.api import pagination, serializers
from gtcrowd.api.authentication import caller
from gtcrowd.api.errors import BadParameter
from gtcrowd.api.jobs import CURSOR, FORMAT, PROBLEM, SIZE, mapping, visible_job
from gtcrowd.tasks import messages
from gtcrowd.tasks.models import Message
from gtcrowd.workforce.models import Worker

WAITING = OpenApiParameter(
    "waiting", bool, description="`true`: only messages from workers that are not marked as done."
)


class JobMessages(APIView):
    renderer_classes = pagination.RENDERERS

    @extend_schema(
        summary="List the messages between workers and members of a job, in pages or as JSON lines",
        parameters=[WAITING, CURSOR, SIZE, FORMAT],
        responses=serializers.MessagePageSerializer,
    )
    def get(self, request: Request, name: str) -> HttpResponseBase:
        rows = Message.objects.visible_to(caller(request)).filter(job=visible_job(request, name))
        waiting = request.query_params.get("waiting", "false").lower()
        if waiting not in ("true", "false"):
            raise BadParameter("waiting", waiting, _("must be true or false."))
        if waiting == "true":
            rows = rows.filter(from_worker=True, done_at=None)
        rows = rows.select_related("worker", "author", "assignment__task")
        return pagination.listed(request, rows, key=("sent_at", "pk"), show=_message)


class JobThread(APIView):
    @extend_schema(
        summary="Answer a worker's message",
        request=serializers.AnswerMessageSerializer,
        responses={201: serializers.MessageSerializer, **PROBLEM},
    )
    def post(self, request: Request, name: str, code: str) -> Response:
        body, params = mapping(request), self._params(request, name, code)
        sent = messages.answer(**params, text=body.get("text"))
        if body.get("done") is True:
            messages.finish(**params)
        return Response(_message(sent), status=201)

    @extend_schema(
        summary="Mark a worker's message as done or as waiting",
        request=serializers.DoneSerializer,
        responses={200: serializers.DoneCountSerializer, **PROBLEM},
    )
    def patch(self, request: Request, name: str, code: str) -> Response:
        done = mapping(request).get("done")
        if not isinstance(done, bool):
            raise BadParameter("done", done, _("must be true or false."))
        return Response({"changed": messages.finish(**self._params(request, name, code), done=done)})

    def _params(self, request: Request, name: str, code: str) -> dict[str, Any]:
        viewer, job = caller(request), visible_job(request, name)
        written = Message.objects.visible_to(viewer).filter(job=job)
        worker = get_object_or_404(Worker.objects.filter(pk__in=written.values("worker")), code=code)
        return {"viewer": viewer, "job": job, "worker": worker, "now": timezone.now()}


def _message(row: Message) -> dict[str, Any]:
    return {
        "id": row.pk, "worker": row.worker.code, "from_worker": row.from_worker,
        "author": row.author.email if row.author else None, "about": row.about,
        "object": row.assignment.task.position if row.assignment else None, "text": row.text, "sent_at": row.sent_at,
        "read_at": row.read_at, "done_at": row.done_at,
    }  # fmt: skip
