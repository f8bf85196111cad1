"""The API addresses in use, each with its route name and major parameter for the rate limits."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Route:
    """One address. Limits are kept by `template` and, within it, by `major`.

    `major` is the id of the channel, guild or webhook.
    """

    method: str
    template: str
    path: str
    major: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"


def _route(method: str, template: str, **ids: Any) -> Route:
    major = ids.get("channel_id") or ids.get("guild_id") or ids.get("webhook_id") or ""
    return Route(method, template, template.format(**ids), str(major))


def get_me() -> Route:
    return _route("GET", "/users/@me")


def get_gateway_bot() -> Route:
    return _route("GET", "/gateway/bot")


def create_message(channel_id: int) -> Route:
    return _route("POST", "/channels/{channel_id}/messages", channel_id=channel_id)


def edit_message(channel_id: int, message_id: int) -> Route:
    return _route(
        "PATCH",
        "/channels/{channel_id}/messages/{message_id}",
        channel_id=channel_id,
        message_id=message_id,
    )


def delete_message(channel_id: int, message_id: int) -> Route:
    return _route(
        "DELETE",
        "/channels/{channel_id}/messages/{message_id}",
        channel_id=channel_id,
        message_id=message_id,
    )


def get_message(channel_id: int, message_id: int) -> Route:
    return _route(
        "GET",
        "/channels/{channel_id}/messages/{message_id}",
        channel_id=channel_id,
        message_id=message_id,
    )


def list_messages(channel_id: int) -> Route:
    return _route("GET", "/channels/{channel_id}/messages", channel_id=channel_id)


def open_dm() -> Route:
    return _route("POST", "/users/@me/channels")


def get_member(guild_id: int, user_id: int) -> Route:
    return _route("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=guild_id, user_id=user_id)


def leave_guild(guild_id: int) -> Route:
    return _route("DELETE", "/users/@me/guilds/{guild_id}", guild_id=guild_id)


def get_channel(channel_id: int) -> Route:
    return _route("GET", "/channels/{channel_id}", channel_id=channel_id)


def search_members(guild_id: int) -> Route:
    return _route("GET", "/guilds/{guild_id}/members/search", guild_id=guild_id)
