"""What was sent for a game and what was not, for its host: to look at, try again or drop."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from games.selectors import get_game
from games.services.game import check_may_edit
from guilds.errors import NotFound
from guilds.models import Member
from notifications.models import Delivery
from notifications.services.delivery import drop_delivery, retry_delivery


def list_deliveries(*, game_id: int, member: Member) -> QuerySet[Delivery]:
    """The game's messages, the newest first. Raises `NotFound` and `NotAllowed`."""
    game = get_game(member.guild_id, game_id)
    check_may_edit(game, member)
    return game.deliveries.order_by("-created_at", "-id")


@transaction.atomic
def retry_delivery_of_game(*, game_id: int, member: Member, delivery_id: int) -> Delivery:
    """The host's "again". Raises as `list_deliveries`, and `Refused` for a message that was
    sent, is being sent or came too late."""
    return retry_delivery(delivery_id=_find(game_id, member, delivery_id).id)


@transaction.atomic
def drop_delivery_of_game(*, game_id: int, member: Member, delivery_id: int) -> Delivery:
    """The host's "never mind". Raises as `retry_delivery_of_game` does."""
    return drop_delivery(delivery_id=_find(game_id, member, delivery_id).id)


def _find(game_id: int, member: Member, delivery_id: int) -> Delivery:
    delivery = list_deliveries(game_id=game_id, member=member).filter(id=delivery_id).first()
    if delivery is None:
        raise NotFound(_("That message is not one of this game's."))
    return delivery
