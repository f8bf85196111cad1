"""The roster's page: rights, adding by name, order, and changes made meanwhile."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from games.enums import Via
from games.models import Game, Slot
from games.selectors import get_snapshot
from games.services.cancellation import cancel_game
from games.services.roster.signup import join_game
from guilds.enums import Permission
from guilds.models import Member
from guilds.services import member_search
from tests.factories import make_channel, make_game, make_guild, make_member, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ACTIONS = ("add", "remove", "promote", "move", "slot", "order")


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The searches sent to Discord, which here finds nobody."""
    asked: list[str] = []

    def ask(_guild: Any, text: str) -> list[Any]:
        asked.append(text)
        return []

    monkeypatch.setattr(member_search, "_ask", ask)
    return asked


@pytest.fixture
def game() -> Game:
    return make_game(title="Secret session", max_players=2)


@pytest.fixture
def host(client: Client, game: Game) -> Member:
    host = Member.objects.select_related("user", "guild").get(guild=game.guild, user=game.host)
    client.force_login(host.user)
    return host


def url(game: Game, action: str = "") -> str:
    return reverse(f"game-roster{'-' if action else ''}{action}", args=[game.guild_id, game.id])


def act(client: Client, game: Game, action: str, **data: Any) -> Any:
    form = {"form_id": str(uuid4()), **data}
    return client.post(url(game, action), form, headers=HTMX)


def join(game: Game, *names: str) -> list[Member]:
    members = [make_member(game.guild, make_user(name)) for name in names]
    for member in members:
        join_game(game_id=game.id, member=member, via=Via.BOT)
    return members


def going(game: Game) -> list[str]:
    snapshot = get_snapshot(game.id)
    return [person.name for person in (*snapshot.playing, *snapshot.waiting)]


def ids(game: Game) -> list[int]:
    snapshot = get_snapshot(game.id)
    return [person.participant_id for person in (*snapshot.playing, *snapshot.waiting)]


def told(response: Any) -> str:
    """Return the refusal that the page shows."""
    found = re.search(r'role="alert">([^<]+)<', response.content.decode())
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("who", "expected"),
    [("anonymous", 302), ("member", 403), ("host", 200), ("manager", 200), ("stranger", 404)],
)
def test_every_address_for_everybody(client: Client, game: Game, who: str, expected: int) -> None:
    people: dict[str, Callable[[], Any]] = {
        "member": lambda: make_member(game.guild).user,
        "host": lambda: game.host,
        "manager": lambda: make_member(game.guild, permissions=Permission.MANAGE_GUILD).user,
        "stranger": lambda: make_member(make_guild()).user,
    }
    join(game, "Ana", "Ben", "Cy")
    before = going(game)
    if who in people:
        client.force_login(people[who]())

    assert client.get(url(game)).status_code == expected
    assert client.get(url(game, "people"), {"name": "a"}).status_code == expected
    for action in ACTIONS:
        assert client.get(url(game, action)).status_code == 405
        response = client.post(url(game, action), {"form_id": str(uuid4())})
        # Those who have the right are told what the form lacks.
        assert response.status_code == {200: 422}.get(expected, expected)
        if expected == 404:
            assert b"Secret session" not in response.content
    assert going(game) == before


def test_another_guilds_game_is_not_reached_through_ones_own(
    client: Client, game: Game, host: Member
) -> None:
    other = make_game()
    join(other, "Ana")
    path = reverse("game-roster", args=[game.guild_id, other.id])

    assert client.get(path).status_code == 404
    for action in ACTIONS:
        response = client.post(
            f"{path}{action}/", {"form_id": str(uuid4()), "participant": str(ids(other)[0])}
        )
        assert response.status_code == 404
    assert going(other) == ["Ana"]


def test_somebody_is_added_by_their_whole_name(client: Client, game: Game, host: Member) -> None:
    make_member(game.guild, make_user("Mira"))
    make_member(game.guild, make_user("Mirabelle"))

    response = act(client, game, "add", name=" mira ")

    assert response.status_code == 200
    assert going(game) == ["Mira"]
    assert 'id="roster-add"' in response.content.decode()


def test_people_are_found_by_the_name_this_server_knows(
    client: Client, game: Game, host: Member
) -> None:
    make_member(game.guild, make_user("Zed"), nick="Grog the <Mighty>")
    make_member(make_guild(), make_user("Grog of elsewhere"))
    left = make_member(game.guild, make_user("Grog who left"))
    Member.objects.filter(id=left.id).update(left_at=left.refreshed_at)

    text = client.get(url(game, "people"), {"name": "grog"}, headers=HTMX).content.decode()

    assert "Grog the &lt;Mighty&gt;" in text
    assert "Zed" in text
    assert "elsewhere" not in text
    assert "who left" not in text


def test_a_name_of_several_is_offered_with_pictures(
    client: Client, game: Game, host: Member
) -> None:
    first, second = (make_member(game.guild, make_user("Max")) for _ in range(2))

    response = act(client, game, "add", name="max")

    text = response.content.decode()
    assert response.status_code == 422
    assert told(response) == "Several people here have that name. Pick one."
    for member in (first, second):
        assert f'name="person" value="{member.id}"' in text
    assert text.count('<span class="avatar"') >= 2
    assert 'value="max"' in text  # nothing typed is lost
    assert going(game) == []

    assert act(client, game, "add", name="max", person=second.id).status_code == 200
    assert get_snapshot(game.id).playing[0].user_id == second.user_id


def test_a_name_nobody_has_is_offered_as_a_guest(client: Client, game: Game, host: Member) -> None:
    response = act(client, game, "add", name="Aunt Gerda")
    assert response.status_code == 422
    assert 'name="guest"' in response.content.decode()

    assert act(client, game, "add", name="Aunt Gerda", guest="1").status_code == 200
    assert going(game) == ["Aunt Gerda"]
    assert act(client, game, "add", name="aunt gerda", guest="1").status_code == 422


