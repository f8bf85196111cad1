import pytest

from games.enums import Action, Via
from games.selectors import get_snapshot
from games.services.roster.departures import release_seats_of_departed, release_seats_without_role
from games.services.roster.host import add_player
from games.services.roster.signup import join_game
from guilds.models import Role
from guilds.services.guild import forget_role
from guilds.services.member import MemberFacts, UserFacts, lose_member, see_member
from notifications.models import Delivery
from tests.factories import make_channel, make_game, make_guild, make_member, snowflake

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
        release_seats_without_role(member, [7])

    assert [p.user_id for p in get_snapshot(game.id).playing] == [added.user_id]


def test_leaving_and_losing_a_role_free_seats_by_themselves() -> None:
    guild = make_guild()
    role = Role.objects.create(id=snowflake(), guild=guild, name="player")
    game = make_game(channel=make_channel(guild), max_players=1, player_role_ids=(role.id,))
    first, second, third = (make_member(guild, role_ids=[role.id]) for _ in range(3))
    for member in (first, second, third):
        join_game(game_id=game.id, member=member, via=Via.WEB)

    lose_member(guild_id=guild.id, discord_id=first.user.discord_id or 0)
    seen = MemberFacts(user=UserFacts(discord_id=second.user.discord_id or 0, username="x"))
    see_member(guild=guild, facts=seen)

    assert [p.user_id for p in game.participants.all()] == [third.user_id]
    actions = list(game.changes.order_by("revision").values_list("action", flat=True))
    assert actions[-2:] == [Action.LEFT, Action.ROLE_LOST]
    told = Delivery.objects.filter(notice="removed")
    assert [one.target_id for one in told] == [second.user.discord_id]
    assert told[0].payload["is_role_lost"]


def test_deleted_role_is_taken_from_everybody() -> None:
    guild = make_guild()
    role = Role.objects.create(id=snowflake(), guild=guild, name="player")
    guild.manager_role_ids = guild.host_role_ids = [role.id]
    guild.save()
    game = make_game(
        make_member(guild, role_ids=[role.id]), make_channel(guild), player_role_ids=(role.id,)
    )
    member = make_member(guild, role_ids=[role.id, 5])
    join_game(game_id=game.id, member=member, via=Via.WEB)

    forget_role(guild.id, role.id)

    member.refresh_from_db()
    guild.refresh_from_db()
    assert member.role_ids == [5]
    assert game.participants.count() == 1
    assert guild.manager_role_ids == []
    assert guild.host_role_ids == [role.id]
