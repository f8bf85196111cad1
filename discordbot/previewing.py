"""From what a host typed to the preview they see (synchronous)."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from discordbot.callbacks import Message
from discordbot.interaction import Interaction
from discordbot.person import member_of
from games.models import Game
from games.new_game import NewGame, prepare_game
from games.recurrence import Pattern, describe, next_dates
from games.selectors import get_game, snapshot_unsaved
from games.services.draft import save_draft
from games.services.game_clone import as_clone
from games.snapshots import SlotSnapshot
from games.typed import read_when
from games.typed_game import TypedGame, read_game
from guilds.enums import NEEDED_TO_ANNOUNCE, Permission
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import Channel, Member
from guilds.selectors import (
    channel_not_found,
    find_bot_member,
    get_channel,
    missing_bot_permissions,
    permissions_in,
)
from notifications.messages import previews, series
from notifications.messages.replies import missing_permissions


def preview_game(
    interaction: Interaction, typed: TypedGame, *, now: datetime, draft_id: int | None = None
) -> Message:
    """Keep what was typed as a draft and show it; or why it makes no game yet.

    Raises `NotAllowed`, and `Refused` where typing it differently does not help.
    """
    host = member_of(interaction)
    try:
        check_channel(interaction, host, typed.channel_id)
        new = read_game(typed, zone=zone_of(host), now=now)
        if typed.clone_of is not None:
            new = as_clone(new, get_game(host.guild_id, typed.clone_of))
        game = prepare_game(host=host, new=new)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return _to_be_put_right(host, typed, refused, draft_id)
    draft = save_draft(author=host, typed=typed, new=new, draft_id=draft_id)
    reading = read_when(typed.when, zone=zone_of(host), now=now)
    snapshot = snapshot_unsaved(game, host)
    if new.slots is not None:
        slots = tuple(SlotSnapshot(id=0, taken=0, **slot) for slot in new.slots)
        snapshot = replace(snapshot, slots=slots)
    return previews.preview(
        snapshot, draft_id=draft.id, now=now, reading=reading, repetition=_repetition(game, new)
    )


def _repetition(game: Game, new: NewGame) -> list[str]:
    """The next five dates, as the host's preview lists them."""
    if not new.repeat:
        return []
    local = game.starts_at.astimezone(ZoneInfo(game.timezone))
    pattern = Pattern(new.repeat, local.date(), local.time(), game.timezone)
    words = describe(new.repeat, at=local.time(), zone=game.timezone)
    return series.dates(words, next_dates(pattern, 5))


def check_channel(interaction: Interaction, host: Member, channel_id: int) -> None:
    """Raise unless the host sees the channel and the bot may announce there."""
    channel = seen_channel(host, channel_id)
    missing = missing_permissions_in(interaction, channel)
    if missing:
        raise NotAllowed(missing_permissions(missing, channel_id=channel_id), field="channel")


def seen_channel(member: Member, channel_id: int) -> Channel:
    """The channel, if the member sees it. Raises `NotFound` for others as for none."""
    channel = get_channel(member.guild, channel_id)
    if not permissions_in(channel, member) & Permission.VIEW_CHANNEL:
        raise channel_not_found()
    return channel


def zone_of(member: Member) -> str:
    """Where the member's clock is: theirs, else the server's, else UTC."""
    return member.user.timezone or member.guild.timezone or "UTC"


def missing_permissions_in(interaction: Interaction, channel: Channel) -> Permission:
    """What the bot lacks; in the channel it was typed in Discord itself says so."""
    if channel.id == interaction.channel_id:
        return NEEDED_TO_ANNOUNCE & ~interaction.app_permissions
    return missing_bot_permissions(channel, find_bot_member(channel.guild))


def _to_be_put_right(
    host: Member, typed: TypedGame, refused: Refused, draft_id: int | None
) -> Message:
    new: NewGame | None = None
    draft = save_draft(author=host, typed=typed, new=new, draft_id=draft_id)
    return previews.to_be_put_right(refused, draft_id=draft.id)
