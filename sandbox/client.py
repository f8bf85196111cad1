"""A small synchronous client of the control interface, for tests and scripts."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox.outcome import Outcome, outcome_from

__all__ = ["ControlError", "Outcome", "Sandbox"]

type Json = dict[str, Any]
type Id = int | str


class ControlError(Exception):
    """The sandbox refused: 409 when Discord's own client would not let the person do that."""

    def __init__(self, status: int, body: Json) -> None:
        self.status = status
        self.body = body
        super().__init__(f"{status}: {body.get('error', body)}")

    @property
    def refused(self) -> bool:
        return self.status == 409


class Sandbox:
    """Talks to a running sandbox at `url`. Ids may be given as int or str; JSON has them as str."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._netloc = urlsplit(self.url).netloc

    # Plumbing

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Send one control request; raises ControlError for anything but success."""
        asked = {name: value for name, value in query.items() if value is not None}
        target = f"/control{path}" + (f"?{urlencode(asked)}" if asked else "")
        connection = http.client.HTTPConnection(self._netloc, timeout=60)
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, target, payload, {"Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        try:
            answer = json.loads(text) if text else {}
        except ValueError:
            answer = {"error": text}
        if response.status >= 400:
            raise ControlError(response.status, answer)
        return answer

    def health(self) -> Json:
        return dict(self.call("GET", "/health"))

    def wait_for_bot(
        self, *, shards: int | None = None, commands: int = 0, timeout: float = 30.0
    ) -> None:
        """Wait until all shards (or so many) are connected and so many commands registered."""

        def ready() -> bool:
            state = self.health()
            wanted = shards or max(state["shard_count"], 1)
            return len(set(state["shards"])) >= wanted and len(state["commands"]) >= commands

        self.wait_until(ready, timeout=timeout)

    def wait_until(self, condition: Callable[[], Any], *, timeout: float = 15.0) -> Any:
        """Call `condition` until it is truthy and return that; raises AssertionError in the end."""
        end = time.monotonic() + timeout
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(f"Still {value!r} after {timeout} s")
            time.sleep(0.02)

    def reset(self) -> None:
        """Empty the world and end all trouble; the bot stays connected, its commands registered."""
        self.call("POST", "/reset")

    # The world

    def make_user(
        self,
        username: str,
        *,
        global_name: str | None = None,
        locale: str = "en-US",
        dms_open: bool = True,
        user_id: Id | None = None,
    ) -> Json:
        body = {"username": username, "global_name": global_name, "locale": locale}
        return dict(self.call("POST", "/users", body | {"dms_open": dms_open, "id": user_id}))

    def patch_user(self, user: Id, **changes: Any) -> Json:
        """Change username, global_name, avatar, locale or dms_open."""
        return dict(self.call("PATCH", f"/users/{user}", changes))

    def users(self) -> list[Json]:
        return list(self.call("GET", "/users"))

    def make_guild(
        self,
        name: str,
        owner: Id,
        *,
        guild_id: Id | None = None,
        locale: str = "en-US",
        with_bot: bool = True,
        bot_permissions: Sequence[str] | int | None = None,
        shard: tuple[int, int] | None = None,
        channels: Sequence[str] = (),
    ) -> Json:
        """Make a guild with its owner and the bot; `shard=(0, 2)` asks for an id of that shard.

        `channels` are the names of its text channels.
        """
        body: Json = {"name": name, "owner_id": str(owner), "id": guild_id, "locale": locale}
        body["channels"] = list(channels)
        more = {"with_bot": with_bot, "bot_permissions": _bits(bot_permissions), "shard": shard}
        return dict(self.call("POST", "/guilds", body | more))

    def patch_guild(self, guild: Id, **changes: Any) -> Json:
        """Change name, icon, locale, owner_id, or make it `unavailable=True` and back."""
        return dict(self.call("PATCH", f"/guilds/{guild}", changes))

    def delete_guild(self, guild: Id) -> None:
        self.call("DELETE", f"/guilds/{guild}")

    def guild(self, guild: Id) -> Json:
        return dict(self.call("GET", f"/guilds/{guild}"))

    def guilds(self) -> list[Json]:
        return list(self.call("GET", "/guilds"))

    def add_bot(self, guild: Id, *, permissions: Sequence[str] | int | None = None) -> None:
        self.call("POST", f"/guilds/{guild}/bot", {"permissions": _bits(permissions)})

    def remove_bot(self, guild: Id) -> None:
        self.call("DELETE", f"/guilds/{guild}/bot")

    def bot_permissions(self, guild: Id, permissions: Sequence[str] | int) -> Json:
        """Replace the permissions of the bot's own role."""
        body = {"permissions": _bits(permissions)}
        return dict(self.call("PATCH", f"/guilds/{guild}/bot", body))

    def make_role(
        self, guild: Id, name: str, *, permissions: Sequence[str] | int = 0, **fields: Any
    ) -> Json:
        """Make a role; `fields` are color, position, hoist, mentionable, id."""
        body = {"name": name, "permissions": _bits(permissions), **fields}
        return dict(self.call("POST", f"/guilds/{guild}/roles", body))

    def patch_role(self, role: Id, **changes: Any) -> Json:
        return dict(self.call("PATCH", f"/roles/{role}", changes))

    def delete_role(self, role: Id) -> None:
        self.call("DELETE", f"/roles/{role}")

    def make_channel(
        self, guild: Id, name: str, *, overwrites: Sequence[Json] = (), kind: int = 0, **fields: Any
    ) -> Json:
        """Make a channel; an overwrite is `{"id", "type": 0|1, "allow", "deny"}`, bits or names."""
        body = {"name": name, "overwrites": list(overwrites), "type": kind, **fields}
        return dict(self.call("POST", f"/guilds/{guild}/channels", body))

    def patch_channel(self, channel: Id, **changes: Any) -> Json:
        return dict(self.call("PATCH", f"/channels/{channel}", changes))

    def delete_channel(self, channel: Id) -> None:
        self.call("DELETE", f"/channels/{channel}")

    def channels(self, *, guild: Id | None = None, user: Id | None = None) -> list[Json]:
        return list(self.call("GET", "/channels", guild_id=guild, user_id=user))

    def add_member(
        self, guild: Id, user: Id, *, roles: Sequence[Id] = (), nick: str | None = None
    ) -> Json:
        body = {"roles": [str(role) for role in roles], "nick": nick}
        return dict(self.call("PUT", f"/guilds/{guild}/members/{user}", body))

    def patch_member(self, guild: Id, user: Id, **changes: Any) -> Json:
        """Change roles, nick or avatar."""
        return dict(self.call("PATCH", f"/guilds/{guild}/members/{user}", changes))

    def remove_member(self, guild: Id, user: Id) -> None:
        self.call("DELETE", f"/guilds/{guild}/members/{user}")

    def members(self, guild: Id) -> list[Json]:
        return list(self.call("GET", f"/guilds/{guild}/members"))

    # Acting as a person

    def command(
        self,
        user: Id,
        channel: Id,
        name: str,
        /,
        *,
        wait: bool = True,
        follow: bool = False,
        **options: Any,
    ) -> Outcome:
        """Type a slash command. A name with spaces names a subcommand; ids for user, channel, role.

        It waits for a deferred answer; `follow` waits for a follow-up after any acknowledgement.
        """
        body = {"name": name, "options": options, "wait": wait, "follow": follow}
        return self._act("command", user, channel, body)

    def autocomplete(
        self, user: Id, channel: Id, name: str, focused: str, text: str = "", /, **options: Any
    ) -> list[Json]:
        """Ask for the bot's choices for the option `focused` with `text` typed in it."""
        body = {"name": name, "focused": focused, "options": {**options, focused: text}}
        return self._act("autocomplete", user, channel, body).choices or []

    def click(
        self,
        user: Id,
        message: Json,
        custom_id: str,
        *,
        values: Sequence[Id] | None = None,
        wait: bool = True,
        follow: bool = False,
    ) -> Outcome:
        """Click a button or choose `values` in a select; `message` as this client returned it."""
        body = {
            "message_id": message["id"],
            "custom_id": custom_id,
            "values": None if values is None else [str(value) for value in values],
            "wait": wait,
            "follow": follow,
        }
        return self._act("component", user, message["channel_id"], body)

    def choose(
        self, user: Id, message: Json, custom_id: str, *values: Id, follow: bool = False
    ) -> Outcome:
        return self.click(user, message, custom_id, values=values, follow=follow)

    def submit_modal(
        self, user: Id, opened: Outcome, *, follow: bool = False, **values: Any
    ) -> Outcome:
        """Submit the modal that `opened` shows; values by custom id, others keep their prefill.

        Custom ids that are no Python names: pass `**{"the:id": "text"}`.
        """
        body = {"interaction_id": str(opened.interaction_id), "values": values, "follow": follow}
        return self._act("modal", user, None, body)

    def outcome(self, interaction: Outcome | Id) -> Outcome:
        """Look again at the outcome of an interaction."""
        number = interaction.interaction_id if isinstance(interaction, Outcome) else interaction
        return outcome_from(self.call("GET", f"/interactions/{number}"))

    def interactions(self, *, since: Id = 0) -> list[Outcome]:
        """List all interactions, or those after the id `since`."""
        return [outcome_from(body) for body in self.call("GET", "/interactions", since=since)]

    def write(self, user: Id, channel: Id, content: str) -> Json:
        """Write a message as a person."""
        body = {"user_id": str(user), "channel_id": str(channel), "content": content}
        return dict(self.call("POST", "/act/message", body))

    def open_dm(self, user: Id) -> Json:
        return dict(self.call("POST", "/act/dm", {"user_id": str(user)}))

    def dismiss(self, user: Id, message: Json) -> None:
        body = {
            "user_id": str(user),
            "channel_id": message["channel_id"],
            "message_id": message["id"],
        }
        self.call("POST", "/act/dismiss", body)

    def _act(self, kind: str, user: Id, channel: Id | None, body: Json) -> Outcome:
        who = {"user_id": str(user), "channel_id": None if channel is None else str(channel)}
        return outcome_from(self.call("POST", f"/act/{kind}", who | body))

    # Looking

    def messages(self, channel: Id, *, user: Id | None = None) -> list[Json]:
        """List messages, oldest first; with `user`, that person's ephemeral ones too."""
        return list(self.call("GET", f"/channels/{channel}/messages", user_id=user))

    def all_messages(self) -> list[Json]:
        return list(self.call("GET", "/messages"))

    def message(self, channel: Id, message: Id) -> Json:
        return dict(self.call("GET", f"/channels/{channel}/messages/{message}"))

    def delete_message(self, message: Json) -> None:
        """Delete a message as a moderator."""
        self.call("DELETE", f"/channels/{message['channel_id']}/messages/{message['id']}")

    def age_message(self, message: Json, seconds: float) -> None:
        """Make a message appear this much older."""
        path = f"/channels/{message['channel_id']}/messages/{message['id']}"
        self.call("PATCH", path, {"age": seconds})

    def dms(self, user: Id) -> list[Json]:
        return list(self.call("GET", f"/users/{user}/dms"))

    def ephemeral(self, user: Id) -> list[Json]:
        return list(self.call("GET", f"/users/{user}/ephemeral"))

    def pings(self, user: Id) -> list[Json]:
        """List the messages in guilds that notified this person."""
        return list(self.call("GET", f"/users/{user}/pings"))

    def commands(self) -> list[Json]:
        return list(self.call("GET", "/commands"))

    def requests(self, *, since: int = 0, route: str = "", channel: Id | None = None) -> list[Json]:
        """List logged REST requests, oldest first; `route` is part of `METHOD /path/{template}`."""
        return list(self.call("GET", "/requests", since=since, route=route, channel_id=channel))

    def sessions(self) -> Json:
        return dict(self.call("GET", "/sessions"))

    # Trouble

    def fault(self, route: str, kind: str = "status", **fields: Any) -> Json:
        """Disturb requests: kind latency, status or reset; see docs/sandbox.md for the fields."""
        return dict(self.call("POST", "/faults", {"route": route, "kind": kind, **fields}))

    def clear_faults(self) -> None:
        self.call("DELETE", "/faults")

    def knobs(self, **values: Any) -> Json:
        """Turn knobs; returns them all."""
        return dict(self.call("POST", "/knobs", values))

    def limits(self, **values: Any) -> Json:
        """Change rate limits: `**{"message.create": {"limit": 5, "per": 5}}`, `reset=True`."""
        return dict(self.call("POST", "/limits", values))

    def gateway(self, action: str, **fields: Any) -> int:
        """Drop, close, reconnect, invalidate, pause or resume; returns how many it touched."""
        return int(self.call("POST", "/gateway", {"action": action, **fields})["touched"])

    def replay(self, interaction: Outcome | Id | None = None) -> Json:
        """Send an interaction (default: the newest) to the bot once more, same id."""
        number = interaction.interaction_id if isinstance(interaction, Outcome) else interaction
        body = {"interaction_id": str(number)} if number else {}
        return dict(self.call("POST", "/interactions/replay", body))

    def raw_interaction(self, payload: Json, *, wait: bool = True) -> Outcome:
        """Send a hand-made INTERACTION_CREATE payload."""
        body = {"payload": payload, "wait": wait}
        return outcome_from(self.call("POST", "/interactions/raw", body))

    def authorize(self, user: Id, scopes: str = "identify guilds guilds.members.read") -> Json:
        """Make an OAuth token of a person without going through the browser."""
        return dict(self.call("POST", "/oauth/token", {"user_id": str(user), "scopes": scopes}))

    def register_redirects(self, *addresses: str) -> list[str]:
        """Let log-ins lead back to these addresses, compared whole; returns all that may."""
        body = {"redirect_uris": list(addresses)}
        return list(self.call("POST", "/oauth/redirects", body))


def _bits(permissions: Sequence[str] | int | None) -> Any:
    if permissions is None or isinstance(permissions, int | str):
        return permissions
    return list(permissions)
