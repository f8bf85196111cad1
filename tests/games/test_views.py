import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from games.enums import Answer, Via
from games.models import Game, Slot
from games.selectors import get_snapshot
from games.services.roster.signup import join_game
from guilds.models import Member
from tests.factories import make_channel, make_game, make_guild, make_member

pytestmark = pytest.mark.django_db
MOST_QUERIES = 10


@pytest.fixture
def game() -> Game:
    return make_game(title="Dungeon night", max_players=2)


@pytest.fixture
def member(client: Client, game: Game) -> Member:
    """A client logged in as a member of the game's guild."""
    member = make_member(game.guild)
    client.force_login(member.user)
    return member


def url(name: str, game: Game) -> str:
    return reverse(name, args=[game.guild_id, game.id])


def answer(client: Client, name: str, game: Game, **data: object) -> int:
    return client.post(url(name, game), {"form_id": str(uuid4()), **data}).status_code


PAGES: dict[str, Callable[[Game], str]] = {
    "landing": lambda _game: reverse("landing"),
    "my-games": lambda _game: reverse("my-games"),
    "guild": lambda game: reverse("guild", args=[game.guild_id]),
    "game": lambda game: url("game", game),
    "game-join": lambda game: url("game-join", game),
    "game-maybe": lambda game: url("game-maybe", game),
    "game-decline": lambda game: url("game-decline", game),
    "admin:index": lambda _game: reverse("admin:index"),
    "admin:games_game_changelist": lambda _game: reverse("admin:games_game_changelist"),
}
# By page: what an anonymous browser, a member, the host and a stranger from another guild get.
ACCESS = {
    "landing": (200, 200, 200, 200),
    "my-games": (302, 200, 200, 200),
    "guild": (302, 200, 200, 404),
    "game": (302, 200, 200, 404),
    "game-join": (302, 302, 302, 404),
    "game-maybe": (302, 302, 302, 404),
    "game-decline": (302, 302, 302, 404),
    "admin:index": (302, 302, 302, 302),
    "admin:games_game_changelist": (302, 302, 302, 302),
}


@pytest.mark.parametrize("who", ["anonymous", "member", "host", "stranger"])
@pytest.mark.parametrize("name", ACCESS)
def test_every_address_for_everybody(client: Client, game: Game, name: str, who: str) -> None:
    users = {
        "member": lambda: make_member(game.guild).user,
        "host": lambda: game.host,
        "stranger": lambda: make_member(make_guild()).user,
    }
    if who in users:
        client.force_login(users[who]())
    is_post = name.startswith("game-")

    send = client.post if is_post else client.get
    response = send(PAGES[name](game), {"form_id": str(uuid4())} if is_post else {})

    expected = ACCESS[name][["anonymous", "member", "host", "stranger"].index(who)]
    assert response.status_code == expected
    if who in {"anonymous", "stranger"}:
        assert not game.participants.exists()
        assert b"Dungeon night" not in response.content


def test_unknown_and_foreign_look_the_same(client: Client, game: Game) -> None:
    client.force_login(make_member(make_guild()).user)

    foreign = client.get(url("game", game))
    unknown = client.get(reverse("game", args=[12345, 12345]))

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    token = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
    assert token.sub(b"", foreign.content) == token.sub(b"", unknown.content)


def test_another_guilds_game_is_not_reached_through_ones_own(
    client: Client, game: Game, member: Member
) -> None:
    other = make_game()
    path = reverse("game", args=[game.guild_id, other.id])

    assert client.get(path).status_code == 404
    for name in ("join", "maybe", "decline"):
        response = client.post(f"{path}{name}/", {"form_id": str(uuid4())})
        assert response.status_code == 404
    assert not other.participants.exists()


@pytest.mark.parametrize("game_id", ["0", "-1", "18446744073709551616", "9" * 30, "1e3", "१२", "a"])
def test_odd_ids_are_404(client: Client, game: Game, member: Member, game_id: str) -> None:
    assert client.get(f"/g/{game.guild_id}/games/{game_id}/").status_code == 404
    assert client.get(f"/g/{game_id}/").status_code == 404
    assert client.post(f"/g/{game.guild_id}/games/{game_id}/join/").status_code == 404


