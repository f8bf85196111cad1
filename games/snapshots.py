"""A game at one moment as plain frozen values, which cross to the bot and into messages."""

from dataclasses import dataclass
from datetime import datetime

from games.enums import SignupMethod
from games.rules import STANDINGS, host_selects


@dataclass(frozen=True)
class PersonSnapshot:
    """Somebody on a roster. Placeholders have a name and no ids."""

    participant_id: int
    name: str
    user_id: int | None
    discord_id: int | None
    slot_id: int | None = None
    avatar_url: str = ""


@dataclass(frozen=True)
class SlotSnapshot:
    id: int
    name: str
    emoji: str
    capacity: int
    taken: int


@dataclass(frozen=True)
class GameSnapshot:
    id: int
    guild_id: int
    guild_name: str
    guild_locale: str
    guild_timezone: str
    channel_id: int
    channel_name: str
    host_user_id: int
    host_discord_id: int
    host_name: str
    host_avatar_url: str
    title: str
    description: str
    location: str
    rules: str
    category: str
    starts_at: datetime
    timezone: str
    duration_minutes: int
    min_players: int | None
    max_players: int
    reminder_minutes: tuple[int, ...]
    signup_method: str
    signup_closes_at: datetime | None
    notify_role_ids: tuple[int, ...]
    color: int | None
    image_url: str
    status: str
    decision: str
    archive: str
    archive_channel_id: int | None
    post_at: datetime | None
    awaits_host: bool
    cancel_reason: str
    cancelled_at: datetime | None
    revision: int
    schedule_version: int
    playing: tuple[PersonSnapshot, ...]
    waiting: tuple[PersonSnapshot, ...]
    maybe: tuple[PersonSnapshot, ...]
    declined: tuple[PersonSnapshot, ...]
    slots: tuple[SlotSnapshot, ...]

    @property
    def host_selects(self) -> bool:
        """Whether the host gives the seats, so that nobody moves up by themselves."""
        return host_selects(self.signup_method)

    @property
    def is_full(self) -> bool:
        return len(self.playing) >= self.max_players

    @property
    def is_cancelled(self) -> bool:
        """Whether the game was cancelled, even if it is archived since."""
        return self.status == "cancelled" or self.cancelled_at is not None

    @property
    def missing_players(self) -> int:
        """How many players the minimum still lacks."""
        return max((self.min_players or 0) - len(self.playing), 0)

    @property
    def post_channel_id(self) -> int:
        """The channel of the post. Archived games may move to an archive channel."""
        is_moved = self.status == "archived" and self.archive == "move"
        return self.archive_channel_id if is_moved and self.archive_channel_id else self.channel_id

    @property
    def is_upcoming(self) -> bool:
        return self.status in {"scheduled", "in_progress"}

    @property
    def takes_signups(self) -> bool:
        """Whether people sign up at all; else the host adds them."""
        return self.signup_method != SignupMethod.HOST_SELECTED

    def is_signup_open(self, now: datetime) -> bool:
        """Sign-up, where there is any, is open until it closes or the game starts."""
        is_ahead = self.takes_signups and self.status == "scheduled"
        return is_ahead and (self.signup_closes_at is None or now < self.signup_closes_at)

    def place_of(self, user_id: int) -> tuple[str, int] | None:
        """Return the user's list (`playing`, `waiting`, `maybe`, `declined`) and place, from 1."""
        for answer in STANDINGS:
            people: tuple[PersonSnapshot, ...] = getattr(self, answer)
            for place, person in enumerate(people, start=1):
                if person.user_id == user_id:
                    return answer, place
        return None
