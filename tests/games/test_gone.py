"""Roles and channels that Discord deleted, and games, series, templates that name them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games.enums import Action, Via
from games.models import Game, Template
from games.selectors import find_default_template, get_snapshot, gone_in_templates
from games.services.game_edit import edit_game
from games.services.roster.signup import answer_maybe, join_game
from games.services.series.sessions import continue_series
from games.services.template import save_template
from guilds.enums import Archive
from guilds.errors import NotAllowed
from guilds.models import Guild, Member, Role
from guilds.selectors import gone_in_settings
from guilds.services.guild import GuildFacts, delete_channel, forget_role, mirror_guild
from guilds.services.member import MemberFacts, UserFacts, see_member
from guilds.services.settings import configure_guild
from tests.factories import SPEAKS, make_channel, make_game, make_guild, make_member, snowflake

pytestmark = pytest.mark.django_db


@pytest.fixture
def guild() -> Guild:
    return make_guild()


def make_role(guild: Guild, name: str = "Player") -> Role:
    return Role.objects.create(id=snowflake(), guild=guild, name=name)


def owner_of(guild: Guild) -> Member:
    return Member.objects.select_related("user", "guild").get(guild=guild)


def lose_roles(member: Member, kept: tuple[int, ...] = ()) -> None:
    user = UserFacts(discord_id=member.user.discord_id or 0, username="x")
    see_member(guild=member.guild, facts=MemberFacts(user=user, role_ids=kept))


def test_deleted_player_role_throws_nobody_out(guild: Guild) -> None:
    role, other = make_role(guild), make_role(guild, "Other")
    game = make_game(channel=make_channel(guild), player_role_ids=(role.id,))
    players = [make_member(guild, role_ids=[role.id, other.id]) for _ in range(3)]
    for player in players:
        join_game(game_id=game.id, member=player, via=Via.WEB)

    forget_role(guild.id, role.id)
    lose_roles(players[0])  # of another role, later

    assert [p.user_id for p in get_snapshot(game.id).playing] == [p.user_id for p in players]
    assert not game.changes.filter(action=Action.ROLE_LOST).exists()


def test_role_deleted_while_the_bot_was_away_throws_nobody_out(guild: Guild) -> None:
    role = make_role(guild)
    game = make_game(channel=make_channel(guild), player_role_ids=(role.id,))
    player = make_member(guild, role_ids=[role.id])
    join_game(game_id=game.id, member=player, via=Via.WEB)

    mirror_guild(GuildFacts(guild.id, guild.name, "", guild.owner_id, "", (), ()))

    assert len(get_snapshot(game.id).playing) == 1
    player.refresh_from_db()
    assert player.role_ids == []


def test_newcomers_hear_that_the_role_was_deleted_and_nobody_is_let_in_by_it(guild: Guild) -> None:
    role = make_role(guild)
    game = make_game(channel=make_channel(guild), player_role_ids=(role.id,))
    player = make_member(guild, role_ids=[role.id])
    join_game(game_id=game.id, member=player, via=Via.WEB)
    forget_role(guild.id, role.id)
    player.refresh_from_db()

    with pytest.raises(NotAllowed, match="“Player”, was deleted on Discord"):
        join_game(game_id=game.id, member=make_member(guild), via=Via.WEB)
    answer_maybe(game_id=game.id, member=player, via=Via.WEB)
    join_game(game_id=game.id, member=player, via=Via.WEB)
    assert len(get_snapshot(game.id).playing) == 1


def test_who_loses_a_role_that_still_exists_loses_the_seat(guild: Guild) -> None:
    gone, kept = make_role(guild, "Gone"), make_role(guild, "Kept")
    game = make_game(channel=make_channel(guild), player_role_ids=(gone.id, kept.id))
    player = make_member(guild, role_ids=[gone.id, kept.id])
    join_game(game_id=game.id, member=player, via=Via.WEB)
    forget_role(guild.id, gone.id)
    lose_roles(player)
    assert not get_snapshot(game.id).playing


def test_deleted_role_is_no_longer_mentioned_and_the_history_says_so(guild: Guild) -> None:
    role, other = make_role(guild), make_role(guild, "Other")
    game = make_game(channel=make_channel(guild), notify_role_ids=(role.id, other.id))
    forget_role(guild.id, role.id)
    assert get_snapshot(game.id).notify_role_ids == (other.id,)
    change = game.changes.latest("id")
    assert (change.action, change.via, change.actor) == (Action.EDITED, Via.WORKER, None)
    assert change.before == {"notify_role_ids": [role.id, other.id]}


def test_next_session_keeps_players_of_a_deleted_role(guild: Guild) -> None:
    guild.roles.create(id=guild.id, name="@everyone", permissions=SPEAKS)
    role = make_role(guild)
    tomorrow = (timezone.now() + timedelta(days=1)).astimezone(ZoneInfo("Europe/Berlin"))
    game = make_game(
        channel=make_channel(guild),
        player_role_ids=(role.id,),
        notify_role_ids=(role.id,),
        repeat=f"FREQ=WEEKLY;BYDAY={tomorrow:%a}"[:-1].upper(),
        carry_over=True,
    )
    player = make_member(guild, role_ids=[role.id])
    join_game(game_id=game.id, member=player, via=Via.WEB)
    forget_role(guild.id, role.id)

    continue_series(Game.objects.get(id=game.id))

    later = Game.objects.exclude(id=game.id).get()
    assert [p.user_id for p in get_snapshot(later.id).playing] == [player.user_id]
    assert later.notify_role_ids == []


def test_new_game_leaves_out_a_deleted_role_of_its_template(guild: Guild) -> None:
    role = make_role(guild)
    template = Template.objects.create(
        guild=guild, name="Raid", notify_role_ids=[role.id], player_role_ids=[role.id]
    )
    forget_role(guild.id, role.id)
    game = make_game(channel=make_channel(guild), template_id=template.id)
    assert game.notify_role_ids == []
    assert game.player_role_ids == [role.id]


def test_default_template_of_a_deleted_channel_leaves_the_channel_open(guild: Guild) -> None:
    gone, here = make_channel(guild, "gone"), make_channel(guild, "here")
    Template.objects.create(
        guild=guild, name="Raid", channel=gone, is_default=True, locked_fields=["channel"]
    )
    template = find_default_template(guild)
    assert template and template.usable_channel_id == gone.id

    delete_channel(gone.id)

    template = find_default_template(guild)
    assert template and template.usable_channel_id is None
    game = make_game(owner_of(guild), here)
    assert (game.template, game.channel) == (template, here)


def test_templates_and_settings_name_what_was_deleted(guild: Guild) -> None:
    role, channel = make_role(guild), make_channel(guild, "past")
    template = Template.objects.create(
        guild=guild, name="Raid", archive_channel_id=channel.id, host_role_ids=[role.id]
    )
    other = Template.objects.create(guild=guild, name="Other")
    guild.archive, guild.archive_channel_id = Archive.MOVE, channel.id
    guild.host_role_ids = [role.id]
    guild.save()
    assert gone_in_settings(guild) == []

    forget_role(guild.id, role.id)
    delete_channel(channel.id)

    assert gone_in_settings(guild) == ["#past", "Player"]
    assert gone_in_templates([template, other]) == {template.id: ["#past", "Player"], other.id: []}


def test_deleted_archive_channel_refuses_no_other_setting(guild: Guild) -> None:
    channel = make_channel(guild, "past")
    guild.archive, guild.archive_channel_id = Archive.MOVE, channel.id
    guild.save()
    delete_channel(channel.id)
    owner = owner_of(guild)
    configure_guild(member=owner, values={"timezone": "Europe/Berlin"})
    guild.refresh_from_db()
    assert guild.timezone == "Europe/Berlin"


def test_template_of_a_deleted_channel_can_be_changed(guild: Guild) -> None:
    channel = make_channel(guild, "gone")
    template = Template.objects.create(guild=guild, name="Raid", channel=channel)
    delete_channel(channel.id)
    values = {"name": "Raid night", "channel_id": channel.id}
    save_template(member=owner_of(guild), template_id=template.id, values=values)
    template.refresh_from_db()
    assert template.name == "Raid night"


def test_game_of_a_deleted_channel_can_be_changed(guild: Guild) -> None:
    game = make_game(owner_of(guild), make_channel(guild))
    delete_channel(game.channel_id)
    later = timezone.now() + timedelta(days=3)
    edit_game(game_id=game.id, member=owner_of(guild), values={"starts_at": later}, via=Via.WEB)
    game.refresh_from_db()
    assert game.starts_at == later


def test_forms_keep_what_is_gone_and_say_so(client: Client, guild: Guild) -> None:
    role, channel = make_role(guild), make_channel(guild, "old")
    template = Template.objects.create(
        guild=guild, name="Raid", channel=channel, player_role_ids=[role.id]
    )
    game = make_game(owner_of(guild), channel, player_role_ids=(role.id,))
    forget_role(guild.id, role.id)
    delete_channel(channel.id)
    client.force_login(owner_of(guild).user)

    for name, subject in (("template-edit", template), ("game-edit", game)):
        address = reverse(name, args=[guild.id, subject.id])
        page = client.get(address)
        text = page.content.decode()
        assert "Player (deleted on Discord)" in text
        assert "old (deleted on Discord)" in text
        assert page.context["form"]["player_role_ids"].value() == [role.id]
    listed = client.get(reverse("template-list", args=[guild.id])).content.decode()
    assert "named here: #old, Player" in listed
    shown = client.get(reverse("game", args=[guild.id, game.id])).content.decode()
    assert "The channel of this game was deleted" in shown


def test_forms_offer_no_bots_own_role(client: Client, guild: Guild) -> None:
    own, role = make_role(guild, "Gamesched itself"), make_role(guild)
    Role.objects.filter(id=own.id).update(is_bot=True)
    host = owner_of(guild)
    client.force_login(host.user)
    game = make_game(host, make_channel(guild), player_role_ids=[own.id])
    pages = [reverse(name, args=[guild.id]) for name in ("game-new", "template-new")]
    for address in [*pages, reverse("guild-settings", args=[guild.id])]:
        page = client.get(address).text
        assert role.name in page and own.name not in page, address
    # Where it was chosen before, it stays until somebody takes it out.
    assert own.name in client.get(reverse("game-edit", args=[guild.id, game.id])).text


def test_deleted_role_is_offered_only_where_it_is_chosen(client: Client, guild: Guild) -> None:
    role = make_role(guild)
    Guild.objects.filter(id=guild.id).update(host_role_ids=[role.id])
    forget_role(guild.id, role.id)
    client.force_login(owner_of(guild).user)
    page = client.get(reverse("guild-settings", args=[guild.id])).text
    assert f'name="host_role_ids" value="{role.id}" checked' in page
    assert f'name="manager_role_ids" value="{role.id}"' not in page


def test_settings_page_keeps_what_is_gone_and_says_so(client: Client, guild: Guild) -> None:
    role, channel = make_role(guild), make_channel(guild, "past")
    guild.archive, guild.archive_channel_id = Archive.MOVE, channel.id
    guild.host_role_ids = [role.id]
    guild.save()
    forget_role(guild.id, role.id)
    delete_channel(channel.id)
    client.force_login(owner_of(guild).user)
    address = reverse("guild-settings", args=[guild.id])
    page = client.get(address)
    assert "chosen here: #past, Player" in page.content.decode()
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent = {name: value for name, value in sent.items() if value is not False}
    answer = client.post(
        address,
        sent | {"part": "server", "decide_minutes": "2h", "archive_after_minutes": "1d"},
    )
    assert answer.status_code == 302, answer.context["form"].errors
    guild.refresh_from_db()
    assert (guild.decide_minutes, guild.host_role_ids) == (120, [role.id])
    assert guild.archive_channel_id == channel.id
