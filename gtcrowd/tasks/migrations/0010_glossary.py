from django.db import migrations, models
from django.db.models import F, Q

from gtcrowd.platform.migrations import RenameConstraint, RenameIndexTo


class Migration(migrations.Migration):

    dependencies = [('tasks', '0009_shortcuts'), ('jobs', '0006_glossary')]

    operations = [
        migrations.RenameModel('Seat', 'Slot'),
        migrations.RenameModel('Standing', 'JobWorker'),
        migrations.RenameModel('Mark', 'DirtyDay'),
        migrations.RenameField('assignment', 'seat', 'slot'),
        migrations.RenameField('answer', 'surplus', 'extra'),
        migrations.RenameField('task', 'wanted', 'target_answers'),
        migrations.RenameField('task', 'answered', 'answer_count'),
        migrations.RenameField('task', 'declined', 'decline_count'),
        migrations.RenameField('task', 'concluded', 'consolidated'),
        migrations.RenameField('task', 'avoidable', 'value_of_more_answers'),
        migrations.RenameField('jobworker', 'counted', 'filled_slots'),
        migrations.RenameField('jobworker', 'weighed', 'fixed_accuracy'),
        migrations.RenameField('jobworker', 'rank', 'scan_rank'),
        migrations.RenameField('jobworker', 'since', 'scan_since'),
        migrations.RenameField('jobworker', 'lap_at', 'scan_restarted_at'),
        RenameConstraint('task', 'never_more_answers_than_wanted', models.CheckConstraint(
            condition=Q(answer_count__lte=F('target_answers')), name='never_more_answers_than_target'), table='tasks_task'),
        RenameIndexTo('task', 'task_not_concluded', models.Index(
            fields=['job'], condition=Q(state__in=['done', 'failed'], consolidated=False), name='task_not_consolidated')),
        RenameConstraint('slot', 'a_seat_has_one_number', models.UniqueConstraint(
            fields=('task', 'number'), name='a_slot_has_one_number'), table='tasks_slot'),
        migrations.RenameIndex('slot', 'slot_by_rank', old_name='seat_by_rank'),
        migrations.RenameIndex('slot', 'slot_by_time', old_name='seat_by_time'),
        migrations.RenameIndex('slot', 'slot_withdrawn_in_use', old_name='seat_withdrawn_in_use'),
        RenameConstraint('assignment', 'a_seat_is_claimed_once_per_fence', models.UniqueConstraint(
            fields=('slot', 'fence'), name='a_slot_is_claimed_once_per_fence'), table='tasks_assignment'),
        RenameConstraint('jobworker', 'one_standing_per_job_and_worker', models.UniqueConstraint(
            fields=('job', 'worker'), name='one_row_per_job_and_worker'), table='tasks_jobworker'),
    ]
