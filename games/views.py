"""The pages of games: my own, a server's, and one game with its sign-up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from games.enums import Via
from games.forms import AnswerForm
from games.listing import rows_of
from games.models import Change, Game
from games.selectors import (
    game_not_found,
    list_hosted,
    list_joined,
    list_upcoming,
    snapshots_of,
)
from games.services.participant import answer_maybe, decline_game, join_game
from games.snapshots import GameSnapshot
from guilds.access import Access, ask_to_log_in, for_members
from guilds.errors import NotFound, Refused
from guilds.models import User
from guilds.permissions import can_edit_game
from guilds.selectors import list_guilds_of

PAGE_SIZE = 24
MOST_PAGES = 400
MINE_MOST = 100
HISTORY_MOST = 30
# Games under way began earlier than now; none lasts longer than this.
LONGEST_GAME = timedelta(days=7)


@never_cache
@require_safe
def my_games(request: HttpRequest) -> HttpResponse:
    """Where the viewer plays, waits, may come, and hosts, over all their servers."""
    user = request.user
    if not isinstance(user, User):
        return ask_to_log_in(request)
    since = timezone.now() - LONGEST_GAME
    mine = {game.id: game for game in list_joined(user, since)[:MINE_MOST]}
    mine |= {game.id: game for game in list_hosted(user, since)[:MINE_MOST]}
    rows = sorted(rows_of(list(mine.values()), user), key=lambda r: (r.game.starts_at, r.game.id))
    groups = [
        (name, title, [row for row in rows if row.standing == name])
        for name, title in (
            ("playing", _("Playing")),
            ("waiting", _("On the waitlist")),
            ("maybe", _("Maybe")),
        )
    ]
    groups.append(("hosting", _("Hosting"), [row for row in rows if row.is_hosting]))
    guilds = list(list_guilds_of(user))
    context = {"groups": groups, "has_games": bool(rows), "guilds": guilds, "nav_guilds": guilds}
    return render(request, "games/my_games.html", context)


@require_safe
@for_members
def guild_page(request: HttpRequest, access: Access) -> HttpResponse:
    """The server's upcoming games, soonest first; the list alone for htmx and live updates."""
    page = _page_number(request)
    first = (page - 1) * PAGE_SIZE
    games = list(list_upcoming(access.guild)[first : first + PAGE_SIZE + 1])
    context = {
        "access": access,
        "guild": access.guild,
        "rows": rows_of(games[:PAGE_SIZE], access.member.user),
        "page": page,
        "has_more": len(games) > PAGE_SIZE,
    }
    if request.headers.get("HX-Request"):
        return render(request, "games/_guild.html", context)
    context["nav_guilds"] = list(list_guilds_of(access.member.user))
    return render(request, "games/guild.html", context)


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    is_number = text.isascii() and text.isdecimal() and len(text) < 6
    return min(max(int(text), 1), MOST_PAGES) if is_number else 1


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
