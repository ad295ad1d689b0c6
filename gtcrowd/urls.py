"""Which room answers which address."""

from django.urls import include, path
from django.views.i18n import set_language

from gtcrowd.platform import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", include("gtcrowd.api.metrics")),
    path("language/", set_language, name="set_language"),
    path("account/", include("allauth.account.urls")),
    path("api/v1/", include("gtcrowd.api.urls")),
    path("", include("gtcrowd.console.urls")),
    path("", include("gtcrowd.workpage.urls")),
    path("", include("gtcrowd.portal.urls")),
]
