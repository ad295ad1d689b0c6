from django.db import migrations

from gtcrowd.platform.migrations import replace_reason


class Migration(migrations.Migration):

    dependencies = [('labels', '0005_glossary')]

    operations = [
        *replace_reason("run", table="labels_run", length=500, code="'hook-fault'"),
        *replace_reason("postannotationbatch", table="labels_postannotationbatch", length=500, code="'hook-fault'"),
    ]
