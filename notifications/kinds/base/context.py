"""All that one message is made of: the game as it is now, and the person it is for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from games.snapshots import GameSnapshot
from notifications.enums import Target
from notifications.messages.markdown import escape_line
from notifications.messages.wording import when


@dataclass(frozen=True)
class Context:
    """`payload` is the delivery's own, with what its kind has looked up besides."""

    game: GameSnapshot
    payload: Mapping[str, Any] = field(default_factory=dict)
    delivery_id: int = 0
    target: str = Target.USER
    target_id: int = 0

    @property
    def mention(self) -> int | None:
        """The one person named in the channel, in place of a direct message that was closed."""
        return self.payload.get("mention")

    @property
    def person(self) -> int:
        """The Discord id of the person addressed."""
        return self.mention or self.target_id

    @property
    def plays(self) -> bool:
        return any(person.discord_id == self.person for person in self.game.playing)

    @property
    def waits(self) -> bool:
        return any(person.discord_id == self.person for person in self.game.waiting)

    @property
    def is_going(self) -> bool:
        return self.plays or self.waits

    @property
    def is_host(self) -> bool:
        return self.person == self.game.host_discord_id

    @property
    def is_concerned(self) -> bool:
        """Whether the person hosts the game, goes, waits or may go."""
        may_go = any(person.discord_id == self.person for person in self.game.maybe)
        return self.is_host or self.is_going or may_go

    @property
    def is_of_this_schedule(self) -> bool:
        version = self.game.schedule_version
        return bool(self.payload.get("schedule_version", version) == version)

    @property
    def words(self) -> dict[str, Any]:
        """The words that most sentences name."""
        return {
            "title": f"**{escape_line(self.game.title)}**",
            "when": when(self.game.starts_at),
            "channel": f"<#{self.game.channel_id}>",
        }
