from django.db import migrations, models
from django.db.models import F, Q

from gtcrowd.platform.migrations import RenameConstraint

FIELDS = {
    'availability': 'task_lifetime', 'hand_out': 'task_order', 'least_workers': 'min_workers', 'known-objects': 'gold-objects',
}


def rename(names):
    def run(apps, schema_editor):
        change = apps.get_model('jobs', 'JobChange')
        for old, new in names.items():
            change.objects.filter(field=old).update(field=new)
    return run


class Migration(migrations.Migration):

    dependencies = [('jobs', '0005_changes'), ('workforce', '0003_glossary')]

    operations = [
        migrations.RenameModel('Change', 'JobChange'),
        migrations.RenameModel('Mishap', 'ObjectError'),
        migrations.RenameModel('Prepared', 'PreAnnotation'),
        migrations.AlterModelOptions('objecterror', {'verbose_name': 'object error'}),
        migrations.RenameField('counters', 'concluded', 'consolidated'),
        migrations.RenameField('job', 'least_workers', 'min_workers'),
        migrations.RenameField('job', 'own_clock', 'simulated'),
        migrations.RenameField('job', 'hand_out', 'task_order'),
        migrations.RenameField('job', 'availability', 'task_lifetime'),
        RenameConstraint('job', 'least_workers_from_one_to_all', models.CheckConstraint(
            condition=Q(min_workers=None) | Q(min_workers__gte=1, min_workers__lte=F('workers_per_object')),
            name='min_workers_from_one_to_all'), table='jobs_job'),
        migrations.RunPython(rename(FIELDS), rename({new: old for old, new in FIELDS.items()})),
    ]
