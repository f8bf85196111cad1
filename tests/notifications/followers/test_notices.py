"""Each kind of change notifies those concerned, but never the person who made it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from games.enums import Status, Via
from games.models import Game
from games.services.cancellation import cancel_game
from games.services.game import complete_game, start_game
from games.services.game_edit import edit_game
from games.services.roster.departures import release_seats_of_departed, release_seats_without_role
from games.services.roster.host import add_player, promote_player, remove_player, reorder_players
from games.services.roster.signup import answer_maybe, decline_game, join_game
from guilds.models import Member
from notifications.models import Delivery
from notifications.timers import claims as timer_claims
from notifications.timers.dispatcher import dispatch_due
from tests.factories import make_channel, make_game, make_member, make_user

pytestmark = pytest.mark.django_db


class Cast:
    """A game with two seats: ada and ben play, cem waits, dee answered maybe."""

    def __init__(self) -> None:
        self.game = make_game(max_players=2)
        self.guild = self.game.guild
        self.host = self.guild.members.select_related("user", "guild").get(user=self.game.host)
        self.ada, self.ben, self.cem, self.dee = (
            make_member(self.guild, make_user(name)) for name in ("ada", "ben", "cem", "dee")
        )
        for member in (self.ada, self.ben, self.cem):
            join_game(game_id=self.game.id, member=member, via=Via.BOT)
        answer_maybe(game_id=self.game.id, member=self.dee, via=Via.BOT)

    def participant(self, member: Member) -> int:
        return self.game.participants.get(user=member.user).id

    def told(self) -> set[tuple[str, str]]:
        names = {m.user.discord_id: m.user.name for m in (self.ada, self.ben, self.cem, self.dee)}
        names[self.host.user.discord_id] = "host"
        rows = Delivery.objects.filter(game=self.game)
        return {(row.notice, names.get(row.target_id, "?")) for row in rows}


def leave(cast: Cast) -> None:
    decline_game(game_id=cast.game.id, member=cast.ada, via=Via.BOT)


def remove(cast: Cast) -> None:
    participant_id = cast.participant(cast.ben)
    remove_player(
        game_id=cast.game.id, member=cast.host, participant_id=participant_id, via=Via.WEB
    )


def add(cast: Cast) -> None:
    add_player(game_id=cast.game.id, member=cast.host, person=cast.dee, via=Via.WEB)


def reorder(cast: Cast) -> None:
    ids = [cast.participant(one) for one in (cast.cem, cast.ada, cast.ben)]
    reorder_players(game_id=cast.game.id, member=cast.host, participant_ids=ids, via=Via.WEB)


def promote(cast: Cast) -> None:
    participant_id = cast.participant(cast.cem)
    promote_player(
        game_id=cast.game.id, member=cast.host, participant_id=participant_id, via=Via.WEB
    )


def depart(cast: Cast) -> None:
    release_seats_of_departed(guild_id=cast.guild.id, user=cast.ada.user)


def lose_role(cast: Cast) -> None:
    Game.objects.filter(id=cast.game.id).update(player_role_ids=[7])
    release_seats_without_role(cast.ada, [7])


def edit(**values: object) -> Callable[[Cast], None]:
    def change(cast: Cast) -> None:
        edit_game(
            game_id=cast.game.id, member=cast.host, values=values, via=Via.WEB, may_demote=True
        )

    return change


def reschedule(cast: Cast) -> None:
    edit(starts_at=cast.game.starts_at + timedelta(hours=1))(cast)


def move(cast: Cast) -> None:
    edit(channel_id=make_channel(cast.guild).id)(cast)


def cancel(cast: Cast) -> None:
    cancel_game(game_id=cast.game.id, member=cast.host, via=Via.WEB)


def run_through(cast: Cast) -> None:
    start_game(guild_id=cast.guild.id, game_id=cast.game.id, via=Via.WORKER)
    complete_game(guild_id=cast.guild.id, game_id=cast.game.id, via=Via.WORKER)


ALL = ("ada", "ben", "cem", "dee")


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (leave, {("promoted", "cem")}),
        (remove, {("removed", "ben"), ("promoted", "cem")}),
        (add, {("added", "dee"), ("demoted", "ben")}),
        (reorder, {("promoted", "cem"), ("demoted", "ben")}),
        (promote, {("promoted", "cem"), ("demoted", "ben")}),
        (depart, {("departed", "host"), ("promoted", "cem")}),
        (lose_role, {("removed", "ada"), ("promoted", "cem")}),
        (edit(max_players=3), {("promoted", "cem")}),
        (edit(max_players=1), {("demoted", "ben")}),
        (edit(description="new"), set()),
        (reschedule, {("rescheduled", name) for name in ALL}),
        (move, {("moved", name) for name in ALL}),
        (cancel, {("cancelled", name) for name in ALL}),
        (run_through, set()),
    ],
)
def test_each_change_tells_those_it_concerns(
    act: Callable[[Cast], None], told: set[tuple[str, str]]
) -> None:
    cast = Cast()
    act(cast)
    assert cast.told() == told


def test_lost_role_says_why_and_a_new_time_says_what_it_was() -> None:
    cast = Cast()
    lose_role(cast)
    assert Delivery.objects.get(notice="removed").payload["is_role_lost"]
    reschedule(cast)
    row = Delivery.objects.filter(notice="rescheduled").first()
    assert row
    assert row.payload["starts_at"] == cast.game.starts_at.isoformat()


def test_host_who_plays_is_not_told_of_their_own_hand() -> None:
    cast = Cast()
    Game.objects.filter(id=cast.game.id).update(host=cast.cem.user)
    cem = cast.guild.members.select_related("user", "guild").get(user=cast.cem.user)
    edit_game(game_id=cast.game.id, member=cem, values={"max_players": 3}, via=Via.WEB)
    assert cast.told() == set()


def test_nobody_is_told_of_a_draft_and_those_added_are_when_it_is_posted() -> None:
    timer_claims._watermarks.clear()
    now = timezone.now()
    game = make_game(post_at=now + timedelta(hours=1), starts_at=now + timedelta(hours=9))
    host = game.guild.members.select_related("user", "guild").get(user=game.host)
    dee = make_member(game.guild)
    add_player(game_id=game.id, member=host, person=dee, via=Via.WEB)
    assert not Delivery.objects.exists()
    assert not hasattr(Game.objects.get(id=game.id), "announcement")
    Game.objects.filter(id=game.id).update(post_at=now)
    game.timers.filter(kind="post").update(due_at=now)
    dispatch_due()
    (row,) = Delivery.objects.all()
    assert (row.notice, row.target_id) == ("added", dee.user.discord_id)
    assert Game.objects.get(id=game.id).announcement.render_at


def test_draft_posted_ahead_of_its_time_by_its_host_tells_too() -> None:
    now = timezone.now()
    game = make_game(post_at=now + timedelta(hours=1), starts_at=now + timedelta(hours=9))
    host = game.guild.members.select_related("user", "guild").get(user=game.host)
    dee = make_member(game.guild)
    add_player(game_id=game.id, member=host, person=dee, via=Via.WEB)
    edit_game(game_id=game.id, member=host, values={"post_at": None}, via=Via.WEB)
    assert Delivery.objects.get().notice == "added"
    assert Game.objects.get(id=game.id).announcement.render_at


def test_cancelled_draft_tells_nobody() -> None:
    now = timezone.now()
    game = make_game(post_at=now + timedelta(hours=1), starts_at=now + timedelta(hours=9))
    host = game.guild.members.select_related("user", "guild").get(user=game.host)
    add_player(game_id=game.id, member=host, person=make_member(game.guild), via=Via.WEB)
    cancel_game(game_id=game.id, member=host, via=Via.WEB)
    game.refresh_from_db()
    assert game.status == Status.CANCELLED
    assert not Delivery.objects.exists()
