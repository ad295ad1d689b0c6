from django.db import migrations, models

from gtcrowd.platform.migrations import RenameConstraint


class Migration(migrations.Migration):

    dependencies = [('analytics', '0002_spans'), ('tasks', '0010_glossary'), ('labels', '0005_glossary')]

    operations = [
        migrations.RenameModel('Span', 'PeriodTotal'),
        migrations.RenameModel('CrowdDay', 'RequesterDay'),
        *(
            migrations.RenameField(model, old, new)
            for model in ('day', 'periodtotal', 'requesterday')
            for old, new in (('surplus', 'extra'), ('pace', 'latency'), ('active_pace', 'active_latency'))
        ),
        migrations.RenameField('quality', 'judged', 'scored'),
        migrations.RenameField('quality', 'expected', 'expected_correct'),
        migrations.RenameField('quality', 'doubt', 'variance'),
        migrations.RenameField('quality', 'agreed', 'agreement_sum'),
        migrations.RenameField('case', 'kind', 'category'),
        RenameConstraint('case', 'a_case_is_told_once', models.UniqueConstraint(
            fields=('requester', 'worker', 'category', 'key'), name='a_case_is_opened_once'), table='analytics_case'),
        migrations.RenameIndex('periodtotal', 'total_of_requester', old_name='span_of_requester'),
        RenameConstraint('periodtotal', 'one_span_per_worker', models.UniqueConstraint(
            fields=('worker', 'size', 'first', 'requester', 'gold'), name='one_total_per_worker_and_period'), table='analytics_periodtotal'),
        RenameConstraint('requesterday', 'one_day_per_crowd', models.UniqueConstraint(
            fields=('requester', 'day', 'workforce', 'gold'), name='one_day_per_requester_and_workforce'), table='analytics_requesterday'),
    ]
