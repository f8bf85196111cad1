"""One game: its page and the viewer's answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from games.browse import history
from games.enums import SignupMethod, Via
from games.fields import facts_of
from games.forms.answers import AnswerForm
from games.models import Change, Game
from games.selectors import can_see_game, game_not_found, get_snapshot
from games.services.roster.signup import answer_maybe, decline_game, join_game
from games.snapshots import GameSnapshot
from games.views.request import is_fragment, show_page
from games.views.series import series_context
from guilds.errors import NotFound, Refused
from guilds.permissions import can_edit_game, can_host
from guilds.web.access import Access, for_members
from guilds.web.converters import BIGINT_MAX


@dataclass(frozen=True)
class Found:
    """A game the viewer may see, as row and as snapshot."""

    row: Game
    snapshot: GameSnapshot
    can_edit: bool

    @property
    def names(self) -> dict[int, str]:
        """The names of people on this server, by user id."""
        game = self.snapshot
        people = (*game.playing, *game.waiting, *game.maybe, *game.declined)
        names = {p.user_id: p.name for p in people if p.user_id}
        return names | {game.host_user_id: game.host_name}


@require_safe
@for_members
def game_page(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _show_game(request, access, game_id)


@require_safe
@for_members
def game_history(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    """Show older changes, which the page appends to its list."""
    found = find_game(access, game_id)
    text = request.GET.get("before", "")
    is_number = text.isascii() and text.isdecimal() and len(text) < 19
    before_id = min(int(text), BIGINT_MAX) if is_number else None
    changes = history.list_changes(found.row, before_id=before_id)
    context = {"guild": access.guild, "game": found.snapshot, **_history(found, changes)}
    return render(request, "games/_history_items.html", context)


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
    """Record the answer, then show the game, with the reason beside the buttons if refused."""
    form = AnswerForm(request.POST)
    slot_id = None
    try:
        if not form.is_valid():
            raise Refused(_("That form was incomplete. Please try once more."))
        slot_id = form.cleaned_data["slot"]
        access.check_may_write()
        find_game(access, game_id)
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


def find_game(access: Access, game_id: int) -> Found:
    """Return the game. Raises `NotFound` if the viewer may not see it."""
    games = Game.objects.select_related("guild", "channel", "host", "announcement", "series")
    game = games.filter(id=game_id, guild_id=access.guild.id).first()
    if game is None:
        raise game_not_found()
    snapshot = get_snapshot(game_id)
    standing = snapshot.place_of(access.member.user_id)
    is_on_roster = standing is not None
    if not can_see_game(game, access.member, now=timezone.now(), is_on_roster=is_on_roster):
        raise game_not_found()
    is_host = game.host_id == access.member.user_id
    return Found(game, snapshot, can_edit_game(access.standing, is_host=is_host))


def _show_game(
    request: HttpRequest,
    access: Access,
    game_id: int,
    *,
    refused: Refused | None = None,
    slot_id: int | None = None,
) -> HttpResponse:
    """Show the whole page; to htmx and live updates only the part that changes."""
    found = find_game(access, game_id)
    snapshot, user_id, now = found.snapshot, access.member.user_id, timezone.now()
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
        "can_edit": found.can_edit,
        "can_clone": found.can_edit and can_host(access.standing),
        "is_draft": bool(snapshot.post_at and snapshot.post_at > now),
        "is_signup_open": snapshot.is_signup_open(now),
        "method": SignupMethod(snapshot.signup_method).label,
        "facts": list(facts_of(snapshot)),
        "form_id": uuid4(),
        "refused": refused,
        "chosen_slot_id": slot_id or own_slot_id,
        "message_url": _message_url(found.row),
        "is_post_lost": found.can_edit and _is_post_lost(found.row),
        "is_channel_closed": found.can_edit and _is_channel_closed(found.row),
        "image_id": found.row.image_id,
        **series_context(found.row, can_edit=found.can_edit),
        **_history(found, history.list_changes(found.row)),
    }
    status = 422 if refused else 200
    if is_fragment(request):
        return render(request, "games/_game.html", context, status=status)
    return show_page(request, "games/game.html", access, context, status=status)


def _history(found: Found, changes: list[Change]) -> dict[str, Any]:
    shown = changes[: history.PAGE_SIZE]
    slots = {slot.id: slot.name for slot in found.snapshot.slots}
    return {
        "changes": history.entries_of(shown, found.row.guild_id, found.names, slots),
        "older_than": shown[-1].id if len(changes) > len(shown) else None,
    }


def _is_post_lost(game: Game) -> bool:
    """Whether the announcement was deleted on Discord, or never got there."""
    announcement = getattr(game, "announcement", None)
    return bool(announcement and game.is_upcoming and announcement.waits_for_host)


def _is_channel_closed(game: Game) -> bool:
    """Whether the game's channel was deleted, or is closed to the bot."""
    return game.is_upcoming and not game.channel.is_open


def _message_url(game: Game) -> str:
    """Return the address of the announcement on Discord, empty while it is not there."""
    announcement = getattr(game, "announcement", None)
    if announcement is None or not announcement.message_id or announcement.waits_for_host:
        return ""
    if game.channel.deleted_at and game.channel_id == announcement.channel_id:
        return ""
    channel, message = announcement.channel_id, announcement.message_id
    return f"{settings.DISCORD_BASE_URL}/channels/{game.guild_id}/{channel}/{message}"
