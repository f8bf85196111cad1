from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0005_lookouts"),
    ]

    operations = [
        migrations.AddField(
            model_name="timer",
            name="opened_revision",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
    ]
