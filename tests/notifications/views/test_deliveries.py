"""The delivery report for hosts and managers, with a button to retry failures."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from games.models import Game
from guilds.enums import Permission
from guilds.models import Member
from notifications.enums import State, Target
from notifications.models import Delivery
from tests.factories import make_game, make_guild, make_member, make_user, snowflake

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def game() -> Game:
    return make_game(title="Secret session")


@pytest.fixture
def host(client: Client, game: Game) -> Member:
    host = Member.objects.select_related("user", "guild").get(guild=game.guild, user=game.host)
    client.force_login(host.user)
    return host


def make_delivery(
    game: Game, state: State, person: Member | None = None, **fields: Any
) -> Delivery:
    person = person or make_member(game.guild)
    now = timezone.now()
    values = {
        "dedupe_key": f"t:{snowflake()}",
        "game": game,
        "guild_id": game.guild_id,
        "notice": "promoted",
        "target": Target.USER,
        "target_id": person.user.discord_id,
        "due_at": now,
        "expires_at": now + timedelta(hours=1),
        "state": state,
        **fields,
    }
    return Delivery.objects.create(**values)


def address(game: Game, delivery: Delivery | None = None, action: str = "") -> str:
    if delivery is None:
        return reverse("game-deliveries", args=[game.guild_id, game.id])
    return reverse(f"game-delivery-{action}", args=[game.guild_id, game.id, delivery.id])


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
    delivery = make_delivery(game, State.DEAD)
    if who in people:
        client.force_login(people[who]())

    assert client.get(address(game)).status_code == expected
    for action in ("retry", "drop"):
        assert client.get(address(game, delivery, action)).status_code == 405
        response = client.post(address(game, delivery, action))
        assert response.status_code == {200: 302}.get(expected, expected)
    delivery.refresh_from_db()
    assert (delivery.state == State.CANCELLED) == (expected == 200)


def test_says_who_was_told_and_whose_messages_are_closed(
    client: Client, game: Game, host: Member
) -> None:
    told = make_member(game.guild, make_user("Tim"), nick="<Tim>")
    closed = make_member(game.guild, make_user("Cleo"))
    make_delivery(game, State.DONE, told, sent_at=timezone.now())
    make_delivery(game, State.CANCELLED, closed, error_code=50007, http_status=403)
    make_delivery(game, State.DEAD, last_error="500: <Internal>")
    make_delivery(game, State.PENDING, target=Target.CHANNEL, target_id=game.channel_id, attempts=2)
    make_delivery(game, State.DONE, target_id=snowflake())  # a person never seen here

    text = client.get(address(game), headers=HTMX).content.decode()

    assert "<html" not in text
    assert "&lt;Tim&gt;" in text
    assert "Their direct messages are closed." in text
    assert "500: &lt;Internal&gt;" in text
    assert f"#{game.channel.name}" in text
    assert "Former member" in text
    assert text.count("Try again") == 2
    assert text.count("Do not send") == 1


def test_failed_messages_are_tried_again_and_waiting_ones_dropped(
    client: Client, game: Game, host: Member
) -> None:
    failed, waiting = make_delivery(game, State.DEAD), make_delivery(game, State.PENDING)

    for delivery, action, state in (
        (failed, "retry", State.PENDING),
        (waiting, "drop", State.CANCELLED),
    ):
        response = client.post(address(game, delivery, action), headers=HTMX)
        assert response.status_code == 200
        assert b'id="deliveries"' in response.content
        delivery.refresh_from_db()
        assert delivery.state == state


def test_what_was_sent_is_not_sent_again(client: Client, game: Game, host: Member) -> None:
    sent = make_delivery(game, State.DONE)

    response = client.post(address(game, sent, "retry"), headers=HTMX)

    assert response.status_code == 422
    assert b'role="alert">This message was sent' in response.content


def test_another_games_message_is_not_reached_through_ones_own(
    client: Client, game: Game, host: Member
) -> None:
    other = make_delivery(make_game(), State.DEAD)
    same_guild = make_delivery(make_game(make_member(game.guild)), State.DEAD)

    for delivery in (other, same_guild):
        for action in ("retry", "drop"):
            assert client.post(address(game, delivery, action)).status_code == 404
        delivery.refresh_from_db()
        assert delivery.state == State.DEAD


def test_the_games_page_loads_the_report_for_its_host_alone(
    client: Client, game: Game, host: Member
) -> None:
    path = reverse("game", args=[game.guild_id, game.id])

    assert address(game) in client.get(path).content.decode()
    client.force_login(make_member(game.guild).user)
    assert address(game) not in client.get(path).content.decode()


def test_queries_do_not_grow_with_rows(client: Client, game: Game, host: Member) -> None:
    counts = []
    for count in (1, 29):
        for _ in range(count):
            make_delivery(game, State.DEAD)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(game)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10
