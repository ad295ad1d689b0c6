"""Teams and workers over REST."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gtcrowd.api import shapes
from gtcrowd.api.authentication import caller
from gtcrowd.api.jobs import PROBLEM
from gtcrowd.workforce import found, invite
from gtcrowd.workforce.models import Team, Worker


class Teams(APIView):
    @extend_schema(summary="Teams you may give jobs to", responses=shapes.TeamShape(many=True))
    def get(self, request: Request) -> Response:
        teams = Team.objects.visible_to(caller(request)).select_related("workforce").order_by("pk")
        return Response(shapes.TeamShape(teams, many=True).data)

    @extend_schema(
        summary="Form a team of your private workforce",
        request=shapes.TeamShape,
        responses={201: shapes.TeamShape, **PROBLEM},
    )
    def post(self, request: Request) -> Response:
        given = request.data if isinstance(request.data, dict) else {}
        team = found.team(
            viewer=caller(request),
            name=str(given.get("name", "")),
            description=str(given.get("description", "")),
        )
        return Response(shapes.TeamShape(team).data, status=201)


class WorkerPages(CursorPagination):
    ordering = ("pk",)
    page_size = 100


class Workers(APIView):
    @extend_schema(summary="Workers of your private workforce", responses=shapes.WorkerShape(many=True))
    def get(self, request: Request) -> Response:
        workers = Worker.objects.visible_to(caller(request)).select_related("user").prefetch_related("teams")
        paginator = WorkerPages()
        page = paginator.paginate_queryset(workers, request, self)
        return paginator.get_paginated_response(shapes.WorkerShape(page, many=True).data)

    @extend_schema(
        summary="Invite people by e-mail",
        request=shapes.InvitationShape,
        responses={202: shapes.WorkerShape(many=True), **PROBLEM},
    )
    def post(self, request: Request) -> Response:
        given = request.data if isinstance(request.data, dict) else {}
        emails = given.get("emails")
        teams = Team.objects.visible_to(caller(request)).filter(workforce__requester=caller(request).requester)
        team = get_object_or_404(teams, name__iexact=given["team"]) if given.get("team") else None
        invited = invite.invite(
            viewer=caller(request),
            emails=[str(one) for one in emails] if isinstance(emails, list) else [],
            team=team,
            now=timezone.now(),
        )
        return Response(shapes.WorkerShape(invited, many=True).data, status=202)
