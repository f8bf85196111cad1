from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guilds", "0006_bots_own_roles")]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="closed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="channel",
            name="kind",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "Text"),
                    (2, "Voice"),
                    (4, "Category"),
                    (5, "Announcement"),
                    (11, "Thread"),
                    (13, "Stage"),
                    (15, "Forum"),
                    (16, "Media"),
                ]
            ),
        ),
        migrations.AddField(
            model_name="role",
            name="deleted_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
