from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discord_api.budget import Priority
from games.enums import Status
from games.fields import Kind, facts_of
from games.models import Game
from games.snapshots import GameSnapshot
from guilds.enums import DirectMessages
from guilds.models import User
from notifications.enums import Target
from notifications.kinds.base.context import Context
from notifications.kinds.base.notice import Notice, details_link, register
from notifications.messages.markdown import escape_block, escape_line
from notifications.messages.wording import Message, pinging, row, timestamp
from notifications.models import Delivery
from notifications.rules import REMINDER_GRACE

CHUNK = 60  # people mentioned by one message; Discord pings at most 100, and 2000 letters fit


@dataclass(frozen=True)
class DueReminder:
    """One of a game's reminders whose time has come; `is_own`: for those alone who chose this
    time for themselves."""

    game: Game
    minutes: int
    expires_at: datetime
    is_own: bool = False


@register
class Reminder(Notice):
    """One message in the channel that mentions the host and those who play, and direct messages
    for those who are to have them. Its text is true however late it is read."""

    name = "reminder"
    label = gettext_lazy("Reminder")
    priority = Priority.REMINDER
    is_of_one_time = True

    def deliveries(
        self, due: DueReminder, people: Sequence[int], users: Mapping[int, User], *, now: datetime
    ) -> list[Delivery]:
        """Rows for `people` (`people_to_remind`); `users` are theirs, by Discord id.

        A game's reminder leaves out those with reminder times of their own. Where the bot may not
        write in the channel, everybody is written to who does not forbid it.
        """
        own = {p for p in people if p in users and users[p].reminder_minutes is not None}
        if due.is_own:
            chosen = [p for p in people if p in own and _chose(users[p], due.minutes)]
            return self._direct(due, chosen, now)
        is_open = due.game.channel.is_open
        default = due.game.guild.remind_by_dm or not is_open
        by_dm = [
            person
            for person in people
            if person in users
            and person not in own
            and wants_dm(users[person], guild_default=default, now=now)
        ]
        if not is_open:
            return self._direct(due, by_dm, now)
        return [
            *self._direct(due, by_dm, now),
            *self._in_channel(due, people, sorted({*by_dm, *own}), now),
        ]

    def _direct(self, due: DueReminder, people: Sequence[int], now: datetime) -> list[Delivery]:
        return [
            self.direct_message(
                due.game,
                person,
                key=f"{_key(due)}:dm:{person}",
                due_at=now,
                expires_at=due.expires_at,
                payload=_payload(due),
            )
            for person in people
        ]

    def _in_channel(
        self, due: DueReminder, people: Sequence[int], elsewhere: list[int], now: datetime
    ) -> list[Delivery]:
        game = due.game
        count = len([person for person in people if person not in elsewhere])
        return [
            Delivery(
                dedupe_key=f"{_key(due)}:ch:{number}",
                game=game,
                guild_id=game.guild_id,
                notice=self.name,
                priority=self.priority,
                target=Target.CHANNEL,
                target_id=game.channel_id,
                payload={**_payload(due), "chunk": number, "by_dm": elsewhere},
                due_at=now,
                expires_at=due.expires_at,
            )
            for number in range(chunks(count))
        ]

    def outdated(self, context: Context) -> str:
        if reason := super().outdated(context):
            return reason
        if context.game.status != Status.SCHEDULED and context.payload.get("minutes"):
            return "the game has started"
        if context.target == Target.CHANNEL:
            return "" if _mentioned(context) else "nobody to remind"
        is_reminded = context.person in people_to_remind(context.game)
        return "" if is_reminded else "does not play any more"

    def named_in_channel(self, context: Context) -> Sequence[int]:
        """Nobody whose direct messages are closed, and who was named here because of that."""
        return () if context.mention else _mentioned(context)

    def payload_for_one(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        return {name: payload[name] for name in ("minutes", "schedule_version") if name in payload}

    def still_concerns(self, context: Context) -> bool:
        """Left to `outdated`, which knows of chunks."""
        return True

    def latest_after_quiet(self, end: datetime, game: GameSnapshot) -> datetime:
        return min(end + REMINDER_GRACE, game.starts_at)

    def text(self, context: Context) -> str:
        game = context.game
        return _("**%(title)s** starts %(when)s.") % {
            "title": escape_line(game.title),
            "when": f"{timestamp(game.starts_at, 'R')} ({timestamp(game.starts_at, 't')})",
        }

    def message(self, context: Context) -> Message:
        is_direct = context.target == Target.USER
        people: Sequence[int] = [] if is_direct else _mentioned(context)
        return {
            "content": self._to_one(context) if is_direct else self._to_many(context, people),
            "components": [row(details_link(context))],
            "allowed_mentions": pinging(users=list(people)),
        }

    def _to_one(self, context: Context) -> str:
        game = context.game
        lines = [self.text(context)]
        lines.append(_("On %(server)s.") % {"server": escape_line(game.guild_name)})
        lines += [
            _("%(field)s: %(text)s") % {"field": field.label, "text": escape_block(text)}
            for field, text in facts_of(game)
            if field.kind == Kind.LINE
        ]
        return "\n".join(lines)

    def _to_many(self, context: Context, people: Sequence[int]) -> str:
        """The messages after the first carry on with further names."""
        mentions = " ".join(f"<@{person}>" for person in people)
        is_first = context.payload.get("chunk", 0) == 0
        return f"{self.text(context)}\n{mentions}" if is_first else mentions


def people_to_remind(snapshot: GameSnapshot) -> list[int]:
    """Discord ids of the host and those who really play, each once."""
    people = [snapshot.host_discord_id, *(p.discord_id for p in snapshot.playing)]
    return list(dict.fromkeys(person for person in people if person))


def wants_dm(user: User, *, guild_default: bool, now: datetime) -> bool:
    """Their own word first, then the server's; nobody whose DMs are known to be closed."""
    if user.dm_blocked_until and user.dm_blocked_until > now:
        return False
    if user.direct_messages == DirectMessages.INHERIT:
        return guild_default
    return user.direct_messages == DirectMessages.ALWAYS


def _chose(user: User, minutes: int) -> bool:
    return minutes in (user.reminder_minutes or ())


def _mentioned(context: Context) -> Sequence[int]:
    """The people this channel reminder names: its part of the list as it stands now."""
    if context.mention:
        return [context.mention] if context.mention in people_to_remind(context.game) else []
    by_dm: Collection[int] = context.payload.get("by_dm", ())
    people = [person for person in people_to_remind(context.game) if person not in by_dm]
    return chunk_of(people, context.payload.get("chunk", 0))


def chunks(count: int) -> int:
    """How many messages mention `count` people."""
    return -(-count // CHUNK)


def chunk_of(people: Sequence[int], number: int) -> Sequence[int]:
    return people[number * CHUNK : (number + 1) * CHUNK]


def _key(due: DueReminder) -> str:
    return f"rem:{due.game.id}:{due.game.schedule_version}:{due.minutes}"


def _payload(due: DueReminder) -> dict[str, Any]:
    return {"minutes": due.minutes, "schedule_version": due.game.schedule_version}
