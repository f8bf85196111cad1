from django.db import migrations, models


class Migration(migrations.Migration):
    """Django forgets `thread_id`, which nothing ever wrote or read. The column itself stays for
    one release: processes of the version before still name it while they are replaced."""

    dependencies = [
        ('notifications', '0002_held_targets'),
    ]

    operations = [
        migrations.AlterField(
            model_name='delivery',
            name='notice',
            field=models.CharField(max_length=16),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(
                    model_name='announcement',
                    name='thread_id',
                ),
            ],
        ),
    ]
