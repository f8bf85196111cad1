"""The base of every kind of notice, and the kinds there are by their names.

The methods ask the database nothing: `look_up` alone does, once for all rows of its kind.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from discord_api.budget import Priority
from games.models import Game
from games.snapshots import GameSnapshot
from notifications.enums import Target
from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.messages import limits
from notifications.messages.markdown import escape_line
from notifications.messages.wording import Message, game_url, link, pinging, row
from notifications.models import NOTICE_LENGTH, Delivery

AT_LEAST = timedelta(hours=1)
AFTER_QUIET = timedelta(hours=1)
USEFUL_FOR = timedelta(days=1)

KINDS: dict[str, "Notice"] = {}


class Notice(ABC):
    """A message we send unprompted, about one game.

    `outlives_start`: after quiet hours it is worth telling though the game has begun.
    `may_mention`: a channel may name the person where their direct messages are closed.
    `is_of_one_time`: no longer true once the game has another time.
    """

    name: ClassVar[str]
    label: ClassVar[Promise]
    priority: ClassVar[Priority] = Priority.NEWS
    outlives_start: ClassVar[bool] = False
    may_mention: ClassVar[bool] = True
    is_of_one_time: ClassVar[bool] = False

    @abstractmethod
    def text(self, context: Context) -> str:
        """The sentences, in the language that is active."""

    def buttons(self, context: Context) -> list[Message]:
        """The buttons before "Details"."""
        return []

    def message(self, context: Context) -> Message:
        text = self.text(context)
        if context.mention is None:
            server = escape_line(context.game.guild_name)
            text += "\n" + _("On %(server)s.") % {"server": server}
        else:
            text = f"<@{context.mention}> {text}"
        return {
            "content": limits.fit(text, limits.CONTENT),
            "components": [row(*self.buttons(context), details_link(context))],
            "allowed_mentions": pinging(users=[context.mention] if context.mention else None),
        }

    def outdated(self, context: Context) -> str:
        """Why the message is no longer true, or nothing."""
        if not context.game.is_upcoming:
            return "the game is over"
        if self.is_of_one_time and not context.is_of_this_schedule:
            return "the time has changed since"
        return "" if self.still_concerns(context) else "the person's place has changed since"

    def still_concerns(self, context: Context) -> bool:
        """Whether the person is still such as this notice is for."""
        return context.is_concerned

    def named_in_channel(self, context: Context) -> Sequence[int]:
        """The Discord ids of those whom a message to the channel names, and who are written to if
        the channel does not take it."""
        return ()

    def payload_for_one(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The payload of a direct message in place of one to the channel."""
        return dict(payload)

    def latest_after_quiet(self, end: datetime, game: GameSnapshot) -> datetime:
        """Until when it may be sent, after quiet hours that end then."""
        return end + AFTER_QUIET

    def look_up(
        self, deliveries: Sequence[Delivery], now: datetime
    ) -> Mapping[int, dict[str, Any]]:
        """More payload by delivery: facts of this moment, asked for all these rows together."""
        return {}

    def direct_message(
        self,
        game: Game,
        person: int,
        *,
        key: str,
        due_at: datetime,
        expires_at: datetime,
        payload: Mapping[str, Any] | None = None,
    ) -> Delivery:
        """The outbox's row, not yet saved; `person` is a Discord id."""
        return Delivery(
            dedupe_key=key,
            game=game,
            guild_id=game.guild_id,
            notice=self.name,
            priority=self.priority,
            target=Target.USER,
            target_id=person,
            payload=dict(payload or {}),
            due_at=due_at,
            expires_at=expires_at,
        )

    def to_host(
        self, game: Game, *, key: str, due_at: datetime, payload: Mapping[str, Any] | None = None
    ) -> list[Delivery]:
        """A row for the game's host, useful for a day; none for a host who has left us."""
        host = game.host.discord_id
        if host is None:
            return []
        return [
            self.direct_message(
                game,
                host,
                key=f"{key}:{host}",
                due_at=due_at,
                expires_at=due_at + USEFUL_FOR,
                payload=payload,
            )
        ]


class ChangeNotice(Notice):
    """A notice of a change of a game, told in the change's own transaction.

    `is_for_drafts`: told though the game is not announced yet.
    """

    is_for_drafts: ClassVar[bool] = False

    @abstractmethod
    def recipients(self, event: GameEvent) -> Collection[int]:
        """Discord ids of those who are told of this change: of most changes nobody."""

    def payload(self, event: GameEvent) -> dict[str, Any]:
        return {"schedule_version": event.game.schedule_version}

    def expires_at(self, event: GameEvent) -> datetime:
        return max(event.game.ends_at, event.now + AT_LEAST)

    def deliveries(self, event: GameEvent) -> list[Delivery]:
        game, revision = event.game, event.change.revision
        return [
            self.direct_message(
                game,
                person,
                key=f"{self.name}:{game.id}:{revision}:{person}",
                due_at=event.now,
                expires_at=self.expires_at(event),
                payload=self.payload(event),
            )
            for person in self.recipients(event)
        ]


def details_link(context: Context) -> Message:
    """To the game's page. By its query the message is known again in its channel."""
    url = game_url(context.game.guild_id, context.game.id)
    return link(_("Details"), f"{url}?d={context.delivery_id}")


def register[N: Notice](kind: type[N]) -> type[N]:
    """Make the kind known by its name. Raises when it lacks something."""
    lacking = [name for name in ("name", "label") if not hasattr(kind, name)]
    lacking += sorted(kind.__abstractmethods__)
    if lacking:
        raise ImproperlyConfigured(f"{kind.__qualname__} lacks {', '.join(lacking)}")
    if len(kind.name) > NOTICE_LENGTH:
        raise ImproperlyConfigured(f"the name {kind.name} has no room in the database")
    if kind.name in KINDS:
        raise ImproperlyConfigured(f"two notices are called {kind.name}")
    KINDS[kind.name] = kind()
    return kind


def with_host(game_id: int) -> Game:
    """The game, for a notice `to_host` that arises where only its id is known."""
    return Game.objects.select_related("host").get(id=game_id)


def label_of(name: str) -> str:
    """The label of a notice; the bare name of one that this version does not know."""
    return str(KINDS[name].label) if name in KINDS else name
