from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from games.enums import Via
from games.selectors import get_snapshot
from games.services.participant import decline_game, join_game
from tests.factories import make_game, make_member


@pytest.mark.django_db
def test_join_beyond_limit_waits_in_order() -> None:
    game = make_game(max_players=2)
    members = [make_member(game.guild) for _ in range(4)]

    signups = [join_game(game_id=game.id, member=m, via=Via.BOT) for m in members]

    assert [(s.standing, s.place) for s in signups] == [
        ("playing", 1),
        ("playing", 2),
        ("waiting", 1),
        ("waiting", 2),
    ]


@pytest.mark.django_db
def test_decline_promotes_first_in_waitlist() -> None:
    game = make_game(max_players=1)
    first, second, third = [make_member(game.guild) for _ in range(3)]
    for member in (first, second, third):
        join_game(game_id=game.id, member=member, via=Via.BOT)

    decline_game(game_id=game.id, member=first, via=Via.BOT, request_key="i:1")

    change = game.changes.get(request_key="i:1")
    assert change.promoted == [second.user_id]
    assert [p.user_id for p in get_snapshot(game.id).waiting] == [third.user_id]


@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_leaves_promote_the_first_two_once() -> None:
    game = make_game(max_players=2)
    members = [make_member(game.guild) for _ in range(5)]
    for member in members:
        join_game(game_id=game.id, member=member, via=Via.BOT)

    def leave(member: object) -> None:
        try:
            decline_game(game_id=game.id, member=member, via=Via.BOT)  # type: ignore[arg-type]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(leave, members[:2]))

    promoted = [u for change in game.changes.all() for u in change.promoted]
    assert sorted(promoted) == sorted(m.user_id for m in members[2:4])
