"""Posts that Discord would not change: the bot may not embed links in the channel any more."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from games.enums import Via
from games.models import Game
from games.services.cancellation import cancel_game
from games.services.roster.signup import join_game
from guilds.models import Channel, Role
from notifications.followers.announcement.renderer import render_due
from notifications.models import Announcement, ChannelPace, Delivery
from notifications.outbox.sender import send_due
from tests.factories import make_member, make_user
from tests.notifications.place import Place

ALLOWED = 1 << 10 | 1 << 11 | 1 << 14
EMBED_LINKS = 1 << 14


@pytest.fixture
def mirrored(place: Place) -> Place:
    """A place whose rights the mirror knows."""
    Role.objects.create(id=place.guild.id, guild=place.guild, name="@everyone", permissions=ALLOWED)
    bot = make_user("bot", discord_id=int(settings.DISCORD_CLIENT_ID))
    make_member(place.guild, bot, permissions=ALLOWED)
    return place


def deny_embeds(place: Place, *, mirrored: bool) -> None:
    place.discord.patch_channel(
        place.channel.id, overwrites=[{"id": str(place.guild.id), "deny": ["EMBED_LINKS"]}]
    )
    if mirrored:
        denied = {"id": str(place.guild.id), "type": 0, "allow": "0", "deny": str(EMBED_LINKS)}
        Channel.objects.filter(id=place.channel.id).update(overwrites=[denied])


def allow_embeds(place: Place) -> None:
    place.discord.patch_channel(place.channel.id, overwrites=[])
    Channel.objects.filter(id=place.channel.id).update(overwrites=[])


def ripen() -> None:
    past = timezone.now() - timedelta(seconds=1)
    ChannelPace.objects.all().delete()
    Announcement.objects.filter(render_at__isnull=False).update(render_at=past)


def post_of(game: Game) -> Announcement:
    return Announcement.objects.get(game=game)


def title(place: Place) -> str:
    return str(place.messages()[-1]["embeds"][0]["title"])


def call_off(place: Place, game: Game) -> None:
    cancel_game(game_id=game.id, member=place.host, via=Via.WEB, reason="snow")
    ripen()
    render_due()


def notices(game: Game) -> list[Delivery]:
    return list(Delivery.objects.filter(game=game, notice="post_stale"))


def test_game_called_off_where_embeds_are_dropped_is_told_to_its_host(place: Place) -> None:
    """The mirror does not know of it: what came back of the edit tells."""
    game = place.game()
    render_due()
    deny_embeds(place, mirrored=False)
    call_off(place, game)

    assert title(place) == "Dungeon night"
    row = post_of(game)
    assert row.posted_revision < row.wanted_revision
    assert row.render_at is not None
    send_due()
    told = [one["content"] for one in place.dms(place.host)]
    assert any("is cancelled, but its announcement" in one for one in told)


def test_right_that_is_known_to_be_missing_sends_no_edit(mirrored: Place) -> None:
    game = mirrored.game()
    render_due()
    deny_embeds(mirrored, mirrored=True)
    call_off(mirrored, game)

    assert mirrored.requests("PATCH") == []
    row = post_of(game)
    assert row.posted_revision < row.wanted_revision
    send_due()
    assert any("Embed Links" in one["content"] for one in mirrored.dms(mirrored.host))


def test_post_follows_by_itself_once_the_right_is_there_again(mirrored: Place) -> None:
    game = mirrored.game()
    render_due()
    deny_embeds(mirrored, mirrored=True)
    call_off(mirrored, game)
    allow_embeds(mirrored)
    ripen()
    render_due()

    assert title(mirrored) == "Cancelled: Dungeon night"
    row = post_of(game)
    assert (row.posted_revision, row.render_at, row.last_error) == (row.wanted_revision, None, "")
    send_due()
    assert not any("announcement in" in one["content"] for one in mirrored.dms(mirrored.host))


def test_host_is_told_once_for_each_state_of_the_game(mirrored: Place) -> None:
    game = mirrored.game(max_players=9)
    render_due()
    deny_embeds(mirrored, mirrored=True)
    for _ in range(3):
        join_game(game_id=game.id, member=mirrored.member(), via=Via.WEB)
        ripen()
        render_due()
    assert len(notices(game)) == 1
    call_off(mirrored, game)
    assert len(notices(game)) == 2


def test_post_that_stays_stale_is_looked_at_ever_more_seldom(mirrored: Place) -> None:
    game = mirrored.game()
    render_due()
    deny_embeds(mirrored, mirrored=True)
    call_off(mirrored, game)
    waits = []
    for _ in range(9):
        due = post_of(game).render_at
        assert due is not None
        waits.append(round((due - timezone.now()).total_seconds()))
        ripen()
        render_due()
    assert waits[0] < 60
    assert waits == sorted(waits)
    assert 1500 < waits[-1] <= 1800
    Game.objects.filter(id=game.id).update(starts_at=timezone.now() - timedelta(days=3))
    ripen()
    render_due()
    assert post_of(game).render_at is None


def test_first_post_without_its_embed_shows_no_revision_and_is_not_posted_twice(
    place: Place,
) -> None:
    deny_embeds(place, mirrored=False)
    role = place.discord.make_role(place.guild.id, "players", mentionable=True)
    game = place.game(notify_role_ids=(int(role["id"]),))
    render_due()
    row = post_of(game)
    assert (row.posted_revision, len(place.messages())) == (0, 1)
    assert Delivery.objects.filter(notice="channel_trouble").count() == 1
    place.discord.patch_channel(place.channel.id, overwrites=[])
    ripen()
    render_due()
    assert title(place) == "Dungeon night"
    assert (len(place.messages()), notices(game)) == (1, [])
