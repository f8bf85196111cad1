"""`/edit-game`, `/cancel-game` and `/clone-game`, without network."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from games.enums import SignupMethod, Status, Via
from games.models import Draft, Game
from games.services.game_edit import edit_game
from games.services.roster.signup import join_game
from guilds.enums import Permission
from guilds.models import User
from guilds.services.member import recompute_permissions
from notifications.messages.custom_ids import EditForm, RosterButton
from notifications.models import Delivery
from tests.discordbot.stage import Actor, Heard, Stage, set_stage
from tests.factories import make_game, make_member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> Stage:
    return set_stage()


@pytest.fixture
def host(stage: Stage) -> Actor:
    return stage.actors["the_host"]


def game_of(stage: Stage, **fields: object) -> Game:
    return make_game(stage.member("the_host"), stage.channel, **fields)


def open_form(host: Actor, game: Game) -> Heard:
    return host.command("edit-game", game=str(game.id))


def test_form_shows_the_game_as_it_is(stage: Stage, host: Actor) -> None:
    User.objects.update(timezone="Europe/Berlin")
    starts_at = datetime(2027, 11, 26, 19, 0, tzinfo=UTC)
    game = game_of(stage, starts_at=starts_at, duration_minutes=150, description="Bring dice")

    form = open_form(host, game)

    assert form.field("title") == "Dungeon night"
    assert form.field("when") == "2027-11-26 20:00 Europe/Berlin"
    assert form.field("duration") == "2h 30m"
    assert form.field("max_players") == "5"
    assert form.field("description") == "Bring dice"


def test_form_sent_as_it_was_changes_nothing(stage: Stage, host: Actor) -> None:
    game = game_of(stage, starts_at=timezone.now() + timedelta(hours=3, seconds=17))

    heard = host.resubmit(open_form(host, game))

    assert "Nothing changed" in heard.text
    game.refresh_from_db()
    assert game.revision == 2  # of its creation
    assert Draft.objects.count() == 0


def test_edit_says_what_changed_old_and_new(stage: Stage, host: Actor) -> None:
    game = game_of(stage)

    heard = host.resubmit(
        open_form(host, game), title="*Renamed*", max_players="7", when="in 5 hours"
    )

    assert "**Maximum players**: 5 → 7" in heard.text
    assert "Dungeon night → \\\\*Renamed\\\\*" in heard.text
    assert "is told the new time" in heard.text
    assert Game.objects.get(id=game.id).title == "*Renamed*"


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("when", "some day", "Try “friday 8pm”"),
        ("when", "in 5 years", "two years"),
        ("duration", "for ever", "1h 30m"),
        ("max_players", "many", "whole number"),
        ("max_players", "101", "1 to 100"),
        ("title", "\u200b\x00", "empty"),
    ],
)
def test_refused_edit_keeps_what_was_typed(
    stage: Stage, host: Actor, field: str, text: str, sentence: str
) -> None:
    game = game_of(stage)

    refused = host.resubmit(open_form(host, game), **{"description": "Typed", field: text})
    again = host.press(refused.button("again"))

    assert sentence in refused.text
    assert again.field(field) == text.replace("\x00", "")
    assert again.field("description") == "Typed"
    fixed = host.resubmit(again, title="T", when="in 5 hours", duration="3h", max_players="4")
    assert "Changed **T**" in fixed.text
    assert Game.objects.get(id=game.id).description == "Typed"


def test_ambiguous_time_offers_its_readings(stage: Stage, host: Actor) -> None:
    game = game_of(stage)

    asked = host.resubmit(open_form(host, game), when="tomorrow at 7", title="Moved")
    buttons = [part["custom_id"] for part in asked.message["components"][0]["components"]]
    chosen = host.press(buttons[1])

    assert "07:00" in asked.text
    assert "19:00" in asked.text
    assert "Changed **Moved**" in chosen.text
    start = Game.objects.get(id=game.id).starts_at
    assert start.astimezone(ZoneInfo(game.timezone)).hour == 19


def test_lower_limit_is_confirmed_before_it_sends_people_back(stage: Stage, host: Actor) -> None:
    game = game_of(stage, max_players=2)
    for _ in range(2):
        join_game(game_id=game.id, member=make_member(stage.guild), via=Via.WEB)

    asked = host.resubmit(open_form(host, game), max_players="1")
    assert Game.objects.get(id=game.id).max_players == 2
    back = host.press(asked.button("again"))
    done = host.press(asked.button("confirm"))

    assert "sends 1 player back" in asked.text
    assert back.field("max_players") == "1"
    assert "2 → 1" in done.text
    assert Delivery.objects.filter(notice="demoted").count() == 1


def test_stale_edit_keeps_mine_over_what_others_changed(stage: Stage, host: Actor) -> None:
    game = game_of(stage)
    form = open_form(host, game)
    edit_game(
        game_id=game.id,
        member=stage.member("owner"),
        values={"title": "Theirs", "max_players": 9},
        via=Via.WEB,
    )

    asked = host.resubmit(form, description="Mine")
    fresh_ids = asked.button("fresh")
    again = host.press(asked.button("again"))

    assert "changed this game meanwhile" in asked.text
    assert "5 → 9" in asked.text
    assert again.field("title") == "Theirs"
    assert again.field("description") == "Mine"
    host.resubmit(again)
    saved = Game.objects.get(id=game.id)
    assert (saved.title, saved.max_players, saved.description) == ("Theirs", 9, "Mine")
    assert host.press(fresh_ids).field("description") == "Mine"


def test_game_over_is_refused_in_words(stage: Stage, host: Actor) -> None:
    game = game_of(stage)
    Game.objects.update(status=Status.COMPLETED)

    for command in ("edit-game", "cancel-game", "roster"):
        assert "This game is over" in host.command(command, game=str(game.id)).text


def test_game_is_found_by_its_title_when_that_is_clear(stage: Stage, host: Actor) -> None:
    game_of(stage, title="One")
    game_of(stage, title="Two")
    game_of(stage, title="two")

    assert host.command("edit-game", game="one").is_modal
    assert "Pick a game" in host.command("edit-game", game="Two").text
    assert "Pick a game" in host.command("edit-game", game="\x00%").text


def test_cancel_asks_once_and_tells_everyone(stage: Stage, host: Actor) -> None:
    game = game_of(stage)
    join_game(game_id=game.id, member=make_member(stage.guild), via=Via.WEB)

    asked = host.command("cancel-game", game=str(game.id), reason="@everyone is *ill*")
    assert Game.objects.get(id=game.id).status == Status.SCHEDULED
    kept = host.press(asked.button("back"))
    done = host.press(asked.button("confirm"))

    assert "stays as it is" in kept.text
    assert "is cancelled" in done.text
    saved = Game.objects.get(id=game.id)
    assert (saved.status, saved.cancel_reason) == (Status.CANCELLED, "@everyone is *ill*")
    assert Delivery.objects.filter(notice="cancelled").count() == 1


@pytest.mark.parametrize("may", [False, True])
def test_a_clone_pings_only_what_its_host_may_have_pinged(
    stage: Stage, host: Actor, may: bool
) -> None:
    """A manager chose the role, and the host may not; or the right was lost since."""
    pinged, own = stage.roles["player"].id, stage.roles["host"]
    game = game_of(stage, notify_role_ids=(pinged,))
    if may:
        own.permissions = Permission.MENTION_EVERYONE
        own.save()
        recompute_permissions(stage.guild)

    host.command("clone-game", game=str(game.id), when="in 3 hours")

    assert (str(pinged) in str(Draft.objects.get().values)) == may


def test_clone_takes_everything_but_people_and_time(stage: Stage, host: Actor) -> None:
    game = game_of(
        stage,
        signup_method=SignupMethod.ROLE_PRIORITY,
        priority_role_ids=(stage.roles["player"].id,),
        slots=({"name": "Tank", "emoji": "", "capacity": 2},),
        rules="No phones",
        reminder_minutes=(1440, 30),
        location="Voice 1",
    )
    Game.objects.update(status=Status.COMPLETED)

    preview = host.command("clone-game", game=str(game.id), when="in 3 hours")
    assert "Tank" in preview.text
    form = host.press(preview.button("edit"))
    edited = host.resubmit(form, title="Dungeon night II")
    host.press(edited.button("post"))

    clone = Game.objects.get(title="Dungeon night II")
    assert clone.signup_method == SignupMethod.ROLE_PRIORITY
    assert clone.priority_role_ids == [stage.roles["player"].id]
    assert [(slot.name, slot.capacity) for slot in clone.slots.all()] == [("Tank", 2)]
    assert (clone.rules, clone.location) == ("No phones", "Voice 1")
    assert clone.reminder_minutes == [1440, 30]
    assert clone.participants.count() == 0


def test_ids_of_another_server_are_unknown(stage: Stage, host: Actor) -> None:
    theirs = make_game(make_member(stage.elsewhere))
    template = stage.elsewhere.templates.create(name="Theirs")
    game = game_of(stage)

    for command in ("edit-game", "cancel-game", "roster"):
        assert "does not exist" in host.command(command, game=str(theirs.id)).text
    assert "does not exist" in host.command("clone-game", game=str(theirs.id), when="8pm").text
    form = EditForm(theirs.id, theirs.revision).custom_id
    submitted = host.submit(
        form, title="x", when="in 2 hours", duration="2h", max_players="5", description=""
    )
    assert "does not exist" in submitted.text
    for action in ("up", "remove", "person", "turn1", "placeholder", "seat", "add"):
        heard = host.press(RosterButton(theirs.id, action).custom_id, "1")
        assert "does not exist" in heard.text
    heard = host.command("create-game", title="x", when="in 2 hours", template=str(template.id))
    assert "does not exist" in heard.text
    heard = host.command("clone-game", game=str(game.id), when="8pm", channel=str(1))
    assert "not one of this server" in heard.text


def test_other_reading_of_an_accepted_time_is_a_button(stage: Stage, host: Actor) -> None:
    User.objects.update(timezone="UTC")
    with time_machine.travel(datetime(2026, 12, 2, 9, 0, tzinfo=UTC), tick=True):
        preview = host.command("create-game", title="x", when="wednesday 20:00")
        other = host.press(preview.button("at"))

    assert "Other reading: Wed 9 Dec 2026, 20:00" in preview.text
    assert "2026-12-09" in Draft.objects.get().values["typed"]["when"]
    assert "Wednesday 9 December 2026, 20:00" in other.text
    assert "Other reading" not in other.text


@pytest.mark.parametrize(
    ("when", "labels"),
    [
        ("2027-03-28 02:30", ["01:30 (UTC+01:00)", "03:30 (UTC+02:00)"]),
        ("2027-10-31 02:30", ["02:30 (UTC+02:00)", "02:30 (UTC+01:00)"]),
    ],
)
def test_clock_changes_are_asked_back(
    stage: Stage, host: Actor, when: str, labels: list[str]
) -> None:
    User.objects.update(timezone="Europe/Berlin")
    with time_machine.travel(datetime(2026, 12, 2, 9, 0, tzinfo=UTC), tick=True):
        asked = host.command("create-game", title="x", when=when)
        buttons = asked.message["components"][0]["components"]
        previews = [host.press(button["custom_id"]) for button in buttons]

    assert "clocks" in asked.text
    assert [label in button["label"] for button, label in zip(buttons, labels, strict=True)]
    assert all(":post" in preview.text for preview in previews)


def test_time_just_past_offers_tomorrow_and_next_week(stage: Stage, host: Actor) -> None:
    with time_machine.travel(datetime(2026, 12, 2, 21, 0, tzinfo=UTC), tick=True):
        asked = host.command("create-game", title="x", when="today 8pm")

    assert "already past" in asked.text
    assert "2026-12-03 20:00" in asked.text
    assert "2026-12-09 20:00" in asked.text


def test_template_brings_its_channel_and_defaults(stage: Stage, host: Actor) -> None:
    channel = stage.guild.channels.create(id=77, name="boards", kind=0)
    stage.guild.templates.create(name="Weekly", channel=channel, max_players=8, is_default=True)
    stage.guild.templates.create(name="Tiny", max_players=2)

    assert [one["name"] for one in host.complete("create-game", "template", "we").choices] == [
        "Weekly"
    ]
    default = host.command("create-game", title="x", when="in 2 hours")
    tiny = host.command("create-game", title="x", when="in 2 hours", template="tiny")
    host.press(tiny.button("post"))

    assert "<#77>" in default.text
    assert "(0/8)" in default.text
    game = Game.objects.get()
    assert (game.channel_id, game.max_players) == (stage.channel.id, 2)
