"""Serve the application with an additional bare view: authentication, some empty statements and a short JSON body."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gtcrowd.settings")

from gtcrowd import wsgi  # noqa: I001 - it sets Django up

from django.db import connection, transaction
from django.urls import path
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gtcrowd import urls


class Bare(APIView):
    """What Django and the framework cost by themselves: two statements find who is there, `statements` more follow."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (IsAuthenticated,)
    throttle_classes = ()

    def post(self, request: Request, statements: int) -> Response:
        with transaction.atomic(), connection.cursor() as cursor:
            for number in range(statements):
                cursor.execute("SELECT %s", [number])
                cursor.fetchone()
        return Response({"statements": statements, "user": str(request.user), "given": len(request.data)})


urls.urlpatterns.insert(0, path("bare/<int:statements>/", Bare.as_view()))


def application(environ: dict[str, Any], start_response: Any) -> Any:
    return wsgi.application(environ, start_response)
