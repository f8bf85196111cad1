"""A game is put right from its preview, whatever was refused, and no time is guessed."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from games.models import Draft, Game
from games.services.template import save_template
from guilds.models import Channel, Guild, User
from tests.discordbot.stage import Actor, Heard, Stage, set_stage
from tests.factories import make_channel, make_game

pytestmark = pytest.mark.django_db(transaction=True)
# In the summer of both: New York is at UTC-4, Berlin at UTC+2.
JULY = datetime(2027, 7, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def stage() -> Stage:
    return set_stage()


@pytest.fixture
def host(stage: Stage) -> Actor:
    return stage.actors["the_host"]


@pytest.fixture
def berlin() -> None:
    User.objects.update(timezone="Europe/Berlin")


def links(heard: Heard) -> list[str]:
    rows = heard.message.get("components", ())
    return [part["url"] for row in rows for part in row["components"] if "url" in part]


def create(host: Actor, **options: object) -> Heard:
    return host.command("create-game", **{"title": "Raid", "when": "in 3 hours"} | options)


# --- Editing is no trap --------------------------------------------------------------------------


@pytest.mark.usefixtures("stage", "berlin")
@pytest.mark.parametrize(
    ("option", "wrong", "right"),
    [
        ("remind", "soonish", "1h"),
        ("repeat", "whenever", "weekly"),
        ("template", "no such", ""),
        ("location", "x" * 300, "Voice"),
    ],
)
def test_what_was_refused_is_mended_on_the_second_page(
    host: Actor, option: str, wrong: str, right: str
) -> None:
    typed = {"description": "Bring dice", "min_players": 2, option: wrong}

    refused = create(host, **typed)
    page = host.press(refused.button("more"))
    mended = host.resubmit(page, **{option: right})
    host.press(mended.button("post"))

    assert page.field(option) == wrong
    assert page.field("min_players") == "2"
    game = Game.objects.get(title="Raid")
    assert (game.description, game.min_players) == ("Bring dice", 2)


@pytest.mark.usefixtures("berlin")
def test_switched_off_channel_is_exchanged_in_the_preview(stage: Stage, host: Actor) -> None:
    Channel.objects.filter(id=stage.channel.id).update(is_active=False)
    other = make_channel(stage.guild, "other")

    refused = create(host, remind="1h")
    mended = host.press(refused.button("channel"), other.id)
    host.press(mended.button("post"))

    assert "switched off" in refused.text
    game = Game.objects.get(title="Raid")
    assert (game.channel_id, game.reminder_minutes) == (other.id, [60])


@pytest.mark.usefixtures("berlin")
def test_template_picked_by_id_shows_its_name_on_the_second_page(stage: Stage, host: Actor) -> None:
    owner = stage.member("owner")
    template = save_template(member=owner, values={"name": "Dungeon", "duration_minutes": 90})

    preview = create(host, template=str(template.id))
    page = host.press(preview.button("more"))

    assert page.field("template") == "Dungeon"
    assert "1 h 30 min" in preview.text


@pytest.mark.usefixtures("berlin")
def test_draft_opens_whole_on_the_web_and_makes_one_game(
    client: Client, stage: Stage, host: Actor
) -> None:
    refused = create(
        host, description="Bring dice", remind="soonish", repeat="whenever", min_players=2
    )
    (address,) = links(refused)
    path = address.partition("://")[2].partition("/")[2]
    client.force_login(host.user)

    page = client.get(f"/{path}").content.decode()
    form = client.get(f"/{path}").context["form"]

    for text in ("Raid", "in 3 hours", "Bring dice", "soonish", "whenever"):
        assert text in page
    data = {
        "form_id": str(form["form_id"].value()),
        "title": "Raid",
        "when": "in 3 hours",
        "channel": form["channel"].value(),
        "remind": "1h",
        "zone": "Europe/Berlin",
    }
    made = client.post(f"/{path}", data)
    draft_id = Draft.objects.get().id
    again = client.get(f"/{path}")
    host.press(f"draft:{draft_id}:post")
    assert (made.status_code, again.status_code) == (302, 302)
    assert Game.objects.filter(title="Raid").count() == 1


@pytest.mark.usefixtures("stage", "berlin")
def test_a_draft_posted_elsewhere_is_not_said_to_be_discarded(host: Actor) -> None:
    preview = create(host)
    host.press(preview.button("post"))
    told = host.press(preview.button("discard"))
    assert "posted already" in told.text and "Discarded" not in told.text
    assert Game.objects.filter(title="Raid").exists()


@pytest.mark.usefixtures("berlin")
def test_another_persons_draft_does_not_open_on_the_web(
    client: Client, stage: Stage, host: Actor
) -> None:
    create(host)
    client.force_login(stage.actors["owner"].user)

    response = client.get(f"/g/{stage.guild.id}/games/new/?draft={Draft.objects.get().id}")

    assert response.status_code == 404


@pytest.mark.usefixtures("berlin")
def test_refused_edit_opens_whole_on_the_web(client: Client, stage: Stage, host: Actor) -> None:
    """The fewest players, which refuse the new most, are no field of the form on Discord."""
    game = make_game(stage.member("the_host"), stage.channel, min_players=4, max_players=6)

    form = host.command("edit-game", game=str(game.id))
    refused = host.resubmit(form, max_players="3", title="Renamed")
    (address,) = links(refused)
    client.force_login(host.user)
    page = client.get("/" + address.partition("://")[2].partition("/")[2])

    assert page.context["form"]["title"].value() == "Renamed"
    assert str(page.context["form"]["max_players"].value()) == "3"
    assert page.context["form"]["min_players"].value() == "4"


# --- No time is guessed --------------------------------------------------------------------------


def zones(heard: Heard) -> list[str]:
    parts = [part for row in heard.message["components"] for part in row["components"]]
    return [one["value"] for part in parts for one in part.get("options", ())]


def test_without_a_zone_the_host_is_asked_and_the_answer_kept(stage: Stage, host: Actor) -> None:
    host.locale = "de"
    with time_machine.travel(JULY, tick=True):
        asked = create(host, when="tomorrow 20:00", description="Bring dice")
        host.press(f"draft:{Draft.objects.get().id}:post")
        assert not Game.objects.exists()
        preview = host.press(asked.button("zone"), "Europe/Berlin")
        host.press(preview.button("post"))

    assert zones(asked)[:3] == ["Europe/Berlin", "Europe/Vienna", "Europe/Zurich"]
    assert ":post" not in asked.text
    game = Game.objects.get(title="Raid")
    assert (game.starts_at, game.timezone) == (
        datetime(2027, 7, 6, 18, 0, tzinfo=UTC),
        "Europe/Berlin",
    )
    assert game.description == "Bring dice"
    host.user.refresh_from_db()
    assert host.user.timezone == "Europe/Berlin"


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("when", ["in 3 hours", "tomorrow 20:00 CET", "tomorrow 8pm GMT+1"])
def test_a_time_that_says_its_zone_is_not_asked_about_it(host: Actor, when: str) -> None:
    assert ":post" in create(host, when=when).text


@pytest.mark.usefixtures("stage")
def test_a_series_is_asked_about_its_zone_whatever_its_first_date_says(host: Actor) -> None:
    assert "whose clock" in create(host, when="in 3 hours", repeat="weekly").text


@pytest.mark.usefixtures("stage")
def test_several_readings_are_not_offered_on_a_guessed_clock(host: Actor) -> None:
    asked = create(host, when="tomorrow at 7")

    assert zones(asked)
    assert ":at:" not in asked.text


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Dubai", "Asia/Dubai"),
        ("London", "Europe/London"),
        ("Eastern", "America/New_York"),
        ("CET", "Europe/Berlin"),
        ("PST", "America/Los_Angeles"),
    ],
)
def test_zone_is_found_by_its_common_names(
    stage: Stage, host: Actor, typed: str, zone: str
) -> None:
    asked = create(host, when="tomorrow 20:00")
    form = host.press(asked.button("search"))

    found = host.submit(form.modal["custom_id"], on_message=True, zone=typed)

    assert ":post" in found.text
    assert User.objects.get(id=host.user.id).timezone == zone


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("typed", ["GMT+1", "UTC+1", "gmt +1"])
def test_offset_offers_the_zones_that_have_it(host: Actor, typed: str) -> None:
    with time_machine.travel(datetime(2027, 1, 5, 12, 0, tzinfo=UTC), tick=True):
        asked = create(host, when="tomorrow 20:00")
        found = host.submit(asked.button("search"), on_message=True, zone=typed)

    assert zones(found)[0] == "Europe/Berlin"
    assert not any(zone.startswith("Etc/") for zone in zones(found))


def test_admin_may_set_the_chosen_zone_for_the_server(stage: Stage) -> None:
    owner = stage.actors["owner"]
    asked = create(owner, when="tomorrow 20:00")

    preview = owner.press(asked.button("zone"), "Europe/Berlin")
    after = owner.press(preview.button("server"))

    assert Guild.objects.get(id=stage.guild.id).timezone == "Europe/Berlin"
    assert ":server" not in after.text
    assert ":post" in after.text


@pytest.mark.usefixtures("stage")
def test_others_are_not_offered_to_set_the_zone_of_the_server(host: Actor) -> None:
    asked = create(host, when="tomorrow 20:00")

    assert ":server" not in host.press(asked.button("zone"), "Europe/Berlin").text


def test_time_of_an_edit_is_read_on_the_games_clock_where_no_other_is_known(
    stage: Stage, host: Actor
) -> None:
    start = datetime(2027, 7, 9, 18, 0, tzinfo=UTC)  # Friday, 20:00 in Berlin
    with time_machine.travel(JULY, tick=True):
        game = make_game(
            stage.member("the_host"), stage.channel, starts_at=start, timezone="Europe/Berlin"
        )
        form = host.command("edit-game", game=str(game.id))
        host.resubmit(form, when="9pm")

    assert form.field("when") == "2027-07-09 20:00 Europe/Berlin"
    game.refresh_from_db()
    assert game.starts_at == datetime(2027, 7, 9, 19, 0, tzinfo=UTC)


def test_reading_that_is_chosen_keeps_the_games_clock(stage: Stage, host: Actor) -> None:
    start = datetime(2027, 7, 9, 18, 0, tzinfo=UTC)  # Friday, 20:00 in Berlin
    with time_machine.travel(JULY, tick=True):
        game = make_game(
            stage.member("the_host"), stage.channel, starts_at=start, timezone="Europe/Berlin"
        )
        asked = host.resubmit(host.command("edit-game", game=str(game.id)), when="tomorrow at 7")
        edited = host.press(asked.message["components"][0]["components"][1]["custom_id"])
        cloned = host.command("clone-game", game=str(game.id), when="tomorrow at 7")
        preview = host.press(cloned.message["components"][0]["components"][1]["custom_id"])
        host.press(preview.button("post"))

    assert "Changed" in edited.text
    game.refresh_from_db()
    clone = Game.objects.exclude(id=game.id).get()
    for one in (game, clone):
        assert (one.starts_at, one.timezone) == (
            datetime(2027, 7, 6, 17, 0, tzinfo=UTC),
            "Europe/Berlin",
        )


@pytest.mark.usefixtures("stage")
def test_forged_zone_is_refused(host: Actor) -> None:
    asked = create(host, when="tomorrow 20:00")

    assert "do not know that time zone" in host.press(asked.button("zone"), "Mars/Base").text
    assert User.objects.get(id=host.user.id).timezone == ""
