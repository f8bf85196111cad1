"""Beat's rows: the tasks that run every few seconds, kept in step after each migrate."""

from typing import Any

from django.db import connections

from notifications import nudges

# The row's name, the task, and its interval in seconds.
SCHEDULE = (
    ("Reminders: fire what is due", nudges.REMINDERS, 1),
    ("Timers: fire what is due", nudges.TIMERS, 1),
    ("Deliveries: send what is due", nudges.DELIVERIES, 1),
    ("Announcements: render what changed", nudges.ANNOUNCEMENTS, 1),
    ("Players: ask who has left", nudges.ROLL_CALL, 10),
    ("Direct messages: open channels ahead", nudges.CHANNELS, 5),
    ("Announcements: look whether they still stand", nudges.LOOKOUT, 5),
    ("Sign of life", nudges.TICK, 5),
    ("Forget what is old", nudges.FORGET, 300),
    ("Series: make sessions that are missing", nudges.SERIES, 300),
)


def keep_schedule(*, using: str, **_kwargs: Any) -> None:
    """Make the rows that are missing and mend those that differ; others are left alone."""
    from django_celery_beat.models import IntervalSchedule, PeriodicTask  # noqa: PLC0415

    if PeriodicTask._meta.db_table not in connections[using].introspection.table_names():
        return
    for name, task, seconds in SCHEDULE:
        interval, _is_new = IntervalSchedule.objects.using(using).get_or_create(
            every=seconds, period=IntervalSchedule.SECONDS
        )
        wanted = {
            "task": task,
            "interval": interval,
            "expire_seconds": max(seconds, nudges.EXPIRE_SECONDS),
        }
        row, is_new = PeriodicTask.objects.using(using).get_or_create(name=name, defaults=wanted)
        if not is_new and any(getattr(row, key) != value for key, value in wanted.items()):
            for key, value in wanted.items():
                setattr(row, key, value)
            row.save()
