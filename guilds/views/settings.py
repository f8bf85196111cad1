"""Pages of a server's and its channels' settings, for those who may change them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import POSTABLE, Channel, Guild, Role
from guilds.permissions import can_manage, check_may_speak
from guilds.selectors import (
    find_bot_member,
    get_channel,
    gone_in_settings,
    list_guilds_of,
    list_roles,
)
from guilds.services.settings import DEFAULTS, configure_channel, configure_guild
from guilds.settings.effects import saved
from guilds.settings.forms import (
    ChannelForm,
    DefaultsForm,
    ServerForm,
)
from guilds.settings.table import Cell, built_in, channel_rows, guild_row, inherited
from guilds.web.access import Access, for_members
from when import write_length, write_reminders, zone_names

SERVER = "server"
CHANNEL_FIELDS = (*sorted(DEFAULTS), "game_category", "is_active")


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def guild_settings(request: HttpRequest, access: Access) -> HttpResponse:
    """Show or save the table of defaults and the server's settings; `part` names the form."""
    _check_may_look(access)
    if request.method != "POST":
        return _page(request, access, editing=request.GET.get("edit", ""))
    if request.POST.get("part") == "defaults":
        form: forms.Form = _defaults_form(access.guild, request.POST)
        is_saved = _save(access, form, lambda v: configure_guild(member=access.member, values=v))
        if is_saved:
            return _back(request, access, SERVER, form.changed_data)
        return _page(request, access, editing=SERVER, place_form=form)
    form = _server_form(access.guild, request.POST)
    if _save(access, form, lambda v: configure_guild(member=access.member, values=v)):
        return _back(request, access, "rest", form.changed_data)
    return _page(request, access, server_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def channel_settings(request: HttpRequest, access: Access, *, channel_id: int) -> HttpResponse:
    """Show or save one channel's row of the table."""
    _check_may_look(access)
    channel = get_channel(access.guild, channel_id)
    if request.method != "POST":
        return _page(request, access, editing=str(channel.id))
    form = _channel_form(channel, request.POST)

    def save(values: Mapping[str, Any]) -> Any:
        return configure_channel(member=access.member, channel_id=channel.id, values=values)

    if _save(access, form, save):
        return _back(request, access, str(channel.id), form.changed_data)
    return _page(request, access, editing=str(channel.id), place_form=form)


@require_POST
@for_members
def unset(request: HttpRequest, access: Access) -> HttpResponse:
    """Unset one setting of one place, so that it is inherited again."""
    _check_may_look(access)
    name, place = request.POST.get("name", ""), request.POST.get("place", "")
    if name not in DEFAULTS or not (place == SERVER or (place.isascii() and place.isdecimal())):
        messages.error(request, _("There is no such setting."))
        return redirect("guild-settings", guild_id=access.guild.id)
    try:
        access.check_may_write()
        if place == SERVER:
            configure_guild(member=access.member, values={name: None})
        else:
            values = {name: None}
            configure_channel(member=access.member, channel_id=_id(place), values=values)
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("guild-settings", guild_id=access.guild.id)
    return _back(request, access, place, [name])


def _id(text: str) -> int:
    """Return the id as a number, or 0, nobody's id, if it is longer than any of Discord's."""
    return int(text[:19]) if len(text) < 20 else 0


def _check_may_look(access: Access) -> None:
    if not access.can_configure:
        check_may_speak(access.member)
        raise NotAllowed(_("Only those who manage this server or its channels see its settings."))


def _save(access: Access, form: forms.Form, save: Callable[[dict[str, Any]], Any]) -> bool:
    """Save the form's values. If they are refused, add the error to the form and return False."""
    if not form.is_valid():
        return False
    try:
        access.check_may_write()
        save(form.cleaned_data)
    except NotFound:
        raise
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return False
    return True


def _back(
    request: HttpRequest, access: Access, place: str, changed: Collection[str]
) -> HttpResponse:
    messages.success(request, saved(changed))
    return redirect(f"{reverse('guild-settings', args=[access.guild.id])}#place-{place}")


def _page(
    request: HttpRequest,
    access: Access,
    *,
    editing: str = "",
    place_form: forms.Form | None = None,
    server_form: forms.Form | None = None,
) -> HttpResponse:
    guild = access.guild
    channels = list(guild.channels.filter(kind__in=POSTABLE, deleted_at__isnull=True))
    edited = next((c for c in channels if str(c.id) == editing), None)
    if editing == SERVER and not access.can_administer:
        editing = ""
    if place_form is None and (edited or editing == SERVER):
        place_form = _place_form(guild, edited)
    if place_form is not None:
        _show_inherited(place_form, inherited(guild, edited))
    is_refused = any(form and form.errors for form in (place_form, server_form))
    context: dict[str, Any] = {
        "access": access,
        "guild": guild,
        "built_in": built_in(),
        "server": guild_row(guild),
        "rows": channel_rows(guild, channels, find_bot_member(guild)),
        "editing": editing if place_form else "",
        "place_form": place_form,
        "zones": sorted(zone_names()),
        "can_manage": can_manage(access.standing),
        "nav_guilds": list(list_guilds_of(access.member.user)),
    }
    if access.can_administer:
        roles = list(list_roles(guild, chosen=guild.host_role_ids))
        context["form"] = server_form or _server_form(guild, None, roles, channels)
        context["roles"] = roles
        context["gone"] = gone_in_settings(guild)
        context["chosen_managers"] = _chosen(context["form"], "manager_role_ids")
        context["chosen_hosts"] = _chosen(context["form"], "host_role_ids")
    return render(request, "guilds/settings.html", context, status=422 if is_refused else 200)


def _place_form(guild: Guild, channel: Channel | None) -> forms.Form:
    return _defaults_form(guild) if channel is None else _channel_form(channel)


def _defaults_form(guild: Guild, data: Any = None) -> DefaultsForm:
    return DefaultsForm(data, initial={name: getattr(guild, name) for name in DEFAULTS})


def _channel_form(channel: Channel, data: Any = None) -> ChannelForm:
    return ChannelForm(data, initial={name: getattr(channel, name) for name in CHANNEL_FIELDS})


def _chosen(form: Any, name: str) -> set[int]:
    """Return the ticked roles: those just sent or, without any data, those saved."""
    return {int(one) for one in form[name].value() or () if str(one).isdecimal()}


def _show_inherited(form: forms.Form, cells: Mapping[str, Cell]) -> None:
    sources = {"guild": _("from the server"), "default": _("default")}
    for name, cell in cells.items():
        text = str(cell.value)
        if name == "reminder_minutes":
            text = write_reminders(cell.value)
        elif name == "duration_minutes":
            text = write_length(cell.value)
        if text:
            placeholder = f"{text[:80]} ({sources[cell.source]})"
            form.fields[name].widget.attrs["placeholder"] = placeholder


def _server_form(
    guild: Guild,
    data: Any = None,
    roles: Iterable[Role] | None = None,
    channels: Sequence[Channel] = (),
) -> ServerForm:
    """Offer `channels`, which are asked for where an archive channel may not be among them."""
    if guild.archive_channel_id or not channels:
        kept = Q(deleted_at__isnull=True) | Q(id=guild.archive_channel_id or 0)
        channels = list(guild.channels.filter(kept, kind__in=POSTABLE))
    return ServerForm(
        data,
        guild=guild,
        roles=list_roles(guild, chosen=guild.host_role_ids) if roles is None else roles,
        channels=channels,
        initial={name: getattr(guild, name) for name in ServerForm.base_fields},
    )