def test_answers_are_by_post_only(client: Client, game: Game, member: Member) -> None:
    for name in ("game-join", "game-maybe", "game-decline"):
        for method in ("get", "head", "options", "put", "delete"):
            assert getattr(client, method)(url(name, game)).status_code == 405
    for name in ("game", "my-games", "guild"):
        assert client.post(PAGES[name](game)).status_code == 405


def test_wrong_host_is_400(client: Client) -> None:
    response = client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400


def test_post_without_csrf_token_changes_nothing(game: Game) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(game.guild).user)

    assert client.post(url("game-join", game), {"form_id": str(uuid4())}).status_code == 403
    assert not game.participants.exists()


def test_join_maybe_and_decline(client: Client, game: Game, member: Member) -> None:
    for name, expected in (
        ("game-join", Answer.GOING),
        ("game-maybe", Answer.MAYBE),
        ("game-decline", Answer.DECLINED),
    ):
        assert answer(client, name, game) == 302
        assert game.participants.get().answer == expected
    change = game.changes.first()
    assert change is not None
    assert (change.via, change.actor) == (Via.WEB, member.user)


def test_the_same_form_twice_is_one_change(client: Client, game: Game, member: Member) -> None:
    form = {"form_id": str(uuid4())}

    for _ in range(2):
        client.post(url("game-join", game), form)
    client.post(url("game-decline", game), form)
    client.post(url("game-join", game), form)

    assert [c.action for c in game.changes.all()] == ["declined", "joined", "created"]


def test_one_form_for_two_games_is_two_changes(client: Client, game: Game, member: Member) -> None:
    other = make_game(make_member(game.guild))
    form = {"form_id": str(uuid4())}

    for each in (game, other):
        assert client.post(url("game-join", each), form).status_code == 302
        assert each.participants.count() == 1


def test_htmx_gets_the_fragment(client: Client, game: Game, member: Member) -> None:
    response = client.post(
        url("game-join", game), {"form_id": str(uuid4())}, headers={"HX-Request": "true"}
    )
    text = " ".join(response.content.decode().split())

    assert response.status_code == 200
    assert text.startswith('<div id="live"')
    assert "You&#x27;re in." in text or "You're in." in text
    assert "<html" not in text


def test_refusal_stands_beside_the_buttons(client: Client, game: Game, member: Member) -> None:
    Game.objects.filter(id=game.id).update(signup_closes_at=timezone.now())

    for headers in ({}, {"HX-Request": "true"}):
        response = client.post(url("game-join", game), {"form_id": str(uuid4())}, headers=headers)
        assert response.status_code == 422
        assert 'role="alert">Sign-up is closed.' in response.content.decode()


def test_slot_is_asked_for_and_kept(client: Client, game: Game, member: Member) -> None:
    slot = Slot.objects.create(game=game, name="Tank", capacity=1)
    foreign = Slot.objects.create(game=make_game(), name="Healer", capacity=1)

    assert answer(client, "game-join", game) == 422
    assert answer(client, "game-join", game, slot=foreign.id) == 422
    assert answer(client, "game-join", game, slot="x") == 422
    assert answer(client, "game-join", game, slot=2**70) == 422
    assert answer(client, "game-join", game, slot=slot.id) == 302

    shown = client.get(url("game", game)).content.decode()
    assert f'id="slot-{slot.id}" value="{slot.id}" checked' in shown


@pytest.mark.parametrize("form_id", ["", "x", "\0", "' or 1=1 --", "9" * 10_000])
def test_odd_form_ids_are_refused(client: Client, game: Game, member: Member, form_id: str) -> None:
    assert answer(client, "game-join", game, form_id=form_id) == 422
    assert not game.participants.exists()


