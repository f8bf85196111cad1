"""One game: its page and the viewer's answer."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from games.enums import Via
from games.forms import AnswerForm
from games.models import Change, Game
from games.selectors import game_not_found, snapshots_of
from games.services.participant import answer_maybe, decline_game, join_game
from games.snapshots import GameSnapshot
from guilds.access import Access, for_members
from guilds.errors import NotFound, Refused
from guilds.permissions import can_edit_game
from guilds.selectors import list_guilds_of

HISTORY_MOST = 30


@require_safe
@for_members
def game_page(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _show_game(request, access, game_id)


@require_POST
@for_members
def join(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _answer(request, access, game_id, "join", join_game)


@require_POST
@for_members
def maybe(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _answer(request, access, game_id, "maybe", answer_maybe)


@require_POST
@for_members
def decline(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _answer(request, access, game_id, "decline", decline_game)


def _answer(
    request: HttpRequest,
    access: Access,
    game_id: int,
    name: str,
    service: Callable[..., Any],
) -> HttpResponse:
    """Give the answer; then the game again, or why not, beside the buttons."""
    form = AnswerForm(request.POST)
    slot_id = None
    try:
        if not form.is_valid():
            raise Refused(_("That form was incomplete. Please try once more."))
        slot_id = form.cleaned_data["slot"]
        access.check_may_write()
        _find_game(access, game_id)
        service(
            game_id=game_id,
            member=access.member,
            via=Via.WEB,
            request_key=form.request_key(access.member.user_id, game_id, name),
            **({"slot_id": slot_id} if name == "join" else {}),
        )
    except NotFound:
        raise
    except Refused as refused:
        return _show_game(request, access, game_id, refused=refused, slot_id=slot_id)
    if request.headers.get("HX-Request"):
        return _show_game(request, access, game_id)
    return redirect("game", guild_id=access.guild.id, game_id=game_id)


def _find_game(access: Access, game_id: int) -> tuple[GameSnapshot, Game]:
    """The game, if the member may see it: a game not yet announced is its managers' alone."""
    games = Game.objects.select_related("guild", "channel", "host", "announcement").filter(
        id=game_id, guild_id=access.guild.id
    )
    snapshot, game = snapshots_of(games)[0], games[0]
    is_draft = game.post_at is not None and game.post_at > timezone.now()
    is_host = game.host_id == access.member.user_id
    if is_draft and not can_edit_game(access.standing, is_host=is_host):
        raise game_not_found()
    return snapshot, game


def _show_game(
    request: HttpRequest,
    access: Access,
    game_id: int,
    *,
    refused: Refused | None = None,
    slot_id: int | None = None,
) -> HttpResponse:
    """The whole page, or for htmx and live updates the part of it that changes."""
    snapshot, game = _find_game(access, game_id)
    user_id = access.member.user_id
    standing, place = snapshot.place_of(user_id) or ("", 0)
    people = (*snapshot.playing, *snapshot.waiting, *snapshot.maybe, *snapshot.declined)
    own_slot_id = next((p.slot_id for p in people if p.user_id == user_id), None)
    context = {
        "access": access,
        "guild": access.guild,
        "game": snapshot,
        "standing": standing,
        "place": place,
        "is_host": snapshot.host_user_id == user_id,
        "is_signup_open": snapshot.is_signup_open(timezone.now()),
        "form_id": uuid4(),
        "refused": refused,
        "chosen_slot_id": slot_id or own_slot_id,
        "changes": _history(game, {p.user_id: p.name for p in people}),
        "message_url": _message_url(game),
    }
    status = 422 if refused else 200
    if request.headers.get("HX-Request"):
        return render(request, "games/_game.html", context, status=status)
    context["nav_guilds"] = list(list_guilds_of(access.member.user))
    return render(request, "games/game.html", context, status=status)


def _history(game: Game, names: dict[int | None, str]) -> list[dict[str, Any]]:
    """The newest changes, with people named as the roster names them."""
    changes: list[Change] = list(game.changes.select_related("actor", "subject")[:HISTORY_MOST])
    return [
        {
            "actor": names.get(c.actor_id) or (c.actor.name if c.actor else ""),
            "subject": (names.get(c.subject_id) or (c.subject.name if c.subject else ""))
            if c.subject_id != c.actor_id
            else "",
            "change": c,
        }
        for c in changes
    ]


def _message_url(game: Game) -> str:
    """The announcement on Discord; empty while there is none."""
    announcement = getattr(game, "announcement", None)
    if announcement is None or not announcement.message_id:
        return ""
    channel, message = announcement.channel_id, announcement.message_id
    return f"{settings.DISCORD_BASE_URL}/channels/{game.guild_id}/{channel}/{message}"
