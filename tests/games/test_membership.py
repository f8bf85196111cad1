import pytest

from games.enums import Action, Via
from games.selectors import get_snapshot
from games.services.membership import release_seats_of_departed, release_seats_without_role
from games.services.participant import join_game
from games.services.roster import add_player
from tests.factories import make_game, make_guild, make_member

pytestmark = pytest.mark.django_db


def test_leaving_the_server_frees_the_seat_for_the_waitlist() -> None:
    game = make_game(max_players=1)
    gone, waiting = make_member(game.guild), make_member(game.guild)
    for member in (gone, waiting):
        join_game(game_id=game.id, member=member, via=Via.BOT)

    release_seats_of_departed(guild_id=game.guild_id, user=gone.user)

    assert [p.user_id for p in get_snapshot(game.id).playing] == [waiting.user_id]
    change = game.changes.latest("id")
    assert (change.action, change.promoted) == (Action.LEFT, [waiting.user_id])


def test_leaving_one_server_keeps_seats_in_another() -> None:
    game = make_game()
    member = make_member(game.guild)
    join_game(game_id=game.id, member=member, via=Via.BOT)
    release_seats_of_departed(guild_id=make_guild().id, user=member.user)
    assert get_snapshot(game.id).playing


def test_losing_the_player_role_frees_own_sign_ups_only() -> None:
    host = make_member(make_guild())
    game = make_game(host, player_role_ids=(7,))
    mine, added = (make_member(game.guild, role_ids=[7]) for _ in range(2))
    join_game(game_id=game.id, member=mine, via=Via.BOT)
    add_player(game_id=game.id, member=host, person=added, via=Via.BOT)

    for member in (mine, added):
        member.role_ids = []
        release_seats_without_role(member)

    assert [p.user_id for p in get_snapshot(game.id).playing] == [added.user_id]
