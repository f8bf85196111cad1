"""The form of an existing game, and cancelling one."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from games.enums import Status, Via
from games.models import Game, Slot
from games.services.game_edit import edit_game
from games.services.roster.signup import join_game
from games.services.template import save_template
from guilds.models import Channel, Guild, Member
from tests.factories import make_channel, make_game, make_member
from tests.games.forms.form_data import SEES, make_place
from tests.games.forms.test_access import owner_of
from tests.games.forms.test_new_game import HOSTILE

pytestmark = pytest.mark.django_db
MOST_QUERIES = 10


@pytest.fixture
def host(client: Client) -> Member:
    guild, _channel, _member = make_place()
    host = make_member(guild, permissions=int(SEES))
    client.force_login(host.user)
    return host


@pytest.fixture
def game(host: Member) -> Game:
    channel = Channel.objects.get(guild=host.guild)
    return make_game(host, channel, title="Dungeon night", max_players=3, description="Old")


@pytest.mark.parametrize("name", ["game-new", "game-clone", "game-edit"])
def test_enter_without_scripts_leads_to_the_preview(client: Client, game: Game, name: str) -> None:
    ids = [game.guild_id, *([] if name == "game-new" else [game.id])]
    page = client.get(reverse(name, args=ids)).text

    # The first button of a form is what Enter in a field presses.
    form = page[page.index('id="game-form"') :]
    first = form[form.index("<button") : form.index("</button>")]
    preview = reverse("game-preview", args=[game.guild_id])
    query = {"game-new": "", "game-clone": f"?source={game.id}", "game-edit": f"?game={game.id}"}
    assert f'formaction="{preview}{query[name]}"' in first


@pytest.fixture
def address(game: Game) -> str:
    return reverse("game-edit", args=[game.guild_id, game.id])


def shown_in(client: Client, address: str) -> dict[str, Any]:
    """Return what a browser would send if nothing were changed."""
    form = client.get(address).context["form"]
    game = form.game
    values = {
        name: form[name].value()
        for name in form.fields
        if name not in {"slots", "image_upload", "image_remove", "has_color", "when_local"}
    }
    rows = form["slots"].value()
    return {
        **{name: value for name, value in values.items() if value not in (None, [], "")},
        **{f"slots_{part}": [row[part] for row in rows] for part in ("id", "name", "emoji")},
        "slots_capacity": [row["capacity"] for row in rows],
        "zone": form.clock,
        "shown_zone": form.shown_clock,
        "seen_revision": game.revision,
    }


def test_nothing_changed_is_no_change(client: Client, game: Game, address: str) -> None:
    Slot.objects.create(game=game, name="Tank", capacity=1)

    assert client.post(address, shown_in(client, address)).status_code == 302

    assert [c.action for c in game.changes.all()] == ["created"]


def test_what_was_changed_changes(client: Client, game: Game, address: str) -> None:
    data = shown_in(client, address)

    client.post(address, {**data, "title": "New", "remind": "off", "min_players": "2"})

    game.refresh_from_db()
    assert (game.title, game.reminder_minutes, game.min_players) == ("New", [], 2)
    change = game.changes.first()
    assert change is not None
    assert (change.via, set(change.before)) == (
        Via.WEB,
        {"title", "reminder_minutes", "min_players"},
    )


def test_browser_on_another_clock_changes_no_time(client: Client, game: Game, address: str) -> None:
    data = shown_in(client, address)

    client.post(address, {**data, "zone": "Asia/Tokyo", "title": "New"})

    change = game.changes.first()
    assert change is not None
    assert set(change.before) == {"title"}


def test_slots_keep_their_people_when_renamed_and_exchanged(
    client: Client, game: Game, address: str
) -> None:
    tank = Slot.objects.create(game=game, name="Tank", capacity=1)
    healer = Slot.objects.create(game=game, name="Healer", capacity=1)
    member = make_member(game.guild)
    join_game(game_id=game.id, member=member, via=Via.BOT, slot_id=tank.id)
    data = shown_in(client, address)

    client.post(
        address,
        {
            **data,
            "slots_id": [str(healer.id), str(tank.id), ""],
            "slots_name": ["Tank", "Healer", "Bard"],
            "slots_emoji": ["", "", ""],
            "slots_capacity": ["2", "1", "1"],
        },
    )

    slots = [(s.id, s.name, s.capacity) for s in game.slots.all()]
    assert slots[:2] == [(healer.id, "Tank", 2), (tank.id, "Healer", 1)]
    assert slots[2][1] == "Bard"
    assert game.participants.get().slot_id == tank.id


def test_slot_taken_away_asks_before_anybody_loses_a_seat(
    client: Client, game: Game, address: str
) -> None:
    slot = Slot.objects.create(game=game, name="Tank", capacity=2)
    for _ in range(2):
        join_game(game_id=game.id, member=make_member(game.guild), via=Via.BOT, slot_id=slot.id)
    data = {**shown_in(client, address), "slots_capacity": ["1"]}

    asked = client.post(address, data)
    text = asked.content.decode()

    assert asked.status_code == 422
    assert 'name="may_demote"' in text
    assert "sends 1 player back to the waitlist" in text
    assert client.post(address, {**data, "may_demote": "1"}).status_code == 302
    assert game.slots.get().capacity == 1


def test_the_same_edit_twice_is_one_change(client: Client, game: Game, address: str) -> None:
    data = {**shown_in(client, address), "title": "New"}

    assert [client.post(address, data).status_code for _ in range(2)] == [302, 302]
    assert game.changes.count() == 2


def test_somebody_elses_edit_meanwhile_shows_both_versions(
    client: Client, game: Game, host: Member, address: str
) -> None:
    data = {**shown_in(client, address), "title": "Mine", "location": "My table"}
    theirs = {"title": "Theirs", "description": "Theirs too"}
    edit_game(game_id=game.id, member=host, values=theirs, via=Via.BOT)

    response = client.post(address, data)

    text = response.content.decode()
    assert response.status_code == 409
    assert response.context["form"]["description"].value() == "Theirs too"
    assert response.context["form"]["title"].value() == "Mine"
    rows = {row["label"]: row for row in response.context["conflict"]["rows"]}
    assert set(rows) == {"Title", "Description", "Location"}
    assert (rows["Title"]["theirs"], rows["Title"]["mine"]) == ("Theirs", "Mine")
    assert text.count("changed meanwhile") == 2

    newest = Game.objects.get(id=game.id).revision
    again = {**data, "description": "Theirs too", "seen_revision": newest}
    assert client.post(address, again).status_code == 302
    game.refresh_from_db()
    assert (game.title, game.description, game.location) == ("Mine", "Theirs too", "My table")


def test_locked_fields_are_the_managers_to_change(
    client: Client, game: Game, host: Member, address: str
) -> None:
    manager = owner_of(host.guild)
    values = {"name": "T", "locked_fields": ["max_players"]}
    Game.objects.filter(id=game.id).update(template=save_template(member=manager, values=values))
    data = {**shown_in(client, address), "max_players": "5"}

    client.post(address, data)
    game.refresh_from_db()
    assert game.max_players == 3

    client.force_login(manager.user)
    client.post(address, data)
    game.refresh_from_db()
    assert game.max_players == 5


def test_channel_switched_off_meanwhile_stays_the_games(
    client: Client, game: Game, address: str
) -> None:
    make_channel(game.guild, "other")
    Channel.objects.filter(id=game.channel_id).update(is_active=False)

    response = client.post(address, {**shown_in(client, address), "title": "New"})

    assert response.status_code == 302
    game.refresh_from_db()
    assert game.title == "New"


def test_game_that_is_over_leads_back(client: Client, game: Game, address: str) -> None:
    Game.objects.filter(id=game.id).update(status=Status.COMPLETED)

    for url in (address, reverse("game-cancel", args=[game.guild_id, game.id])):
        response = client.get(url, follow=True)
        assert b"This game is over." in response.content


@pytest.mark.parametrize(
    "field", ["title", "when", "duration", "max_players", "channel", "seen_revision", "shown_zone",
              "remind", "signup_method", "post_at", "image", "color", "slots_id", "form_id"]
)  # fmt: skip
def test_whatever_is_sent_gets_a_sentence(
    client: Client, game: Game, address: str, field: str
) -> None:
    shown = shown_in(client, address)
    preview = f"{reverse('game-preview', args=[game.guild_id])}?game={game.id}"
    rows = {"slots_id": "", "slots_name": "Tank", "slots_emoji": "", "slots_capacity": "1"}
    for name, make in HOSTILE.items():
        data = {**shown, **rows, "form_id": str(uuid4()), field: make()}
        for url in (preview, address):
            response = client.post(url, data)
            text = response.content.decode()
            assert response.status_code in {200, 302, 409, 422}, name
            assert "<script>alert" not in text
            assert response.status_code < 400 or 'role="alert"' in text, name


def test_cancel_asks_and_tells_why(client: Client, game: Game) -> None:
    address = reverse("game-cancel", args=[game.guild_id, game.id])
    assert b"Everybody who signed up is told" in client.get(address).content

    for reason in ("x" * 301, "a\0b"):
        response = client.post(address, {"form_id": str(uuid4()), "reason": reason})
        assert response.status_code == 422
        assert b"field-error" in response.content
    assert client.post(address, {"form_id": "x"}).status_code == 422
    response = client.post(address, {"form_id": str(uuid4()), "reason": "Host is <ill>"})

    game.refresh_from_db()
    assert response.status_code == 302
    assert (game.status, game.cancel_reason) == (Status.CANCELLED, "Host is <ill>")


def test_queries_do_not_grow(client: Client, game: Game, address: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    one = count()
    for number in range(15):
        Slot.objects.create(game=game, name=f"s{number}", capacity=1)
        make_channel(game.guild, f"c{number}")

    assert count() == one
    assert one <= MOST_QUERIES
    guild: Guild = game.guild
    assert guild.channels.count() == 16
