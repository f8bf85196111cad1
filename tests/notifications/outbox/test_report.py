from datetime import timedelta

import pytest
from django.utils import timezone

from games.models import Game
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import Member
from notifications.enums import State, Target
from notifications.models import Delivery
from notifications.outbox.report import (
    drop_delivery_of_game,
    list_deliveries,
    retry_delivery_of_game,
)
from tests.factories import make_game, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def game() -> Game:
    return make_game()


@pytest.fixture
def host(game: Game) -> Member:
    return game.guild.members.select_related("user", "guild").get(user=game.host)


def dead(game: Game, **fields: object) -> Delivery:
    now = timezone.now()
    values: dict[str, object] = {
        "dedupe_key": f"k:{game.id}",
        "game": game,
        "guild_id": game.guild_id,
        "notice": "cancelled",
        "target": Target.USER,
        "target_id": 5,
        "state": State.DEAD,
        "attempts": 12,
        "due_at": now,
        "expires_at": now + timedelta(hours=1),
        **fields,
    }
    return Delivery.objects.create(**values)


def test_host_tries_again_or_drops(game: Game, host: Member) -> None:
    row = dead(game)
    again = retry_delivery_of_game(game_id=game.id, member=host, delivery_id=row.id)
    assert (again.state, again.attempts) == (State.PENDING, 1), "what was tried is looked for"
    dropped = drop_delivery_of_game(game_id=game.id, member=host, delivery_id=row.id)
    assert (dropped.state, dropped.payload) == (State.PENDING, {"dropped": True})
    fresh = dead(game, dedupe_key="fresh", state=State.PENDING, attempts=0)
    dropped = drop_delivery_of_game(game_id=game.id, member=host, delivery_id=fresh.id)
    assert dropped.state == State.CANCELLED
    assert list(list_deliveries(game_id=game.id, member=host)) == [fresh, row]


def test_what_is_too_late_or_sent_stays(game: Game, host: Member) -> None:
    late = dead(game, expires_at=timezone.now() - timedelta(minutes=1))
    sent = dead(game, dedupe_key="sent", state=State.DONE)
    for row in (late, sent):
        with pytest.raises(Refused):
            retry_delivery_of_game(game_id=game.id, member=host, delivery_id=row.id)


def test_it_is_the_host_s_and_the_managers_alone(game: Game, host: Member) -> None:
    row, foreign = dead(game), dead(make_game())
    member, stranger = make_member(game.guild), make_member(foreign.game.guild)  # type: ignore[union-attr]
    with pytest.raises(NotAllowed):
        list_deliveries(game_id=game.id, member=member)
    with pytest.raises(NotAllowed):
        retry_delivery_of_game(game_id=game.id, member=member, delivery_id=row.id)
    with pytest.raises(NotFound):
        drop_delivery_of_game(game_id=game.id, member=stranger, delivery_id=row.id)
    with pytest.raises(NotFound):
        retry_delivery_of_game(game_id=game.id, member=host, delivery_id=foreign.id)
