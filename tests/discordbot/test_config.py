"""`/config-guild`, `/config-channel` and `/settings`, without network."""

from datetime import time

import pytest

from guilds.enums import Archive, BelowMinimum, Permission
from guilds.models import Guild
from notifications.messages.custom_ids import RolesSelect
from tests.discordbot.stage import Actor, Stage, set_stage
from tests.factories import make_channel, make_member, snowflake

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> Stage:
    return set_stage()


@pytest.fixture
def admin(stage: Stage) -> Actor:
    return stage.actors["manage_guild"]


def lines(text: str) -> str:
    return text.replace("\\n", "\n")


def test_values_are_shown_with_where_they_come_from(stage: Stage, admin: Actor) -> None:
    shown = lines(admin.command("config-guild").text)
    saved = lines(
        admin.command(
            "config-guild",
            max_players=8,
            reminder_minutes="1d, 30m",
            timezone="Europe/Berlin",
            duration="3h",
            default_rules="No *phones*",
            language="de",
            remind_by_dm=True,
        ).text
    )
    channel = lines(admin.command("config-channel", reminder_minutes="off").text)

    assert "**Maximum players**: 5 · *from default*" in shown
    assert "Saved" in saved
    assert "**Maximum players**: 8 · *set here*" in saved
    assert "**Reminders**: 1 day, 30 min before · *set here*" in saved
    assert "**Language**: Deutsch · *set here*" in saved
    assert "**Maximum players**: 8 · *from the server*" in channel
    assert "**Reminders**: none · *set here*" in channel


def test_every_setting_can_be_unset(stage: Stage, admin: Actor) -> None:
    archive = str(make_channel(stage.guild, "archive").id)
    admin.command(
        "config-guild",
        max_players=8,
        reminder_minutes="1d",
        timezone="Europe/Berlin",
        duration="3h",
        default_rules="Be nice",
        language="de",
        remind_by_dm=True,
        archive="move",
        archive_channel=archive,
        archive_after="2h",
        below_minimum="cancel",
        decide_minutes="1h 30m",
        mention_unreachable=False,
    )
    assert Guild.objects.get(id=stage.guild.id).archive == Archive.MOVE
    options = ["archive", *(o for o in _unset_choices("config-guild") if o != "archive")]

    for option in options:
        assert "Saved" in admin.command("config-guild", unset=option).text

    guild = Guild.objects.get(id=stage.guild.id)
    assert (guild.max_players, guild.reminder_minutes, guild.duration_minutes) == (None,) * 3
    assert (guild.timezone, guild.locale, guild.default_rules) == ("", "", "")
    assert (guild.remind_by_dm, guild.archive, guild.archive_channel_id) == (False, "keep", None)
    assert guild.archive_after_minutes == 24 * 60
    assert (guild.below_minimum, guild.decide_minutes) == (BelowMinimum.RUN, 60)
    assert guild.mention_unreachable


def test_what_becomes_of_too_few_players_is_set(stage: Stage, admin: Actor) -> None:
    shown = lines(admin.command("config-guild").text)
    saved = lines(
        admin.command("config-guild", below_minimum="cancel", decide_minutes="2 hours").text
    )
    unmentioned = lines(admin.command("config-guild", mention_unreachable=False).text)

    assert "**If there are too few players, the game**: Takes place · *from default*" in shown
    assert "**Ask the host this long before the start**: 1 h · *from default*" in shown
    assert "**Mention people whose direct messages are closed**: yes · *from default*" in shown
    assert "**If there are too few players, the game**: Is cancelled · *set here*" in saved
    assert "**Ask the host this long before the start**: 2 h · *set here*" in saved
    assert "**Mention people whose direct messages are closed**: no · *set here*" in unmentioned
    guild = Guild.objects.get(id=stage.guild.id)
    assert (guild.below_minimum, guild.decide_minutes) == (BelowMinimum.CANCEL, 120)
    assert not guild.mention_unreachable


@pytest.mark.parametrize(("locale", "is_read"), [("it", True), ("en-GB", False)])
def test_times_are_read_in_a_language_we_do_not_speak(
    admin: Actor, locale: str, is_read: bool
) -> None:
    admin.locale = locale
    text = admin.command("create-game", title="Briscola", when="dom alle 20").text
    assert ("I do not understand that time" in text) is not is_read


def test_every_setting_of_a_channel_can_be_unset(stage: Stage, admin: Actor) -> None:
    admin.command(
        "config-channel",
        max_players=8,
        reminder_minutes="1d",
        duration="3h",
        default_rules="Be nice",
        game_category="Chess",
        is_active=False,
    )
    for option in _unset_choices("config-channel"):
        assert "Saved" in admin.command("config-channel", unset=option).text

    channel = stage.guild.channels.get(id=stage.channel.id)
    assert (channel.max_players, channel.reminder_minutes, channel.duration_minutes) == (None,) * 3
    assert (channel.default_rules, channel.game_category, channel.is_active) == ("", "", True)


