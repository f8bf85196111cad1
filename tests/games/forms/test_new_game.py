"""The form of a new game: what it shows, keeps, refuses, and makes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from games.models import Game, Template
from games.services.template import save_template
from guilds.enums import Permission
from guilds.models import Channel, Guild, Member, User
from tests.factories import make_channel, make_game, make_guild, make_member
from tests.games.forms.form_data import SEES, make_place, make_role, new_game_data
from tests.games.forms.test_access import owner_of

pytestmark = pytest.mark.django_db
MOST_QUERIES = 10


@pytest.fixture
def place(client: Client) -> tuple[Guild, Channel, Member]:
    """A channel whose member is logged in."""
    place = make_place()
    client.force_login(place[2].user)
    return place


@pytest.fixture
def channel(place: tuple[Guild, Channel, Member]) -> Channel:
    return place[1]


@pytest.fixture
def guild(place: tuple[Guild, Channel, Member]) -> Guild:
    return place[0]


@pytest.fixture
def address(guild: Guild) -> str:
    return reverse("game-new", args=[guild.id])


def template_of(guild: Guild, **values: Any) -> Template:
    return save_template(member=owner_of(guild), values={"name": "One-shot", **values})


def refused(client: Client, address: str, data: dict[str, Any]) -> str:
    response = client.post(address, data)
    assert response.status_code == 422
    assert not Game.objects.exists()
    return response.content.decode()


def test_everything_typed_becomes_the_game(
    client: Client, guild: Guild, channel: Channel, address: str
) -> None:
    role = make_role(guild)
    data = new_game_data(
        channel,
        title="The Citadel",
        when="2030-05-03 20:00 Europe/Berlin",
        duration="2h 30m",
        max_players="6",
        min_players="3",
        description="Bring\r\ntorches.",
        location="Table 4",
        rules="Be kind.",
        category="D&D",
        remind="1d, 1h",
        signup_method="role_priority",
        signup_closes_at="2030-05-03 18:00 Europe/Berlin",
        post_at="2030-05-01 18:00 Europe/Berlin",
        player_role_ids=[str(role.id)],
        priority_role_ids=[str(role.id), ""],
        slots_id=["", ""],
        slots_name=["Tank", "Healer"],
        slots_emoji=["🛡️", ""],
        slots_capacity=["1", "2"],
        has_color="on",
        color="#336699",
    )

    with time_machine.travel(datetime(2030, 4, 1, tzinfo=UTC), tick=False):
        Member.objects.update(refreshed_at=timezone.now())
        client.force_login(Member.objects.exclude(user__discord_id=guild.owner_id).get().user)
        response = client.post(address, data)

    game = Game.objects.get()
    assert response["Location"] == reverse("game", args=[guild.id, game.id])
    assert game.starts_at == datetime(2030, 5, 3, 18, tzinfo=UTC)
    assert (game.timezone, game.duration_minutes) == ("Europe/Berlin", 150)
    assert (game.min_players, game.max_players) == (3, 6)
    assert (game.description, game.location) == ("Bring\ntorches.", "Table 4")
    assert (game.rules, game.category, game.color) == ("Be kind.", "D&D", 0x336699)
    assert game.reminder_minutes == [1440, 60]
    assert game.signup_closes_at == datetime(2030, 5, 3, 16, tzinfo=UTC)
    assert game.post_at == datetime(2030, 5, 1, 16, tzinfo=UTC)
    assert (game.player_role_ids, game.priority_role_ids) == ([role.id], [role.id])
    assert [(s.name, s.capacity) for s in game.slots.all()] == [("Tank", 1), ("Healer", 2)]


def test_empty_fields_inherit_and_say_from_where(
    client: Client, guild: Guild, channel: Channel, address: str
) -> None:
    Channel.objects.filter(id=channel.id).update(duration_minutes=240)
    Guild.objects.filter(id=guild.id).update(default_rules="Be kind.")
    template_of(guild, max_players=7, is_default=True)

    shown = client.get(address).content.decode()
    client.post(address, new_game_data(channel, template=""))

    for text in ('placeholder="7"', 'placeholder="4h"', 'placeholder="Be kind."'):
        assert text in shown
    for source in ("From the template “One-shot”", "From #games", "From this server", "Gamesched"):
        assert source in shown
    game = Game.objects.get()
    assert (game.max_players, game.duration_minutes, game.rules) == (7, 240, "Be kind.")


def test_the_same_form_twice_makes_one_game(
    client: Client, guild: Guild, channel: Channel, address: str
) -> None:
    data = new_game_data(channel)

    first, second = client.post(address, data), client.post(address, data)

    assert first["Location"] == second["Location"]
    assert Game.objects.count() == 1


def test_one_form_sent_by_two_people_makes_two_games(
    client: Client, guild: Guild, channel: Channel, address: str
) -> None:
    data = new_game_data(channel)
    client.post(address, data)
    client.force_login(make_member(guild, permissions=int(SEES)).user)

    client.post(address, data)

    assert Game.objects.count() == 2


def test_every_error_stands_beside_its_field_and_nothing_is_lost(
    client: Client, channel: Channel, address: str
) -> None:
    text = refused(
        client,
        address,
        new_game_data(
            channel,
            title="",
            when="yesterday",
            duration="soon",
            max_players="many",
            description="Keep me",
            slots_id=[""],
            slots_name=["Tank"],
            slots_emoji=[""],
            slots_capacity=["0"],
        ),
    )

    for field in ("title", "when", "duration", "max_players", "slots"):
        assert f'id="id_{field}_error"' in text, field
    for kept in ("Keep me", 'value="yesterday"', 'value="soon"', 'value="many"', 'value="Tank"'):
        assert kept in text


def test_readings_are_offered_as_buttons_that_need_no_script(
    client: Client, channel: Channel, address: str
) -> None:
    data = new_game_data(channel, when="friday 8", description="Keep me")
    text = refused(client, address, data)
    assert 'name="pick_when"' in text

    picked = client.post(address, {**data, "pick_when": "2030-01-01 20:00 UTC"})

    assert picked.status_code == 200
    assert 'value="2030-01-01 20:00 UTC"' in picked.content.decode()
    assert "Keep me" in picked.content.decode()
    assert not Game.objects.exists()


def test_time_is_read_on_the_browsers_clock_unless_one_is_set(
    client: Client, place: tuple[Guild, Channel, Member], address: str
) -> None:
    _guild, channel, member = place
    data = new_game_data(channel, when="2030-05-03 20:00", zone="Asia/Tokyo")
    with time_machine.travel(datetime(2030, 4, 1, tzinfo=UTC), tick=False):
        Member.objects.update(refreshed_at=timezone.now())
        client.force_login(member.user)
        client.post(address, data)
        member.user.timezone = "America/New_York"
        member.user.save()
        client.post(address, new_game_data(channel, when="2030-05-03 20:00", zone="Asia/Tokyo"))

    zones = list(Game.objects.order_by("id").values_list("timezone", flat=True))
    assert zones == ["Asia/Tokyo", "America/New_York"]


def test_calendar_fills_in_for_the_text(client: Client, channel: Channel, address: str) -> None:
    day = (timezone.now() + timedelta(days=3)).date()
    client.post(address, new_game_data(channel, when="", when_local=f"{day}T20:00", zone="UTC"))

    game = Game.objects.get()
    assert (game.starts_at.date(), game.starts_at.hour) == (day, 20)


def test_another_template_keeps_what_was_typed(
    client: Client, guild: Guild, channel: Channel, address: str
) -> None:
    role = make_role(guild)
    slots = [{"name": "Tank", "emoji": "", "capacity": 1}]
    template = template_of(guild, slots=slots, notify_role_ids=[role.id], max_players=3)
    data = new_game_data(channel, title="Mine", template=str(template.id), do="refresh")

    text = client.post(
        address, {**data, "shown_template": ""}, headers={"HX-Request": "true"}
    ).content.decode()

    assert text.lstrip().startswith("<form")
    assert 'value="Mine"' in text
    assert 'name="slots_name" value="Tank"' in text
    assert f'value="{role.id}" checked' in text
    assert 'placeholder="3"' in text

    own = {**data, "slots_name": "Mine", "slots_capacity": "2", "slots_id": "", "slots_emoji": ""}
    kept = client.post(address, {**own, "shown_template": str(template.id)}).content.decode()
    assert 'name="slots_name" value="Mine"' in kept
    assert 'value="Tank"' not in kept


def test_slots_come_and_go_without_losing_anything(
    client: Client, channel: Channel, address: str
) -> None:
    rows = {
        "slots_id": ["", ""],
        "slots_name": ["Tank", "Healer"],
        "slots_emoji": ["", ""],
        "slots_capacity": ["1", "x"],
    }
    data = new_game_data(channel, title="Keep me", **rows)

    more = client.post(address, {**data, "do": "add-slot"}).content.decode()
    less = client.post(address, {**data, "remove_slot": "0"}).content.decode()

    assert more.count('name="slots_name"') == 3
    assert less.count('name="slots_name"') == 1
    assert 'value="Healer"' in less
    assert 'value="Tank"' not in less
    assert 'value="Keep me"' in more
    assert 'value="Keep me"' in less


def test_locked_fields_are_shown_and_not_read(
    client: Client, guild: Guild, channel: Channel, address: str
) -> None:
    template_of(guild, max_players=4, is_default=True, locked_fields=["max_players"])

    assert "locked by the template" in client.get(address).content.decode()
    client.post(address, new_game_data(channel, max_players="50"))

    assert Game.objects.get().max_players == 4


def test_channel_where_the_bot_may_not_post_says_what_is_missing(
    client: Client, guild: Guild, channel: Channel, address: str, settings: Any
) -> None:
    bot = make_member(guild, permissions=int(Permission.VIEW_CHANNEL))
    settings.DISCORD_CLIENT_ID = str(bot.user.discord_id)

    shown = client.get(address).content.decode()
    text = refused(client, address, new_game_data(channel))

    assert "I lack: Send Messages, Embed Links" in shown
    assert "I lack Send Messages, Embed Links there." in text


def test_only_channels_the_member_sees_are_offered(
    client: Client, guild: Guild, channel: Channel, address: str
) -> None:
    hidden = make_channel(
        guild,
        "secret",
        overwrites=[{"id": str(guild.id), "type": 0, "allow": "0", "deny": str(int(SEES))}],
    )

    assert "secret" not in client.get(address).content.decode()
    assert "not one of this server" in refused(client, address, new_game_data(hidden))


def test_mentioning_a_role_is_a_right(
    client: Client, place: tuple[Guild, Channel, Member], address: str
) -> None:
    guild, channel, member = place
    role = make_role(guild)
    data = new_game_data(channel, notify_role_ids=[str(role.id)])
    assert "may not have that role mentioned" in refused(client, address, data)

    Member.objects.filter(id=member.id).update(permissions=int(SEES | Permission.MENTION_EVERYONE))

    assert client.post(address, data).status_code == 302


def test_clone_is_filled_with_everything_but_the_time(
    client: Client, place: tuple[Guild, Channel, Member]
) -> None:
    _guild, channel, member = place
    source = make_game(
        member,
        channel,
        title="Again",
        max_players=9,
        slots=({"name": "Tank", "emoji": "", "capacity": 1},),
    )
    address = reverse("game-clone", args=[source.guild_id, source.id])

    text = client.get(address).content.decode()
    client.post(address, new_game_data(channel, title="Again", max_players="9"))

    assert 'value="Again"' in text
    assert 'value="9"' in text
    assert 'name="slots_name" value="Tank"' in text
    assert 'name="when" id="id_when" value=""' in text
    assert Game.objects.count() == 2


HOSTILE: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "long": lambda: "x" * 10_000,
    "number": lambda: "-99999999999999999999",
    "script": lambda: "<script>alert(1)</script>",
    "null": lambda: "a\0b",
    "past": lambda: "2001-01-01 20:00",
    "foreign": lambda: str(make_channel(make_guild()).id),
    "marks": lambda: "\u202e\u2066\ud7ff%s {} {{ 7|add:7 }}",
}
FIELDS = (
    "form_id", "template", "shown_template", "zone", "channel", "title", "when", "when_local",
    "duration", "description", "max_players", "min_players", "signup_method", "signup_closes_at",
    "slots_id", "slots_name", "slots_emoji", "slots_capacity", "player_role_ids",
    "priority_role_ids", "notify_role_ids", "post_at", "remind", "location", "category", "rules",
    "has_color", "color", "image", "image_remove", "remove_slot", "do", "pick_when",
)  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_whatever_is_sent_gets_a_sentence(
    client: Client, guild: Guild, channel: Channel, address: str, field: str
) -> None:
    rows = {"slots_id": "", "slots_name": "Tank", "slots_emoji": "", "slots_capacity": "1"}
    for name, make in HOSTILE.items():
        data = {**new_game_data(channel), **rows, field: make()}
        for url in (address, reverse("game-preview", args=[guild.id])):
            response = client.post(url, data, headers={"HX-Request": "true"})
            text = response.content.decode()
            assert response.status_code in {200, 302, 422}, name
            assert "<script>alert" not in text
            if response.status_code == 422:
                assert 'role="alert"' in text, name
                assert "<li>" in text or "<p>" in text, name


def test_missing_fields_get_a_sentence(client: Client, address: str) -> None:
    text = refused(client, address, {})

    assert "That form was incomplete" in text
    assert "Choose the channel." in text


def test_stale_roles_refuse_and_keep_everything(
    client: Client, place: tuple[Guild, Channel, Member], address: str
) -> None:
    Guild.objects.filter(id=place[0].id).update(left_at=timezone.now())

    text = refused(client, address, new_game_data(place[1], title="Keep me"))

    assert "not on this server any more" in text
    assert 'value="Keep me"' in text


def test_when_is_read_aloud_on_both_clocks(client: Client, guild: Guild) -> None:
    Guild.objects.filter(id=guild.id).update(timezone="Europe/Berlin")
    address = reverse("when-preview", args=[guild.id])
    year = timezone.now().year + 1

    text = client.get(address, {"when": f"{year}-06-01 20:00", "zone": "Asia/Tokyo"})
    unclear = client.get(address, {"post_at": "friday 8", "zone": "nonsense"})
    odd = [client.get(address, {"when": make()}).status_code for make in HOSTILE.values()]

    assert f"1 June {year}, 20:00" in text.content.decode()
    assert f"1 June {year}, 13:00 on this server’s clock" in text.content.decode()
    assert 'name="pick_post_at"' in unclear.content.decode()
    assert set(odd) == {200}


@pytest.mark.parametrize(("locale", "is_read"), [("it", True), ("en-GB", False)])
def test_when_is_read_in_the_persons_language_though_we_do_not_speak_it(
    client: Client, guild: Guild, locale: str, is_read: bool
) -> None:
    User.objects.update(locale=locale)

    text = client.get(reverse("when-preview", args=[guild.id]), {"when": "dom alle 20"}).text

    assert ("Sunday" in text) is is_read


def test_queries_do_not_grow_with_what_is_offered(
    client: Client, guild: Guild, address: str
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    one = count()
    for number in range(30):
        make_channel(guild, f"c{number}")
        make_role(guild, f"r{number}")
        Template.objects.create(guild=guild, name=f"t{number}")

    assert count() == one
    assert one <= MOST_QUERIES
