"""Editing and cancelling a game."""

from typing import Any
from uuid import uuid4, uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from games.enums import Via
from games.forms.answers import CancelForm
from games.forms.choices import Choices, choices_for, clock_for
from games.forms.edited_game import EditGameForm, game_at, initial_of
from games.forms.game import moved_in
from games.forms.summary import shown_value
from games.models import Game
from games.services.cancellation import cancel_game
from games.services.game_edit import ChangedMeanwhile, WouldDemote, edit_game
from games.services.guards import over_sentence
from games.services.pending import EDIT, get_pending, outdated
from games.services.series.changes import change_all
from games.services.series.edits import is_repeating
from games.typed.edit import TypedEdit, form_of, touched_in, values_at
from games.views.new_game import (
    get_game_to_edit,
    read_upload,
    show_form,
    takes_pictures,
    typed_in,
    wants_more,
    with_rows,
)
from games.views.request import ZONE_COOKIE, number_in, show_game_form
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.web.access import Access, for_members
from when import is_zone


@takes_pictures
@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def edit(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    game = get_game_to_edit(access, game_id)
    if not game.is_upcoming:
        return _is_over(request, access, game)
    choices = choices_for(access)
    if request.method != "POST":
        zones = (clock_for(access.member, game, request.COOKIES.get(ZONE_COOKIE, "")),) * 2
        typed, revision = _typed_on_discord(request, access, game)
        form = _form(None, choices, game, revision, typed, zones=zones)
        return show(request, access, form, game, seen_revision=revision)
    data, refused = read_upload(request, access)
    revision = seen_revision(data, game)
    if wants_more(data):
        form = refilled(data, choices, game)
        return show(request, access, form, game, seen_revision=revision)
    form = bound_form(data, choices, game)
    if refused:
        form.add_error("image_upload", refused.message)
    if not form.is_valid():
        return show(request, access, form, game, status=422, seen_revision=revision)
    return _save(request, access, form, game, revision)


def _typed_on_discord(
    request: HttpRequest, access: Access, game: Game
) -> tuple[dict[str, str], int]:
    """Return what the query's edit had changed on Discord, and the revision it saw.

    Nothing without one. Raises `NotFound` for another person's, or another game's.
    """
    pending_id = number_in(request.GET, "ask")
    if not pending_id:
        return {}, game.revision
    kept = get_pending(access.member, pending_id)
    if kept.about != EDIT or kept.game_id != game.id:
        raise outdated()
    revision = int(kept.values["revision"])
    shown = form_of(values_at(game, revision), clock_for(access.member, game))
    return touched_in(TypedEdit(**kept.values["typed"]), shown), revision


def _save(
    request: HttpRequest, access: Access, form: EditGameForm, game: Game, revision: int
) -> HttpResponse:
    must_confirm = False
    try:
        access.check_may_write()
        is_all = request.POST.get("scope") == "all" and is_repeating(game)
        change = change_all if is_all else edit_game
        change(
            game_id=game.id,
            member=access.member,
            values=form.values(),
            via=Via.WEB,
            seen_revision=revision,
            may_demote="may_demote" in request.POST,
            request_key=form.request_key,
        )
        return redirect("game", guild_id=access.guild.id, game_id=game.id)
    except ChangedMeanwhile as refused:
        return _show_both(request, access, form, refused)
    except WouldDemote as refused:
        form.refuse(refused)
        must_confirm = True
    except Refused as refused:
        form.refuse(refused)
    return show(
        request,
        access,
        form,
        game,
        status=422,
        must_confirm=must_confirm,
        seen_revision=revision,
    )


def bound_form(data: QueryDict, choices: Choices, game: Game) -> EditGameForm:
    """Return the submitted form, over the game as it was when the form was opened."""
    revision = seen_revision(data, game)
    return _form(data, choices, game, revision, zones=_zones(data, choices, game))


def refilled(data: QueryDict, choices: Choices, game: Game) -> EditGameForm:
    """Return the form with all that was typed, after a button that only changes the form."""
    typed = with_rows(typed_in(EditGameForm, data), data)
    revision = seen_revision(data, game)
    return _form(None, choices, game, revision, typed, zones=_zones(data, choices, game))


def seen_revision(data: QueryDict, game: Game) -> int:
    text = data.get("seen_revision", "")
    is_number = text.isascii() and text.isdecimal() and len(text) < 10
    return min(int(text), game.revision) if is_number else game.revision


def _zones(data: QueryDict, choices: Choices, game: Game) -> tuple[str, str]:
    """Return the zone that times are typed in, and the one they were shown in.

    They differ if the browser named its zone only after the form was rendered.
    """
    clock = clock_for(choices.member, game, data.get("zone", ""))
    shown = data.get("shown_zone", "")
    return clock, shown if is_zone(shown) else clock


def _form(
    data: QueryDict | None,
    choices: Choices,
    game: Game,
    revision: int,
    typed: dict[str, Any] | None = None,
    *,
    zones: tuple[str, str],
) -> EditGameForm:
    clock, shown = zones
    past, slots = game_at(game, list(game.slots.all()), revision)
    initial = {"form_id": uuid4(), **initial_of(past, slots, shown, choices), **(typed or {})}
    now = timezone.now()
    form = EditGameForm(
        data,
        game=game,
        choices=choices,
        zone=clock,
        now=now,
        initial=initial,
        moved=moved_in(past),
    )
    form.shown_clock = shown
    return form


def show(
    request: HttpRequest, access: Access, form: EditGameForm, game: Game, **more: Any
) -> HttpResponse:
    context: dict[str, Any] = {
        "game": game,
        "seen_revision": game.revision,
        "is_repeating": is_repeating(game),
    } | more
    return show_form(request, access, form, **context)


def _show_both(
    request: HttpRequest, access: Access, form: EditGameForm, refused: ChangedMeanwhile
) -> HttpResponse:
    """Show what somebody else changed beside what was typed; the form has both merged."""
    game = get_game_to_edit(access, form.game.id)
    zones = (form.clock, form.shown_clock)
    newest = _form(None, form.choices, game, game.revision, zones=zones)
    mine = {
        name: value
        for name, value in typed_in(EditGameForm, form.data).items()  # type: ignore[arg-type]
        if name in form.changed_data
    }
    theirs = {
        name: value for name, value in newest.initial.items() if form.fields[name].has_changed(
            form.initial.get(name), value
        )
    }  # fmt: skip
    rows = [
        {
            "label": field.label,
            "theirs": shown_value(name, newest.initial.get(name), form.choices),
            "mine": shown_value(name, mine[name], form.choices) if name in mine else "",
            "is_theirs": name in theirs,
        }
        for name, field in form.fields.items()
        if (name in theirs or name in mine) and field.label
    ]
    merged = _form(None, form.choices, game, game.revision, mine, zones=zones)
    return show(
        request, access, merged, game, status=409, conflict={"why": refused.message, "rows": rows}
    )


def _is_over(request: HttpRequest, access: Access, game: Game) -> HttpResponse:
    messages.info(request, over_sentence(game))
    return redirect("game", guild_id=access.guild.id, game_id=game.id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def cancel(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    """Ask for confirmation and a reason, then cancel the game."""
    game = get_game_to_edit(access, game_id)
    if not game.is_upcoming:
        return _is_over(request, access, game)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            access.check_may_write()
            cancel_game(
                game_id=game.id,
                member=access.member,
                via=Via.WEB,
                reason=form.cleaned_data["reason"],
                request_key=f"f:{uuid5(form.cleaned_data['form_id'], f'cancel:{game.id}')}",
            )
            return redirect("game", guild_id=access.guild.id, game_id=game.id)
        except (NotFound, NotAllowed):
            raise
        except Refused as refused:
            form.add_error(None, refused.message)
    return show_game_form(request, "games/cancel.html", access, game, form)
