"""Previews of typed times: how each is understood, while it is being typed."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from games.forms.choices import known_zone_for
from games.forms.fields import PHRASE_LENGTH
from games.forms.game import MOMENTS, moved_from, moved_in, phrases, read_moment
from games.typed.values import spell_out
from games.views.new_game import get_game_to_edit
from games.views.request import number_in
from guilds.errors import Refused
from guilds.models import Guild
from guilds.typed_values import SeveralReadings, read_when
from guilds.web.access import Access, for_members
from when import Moved, Reading


@require_safe
@for_members
def when_preview(request: HttpRequest, access: Access) -> HttpResponse:
    """Show how a time is understood while it is being typed.

    The form names the game that it changes (`game`) or repeats (`source`), and the start beside
    another time, since a time may be read from either.
    """
    name = next((each for each in MOMENTS if each != "when" and each in request.GET), "when")
    text = _typed(request, name)
    moved = moved_for(request, access)
    zone = known_zone_for(access.member, request.GET.get("zone", ""))
    zone = zone or (moved["when"].zone if "when" in moved else "UTC")
    context: dict[str, Any] = {"name": name, "guild": access.guild}
    if text.strip():
        start = None if name == "when" else _start(request, zone, moved)
        context |= _reading(name, text, zone, access.guild, moved, start)
    return render(request, "games/_when.html", context)


def moved_for(request: HttpRequest, access: Access) -> dict[str, Moved]:
    """Return what the times of the form in the query change. Raises as `get_game_to_edit`."""
    game_id, source_id = (number_in(request.GET, name) for name in ("game", "source"))
    if game_id:
        return moved_in(get_game_to_edit(access, game_id))
    return moved_from(get_game_to_edit(access, source_id) if source_id else None)


def _typed(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "")[: PHRASE_LENGTH + 1]


def _start(request: HttpRequest, zone: str, moved: Mapping[str, Moved]) -> Moved | None:
    """Return the start in the form, read if it can be."""
    text, own = _typed(request, "when"), moved.get("when")
    try:
        reading = read_when(text, zone=zone, now=timezone.now(), moved=own)
    except Refused:
        return own
    assert reading.when is not None
    return Moved(reading.when, reading.zone, reading.when)


def _reading(
    name: str,
    text: str,
    zone: str,
    guild: Guild,
    moved: Mapping[str, Moved],
    start: Moved | None,
) -> dict[str, Any]:
    """Spell the time out in the person's zone, and in the server's if that differs."""
    try:
        reading: Reading = read_moment(
            name, text, zone=zone, now=timezone.now(), moved=moved, start=start
        )
    except SeveralReadings as several:
        return {"why": several.message, "readings": phrases(several.alternatives, several.zone)}
    except Refused as refused:
        return {"why": refused.message}
    moment, there = reading.when, guild.timezone
    assert moment is not None
    context: dict[str, Any] = {"moment": moment, "spelled": spell_out(moment, zone), "zone": zone}
    if there and spell_out(moment, there) != context["spelled"]:
        context |= {"there": spell_out(moment, there), "there_zone": there}
    if reading.note:
        context["readings"] = phrases(reading.alternatives, reading.zone)
    return context