def test_session_over_sends_htmx_to_the_login(client: Client, game: Game) -> None:
    response = client.post(
        url("game-join", game),
        headers={
            "HX-Request": "true",
            "HX-Current-URL": f"http://testserver{url('game', game)}",
        },
    )

    assert response.status_code == 204
    assert response["HX-Redirect"] == f"/?next={url('game', game).replace('/', '%2F')}"


def test_waitlist_place_and_meter_are_shown(client: Client, game: Game, member: Member) -> None:
    for _ in range(2):
        join_game(game_id=game.id, member=make_member(game.guild), via=Via.BOT)
    answer(client, "game-join", game)

    text = client.get(url("game", game)).content.decode()

    assert "Waitlist, no. 1." in text
    assert "2 of 2 seats taken" in text


@pytest.mark.parametrize(
    "title",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }}", "@everyone"],
)
def test_hostile_titles_are_text(client: Client, title: str) -> None:
    game = make_game(title=title, description=title, location=title)
    member = make_member(game.guild, nick=title)
    client.force_login(member.user)
    join_game(game_id=game.id, member=member, via=Via.BOT)

    for path in (url("game", game), PAGES["guild"](game), reverse("my-games")):
        text = client.get(path).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert escape(title) in text


def test_draft_is_its_managers_alone(client: Client, game: Game, member: Member) -> None:
    Game.objects.filter(id=game.id).update(post_at=timezone.now() + timedelta(hours=1))

    assert client.get(url("game", game)).status_code == 404
    assert answer(client, "game-join", game) == 404
    client.force_login(game.host)
    assert client.get(url("game", game)).status_code == 200


@pytest.mark.parametrize("page", ["-1", "0", "1000000000", "x", "\0", "१२", "2"])
def test_odd_pages_of_the_list(client: Client, game: Game, member: Member, page: str) -> None:
    response = client.get(PAGES["guild"](game), {"page": page})

    assert response.status_code == 200


def test_list_is_paged_soonest_first(client: Client) -> None:
    guild = make_guild()
    host, channel = make_member(guild), make_channel(guild)
    start = timezone.now() + timedelta(days=1)
    for number in range(26):
        make_game(host, channel, title=f"G{number:02}", starts_at=start + timedelta(hours=number))
    client.force_login(host.user)

    path = reverse("guild", args=[guild.id])
    first = client.get(path).content.decode()
    later = re.search(r'rel="next"[^>]* href="([^"]+)"', first)
    assert later
    second = client.get(later[1]).content.decode()
    sooner = re.search(r'rel="prev"[^>]* href="([^"]+)"', second)
    assert sooner

    assert "G19" in first
    assert "G20" not in first
    assert "G19" not in second
    assert "G20" in second
    assert "G25" in second
    assert "G00" in client.get(sooner[1]).content.decode()


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len([q for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def test_query_counts_do_not_grow_with_rows(client: Client) -> None:
    guild = make_guild()
    member, host, channel = make_member(guild), make_member(guild), make_channel(guild)
    client.force_login(member.user)
    games = [make_game(host, channel, max_players=20)]
    join_game(game_id=games[0].id, member=member, via=Via.BOT)
    paths = [url("game", games[0]), reverse("guild", args=[guild.id]), reverse("my-games")]

    client.get(reverse("my-games"))  # records the visit before queries are counted

    one = [_queries(client, path) for path in paths]
    for _ in range(29):
        games.append(make_game(make_member(guild), channel))
        join_game(game_id=games[0].id, member=make_member(guild), via=Via.BOT)
        join_game(game_id=games[-1].id, member=member, via=Via.BOT)
    thirty = [_queries(client, path) for path in paths]

    assert one == thirty
    assert max(one) <= MOST_QUERIES
    assert len(get_snapshot(games[0].id).waiting) == 10


def test_pages_carry_a_policy_and_are_not_kept(client: Client, game: Game, member: Member) -> None:
    response = client.get(url("game", game))

    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "no-store" in response["Cache-Control"]
    assert "camera=()" in response["Permissions-Policy"]
    assert b"style=" not in response.content
    assert b"onclick" not in response.content
