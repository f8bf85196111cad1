"""What a claimed delivery says, from the state at this moment, or why it is not sent after all."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from games.enums import Decision, Status
from games.models import Game
from games.selectors import snapshots_of
from games.snapshots import GameSnapshot
from guilds.discord.budget import Priority
from guilds.discord.outgoing import Outgoing
from guilds.enums import DirectMessages
from guilds.languages import in_language
from guilds.models import Guild, User
from notifications.enums import Notice, State, Target
from notifications.messages.notices import notice
from notifications.messages.reminder import channel_reminder, direct_reminder
from notifications.messages.wording import Message
from notifications.models import Announcement, Delivery
from notifications.rules import (
    REMINDER_GRACE,
    VERIFY_AFTER,
    chunk_of,
    nonce_for,
    quiet_end,
)
from notifications.services.clock import database_now
from notifications.services.reminder import people_to_mention, people_to_remind
from notifications.services.trouble_facts import troubles_of

log = logging.getLogger(__name__)

# How long after quiet hours a message other than a reminder may still be sent.
AFTER_QUIET = timedelta(hours=1)


@dataclass(frozen=True)
class Unsendable:
    """`is_fallback`: the person's DMs are closed; mention them in the channel instead."""

    state: State
    reason: str
    is_fallback: bool = False


@dataclass(frozen=True)
class Later:
    """Not now: the person's quiet hours end at `due_at`."""

    due_at: datetime
    expires_at: datetime


@dataclass
class Facts:
    """All that a batch of deliveries needs to know, in seven queries however many they are, and
    four more where hosts are told of trouble."""

    now: datetime
    games: dict[int, GameSnapshot] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    lost_games: set[int] = field(default_factory=set)
    troubles: dict[int, dict[str, Any]] = field(default_factory=dict)


def gather_facts(deliveries: Sequence[Delivery]) -> Facts:
    facts = Facts(now=database_now())
    game_ids = {delivery.game_id for delivery in deliveries if delivery.game_id}
    if not game_ids:
        return facts
    games = Game.objects.select_related("guild", "channel", "host").filter(id__in=game_ids)
    facts.games = {snapshot.id: snapshot for snapshot in snapshots_of(games)}
    people = {row.target_id for row in deliveries if row.target == Target.USER}
    facts.users = {u.discord_id or 0: u for u in User.objects.filter(discord_id__in=people)}
    guild_ids = {delivery.guild_id for delivery in deliveries}
    facts.guilds = {guild.id: guild for guild in Guild.objects.filter(id__in=guild_ids)}
    facts.troubles = troubles_of(deliveries, facts.guilds, facts.now)
    if any(delivery.notice == Notice.POST_LOST for delivery in deliveries):
        lost = Announcement.objects.filter(game_id__in=game_ids, lost_at__isnull=False)
        facts.lost_games = set(lost.values_list("game_id", flat=True))
    return facts


def prepare(delivery: Delivery, facts: Facts) -> Outgoing | Unsendable | Later:
    """Check the delivery against the present and make its message."""
    snapshot = facts.games.get(delivery.game_id or 0)
    guild = facts.guilds.get(delivery.guild_id)
    if snapshot is None or guild is None or guild.left_at is not None:
        return Unsendable(State.CANCELLED, "the bot is no longer on the server")
    if facts.now > delivery.expires_at:
        return Unsendable(State.EXPIRED, "its time had run out")
    if reason := _outdated(delivery, snapshot, facts):
        return Unsendable(State.CANCELLED, reason)
    user = facts.users.get(delivery.target_id) if delivery.target == Target.USER else None
    if user and _is_closed(user, facts.now):
        return Unsendable(State.CANCELLED, "no direct messages to this person", is_fallback=True)
    if user and (quiet := _quiet(delivery, snapshot, user, facts.now)):
        return quiet
    locale = (user.locale if user else "") or snapshot.guild_locale
    with in_language(locale):
        body = _message(delivery, snapshot, facts)
    return _outgoing(delivery, user, body, facts.now)


def _outgoing(delivery: Delivery, user: User | None, body: Message, now: datetime) -> Outgoing:
    first = delivery.first_attempt_at
    is_old = first is not None and delivery.attempts > 1 and now - first > VERIFY_AFTER
    channel_id = delivery.target_id
    if delivery.target == Target.USER:
        channel_id = user.dm_channel_id if user else None  # type: ignore[assignment]
    return Outgoing(
        body={**body, "nonce": nonce_for(delivery.dedupe_key), "enforce_nonce": True},
        channel_id=channel_id,
        user_id=delivery.target_id if delivery.target == Target.USER else None,
        look_since=first if is_old else None,
        marker=f"?d={delivery.id}",
        priority=Priority(min(delivery.priority, Priority.UPKEEP)),
    )


def _is_closed(user: User, now: datetime) -> bool:
    return user.direct_messages == DirectMessages.NEVER or bool(
        user.dm_blocked_until and user.dm_blocked_until > now
    )


