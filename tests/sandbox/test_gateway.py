"""The gateway: identify, shards, intents, resume."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from sandbox.client import Sandbox
from tests.sandbox.conftest import Place
from tests.sandbox.gateway import CONTENT, DMS, GUILDS, MEMBERS, MESSAGES, PRESENCES, connect
from tests.sandbox.rest import TOKEN, Rest

pytestmark = pytest.mark.asyncio


async def closed_with(box: Sandbox, **identify: object) -> int:
    async with connect(box) as gateway:
        with pytest.raises(EOFError) as closed:
            await gateway.identify(**identify)  # type: ignore[arg-type]  # wrong on purpose
        return int(closed.value.args[0])


async def test_wrong_identify_is_closed_with_its_code(box: Sandbox) -> None:
    assert await closed_with(box, token="wrong") == 4004
    assert await closed_with(box, shard=(2, 2)) == 4010
    box.knobs(privileged_intents=False)
    try:
        assert await closed_with(box, intents=MEMBERS) == 4014
    finally:
        box.knobs(privileged_intents=True)


async def test_heartbeat_is_acknowledged_also_compressed(box: Sandbox) -> None:
    async with connect(box, compress=True) as gateway:
        await gateway.send(1, None)
        assert (await gateway.receive())["op"] == 11
        assert (await gateway.identify())["user"]["bot"]


async def test_each_shard_gets_its_guilds_only(box: Sandbox, place: Place) -> None:
    guilds = [box.make_guild(f"s{n}", place.owner, shard=(n, 2))["id"] for n in (0, 1)]
    for shard in (0, 1):
        async with connect(box) as gateway:
            ready = await gateway.identify(shard=(shard, 2))
            named = {guild["id"] for guild in ready["guilds"]}
            assert guilds[shard] in named
            assert guilds[1 - shard] not in named
            await gateway.names()
            created = {data["id"] for name, data in gateway.events if name == "GUILD_CREATE"}
            assert created == named


async def test_a_guild_is_made_with_its_channels(box: Sandbox, place: Place) -> None:
    guild = box.make_guild("many rooms", place.owner, channels=["games", "talk"])["id"]
    async with connect(box) as gateway:
        await gateway.identify()
        await gateway.names()
    made = {data["id"]: data for name, data in gateway.events if name == "GUILD_CREATE"}
    named = [(one["position"], one["name"]) for one in made[guild]["channels"]]
    assert named == [(0, "games"), (1, "talk")]
    assert [one["name"] for one in box.channels(guild=guild)] == ["games", "talk"]


async def test_member_events_need_the_intent_except_about_the_bot(
    box: Sandbox, place: Place
) -> None:
    async with connect(box) as plain, connect(box) as privileged:
        await plain.identify(GUILDS)
        await privileged.identify(GUILDS | MEMBERS)
        await plain.names()
        await privileged.names()
        box.patch_member(place.guild, place.ada, nick="A")
        assert await privileged.names() == ["GUILD_MEMBER_UPDATE"]
        assert await plain.names() == []
        box.patch_member(place.guild, "1000000000000000001", nick="Bot")
        assert await plain.names() == ["GUILD_MEMBER_UPDATE"]


async def test_content_is_hidden_without_its_intent_but_not_own_mentions_or_dms(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    dm = box.open_dm(place.ada)["id"]
    async with connect(box) as plain, connect(box) as full:
        await plain.identify(GUILDS | MESSAGES | DMS)
        await full.identify(GUILDS | MESSAGES | CONTENT)
        box.write(place.ada, place.channel, "secret")
        assert (await plain.event("MESSAGE_CREATE"))["content"] == ""
        assert (await full.event("MESSAGE_CREATE"))["content"] == "secret"
        box.write(place.ada, place.channel, "<@1000000000000000001> hi")
        assert "hi" in (await plain.event("MESSAGE_CREATE"))["content"]
        box.write(place.ada, dm, "psst")
        assert (await plain.event("MESSAGE_CREATE"))["content"] == "psst"
        rest("POST", f"/channels/{place.channel}/messages", {"content": "own"})
        assert (await plain.event("MESSAGE_CREATE"))["content"] == "own"


async def test_resume_replays_what_was_missed(box: Sandbox, place: Place) -> None:
    async with connect(box) as first:
        await first.identify()
        await first.names()
        box.gateway("drop")
        box.make_channel(place.guild, "missed")
    async with connect(box) as second:
        await second.resume(first)
        assert await second.names() == ["CHANNEL_CREATE", "RESUMED"]


async def test_lost_session_is_invalid(box: Sandbox) -> None:
    async with connect(box) as first:
        await first.identify()
        box.gateway("drop", resumable=False)
    async with connect(box) as second:
        await second.resume(first)
        packet = await second.receive()
        assert (packet["op"], packet["d"]) == (9, False)


async def test_guild_events_tell_what_changed(box: Sandbox, place: Place) -> None:
    async with connect(box) as gateway:
        await gateway.identify()
        await gateway.names()
        role = box.make_role(place.guild, "r")["id"]
        box.patch_role(role, name="s")
        box.delete_role(role)
        channel = box.make_channel(place.guild, "c")["id"]
        box.patch_channel(channel, name="d")
        box.delete_channel(channel)
        box.patch_guild(place.guild, name="renamed")
        box.patch_guild(place.guild, unavailable=True)
        box.patch_guild(place.guild, unavailable=False)
        box.remove_bot(place.guild)
        box.add_bot(place.guild)
        assert await gateway.names() == [
            "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE",
            "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "GUILD_UPDATE",
            "GUILD_DELETE", "GUILD_CREATE", "GUILD_DELETE", "GUILD_CREATE",
        ]  # fmt: skip
        unavailable = [data.get("unavailable") for name, data in gateway.events[-4:]]
        assert unavailable == [True, False, None, None]


async def test_members_can_be_asked_for(box: Sandbox, place: Place) -> None:
    async with connect(box) as gateway:
        await gateway.identify(GUILDS | MEMBERS)
        request = {"guild_id": place.guild, "query": "", "limit": 0, "nonce": "n"}
        await gateway.send(8, request)
        chunk = await gateway.event("GUILD_MEMBERS_CHUNK")
        assert len(chunk["members"]) == 4
        assert (chunk["nonce"], chunk["chunk_count"]) == ("n", 1)


@pytest.mark.parametrize(("code", "goes_on"), [(1000, False), (1001, False), (4000, True)])
async def test_the_code_a_client_closes_with_decides_whether_it_can_resume(
    box: Sandbox, place: Place, code: int, goes_on: bool
) -> None:
    async with connect(box) as first:
        await first.identify()
        await first.names()
        await first.ws.close(code=code)
    box.wait_until(lambda: not box.health()["shards"])
    async with connect(box) as second:
        await second.resume(first)
        packet = await second.receive()
        assert (packet["op"], packet["t"]) == ((0, "RESUMED") if goes_on else (9, None))


async def test_identifying_too_early_is_refused_for_shards_of_the_same_key(box: Sandbox) -> None:
    known = len(box.sessions()["too_early"])
    async with connect(box) as zero, connect(box) as one, connect(box) as two:
        box.knobs(max_concurrency=2)
        await zero.identify(shard=(0, 3))
        box.knobs(identify_period=2.0)
        await one.identify(shard=(1, 3))
        await two.send(2, {"token": TOKEN, "intents": 1, "shard": (2, 3), "properties": {}})
        packet = await two.receive()
        assert (packet["op"], packet["d"]) == (9, False)
        await asyncio.sleep(2.1)
        await two.identify(shard=(2, 3))
    box.knobs(identify_period=0.0, max_concurrency=1)
    assert [one["shard"] for one in box.sessions()["too_early"]][known:] == [2]


async def test_who_starts_more_sessions_than_allowed_loses_the_token(
    box: Sandbox, rest: Rest
) -> None:
    box.knobs(identifies_left=1)
    try:
        async with connect(box) as first, connect(box) as second:
            await first.identify()
            with pytest.raises(EOFError, match="4004"):
                await second.identify()
            with pytest.raises(EOFError, match="4004"):
                await first.names()
        assert rest("GET", "/users/@me").status == 401
    finally:
        box.knobs(token_revoked=False, identifies_left=1000)


async def test_two_sessions_of_the_same_guilds_are_noted(box: Sandbox) -> None:
    known = len(box.sessions()["doubles"])
    async with connect(box) as first, connect(box) as second, connect(box) as third:
        await first.identify(shard=(0, 2))
        await second.identify(shard=(1, 2))
        assert len(box.sessions()["doubles"]) == known
        await third.identify(shard=(2, 4))
    noted = box.sessions()["doubles"][known:]
    assert [(one["shard"], one["other"]) for one in noted] == [(2, 0)]


@pytest.mark.parametrize(
    ("packet", "code"),
    [
        ("no json", 4002),
        ("[1, 2]", 4002),
        ("7", 4002),
        ("{}", 4002),
        ('{"op": "two"}', 4002),
        ('{"op": 2, "d": "token"}', 4002),
        ('{"op": 6, "d": null}', 4002),
        ('{"op": 1, "d": null, "pad": "' + "x" * 4096 + '"}', 4002),
        ("[" * 4000, 4002),
        ('{"op": 4, "d": {}}', 4003),
    ],
)
async def test_packet_that_is_none_is_closed_with_its_code(
    box: Sandbox, packet: str, code: int
) -> None:
    async with connect(box) as gateway:
        await gateway.ws.send_str(packet)
        with pytest.raises(EOFError) as closed:
            await gateway.receive()
        assert closed.value.args[0] == code


@pytest.mark.parametrize("version", ["5", "11", "ten", ""])
async def test_unknown_version_is_closed_with_4012(box: Sandbox, version: str) -> None:
    url = f"{box.url}/gateway?v={version}&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
        await ws.receive()
        assert ws.close_code == 4012


@pytest.mark.parametrize("intents", [1 << 17, 1 << 30, -1, "1", None])
async def test_unknown_intents_are_closed_with_4013(box: Sandbox, intents: object) -> None:
    assert await closed_with(box, intents=intents) == 4013


async def test_all_intents_that_there_are_may_be_asked_for(box: Sandbox) -> None:
    async with connect(box) as gateway:
        every = sum(1 << bit for bit in (*range(17), 20, 21, 24, 25))
        assert (await gateway.identify(every))["session_id"]


async def test_members_of_a_new_guild_are_the_bot_alone_without_presences(
    box: Sandbox, place: Place
) -> None:
    async with connect(box) as members, connect(box) as presences:
        await members.identify(GUILDS | MEMBERS)
        await presences.identify(GUILDS | PRESENCES)
        for gateway, count in ((members, 1), (presences, 4)):
            await gateway.names()
            (guild,) = [
                data
                for name, data in gateway.events
                if name == "GUILD_CREATE" and data["id"] == place.guild
            ]
            assert len(guild["members"]) == count
            assert guild["member_count"] == 4
