from django.db import migrations

from gtcrowd.platform.migrations import replace_reason

CURRENT = [("by-requester", "Paused by the requester.")]
RENAME_GOLD = "UPDATE tasks_task SET reason_code = '{to}' WHERE state = 'gold' AND reason_code = '{was}'"


class Migration(migrations.Migration):

    dependencies = [('tasks', '0011_texts')]

    operations = [
        *replace_reason("jobworker", table="tasks_jobworker", length=200, current=CURRENT),
        migrations.RunSQL(RENAME_GOLD.format(was="known", to="gold"), RENAME_GOLD.format(was="gold", to="known")),
    ]
