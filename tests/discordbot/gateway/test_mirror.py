import asyncio
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from discordbot.gateway.guild_events import EVENTS, read_guild
from guilds.models import Channel, Guild, Member, Role
from guilds.selectors import find_bot_member, get_channel, missing_bot_permissions
from guilds.services.guild import leave_guilds_except, mirror_guild
from sandbox.client import Sandbox
from tests.discordbot.conftest import RunningBot, Tavern, make_tavern, start_bot
from tests.factories import make_guild, make_member, make_user, snowflake

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:parameter .timeout.:DeprecationWarning"),
]


def payload(guild_id: int, *, channels: int = 3, name: str = "Tavern") -> dict[str, Any]:
    everyone = {"id": str(guild_id), "name": "@everyone", "permissions": "1024", "position": 0}
    return {
        "id": str(guild_id),
        "name": name,
        "icon": None,
        "owner_id": "5",
        "preferred_locale": "de",
        "roles": [everyone],
        "channels": [
            {
                "id": str(guild_id + 1 + number),
                "type": 0,
                "name": f"c{number}",
                "position": number,
                "permission_overwrites": [
                    {"id": str(guild_id), "type": 0, "allow": "0", "deny": "2048"}
                ],
            }
            for number in range(channels)
        ],
    }


def test_guild_mirrored_again_writes_nothing() -> None:
    facts = read_guild(payload(snowflake(), channels=30))
    mirror_guild(facts)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        mirror_guild(facts)

    assert Channel.objects.filter(guild_id=facts.id).count() == 30
    assert not [q for q in queries if q["sql"].startswith("INSERT")]
    assert len(queries) <= 10


def test_guild_mirrored_anew_follows_what_changed() -> None:
    guild_id = snowflake()
    mirror_guild(read_guild(payload(guild_id)))
    renamed = payload(guild_id, channels=2, name="Inn")

    mirror_guild(read_guild(renamed))

    guild = Guild.objects.get(id=guild_id)
    assert guild.name == "Inn"
    assert guild.locale == "de"
    assert guild.channels.filter(deleted_at__isnull=True).count() == 2


def test_leave_guilds_except_touches_its_own_shard_only() -> None:
    kept, left = make_guild(id=4 << 22), make_guild(id=6 << 22)
    other_shard = make_guild(id=7 << 22)

    leave_guilds_except([kept.id], shard_id=0, shard_count=2)

    gone = set(Guild.objects.filter(left_at__isnull=False).values_list("id", flat=True))
    assert gone == {left.id}
    assert other_shard.id not in gone


def test_role_change_recomputes_known_members(tavern: Tavern, sandbox: Sandbox) -> None:
    role = int(sandbox.make_role(tavern.id, "staff")["id"])
    user = tavern.join("ada")
    sandbox.patch_member(tavern.id, user, roles=[str(role)])
    tavern.command("help", user)
    tavern.command("list-games", user)

    sandbox.patch_role(role, permissions=["MANAGE_GUILD"])

    sandbox.wait_until(lambda: Member.objects.get(user__discord_id=user).permissions & (1 << 5))


def test_gateway_events_are_followed(tavern: Tavern, sandbox: Sandbox) -> None:
    sandbox.patch_guild(tavern.id, name="Inn")
    sandbox.wait_until(lambda: Guild.objects.get(id=tavern.id).name == "Inn")
    sandbox.patch_channel(tavern.channel, name="tables")
    sandbox.wait_until(lambda: Channel.objects.get(id=tavern.channel).name == "tables")
    role = int(sandbox.make_role(tavern.id, "players")["id"])
    sandbox.wait_until(lambda: Role.objects.filter(id=role).exists())
    sandbox.delete_role(role)
    sandbox.wait_until(lambda: not Role.objects.filter(id=role).exists())
    sandbox.delete_channel(tavern.channel)
    sandbox.wait_until(lambda: Channel.objects.get(id=tavern.channel).deleted_at)
    sandbox.patch_guild(tavern.id, unavailable=True)
    sandbox.patch_guild(tavern.id, unavailable=False)
    assert Guild.objects.get(id=tavern.id).left_at is None
    sandbox.remove_bot(tavern.id)
    sandbox.wait_until(lambda: Guild.objects.get(id=tavern.id).left_at)


def test_own_member_tells_what_the_bot_may_do(tavern: Tavern, sandbox: Sandbox) -> None:
    def missing() -> int:
        guild = Guild.objects.get(id=tavern.id)
        return missing_bot_permissions(get_channel(guild, tavern.channel), find_bot_member(guild))

    sandbox.wait_until(lambda: find_bot_member(Guild.objects.get(id=tavern.id)))
    assert missing() == 0
    sandbox.bot_permissions(tavern.id, [])
    sandbox.patch_channel(
        tavern.channel,
        overwrites=[{"id": str(tavern.id), "type": 0, "deny": ["SEND_MESSAGES"]}],
    )
    sandbox.wait_until(missing)


