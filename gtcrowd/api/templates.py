"""Worker pages over REST: the built-in ones to begin with, and what a page of one's own would look like."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gtcrowd import kinds
from gtcrowd.api.authentication import caller
from gtcrowd.kinds import pages
from gtcrowd.workpage import foreign, rendering


class RenderRequestSerializer(serializers.Serializer[Any]):
    template = serializers.CharField(max_length=pages.MAX_LENGTH, help_text="Task template in Liquid.")
    task_input = serializers.DictField(required=False, help_text="Value of `task.input`.")


class RenderErrorSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="Counted from 1; 0 if the line is unknown.")
    problem = serializers.CharField()


class RenderedSerializer(serializers.Serializer[Any]):
    rendered = serializers.CharField(help_text="HTML; empty if there are errors.")
    blocked_origins = serializers.ListField(
        child=serializers.CharField(), help_text="Foreign origins that the page wants and that are not allowed."
    )
    errors = RenderErrorSerializer(many=True)  # type: ignore[assignment]  # a field, not the property of that name


class BuiltInSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    medium = serializers.CharField()
    template = serializers.CharField()


class BuiltInTemplate(APIView):
    @extend_schema(summary="Get the built-in template of a task type", responses=BuiltInSerializer)
    def get(self, request: Request, kind: str, medium: str) -> Response:
        try:
            return Response({"kind": kind, "medium": medium, "template": kinds.kind(kind).template(medium)})
        except (kinds.UnknownKind, kinds.UnknownMedium) as error:
            raise serializers.ValidationError({"kind": [str(error)]}) from error


class RenderTemplate(APIView):
    @extend_schema(
        summary="Preview a task template and list its errors",
        request=RenderRequestSerializer,
        responses={200: RenderedSerializer, 400: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request) -> Response:
        serializer = RenderRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        text, task_input = serializer.validated_data["template"], serializer.validated_data.get("task_input", {})
        faults = pages.faults(text)
        rendered, blocked = "", list[str]()
        if not faults:
            try:
                page = rendering.sample(text, task_input=task_input, requester=caller(request).requester)
                rendered, blocked = page.html, foreign.blocked(page)
            except rendering.LiquidError as error:
                faults = [pages.fault_of(error, text)]
        errors = [{"line": fault.line, "problem": fault.problem} for fault in faults]
        return Response({"rendered": rendered, "blocked_origins": blocked, "errors": errors})