def _unset_choices(command: str) -> list[str]:
    from discordbot.routes import COMMANDS  # noqa: PLC0415

    option = next(o for o in COMMANDS[command].options if o.name == "unset")
    return [choice["value"] for choice in option.payload["choices"]]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"max_players": 0}, "1 to 100"),
        ({"max_players": 101}, "1 to 100"),
        ({"reminder_minutes": "soon"}, "1d, 2h, 15m"),
        ({"timezone": "Atlantis"}, "Try Europe/Berlin"),
        ({"timezone": "../etc/passwd"}, "Try Europe/Berlin"),
        ({"duration": "8 days"}, "7 days"),
        ({"default_rules": "x" * 1001}, "1000"),
        ({"below_minimum": "explode"}, "too few players"),
        ({"decide_minutes": "soon"}, "1h 30m"),
        ({"decide_minutes": "8 days"}, "between 1 minute and 7 days"),
        ({"decide_minutes": ""}, "1h 30m"),
        ({"archive_after": "8 days"}, "between 1 minute and 7 days"),
        ({"archive_after": "0"}, "between 1 minute and 7 days"),
        ({"archive": "move"}, "channel for finished games"),
        ({"archive_channel": "1"}, "not one of this server"),
        ({"unset": "name"}, "no such setting"),
    ],
)
def test_refused_settings_change_nothing(
    stage: Stage, admin: Actor, options: dict[str, str | int], sentence: str
) -> None:
    before = Guild.objects.values().get(id=stage.guild.id)

    assert sentence in admin.command("config-guild", **options).text
    assert Guild.objects.values().get(id=stage.guild.id) == before


def test_roles_are_chosen_and_taken_back(stage: Stage, admin: Actor) -> None:
    managers, hosts = (RolesSelect(kind).custom_id for kind in ("managers", "hosts"))
    player = stage.roles["player"].id

    admin.press(managers, player)
    admin.press(hosts, stage.guild.id)
    guild = Guild.objects.get(id=stage.guild.id)
    assert guild.manager_role_ids == [player]
    assert guild.host_role_ids == []  # everyone

    assert "Not everyone" in admin.press(managers, stage.guild.id).text
    for forged in (stage.elsewhere.id, snowflake(), "x", "9" * 30):
        assert "not one of this server" in admin.press(managers, forged).text
    assert Guild.objects.get(id=stage.guild.id).manager_role_ids == [player]
    admin.press(managers)
    assert Guild.objects.get(id=stage.guild.id).manager_role_ids == []


def test_channel_shows_what_the_bot_lacks_there(stage: Stage, admin: Actor, settings) -> None:  # type: ignore[no-untyped-def]
    bot = make_member(stage.guild, permissions=int(Permission.VIEW_CHANNEL))
    settings.DISCORD_CLIENT_ID = str(bot.user.discord_id)
    other = make_channel(stage.guild, "boards")

    heard = admin.command("config-channel", channel=str(other.id))

    assert "Send Messages, Embed Links" in heard.text
    assert "View Channel" not in heard.text


def test_hidden_and_foreign_channels_are_unknown(stage: Stage) -> None:
    everyone = {"id": str(stage.guild.id), "type": 0, "allow": "0", "deny": "1024"}
    hidden = make_channel(stage.guild, "staff", overwrites=[everyone])
    foreign = make_channel(stage.elsewhere)
    actor = stage.actors["channel_manager"]

    for channel in (hidden, foreign):
        heard = actor.command("config-channel", channel=str(channel.id), max_players=3)
        assert "not one of this server" in heard.text


def test_own_settings_on_a_server_and_in_direct_messages(stage: Stage) -> None:
    plain, left = stage.actors["plain"], stage.actors["left"]

    saved = plain.command(
        "settings",
        timezone="America/New_York",
        reminders="1d, 10m",
        direct_messages="always",
        quiet_hours="22:00-7",
    )
    plain.user.refresh_from_db()
    in_dm = left.command("settings", quiet_hours="23-06:30")
    left.user.refresh_from_db()

    assert "America/New" in saved.text
    assert "games announced" not in saved.text
    assert plain.user.timezone == "America/New_York"
    assert plain.user.reminder_minutes == [1440, 10]
    assert (plain.user.quiet_from, plain.user.quiet_until) == (time(22), time(7))
    assert "23:00–06:30" in in_dm.text
    plain.command("settings", timezone="default", reminders="default", quiet_hours="off")
    plain.user.refresh_from_db()
    assert "**Reminders**: the server's setting" in plain.command("settings").text
    assert plain.user.timezone == ""


def test_own_settings_are_taken_as_people_say_them(stage: Stage) -> None:
    plain = stage.actors["plain"]

    saved = plain.command(
        "settings", timezone="dubai", reminders="1 day, 2 hours", quiet_hours="10pm-7am"
    )
    plain.user.refresh_from_db()

    assert plain.user.timezone == "Asia/Dubai"
    assert plain.user.reminder_minutes == [1440, 120]
    assert (plain.user.quiet_from, plain.user.quiet_until) == (time(22), time(7))
    assert "22:00–07:00" in saved.text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"timezone": "CST"}, "America/Chicago or Asia/Shanghai"),
        ({"timezone": "Mars/Base"}, "Try Europe/Berlin"),
        ({"reminders": "1d 2d 3d, 4d, x"}, "1d, 2h, 15m"),
        ({"quiet_hours": "25-26"}, "22:00-07:30"),
        ({"quiet_hours": "7-7"}, "all day"),
        ({"direct_messages": "sometimes"}, "Choose how"),
    ],
)
def test_refused_own_settings(stage: Stage, options: dict[str, str], sentence: str) -> None:
    assert sentence in stage.actors["plain"].command("settings", **options).text
