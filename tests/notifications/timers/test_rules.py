from datetime import UTC, datetime, timedelta

import pytest

from games.enums import Status
from notifications.enums import TimerKind
from notifications.rules import fault_backoff
from notifications.timers.rules import Schedule, reminder_for, timers_for

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
START = NOW + timedelta(hours=2)


def schedule(**fields: object) -> Schedule:
    values: dict[str, object] = {
        "status": Status.SCHEDULED,
        "starts_at": START,
        "ends_at": START + timedelta(hours=3),
        "reminder_minutes": (60, 15),
        **fields,
    }
    return Schedule(**values)  # type: ignore[arg-type]


def kinds(**fields: object) -> list[tuple[str, int]]:
    return [(due.kind, due.minutes_before) for due in timers_for(schedule(**fields), now=NOW)]


def test_a_game_starts_ends_and_reminds() -> None:
    assert kinds() == [
        (TimerKind.FINISH, 0),
        (TimerKind.START, 0),
        (TimerKind.REMIND, 60),
        (TimerKind.REMIND, 15),
    ]


def test_reminders_already_past_are_left_out() -> None:
    assert (TimerKind.REMIND, 180) not in kinds(reminder_minutes=(180, 15))


def test_post_and_closing_of_signup_are_planned_when_ahead() -> None:
    found = kinds(
        post_at=NOW + timedelta(minutes=5), signup_closes_at=START - timedelta(minutes=30)
    )
    assert (TimerKind.POST, 0) in found
    assert (TimerKind.CLOSE_SIGNUP, 0) in found
    assert (TimerKind.POST, 0) not in kinds(post_at=NOW - timedelta(minutes=5))


def due_at(kind: TimerKind, **fields: object) -> list[timedelta]:
    """Return how long before the start the timers of this kind are due."""
    found = timers_for(schedule(**fields), now=NOW)
    return [START - due.due_at for due in found if due.kind == kind]


def test_nobody_is_reminded_of_what_is_not_announced() -> None:
    post_at = START - timedelta(minutes=30)
    found = kinds(post_at=post_at, own_minutes=(45, 10))
    assert (TimerKind.REMIND, 60) not in found
    assert (TimerKind.REMIND_OWN, 45) not in found
    assert {(TimerKind.REMIND, 15), (TimerKind.REMIND_OWN, 10)} <= set(found)


@pytest.mark.parametrize(
    ("minutes", "post", "before"),
    [
        (60, None, 60),  # as set
        (180, None, 60),  # that time has passed: half-way between now and the start
        (60, 40, 20),  # announced after that time: half-way between the announcement and the start
        (60, 90, 60),
    ],
)
def test_time_to_decide_leaves_time_to_sign_up(minutes: int, post: int | None, before: int) -> None:
    post_at = None if post is None else START - timedelta(minutes=post)
    found = due_at(TimerKind.DECIDE, decide_minutes=minutes, post_at=post_at)
    assert found == [timedelta(minutes=before)]
    assert due_at(TimerKind.DECIDE) == []


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
def test_game_that_is_over_is_archived_where_that_is_wanted(status: Status) -> None:
    assert kinds(status=status, archive_at=NOW) == [(TimerKind.ARCHIVE, 0)]
    assert kinds(status=Status.ARCHIVED, archive_at=NOW) == []
    assert (TimerKind.ARCHIVE, 0) not in kinds(archive_at=NOW)


@pytest.mark.parametrize(
    ("status", "count"), [(Status.IN_PROGRESS, 1), (Status.CANCELLED, 0), (Status.COMPLETED, 0)]
)
def test_a_game_under_way_only_ends(status: Status, count: int) -> None:
    assert len(kinds(status=status)) == count


@pytest.mark.parametrize(("minutes", "grace"), [(60, 10), (5, 5), (0, 10)])
def test_a_reminder_is_never_later_than_the_start(minutes: int, grace: int) -> None:
    due = reminder_for(START, minutes)
    assert due.expires_at - due.due_at == timedelta(minutes=grace)


def test_backoff_grows_to_its_cap() -> None:
    assert [fault_backoff(n).total_seconds() for n in (1, 2, 3, 30)] == [10, 20, 40, 3600]
