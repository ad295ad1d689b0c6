"""Addresses of the worker portal."""

from django.urls import path

from gtcrowd.portal import (
    accept_invitation,
    earnings,
    messages,
    sandbox,
    script_errors,
    segmentation,
    submissions,
    views,
)

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("join/<str:token>/", accept_invitation.accept, name="join"),
    path("work/", views.work, name="work"),
    path("work/<int:job_id>/", views.job, name="job"),
    path("work/<int:job_id>/start/", views.start, name="start"),
    path("work/<int:job_id>/submit/", submissions.submit_answer, name="submit"),
    path("work/next/", views.next_job, name="next"),
    path("work/<int:job_id>/more-time/", submissions.more_time, name="more-time"),
    path("work/<int:job_id>/in-advance/", submissions.in_advance, name="in-advance"),
    path("work/<int:job_id>/draft/", submissions.draft, name="draft"),
    path("work/<int:job_id>/outline/", segmentation.outline, name="outline"),
    path("work/<int:job_id>/leave/", submissions.leave_task, name="leave"),
    path("work/<int:job_id>/stop/", submissions.stop, name="stop"),
    path("work/<int:job_id>/messages/", messages.thread, name="messages"),
    path("work/<int:job_id>/report/", messages.report, name="report"),
    path("work/<int:job_id>/script-error/", script_errors.report, name="script-error"),
    path("work/earnings/", earnings.overview, name="earnings"),
    path("work/earnings/<int:job_id>/<str:day>/", earnings.answers, name="answers"),
    path("work/answers/<int:answer_id>/", earnings.answer, name="answer"),
    path("work/keys/", submissions.keys, name="keys"),
    path("work/signed-in/", views.signed_in, name="signed-in"),
    path("work/sandbox/<int:assignment_id>/", sandbox.show, name="sandbox"),
]
