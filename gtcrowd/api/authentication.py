"""Who calls: a program by its access key, or a person by the session; and how bodies are read."""

import json
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from gtcrowd.identity import access, keys
from gtcrowd.identity.access import Viewer

if TYPE_CHECKING:  # these classes are named in the settings that rest_framework.views reads
    from rest_framework.views import APIView


class AccessKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer ID.SECRET`; `request.auth` is the viewer."""

    def authenticate(self, request: Request) -> tuple[Any, Viewer] | None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            viewer = keys.authenticate(token.strip(), now=timezone.now())
        except keys.KeyRefused as error:
            raise exceptions.AuthenticationFailed(
                _("The access key does not exist, was revoked, or its secret is wrong.")
            ) from error
        return (viewer.user, viewer)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SignedInAuthentication(SessionAuthentication):
    """The session of a person who is a member of a requester; changes need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, Viewer] | None:
        authenticated = super().authenticate(request)
        viewer = access.viewer_of(request._request) if authenticated else None
        return (authenticated[0], viewer) if authenticated and viewer else None


class IsMember(BasePermission):
    message = _("Sign in as a member of a requester, or send an access key.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return isinstance(request.auth, Viewer)


class AccessKeyScheme(OpenApiAuthenticationExtension):
    target_class = AccessKeyAuthentication
    name = "accessKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An access key as ID.SECRET."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = SignedInAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class TextParser(JSONParser):
    """JSON whose texts have no NUL characters, which the database could not hold."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        parsed = super().parse(stream, media_type, parser_context)
        if "\\u0000" in json.dumps(parsed):
            raise exceptions.ParseError(_("Text must not contain NUL characters."))
        return parsed


def caller(request: Request) -> Viewer:
    """The caller as a member; the permission has seen to it that there is one."""
    viewer = request.auth
    assert isinstance(viewer, Viewer)  # noqa: S101 - says to the type checker what IsMember checked
    return viewer
