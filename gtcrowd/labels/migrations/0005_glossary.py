from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('labels', '0004_hooks'), ('jobs', '0006_glossary')]

    operations = [migrations.RenameModel('Delivery', 'PostAnnotationBatch')]
