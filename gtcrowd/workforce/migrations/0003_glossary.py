import django.db.models.functions.text
from django.db import migrations, models
from django.db.models import Q

from gtcrowd.platform.migrations import RenameConstraint

TABLE = 'workforce_workforce'


class Migration(migrations.Migration):

    dependencies = [('workforce', '0002_flow'), ('identity', '0004_glossary')]

    operations = [
        migrations.RenameField('workforce', 'kind', 'type'),
        RenameConstraint('workforce', 'one_private_workforce_per_requester', models.UniqueConstraint(
            fields=('requester',), condition=Q(type='private'), name='one_private_workforce_per_requester'), table=TABLE),
        RenameConstraint('workforce', 'one_public_pool', models.UniqueConstraint(
            fields=('type',), condition=Q(type='public'), name='one_public_pool'), table=TABLE),
        RenameConstraint('workforce', 'a_vendor_has_one_name', models.UniqueConstraint(
            django.db.models.functions.text.Lower('name'), condition=Q(type='vendor'), name='a_vendor_has_one_name'), table=TABLE),
        RenameConstraint('workforce', 'only_a_private_workforce_has_a_requester', models.CheckConstraint(
            condition=Q(type='private', requester__isnull=False) | Q(~Q(type='private'), requester__isnull=True),
            name='only_a_private_workforce_has_a_requester'), table=TABLE),
    ]