def test_who_hosts_or_is_on_the_roster_cannot_be_picked(
    client: Client, game: Game, host: Member
) -> None:
    ana = join(game, "Ana")[0]

    text = client.get(url(game, "people"), {"name": "ana"}, headers=HTMX).content.decode()

    assert "on the roster" in text
    assert f'value="{ana.id}"' not in text
    assert act(client, game, "add", person=host.id).status_code == 422


def test_members_of_other_guilds_are_not_added(client: Client, game: Game, host: Member) -> None:
    stranger = make_member(make_guild(), make_user("Mallory"))

    response = act(client, game, "add", person=stranger.id)

    assert response.status_code == 422
    assert "Mallory" not in response.content.decode()
    assert going(game) == []


def test_order_is_saved_and_reseats(client: Client, game: Game, host: Member) -> None:
    join(game, "Ana", "Ben", "Cy")
    ana, ben, cy = ids(game)

    assert act(client, game, "order", order=f"{cy},{ana},{ben}").status_code == 200

    assert going(game) == ["Cy", "Ana", "Ben"]
    change = game.changes.first()
    assert change is not None
    assert (len(change.promoted), len(change.demoted)) == (1, 1)


def test_a_stale_order_is_refused_and_loses_nothing(
    client: Client, game: Game, host: Member
) -> None:
    join(game, "Ana", "Ben")
    before = ids(game)
    join(game, "Cy")

    response = act(client, game, "order", order=",".join(map(str, reversed(before))))

    assert response.status_code == 422
    assert told(response).startswith("The roster changed meanwhile.")
    assert going(game) == ["Ana", "Ben", "Cy"]
    assert "Cy" in response.content.decode()


@pytest.mark.parametrize(
    "order", ["", "x", "1,", ",1", "1,,2", "-1", "\0", "9" * 30, "1," * 5000, "1 ,2", "१,२"]
)
def test_odd_orders_are_refused(client: Client, game: Game, host: Member, order: str) -> None:
    join(game, "Ana", "Ben")

    assert act(client, game, "order", order=order).status_code == 422
    assert going(game) == ["Ana", "Ben"]


def test_move_promote_and_remove(client: Client, game: Game, host: Member) -> None:
    join(game, "Ana", "Ben", "Cy", "Di")
    ana, _ben, _cy, di = ids(game)

    assert act(client, game, "move", participant=ana, by=1).status_code == 200
    assert going(game) == ["Ben", "Ana", "Cy", "Di"]
    assert act(client, game, "promote", participant=di).status_code == 200
    assert going(game) == ["Ben", "Di", "Ana", "Cy"]
    assert act(client, game, "remove", participant=di).status_code == 200
    assert going(game) == ["Ben", "Ana", "Cy"]
    for action in ("move", "promote", "remove", "slot"):
        assert act(client, game, action, participant=di).status_code == 422
        assert act(client, game, action).status_code == 422


def test_slots_are_chosen_and_taken_away(client: Client, game: Game, host: Member) -> None:
    tank = Slot.objects.create(game=game, name="Tank", capacity=1)
    foreign = Slot.objects.create(game=make_game(), name="Healer", capacity=1)
    make_member(game.guild, make_user("Ana"))

    assert act(client, game, "add", name="Ana", slot=tank.id).status_code == 200
    person = ids(game)[0]
    assert game.participants.get().slot_id == tank.id
    assert act(client, game, "slot", participant=person, slot=foreign.id).status_code == 422
    assert act(client, game, "slot", participant=person, slot="").status_code == 200
    assert game.participants.get().slot_id is None


def test_the_same_form_twice_is_one_change(client: Client, game: Game, host: Member) -> None:
    join(game, "Ana", "Ben", "Cy")
    form = {"form_id": str(uuid4()), "participant": ids(game)[0], "by": "1"}

    for _ in range(2):
        assert client.post(url(game, "move"), form).status_code == 302
    assert going(game) == ["Ben", "Ana", "Cy"]


def test_a_game_that_is_over_keeps_its_roster(client: Client, game: Game, host: Member) -> None:
    join(game, "Ana")
    cancel_game(game_id=game.id, member=host, via=Via.BOT)

    text = client.get(url(game)).content.decode()

    assert "its roster stays as it is" in text
    assert 'class="grip"' not in text
    assert act(client, game, "remove", participant=ids(game)[0]).status_code == 422
    assert going(game) == ["Ana"]


@pytest.mark.parametrize("name", ["", "\0", "a" * 10_000, "%", "_", "'", "<script>", "\\"])
def test_odd_names_are_answered(client: Client, game: Game, host: Member, name: str) -> None:
    make_member(game.guild, make_user("Ana"))

    found = client.get(url(game, "people"), {"name": name}, headers=HTMX)
    added = act(client, game, "add", name=name)

    assert found.status_code == 200
    assert "<script>" not in found.content.decode()
    assert "Ana" not in found.content.decode()
    assert added.status_code == 422
    assert told(added) or "incomplete" in added.content.decode()


def test_discord_is_asked_once_for_the_same_words(
    client: Client, game: Game, host: Member, asked: list[str]
) -> None:
    word = uuid4().hex[:12]

    for _ in range(3):
        client.get(url(game, "people"), {"name": word}, headers=HTMX)

    assert asked == [word]


def test_queries_do_not_grow_with_rows(client: Client) -> None:
    guild = make_guild()
    host = make_member(guild)
    game = make_game(host, make_channel(guild), max_players=20)
    client.force_login(host.user)
    counts = []
    for names in (["A"], [f"P{number}" for number in range(29)]):
        join(game, *names)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(game)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10
