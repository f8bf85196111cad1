from django.db import migrations, models


class Migration(migrations.Migration):
    # Nullable, so that processes of the version before can go on adding rows.

    dependencies = [
        ("guilds", "0003_rights_of_the_moment"),
    ]

    operations = [
        migrations.AddField(
            model_name="feed",
            name="told",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
    ]
