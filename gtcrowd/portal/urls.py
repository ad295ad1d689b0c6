"""Addresses of the worker portal."""

from django.urls import path
from django.views.generic import RedirectView

from gtcrowd.portal import answering, frame, joining, messaging, objects, outlining, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("join/<str:token>/", joining.accept, name="join"),
    path("work/", views.work, name="work"),
    path("work/<int:job_id>/", views.job, name="job"),
    path("work/<int:job_id>/start/", views.start, name="start"),
    path("work/<int:job_id>/submit/", answering.submit, name="submit"),
    path("work/next/", views.next_job, name="next"),
    path("work/<int:job_id>/more-time/", answering.more_time, name="more-time"),
    path("work/<int:job_id>/in-advance/", answering.in_advance, name="in-advance"),
    path("work/<int:job_id>/draft/", answering.draft, name="draft"),
    path("work/<int:job_id>/outline/", outlining.outline, name="outline"),
    path("work/<int:job_id>/leave/", answering.leave_task, name="leave"),
    path("work/<int:job_id>/stop/", answering.stop, name="stop"),
    path("work/<int:job_id>/messages/", messaging.thread, name="messages"),
    path("work/<int:job_id>/report/", messaging.report, name="report"),
    path("work/keys/", answering.keys, name="keys"),
    path("work/signed-in/", views.signed_in, name="signed-in"),
    path("work/frame/<int:assignment_id>/", frame.show, name="frame"),
    path("work/object/", RedirectView.as_view(pattern_name="portal:work"), name="objects"),
    path("work/object/<str:token>/", objects.show, name="object"),
]
