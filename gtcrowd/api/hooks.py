"""Hooks over REST: tried before they are used, their versions, the secret of their calls; what own pages may load."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gtcrowd.api import serializers
from gtcrowd.api.authentication import caller
from gtcrowd.api.jobs import PROBLEM, mapping, visible_job
from gtcrowd.hooks import signing_secret
from gtcrowd.identity import origins
from gtcrowd.identity.roles import Right
from gtcrowd.jobs.models import Hook, Job
from gtcrowd.workpage import trial


class TryHooks(APIView):
    @extend_schema(
        summary="Test a template and hooks on the first objects of a manifest, without creating anything",
        request=serializers.TryRequestSerializer,
        responses={200: serializers.TriedSerializer, 409: serializers.ProblemSerializer, **PROBLEM},
    )
    def post(self, request: Request) -> Response:
        viewer, body = caller(request), mapping(request)
        job = None
        if body.get("job"):
            own = Job.objects.visible_to(viewer).select_related("template", "requester")
            job = get_object_or_404(own, name__iexact=str(body["job"]))
        fields = {name: value for name, value in body.items() if name != "job"}
        result = trial.attempt(viewer=viewer, values=fields, job=job, now=timezone.now())
        return Response(serializers.TriedSerializer(serializers.tried(result)).data)


class JobHooks(APIView):
    @extend_schema(
        summary="List the hooks that a job had, newest first", responses=serializers.HookSerializer(many=True)
    )
    def get(self, request: Request, name: str) -> Response:
        hooks = Hook.objects.visible_to(caller(request)).filter(job=visible_job(request, name))
        return Response(
            serializers.HookSerializer(hooks.select_related("set_by").order_by("-set_at", "-pk"), many=True).data
        )


class HookSecret(APIView):
    @extend_schema(summary="Get the secret that signs calls of your hooks", responses=serializers.HookSecretSerializer)
    def get(self, request: Request) -> Response:
        viewer = caller(request)
        viewer.must(Right.CREATE_JOBS)
        return Response({"secret": signing_secret.of(viewer.requester)})

    @extend_schema(
        summary="Rotate the secret. The current secret stops working",
        request=None,
        responses={201: serializers.HookSecretSerializer},
    )
    def post(self, request: Request) -> Response:
        return Response({"secret": signing_secret.renew(viewer=caller(request))}, status=201)


class Settings(APIView):
    @extend_schema(summary="Get the settings of the requester", responses=serializers.SettingsSerializer)
    def get(self, request: Request) -> Response:
        return Response({"script_origins": caller(request).requester.script_origins})

    @extend_schema(
        summary="Set the origins that your task templates may use",
        request=serializers.SettingsSerializer,
        responses={200: serializers.SettingsSerializer, **PROBLEM},
    )
    def put(self, request: Request) -> Response:
        script_origins: Any = mapping(request).get("script_origins")
        return Response({"script_origins": origins.allow(viewer=caller(request), origins=script_origins)})
