"""Reminders: the deliveries of those whose time has come."""

from collections.abc import Sequence
from datetime import datetime

from games.selectors import snapshots_of
from guilds.models import User
from notifications.kinds.reminder import DueReminder, Reminder, people_to_remind
from notifications.models import Delivery
from notifications.outbox.queue import enqueue


def remind_all(reminders: Sequence[DueReminder], now: datetime) -> None:
    """Write the deliveries of reminders, in three queries however many they are."""
    enqueue(deliveries_of(reminders, now))


def deliveries_of(reminders: Sequence[DueReminder], now: datetime) -> list[Delivery]:
    """Return the messages of reminders, not yet written, in two queries however many they are."""
    if not reminders:
        return []
    snapshots = snapshots_of({due.game.id for due in reminders})
    people = {snapshot.id: people_to_remind(snapshot) for snapshot in snapshots}
    everybody = {person for ids in people.values() for person in ids}
    users = {u.discord_id or 0: u for u in User.objects.filter(discord_id__in=everybody)}
    kind = Reminder()
    return [
        row
        for due in reminders
        for row in kind.deliveries(due, people[due.game.id], users, now=now)
    ]
