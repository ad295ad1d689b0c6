from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "gtcrowd.identity"

    def ready(self) -> None:
        from django_structlog.signals import bind_extra_request_metadata

        from gtcrowd.identity import address

        bind_extra_request_metadata.connect(address.note)
