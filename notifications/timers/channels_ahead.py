"""Channels of direct messages opened ahead, for those who will be written to within the hour.

Opening one is the second request of a first message, and Discord takes few of them (decision 20).
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from math import ceil

import structlog
from django.db import connection, transaction
from django.db.models import F, QuerySet

from discord_api import loop
from discord_api.budget import Priority
from games.enums import Status
from guilds.models import User
from notifications.enums import State, Target, TimerKind
from notifications.kinds.reminder import DueReminder
from notifications.models import Delivery, Timer
from notifications.outbox.direct_channels import (
    Addressee,
    Opening,
    are_openings_held,
    is_closed,
    open_channel,
    refused_of,
)
from notifications.shutdown import is_stopping
from notifications.timers.claims import REMINDERS
from notifications.timers.reminders import deliveries_of
from postgres.clock import database_now
from postgres.planner_settings import PLANNER

log = structlog.get_logger(__name__)

AHEAD = timedelta(hours=1)
# What is due sooner is left alone, since a timer that is being marked cannot be claimed.
AT_LEAST = timedelta(seconds=15)
# Beat calls every five seconds, and each time at most so many are opened: four a second, with a
# pause after each.
EVERY_SECONDS = 5
MOST = 20
PAUSE_SECONDS = 0.2
# All shall be open so long before they are needed.
MARGIN = timedelta(minutes=1)
# So many reminders are looked at together.
BATCH = 200


def open_channels_ahead() -> int:
    """Open the channels of some people who will be written to soon. Returns how many."""
    if not loop.client().room(Priority.UPKEEP) or are_openings_held():
        return 0
    now = database_now()
    timers = _find_near_reminders(now)
    messages = [*_reminders_of(timers, now), *_waiting(now)]
    people = _addressees(messages, now)
    most = MOST if len(timers) == BATCH else share([one.needed_at for one in people], now)
    opened, left = _open_in_turn(people, most)
    _mark(timers, _games_of(left, messages))
    if opened:
        log.info("direct_channels_opened", count=opened, left=len(left))
    return opened


def share(needed_at: Sequence[datetime], now: datetime) -> int:
    """Return how many channels to open in one sweep, so that all are open in time and none sooner
    than that takes. `needed_at` is in order."""
    sweeps = ((moment - MARGIN - now).total_seconds() / EVERY_SECONDS for moment in needed_at)
    shares = (ceil(place / max(left, 1)) for place, left in enumerate(sweeps, start=1))
    return min(max(shares, default=0), MOST)


def _find_near_reminders(now: datetime) -> list[Timer]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(PLANNER)
        return list(near_reminders(now)[:BATCH])


def near_reminders(now: datetime) -> QuerySet[Timer]:
    """List the next reminders of games that were not looked at as they are now."""
    near = Timer.objects.select_related("game__guild", "game__channel").filter(
        state=State.PENDING,
        kind__in=REMINDERS,
        due_at__gt=now + AT_LEAST,
        due_at__lte=now + AHEAD,
        schedule_version=F("game__schedule_version"),
        game__status=Status.SCHEDULED,
        game__guild__left_at=None,
    )
    return near.exclude(opened_revision=F("game__revision")).order_by("due_at", "id")


def _reminders_of(timers: Sequence[Timer], now: datetime) -> list[Delivery]:
    """The direct messages that these reminders will be, as it looks now; they are not written."""
    due = [
        DueReminder(
            timer.game,
            timer.minutes_before,
            timer.expires_at,
            is_own=timer.kind == TimerKind.REMIND_OWN,
        )
        for timer in timers
    ]
    rows = [row for row in deliveries_of(due, now) if row.target == Target.USER]
    first = {timer.game_id: timer.due_at for timer in reversed(timers)}
    for row in rows:
        row.due_at = first[row.game_id or 0]
    return rows


def _waiting(now: datetime) -> list[Delivery]:
    """Direct messages that wait for the end of quiet hours, to people without a channel."""
    without = User.objects.filter(dm_channel_id=None, discord_id__isnull=False)
    rows = Delivery.objects.filter(
        state=State.PENDING,
        target=Target.USER,
        target_id__in=without.values("discord_id"),
        due_at__gt=now + AT_LEAST,
        due_at__lte=now + AHEAD,
        game__status=Status.SCHEDULED,
        game__guild__left_at=None,
    )
    return list(rows.order_by("due_at", "id")[:BATCH])


def _addressees(messages: Sequence[Delivery], now: datetime) -> list[Addressee]:
    """Those who have no channel yet and whose one may be opened, the most pressing first."""
    first: dict[int, Delivery] = {}
    for message in sorted(messages, key=lambda one: one.due_at):
        first.setdefault(message.target_id, message)
    users = User.objects.filter(discord_id__in=first, dm_channel_id=None)
    found = {user.discord_id or 0: user for user in users if not is_closed(user, now)}
    refused = refused_of([user.id for user in found.values()])
    return [
        Addressee(found[person].id, person, message.guild_id, message.due_at)
        for person, message in first.items()
        if person in found and found[person].id not in refused
    ]


def _open_in_turn(people: Sequence[Addressee], most: int) -> tuple[int, list[Addressee]]:
    """Open up to `most` channels, one after the other. Returns how many, and whose are left."""
    opened, left = 0, list(people)
    for place, person in enumerate(people[:MOST]):
        if opened >= most or (place and is_stopping.wait(PAUSE_SECONDS)):
            break
        end = open_channel(person)
        if end == Opening.NOT_NOW:
            break
        if end != Opening.UNANSWERED:
            left.remove(person)
        opened += end == Opening.OPENED
    return opened, left


def _games_of(people: Sequence[Addressee], messages: Sequence[Delivery]) -> set[int]:
    ids = {person.discord_id for person in people}
    return {message.game_id or 0 for message in messages if message.target_id in ids}


def _mark(timers: Sequence[Timer], unfinished: Collection[int]) -> None:
    """Note which reminders need not be looked at again before their game changes."""
    done = [timer for timer in timers if timer.game_id not in unfinished]
    for timer in done:
        timer.opened_revision = timer.game.revision
    Timer.objects.bulk_update(done, ["opened_revision"])
