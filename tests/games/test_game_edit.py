from datetime import timedelta

import pytest
from django.utils import timezone

from games.enums import Action, Via
from games.models import Game
from games.selectors import get_snapshot
from games.services.game_edit import ChangedMeanwhile, WouldDemote, edit_game
from games.services.roster.signup import join_game
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import Member
from tests.factories import make_channel, make_game, make_guild, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def host() -> Member:
    return make_member(make_guild())


def edit(game: Game, member: Member, **values: object) -> Game:
    return edit_game(game_id=game.id, member=member, values=values, via=Via.WEB)


def test_reschedule_makes_older_timers_inert_and_moves_the_deadline(host: Member) -> None:
    start = timezone.now() + timedelta(days=1)
    game = make_game(host, starts_at=start, signup_closes_at=start - timedelta(hours=1))

    edited = edit(game, host, starts_at=start + timedelta(hours=2))

    assert edited.schedule_version == game.schedule_version + 1
    assert edited.signup_closes_at == start + timedelta(hours=1)
    assert edited.changes.latest("id").action == Action.RESCHEDULED


def test_edit_without_a_difference_changes_nothing(host: Member) -> None:
    game = make_game(host)
    assert edit(game, host, title=f" {game.title} ").revision == game.revision


def test_edit_writes_before_and_after(host: Member) -> None:
    game = make_game(host)
    change = edit(game, host, title="Raid").changes.latest("id")
    assert (change.before, change.after) == ({"title": "Dungeon night"}, {"title": "Raid"})
    assert edit(game, host, title="Raid").schedule_version == game.schedule_version


def test_lowering_the_limit_asks_then_sends_the_last_back(host: Member) -> None:
    game = make_game(host, max_players=3)
    members = [make_member(game.guild) for _ in range(3)]
    for member in members:
        join_game(game_id=game.id, member=member, via=Via.BOT)

    with pytest.raises(WouldDemote):
        edit(game, host, max_players=1)
    edit_game(game_id=game.id, member=host, values={"max_players": 1}, via=Via.BOT, may_demote=True)

    assert game.changes.latest("id").demoted == [m.user_id for m in members[1:]]
    assert [p.user_id for p in get_snapshot(game.id).playing] == [members[0].user_id]


def test_raising_the_limit_promotes_in_order(host: Member) -> None:
    game = make_game(host, max_players=1)
    members = [make_member(game.guild) for _ in range(3)]
    for member in members:
        join_game(game_id=game.id, member=member, via=Via.BOT)
    edit(game, host, max_players=2)
    assert game.changes.latest("id").promoted == [members[1].user_id]


def test_stale_edit_is_refused_but_a_join_meanwhile_is_no_conflict(host: Member) -> None:
    game = make_game(host)
    seen = game.revision
    join_game(game_id=game.id, member=make_member(game.guild), via=Via.BOT)
    edit_game(game_id=game.id, member=host, values={"title": "A"}, via=Via.WEB, seen_revision=seen)
    with pytest.raises(ChangedMeanwhile):
        edit_game(
            game_id=game.id, member=host, values={"title": "B"}, via=Via.WEB, seen_revision=seen
        )


def test_edit_refuses_members_strangers_and_foreign_channels(host: Member) -> None:
    game = make_game(host)
    with pytest.raises(NotAllowed):
        edit(game, make_member(game.guild), title="Mine")
    with pytest.raises(NotFound):
        edit(game, make_member(make_guild()), title="Mine")
    with pytest.raises(NotFound):
        edit(game, host, channel_id=make_channel(make_guild()).id)
    with pytest.raises(Refused):
        edit(game, host, starts_at=timezone.now() - timedelta(minutes=1))
