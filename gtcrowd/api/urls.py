from csp.decorators import csp_update
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from gtcrowd.api import analytics, hooks, jobs, messages, objects, people, running_jobs, templates

app_name = "api"
schema = {"permission_classes": [AllowAny]}
# The page that shows the schema brings a style of its own.
styled = csp_update({"style-src": ["'self'", "'unsafe-inline'"]})
urlpatterns = [
    path("", styled(SpectacularSwaggerSplitView.as_view(url_name="api:schema", **schema)), name="docs"),
    path("schema/", SpectacularAPIView.as_view(**schema), name="schema"),
    path("jobs/", jobs.Jobs.as_view(), name="jobs"),
    path("jobs/plan/", jobs.JobPlan.as_view(), name="job-plan"),
    path("jobs/<str:name>/", jobs.JobDetail.as_view(), name="job"),
    path("jobs/<str:name>/changes/", jobs.JobChanges.as_view(), name="job-changes"),
    path("jobs/<str:name>/stop/", jobs.JobStop.as_view(), name="job-stop"),
    path("jobs/<str:name>/labels/", jobs.JobLabels.as_view(), name="job-labels"),
    path("jobs/<str:name>/output-manifest/", jobs.JobManifest.as_view(), name="job-manifest"),
    path("jobs/<str:name>/answers/", jobs.JobAnswers.as_view(), name="job-answers"),
    path("jobs/<str:name>/runs/", jobs.JobRuns.as_view(), name="job-runs"),
    path("jobs/<str:name>/pause/", running_jobs.JobPause.as_view(), name="job-pause"),
    path("jobs/<str:name>/resume/", running_jobs.JobResume.as_view(), name="job-resume"),
    path("jobs/<str:name>/gold/", running_jobs.JobGold.as_view(), name="job-gold"),
    path("jobs/<str:name>/gold/<int:position>/", running_jobs.JobGoldItem.as_view(), name="job-gold-item"),
    path("jobs/<str:name>/workers/", running_jobs.JobWorkers.as_view(), name="job-workers"),
    path("jobs/<str:name>/workers/<str:code>/", running_jobs.JobWorkerView.as_view(), name="job-worker"),
    path("jobs/<str:name>/messages/", messages.JobMessages.as_view(), name="job-messages"),
    path("jobs/<str:name>/messages/<str:code>/", messages.JobThread.as_view(), name="job-thread"),
    path("jobs/<str:name>/objects/", running_jobs.JobObjects.as_view(), name="job-objects"),
    path("jobs/<str:name>/webhook/", running_jobs.JobWebhook.as_view(), name="job-webhook"),
    path("jobs/<str:name>/hooks/", hooks.JobHooks.as_view(), name="job-hooks"),
    path("hooks/try/", hooks.TryHooks.as_view(), name="try-hooks"),
    path("hooks/secret/", hooks.HookSecret.as_view(), name="hook-secret"),
    path("settings/", hooks.Settings.as_view(), name="settings"),
    path("hooks/<int:job_id>/", running_jobs.Webhook.as_view(), name="webhook"),
    path("templates/render/", templates.RenderTemplate.as_view(), name="render-template"),
    path("templates/<str:kind>/<str:medium>/", templates.BuiltInTemplate.as_view(), name="template"),
    path("jobs/<str:name>/quality/", analytics.JobQuality.as_view(), name="job-quality"),
    path("analytics/definitions/", analytics.Definitions.as_view(), name="definitions"),
    path("analytics/worker-activity/", analytics.WorkerActivity.as_view(), name="worker-activity"),
    path("analytics/<str:report>/", analytics.Report.as_view(), name="report"),
    path("teams/", people.Teams.as_view(), name="teams"),
    path("workers/", people.Workers.as_view(), name="workers"),
    path("objects/<str:bucket>/<path:key>", objects.Objects.as_view(), name="objects"),
]
