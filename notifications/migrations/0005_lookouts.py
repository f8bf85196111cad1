from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0004_words"), ("games", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="announcement",
            name="error_code",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Discord's, of the refusal that ended the last try.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="announcement",
            name="look_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When to look whether the post is still there.",
                null=True,
            ),
        ),
        AddIndexConcurrently(
            model_name="announcement",
            index=models.Index(
                fields=["look_at"],
                name="announcement_to_look_at",
                condition=Q(look_at__isnull=False),
            ),
        ),
        # Posts that stand already are looked for too, not all at once.
        migrations.RunSQL(
            """
            update notifications_announcement a
            set look_at = now() + random() * interval '10 minutes'
            from games_game g
            where g.id = a.game_id and g.status = 'scheduled' and a.message_id is not null
                and a.lost_at is null""",
            migrations.RunSQL.noop,
        ),
    ]
