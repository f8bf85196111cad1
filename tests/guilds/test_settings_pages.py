"""Settings of a server and its channels on the web: rights, display and refusals."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from guilds.enums import ChannelKind, Permission
from guilds.models import Channel, Guild, Member, Role
from guilds.settings.fields import MinutesField
from tests.factories import make_channel, make_guild, make_member, make_user, snowflake

pytestmark = pytest.mark.django_db


@pytest.fixture
def guild() -> Guild:
    return make_guild(name="Tavern")


@pytest.fixture
def admin(client: Client, guild: Guild) -> Member:
    member = make_member(guild, permissions=int(Permission.MANAGE_GUILD))
    client.force_login(member.user)
    return member


def page(guild: Guild) -> str:
    return reverse("guild-settings", args=[guild.id])


def channel_page(channel: Channel) -> str:
    return reverse("channel-settings", args=[channel.guild_id, channel.id])


SERVER_FORM = {
    "part": "server",
    "timezone": "Europe/Berlin",
    "locale": "de",
    "below_minimum": "run",
    "decide_minutes": "1h",
    "archive": "keep",
    "archive_after_minutes": "1d",
    "archive_channel_id": "",
}

# Statuses for each person: of the page, the server's form and a channel's form.
RIGHTS = {
    "anonymous": (302, 302, 302),
    "owner": (200, 302, 302),
    "administrator": (200, 302, 302),
    "manage_guild": (200, 302, 302),
    "manager_role": (200, 422, 302),
    "manage_channels": (200, 422, 302),
    "member": (403, 403, 403),
    "left": (404, 404, 404),
    "stranger": (404, 404, 404),
}


def log_in(client: Client, guild: Guild, who: str) -> None:
    role = Role.objects.create(id=snowflake(), guild=guild, name="Game managers")
    guild.manager_role_ids = [role.id]
    guild.save()
    if who == "owner":
        client.force_login(Member.objects.get(guild=guild).user)
    elif who == "stranger":
        stranger = make_member(make_guild(), permissions=int(Permission.ADMINISTRATOR))
        client.force_login(stranger.user)
    elif who != "anonymous":
        bits = {
            "administrator": Permission.ADMINISTRATOR,
            "manage_guild": Permission.MANAGE_GUILD,
            "manage_channels": Permission.MANAGE_CHANNELS,
        }
        member = make_member(
            guild,
            permissions=int(bits.get(who, 0)),
            role_ids=[role.id] if who == "manager_role" else [],
            left_at=timezone.now() if who == "left" else None,
        )
        client.force_login(member.user)


@pytest.mark.parametrize("who", RIGHTS)
def test_who_may(client: Client, guild: Guild, who: str) -> None:
    channel = make_channel(guild)
    log_in(client, guild, who)
    look, server, place = RIGHTS[who]

    assert client.get(page(guild)).status_code == look
    assert client.get(channel_page(channel)).status_code == look
    assert client.post(page(guild), SERVER_FORM).status_code == server
    assert client.post(page(guild), {"part": "defaults", "max_players": "9"}).status_code == server
    assert client.post(channel_page(channel), {"max_players": "7"}).status_code == place
    unset = {"place": str(channel.id), "name": "duration_minutes"}
    unset_page = reverse("guild-settings-unset", args=[guild.id])
    assert client.post(unset_page, unset).status_code == (302 if place == 302 else place)
    guild.refresh_from_db()
    channel.refresh_from_db()
    is_server_done = server == 302 and who != "anonymous"
    assert (guild.max_players == 9) == is_server_done
    assert (guild.timezone == "Europe/Berlin") == is_server_done
    assert (channel.max_players == 7) == (place == 302 and who != "anonymous")


def test_channels_of_other_guilds_are_404(client: Client, guild: Guild, admin: Member) -> None:
    foreign = make_channel(make_guild(), "elsewhere")
    path = reverse("channel-settings", args=[guild.id, foreign.id])

    assert client.get(path).status_code == 404
    assert client.post(path, {"max_players": "3"}).status_code == 404
    unset = {"place": str(foreign.id), "name": "max_players"}
    assert client.post(reverse("guild-settings-unset", args=[guild.id]), unset).status_code == 404
    assert "elsewhere" not in client.get(page(guild)).content.decode()


def test_table_marks_where_each_value_comes_from(
    client: Client, guild: Guild, admin: Member
) -> None:
    Guild.objects.filter(id=guild.id).update(max_players=8)
    channel = make_channel(guild, duration_minutes=90)

    text = client.get(page(guild)).content.decode()

    row = text[text.index(f'id="place-{channel.id}"') :]
    cells = [part.split('"', 1)[0] for part in row.split('data-source="')[1:5]]
    assert cells == ["guild", "default", "here", "default"]
    assert "1 h 30 min" in row
    assert f"Reset Duration for {channel.name}" in row


def test_setting_and_unsetting_in_place(client: Client, guild: Guild, admin: Member) -> None:
    channel = make_channel(guild)
    form = {
        "max_players": "4",
        "reminder_minutes": "1d, 2h, 15m",
        "duration_minutes": "2h 30m",
        "default_rules": "Be kind.",
        "game_category": "One-shots",
        "is_active": "on",
    }

    response = client.post(channel_page(channel), form)

    assert response["Location"] == f"{page(guild)}#place-{channel.id}"
    channel.refresh_from_db()
    assert (channel.max_players, channel.reminder_minutes) == (4, [1440, 120, 15])
    assert (channel.duration_minutes, channel.game_category) == (150, "One-shots")
    for name in ("max_players", "reminder_minutes", "duration_minutes", "default_rules"):
        data = {"place": str(channel.id), "name": name}
        client.post(reverse("guild-settings-unset", args=[guild.id]), data)
    channel.refresh_from_db()
    assert (channel.max_players, channel.reminder_minutes) == (None, None)
    assert (channel.duration_minutes, channel.default_rules) == (None, "")
    assert channel.game_category == "One-shots"


def test_off_is_a_choice_and_empty_inherits(client: Client, guild: Guild, admin: Member) -> None:
    for typed, stored in (("off", []), ("", None), ("60, 15", [60, 15])):
        client.post(page(guild), {"part": "defaults", "reminder_minutes": typed})
        guild.refresh_from_db()
        assert guild.reminder_minutes == stored


def test_edit_form_shows_what_is_inherited(client: Client, guild: Guild, admin: Member) -> None:
    Guild.objects.filter(id=guild.id).update(max_players=8)
    channel = make_channel(guild, reminder_minutes=[])

    text = client.get(page(guild), {"edit": str(channel.id)}).content.decode()

    assert 'placeholder="8 (from the server)"' in text
    assert 'placeholder="2h (default)"' in text
    assert 'value="off"' in text


def test_roles_are_picked_by_name(client: Client, guild: Guild, admin: Member) -> None:
    role = Role.objects.create(id=snowflake(), guild=guild, name="<GM> & co", color=0xE91E63)
    foreign = Role.objects.create(id=snowflake(), guild=make_guild(), name="Foreign")
    text = client.get(page(guild)).content.decode()
    assert escape(role.name) in text
    assert 'fill="#e91e63"' in text
    assert "Foreign" not in text

    chosen = {**SERVER_FORM, "manager_role_ids": [role.id], "host_role_ids": [role.id]}
    assert client.post(page(guild), chosen).status_code == 302
    guild.refresh_from_db()
    assert (guild.manager_role_ids, guild.host_role_ids) == ([role.id], [role.id])
    for bad in (foreign.id, guild.id, "x", "1" * 40, "-1"):
        assert client.post(page(guild), {**chosen, "host_role_ids": [bad]}).status_code == 422
    guild.refresh_from_db()
    assert guild.host_role_ids == [role.id]


@pytest.mark.parametrize("text", ["0", "8d"])
def test_archive_after_has_the_bots_limit(
    client: Client, guild: Guild, admin: Member, text: str
) -> None:
    response = client.post(page(guild), {**SERVER_FORM, "archive_after_minutes": text})

    assert response.status_code == 422
    assert "Enter between 1 minute and 7 days." in response.content.decode()
    assert f'value="{text}"' in response.content.decode()


def test_missing_permissions_of_the_bot_are_shown(
    client: Client, guild: Guild, admin: Member, settings: Any
) -> None:
    closed = {"id": str(guild.id), "type": 0, "allow": "0", "deny": str(1 << 11)}
    make_channel(guild, "open")
    make_channel(guild, "closed", overwrites=[closed])
    assert "not known yet" in client.get(page(guild)).content.decode()

    bot = make_user("Bot", discord_id=int(settings.DISCORD_CLIENT_ID))
    bits = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.EMBED_LINKS
    make_member(guild, bot, permissions=int(bits))
    text = client.get(page(guild)).content.decode()
    assert text.count("cannot announce") == 1
    assert "Send Messages" in text
    assert text.count("ready") >= 1


def test_only_channels_for_text_are_listed(client: Client, guild: Guild, admin: Member) -> None:
    make_channel(guild, "voices", kind=ChannelKind.VOICE)
    make_channel(guild, "gone", deleted_at=timezone.now())

    text = client.get(page(guild)).content.decode()

    assert "voices" not in text
    assert "gone" not in text


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90),
        ("2h", 120),
        ("1d 2h 30m", 1590),
        ("1h30min", 90),
        ("2 hours", 120),
        ("90 minutes", 90),
        ("1h30", 90),
        ("1.5h", 90),
        ("1 day, 2 hours", 1560),
        ("2 weeks", 20160),
        ("1h 30", 90),
        ("", None),
        ("90 30", None),
        ("h", None),
        ("-5", None),
        ("999999", None),
        ("99999d", None),
    ],
)
def test_lengths_are_read_strictly(text: str, minutes: int | None) -> None:
    field = MinutesField()

    if minutes is None and text:
        with pytest.raises(ValidationError):
            field.clean(text)
    else:
        assert field.clean(text) == minutes
        assert field.clean(field.prepare_value(minutes)) == minutes


BAD = (
    "x" * 10_000,
    "\0",
    "<script>alert(1)</script>",
    "-1",
    "1e9",
    "9" * 30,
    "१२",
    "2020-01-01",
    "NaN",
    "' or 1=1 --",
    "{{ 7|add:7 }}",
)
TEXTS = {"default_rules", "game_category"}


@pytest.mark.parametrize("value", BAD)
def test_every_field_refuses_nonsense_in_a_sentence(
    client: Client, guild: Guild, admin: Member, value: str
) -> None:
    channel = make_channel(guild)
    client.raise_request_exception = True
    for name in ("max_players", "reminder_minutes", "duration_minutes", *TEXTS):
        for path, base in ((page(guild), {"part": "defaults"}), (channel_page(channel), {})):
            response = client.post(path, {**base, name: value})
            is_fine = name in TEXTS and "\0" not in value and len(value) < 1000
            is_fine = is_fine or (name == "game_category" and path == page(guild))
            is_fine = is_fine or (name not in TEXTS and value == "१२")  # 12, in Hindi
            assert response.status_code == (302 if is_fine else 422), (name, value)
            if not is_fine:
                assert b"field-error" in response.content
                assert b"<script>alert" not in response.content
    for name in set(SERVER_FORM) - {"part"}:
        response = client.post(page(guild), {**SERVER_FORM, name: value})
        if name.endswith("_minutes") and value == "१२":
            assert response.status_code == 302
            continue
        assert response.status_code == 422, (name, value)
        assert b"field-error" in response.content
    for place in (value, "server"):
        data = {"place": place, "name": value}
        response = client.post(reverse("guild-settings-unset", args=[guild.id]), data)
        assert response.status_code == 302
    data = {"place": value, "name": "max_players"}
    response = client.post(reverse("guild-settings-unset", args=[guild.id]), data)
    assert response.status_code in {302, 404}
    assert client.get(page(guild), {"edit": value}).status_code == 200


def test_empty_and_missing_fields_are_refused_in_words(
    client: Client, guild: Guild, admin: Member
) -> None:
    assert client.post(page(guild), {}).status_code == 422
    response = client.post(page(guild), {**SERVER_FORM, "archive": "move"})
    assert "Choose the channel for finished games too." in response.content.decode()
    foreign = make_channel(make_guild())
    data = {**SERVER_FORM, "archive": "move", "archive_channel_id": foreign.id}
    assert client.post(page(guild), data).status_code == 422


def test_what_was_typed_is_kept_when_refused(client: Client, guild: Guild, admin: Member) -> None:
    form = {"part": "defaults", "max_players": "500", "default_rules": "Keep <b>this</b>"}

    text = client.post(page(guild), form).content.decode()

    assert 'value="500"' in text
    assert escape("Keep <b>this</b>") in text
    assert 'aria-invalid="true"' in text


def test_settings_need_the_csrf_token(guild: Guild) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Member.objects.get(guild=guild).user)

    assert client.post(page(guild), SERVER_FORM).status_code == 403
    assert client.delete(page(guild)).status_code in {403, 405}


def test_guild_the_bot_left_is_not_changed(client: Client, guild: Guild, admin: Member) -> None:
    Guild.objects.filter(id=guild.id).update(left_at=timezone.now())

    assert client.get(page(guild)).status_code == 200
    response = client.post(page(guild), SERVER_FORM)
    assert response.status_code == 422
    assert "not on this server any more" in response.content.decode()


def test_queries_do_not_grow_with_channels_and_roles(
    client: Client, guild: Guild, admin: Member
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page(guild)).status_code == 200
        return len(captured)

    make_channel(guild)
    Role.objects.create(id=snowflake(), guild=guild, name="one")
    one = count()
    for number in range(29):
        make_channel(guild, f"c{number}")
        Role.objects.create(id=snowflake(), guild=guild, name=f"r{number}")
    assert count() == one
    assert one <= 10


def test_page_obeys_the_policy(client: Client, guild: Guild, admin: Member) -> None:
    response = client.get(page(guild))

    assert b"style=" not in response.content
    assert b"onclick" not in response.content
    assert "no-store" in response["Cache-Control"]
