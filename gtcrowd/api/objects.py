"""Put objects into the requester's own buckets: manifests, and whatever workers can be shown."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gtcrowd.api import serializers
from gtcrowd.api.authentication import caller
from gtcrowd.identity.roles import Right
from gtcrowd.jobs import media_types, store

PORTION = 1 << 20


class UploadRefused(APIException):
    status_code = 422


class TooLarge(APIException):
    status_code = 413


class AnyParser(BaseParser):
    """Leaves the body alone, to be read in portions."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream


class Objects(APIView):
    parser_classes = (AnyParser,)

    @extend_schema(
        summary="Upload an object to one of your buckets",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: serializers.UploadedSerializer, 422: serializers.ProblemSerializer},
    )
    def put(self, request: Request, bucket: str, key: str) -> Response:
        caller(request).must(Right.CREATE_JOBS)
        if not caller(request).requester.buckets.filter(name=bucket).exists():
            raise UploadRefused(_("%(bucket)s is not one of your buckets.") % {"bucket": bucket})
        uri = f"s3://{bucket}/{key}"
        size = _copy(request._request, uri)
        return Response({"uri": uri, "size": size}, status=201)


def _copy(body: Any, uri: str) -> int:
    """Write the body to `uri`, whole or not at all; returns its size in bytes."""
    row = media_types.of_name(uri)
    if row is None:
        ends = ", ".join(media_types.EXTENSIONS)
        raise UploadRefused(_("The name must end in one of: %(ends)s.") % {"ends": ends})
    first, size = body.read(PORTION), 0
    if not row.matches(first[: media_types.HEAD]):
        raise UploadRefused(
            _("%(name)s does not have the content that its extension promises. Check the file or rename it.")
            % {"name": uri.rpartition("/")[2]}
        )
    with store.store().write(uri) as file:
        part = first
        while part:
            size += len(part)
            if size > settings.GTCROWD_MOST_UPLOAD:
                raise TooLarge(
                    _("The object is larger than the maximum of %(most)s bytes.")
                    % {"most": settings.GTCROWD_MOST_UPLOAD}
                )
            file.write(part)
            part = body.read(PORTION)
    return size
