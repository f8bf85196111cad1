from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    """Django forgets the pace's `next_edit_at`. The column stays for one release, with a default:
    processes of the version before still use it while they are replaced."""

    dependencies = [("notifications", "0006_timer_opened_revision")]

    operations = [
        migrations.AddField(
            model_name="announcement",
            name="next_edit_at",
            field=models.DateTimeField(db_default=Now(), editable=False),
        ),
        migrations.AddField(
            model_name="announcement",
            name="rush",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="channelpace",
            name="edits",
            field=ArrayField(models.DateTimeField(), db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="channelpace",
            name="old_edits",
            field=ArrayField(models.DateTimeField(), db_default=[], default=list),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    """
                    alter table notifications_channelpace
                    alter column next_edit_at set default now()""",
                    "alter table notifications_channelpace alter column next_edit_at drop default",
                ),
            ],
            state_operations=[
                migrations.RemoveField(model_name="channelpace", name="next_edit_at"),
            ],
        ),
    ]
