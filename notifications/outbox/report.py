"""A game's messages, sent or not: for its host and for operators to look at, try again or drop."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from games.selectors import get_game
from games.services.guards import check_may_edit
from guilds.errors import NotFound, Refused
from guilds.models import Member
from notifications.enums import State
from notifications.models import Delivery
from notifications.outbox.preparation import DROPPED

# An operator's "again" gives this to a row whose time has not run out.
ANOTHER_TRY = timedelta(hours=1)


def list_deliveries(*, game_id: int, member: Member) -> QuerySet[Delivery]:
    """List the game's messages, the newest first. Raises `NotFound` and `NotAllowed`."""
    game = get_game(member.guild_id, game_id)
    check_may_edit(game, member)
    return game.deliveries.order_by("-created_at", "-id")


@transaction.atomic
def retry_delivery(*, delivery_id: int, is_forced: bool = False) -> Delivery:
    """Give a delivery new tries under the same dedupe key, at an operator's word. One that was
    tried before is looked for in its channel first.

    Raises `Refused` for a row that was sent, is being sent, or came too late (unless forced).
    """
    delivery = Delivery.objects.select_for_update().get(id=delivery_id)
    now = timezone.now()
    if delivery.state in {State.DONE, State.LEASED}:
        raise Refused(_("This message was sent, or is being sent."))
    if delivery.expires_at <= now and not is_forced:
        raise Refused(_("It is too late for this message."))
    delivery.state, delivery.due_at = State.PENDING, now
    delivery.attempts = min(delivery.attempts, 1)
    delivery.payload.pop(DROPPED, None)
    delivery.expires_at = max(delivery.expires_at, now + ANOTHER_TRY if is_forced else now)
    delivery.last_error = ""
    delivery.save(
        update_fields=["state", "attempts", "due_at", "expires_at", "last_error", "payload"]
    )
    return delivery


@transaction.atomic
def drop_delivery(*, delivery_id: int) -> Delivery:
    """Drop a delivery at an operator's word. One that waits after a try is looked for in its
    channel first: it may have arrived.

    Raises `Refused` for a row that was sent or is being sent.
    """
    delivery = Delivery.objects.select_for_update().get(id=delivery_id)
    if delivery.state in {State.DONE, State.LEASED}:
        raise Refused(_("This message was sent, or is being sent."))
    if delivery.state == State.PENDING and delivery.attempts:
        delivery.payload[DROPPED], delivery.due_at = True, timezone.now()
        delivery.save(update_fields=["payload", "due_at"])
        return delivery
    delivery.state, delivery.last_error = State.CANCELLED, "dropped by an operator"
    delivery.save(update_fields=["state", "last_error"])
    return delivery


@transaction.atomic
def retry_delivery_of_game(*, game_id: int, member: Member, delivery_id: int) -> Delivery:
    """Give a delivery new tries at the host's word.

    Raises as `list_deliveries`, and `Refused` for a message that was sent, is being sent or came
    too late.
    """
    return retry_delivery(delivery_id=_find(game_id, member, delivery_id).id)


@transaction.atomic
def drop_delivery_of_game(*, game_id: int, member: Member, delivery_id: int) -> Delivery:
    """Drop a delivery at the host's word. Raises as `retry_delivery_of_game` does."""
    return drop_delivery(delivery_id=_find(game_id, member, delivery_id).id)


def _find(game_id: int, member: Member, delivery_id: int) -> Delivery:
    delivery = list_deliveries(game_id=game_id, member=member).filter(id=delivery_id).first()
    if delivery is None:
        raise NotFound(_("That message is not one of this game's."))
    return delivery
