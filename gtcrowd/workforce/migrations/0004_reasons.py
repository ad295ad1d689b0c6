from django.db import migrations

from gtcrowd.platform.migrations import replace_reason

CURRENT = [("suspended", "Suspended by the requester.")]


class Migration(migrations.Migration):

    dependencies = [('workforce', '0003_glossary')]

    operations = replace_reason(
        "worker", table="workforce_worker", length=200, current=CURRENT, code="'suspended'"
    )
