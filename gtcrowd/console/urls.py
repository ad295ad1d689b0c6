from django.urls import path

from gtcrowd.console import hooks, messages, running_jobs, templates, vendors, views

app_name = "console"
urlpatterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/new/", views.new_job, name="new-job"),
    path("templates/preview/", templates.preview, name="preview"),
    path("templates/preview/page/", templates.preview_page, name="preview-page"),
    path("templates/<str:kind>-<str:medium>.liquid", templates.built_in, name="template"),
    path("hooks/try/", hooks.try_new, name="try"),
    path("settings/", hooks.settings, name="settings"),
    path("settings/time-zone/", hooks.time_zone, name="time-zone"),
    path("settings/secret/", hooks.renew_secret, name="renew-secret"),
    path("jobs/<str:name>/try/", hooks.try_job, name="try-job"),
    path("jobs/<str:name>/", views.job, name="job"),
    path("jobs/<str:name>/stop/", views.stop_job, name="stop"),
    path("jobs/<str:name>/change/", running_jobs.change_job, name="change"),
    path("jobs/<str:name>/pause/", running_jobs.pause_job, name="pause"),
    path("jobs/<str:name>/gold/", running_jobs.declare_gold, name="gold"),
    path("jobs/<str:name>/workers/<str:code>/", running_jobs.change_standing, name="job_worker"),
    path("jobs/<str:name>/messages/<str:code>/", messages.answer, name="message"),
    path("jobs/<str:name>/run/", views.run_method, name="run"),
    path("jobs/<str:name>/exports/<str:export>", views.export, name="export"),
    path("vendor/", vendors.vendor, name="vendor"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite_workers, name="invite"),
    path("people/teams/", views.new_team, name="new-team"),
    path("people/keys/", views.new_key, name="new-key"),
    path("people/keys/<str:key_id>/revoke/", views.revoke_key, name="revoke-key"),
    path("people/<str:code>/", views.change_worker, name="change-worker"),
]