def test_guild_left_while_the_bot_was_away_is_noticed(
    transactional_db: None, sandbox: Sandbox
) -> None:
    gone = make_guild(id=snowflake())

    running = start_bot(sandbox)
    try:
        sandbox.wait_until(lambda: Guild.objects.get(id=gone.id).left_at)
    finally:
        running.stop()


def test_commands_are_registered_once(transactional_db: None, sandbox: Sandbox) -> None:
    start_bot(sandbox).stop()
    before = len(sandbox.requests(route="PUT /applications"))

    start_bot(sandbox).stop()

    assert len(sandbox.requests(route="PUT /applications")) == before


@pytest.mark.parametrize("members_intent", [True])
def test_members_intent_follows_those_we_know(
    transactional_db: None, sandbox: Sandbox, settings: LazySettings, members_intent: bool
) -> None:
    settings.DISCORD_MEMBERS_INTENT = members_intent
    running = start_bot(sandbox)
    try:
        tavern = make_tavern(sandbox)
        ada, ben = tavern.join("ada"), tavern.join("ben")
        tavern.command("list-games", ada)
        sandbox.patch_member(tavern.id, ada, nick="Lady Ada")
        sandbox.patch_member(tavern.id, ben, nick="Sir Ben")
        sandbox.wait_until(lambda: Member.objects.filter(nick="Lady Ada").exists())
        sandbox.remove_member(tavern.id, ada)
        sandbox.wait_until(
            lambda: Member.objects.filter(user__discord_id=ada, left_at__isnull=False).exists()
        )
        assert not Member.objects.filter(user__discord_id=ben).exists()
    finally:
        running.stop()


def test_thousands_of_guilds_leave_the_loop_free(bot: RunningBot, sandbox: Sandbox) -> None:
    async def flood() -> float:
        loop = asyncio.get_running_loop()
        for number in range(200):
            bot.bot.guild_event("GUILD_CREATE", payload(snowflake() + number * 64, channels=30))
        slowest = 0.0
        settling = asyncio.create_task(bot.bot.mirror.settle())
        while not settling.done():
            before = loop.time()
            await asyncio.sleep(0.01)
            slowest = max(slowest, loop.time() - before - 0.01)
        return slowest

    slowest = asyncio.run_coroutine_threadsafe(flood(), bot.loop).result(60)

    assert Channel.objects.count() >= 200 * 30
    assert slowest < 0.5


def test_names_are_mirrored_without_what_cannot_be_stored() -> None:
    odd = payload(snowflake(), channels=1, name="Ta\x00vern\ud800")
    odd["channels"][0]["name"] = "ga\x00mes"
    odd["roles"][0]["name"] = "every\x00one"

    EVENTS["GUILD_CREATE"](odd, 1)

    guild = Guild.objects.get(id=int(odd["id"]))
    assert guild.name == "Tavern"
    assert Channel.objects.get(guild=guild).name == "games"
    assert Role.objects.get(guild=guild).name == "everyone"


def test_members_listed_with_a_guild_refresh_nobody_but_the_bot() -> None:
    """Discord lists those in voice channels alone, so that nothing may rest on it."""
    guild = make_guild()
    user = make_user("ada", discord_id=snowflake())
    make_member(guild, user, nick="Ada")
    listed = payload(guild.id)
    own_id = snowflake()
    listed["members"] = [
        {"user": {"id": str(user.discord_id), "username": "ada"}, "nick": "Lady Ada", "roles": []},
        {"user": {"id": str(own_id), "username": "bot"}, "nick": "Bot", "roles": []},
    ]

    EVENTS["GUILD_CREATE"](listed, own_id)

    assert set(Member.objects.filter(guild=guild).values_list("nick", flat=True)) >= {"Ada", "Bot"}


def test_a_closed_channel_is_noted_as_soon_as_the_gateway_tells(
    tavern: Tavern, sandbox: Sandbox
) -> None:
    def is_open() -> bool:
        return Channel.objects.get(id=tavern.channel).is_open

    sandbox.wait_until(lambda: find_bot_member(Guild.objects.get(id=tavern.id)))
    assert is_open()
    sandbox.bot_permissions(tavern.id, ["VIEW_CHANNEL", "SEND_MESSAGES", "EMBED_LINKS"])
    denied = {"id": str(tavern.id), "type": 0, "deny": ["SEND_MESSAGES"]}
    sandbox.patch_channel(tavern.channel, overwrites=[denied])
    sandbox.wait_until(lambda: not is_open())
    sandbox.patch_channel(tavern.channel, overwrites=[])
    sandbox.wait_until(is_open)
    sandbox.bot_permissions(tavern.id, ["VIEW_CHANNEL"])
    sandbox.patch_role(tavern.id, permissions=["VIEW_CHANNEL"])
    sandbox.wait_until(lambda: not is_open())
