"""The life of a game: created, started, completed, cancelled."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from games.enums import Action, Status, Via
from games.models import (
    DESCRIPTION_LENGTH,
    LOCATION_LENGTH,
    TITLE_LENGTH,
    Game,
)
from games.services.change import find_done, lock_game, record_change
from games.services.participant import over_sentence
from games.text import clean_line, clean_text
from guilds.errors import NotAllowed, Refused
from guilds.models import MAX_PLAYERS_LIMIT, Channel, Member, User
from guilds.permissions import can_edit_game, can_host, standing_of
from guilds.rules import is_zone
from guilds.selectors import (
    duration_minutes_of,
    get_channel,
    max_players_of,
    reminder_minutes_of,
    rules_of,
)

HORIZON = timedelta(days=2 * 366)
MAX_DURATION_MINUTES = 7 * 24 * 60


@dataclass(frozen=True)
class NewGame:
    """What the host chose; None means "what the channel or server has as its default"."""

    channel_id: int
    title: str
    starts_at: datetime
    timezone: str
    duration_minutes: int | None = None
    min_players: int | None = None
    max_players: int | None = None
    description: str = ""
    location: str = ""
    reminder_minutes: tuple[int, ...] | None = None
    signup_method: str = "self"
    notify_role_ids: tuple[int, ...] = field(default=())


def prepare_game(*, host: Member, new: NewGame) -> Game:
    """The game that `create_game` would make, checked and with defaults filled in, unsaved.

    Raises `Refused` (with the field) and `NotAllowed`.
    """
    channel = get_channel(host.guild, new.channel_id)
    channel.guild = host.guild
    if not can_host(standing_of(host, host.guild)):
        raise NotAllowed(_("Only certain roles can announce games on this server."))
    if not channel.is_active:
        raise Refused(_("Games are switched off in that channel."), field="channel")
    game = _game_from(new, host.user, channel)
    _check(game)
    return game


@transaction.atomic
def create_game(*, host: Member, new: NewGame, via: Via, request_key: str) -> Game:
    """Make the game; the same `request_key` again returns the game made first.

    Raises as `prepare_game` does.
    """
    if done := find_done(request_key):
        return done.game
    game = prepare_game(host=host, new=new)
    try:
        with transaction.atomic():
            game.save()
            record_change(
                game,
                actor=host.user,
                via=via,
                action=Action.CREATED,
                after={"title": game.title, "starts_at": game.starts_at.isoformat()},
                request_key=request_key,
            )
    except IntegrityError:
        # The twin of this request was faster and holds the key.
        if done := find_done(request_key):
            return done.game
        raise
    return game


@transaction.atomic
def start_game(*, guild_id: int, game_id: int, via: Via, actor: User | None = None) -> Game:
    """The game begins. Does nothing when it already has, or is over."""
    return _move_on(guild_id, game_id, {Status.SCHEDULED}, Status.IN_PROGRESS, via, actor)


@transaction.atomic
def complete_game(*, guild_id: int, game_id: int, via: Via, actor: User | None = None) -> Game:
    """The game is over. Does nothing when it already is."""
    allowed = {Status.SCHEDULED, Status.IN_PROGRESS}
    return _move_on(guild_id, game_id, allowed, Status.COMPLETED, via, actor)


@transaction.atomic
def cancel_game(
    *, game_id: int, member: Member, via: Via, reason: str = "", request_key: str | None = None
) -> Game:
    """Call the game off; everyone on its roster is told. Cancelling again changes nothing.

    Raises `NotFound`, `NotAllowed`, and `Refused` when the game is over.
    """
    game = lock_game(member.guild_id, game_id)
    check_may_edit(game, member)
    if game.status == Status.CANCELLED:
        return game
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    before = game.status
    game.status, game.cancel_reason = Status.CANCELLED, clean_line(reason)[:300]
    game.schedule_version += 1
    game.save(update_fields=["status", "cancel_reason", "schedule_version"])
    record_change(
        game,
        actor=member.user,
        via=via,
        action=Action.CANCELLED,
        before={"status": before},
        after={"status": game.status, "reason": game.cancel_reason},
        request_key=request_key,
    )
    return game


def check_may_edit(game: Game, member: Member) -> None:
    """Raise `NotAllowed` unless the member hosts the game or manages the guild's games."""
    is_host = game.host_id == member.user_id
    if not can_edit_game(standing_of(member, game.guild), is_host=is_host):
        raise NotAllowed(_("Only the host and this server's game managers can do that."))


def _move_on(
    guild_id: int, game_id: int, allowed: set[Status], to: Status, via: Via, actor: User | None
) -> Game:
    game = lock_game(guild_id, game_id)
    if game.status not in allowed:
        return game
    before, game.status = game.status, to
    game.save(update_fields=["status"])
    record_change(
        game,
        actor=actor,
        via=via,
        action=Action.STARTED if to == Status.IN_PROGRESS else Action.COMPLETED,
        before={"status": before},
        after={"status": to},
    )
    return game


def _game_from(new: NewGame, host: User, channel: Channel) -> Game:
    reminders = new.reminder_minutes
    if reminders is None:
        reminders = tuple(reminder_minutes_of(channel).value)
    return Game(
        guild=channel.guild,
        channel=channel,
        host=host,
        title=clean_line(new.title),
        description=clean_text(new.description),
        location=clean_line(new.location),
        rules=rules_of(channel).value,
        category=channel.game_category,
        starts_at=new.starts_at,
        timezone=new.timezone,
        duration_minutes=new.duration_minutes or duration_minutes_of(channel).value,
        min_players=new.min_players,
        max_players=new.max_players or max_players_of(channel).value,
        reminder_minutes=sorted(set(reminders), reverse=True),
        signup_method=new.signup_method,
        notify_role_ids=list(new.notify_role_ids),
    )


def _check(game: Game) -> None:
    """Refuse what makes no game, in words, naming the field."""
    now = timezone.now()
    if not game.title:
        raise Refused(_("The title is empty."), field="title")
    _check_length(game.title, TITLE_LENGTH, _("The title"), "title")
    _check_length(game.description, DESCRIPTION_LENGTH, _("The description"), "description")
    _check_length(game.location, LOCATION_LENGTH, _("The location"), "location")
    if game.starts_at <= now:
        raise Refused(_("That time is already past."), field="when")
    if game.starts_at > now + HORIZON:
        raise Refused(_("That is more than two years away."), field="when")
    if not is_zone(game.timezone):
        raise Refused(_("I do not know that time zone."), field="timezone")
    if not 1 <= game.duration_minutes <= MAX_DURATION_MINUTES:
        raise Refused(_("A game lasts from 1 minute to 7 days."), field="duration")
    if not 1 <= game.max_players <= MAX_PLAYERS_LIMIT:
        raise Refused(
            _("A game has 1 to %(most)d players.") % {"most": MAX_PLAYERS_LIMIT},
            field="max_players",
        )
    if game.min_players is not None and not 1 <= game.min_players <= game.max_players:
        raise Refused(_("The fewest players are more than the most."), field="min_players")


def _check_length(text: str, most: int, name: str, field_name: str) -> None:
    if len(text) > most:
        raise Refused(
            _("%(field)s may have %(most)d characters; this has %(count)d.")
            % {"field": name, "most": most, "count": len(text)},
            field=field_name,
        )
