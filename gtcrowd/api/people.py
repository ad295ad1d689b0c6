"""Teams and workers over REST."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gtcrowd.api import serializers
from gtcrowd.api.authentication import caller
from gtcrowd.api.jobs import PROBLEM
from gtcrowd.workforce import invite, setup
from gtcrowd.workforce.models import Team, Worker


class Teams(APIView):
    @extend_schema(summary="List the teams you can use", responses=serializers.TeamSerializer(many=True))
    def get(self, request: Request) -> Response:
        teams = Team.objects.visible_to(caller(request)).select_related("workforce").order_by("pk")
        return Response(serializers.TeamSerializer(teams, many=True).data)

    @extend_schema(
        summary="Create a team in your private workforce",
        request=serializers.TeamSerializer,
        responses={201: serializers.TeamSerializer, **PROBLEM},
    )
    def post(self, request: Request) -> Response:
        body = request.data if isinstance(request.data, dict) else {}
        team = setup.team(
            viewer=caller(request),
            name=str(body.get("name", "")),
            description=str(body.get("description", "")),
        )
        return Response(serializers.TeamSerializer(team).data, status=201)


class WorkerPages(CursorPagination):
    ordering = ("pk",)
    page_size = 100


class Workers(APIView):
    @extend_schema(
        summary="List the workers of your private workforce", responses=serializers.WorkerSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        workers = Worker.objects.visible_to(caller(request)).select_related("user").prefetch_related("teams")
        paginator = WorkerPages()
        page = paginator.paginate_queryset(workers, request, self)
        return paginator.get_paginated_response(serializers.WorkerSerializer(page, many=True).data)

    @extend_schema(
        summary="Invite workers by e-mail",
        request=serializers.InvitationSerializer,
        responses={202: serializers.WorkerSerializer(many=True), **PROBLEM},
    )
    def post(self, request: Request) -> Response:
        body = request.data if isinstance(request.data, dict) else {}
        emails = body.get("emails")
        teams = Team.objects.visible_to(caller(request)).filter(workforce__requester=caller(request).requester)
        team = get_object_or_404(teams, name__iexact=str(body["team"])) if body.get("team") else None
        invited = invite.invite(
            viewer=caller(request),
            emails=[str(email) for email in emails] if isinstance(emails, list) else [],
            team=team,
            now=timezone.now(),
        )
        return Response(serializers.WorkerSerializer(invited, many=True).data, status=202)
