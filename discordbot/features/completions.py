"""Completions of options as they are typed, and the game or template that such an option names."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from discordbot.interactions.commands import LONGEST_CHOICE, Payload, completed
from discordbot.interactions.interaction import Interaction, as_id
from discordbot.interactions.person import member_of, zone_of
from games.models import Game, Template
from games.selectors import (
    game_not_found,
    list_cloneable,
    list_editable,
    list_upcoming_for,
)
from games.services.guards import check_may_edit
from games.text import clean_line
from games.typed.repeat_offers import OFFERS
from guilds.errors import Refused
from guilds.models import Member
from guilds.permissions import can_host, standing_of
from guilds.typed_values import read_repeat
from notifications.messages.limits import fit, length
from notifications.messages.markdown import plain_line
from when import search_zones

MOST_CHOICES = 25


def complete_editable(interaction: Interaction, typed: str) -> list[Payload]:
    member = member_of(interaction)
    return _game_choices(member, list_editable(member), typed)


def complete_cloneable(interaction: Interaction, typed: str) -> list[Payload]:
    member = member_of(interaction)
    return _game_choices(member, list_cloneable(member), typed)


def complete_template(interaction: Interaction, typed: str) -> list[Payload]:
    """Templates of this server with which the member may announce games."""
    member = member_of(interaction)
    wanted = clean_line(typed).casefold()
    names = [t for t in _usable_templates(member) if wanted in t.name.casefold()]
    return [
        {"name": fit(t.name, LONGEST_CHOICE, escape=plain_line) or "?", "value": str(t.id)}
        for t in names[:MOST_CHOICES]
    ]


def complete_repeat(_interaction: Interaction, typed: str) -> list[Payload]:
    """The offers, after what was typed where that can be read."""
    wanted = clean_line(typed).casefold()
    offers = {
        text: str(label)
        for text, label in OFFERS.items()
        if wanted in text or wanted in str(label).casefold()
    }
    own = _read_repetition(wanted) if wanted and wanted not in offers else None
    choices = {wanted: own} | offers if own else offers
    return [
        {"name": fit(name, LONGEST_CHOICE, escape=plain_line), "value": value}
        for value, name in choices.items()
    ]


def _read_repetition(text: str) -> str | None:
    try:
        # The first day decides on days that were not typed, so it is offered as it was typed.
        return text if read_repeat(text, first=timezone.now().date()) else None
    except Refused:
        return None


def complete_zone(_interaction: Interaction, typed: str) -> list[Payload]:
    """The zones that what was typed may name, the likeliest first."""
    found = search_zones(clean_line(typed), now=timezone.now())
    return [{"name": name, "value": name} for name in found[:MOST_CHOICES]]


def find_editable(member: Member, text: str) -> Game:
    """The game that the option names, by its id or its title, if the member may change it.

    Raises `NotFound` for games that are not theirs to know of, `NotAllowed` for games of others,
    and `Refused` for a title that is not clear.
    """
    game_id = as_id(text.strip())
    if game_id is None:
        return _by_title(list_editable(member), text)
    if game := _of_host_or_none(list_editable(member), game_id):
        return game
    seen = list_upcoming_for(member).filter(id=game_id).first()
    if seen is not None:
        check_may_edit(seen, member)
    elif over := _of_host_or_none(list_cloneable(member), game_id):
        return over  # the caller says why nothing can be changed any more
    raise game_not_found()


def find_cloneable(member: Member, text: str) -> Game:
    """Like `find_editable`, for games over or not."""
    game_id = as_id(text.strip())
    if game_id is None:
        return _by_title(list_cloneable(member), text)
    game = _of_host_or_none(list_cloneable(member), game_id)
    if game is None:
        return find_editable(member, text)
    return game


def _usable_templates(member: Member) -> Iterable[Template]:
    standing = standing_of(member, member.guild)
    return (t for t in member.guild.templates.all() if can_host(standing, t.host_role_ids))


def _game_choices(member: Member, games: QuerySet[Game], typed: str) -> list[Payload]:
    wanted = clean_line(typed)
    if wanted:
        games = games.filter(title__icontains=wanted)
    zone = zone_of(member)
    rows = games.values_list("id", "title", "starts_at")[:MOST_CHOICES]
    return [
        {"name": game_label(title, starts_at, zone), "value": str(game_id)}
        for game_id, title, starts_at in rows
    ]


def game_label(title: str, starts_at: datetime, zone: str) -> str:
    """ "Dungeon night · Fri 27 Nov 2026, 20:00", never over Discord's limit."""
    local = starts_at.astimezone(ZoneInfo(zone))
    when = format_date(local, pgettext("date format", "D j M Y, H:i"))
    room = LONGEST_CHOICE - length(when) - 3
    return f"{fit(title, room, escape=plain_line)} · {when}"


def _of_host_or_none(games: QuerySet[Game], game_id: int) -> Game | None:
    return games.filter(id=game_id).first()


def _by_title(games: QuerySet[Game], text: str) -> Game:
    """The only game of that title, for a text that was typed on without picking."""
    found = list(games.filter(title__iexact=clean_line(text))[:2])
    if len(found) != 1:
        raise Refused(_("Pick a game from the list that appears as you type."), field="game")
    return found[0]


EDITABLE_GAME = completed(
    "game", gettext_lazy("Which one; type a part of its title"), complete_editable, required=True
)
