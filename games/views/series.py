"""Series on the dashboard: confirm, skip, stop, change the rule, and preview its dates."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from games.enums import Via
from games.forms.choices import zone_for
from games.forms.fields import PHRASE_LENGTH
from games.forms.repeat import RepeatForm, repeat_initial
from games.models import Game, Series
from games.services.guards import over_sentence
from games.services.series.changes import repeat_game
from games.services.series.edits import (
    confirm_session,
    is_repeating,
    skip_date,
    skip_session,
    stop_series,
)
from games.services.series.sessions import dates_after, pattern_of
from games.views.new_game import get_game_to_edit
from games.views.request import show_game_form
from games.views.times import moved_for
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.typed_values import read_when
from guilds.web.access import Access, for_members
from when.repetitions import Occurrence, Pattern, describe, marks, next_dates


def series_context(game: Game, *, can_edit: bool) -> dict[str, Any]:
    """Return the context of `games/_series.html`, empty for a game that does not repeat."""
    series = game.series
    if series is None or game.series_date is None:
        return {}
    pattern = pattern_of(series)
    words = describe(pattern.rule, at=pattern.at, zone=pattern.zone)
    is_over = series.stopped_at is not None
    context = {"series": series, "series_words": words, "series_is_over": is_over}
    if is_over or not game.is_upcoming:
        return context
    made = {
        one.series_date: one
        for one in series.games.filter(series_date__gt=game.series_date).order_by("series_date")
    }
    rows = [_row(one, made, series) for one in _coming(series, game)]
    return context | {"series_dates": rows, "can_skip": can_edit}


def _coming(series: Series, game: Game) -> list[Occurrence]:
    """Return the next five dates after this one, and the skipped ones between them."""
    assert game.series_date is not None
    pattern = pattern_of(series)
    kept = dates_after(series, game.series_date, now=timezone.now(), n=5)
    last = kept[-1].date if kept else date.max
    every = next_dates(pattern, 50, after=game.series_date, now=timezone.now())
    return [one for one in every if one.date <= last][:10]


def _row(one: Occurrence, made: dict[date | None, Game], series: Series) -> dict[str, Any]:
    return {
        "date": one.date.isoformat(),
        "starts_at": one.starts_at,
        "marks": marks(one),
        "game": made.get(one.date),
        "is_skipped": one.date in series.skipped_dates,
    }


@require_POST
@for_members
def confirm(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    said = _("The session takes place.")
    return _do(request, access, game_id, "confirm", confirm_session, said)


@require_POST
@for_members
def skip(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    said = _("This session is skipped. Everyone who signed up is told.")
    return _do(request, access, game_id, "skip", skip_session, said)


@require_POST
@for_members
def stop(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    said = _("The game repeats no more. The sessions there are stand.")
    return _do(request, access, game_id, "stop", stop_series, said)


@require_POST
@for_members
def leave_out(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    """Skip one of the next dates, or restore it."""
    is_skipped = "restore" not in request.POST

    def act(*, request_key: str | None, **who: Any) -> None:
        try:
            day = date.fromisoformat(request.POST.get("day", ""))
        except ValueError as error:
            raise Refused(_("That is none of the next dates.")) from error
        skip_date(day=day, is_skipped=is_skipped, **who)

    return _do(request, access, game_id, "day", act, "")


def _do(
    request: HttpRequest,
    access: Access,
    game_id: int,
    name: str,
    act: Callable[..., Any],
    said: str,
) -> HttpResponse:
    """Run `act` once for each form submitted, then show the game's page with the outcome."""
    get_game_to_edit(access, game_id)
    try:
        access.check_may_write()
        key = _request_key(request, game_id, name)
        act(game_id=game_id, member=access.member, via=Via.WEB, request_key=key)
        if said:
            messages.success(request, said)
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        messages.warning(request, refused.message)
    return redirect("game", guild_id=access.guild.id, game_id=game_id)


def _request_key(request: HttpRequest, game_id: int, name: str) -> str | None:
    try:
        form_id = UUID(request.POST.get("form_id", ""))
    except ValueError:
        return None
    return f"f:{uuid5(form_id, f'series-{name}:{game_id}')}"


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def repeat(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    """Show and change how the game repeats from this session on."""
    game = get_game_to_edit(access, game_id)
    if not game.is_upcoming:
        messages.info(request, over_sentence(game))
        return redirect("game", guild_id=access.guild.id, game_id=game.id)
    data = request.POST if request.method == "POST" else None
    form = RepeatForm(data, first=_first_date(game), initial=_initial(game))
    if form.is_valid():
        try:
            access.check_may_write()
            repeat_game(
                game_id=game.id,
                member=access.member,
                rule=str(form.rule or ""),
                via=Via.WEB,
                carry_over=form.cleaned_data["carry_over"],
                ask_host=form.cleaned_data["ask_host"],
                request_key=_request_key(request, game.id, "rule"),
            )
            return redirect("game", guild_id=access.guild.id, game_id=game.id)
        except (NotFound, NotAllowed):
            raise
        except Refused as refused:
            form.add_error(None, refused.message)
    return show_game_form(request, "games/repeat.html", access, game, form)


def _first_date(game: Game) -> date:
    """Return the date the rule counts from: in a series its series date, even if it was moved."""
    local = game.starts_at.astimezone(ZoneInfo(game.timezone)).date()
    return game.series_date or local if is_repeating(game) else local


def _initial(game: Game) -> dict[str, Any]:
    series = game.series if is_repeating(game) else None
    if series is None:
        return {}
    options = {"carry_over": series.carry_over, "ask_host": series.ask_host}
    return repeat_initial(series.rule, first=_first_date(game)) | options


@require_safe
@for_members
def repeat_preview(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the next five dates of the rule in a form, while it is being typed."""
    context: dict[str, Any] = {}
    text = request.GET.get("repeat_text", "").strip() or request.GET.get("repeat", "")
    try:
        pattern = _typed_pattern(request, access, text[: PHRASE_LENGTH + 1])
        if pattern is not None:
            context = {
                "words": describe(pattern.rule, at=pattern.at, zone=pattern.zone),
                "dates": [
                    {"starts_at": one.starts_at, "marks": marks(one)}
                    for one in next_dates(pattern, 5)
                ],
                "zone": pattern.zone,
            }
    except Refused as refused:
        context = {"why": refused.message}
    return render(request, "games/_repeat_dates.html", context)


def _typed_pattern(request: HttpRequest, access: Access, text: str) -> Pattern | None:
    when = request.GET.get("when", "")[: PHRASE_LENGTH + 1]
    if not text or not when.strip():
        return None
    zone = zone_for(access.member, request.GET.get("zone", ""))
    moved = moved_for(request, access).get("when")
    reading = read_when(when, zone=zone, now=timezone.now(), moved=moved)
    assert reading.when is not None
    local = reading.when.astimezone(ZoneInfo(reading.zone))
    form = RepeatForm({"form_id": "", "repeat_text": text}, first=local.date())
    form.fields.pop("form_id")
    if not form.is_valid():
        raise Refused(str(next(iter(form.errors.values()))[0]))
    return Pattern(form.rule, local.date(), local.time(), reading.zone) if form.rule else None
