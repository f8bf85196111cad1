"""A claimed delivery made ready: its message by the state at this moment, or the reason for
none."""

from dataclasses import dataclass
from datetime import datetime

from discord_api.budget import Priority
from discord_api.outgoing import Outgoing
from games.snapshots import GameSnapshot
from guilds.languages import in_language
from guilds.models import User
from notifications.enums import State, Target
from notifications.kinds import KINDS, Context, Notice
from notifications.messages.wording import Message, without_link_previews
from notifications.models import Delivery
from notifications.outbox.claims import was_tried
from notifications.outbox.direct_channels import is_closed
from notifications.outbox.facts import Facts
from notifications.rules import nonce_for, quiet_end

# In the payload of a row that was dropped while an earlier try might have arrived.
DROPPED = "dropped"


@dataclass(frozen=True)
class Unsendable:
    """The delivery is not sent. `is_fallback`: the person's DMs are closed; mention them in the
    channel instead."""

    state: State
    reason: str
    is_fallback: bool = False


@dataclass(frozen=True)
class Later:
    """The delivery waits: the person's quiet hours end at `due_at`."""

    due_at: datetime
    expires_at: datetime


def prepare(delivery: Delivery, facts: Facts) -> Outgoing | Unsendable | Later:
    """Check the delivery against the present and make its message."""
    if delivery.payload.get(DROPPED):
        return Unsendable(State.CANCELLED, "dropped by an operator")
    snapshot = facts.games.get(delivery.game_id or 0)
    guild = facts.guilds.get(delivery.guild_id)
    if snapshot is None or guild is None or guild.left_at is not None:
        return Unsendable(State.CANCELLED, "the bot is no longer on the server")
    if facts.now > delivery.expires_at:
        return Unsendable(State.EXPIRED, "its time had run out")
    kind, context = KINDS[delivery.notice], _context(delivery, snapshot, facts)
    if reason := kind.outdated(context):
        return Unsendable(State.CANCELLED, reason)
    user = facts.users.get(delivery.target_id) if delivery.target == Target.USER else None
    if user and is_closed(user, facts.now):
        return Unsendable(State.CANCELLED, "no direct messages to this person", is_fallback=True)
    if user and (quiet := _quiet(delivery, kind, snapshot, user, facts.now)):
        return quiet
    locale = (user.locale if user else "") or snapshot.guild_locale
    with in_language(locale):
        body = kind.message(context)
    return _outgoing(delivery, user, body)


def earlier_try(delivery: Delivery, facts: Facts) -> Outgoing:
    """Return the search in the channel for a row that is not to be sent any more."""
    user = facts.users.get(delivery.target_id) if delivery.target == Target.USER else None
    return _outgoing(delivery, user, {})


def _context(delivery: Delivery, snapshot: GameSnapshot, facts: Facts) -> Context:
    return Context(
        game=snapshot,
        payload={**delivery.payload, **facts.more.get(delivery.id, {})},
        delivery_id=delivery.id,
        target=delivery.target,
        target_id=delivery.target_id,
    )


def _outgoing(delivery: Delivery, user: User | None, body: Message) -> Outgoing:
    channel_id = delivery.target_id
    if delivery.target == Target.USER:
        channel_id = user.dm_channel_id if user else None  # type: ignore[assignment]
    return Outgoing(
        body=without_link_previews(body)
        | {"nonce": nonce_for(delivery.dedupe_key), "enforce_nonce": True},
        channel_id=channel_id,
        user_id=delivery.target_id if delivery.target == Target.USER else None,
        look_since=delivery.first_attempt_at if was_tried(delivery) else None,
        marker=f"?d={delivery.id}",
        priority=Priority(min(delivery.priority, Priority.UPKEEP)),
        guild_id=delivery.guild_id,
    )


def _quiet(
    delivery: Delivery, kind: Notice, snapshot: GameSnapshot, user: User, now: datetime
) -> Later | Unsendable | None:
    """A direct message waits for the end of the quiet hours, or is dropped where the game
    starts before, unless its kind is worth knowing even then."""
    zone = user.timezone or snapshot.guild_timezone
    end = quiet_end(now, zone, user.quiet_from, user.quiet_until)
    if end is None:
        return None
    if kind.outlives_start or end < snapshot.starts_at:
        latest = kind.latest_after_quiet(end, snapshot)
        return Later(end, max(delivery.expires_at, latest))
    return Unsendable(State.EXPIRED, "quiet hours until after the start")
