"""B81 to B85: gateway events, repeated and in any order."""

import contextlib
import random
from typing import Any

import pytest

from discordbot.gateway.guild_events import EVENTS
from games.enums import Via
from games.models import Game
from games.selectors import get_snapshot
from games.services.roster.signup import join_game
from guilds.models import Channel, Guild, Member, Role, User
from notifications.kinds.reminder import people_to_remind
from tests.factories import make_game, make_member, make_user, snowflake

pytestmark = pytest.mark.django_db
OWN_ID = 1


def guild_payload(guild_id: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(guild_id),
        "name": "Tavern",
        "owner_id": "5",
        "roles": [{"id": str(guild_id), "name": "@everyone", "permissions": "1024"}],
        "channels": [{"id": str(guild_id + 1), "name": "games", "type": 0}],
        "members": [],
        **fields,
    }


def tell(event: str, payload: dict[str, Any]) -> None:
    EVENTS[event](payload, OWN_ID)


def test_b81_outages_delete_nothing() -> None:
    guild_id = snowflake()
    for _ in range(50):
        tell("GUILD_CREATE", guild_payload(guild_id))
        tell("GUILD_DELETE", {"id": str(guild_id), "unavailable": True})
        tell("GUILD_CREATE", {"id": str(guild_id), "unavailable": True})
    assert Guild.objects.get(id=guild_id).left_at is None
    assert Channel.objects.filter(guild_id=guild_id, deleted_at=None).count() == 1
    assert Role.objects.filter(guild_id=guild_id).count() == 1


def test_b81_guilds_by_the_thousand_are_told_twice() -> None:
    ids = [snowflake() for _ in range(200)]
    for guild_id in ids * 2:
        tell("GUILD_CREATE", guild_payload(guild_id))
    assert Guild.objects.filter(id__in=ids).count() == len(ids)


def test_b84_host_leaves_and_the_game_goes_on() -> None:
    game = make_game()
    player = make_member(game.guild)
    join_game(game_id=game.id, member=player, via=Via.WEB)
    user = User.objects.get(id=game.host_id)
    gone = {"guild_id": str(game.guild_id), "user": {"id": str(user.discord_id)}}
    tell("GUILD_MEMBER_REMOVE", gone)
    tell("GUILD_MEMBER_REMOVE", gone)
    snapshot = get_snapshot(game.id)
    assert snapshot.status == "scheduled"
    assert player.user.discord_id in people_to_remind(snapshot)


@pytest.mark.parametrize("seed", range(3))
def test_b85_events_doubled_and_replayed(seed: int) -> None:
    """A RESUME replays the latest events in order, and the state stays the same."""
    game: Game = make_game()
    guild, person = game.guild, make_user("ada", discord_id=snowflake())
    member = make_member(guild, person)
    join_game(game_id=game.id, member=member, via=Via.WEB)
    who = {"user": {"id": str(person.discord_id), "username": "ada"}, "guild_id": str(guild.id)}
    role = {"id": str(snowflake()), "name": "Players", "permissions": "1024"}
    events: list[tuple[str, dict[str, Any]]] = [
        ("GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": role}),
        ("GUILD_MEMBER_UPDATE", {**who, "roles": [role["id"]]}),
        ("CHANNEL_UPDATE", {"guild_id": str(guild.id), "id": str(game.channel_id), "type": 0,
                            "name": "renamed"}),
        ("GUILD_MEMBER_REMOVE", who),
    ]  # fmt: skip
    dice = random.Random(seed)
    for number in range(1, len(events) + 1):
        for event, payload in events[dice.randrange(number) : number]:
            tell(event, payload)
    for event, payload in events:
        tell(event, payload)

    assert Member.objects.get(id=member.id).left_at is not None
    assert Channel.objects.get(id=game.channel_id).name == "renamed"
    assert Role.objects.filter(id=role["id"]).count() == 1
    assert not game.participants.exists()
    assert game.changes.filter(action="left").count() == 1


@pytest.mark.parametrize("event", sorted(EVENTS))
@pytest.mark.parametrize("payload", [{}, {"id": "x"}, {"guild_id": "1"}, {"guild_id": None}])
def test_b85_payload_without_what_it_needs(event: str, payload: dict[str, Any]) -> None:
    """The mirror logs and drops it; see `discordbot.gateway.mirror._finished`."""
    with contextlib.suppress(KeyError, TypeError, ValueError):
        tell(event, payload)
    assert not Guild.objects.exists()