def _quiet(
    delivery: Delivery, snapshot: GameSnapshot, user: User, now: datetime
) -> Later | Unsendable | None:
    """A direct message waits for the end of the quiet hours, or is dropped where the game
    starts before. That a game was cancelled is worth knowing even then."""
    zone = user.timezone or snapshot.guild_timezone
    end = quiet_end(now, zone, user.quiet_from, user.quiet_until)
    if end is None:
        return None
    if delivery.notice == Notice.CANCELLED or end < snapshot.starts_at:
        is_reminder = delivery.notice == Notice.REMINDER
        latest = end + (REMINDER_GRACE if is_reminder else AFTER_QUIET)
        if is_reminder:
            latest = min(latest, snapshot.starts_at)
        return Later(end, max(delivery.expires_at, latest))
    return Unsendable(State.EXPIRED, "quiet hours until after the start")


def _message(delivery: Delivery, snapshot: GameSnapshot, facts: Facts) -> Message:
    mention = delivery.payload.get("mention")
    if delivery.notice != Notice.REMINDER:
        person = mention or delivery.target_id
        payload = {**delivery.payload, "person": person, **facts.troubles.get(delivery.id, {})}
        return notice(delivery.notice, snapshot, payload, delivery_id=delivery.id, mention=mention)
    if delivery.target == Target.USER:
        return direct_reminder(snapshot, delivery_id=delivery.id)
    return channel_reminder(
        snapshot,
        people=_mentioned(delivery, snapshot),
        is_first=delivery.payload.get("chunk", 0) == 0,
        delivery_id=delivery.id,
    )


def _mentioned(delivery: Delivery, snapshot: GameSnapshot) -> list[int]:
    """Whom this channel reminder names: its part of the list as it stands now."""
    if mention := delivery.payload.get("mention"):
        return [mention] if mention in people_to_remind(snapshot) else []
    people = people_to_mention(snapshot, delivery.payload.get("by_dm", ()))
    return chunk_of(people, delivery.payload.get("chunk", 0))


def _outdated(delivery: Delivery, snapshot: GameSnapshot, facts: Facts) -> str:
    """Why the message would no longer be true, or nothing."""
    kind = Notice(delivery.notice)
    if kind == Notice.CANCELLED:
        return "" if snapshot.is_cancelled else "the game is not cancelled"
    if kind == Notice.SERIES_TROUBLE:
        return ""
    if not snapshot.is_upcoming:
        return "the game is over"
    version = delivery.payload.get("schedule_version", snapshot.schedule_version)
    if kind in {Notice.REMINDER, Notice.RESCHEDULED} and version != snapshot.schedule_version:
        return "the time has changed since"
    if kind == Notice.POST_LOST:
        return "" if snapshot.id in facts.lost_games else "the announcement is there again"
    if kind == Notice.REMINDER:
        return _reminder_outdated(delivery, snapshot)
    if kind == Notice.TOO_FEW:
        is_open = snapshot.status == Status.SCHEDULED and snapshot.decision == Decision.ASKED
        return "" if is_open and snapshot.missing_players else "nothing to decide any more"
    if kind == Notice.UNREACHABLE and not facts.troubles.get(delivery.id, {}).get("names"):
        return "everybody can be written to again"
    person = delivery.payload.get("mention") or delivery.target_id
    return "" if _STILL[kind](snapshot, person) else "the person's place has changed since"


def _reminder_outdated(delivery: Delivery, snapshot: GameSnapshot) -> str:
    if snapshot.status != Status.SCHEDULED and delivery.payload.get("minutes"):
        return "the game has started"
    if delivery.target == Target.CHANNEL:
        return "" if _mentioned(delivery, snapshot) else "nobody to remind"
    return "" if delivery.target_id in people_to_remind(snapshot) else "does not play any more"


def _plays(snapshot: GameSnapshot, person: int) -> bool:
    return any(p.discord_id == person for p in snapshot.playing)


def _waits(snapshot: GameSnapshot, person: int) -> bool:
    return any(p.discord_id == person for p in snapshot.waiting)


def _is_going(snapshot: GameSnapshot, person: int) -> bool:
    return _plays(snapshot, person) or _waits(snapshot, person)


def _is_concerned(snapshot: GameSnapshot, person: int) -> bool:
    return (
        person == snapshot.host_discord_id
        or _is_going(snapshot, person)
        or any(p.discord_id == person for p in snapshot.maybe)
    )


def _hosts_next(snapshot: GameSnapshot, person: int) -> bool:
    return person == snapshot.host_discord_id and snapshot.status == Status.SCHEDULED


def _is_gone(snapshot: GameSnapshot, person: int) -> bool:
    return not _is_going(snapshot, person)


_STILL: dict[Notice, Callable[[GameSnapshot, int], bool]] = {
    Notice.PROMOTED: _plays,
    Notice.DEMOTED: _waits,
    Notice.ADDED: _is_going,
    Notice.REMOVED: _is_gone,
    Notice.RESCHEDULED: _is_concerned,
    Notice.MOVED: _is_concerned,
    Notice.GOES_AHEAD: _is_concerned,
    Notice.CHANNEL_TROUBLE: _is_concerned,
    Notice.UNREACHABLE: _is_concerned,
    Notice.SERIES_NEXT: _hosts_next,
}
