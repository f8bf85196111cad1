"""Which timers a game needs, when they are too late, how long to back off: pure functions."""

import base64
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from operator import itemgetter
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from games.enums import Status
from notifications.enums import TimerKind

# A reminder may be so late, and never later than the start.
REMINDER_GRACE = timedelta(minutes=10)
# Starting and ending are made up for whenever the worker is back.
NEVER_TOO_LATE = timedelta(days=3650)

TIMER_ATTEMPTS = 8
DELIVERY_ATTEMPTS = 12
# Nothing is sent so late, whatever happened meanwhile; a restored backup stirs up no old news.
OLDEST_MESSAGE = timedelta(hours=24)
VERIFY_AFTER = timedelta(seconds=120)


@dataclass(frozen=True)
class Schedule:
    """What the timers of a game follow from.

    `own_minutes`: the reminder times of those on its roster who have some of their own;
    `decide_minutes`: None for a game without a minimum; `archive_at`: of a game that is over.
    """

    status: str
    starts_at: datetime
    ends_at: datetime
    reminder_minutes: tuple[int, ...]
    post_at: datetime | None = None
    signup_closes_at: datetime | None = None
    own_minutes: tuple[int, ...] = ()
    decide_minutes: int | None = None
    archive_at: datetime | None = None


@dataclass(frozen=True)
class Due:
    """A timer as it ought to be. `expires_at`: fired later than this, it is dropped."""

    kind: TimerKind
    due_at: datetime
    expires_at: datetime
    minutes_before: int = 0


def timers_for(schedule: Schedule, *, now: datetime) -> list[Due]:
    """The timers still ahead. Reminders whose time has passed already, or comes before the
    announcement, are left out; the start and the end are not: they are made up for at once."""
    if schedule.status in {Status.COMPLETED, Status.CANCELLED} and schedule.archive_at:
        return [_always(TimerKind.ARCHIVE, schedule.archive_at)]
    if schedule.status not in {Status.SCHEDULED, Status.IN_PROGRESS}:
        return []
    due = [_always(TimerKind.FINISH, schedule.ends_at)]
    if schedule.status == Status.IN_PROGRESS:
        return due
    due.append(_always(TimerKind.START, schedule.starts_at))
    if schedule.post_at and schedule.post_at > now:
        due.append(_always(TimerKind.POST, schedule.post_at))
    closes_at = schedule.signup_closes_at
    if closes_at and now < closes_at < schedule.starts_at:
        due.append(_always(TimerKind.CLOSE_SIGNUP, closes_at))
    begins = max(now, schedule.post_at) if schedule.post_at else now
    if schedule.decide_minutes is not None:
        due.append(_always(TimerKind.DECIDE, _decide_at(schedule, begins)))
    for kind, offsets in (
        (TimerKind.REMIND, schedule.reminder_minutes),
        (TimerKind.REMIND_OWN, schedule.own_minutes),
    ):
        due += [
            reminder_for(schedule.starts_at, minutes, kind)
            for minutes in sorted(set(offsets), reverse=True)
            if schedule.starts_at - timedelta(minutes=minutes) > begins
        ]
    return due


def _decide_at(schedule: Schedule, begins: datetime) -> datetime:
    """Where that time has passed when people may first sign up: half-way to the start."""
    decide_at = schedule.starts_at - timedelta(minutes=schedule.decide_minutes or 0)
    if decide_at > begins:
        return decide_at
    return begins + max(schedule.starts_at - begins, timedelta()) / 2


def _always(kind: TimerKind, at: datetime) -> Due:
    return Due(kind, at, at + NEVER_TOO_LATE)


def reminder_for(starts_at: datetime, minutes: int, kind: TimerKind = TimerKind.REMIND) -> Due:
    due_at = starts_at - timedelta(minutes=minutes)
    latest = min(starts_at, due_at + REMINDER_GRACE) if minutes else due_at + REMINDER_GRACE
    return Due(kind, due_at, latest, minutes)


def quiet_end(
    moment: datetime, zone: str, quiet_from: time | None, quiet_until: time | None
) -> datetime | None:
    """When the quiet hours end that `moment` falls into; None outside of them.

    They are wall time in `zone` and may pass midnight; their end is not quiet any more.
    """
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return None
    local = moment.astimezone(ZoneInfo(zone or "UTC"))
    clock, day = local.time(), local.date()
    if quiet_from < quiet_until:
        is_quiet = quiet_from <= clock < quiet_until
    else:
        is_quiet = clock >= quiet_from or clock < quiet_until
        day += timedelta(days=clock >= quiet_from)
    if not is_quiet:
        return None
    end = datetime.combine(day, quiet_until, tzinfo=local.tzinfo).astimezone(UTC)
    return max(end, moment + timedelta(minutes=1))


class Waiting(Protocol):
    """What has its turn among others: a timer or a delivery."""

    @property
    def id(self) -> int: ...

    @property
    def guild_id(self) -> int: ...

    @property
    def due_at(self) -> datetime: ...


def in_turn[T: Waiting](waiting: Iterable[T], rank: Callable[[T], Any]) -> list[T]:
    """By rank; of one rank each server's first before any server's second, older ones first."""
    turns: Counter[tuple[Any, int]] = Counter()
    order: list[tuple[Any, int, T]] = []
    for one in sorted(waiting, key=lambda one: (one.due_at, one.id)):
        place = (rank(one), one.guild_id)
        turns[place] += 1
        order.append((rank(one), turns[place], one))
    return [one for _rank, _turn, one in sorted(order, key=itemgetter(0, 1))]


def timer_backoff(attempts: int) -> timedelta:
    """5 s, 10 s, 20 s … up to an hour."""
    return min(timedelta(hours=1), timedelta(seconds=5 * 2 ** min(attempts, 20)))


def delivery_backoff(attempts: int, *, chance: float | None = None) -> timedelta:
    """Full jitter: anything up to 0.5 s · 2ⁿ, at most a minute. `chance` is from 0 to 1."""
    chance = random.random() if chance is None else chance  # noqa: S311 -- spreads, hides nothing
    return timedelta(seconds=chance * min(60.0, 0.5 * 2 ** min(attempts, 20)))


def nonce_for(dedupe_key: str) -> str:
    """24 characters from the logical key: whoever sends this, Discord sees the same message."""
    digest = hashlib.blake2b(dedupe_key.encode(), digest_size=18).digest()
    return base64.urlsafe_b64encode(digest).decode()
