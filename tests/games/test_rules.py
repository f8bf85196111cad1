from datetime import UTC, datetime, timedelta

from games.enums import Answer, Origin, SignupMethod
from games.rules import Entry, reminders_ahead, seat, seat_moves

START = datetime(2026, 12, 1, tzinfo=UTC)


def entry(number: int, **fields: object) -> Entry:
    values = {
        "answer": Answer.GOING,
        "origin": Origin.SELF,
        "joined_at": START + timedelta(seconds=number),
        **fields,
    }
    return Entry(id=number, **values)  # type: ignore[arg-type]


def test_seat_fills_by_time_and_waits_beyond_the_limit() -> None:
    seating = seat([entry(3), entry(1), entry(2)], max_players=2)
    assert (seating.playing, seating.waiting) == ((1, 2), (3,))


def test_seat_prefers_host_added_then_roles_by_priority() -> None:
    people = [
        entry(1),
        entry(2, origin=Origin.ROLE_MATCHED, priority=1),
        entry(3, origin=Origin.ROLE_MATCHED, priority=0),
        entry(4, origin=Origin.HOST_ADDED),
    ]
    assert seat(people, max_players=3).playing == (4, 3, 2)


def test_seat_follows_the_hosts_own_order() -> None:
    people = [entry(1, position=2), entry(2, position=1), entry(3)]
    assert seat(people, max_players=2).playing == (2, 1)


def test_seat_full_slot_waits_while_another_fills() -> None:
    people = [entry(1, slot_id=7), entry(2, slot_id=7), entry(3, slot_id=8)]
    seating = seat(people, max_players=5, slots={7: 1, 8: 1})
    assert (seating.playing, seating.waiting) == ((1, 3), (2,))


def test_seat_host_selected_seats_only_those_added() -> None:
    people = [entry(1), entry(2, origin=Origin.HOST_ADDED)]
    seating = seat(people, max_players=5, method=SignupMethod.HOST_SELECTED_WAITLIST)
    assert (seating.playing, seating.waiting) == ((2,), (1,))


def test_seat_maybe_and_declined_hold_no_seat() -> None:
    people = [entry(1, answer=Answer.MAYBE), entry(2, answer=Answer.DECLINED), entry(3)]
    seating = seat(people, max_players=1)
    assert (seating.playing, seating.maybe, seating.declined) == ((3,), (1,), (2,))


def test_seat_moves_names_promoted_and_demoted() -> None:
    people = [entry(1), entry(2), entry(3)]
    before = seat(people, max_players=2)
    assert seat_moves(before, seat(people[1:], max_players=2)).promoted == (3,)
    assert seat_moves(before, seat(people, max_players=1)).demoted == (2,)


def test_reminders_ahead_leaves_out_those_past() -> None:
    assert reminders_ahead([15, 1440, 15, 60], starts_in_minutes=61) == ([60, 15], [1440])
