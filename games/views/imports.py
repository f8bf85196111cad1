"""The import of games: choose a file, look at what it would make, make that."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from games.enums import Via
from games.exchange.import_file import read_file
from games.exchange.import_plan import (
    MOST_CARRIED,
    Planned,
    counts,
    plan_again,
    plan_lines,
    read_plan,
    sign_plan,
)
from games.exchange.imports import MOST_BYTES
from games.exchange.tables.columns import COLUMNS
from games.exchange.upload_form import Carried, ImportForm
from games.forms.choices import choices_for, known_zone_for
from games.services.imports import check_may_import, make_games
from games.views.request import ZONE_COOKIE, show_page
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.web.access import Access, for_members
from when import zone_names

_KEPT = ("channel", "announce", "series_zone", "day_order")


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def import_games(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the form and, once it is submitted, the games the file would make. Makes nothing."""
    check_may_import(access.member)
    choices = choices_for(access)
    zone = access.guild.timezone or known_zone_for(
        access.member, request.COOKIES.get(ZONE_COOKIE, "")
    )
    if request.method != "POST":
        return _show_form(request, access, ImportForm(choices=choices, zone=zone))
    form = ImportForm(request.POST, request.FILES, choices=choices, zone=zone)
    if not form.is_valid():
        return _show_form(request, access, form, status=422)
    now = timezone.now()
    try:
        access.check_may_write()
        file = read_file(
            form.cleaned_data["file"],
            zone=form.cleaned_data["zone"],
            now=now,
            answers=form.answers(),
        )
        if asked := form.left_open(file.questions):
            return _ask(request, access, form, asked)
        planned = plan_lines(file.lines, choices=choices, wishes=form.wishes(), now=now)
        signed = sign_plan(access.member, planned)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _show_form(request, access, form, status=422)
    context = {"is_guessed": file.is_guessed, "more_past": file.more_past}
    return _show_plan(request, access, planned, signed, context)


# A file, one kept from before, and the fields beside them.
import_games.max_body = MOST_BYTES + MOST_CARRIED + 64 * 1024  # type: ignore[attr-defined]
import_games.too_large = gettext_lazy(  # type: ignore[attr-defined]
    "Files can be up to 1 MB. Go back and split the file into smaller ones."
)


@require_POST
@for_members
def make_imported(request: HttpRequest, access: Access) -> HttpResponse:
    """Make the games shown, once however often they are submitted; if refused, show them again."""
    check_may_import(access.member)
    try:
        access.check_may_write()
        import_id, games = read_plan(access.member, request.POST.get("plan", ""))
        made = make_games(member=access.member, games=games, import_id=import_id, via=Via.WEB)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return _show_again(request, access, refused)
    count = len(made.games)
    messages.success(
        request,
        ngettext("%(count)d game was created.", "%(count)d games were created.", count)
        % {"count": count},
    )
    for number, why in made.refused:
        messages.error(request, _("Line %(number)d: %(why)s") % {"number": number, "why": why})
    return redirect("guild", guild_id=access.guild.id)


def _ask(request: HttpRequest, access: Access, form: ImportForm, asked: Carried) -> HttpResponse:
    """Show the form once more, with what only the person can say about the file."""
    again = ImportForm(
        choices=choices_for(access),
        zone=form.cleaned_data["zone"],
        asked=asked,
        initial={name: form.cleaned_data[name] for name in form.fields if name in _KEPT
                 or name.startswith("named_zone_")},
    )  # fmt: skip
    return _show_form(request, access, again)


def _show_form(
    request: HttpRequest, access: Access, form: ImportForm, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "columns": [names[0].replace(" ", "_") for names in COLUMNS.values()],
        "zones": sorted(zone_names()),
    }
    return show_page(request, "games/import.html", access, context, status=status)


def _show_again(request: HttpRequest, access: Access, refused: Refused) -> HttpResponse:
    """Show the refusal and the plan as it stands now; a bad plan leads back to the form."""
    try:
        planned, signed = plan_again(access.member, request.POST.get("plan", ""))
    except Refused:
        messages.error(request, refused.message)
        return redirect("games-import", guild_id=access.guild.id)
    return _show_plan(request, access, planned, signed, {"refused": refused}, status=422)


def _show_plan(
    request: HttpRequest,
    access: Access,
    planned: list[Planned],
    signed: str,
    beside: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    count = counts(planned)
    context = {"planned": planned, "plan": signed, "made": count[True], "left_out": count[False]}
    return show_page(request, "games/import_plan.html", access, context | beside, status=status)
