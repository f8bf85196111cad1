"""The bot says nothing in a member's stead that Discord would not let the member say."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games.enums import Via
from games.models import Game
from games.services.cancellation import cancel_game
from games.services.game_edit import edit_game
from games.services.roster.signup import answer_maybe, decline_game, join_game
from guilds.enums import Overwrite, Permission
from guilds.errors import NotAllowed, NotFound
from guilds.models import Channel, Guild, Member
from guilds.services.settings import configure_guild
from tests.factories import SPEAKS, make_channel, make_game, make_guild, make_member, snowflake
from tests.games.forms.form_data import new_game_data

pytestmark = pytest.mark.django_db


def deny(channel: Channel, permission: Permission) -> Channel:
    everyone = {"id": str(channel.guild_id), "type": Overwrite.ROLE, "allow": "0"}
    channel.overwrites = [everyone | {"deny": str(int(permission))}]
    channel.save()
    return channel


@pytest.fixture
def guild() -> Guild:
    return make_guild()


@pytest.fixture
def host(guild: Guild) -> Member:
    return make_member(guild)


@pytest.fixture
def read_only(guild: Guild) -> Channel:
    return deny(make_channel(guild, "news"), Permission.SEND_MESSAGES)


def silenced(how: str) -> dict[str, Any]:
    if how == "pending":
        return {"is_pending": True}
    return {"timed_out_until": timezone.now() + timedelta(hours=1)}


def test_nobody_announces_where_they_may_not_write(host: Member, read_only: Channel) -> None:
    with pytest.raises(NotAllowed, match="can't write in #news") as refusal:
        make_game(host, read_only)

    assert refusal.value.field == "channel"
    assert not Game.objects.exists()


def test_no_game_is_moved_where_its_host_may_not_write(host: Member, read_only: Channel) -> None:
    game = make_game(host)

    with pytest.raises(NotAllowed, match="can't write in #news"):
        edit_game(game_id=game.id, member=host, values={"channel_id": read_only.id}, via=Via.WEB)


def test_an_admin_may_let_hosts_announce_in_channels_they_only_read(
    host: Member, read_only: Channel
) -> None:
    admin = make_member(host.guild, permissions=int(Permission.MANAGE_GUILD))
    configure_guild(member=admin, values={"may_post_read_only": True})
    host.guild.refresh_from_db()

    assert make_game(host, read_only).channel == read_only
    with pytest.raises(NotAllowed):
        make_game(host, deny(make_channel(host.guild), Permission.VIEW_CHANNEL))


@pytest.mark.parametrize("how", ["timed out", "pending"])
@pytest.mark.parametrize("is_let", [False, True])
def test_whom_discord_silences_the_bot_does_not_speak_for(
    guild: Guild, how: str, is_let: bool
) -> None:
    guild.may_post_read_only = is_let
    guild.save()
    member = make_member(guild)
    game = make_game(member, title="Before")
    Member.objects.filter(id=member.id).update(**silenced(how))
    member = Member.objects.get(id=member.id)
    sentence = "time-out" if how == "timed out" else "rules"

    with pytest.raises(NotAllowed, match=sentence):
        make_game(member)
    with pytest.raises(NotAllowed, match=sentence):
        edit_game(game_id=game.id, member=member, values={"title": "After"}, via=Via.WEB)
    with pytest.raises(NotAllowed, match=sentence):
        cancel_game(game_id=game.id, member=member, reason="ha", via=Via.BOT, request_key="c")
    assert Game.objects.get().title == "Before"


def test_a_manager_in_time_out_manages_nothing(guild: Guild) -> None:
    role = guild.roles.create(id=snowflake(), name="Keeper")
    guild.manager_role_ids = [role.id]
    guild.save()
    game = make_game(make_member(guild))
    keeper = make_member(guild, role_ids=[role.id], **silenced("timed out"))

    with pytest.raises(NotAllowed, match="time-out"):
        edit_game(game_id=game.id, member=keeper, values={"title": "After"}, via=Via.WEB)


PAGES_OF_A_MANAGER = (
    *("game-new", "template-list", "template-new", "guild-settings", "games-csv", "games-import"),
)


@pytest.mark.parametrize("name", [*PAGES_OF_A_MANAGER, "game-roster", "game-edit", "game-repeat"])
def test_pages_refuse_a_manager_in_time_out_with_the_true_reason(
    client: Client, guild: Guild, name: str
) -> None:
    role = guild.roles.create(id=snowflake(), name="Keeper")
    guild.manager_role_ids = [role.id]
    guild.save()
    game = make_game(make_member(guild, permissions=SPEAKS))
    keeper = make_member(guild, role_ids=[role.id], permissions=SPEAKS, **silenced("timed out"))
    client.force_login(keeper.user)
    ids = [guild.id] if name in PAGES_OF_A_MANAGER else [guild.id, game.id]

    response = client.get(reverse(name, args=ids))

    assert response.status_code == 403
    assert "You are in time-out on this server" in response.content.decode()


@pytest.mark.parametrize("is_in_time_out", [False, True])
def test_no_change_tells_of_a_game_in_a_hidden_channel(guild: Guild, is_in_time_out: bool) -> None:
    game = make_game(channel=make_channel(guild))
    deny(game.channel, Permission.VIEW_CHANNEL)
    member = make_member(guild, **(silenced("timed out") if is_in_time_out else {}))
    about: dict[str, Any] = {"member": member, "via": Via.BOT, "request_key": "c"}

    with pytest.raises(NotFound) as hidden:
        cancel_game(game_id=game.id, reason="ha", **about)
    with pytest.raises(NotFound) as missing:
        cancel_game(game_id=game.id + 1, reason="ha", **about)

    assert hidden.value.message == missing.value.message


def test_a_time_out_that_is_over_and_an_administrators_count_for_nothing(guild: Guild) -> None:
    over = make_member(guild, timed_out_until=timezone.now() - timedelta(seconds=1))
    admin = make_member(guild, permissions=Permission.ADMINISTRATOR, **silenced("timed out"))

    assert make_game(over).host == over.user
    assert make_game(admin).host == admin.user


def test_the_form_offers_no_channel_where_they_may_not_write(
    client: Client, host: Member, read_only: Channel
) -> None:
    make_channel(host.guild, "games")
    client.force_login(host.user)
    path = reverse("game-new", args=[host.guild_id])

    offered = client.get(path).context["form"]["channel"].field.choices
    forged = client.post(path, new_game_data(read_only, title="Shout"))

    assert [name for _id, name in offered] == ["games"]
    assert forged.status_code == 422
    assert "Shout" in forged.content.decode()
    assert not Game.objects.exists()


@pytest.mark.parametrize("answer", [join_game, answer_maybe, decline_game])
def test_a_game_in_a_channel_hidden_from_them_is_not_there(guild: Guild, answer: Any) -> None:
    game = make_game(channel=make_channel(guild))
    deny(game.channel, Permission.VIEW_CHANNEL)
    member = make_member(guild)

    with pytest.raises(NotFound) as hidden:
        answer(game_id=game.id, member=member, via=Via.BOT)
    with pytest.raises(NotFound) as missing:
        answer(game_id=game.id + 1, member=member, via=Via.BOT)

    assert hidden.value.message == missing.value.message
    assert not game.participants.exists()


def test_whoever_is_on_the_roster_may_leave_though_the_channel_is_hidden(guild: Guild) -> None:
    game = make_game(channel=make_channel(guild))
    member = make_member(guild, permissions=SPEAKS)
    join_game(game_id=game.id, member=member, via=Via.WEB)
    deny(game.channel, Permission.VIEW_CHANNEL)

    assert decline_game(game_id=game.id, member=member, via=Via.WEB).standing == "declined"


def test_a_game_may_start_within_the_present_minute(host: Member) -> None:
    present = timezone.now() - timedelta(seconds=50)

    assert make_game(host, starts_at=present).starts_at == present
