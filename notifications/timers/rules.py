"""The timers a game needs, and when each is too late: pure functions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from games.enums import Status
from notifications.enums import TimerKind
from notifications.rules import REMINDER_GRACE

# Starting and ending are made up for whenever the worker is back.
NEVER_TOO_LATE = timedelta(days=3650)


@dataclass(frozen=True)
class Schedule:
    """The times of a game that its timers follow from.

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
    """The timers still ahead.

    Reminders whose time has passed already, or comes before the announcement, are left out. The
    start and the end are not: they are made up for at once.
    """
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
    """The time as set; if it passes before people may sign up, half-way from then to the start."""
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
