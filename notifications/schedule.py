"""Beat's rows: what runs every second, kept in step after each migrate."""

from typing import Any

from django.db import connections

from notifications import nudges

# The row's name and the task.
EVERY_SECOND = {
    "Timers: fire what is due": nudges.TIMERS,
    "Deliveries: send what is due": nudges.DELIVERIES,
    "Announcements: render what changed": nudges.ANNOUNCEMENTS,
}


def keep_schedule(*, using: str, **_kwargs: Any) -> None:
    """Make the rows that are missing and mend those that differ; others are left alone."""
    from django_celery_beat.models import IntervalSchedule, PeriodicTask  # noqa: PLC0415

    if PeriodicTask._meta.db_table not in connections[using].introspection.table_names():
        return
    second, _is_new = IntervalSchedule.objects.using(using).get_or_create(
        every=1, period=IntervalSchedule.SECONDS
    )
    wanted = {"interval": second, "expire_seconds": nudges.EXPIRE_SECONDS}
    for name, task in EVERY_SECOND.items():
        row, is_new = PeriodicTask.objects.using(using).get_or_create(
            name=name, defaults={**wanted, "task": task}
        )
        is_right = row.task == task and all(getattr(row, k) == v for k, v in wanted.items())
        if not is_new and not is_right:
            row.task, row.interval = task, second
            row.expire_seconds = nudges.EXPIRE_SECONDS
            row.save()
