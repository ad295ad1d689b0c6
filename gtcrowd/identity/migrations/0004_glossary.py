from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('identity', '0003_time_zone')]

    operations = [
        migrations.RenameField('requester', 'lowest_price', 'min_price'),
        migrations.RenameField('requester', 'highest_price', 'max_price'),
        migrations.RenameField('requester', 'most_workers_per_object', 'max_workers_per_object'),
        migrations.RenameField('requester', 'most_concurrent', 'max_concurrent_objects'),
    ]
