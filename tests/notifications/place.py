"""A guild that exists both in the sandbox and in the database."""

from dataclasses import dataclass
from typing import Any

from games.models import Game
from guilds.models import Channel, Guild, Member
from sandbox.client import Sandbox
from tests.factories import make_channel, make_game, make_guild, make_member, make_user


@dataclass
class Place:
    discord: Sandbox
    guild: Guild
    channel: Channel
    host: Member

    def member(self, name: str = "ada", *, dms_open: bool = True, **fields: Any) -> Member:
        person = self.discord.make_user(name, dms_open=dms_open)
        self.discord.add_member(self.guild.id, person["id"])
        user = make_user(name, discord_id=int(person["id"]), **fields)
        return make_member(self.guild, user)

    def new_channel(self, name: str = "other") -> Channel:
        made = self.discord.make_channel(self.guild.id, name)
        return make_channel(self.guild, name, id=int(made["id"]))

    def game(self, **fields: Any) -> Game:
        fields = {"host": self.host, "channel": self.channel, **fields}
        return make_game(**fields)

    def messages(self, channel: Channel | None = None) -> list[dict[str, Any]]:
        return self.discord.messages((channel or self.channel).id)

    def dms(self, member: Member) -> list[dict[str, Any]]:
        return self.discord.dms(member.user.discord_id or 0)

    def requests(self, method: str, channel: Channel | None = None) -> list[dict[str, Any]]:
        channel_id = (channel or self.channel).id
        log = self.discord.requests(channel=channel_id, route=method)
        return [entry for entry in log if entry["route"].startswith(method)]

    def close_channel(self) -> None:
        """Hide the channel from everyone but the owner."""
        hidden = {"id": str(self.guild.id), "type": 0, "allow": [], "deny": ["VIEW_CHANNEL"]}
        self.discord.patch_channel(self.channel.id, overwrites=[hidden])

    def open_channel(self) -> None:
        self.discord.patch_channel(self.channel.id, overwrites=[])


def make_place(discord: Sandbox) -> Place:
    owner = discord.make_user("host")
    made = discord.make_guild("Tavern", owner["id"])
    channel = discord.make_channel(made["id"], "games")
    host_user = make_user("host", discord_id=int(owner["id"]))
    guild = make_guild(host_user, id=int(made["id"]))
    host = guild.members.select_related("user", "guild").get(user=host_user)
    return Place(discord, guild, make_channel(guild, id=int(channel["id"])), host)
