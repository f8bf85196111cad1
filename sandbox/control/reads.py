"""Control that reads: channels, messages, direct messages, the log of requests."""

from __future__ import annotations

from typing import Any

from sandbox.acting.outcomes import seen_json
from sandbox.acting.people import channel_for, visible_channels, visible_messages
from sandbox.acting.reading import unread_json
from sandbox.control.call import Control, control
from sandbox.world.messages import delete_message
from sandbox.world.permissions import channel_permissions
from sandbox.world.present import channel_json
from sandbox.world.state import DM


@control("GET", "/health")
async def health(call: Control) -> Any:
    """Report the connected shards, the registered commands and the last number of each log."""
    connected = call.box.hub.connected()
    return {
        "ok": True,
        "base_url": call.box.base_url,
        "application_id": str(call.box.app_id),
        "bot_token": call.box.config.bot_token,
        "client_secret": call.box.config.client_secret,
        "bot": {"id": str(call.box.app_id), "username": call.box.bot.username},
        "shards": sorted(session.shard for session in connected),
        "shard_count": max((session.shards for session in connected), default=0),
        "commands": sorted({command.name for command in call.box.world.commands.values()}),
        "has_time": bool(call.box.config.time_url),
        "last_request": call.box.log.counter,
        "last_interaction": str(max(call.box.interactions, default=0)),
    }


@control("GET", "/channels")
async def channels(call: Control) -> Any:
    """List all channels, those of `guild_id`, or those `user_id` sees, with permissions and
    unread marks."""
    user_id, guild_id = call.query_id("user_id"), call.query_id("guild_id")
    found = (
        visible_channels(call.box, user_id) if user_id else list(call.box.world.channels.values())
    )
    rows = []
    for channel in sorted(found, key=lambda one: (one.position, one.id)):
        if guild_id and channel.guild_id != guild_id:
            continue
        row = channel_json(call.box.world, channel)
        if user_id:
            row["permissions"] = str(channel_permissions(call.box.world, channel, user_id))
            row |= unread_json(call.box, user_id, channel)
        rows.append(row)
    return rows


@control("GET", "/channels/{channel_id}/messages")
async def messages(call: Control) -> Any:
    """List messages, oldest first; with `user_id`, that person's ephemeral ones too."""
    user_id = call.query_id("user_id")
    if user_id:
        channel_for(call.box, user_id, call.ids["channel_id"])
    found = visible_messages(call.box, user_id, call.ids["channel_id"])
    limit = int(call.query.get("limit", 0))
    return [seen_json(call.box, message) for message in found[-limit:]]


@control("GET", "/channels/{channel_id}/messages/{message_id}")
async def message(call: Control) -> Any:
    return seen_json(call.box, call.box.message(call.ids["channel_id"], call.ids["message_id"]))


@control("PATCH", "/channels/{channel_id}/messages/{message_id}")
async def age_message(call: Control) -> Any:
    """Make a message appear `age` seconds older than it is."""
    found = call.box.message(call.ids["channel_id"], call.ids["message_id"])
    found.created -= float(call.body["age"])
    return seen_json(call.box, found)


@control("DELETE", "/channels/{channel_id}/messages/{message_id}")
async def moderate(call: Control) -> Any:
    """Delete a message as a moderator would."""
    delete_message(call.box, call.box.message(call.ids["channel_id"], call.ids["message_id"]))


@control("GET", "/users/{user_id}/dms")
async def direct_messages(call: Control) -> Any:
    """List the messages between the bot and a person, oldest first."""
    channel = call.box.world.dm_between(call.ids["user_id"], call.box.app_id)
    if channel is None:
        return []
    found = visible_messages(call.box, call.ids["user_id"], channel.id)
    return [seen_json(call.box, message) for message in found]


@control("GET", "/users/{user_id}/ephemeral")
async def ephemeral(call: Control) -> Any:
    """List the ephemeral messages a person sees now, in all channels."""
    found = [m for m in call.box.world.all_messages() if m.ephemeral_for == call.ids["user_id"]]
    return [seen_json(call.box, message) for message in sorted(found, key=lambda m: m.id)]


@control("GET", "/users/{user_id}/pings")
async def pings(call: Control) -> Any:
    """List the messages that notified a person, without direct messages."""
    world = call.box.world
    found = [
        message
        for message in world.all_messages()
        if call.ids["user_id"] in message.pings and world.channels[message.channel_id].type != DM
    ]
    return [seen_json(call.box, message) for message in sorted(found, key=lambda m: m.id)]


@control("GET", "/messages")
async def all_messages(call: Control) -> Any:
    """Every message there is, ephemeral ones left out,"""
    found = [m for m in call.box.world.all_messages() if m.ephemeral_for is None]
    return [seen_json(call.box, message) for message in sorted(found, key=lambda m: m.id)]


@control("GET", "/requests")
async def requests(call: Control) -> Any:
    """List logged REST requests after number `since` whose route contains `route`."""
    return call.box.log.select(
        since=int(call.query.get("since", 0)),
        route=call.query.get("route", ""),
        channel_id=call.query_id("channel_id"),
    )


@control("DELETE", "/requests")
async def forget_requests(call: Control) -> Any:
    call.box.log.entries.clear()


@control("GET", "/happenings")
async def happenings(call: Control) -> Any:
    """List the newest interactions, REST calls and gateway events, oldest first."""
    return call.box.happenings.all()


@control("GET", "/happenings/{number}")
async def happening(call: Control) -> Any:
    """Return the payload that went over the wire."""
    return {"payload": call.box.happenings.payload(call.ids["number"])}


@control("GET", "/sessions")
async def sessions(call: Control) -> Any:
    """List gateway sessions, connected or waiting to be resumed, and count identifies.

    `too_early`: identifies within `identify_period` of another; `doubles`: sessions opened while
    another one of the same servers was connected.
    """
    return {
        "sessions": [
            {
                "id": session.id,
                "shard": session.shard,
                "shards": session.shards,
                "intents": session.intents,
                "sequence": session.sequence,
                "connected": session.socket is not None,
                "paused": session.paused,
            }
            for session in call.box.hub.sessions.values()
        ],
        "identifies": call.box.hub.identifies,
        "too_early": call.box.hub.too_early,
        "doubles": call.box.hub.doubles,
    }
