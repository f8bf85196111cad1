"""Reads of games, within one guild unless the docstring says otherwise."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from games.enums import Answer, Status
from games.fields import BY_COLUMN
from games.models import Game, Participant, Slot, Template
from games.rules import Entry, Seating, seat_game
from games.snapshots import GameSnapshot, PersonSnapshot, SlotSnapshot
from guilds.errors import NotFound
from guilds.models import Channel, Guild, Member, User
from guilds.permissions import can_manage, standing_of
from guilds.selectors import can_see_channel

# Fields that a snapshot copies unchanged; slots and the picture have another form there.
_SHOWN = {f.name for f in fields(GameSnapshot)} & BY_COLUMN.keys() - {"slots"}
UPCOMING = (Status.SCHEDULED, Status.IN_PROGRESS)


def game_not_found() -> NotFound:
    return NotFound(_("That game does not exist on this server."), field="game")


def get_game(guild_id: int, game_id: int) -> Game:
    """Return the guild's game. Raises `NotFound`, also for another guild's game."""
    game = (
        Game.objects.select_related("guild", "channel", "host", "series")
        .filter(id=game_id, guild_id=guild_id)
        .first()
    )
    if game is None:
        raise game_not_found()
    return game


def get_template(guild: Guild, template_id: int) -> Template:
    """Return the guild's template. Raises `NotFound`, also for another guild's template."""
    template = (
        Template.objects.select_related("channel").filter(id=template_id, guild=guild).first()
    )
    if template is None:
        raise NotFound(_("That template does not exist on this server."), field="template")
    return template


def find_default_template(guild: Guild) -> Template | None:
    return Template.objects.select_related("channel").filter(guild=guild, is_default=True).first()


def get_membership(game_id: int, discord_id: int) -> Member:
    """Return the user's membership of the game's guild, for DMs, which name no guild.

    Raises `NotFound` if there is no such game, or the user is not in its guild.
    """
    member = (
        Member.objects.select_related("user", "guild")
        .filter(
            guild__games__id=game_id,
            guild__left_at__isnull=True,
            user__discord_id=discord_id,
            left_at__isnull=True,
        )
        .first()
    )
    if member is None:
        raise game_not_found()
    return member


def list_upcoming_for(member: Member) -> QuerySet[Game]:
    """List the games not over yet in the channels the member sees, soonest first.

    Managers of the guild's games see every game. Others see an unannounced game only if they
    host it.
    """
    games = (
        Game.objects.filter(guild=member.guild, status__in=UPCOMING)
        .select_related("guild", "channel", "host")
        .order_by("starts_at", "id")
    )
    if can_manage(standing_of(member, member.guild)):
        return games
    channels = Channel.objects.filter(
        id__in=games.order_by().values("channel_id"), deleted_at__isnull=True
    )
    seen = [channel.id for channel in channels if sees_games_in(channel, member)]
    announced = Q(post_at__isnull=True) | Q(post_at__lte=timezone.now())
    return games.filter(Q(host=member.user) | announced, channel_id__in=seen)


def sees_games_in(channel: Channel, member: Member) -> bool:
    """Whether the member may know of games in the channel. Managers may know of all."""
    return can_see_channel(channel, member) or can_manage(standing_of(member, member.guild))


def can_see_game(
    game: Game, member: Member, *, now: datetime, is_on_roster: bool | None = None
) -> bool:
    """Whether the member may see the game.

    Managers and the game's host may always. Others may once it is announced, if they see its
    channel or are on its roster, which is looked up if `is_on_roster` is None.
    """
    if can_manage(standing_of(member, member.guild)) or game.host_id == member.user_id:
        return True
    if game.is_draft(now):
        return False
    if can_see_channel(game.channel, member):
        return True
    if is_on_roster is None:
        return game.participants.filter(user=member.user).exists()
    return is_on_roster


def list_editable(member: Member) -> QuerySet[Game]:
    """List the games not over yet that the member may edit, soonest first."""
    return _of_host(member).filter(status__in=UPCOMING).order_by("starts_at", "id")


def list_cloneable(member: Member) -> QuerySet[Game]:
    """List the games the member may clone, over or not, newest first."""
    return _of_host(member).order_by("-starts_at", "-id")


def _of_host(member: Member) -> QuerySet[Game]:
    games = Game.objects.filter(guild=member.guild).select_related("guild", "channel", "host")
    if can_manage(standing_of(member, member.guild)):
        return games
    return games.filter(host=member.user)


def list_hosted(user: User, since: datetime) -> QuerySet[Game]:
    """List games the user hosts, from `since` on, soonest first, in guilds they belong to."""
    return _of_my_guilds(user).filter(host=user, starts_at__gte=since, status__in=UPCOMING)


def list_joined(user: User, since: datetime) -> QuerySet[Game]:
    """List games the user answered going or maybe, from `since` on, in guilds they belong to."""
    return _of_my_guilds(user).filter(
        participants__user=user,
        participants__answer__in=[Answer.GOING, Answer.MAYBE],
        starts_at__gte=since,
        status__in=UPCOMING,
    )


def _of_my_guilds(user: User) -> QuerySet[Game]:
    return (
        Game.objects.filter(
            guild__left_at__isnull=True,
            guild__members__user=user,
            guild__members__left_at__isnull=True,
        )
        .select_related("guild", "channel", "host")
        .order_by("starts_at", "id")
    )


def entries_of(participants: Collection[Participant]) -> list[Entry]:
    return [
        Entry(
            id=p.id,
            answer=p.answer,
            origin=p.origin,
            joined_at=p.joined_at,
            priority=p.priority,
            position=p.position,
            slot_id=p.slot_id,
        )
        for p in participants
    ]


def seating_of(
    game: Game, participants: Collection[Participant], slots: Collection[Slot] = ()
) -> Seating:
    """Seat the game's participants by `games.rules.seat`."""
    return seat_game(game, entries_of(participants), {slot.id: slot.capacity for slot in slots})


