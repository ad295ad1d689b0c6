from django.apps import AppConfig
from django_structlog.signals import bind_extra_request_metadata

from gtcrowd.identity import address


class IdentityConfig(AppConfig):
    name = "gtcrowd.identity"

    def ready(self) -> None:
        bind_extra_request_metadata.connect(address.note)
