"""The host's page of the roster: add, remove, reorder, promote."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from games.enums import Via
from games.forms.answers import RosterForm
from games.selectors import avatar_url
from games.services.guards import check_may_edit
from games.services.roster import host as roster
from games.views.game import Found, find_game
from games.views.request import is_fragment, show_page
from guilds.errors import NotAllowed, Refused
from guilds.models import Member
from guilds.services.member_search import is_called, search_members
from guilds.throttle import is_too_often
from guilds.web.access import Access, for_members

SEARCH_LENGTH = 80
SEARCHES_A_MINUTE = 90


class WhichOne(Refused):
    """The name fits several members, or none. `people` are those it may mean."""

    def __init__(self, message: str, people: Sequence[Member]) -> None:
        super().__init__(message, field="name")
        self.people = people


def find_roster(access: Access, game_id: int) -> Found:
    """Return the game. Raises `NotFound`, and `NotAllowed` unless the viewer may edit it."""
    found = find_game(access, game_id)
    check_may_edit(found.row, access.member)
    return found


@require_safe
@for_members
def roster_page(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _show(request, access, game_id)


@require_safe
@for_members
def find_people(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    """Show the members whose name contains what was typed."""
    found = find_roster(access, game_id)
    text = request.GET.get("name", "").replace("\0", "").strip()[:SEARCH_LENGTH]
    who = str(access.member.user_id)
    is_busy = is_too_often("member-search", who, most=SEARCHES_A_MINUTE, seconds=60)
    people = [] if is_busy else search_members(access.guild, text)
    context = {"text": text, "people": _offered(found, people), "is_fragment": True}
    return render(request, "games/_roster_found.html", context)


@require_POST
@for_members
def add(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _change(request, access, game_id, _add)


@require_POST
@for_members
def remove(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _change(request, access, game_id, partial(_to_somebody, roster.remove_player))


@require_POST
@for_members
def promote(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _change(request, access, game_id, partial(_to_somebody, roster.promote_player))


@require_POST
@for_members
def move(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _change(request, access, game_id, _move)


@require_POST
@for_members
def slot(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _change(request, access, game_id, _choose_slot)


@require_POST
@for_members
def order(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _change(request, access, game_id, _order)


def _add(access: Access, values: dict[str, Any], **about: Any) -> None:
    about["slot_id"] = values["slot"]
    if values["guest"]:
        roster.add_placeholder(name=values["name"], **about)
    else:
        roster.add_player(person=_person(access, values), **about)


def _person(access: Access, values: dict[str, Any]) -> Member:
    """Return the member picked, or the only one of that name. Raises `Refused`, `WhichOne`."""
    if values["person"]:
        members = Member.objects.select_related("user", "guild")
        person = members.filter(id=values["person"], guild=access.guild).first()
        if person is None:
            raise Refused(_("Only members of this server can be added."), field="person")
        return person
    name = values["name"].strip()
    if not name:
        raise Refused(_("Type a name first."), field="name")
    people = search_members(access.guild, name[:SEARCH_LENGTH])
    called = [person for person in people if is_called(person, name)]
    if len(called) == 1:
        return called[0]
    if called:
        raise WhichOne(_("Several people here have that name. Pick one."), called)
    if people:
        raise WhichOne(_("Nobody here is called exactly that. Is it one of these?"), people)
    raise WhichOne(_("Nobody of that name is on this server. You can add them as a guest."), [])


def _to_somebody(
    service: Callable[..., Any], access: Access, values: dict[str, Any], **about: Any
) -> None:
    service(participant_id=values["participant"] or 0, **about)


def _move(access: Access, values: dict[str, Any], **about: Any) -> None:
    roster.move_player(participant_id=values["participant"] or 0, by=values["by"] or 0, **about)


def _choose_slot(access: Access, values: dict[str, Any], **about: Any) -> None:
    roster.choose_slot(participant_id=values["participant"] or 0, slot_id=values["slot"], **about)


def _order(access: Access, values: dict[str, Any], **about: Any) -> None:
    roster.reorder_players(participant_ids=values["order"], **about)


def _change(
    request: HttpRequest, access: Access, game_id: int, act: Callable[..., None]
) -> HttpResponse:
    """Run `act`, then show the roster again, with the reason if it was refused."""
    find_roster(access, game_id)
    form = RosterForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("That form was incomplete. Please try once more."))
        access.check_may_write()
        act(
            access,
            form.cleaned_data,
            game_id=game_id,
            member=access.member,
            via=Via.WEB,
            request_key=form.request_key(access.member.user_id, game_id, request.path),
        )
    except NotAllowed:
        raise
    except Refused as refused:
        return _show(request, access, game_id, refused=refused)
    if is_fragment(request):
        return _show(request, access, game_id)
    return redirect("game-roster", guild_id=access.guild.id, game_id=game_id)


def _show(
    request: HttpRequest, access: Access, game_id: int, *, refused: Refused | None = None
) -> HttpResponse:
    found = find_roster(access, game_id)
    is_about_name = refused is not None and refused.field in {"name", "person"}
    people = refused.people if isinstance(refused, WhichOne) else []
    context: dict[str, Any] = {
        "access": access,
        "guild": access.guild,
        "game": found.snapshot,
        "going": (*found.snapshot.playing, *found.snapshot.waiting),
        "form_id": uuid4(),
        "add_form_id": uuid4(),
        "refused": None if is_about_name else refused,
        "add_refused": refused if is_about_name else None,
        "text": request.POST.get("name", "")[:SEARCH_LENGTH] if refused else "",
        "people": _offered(found, people),
        "is_adding": request.path.endswith("/add/"),
        "is_fragment": is_fragment(request),
    }
    status = 422 if refused else 200
    if is_fragment(request):
        return render(request, "games/_roster_answer.html", context, status=status)
    return show_page(request, "games/roster.html", access, context, status=status)


def _offered(found: Found, people: Sequence[Member]) -> list[dict[str, Any]]:
    """Return the people as the search shows them. Players and the host cannot be added."""
    going = (*found.snapshot.playing, *found.snapshot.waiting)
    taken = {person.user_id for person in going} | {found.snapshot.host_user_id}
    return [
        {
            "id": member.id,
            "name": member.name,
            "also": member.user.name if member.nick and member.nick != member.user.name else "",
            "avatar_url": avatar_url(member.user, member),
            "is_taken": member.user_id in taken,
        }
        for member in people
    ]
