"""What every page may ask of the portal."""

from typing import Any

from django.http import HttpRequest

from gtcrowd.workforce.models import Worker


def context(request: HttpRequest) -> dict[str, Any]:
    """`works`: whether the person labels for somebody; looked up only where a template asks."""

    def works() -> bool:
        return request.user.is_authenticated and Worker.objects.of_person(request.user.pk).exists()

    return {"works": works}
