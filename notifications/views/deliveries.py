"""The report for a game's host: messages sent and to whom, and people nobody could tell."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from discord_api.errors import DM_CLOSED, Cause, cause_of
from games.selectors import avatar_url, get_game
from games.views.request import is_fragment
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import Channel, Member
from guilds.selectors import list_guilds_of
from guilds.web.access import Access, for_members
from notifications.enums import State, Target
from notifications.kinds import label_of
from notifications.models import Delivery
from notifications.outbox.preparation import DROPPED
from notifications.outbox.report import (
    drop_delivery_of_game,
    list_deliveries,
    retry_delivery_of_game,
)

MOST = 100
CHIPS = {
    State.DONE: "good",
    State.DEAD: "bad",
    State.EXPIRED: "warn",
    State.PENDING: "accent",
    State.LEASED: "accent",
}


@dataclass(frozen=True)
class Row:
    """One message in the report. `why` names the obstacle; empty if there was none."""

    delivery: Delivery
    name: str
    avatar_url: str
    is_channel: bool
    notice: str
    state: str
    chip: str
    why: str
    can_retry: bool
    can_drop: bool


@require_safe
@for_members
def report(request: HttpRequest, access: Access, *, game_id: int) -> HttpResponse:
    return _show(request, access, game_id)


@require_POST
@for_members
def retry(request: HttpRequest, access: Access, *, game_id: int, delivery_id: int) -> HttpResponse:
    return _change(request, access, game_id, delivery_id, retry_delivery_of_game)


@require_POST
@for_members
def drop(request: HttpRequest, access: Access, *, game_id: int, delivery_id: int) -> HttpResponse:
    return _change(request, access, game_id, delivery_id, drop_delivery_of_game)


def _change(
    request: HttpRequest,
    access: Access,
    game_id: int,
    delivery_id: int,
    service: Callable[..., Delivery],
) -> HttpResponse:
    try:
        access.check_may_write()
        service(game_id=game_id, member=access.member, delivery_id=delivery_id)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return _show(request, access, game_id, refused=refused)
    if is_fragment(request):
        return _show(request, access, game_id)
    return redirect("game-deliveries", guild_id=access.guild.id, game_id=game_id)


def _show(
    request: HttpRequest, access: Access, game_id: int, *, refused: Refused | None = None
) -> HttpResponse:
    """Render the report; by itself if the browser has no scripts."""
    deliveries = list(list_deliveries(game_id=game_id, member=access.member)[: MOST + 1])
    context: dict[str, Any] = {
        "access": access,
        "guild": access.guild,
        "game_id": game_id,
        "rows": _rows(deliveries[:MOST], access.guild.id),
        "most": MOST if len(deliveries) > MOST else 0,
        "sums": _sums(deliveries[:MOST]),
        "refused": refused,
    }
    status = 422 if refused else 200
    if is_fragment(request):
        return render(request, "notifications/_deliveries.html", context, status=status)
    context["game"] = get_game(access.guild.id, game_id)
    context["nav_guilds"] = list(list_guilds_of(access.member.user))
    return render(request, "notifications/deliveries.html", context, status=status)


def _sums(deliveries: Sequence[Delivery]) -> list[tuple[str, str, int]]:
    """The number of messages in each state, with its name and colour."""
    counts = Counter(State(delivery.state) for delivery in deliveries)
    return [(str(s.label), CHIPS.get(s, ""), counts[s]) for s in State if counts[s]]


def _rows(deliveries: Sequence[Delivery], guild_id: int) -> list[Row]:
    target_ids = {delivery.target_id for delivery in deliveries}
    members = {
        member.user.discord_id: member
        for member in Member.objects.select_related("user").filter(
            Q(user__discord_id__in=target_ids), guild=guild_id
        )
    }
    channels = {c.id: c.name for c in Channel.objects.filter(id__in=target_ids, guild=guild_id)}
    return [_row(d, members.get(d.target_id), channels.get(d.target_id)) for d in deliveries]


def _row(delivery: Delivery, member: Member | None, channel_name: str | None) -> Row:
    is_channel = delivery.target == Target.CHANNEL
    name = f"#{channel_name or _('gone')}" if is_channel else ""
    if not is_channel:
        name = member.name if member else _("Former member")
    is_open = delivery.state not in {State.DONE, State.LEASED}
    is_in_time = delivery.expires_at > timezone.now()
    return Row(
        delivery=delivery,
        name=name,
        avatar_url=avatar_url(member.user, member) if member else "",
        is_channel=is_channel,
        notice=label_of(delivery.notice),
        state=str(State(delivery.state).label),
        chip=CHIPS.get(State(delivery.state), ""),
        why=_why(delivery),
        can_retry=is_open and is_in_time and delivery.state != State.PENDING,
        can_drop=delivery.state == State.PENDING and not delivery.payload.get(DROPPED),
    )


def _why(delivery: Delivery) -> str:
    """The obstacle, in words a host can use, or else as it was written down."""
    if delivery.error_code in DM_CLOSED:
        return _("Their direct messages are closed. Ask them to open them, or tell them yourself.")
    if delivery.error_code and cause_of(delivery.error_code) in {Cause.GONE, Cause.CLOSED}:
        return _("I may not write in this channel.")
    if delivery.state == State.DONE:
        return ""
    if delivery.state == State.PENDING and delivery.payload.get(DROPPED):
        return _("An earlier try may have arrived. I look for it, and then drop the message.")
    if delivery.state == State.PENDING and delivery.attempts:
        return _("Discord did not take it; another try is on its way.")
    return delivery.last_error