def get_snapshot(game_id: int) -> GameSnapshot:
    """Return the game's snapshot, in any guild: for callers that have checked the guild already.

    Raises `NotFound`. Four queries.
    """
    return snapshots_of(Game.objects.select_related("guild", "channel", "host").filter(id=game_id))[
        0
    ]


def snapshot_unsaved(game: Game, host: Member) -> GameSnapshot:
    """Return the snapshot of an unsaved game, for previews. Sets the game's id to 0."""
    game.id = 0
    slots = game.template.slots if game.template else []
    return replace(
        _snapshot(game, [], [], {(game.guild_id, host.user_id): host}),
        slots=tuple(SlotSnapshot(id=0, taken=0, **slot) for slot in slots),
    )


def snapshots_of(games: QuerySet[Game]) -> list[GameSnapshot]:
    """Return the games' snapshots in the queryset's order, in four queries in all.

    `games` must select guild, channel and host. Raises `NotFound` when it is empty.
    """
    rows = list(games)
    if not rows:
        raise game_not_found()
    people = Participant.objects.select_related("user").filter(game__in=rows)
    participants = by_game(people.order_by("joined_at", "id"))
    slots = by_game(Slot.objects.filter(game__in=rows))
    members = members_in(rows, participants)
    return [_snapshot(game, participants[game.id], slots[game.id], members) for game in rows]


def by_game[T: (Participant, Slot)](rows: Iterable[T]) -> defaultdict[int, list[T]]:
    """Group the rows by game id, keeping their order."""
    found: defaultdict[int, list[T]] = defaultdict(list)
    for row in rows:
        found[row.game_id].append(row)
    return found


def members_in(
    games: Collection[Game], participants: Mapping[int, Collection[Participant]]
) -> dict[tuple[int, int], Member]:
    """Return the memberships of hosts and participants, by guild id and user id."""
    user_ids = {p.user_id for people in participants.values() for p in people if p.user_id}
    user_ids |= {game.host_id for game in games}
    members = Member.objects.filter(
        guild_id__in={game.guild_id for game in games}, user_id__in=user_ids
    )
    return {(member.guild_id, member.user_id): member for member in members}


def _snapshot(
    game: Game,
    participants: Collection[Participant],
    slots: Collection[Slot],
    members: Mapping[tuple[int, int], Member],
) -> GameSnapshot:
    seating = seating_of(game, participants, slots)
    people = {p.id: _person(p, members.get((game.guild_id, p.user_id or 0))) for p in participants}
    playing = tuple(people[i] for i in seating.playing)
    host_member = members.get((game.guild_id, game.host_id))
    return GameSnapshot(
        id=game.id,
        guild_id=game.guild_id,
        guild_name=game.guild.name,
        guild_locale=game.guild.locale,
        guild_timezone=game.guild.timezone,
        channel_name=game.channel.name,
        host_user_id=game.host_id,
        host_discord_id=game.host.discord_id or 0,
        host_name=name_of(game.host, host_member),
        host_avatar_url=avatar_url(game.host, host_member),
        **_fields(game),
        image_url=f"{settings.SITE_URL}/images/{game.image_id}/" if game.image_id else "",
        status=game.status,
        decision=game.decision,
        awaits_host=game.awaits_host,
        cancel_reason=game.cancel_reason,
        cancelled_at=game.cancelled_at,
        revision=game.revision,
        schedule_version=game.schedule_version,
        playing=playing,
        waiting=tuple(people[i] for i in seating.waiting),
        maybe=tuple(people[i] for i in seating.maybe),
        declined=tuple(people[i] for i in seating.declined),
        slots=tuple(
            SlotSnapshot(
                id=slot.id,
                name=slot.name,
                emoji=slot.emoji,
                capacity=slot.capacity,
                taken=sum(person.slot_id == slot.id for person in playing),
            )
            for slot in slots
        ),
    )


def _fields(game: Game) -> dict[str, Any]:
    """Return the game's own fields for its snapshot, with lists as tuples."""
    values = {name: getattr(game, name) for name in _SHOWN}
    return {n: tuple(v) if isinstance(v, list) else v for n, v in values.items()}


def _person(participant: Participant, member: Member | None) -> PersonSnapshot:
    user = participant.user
    return PersonSnapshot(
        participant_id=participant.id,
        name=name_of_participant(participant, member),
        user_id=participant.user_id,
        discord_id=user.discord_id if user else None,
        slot_id=participant.slot_id,
        avatar_url=avatar_url(user, member) if user else "",
    )


def name_of_participant(participant: Participant, member: Member | None) -> str:
    user = participant.user
    return name_of(user, member) if user else participant.name


def name_of(user: User, member: Member | None) -> str:
    """Return the member's nickname, else the user's name."""
    return (member.nick if member else "") or user.name


def avatar_url(user: User, member: Member | None = None) -> str:
    """Return the member's avatar on the server, else the user's, else Discord's default one.

    https://discord.com/developers/docs/reference#image-formatting
    """
    cdn, discord_id = settings.DISCORD_CDN_URL, user.discord_id or 0
    if member and member.avatar:
        guild_id = member.guild_id
        return f"{cdn}/guilds/{guild_id}/users/{discord_id}/avatars/{member.avatar}.png?size=64"
    if user.avatar:
        return f"{cdn}/avatars/{discord_id}/{user.avatar}.png?size=64"
    return f"{cdn}/embed/avatars/{(discord_id >> 22) % 6}.png"
