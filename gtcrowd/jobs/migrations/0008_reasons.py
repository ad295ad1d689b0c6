from django.db import migrations

from gtcrowd.platform.migrations import replace_reason

CURRENT = [
    ("reading-manifest", "The objects of the manifest are being read."),
    ("waiting-for-workers", "Waiting for workers to answer."),
    ("waiting-for-objects", "Waiting for objects to arrive."),
    ("preparing", "Objects are being prepared by the job's hook."),
    ("paused", "Paused by the requester: nothing is handed out."),
    ("stopped-by-requester", "Stopped by the requester."),
    ("all-labeled", "All objects are labeled."),
]


class Migration(migrations.Migration):

    dependencies = [('jobs', '0007_texts')]

    operations = [
        *replace_reason("job", table="jobs_job", length=1024, current=CURRENT),
        *replace_reason("objecterror", table="jobs_objecterror", length=500, code="'hook-fault'"),
    ]
