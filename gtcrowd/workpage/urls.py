"""Addresses that the page of a task needs."""

from django.urls import path
from django.views.generic import RedirectView

from gtcrowd.jobs import signed
from gtcrowd.workpage import objects

app_name = "workpage"
urlpatterns = [
    path(signed.PREFIX, RedirectView.as_view(url="/"), name="objects"),
    path(f"{signed.PREFIX}<str:token>/", objects.show, name="object"),
]
