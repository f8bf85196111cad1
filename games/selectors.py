"""Reads of games, within one guild unless the docstring says otherwise."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from games.enums import Answer, Status
from games.models import Game, Participant, Slot, Template
from games.rules import Entry, Seating, seat_game
from games.snapshot_rows import Face, read_snapshots
from games.snapshots import GameSnapshot
from games.text import clean_line
from guilds.errors import NotFound
from guilds.models import Channel, Guild, Member, User
from guilds.permissions import can_manage, standing_of
from guilds.selectors import can_see_channel, gone_channels, gone_roles

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


def find_named_template(guild: Guild, text: str) -> Template | None:
    """Return the guild's template of that name or id, None for an empty text. Raises `NotFound`."""
    name = clean_line(text)
    if not name:
        return None
    templates = Template.objects.select_related("channel").filter(guild=guild)
    is_id = name.isascii() and name.isdecimal() and len(name) < 19
    found = templates.filter(id=int(name)).first() if is_id else None
    found = found or templates.filter(name__iexact=name).first()
    if found is None:
        raise NotFound(_("That template does not exist on this server."), field="template")
    return found


def gone_in_templates(templates: Collection[Template]) -> dict[int, list[str]]:
    """Return the names of what each template names and Discord has deleted. Two queries."""
    roles = gone_roles({one for template in templates for one in _roles_of(template)})
    channels = gone_channels({one for template in templates for one in _channels_of(template)})
    return {
        template.id: [
            *(channels[one] for one in dict.fromkeys(_channels_of(template)) if one in channels),
            *(roles[one] for one in dict.fromkeys(_roles_of(template)) if one in roles),
        ]
        for template in templates
    }


def _channels_of(template: Template) -> list[int]:
    return [one for one in (template.channel_id, template.archive_channel_id) if one]


def _roles_of(template: Template) -> list[int]:
    return [
        *template.host_role_ids,
        *template.player_role_ids,
        *template.priority_role_ids,
        *template.notify_role_ids,
    ]


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

    Raises `NotFound`. One round trip.
    """
    snapshots = snapshots_of([game_id])
    if not snapshots:
        raise game_not_found()
    return snapshots[0]


def snapshots_of(game_ids: Collection[int]) -> list[GameSnapshot]:
    """Return the snapshots of those of the games that exist, in this order and one round trip."""
    found = read_snapshots(game_ids) if game_ids else {}
    return [found[game_id] for game_id in game_ids if game_id in found]


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


def name_of_participant(participant: Participant, member: Member | None) -> str:
    user = participant.user
    return name_of(user, member) if user else participant.name


def name_of(user: User, member: Member | None) -> str:
    """Return the member's nickname, else the user's name."""
    return (member.nick if member else "") or user.name


def avatar_url(user: User, member: Member | None = None) -> str:
    """Return the member's avatar on the server, else the user's, else Discord's default one."""
    return Face.of(user, member).avatar_url(member.guild_id if member else 0)
